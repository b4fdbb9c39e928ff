//! Reads texts and descriptors, each when the first file is found to import it.
//!
//! A bundled file is taken where nobody brings one under its path.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use foldhash::fast::RandomState;
use prost::Message as _;

use super::super::bundled;
use super::super::descriptor::{Edition, FileDescriptorProto};
use super::super::places::Places;
use super::super::syntax::{self, Detail, MAX_TEXT_BYTES};
use super::super::tag;
use super::{MAX_PROBLEMS, identifiers};
use crate::model::{Problem, Source};

/// The most files that are linked at once.
pub const MAX_FILES: usize = 50_000;

/// A file that was read, not yet linked.
#[derive(Debug)]
pub(super) struct Loaded {
    /// With its import path as the name.
    pub proto: FileDescriptorProto,
    pub source: Source,
    pub places: Arc<Places>,
    /// Whether it came as a descriptor and so has no text.
    pub encoded: bool,
    /// Whether it is one of those that everyone may import.
    pub bundled: bool,
}

/// What came of an import path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// The index of the file.
    File(usize),
    /// It has problems, which were reported.
    Wrong,
    Missing,
}

/// What was read so far.
pub(super) struct Files<'a> {
    /// Gives the text of an import path.
    find: &'a dyn Fn(&str) -> Option<Source>,
    /// The files that nobody took yet.
    all: Vec<Option<Loaded>>,
    by_path: HashMap<String, Read, RandomState>,
    /// Whether it was told that there are too many.
    is_full: bool,
    pub problems: Vec<Problem>,
}

impl<'a> Files<'a> {
    /// `find` gives the text of an import path.
    pub(super) fn new(find: &'a dyn Fn(&str) -> Option<Source>) -> Self {
        Self {
            find,
            all: Vec::new(),
            by_path: HashMap::default(),
            is_full: false,
            problems: Vec::new(),
        }
    }

    /// The file under an import path, which is read unless it was before.
    pub(super) fn read(&mut self, path: &str) -> Read {
        if let Some(read) = self.by_path.get(path) {
            return *read;
        }
        let outcome = self.outcome(path);
        self.by_path.insert(path.to_owned(), outcome);
        outcome
    }

    fn outcome(&mut self, path: &str) -> Read {
        let index = self.all.len();
        if index == MAX_FILES {
            let message =
                format!("more than {MAX_FILES} files are imported; compare fewer at once");
            if !std::mem::replace(&mut self.is_full, true) {
                self.problems.push(Problem::whole(message));
            }
            return Read::Wrong;
        }
        let read = match (self.find)(path) {
            Some(source) => Some(read(path, &source)),
            None => bundled(path).map(Ok),
        };
        match read {
            Some(Ok(loaded)) => {
                self.all.push(Some(loaded));
                Read::File(index)
            }
            Some(Err(problems)) => {
                self.problems.extend(problems);
                Read::Wrong
            }
            None => Read::Missing,
        }
    }

    /// A file that was read and not taken.
    pub(super) fn get(&self, index: usize) -> Option<&Loaded> {
        self.all.get(index)?.as_ref()
    }

    /// Takes a file, which is remembered as read.
    pub(super) fn take(&mut self, index: usize) -> Option<Loaded> {
        self.all.get_mut(index)?.take()
    }
}

/// Reads one text; `path` is what other files import it by.
fn read(path: &str, source: &Source) -> Result<Loaded, Vec<Problem>> {
    if let Some(bytes) = decode_base64(source.text()) {
        return read_descriptor(path, source, &bytes);
    }
    let parsed = syntax::parse_with(source, Detail::Names)?;
    let proto = FileDescriptorProto {
        name: Some(path.to_owned()),
        ..parsed.proto
    };
    Ok(Loaded {
        places: Arc::new(Places::new(source, &parsed.places)),
        source: source.clone(),
        encoded: false,
        bundled: false,
        proto,
    })
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    is_encoded(text).then(|| STANDARD.decode(text.trim()).ok())?
}

/// Whether a text is base64 and nothing else, as no `.proto` file of any use is: of those only a comment looks
/// like it, and no descriptor begins as one does.
pub(crate) fn is_encoded(text: &str) -> bool {
    let text = text.trim();
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_comment = text.starts_with("//");
    !is_comment && !text.is_empty() && text.len() <= MAX_TEXT_BYTES && text.bytes().all(alphabet)
}

fn read_descriptor(path: &str, source: &Source, bytes: &[u8]) -> Result<Loaded, Vec<Problem>> {
    let mut proto = FileDescriptorProto::decode(bytes).map_err(|error| {
        vec![Problem::whole(format!(
            "`{}` is base64 but not of a FileDescriptorProto: {error}",
            source.file()
        ))]
    })?;
    if let Some(wrong) = wrong_header(&proto) {
        let message = format!("`{}` is a descriptor that {wrong}", source.file());
        return Err(vec![Problem::whole(message)]);
    }
    let wrong = identifiers::wrong_names(&proto, MAX_PROBLEMS);
    if !wrong.is_empty() {
        let wrong = wrong.iter();
        let problems = wrong.map(|wrong| Problem::whole(format!("{}: {wrong}", source.file())));
        return Err(problems.collect());
    }
    proto.name = Some(path.to_owned());
    proto.source_code_info = None;
    Ok(Loaded {
        source: source.clone(),
        places: Arc::new(Places::none()),
        encoded: true,
        bundled: false,
        proto,
    })
}

/// What a text cannot say of a file, but a descriptor can: a language that is not known, and imports that
/// are not there.
fn wrong_header(proto: &FileDescriptorProto) -> Option<String> {
    match proto.syntax() {
        "" | "proto2" | "proto3" => {}
        "editions" => {
            let number = proto.edition.unwrap_or_default();
            let edition = Edition::try_from(number);
            if !matches!(edition, Ok(Edition::Edition2023 | Edition::Edition2024)) {
                return Some(format!(
                    "is in edition number {number}, which is not known; use 1000 (2023) or 1001 (2024)"
                ));
            }
        }
        other => {
            return Some(format!(
                "has the syntax `{other}`, which is not known; use `proto2`, `proto3` or `editions`"
            ));
        }
    }
    if let Some(edition) = proto
        .edition
        .filter(|edition| !fits(proto.syntax(), *edition))
    {
        return Some(format!(
            "has the edition number {edition} without the syntax `editions`; remove one or set the other"
        ));
    }
    let count = proto.dependency.len();
    let lists = [&proto.public_dependency, &proto.weak_dependency];
    let is_there = |index: i32| usize::try_from(index).is_ok_and(|index| index < count);
    let missing = lists.into_iter().flatten().find(|index| !is_there(**index));
    missing.map(|index| {
        format!(
            "marks its import {index} as public or weak, but has {count} imports; mend the index"
        )
    })
}

/// Whether an edition is that of a syntax; proto2 and proto3 count as editions too.
fn fits(syntax: &str, edition: i32) -> bool {
    match syntax {
        "editions" => true,
        "proto3" => edition == i32::from(Edition::Proto3),
        _ => edition == i32::from(Edition::Proto2),
    }
}

fn bundled(path: &str) -> Option<Loaded> {
    Some(Loaded {
        proto: bundled::file(path)?,
        source: Source::new(path, ""),
        places: Arc::new(Places::none()),
        encoded: true,
        bundled: true,
    })
}

/// The descriptor path of an import, plain or of options only.
pub(super) fn import_path(plain: usize, index: usize) -> [i32; 2] {
    match index.checked_sub(plain) {
        None => [tag::IMPORT, tag::index(index)],
        Some(index) => [tag::OPTION_IMPORT, tag::index(index)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded() {
        let importing = |count: usize| {
            let find = |path: &str| Some(Source::new(path, ""));
            let mut files = Files::new(&find);
            let read = (0..count).map(|index| files.read(&index.to_string()));
            let wrong = read.filter(|read| *read == Read::Wrong).count();
            (wrong, files.problems)
        };
        assert_eq!(importing(MAX_FILES), (0, vec![]));
        let (wrong, problems) = importing(MAX_FILES + 2);
        assert_eq!(wrong, 2);
        let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
        assert_eq!(
            told,
            ["more than 50000 files are imported; compare fewer at once"]
        );
    }
}
