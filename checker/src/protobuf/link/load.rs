//! Reads texts and descriptors, and everything that they import.
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

/// Everything that was read.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub all: Vec<Loaded>,
    pub by_path: HashMap<String, Read, RandomState>,
    pub problems: Vec<Problem>,
}

/// Reads the roots and what they import, directly or not. `find` gives the text of an import path.
pub(super) fn load(roots: &[&str], find: &dyn Fn(&str) -> Option<Source>) -> Files {
    let mut files = Files::default();
    let mut open: Vec<String> = roots.iter().rev().map(|root| (*root).to_owned()).collect();
    while let Some(path) = open.pop() {
        if files.by_path.contains_key(&path) {
            continue;
        }
        if files.all.len() >= MAX_FILES {
            let message =
                format!("more than {MAX_FILES} files are imported; compare fewer at once");
            files.problems.push(Problem::whole(message));
            break;
        }
        let read = match find(&path) {
            Some(source) => Some(read(&path, &source)),
            None => bundled(&path).map(Ok),
        };
        let index = files.all.len();
        match read {
            Some(Ok(loaded)) => {
                let proto = &loaded.proto;
                let imports = proto.dependency.iter().chain(&proto.option_dependency);
                let new = imports.filter(|import| !files.by_path.contains_key(*import));
                open.extend(new.cloned());
                files.by_path.insert(path, Read::File(index));
                files.all.push(loaded);
            }
            Some(Err(problems)) => {
                files.by_path.insert(path, Read::Wrong);
                files.problems.extend(problems);
            }
            None => {
                files.by_path.insert(path, Read::Missing);
            }
        }
    }
    files
}

/// Reads one text; `path` is what other files import it by.
fn read(path: &str, source: &Source) -> Result<Loaded, Vec<Problem>> {
    if let Some(bytes) = decode_base64(source.text()) {
        return read_descriptor(path, source, &bytes);
    }
    let parsed = syntax::parse_with(source, Detail::Nothing)?;
    let proto = FileDescriptorProto {
        name: Some(path.to_owned()),
        ..parsed.proto
    };
    Ok(Loaded {
        places: Arc::new(Places::new(source)),
        source: source.clone(),
        encoded: false,
        bundled: false,
        proto,
    })
}

/// A text that is base64 and nothing else, which no `.proto` file of any use is.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if text.is_empty() || text.len() > MAX_TEXT_BYTES || !text.bytes().all(alphabet) {
        return None;
    }
    STANDARD.decode(text).ok()
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
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn files_are_bounded() {
        let importing = |count: usize| {
            let mut root = String::new();
            for index in 1..=count {
                let _ = write!(root, "import \"{index}\"; ");
            }
            let find =
                |path: &str| Some(Source::new(path, if path == "root" { &*root } else { "" }));
            load(&["root"], &find)
        };
        let most = importing(MAX_FILES - 1);
        assert_eq!((most.all.len(), most.problems), (MAX_FILES, vec![]));
        let more = importing(MAX_FILES);
        assert_eq!(more.all.len(), MAX_FILES);
        let told: Vec<String> = more.problems.iter().map(Problem::to_string).collect();
        assert_eq!(
            told,
            ["more than 50000 files are imported; compare fewer at once"]
        );
    }
}
