//! Linking several `.proto` files that import each other. An input is texts with a line `+++ path` in front of
//! each but the first, which is `case.proto`.
//!
//! Whatever they are, linking comes to an end and its problems have places. What is linked from texts is linked
//! from their descriptors too, and is the same.

use checker::protobuf::{Tree, TreeFile};
use checker::{Format, Reference, Schema, SchemaInput, Source};

use crate::targets::proto_parse::WORDS;
use crate::{Target, Worth, laws};

pub(crate) const TARGET: Target = Target {
    name: "proto_link",
    run,
    show: crate::show_text,
    seeds,
    words: WORDS,
};

/// The path of the first file.
const FIRST: &str = "case.proto";

/// The most files of an input.
const MAX_FILES: usize = 8;

fn run(input: &[u8]) -> Worth {
    let Ok(text) = std::str::from_utf8(input) else {
        return Worth::Drop;
    };
    let files = files(text);
    let tree = Tree::new(files.iter().cloned());
    for problem in tree.problems() {
        let own = problem.span.as_ref().map(|span| span.file.to_string());
        let file = own.and_then(|path| files.iter().find(|file| file.import_path == path));
        laws::problem_is_placed(file.map_or(&files[0].source, |file| &file.source), &problem);
    }
    for at in 0..files.len() {
        descriptors_mean_what_texts_do(&files, at);
    }
    Worth::Keep
}

/// Reads a file with the others as texts and, where that is valid, all as descriptors.
fn descriptors_mean_what_texts_do(files: &[TreeFile], at: usize) {
    let Some(written) = serialized(files, at) else {
        return;
    };
    let mut encoded = files.to_vec();
    for (index, file) in encoded.iter_mut().enumerate() {
        // What does not link alone is imported by no file that does.
        if let Some(descriptor) = serialized(files, index) {
            file.source = Source::new(&*file.import_path, descriptor);
        }
    }
    assert_eq!(serialized(&encoded, at), Some(written), "{encoded:?}");
}

/// The descriptor of a file that is valid.
fn serialized(files: &[TreeFile], at: usize) -> Option<String> {
    let others = files
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != at)
        .map(|(_, file)| Reference {
            name: file.import_path.clone(),
            source: file.source.clone(),
        });
    let input = SchemaInput {
        references: others.collect(),
        ..SchemaInput::new(Format::Protobuf, files[at].source.clone())
    };
    match Schema::parse(&input).ok()? {
        Schema::Protobuf(schema) => Some(schema.serialized()),
        Schema::Avro(_) | Schema::Json(_) => None,
    }
}

fn files(text: &str) -> Vec<TreeFile> {
    let mut files: Vec<TreeFile> = Vec::new();
    for (index, part) in text.split("+++ ").take(MAX_FILES).enumerate() {
        let (path, text) = match index {
            0 => (FIRST, part),
            _ => part.split_once('\n').unwrap_or((part, "")),
        };
        if files.iter().all(|file| file.import_path != path) {
            files.push(TreeFile {
                import_path: path.to_owned(),
                source: Source::new(path, text),
                import_only: false,
            });
        }
    }
    files
}

/// What `protoc` was asked, the files that are wrong among them.
fn seeds() -> Vec<Vec<u8>> {
    const CASES: &str = include_str!("../../../../checker/src/protobuf/link/cases.txt");
    let cases = CASES.split("--- ").filter_map(|case| case.split_once('\n'));
    cases.map(|(_, text)| text.as_bytes().to_vec()).collect()
}
