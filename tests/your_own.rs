//! Every command of `docs/your-own.md` runs as it stands there, on data made for it.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use ndarray::{Array1, Array3};
use ndarray_npy::WriteNpyExt;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../docs/your-own.md");

/// Pictures in two classes, each with a name of its own.
fn pictures(folder: &Path) {
    for (class, level) in [("dark", 20u8), ("light", 180)] {
        std::fs::create_dir_all(folder.join(class)).unwrap();
        for i in 0..10u8 {
            let picture =
                image::RgbImage::from_fn(24, 20, |x, y| image::Rgb([level + i, x as u8 * 5, y as u8 * 6]));
            picture.save(folder.join(class).join(format!("{class}{i}.png"))).unwrap();
        }
    }
}

fn idx(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, n) in [("train", 30u32), ("t10k", 6)] {
        let mut images = [&[0, 0, 8, 3][..], &n.to_be_bytes(), &8u32.to_be_bytes(), &8u32.to_be_bytes()].concat();
        images.extend((0..n * 64).map(|i| (i * 37 % 251) as u8));
        std::fs::write(folder.join(format!("{name}-images-idx3-ubyte")), images).unwrap();
    }
}

fn npz(path: &Path) {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, bytes: Vec<u8>| {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    };
    for (part, n) in [("train", 40), ("test", 10)] {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        Array3::from_shape_fn((n, 8, 8), |(i, a, b)| (i * 5 + a * 9 + b * 7) as u8).write_npy(&mut x).unwrap();
        Array1::from_shape_fn(n, |i| (i % 3) as i64).write_npy(&mut y).unwrap();
        put(&format!("x_{part}"), x);
        put(&format!("y_{part}"), y);
    }
    std::fs::write(path, zip.finish().unwrap().into_inner()).unwrap();
}

fn tables(folder: &Path) {
    let put = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let row = |i: usize| format!("{},{}.5,{}\n", i % 9, (i * 7) % 11, ["rose", "elm"][i % 2]);
    put("flowers.csv", format!("length (cm),width (cm),kind\n{}3,,elm\n", (0..60).map(row).collect::<String>()));
    let names = ["dark", "light"].into_iter().flat_map(|class| (0..10).map(move |i| format!("{class}{i}.png")));
    let codes: String = names.enumerate().map(|(i, name)| format!("{name},{i},{}\n", i * i)).collect();
    put("codes.csv", format!("name,z0,z1\n{codes}"));
    let words = ["cat dog", "dog sun moon", "moon sea sun sun", "sea cat"];
    let comment = |i: usize| format!("{},\"{}, {}\"\n", ["good", "bad"][i % 2], words[i % 4], words[i * 7 % 4]);
    put("comments.csv", format!("label,comment\n{}", (0..40).map(comment).collect::<String>()));
    std::fs::create_dir_all(folder.join("TEXTS/good")).unwrap();
    std::fs::create_dir_all(folder.join("TEXTS/bad")).unwrap();
    (0..20).for_each(|i| put(&format!("TEXTS/{}/{i}.txt", ["good", "bad"][i % 2]), comment(i)));
    put("points.csv", "x,y\n1,2\n3,4\n5,7\n".into());
}

/// The state dict of a small VAE with the names of PyTorch's example.
fn state_dict(path: &Path) {
    use safetensors::tensor::{Dtype, TensorView};
    let layers = [("fc1", 8, 64), ("fc21", 2, 8), ("fc22", 2, 8), ("fc3", 8, 2), ("fc4", 64, 8)];
    let values = |n: usize| -> Vec<u8> {
        (0..n).flat_map(|i| ((i * 37 % 19) as f32 * 0.02 - 0.18).to_le_bytes()).collect()
    };
    let all: Vec<(String, Vec<usize>, Vec<u8>)> = layers
        .into_iter()
        .flat_map(|(name, out, of)| {
            let weight = (format!("{name}.weight"), vec![out, of], values(out * of));
            [weight, (format!("{name}.bias"), vec![out], values(out))]
        })
        .collect();
    let views = all
        .iter()
        .map(|(name, shape, bytes)| (name.clone(), TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

/// The commands of a page: the lines of its `sh` blocks that call the program; those of others are not
/// tested, nor those that open the window.
fn commands(page: &str) -> Vec<&str> {
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let lines =
        blocks.flat_map(str::lines).filter(|line| line.starts_with("halfmoon ") && !line.contains("halfmoon --"));
    lines.map(|line| line.split(" #").next().unwrap_or_default()).collect()
}

#[test]
fn every_command_of_the_page_runs() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    pictures(&at.join("PICTURES"));
    idx(&at.join("IDX"));
    npz(&at.join("digits.npz"));
    idx(&at.join("FOLDER"));
    state_dict(&at.join("vae.pt"));
    tables(at);
    for half in ["encoder", "decoder"] {
        let network = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/onnx_models/traced-{half}.onnx"));
        std::fs::copy(network, at.join(format!("{half}.onnx"))).unwrap();
    }
    let all = commands(PAGE);
    assert!(all.len() > 8, "{all:?}");
    for command in all {
        let words: Vec<&str> = command.split_whitespace().collect();
        let run = Command::new(env!("CARGO_BIN_EXE_halfmoon")).args(&words[1..]).current_dir(at).output().unwrap();
        assert!(run.status.success(), "{command}: {}", String::from_utf8_lossy(&run.stderr));
    }
    assert!(at.join("pictures.png").exists() && at.join("flower.csv").exists());
}
