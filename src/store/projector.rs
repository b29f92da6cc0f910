//! Codes for the Embedding Projector, by itself (projector.tensorflow.org) or in TensorBoard: a folder with
//! the codes, what is known of them, a sheet of pictures where samples are any, and files that name the
//! others.

use super::codes::{CodedPart, has_labels, has_names, samples};
use super::{StoreError, png, write};
use crate::data::Dataset;
use crate::picture::sprite::{Sprite, sprite};
use serde_json::json;
use std::io::ErrorKind;
use std::path::Path;

/// A file of a folder.
pub type NamedFile = (&'static str, Vec<u8>);

const TENSORS: &str = "tensors.tsv";
const METADATA: &str = "metadata.tsv";
const SPRITE: &str = "sprite.png";

/// The files for the Embedding Projector, those that name the others last.
pub fn projector(parts: &[CodedPart<'_>]) -> Result<Vec<NamedFile>, StoreError> {
    let datasets: Vec<&Dataset> = parts.iter().map(|part| part.data).collect();
    let sheet = sprite(&datasets);
    let mut files = vec![(TENSORS, tensors(parts)), (METADATA, metadata(parts))];
    if let Some(sheet) = &sheet {
        files.push((SPRITE, png(&sheet.pixels)?));
    }
    let n = samples(parts).count();
    let shape = [n, parts.first().map_or(0, |part| part.codes.mu.ncols())];
    files.push(("projector_config.json", for_itself(shape, sheet.as_ref())));
    files.push(("projector_config.pbtxt", for_tensorboard(shape, sheet.as_ref())));
    Ok(files)
}

/// A line a code, its numbers parted by tabs.
fn tensors(parts: &[CodedPart<'_>]) -> Vec<u8> {
    let line = |(part, idx): (&CodedPart<'_>, usize)| {
        part.codes.mu.row(idx).iter().map(f32::to_string).collect::<Vec<_>>().join("\t") + "\n"
    };
    samples(parts).map(line).collect::<String>().into_bytes()
}

/// What is known of each sample, under names: the Projector shows the first column that is no number.
fn metadata(parts: &[CodedPart<'_>]) -> Vec<u8> {
    let (with_label, with_name) = (has_labels(parts), has_names(parts));
    let line = |label: Option<&str>, name: Option<&str>, split: &str, index: &str| {
        let cells = [label.filter(|_| with_label), name.filter(|_| with_name), Some(split), Some(index)];
        let cells: Vec<String> =
            cells.into_iter().flatten().map(|cell| cell.replace(['\t', '\n', '\r'], " ")).collect();
        cells.join("\t") + "\n"
    };
    let of_sample = |(part, idx): (&CodedPart<'_>, usize)| {
        line(part.label(idx), part.data.caption(idx), part.split, &idx.to_string())
    };
    let head = line(Some("label"), Some("name"), "split", "index");
    [head].into_iter().chain(samples(parts).map(of_sample)).collect::<String>().into_bytes()
}

fn for_itself(shape: [usize; 2], sheet: Option<&Sprite>) -> Vec<u8> {
    let mut embedding = json!({
        "tensorName": "codes",
        "tensorShape": shape,
        "tensorPath": TENSORS,
        "metadataPath": METADATA,
    });
    if let Some(sheet) = sheet {
        embedding["sprite"] = json!({ "imagePath": SPRITE, "singleImageDim": sheet.tile });
    }
    format!("{:#}\n", json!({ "embeddings": [embedding] })).into_bytes()
}

fn for_tensorboard([n, dims]: [usize; 2], sheet: Option<&Sprite>) -> Vec<u8> {
    let sprite = sheet.map_or_else(String::new, |Sprite { tile: [width, height], .. }| {
        format!(
            "  sprite {{\n    image_path: \"{SPRITE}\"\n    single_image_dim: {width}\n    single_image_dim: {height}\n  }}\n"
        )
    });
    format!(
        "embeddings {{\n  tensor_name: \"codes\"\n  tensor_shape: {n}\n  tensor_shape: {dims}\n  tensor_path: \"{TENSORS}\"\n  \
         metadata_path: \"{METADATA}\"\n{sprite}}}\n"
    )
    .into_bytes()
}

/// Writes files into a folder, which is made whole or not at all where it is not there; else each file is
/// written whole, the last one last. Returns their size in bytes.
pub fn write_folder(folder: &Path, files: &[NamedFile]) -> Result<u64, StoreError> {
    let io = |source| StoreError::Io { path: folder.into(), source };
    let into = |folder: &Path| files.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes));
    match std::fs::metadata(folder) {
        Ok(there) if there.is_dir() => into(folder)?,
        Ok(_) => return Err(io(std::io::Error::other("it is no folder"))),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let parent = folder.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
            let beside = tempfile::Builder::new()
                .prefix(".halfmoon-")
                .tempdir_in(parent)
                .map_err(|e| io(super::atomic::plain(&e)))?;
            let whole = beside.path().join("folder");
            std::fs::create_dir(&whole).map_err(io)?;
            into(&whole)?;
            std::fs::rename(&whole, folder).map_err(io)?;
        }
        Err(e) => return Err(io(e)),
    }
    Ok(files.iter().map(|(_, bytes)| bytes.len() as u64).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataChoice, Reading, load};
    use crate::model::ModelSpec;
    use crate::store::{Split, coded};
    use serde_json::Value;

    fn files_of(data: &DataChoice) -> (crate::data::DataSplit, Vec<Vec<f32>>, Vec<NamedFile>) {
        let data = load(data, &Reading::default()).unwrap();
        let spec = ModelSpec::of_kind("pca").unwrap().check(data.train.kind(), &[]).unwrap();
        let parts = coded(&*spec.frozen(None).unwrap(), &data, Split::All, &|| false).unwrap();
        let files = projector(&parts).unwrap();
        let codes = samples(&parts).map(|(part, idx)| part.codes.mu.row(idx).to_vec()).collect();
        drop(parts);
        (data, codes, files)
    }

    fn text<'f>(files: &'f [NamedFile], name: &str) -> &'f str {
        std::str::from_utf8(&files.iter().find(|file| file.0 == name).unwrap().1).unwrap()
    }

    #[test]
    fn codes_what_is_known_and_pictures_are_in_one_order() {
        let (data, codes, files) = files_of(&DataChoice::FullHalf);
        let tensors: Vec<Vec<f32>> = text(&files, TENSORS)
            .lines()
            .map(|line| line.split('\t').map(|number| number.parse().unwrap()).collect())
            .collect();
        assert_eq!(tensors, codes);
        let metadata: Vec<Vec<&str>> =
            text(&files, METADATA).lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(metadata[0], ["label", "split", "index"]);
        let n = [data.train.n_samples(), data.test.n_samples()];
        assert_eq!(metadata.len(), 1 + n[0] + n[1]);
        let class =
            |data: &Dataset, idx: usize| data.classes()[usize::from(data.labels_of(&[idx as u32])[0])].clone();
        assert_eq!(metadata[3], [class(&data.train, 2).as_str(), "train", "2"]);
        assert_eq!(metadata[n[0] + 5], [class(&data.test, 4).as_str(), "test", "4"]);
        // The picture of the same test sample, as its bytes are stored.
        let png = &files.iter().find(|file| file.0 == SPRITE).unwrap().1;
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut sheet = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut sheet).unwrap();
        let [_, height, width] = data.test.kind().sides().unwrap();
        let (at, columns) = (n[0] + 4, info.width as usize / width);
        let image = data.test.image(4).unwrap();
        for (i, level) in image.iter().enumerate() {
            let (x, y) = (at % columns * width + i % width, at / columns * height + i / width);
            assert_eq!(sheet[4 * (y * info.width as usize + x)], *level);
        }
        let config: Value = serde_json::from_str(text(&files, "projector_config.json")).unwrap();
        let embedding = &config["embeddings"][0];
        assert_eq!(embedding["tensorShape"], json!([n[0] + n[1], 2]));
        assert_eq!(embedding["sprite"]["singleImageDim"], json!([width, height]));
        for path in [&embedding["tensorPath"], &embedding["metadataPath"], &embedding["sprite"]["imagePath"]] {
            assert!(files.iter().any(|file| Some(file.0) == path.as_str()), "{path}");
        }
        assert!(text(&files, "projector_config.pbtxt").contains("single_image_dim: "));
    }

    #[test]
    fn tables_have_no_pictures_and_a_folder_is_whole_or_not_there() {
        let (_, _, files) = files_of(&DataChoice::Iris);
        assert!(!files.iter().any(|file| file.0 == SPRITE));
        assert!(!text(&files, "projector_config.pbtxt").contains("sprite"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("projector");
        let size = write_folder(&path, &files).unwrap();
        assert_eq!(size, files.iter().map(|file| file.1.len() as u64).sum::<u64>());
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), files.len());
        // Over what is there, and beside what else is there.
        std::fs::write(path.join("notes"), "mine").unwrap();
        std::fs::write(path.join(METADATA), "old").unwrap();
        write_folder(&path, &files).unwrap();
        assert_eq!(std::fs::read_to_string(path.join(METADATA)).unwrap(), text(&files, METADATA));
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), files.len() + 1);
        std::fs::write(folder.path().join("file"), "").unwrap();
        let said = write_folder(&folder.path().join("file"), &files).unwrap_err().to_string();
        assert!(said.contains("it is no folder"), "{said}");
        let said = write_folder(&folder.path().join("gone/projector"), &files).unwrap_err().to_string();
        assert!(said.contains("its folder is not there"), "{said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }
}
