//! What every reader of models from elsewhere is held to: damaged files are refused, and break nothing.

use proptest::prelude::*;

/// Holds a reader to sound `files`, each cut at every `step`th byte, and with some bytes changed `cases`
/// times.
pub fn damaged_files_break_nothing(
    files: &[Vec<u8>],
    step: usize,
    cases: u32,
    opened: impl Fn(&[u8]) -> Result<(), String>,
) {
    for file in files {
        assert_eq!(opened(file), Ok(()));
        for len in (0..file.len()).step_by(step) {
            assert!(opened(&file[..len]).is_err(), "cut at {len} of {}", file.len());
        }
    }
    let changes = proptest::collection::vec((0usize..30_000, any::<u8>()), 1..6);
    proptest!(ProptestConfig::with_cases(cases), |(which in 0..files.len(), changes in changes)| {
        let mut bytes = files[which].clone();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        // A changed weight is a model too; nothing may panic.
        let _ = opened(&bytes);
    });
}
