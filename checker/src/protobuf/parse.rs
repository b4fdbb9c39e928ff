//! Reads and links `.proto` texts: from texts in memory to linked descriptors.
//!
//! The grammar is [`syntax`]'s, the linking `prost-reflect`'s for now; imports are walked here, without
//! recursion, so that a missing import, a cycle or a long chain is a problem with a place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miette::Diagnostic;
use prost::Message as _;
use prost_reflect::{DescriptorError, DescriptorPool};

use super::checks;
use super::descriptor::FileDescriptorProto;
use super::features::Features;
use super::places::Places;
use super::pool::{File, Pool};
use super::syntax::{self, Detail, MAX_TEXT_BYTES};
use super::tag;
use crate::model::{LineIndex, Problem, Source};

/// The longest chain of imports that is followed.
pub const MAX_IMPORT_CHAIN: usize = 1_000;

/// The most files that are linked at once.
pub const MAX_FILES: usize = 50_000;

/// How many bytes are searched for the places of link errors: each error costs a scan of its text.
/// Beyond that the first error has a place and the others are counted.
pub const MAX_SEARCHED_BYTES: usize = 64 << 20;

/// Imports that need no text: the parser brings them.
const WELL_KNOWN: [&str; 12] = [
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/compiler/plugin.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
];

/// Whether an import is built in. Such a file is never compared, whoever brings a text of it.
pub(crate) fn is_well_known(path: &str) -> bool {
    WELL_KNOWN.contains(&path)
}

/// Linked files.
#[derive(Debug)]
pub(crate) struct Linked {
    pub pool: Pool,
    /// The same for those who still read the library's descriptors.
    pub reflected: DescriptorPool,
    /// Everything that was loaded, by import path.
    pub files: BTreeMap<String, Loaded>,
}

/// A file that was read, not yet linked.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub source: Source,
    pub places: Arc<Places>,
    /// Whether it came as a descriptor and so has no text.
    pub encoded: Option<Vec<u8>>,
    proto: FileDescriptorProto,
}

/// Reads the roots and everything that they import, and links it all.
///
/// `find` gives the text of an import path.
pub(crate) fn link(
    roots: &[&str],
    find: &dyn Fn(&str) -> Option<Source>,
) -> Result<Linked, Vec<Problem>> {
    let (files, mut problems) = load(roots, find);
    let (order, cyclic) = sort(roots, &files);
    problems.extend(cyclic);
    if !problems.is_empty() {
        return Err(problems);
    }
    let linked = add_to_pool(&order, files)?;
    let problems = checks::check(&linked);
    if problems.is_empty() {
        Ok(linked)
    } else {
        Err(problems)
    }
}

/// Reads one text; `path` is what other files import it by.
pub(crate) fn read(path: &str, source: &Source) -> Result<Loaded, Vec<Problem>> {
    if let Some(bytes) = decode_base64(source.text()) {
        return read_descriptor(path, source, bytes);
    }
    let parsed = syntax::parse_with(source, Detail::Nothing)?;
    let places = Places::new(source);
    if parsed.proto.edition.is_some() {
        let message =
            "editions are not supported yet, use `syntax = \"proto2\"` or `syntax = \"proto3\"`";
        return Err(vec![Problem {
            message: message.to_owned(),
            span: places.get(&[tag::EDITION]),
        }]);
    }
    let proto = FileDescriptorProto {
        name: Some(path.to_owned()),
        ..parsed.proto
    };
    Ok(Loaded {
        places: Arc::new(places),
        source: source.clone(),
        encoded: None,
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

fn read_descriptor(path: &str, source: &Source, bytes: Vec<u8>) -> Result<Loaded, Vec<Problem>> {
    let proto = FileDescriptorProto::decode(&*bytes).map_err(|error| {
        vec![Problem::whole(format!(
            "`{}` is base64 but not of a FileDescriptorProto: {error}",
            source.file()
        ))]
    })?;
    let mut loaded = Loaded {
        source: source.clone(),
        places: Arc::new(Places::none()),
        encoded: None,
        proto,
    };
    loaded.proto.source_code_info = None;
    loaded.encoded = Some(renamed(path, bytes));
    Ok(loaded)
}

/// The last value of a field counts, so a name behind the rest replaces the one inside. The bytes
/// are kept because decoding drops the custom options.
fn renamed(path: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let name = FileDescriptorProto {
        name: Some(path.to_owned()),
        ..FileDescriptorProto::default()
    };
    bytes.extend(name.encode_to_vec());
    bytes
}

fn load(
    roots: &[&str],
    find: &dyn Fn(&str) -> Option<Source>,
) -> (BTreeMap<String, Loaded>, Vec<Problem>) {
    let mut files = BTreeMap::new();
    let mut problems = Vec::new();
    let mut seen: BTreeSet<String> = roots.iter().map(|root| (*root).to_owned()).collect();
    let mut open: Vec<String> = seen.iter().rev().cloned().collect();
    while let Some(path) = open.pop() {
        if seen.len() > MAX_FILES {
            problems.push(Problem::whole(format!(
                "more than {MAX_FILES} files are imported"
            )));
            break;
        }
        // A root exists, and an import was looked up before it came here.
        let Some(source) = find(&path) else { continue };
        match read(&path, &source) {
            Ok(loaded) => {
                for (index, import) in loaded.proto.dependency.iter().enumerate() {
                    if is_well_known(import) || seen.contains(import) {
                        continue;
                    }
                    if find(import).is_some() {
                        seen.insert(import.clone());
                        open.push(import.clone());
                    } else {
                        problems.push(missing(&loaded, index, import));
                    }
                }
                files.insert(path, loaded);
            }
            Err(found) => problems.extend(found),
        }
    }
    (files, problems)
}

fn missing(file: &Loaded, index: usize, import: &str) -> Problem {
    Problem {
        message: format!(
            "the import `{import}` is not known; give it as a reference or add the file"
        ),
        span: file.places.import(index),
    }
}

/// The files in an order in which imports come first, and what is wrong with the imports.
fn sort(roots: &[&str], files: &BTreeMap<String, Loaded>) -> (Vec<String>, Vec<Problem>) {
    let mut sorter = Sorter {
        files,
        order: Vec::new(),
        done: BTreeSet::new(),
        problems: Vec::new(),
    };
    for root in roots {
        sorter.visit(root);
    }
    (sorter.order, sorter.problems)
}

struct Sorter<'a> {
    files: &'a BTreeMap<String, Loaded>,
    order: Vec<String>,
    done: BTreeSet<&'a str>,
    problems: Vec<Problem>,
}

impl<'a> Sorter<'a> {
    /// Depth first, with the path from the root as a list: file and next import.
    fn visit(&mut self, root: &str) {
        let Some((root, file)) = self.files.get_key_value(root) else {
            return;
        };
        if !self.done.insert(root) {
            return;
        }
        let mut chain: Vec<(&'a str, &'a Loaded, usize)> = vec![(root, file, 0)];
        while let Some((path, file, next)) = chain.last_mut() {
            let index = *next;
            *next += 1;
            let Some(import) = file.proto.dependency.get(index) else {
                self.order.push((*path).to_owned());
                chain.pop();
                continue;
            };
            let Some((import, imported)) = self.files.get_key_value(import) else {
                continue;
            };
            let span = file.places.import(index);
            if let Some(start) = chain.iter().position(|(path, ..)| path == import) {
                self.cycle(&chain[start..], import, span);
            } else if chain.len() >= MAX_IMPORT_CHAIN {
                let message = format!("a chain of imports is longer than {MAX_IMPORT_CHAIN} files");
                self.problems.push(Problem { message, span });
                return;
            } else if self.done.insert(import) {
                chain.push((import, imported, 0));
            }
        }
    }

    fn cycle(
        &mut self,
        chain: &[(&str, &Loaded, usize)],
        back: &str,
        span: Option<crate::model::Span>,
    ) {
        let mut names: Vec<&str> = chain.iter().map(|(path, ..)| *path).collect();
        names.push(back);
        self.problems.push(Problem {
            message: format!(
                "files import each other in a circle: {}",
                names.join(" -> ")
            ),
            span,
        });
    }
}

fn add_to_pool(order: &[String], files: BTreeMap<String, Loaded>) -> Result<Linked, Vec<Problem>> {
    let mut pool = DescriptorPool::new();
    add_well_known(&mut pool, order, &files)?;
    let mut problems = Vec::new();
    let mut broken: BTreeSet<&str> = BTreeSet::new();
    for path in order {
        let Some(file) = files.get(path) else {
            continue;
        };
        let imports = &file.proto.dependency;
        // What a broken import would declare is missing here too: one problem is enough.
        if imports.iter().any(|import| broken.contains(&**import)) {
            broken.insert(path);
            continue;
        }
        if let Err(found) = add_file(&mut pool, file) {
            problems.extend(found);
            broken.insert(path);
        }
    }
    if problems.is_empty() {
        Ok(Linked {
            pool: own(&pool, &files),
            reflected: pool,
            files,
        })
    } else {
        Err(problems)
    }
}

/// Our own pool of the same files.
fn own(reflected: &DescriptorPool, files: &BTreeMap<String, Loaded>) -> Pool {
    let mut pool = Pool::default();
    for file in reflected.files() {
        // What the library encodes is a descriptor.
        let Ok(proto) = FileDescriptorProto::decode(&*file.encode_to_vec()) else {
            continue;
        };
        let loaded = files.get(file.name());
        pool.add(File {
            features: Features::of_file(&proto),
            source: loaded.map_or_else(|| Source::new(file.name(), ""), |file| file.source.clone()),
            places: loaded.map_or_else(|| Arc::new(Places::none()), |file| file.places.clone()),
            encoded: loaded.is_none_or(|file| file.encoded.is_some()),
            proto,
        });
    }
    pool
}

/// Adds what is imported of the built-in files, and what those import.
fn add_well_known(
    pool: &mut DescriptorPool,
    order: &[String],
    files: &BTreeMap<String, Loaded>,
) -> Result<(), Vec<Problem>> {
    let global = DescriptorPool::global();
    let mut wanted: BTreeSet<&str> = order
        .iter()
        .filter_map(|path| files.get(path))
        .flat_map(|file| file.proto.dependency.iter().map(String::as_str))
        .filter(|import| is_well_known(import) && !files.contains_key(*import))
        .collect();
    // The built-in files import each other one level deep.
    for path in wanted.clone() {
        if let Some(file) = global.get_file_by_name(path) {
            let imports: Vec<String> = file
                .dependencies()
                .map(|file| file.name().to_owned())
                .collect();
            wanted.extend(
                WELL_KNOWN
                    .iter()
                    .filter(|known| imports.iter().any(|i| i == *known)),
            );
        }
    }
    let known = global.files().filter(|file| wanted.contains(file.name()));
    let known: Vec<prost_types::FileDescriptorProto> = known
        .map(|file| file.file_descriptor_proto().clone())
        .collect();
    pool.add_file_descriptor_protos(known)
        .map_err(|error| vec![Problem::whole(error.to_string())])
}

/// Links a file without its places first: with them the linker searches all places for each error.
fn add_file(pool: &mut DescriptorPool, file: &Loaded) -> Result<(), Vec<Problem>> {
    let name = file.source.file();
    if let Some(bytes) = &file.encoded {
        let added = pool.decode_file_descriptor_proto(&**bytes);
        return added.map_err(|error| vec![Problem::whole(format!("{name}: {error}"))]);
    }
    let Err(error) = pool.decode_file_descriptor_proto(&*file.proto.encode_to_vec()) else {
        return Ok(());
    };
    let more = error.related().map_or(0, Iterator::count);
    if (more + 1).saturating_mul(file.source.text().len()) <= MAX_SEARCHED_BYTES
        && let Err(error) = pool.decode_file_descriptor_proto(
            &*FileDescriptorProto {
                source_code_info: Some(file.places.source_info()),
                ..file.proto.clone()
            }
            .encode_to_vec(),
        )
    {
        return Err(placed(error, file));
    }
    let span = error.path().and_then(|path| file.places.get(path));
    let message = error.to_string();
    let rest = format!("{name}: {more} more problems, which are shown when the first is mended");
    let rest = (more > 0).then(|| Problem::whole(rest));
    Err(std::iter::once(Problem { message, span })
        .chain(rest)
        .collect())
}

/// All errors, each at its place.
fn placed(error: DescriptorError, file: &Loaded) -> Vec<Problem> {
    let error = error.with_source_code(file.source.text());
    diagnosed(&error, &file.source)
}

/// The problem that a library reports, and those that it relates to it.
fn diagnosed(error: &dyn Diagnostic, source: &Source) -> Vec<Problem> {
    let lines = LineIndex::new(source);
    let mut problems = vec![problem(error, &lines)];
    if let Some(related) = error.related() {
        problems.extend(related.map(|error| problem(error, &lines)));
    }
    problems
}

fn problem(error: &dyn Diagnostic, lines: &LineIndex) -> Problem {
    let mut message = error.to_string();
    if let Some(help) = error.help() {
        message = format!("{message} ({help})");
    }
    let labels: Vec<miette::LabeledSpan> = error.labels().into_iter().flatten().collect();
    // Other labels point to what the offending place collides with.
    let offending = labels.iter().find(|label| {
        !label
            .label()
            .is_some_and(|text| text.contains("first") || text.contains("range"))
    });
    let span = offending.or(labels.first()).map(|label| {
        let start = label.offset();
        lines.span(start..start + label.len())
    });
    Problem { message, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link_texts(files: &[(&str, String)]) -> Result<Linked, Vec<String>> {
        let find = |path: &str| {
            let file = files.iter().find(|(name, _)| *name == path);
            file.map(|(name, text)| Source::new(*name, text.as_str()))
        };
        link(&[files[0].0], &find)
            .map_err(|problems| problems.iter().map(Problem::to_string).collect())
    }

    fn refused(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<(&str, String)> = files
            .iter()
            .map(|(path, text)| (*path, (*text).to_owned()))
            .collect();
        link_texts(&files).expect_err("does not compile")
    }

    #[test]
    fn a_missing_import_has_a_place() {
        assert_eq!(
            refused(&[("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n")]),
            [
                "a.proto:2:1: the import `b.proto` is not known; give it as a reference or add the file"
            ]
        );
    }

    #[test]
    fn a_cycle_is_named_with_all_its_files() {
        let found = refused(&[
            ("a.proto", "syntax = \"proto3\"; import \"b.proto\";"),
            ("b.proto", "syntax = \"proto3\";\nimport \"a.proto\";"),
        ]);
        assert_eq!(
            found,
            ["b.proto:2:1: files import each other in a circle: a.proto -> b.proto -> a.proto"]
        );
        let found = refused(&[("a.proto", "syntax = \"proto3\"; import \"a.proto\";")]);
        assert!(
            found[0].ends_with("in a circle: a.proto -> a.proto"),
            "{found:?}"
        );
    }

    #[test]
    fn import_chains_are_bounded() {
        let chain = |length: usize| -> Result<Linked, Vec<Problem>> {
            let find = |path: &str| {
                let number: usize = path.parse().ok()?;
                let text = if number + 1 < length {
                    format!(
                        "syntax = \"proto3\"; import \"{}\"; message M{number} {{}}",
                        number + 1
                    )
                } else {
                    "syntax = \"proto3\";".to_owned()
                };
                Some(Source::new(path, text))
            };
            link(&["0"], &find)
        };
        assert!(chain(MAX_IMPORT_CHAIN).is_ok());
        let problems = chain(MAX_IMPORT_CHAIN + 1).expect_err("is too long");
        assert_eq!(
            problems[0].to_string(),
            "999:1:20: a chain of imports is longer than 1000 files"
        );
    }

    #[test]
    fn link_errors_stand_at_the_offending_place() {
        let text =
            "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n  Foo b = 2;\n  int32 c = 1;\n}\n";
        let found = refused(&[("a.proto", text)]);
        assert!(
            found
                .iter()
                .any(|problem| problem.starts_with("a.proto:5:13: ")),
            "{found:?}"
        );
    }

    #[test]
    fn the_search_for_places_of_errors_is_bounded() {
        let file = |count: usize| {
            let names = (0..count).map(|at| at.to_string());
            let fields: String = names
                .map(|name| ["\nint32 a", &name, " = 1;"].concat())
                .collect();
            let pad = " ".repeat(20_000);
            [(
                "a.proto",
                format!("syntax = \"proto3\"; message M {{{fields} }}{pad}"),
            )]
        };
        let few = link_texts(&file(50)).expect_err("one number for all");
        assert_eq!(few.len(), 49);
        let many = link_texts(&file(4_000)).expect_err("one number for all");
        assert_eq!(many.len(), 2);
        assert!(many[0].starts_with("a.proto:3:12: "), "{many:?}");
        assert!(
            many[1].starts_with("a.proto: 3998 more problems"),
            "{many:?}"
        );
    }

    #[test]
    fn well_known_imports_need_no_text() {
        let text = "syntax = \"proto3\"; import \"google/protobuf/type.proto\"; \
                    message M { google.protobuf.Type t = 1; }";
        assert!(link_texts(&[("a.proto", text.to_owned())]).is_ok());
    }

    #[test]
    fn base64_of_something_else_is_refused() {
        let found = refused(&[("a.proto", "////")]);
        assert!(
            found[0].contains("is base64 but not of a FileDescriptorProto"),
            "{found:?}"
        );
    }
}
