//! Colour pictures: every channel stays in its place from the file to the screen and to the exported picture.

use super::harness::Window;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Group};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;
use std::path::Path;

const SIDE: usize = 8;
/// Red, green and blue that differ in every channel, and in which one leads.
const COLOURS: [[u8; 3]; 3] = [[230, 60, 20], [20, 230, 60], [60, 20, 230]];

/// 30 images of each colour, their left half darker.
fn write_fixture(folder: &Path) {
    for (name, n) in [("train", 90u32), ("t10k", 9)] {
        let mut images = vec![0, 0, 8, 4];
        [n, SIDE as u32, SIDE as u32, 3].iter().for_each(|side| images.extend(side.to_be_bytes()));
        for i in 0..n as usize {
            for pixel in 0..SIDE * SIDE {
                let is_dark = pixel % SIDE < SIDE / 2;
                images.extend(COLOURS[i % 3].map(|level| if is_dark { level / 2 } else { level }));
            }
        }
        let mut labels = [&[0, 0, 8, 1][..], &n.to_be_bytes()].concat();
        labels.extend((0..n).map(|i| (i % 3) as u8));
        std::fs::write(folder.join(format!("{name}-images-idx4-ubyte")), images).unwrap();
        std::fs::write(folder.join(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }
}

fn is_close(seen: [u8; 3], wanted: [u8; 3]) -> bool {
    seen.iter().zip(wanted).all(|(&seen, wanted)| seen.abs_diff(wanted) < 30)
}

#[test]
fn red_green_and_blue_stay_in_their_channels_from_file_to_texture_to_png() {
    let folder = tempfile::tempdir().unwrap();
    write_fixture(folder.path());
    let mut window =
        Window::open(Options { data: Some(DataChoice::Path(folder.path().into())), ..Options::default() });
    window.act(Action::SetKind("ae".into()));
    for (path, text) in [("arch", "conv"), ("channels", "6"), ("hidden", "24")] {
        window.act(Action::Set(Group::Model, path.into(), text.into()));
    }
    window.act(Action::Set(Group::Training, "learning_rate".into(), "0.01".into()));
    window.act(Action::Set(Group::Training, "batch".into(), "30".into()));
    window.act(Action::Set(Group::Training, "epochs".into(), "150".into()));
    window.click("Train");
    window.wait("the training", |session| session.weights().test_curve.len() == 150 && !session.is_running());
    window.wait("the codes", |session| session.cloud().is_some_and(|cloud| cloud.indices.len() == 90));

    for (class, colour) in COLOURS.iter().enumerate() {
        let cloud = window.session().cloud().unwrap().clone();
        let code = cloud.indices.iter().position(|idx| idx % 3 == class as u32).unwrap();
        let z: Vec<f32> = cloud.codes.mu.row(code).to_vec();
        for (dim, &z) in z.iter().enumerate() {
            window.harness.state_mut().act(Action::SetZ(dim, z));
        }
        window.settle();
        let rgba = window.pixels(ViewId::Picture);
        assert!(window.is_uploaded([SIDE, SIDE], &rgba), "{class}: another picture was uploaded");
        let shown: Vec<[u8; 3]> = rgba.chunks(4).map(|p| [p[0], p[1], p[2]]).collect();
        let (dark, bright) = (shown[SIDE * 3 + 1], shown[SIDE * 3 + 6]);
        assert!(
            is_close(bright, *colour) && is_close(dark, colour.map(|level| level / 2)),
            "{class}: {dark:?} {bright:?}"
        );

        let path = folder.path().join(format!("{class}.png"));
        window.act(Action::Export(path.clone()));
        window.wait("the file", |_| path.exists());
        let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (SIDE as u32, SIDE as u32, png::ColorType::Rgba));
        let exported: Vec<[u8; 3]> = bytes[..info.buffer_size()].chunks(4).map(|p| [p[0], p[1], p[2]]).collect();
        assert_eq!(exported, shown);
    }
}
