//! The targets, one file each. A new one is a file here and its two lines below.

mod avro_diff;
mod avro_parse;
mod avro_witness;
mod json_text;
mod proto_diff;
mod proto_link;
mod proto_parse;
mod proto_print;

use checker::{Format, Source};

use crate::{Target, Worth, laws};

/// Every target.
pub const ALL: &[Target] = &[
    avro_diff::TARGET,
    avro_parse::TARGET,
    avro_witness::TARGET,
    json_text::TARGET,
    proto_diff::TARGET,
    proto_link::TARGET,
    proto_parse::TARGET,
    proto_print::TARGET,
];

/// Reads an input as a text, and demands what holds for any text.
fn read(format: Format, file: &str, input: &[u8]) -> Worth {
    let Ok(text) = std::str::from_utf8(input) else {
        return Worth::Drop;
    };
    laws::hold_for_text(format, &Source::new(file, text));
    Worth::Keep
}

/// Bytes with all kinds of choices near their start.
fn bytes(seed: u8) -> [u8; 120] {
    let mut index = 0_u8;
    [(); 120].map(|()| {
        index += 1;
        index
            .wrapping_mul(seed.wrapping_mul(2) | 1)
            .wrapping_add(seed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::timed;

    #[test]
    fn every_target_is_named_after_its_file_and_passes_on_its_seeds() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/targets");
        let files = std::fs::read_dir(dir).unwrap();
        let count = files.count() - 1;
        assert_eq!(
            ALL.len(),
            count,
            "a file of {dir} is no target, or the other way round"
        );
        for target in ALL {
            let file = format!("{dir}/{}.rs", target.name);
            assert!(std::path::Path::new(&file).is_file(), "{file}");
            let seeds = (target.seeds)();
            let kept = seeds
                .iter()
                .filter(|seed| timed(target, seed).0 == Worth::Keep);
            let kept = kept.count();
            assert!(
                kept > 10 && kept * 2 > seeds.len(),
                "{}: {kept} of {}",
                target.name,
                seeds.len()
            );
        }
    }
}
