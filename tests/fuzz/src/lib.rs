//! Fuzz targets: what may be asked of the checker with any input, and what must then hold.
//!
//! [`targets`] has one file for each; [`engine`] runs one under libFuzzer, [`replay`] without it;
//! [`laws`] holds what is demanded of every pair of schemas; [`choices`], [`avro_pairs`],
//! [`proto_pairs`] and [`json_edits`] turn bytes into schemas.
//!
//! A target is an ordinary function, so that the ordinary tests run it too, on its seeds.

pub mod avro_pairs;
pub mod choices;
pub mod engine;
pub mod fixtures;
pub mod json_edits;
pub mod laws;
pub mod proto_pairs;
pub mod replay;
pub mod targets;

/// Something that is asked of the checker, with what must hold for every input.
#[derive(Debug)]
pub struct Target {
    /// What it is called on the command line: its file's name.
    pub name: &'static str,
    /// Runs it on one input; it panics where something does not hold.
    pub run: fn(&[u8]) -> Worth,
    /// What an input stands for, for people.
    pub show: fn(&[u8]) -> String,
    /// Inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that are worth inserting into an input.
    pub words: &'static [&'static str],
}

/// Whether an input is worth mutating further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// If it reached something new.
    Keep,
    /// Never: it was no input of the kind that the target is about.
    Drop,
}

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    targets::ALL.iter().find(|target| target.name == name)
}

/// How an input that is a text is shown.
pub(crate) fn show_text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}
