//! Pictures of samples that are no pictures themselves, such as codes: one a sample, in a folder, zip or
//! array.

use super::load::{Format, format_of};
use super::tree::Tree;
use super::{DataError, Dataset, Reading, images, malformed, npy};
use std::path::Path;

/// Gives each sample of `data` its picture from what lies at `path`: by its name where files have it, else in
/// their order.
pub fn with_pictures(data: Dataset, path: &Path, reading: &Reading) -> Result<Dataset, DataError> {
    let name = path.display().to_string();
    let names: Option<Vec<String>> = (0..data.n_samples()).map(|i| data.caption(i).map(String::from)).collect();
    let n = data.n_samples();
    let tree = if path.is_dir() { Tree::of_folder(path, reading)? } else { of_file(path, reading)? };
    let arrays = if path.is_dir() { None } else { npy::pictures(&tree, path.file_name(), n, reading)? };
    let pictures = match arrays {
        Some(pictures) => Some(pictures),
        None => images::aligned(&tree, names.as_deref(), n, reading)?,
    };
    match pictures {
        Some(pictures) => data.with_pictures(pictures),
        None => Err(malformed(&name, format!("it holds no {n} pictures; give a folder or an array of as many"))),
    }
}

fn of_file(path: &Path, reading: &Reading) -> Result<Tree, DataError> {
    match format_of(path, reading)? {
        Format::Zip => Tree::of_zip(path, reading),
        Format::Array => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Tree::of_one_folder(folder.unwrap_or(Path::new(".")), reading)
        }
        _ => {
            let problem = "it holds no pictures; give a folder or zip of pictures, an .npy or an .npz";
            Err(malformed(&path.display().to_string(), problem))
        }
    }
}
