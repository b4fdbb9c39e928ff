//! Links files: from texts in memory to a [`Pool`] in which every name has its meaning.
//!
//! Files are read with all that they import ([`load`]) in an order in which imports come first ([`order`]),
//! and added to the pool one by one: names are entered, types resolved ([`resolve`]), options interpreted ([`options`]), and
//! what the language forbids is reported. All mistakes of a file are found at once; what would only
//! follow from another mistake is not reported. Whatever `protoc` accepts is accepted.

mod check;
mod identifiers;
mod imports;
mod json_name;
#[cfg(test)]
mod judged;
mod load;
mod names;
mod options;
mod order;
mod resolve;
mod source_info;
#[cfg(test)]
mod tests;
mod uses;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

pub use check::{MAX_FIELDS, MAX_PACKAGE_BYTES, MAX_PACKAGE_PARTS};
pub use load::MAX_FILES;
pub(crate) use load::is_encoded;
pub use order::MAX_IMPORT_CHAIN;

use foldhash::fast::RandomState;

use super::descriptor::{Edition, FileDescriptorProto, FileDescriptorSet};
use super::features::{self, Features};
use super::places::Places;
use super::pool::{Clash, File, Pool};
use super::tag;
use crate::model::{Problem, Source, Span};
use imports::{Edges, Imports};
use load::{Files, Loaded};
use names::Sought;
use options::{Mistake, Outcome};
use uses::Uses;

/// The most problems of a file that are told one by one.
pub const MAX_PROBLEMS: usize = 1_000;

/// Whether a path is that of a file which comes with the language. It is never compared, whoever brings
/// a text of it.
pub(crate) fn is_well_known(path: &str) -> bool {
    path.starts_with("google/protobuf/") && super::bundled::has(path)
}

/// Reads the roots and everything that they import, and links it all.
///
/// `find` gives the text of an import path.
pub(crate) fn link(
    roots: &[&str],
    find: &dyn Fn(&str) -> Option<Source>,
) -> Result<Pool, Vec<Problem>> {
    link_all(roots, find, Wanted::default(), &mut |_, _, _| {})
}

/// Links as [`link`] does, and gives each file to `each` once it is linked. A file is forgotten as soon
/// as nobody needs it any more, so that of thousands few are held at once.
///
/// `imports` says beforehand what the files import. It has to be complete: it says so of every file that
/// `find` knows, or it is empty, and nothing is forgotten.
pub(crate) fn link_each(
    roots: &[&str],
    find: &dyn Fn(&str) -> Option<Source>,
    imports: &BTreeMap<&str, Vec<&str>>,
    each: &mut dyn FnMut(&Pool, &File),
) -> Result<(), Vec<Problem>> {
    let wanted = Wanted {
        uses: Some(Uses::of(roots, imports)),
        ..Wanted::default()
    };
    link_all(roots, find, wanted, &mut |pool, file, _| {
        each(pool, file);
    })?;
    Ok(())
}

/// Links, and describes each file with its places and comments, as `protoc` does: a
/// `FileDescriptorSet` in which imports come first.
pub(crate) fn describe(
    roots: &[&str],
    find: &dyn Fn(&str) -> Option<Source>,
) -> Result<FileDescriptorSet, Vec<Problem>> {
    let mut infos = Vec::new();
    let wanted = Wanted {
        paths: true,
        ..Wanted::default()
    };
    let pool = link_all(roots, find, wanted, &mut |_, file, paths| {
        let info = source_info::source_info(&file.source, paths);
        infos.push((!file.encoded).then_some(info));
    })?;
    let files = pool.files().iter().zip(infos);
    let file = files.map(|(file, source_code_info)| FileDescriptorProto {
        source_code_info,
        ..file.proto.clone()
    });
    Ok(FileDescriptorSet {
        file: file.collect(),
    })
}

/// Called with each file that is linked, its pool, and which fields its options set, if that is asked.
type Watch<'a> = dyn FnMut(&Pool, &File, &HashMap<Vec<i32>, Vec<i32>>) + 'a;

/// What is wanted besides the pool.
#[derive(Default)]
struct Wanted<'a> {
    /// Which fields the options set.
    paths: bool,
    /// When files are not needed any more, which are then forgotten.
    uses: Option<Uses<'a>>,
}

fn link_all(
    roots: &[&str],
    find: &dyn Fn(&str) -> Option<Source>,
    mut wanted: Wanted,
    watch: &mut Watch,
) -> Result<Pool, Vec<Problem>> {
    let mut files = Files::new(find);
    let mut linker = Linker {
        with_paths: wanted.paths,
        ..Linker::default()
    };
    let wrong_imports = order::each(roots, &mut files, &mut |loaded, complete| {
        let path = loaded.proto.name().to_owned();
        linker.add(loaded, complete, watch);
        for unused in wanted.uses.iter_mut().flat_map(|uses| uses.linked(&path)) {
            if let Some(index) = linker.pool.index_of(unused) {
                linker.pool.release(index);
            }
        }
    });
    let problems = [files.problems, wrong_imports, linker.problems].concat();
    if problems.is_empty() {
        Ok(linker.pool)
    } else {
        Err(problems)
    }
}

#[derive(Default)]
struct Linker {
    /// Whether it is asked which fields the options set.
    with_paths: bool,
    pool: Pool,
    imports: Imports,
    problems: Vec<Problem>,
}

impl Linker {
    /// Adds a file whose imports were added, as far as they can be.
    fn add(&mut self, loaded: Loaded, complete: bool, watch: &mut Watch) {
        let Loaded { mut proto, .. } = loaded;
        let index = self.pool.files().len();
        let mut mistakes = self.imports_of(&proto);
        let clashes = self.pool.declare(&proto);
        if !loaded.bundled {
            mistakes.extend(self.clashes(&clashes));
            mistakes.extend(resolve::resolve(
                &mut proto,
                &self.pool,
                &self.imports,
                complete,
            ));
        }
        self.pool.push(File {
            features: Features::of_file(&proto),
            proto,
            source: loaded.source,
            places: loaded.places,
            encoded: loaded.encoded,
            bundled: loaded.bundled,
        });
        let options = self.interpret(index, complete);
        let options_known = options.mistakes.is_empty();
        mistakes.extend(options.mistakes);
        if let Some(file) = self.pool.files().get(index) {
            watch(&self.pool, file, &options.paths);
            if !file.bundled {
                mistakes.extend(check::check(&self.pool, file, options_known));
            }
            let mut problems: Vec<Problem> = mistakes
                .into_iter()
                .map(|mistake| problem(file, mistake))
                .collect();
            problems
                .sort_by_key(|problem| problem.span.as_ref().map(|span| (span.line, span.column)));
            let more = problems.len().saturating_sub(MAX_PROBLEMS);
            problems.truncate(MAX_PROBLEMS);
            self.problems.extend(problems);
            if more > 0 {
                let message = format!(
                    "{}: {more} more problems, which are shown when the first are mended",
                    file.source.file()
                );
                self.problems.push(Problem::whole(message));
            }
        }
    }

    /// Interprets the options of a file. Where imports are missing, options may be unknown.
    fn interpret(&mut self, index: usize, complete: bool) -> Outcome {
        let unknown = RefCell::new(Vec::new());
        let imports = &self.imports;
        let resolve = |pool: &Pool, name: &str, element: &str| {
            let scope = element.rsplit_once('.').map_or("", |(scope, _)| scope);
            let found = names::find(pool, imports, name, scope, Sought::Anything);
            found.map(|found| found.full_name).map_err(|cause| {
                let message = cause.message(pool, name);
                unknown.borrow_mut().push(message.clone());
                message
            })
        };
        let mut outcome = options::interpret(&mut self.pool, index, &resolve, self.with_paths);
        if !complete {
            let unknown = unknown.into_inner();
            outcome.mistakes.retain(|mistake| {
                let mut unknown = unknown.iter();
                !unknown.any(|message| mistake.message.contains(&**message))
            });
        }
        outcome
    }

    /// Looks up the imports of a file, of which each is listed once.
    fn imports_of(&mut self, proto: &FileDescriptorProto) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let mut edges = Edges::default();
        let mut seen: HashSet<&String, RandomState> = HashSet::default();
        let public: HashSet<i32, RandomState> = proto.public_dependency.iter().copied().collect();
        let plain = proto.dependency.len();
        let imports = proto.dependency.iter().chain(&proto.option_dependency);
        for (index, import) in imports.enumerate() {
            if !seen.insert(import) {
                mistakes.push(Mistake {
                    path: load::import_path(plain, index).into(),
                    message: format!("`{import}` is imported twice, remove one of the two"),
                });
            }
            let Some(file) = self.pool.index_of(import) else {
                continue;
            };
            if index >= plain {
                edges.options.push(file);
                continue;
            }
            edges.plain.push(file);
            if public.contains(&tag::index(index)) {
                edges.public.push(file);
            }
        }
        self.imports
            .enter(self.pool.files().len(), proto.package(), edges);
        mistakes
    }

    fn clashes(&self, clashes: &[Clash]) -> Vec<Mistake> {
        let all: HashSet<&[i32], RandomState> = clashes.iter().map(|clash| &*clash.path).collect();
        let around = |clash: &Clash| {
            let outer = (2..clash.path.len()).step_by(2);
            outer
                .filter_map(|end| clash.path.get(..end))
                .any(|path| all.contains(path))
        };
        // What stands in a message that is declared twice is declared twice too.
        let own = clashes.iter().filter(|clash| !around(clash));
        own.map(|clash| self.clash(clash)).collect()
    }

    fn clash(&self, clash: &Clash) -> Mistake {
        let Clash {
            full_name, other, ..
        } = clash;
        let noun = names::noun(other.kind);
        let file = self.pool.files().get(other.file as usize);
        let place = file.map_or_else(String::new, |file| format!(" in `{}`", file.path()));
        let mut message =
            format!("`{full_name}` is declared already, as {noun}{place}; rename one");
        if let Some(name) = &clash.value_of {
            let _ = write!(
                message,
                " (the values of an enum share the scope around it, so add a prefix such as `{}_`)",
                name.to_ascii_uppercase()
            );
        }
        let path = match &*clash.path {
            [tag::PACKAGE] => clash.path.clone(),
            // The message of a map's entries stands nowhere, so it is told at the message around it.
            [around @ .., tag::MESSAGE_NESTED, _] if clash.of_map => {
                tag::join(around, &[tag::NAME])
            }
            path => tag::join(path, &[tag::NAME]),
        };
        Mistake { path, message }
    }
}

/// A mistake at its place, or at that of what it is part of.
fn problem(file: &File, mistake: Mistake) -> Problem {
    let Mistake { mut path, message } = mistake;
    if let Some(element) = without_features(file, &path) {
        path = element;
    }
    loop {
        let span = place(&file.places, &path);
        if let Some(span) = span {
            return Problem::at(span, message);
        }
        if path.pop().is_none() {
            return Problem::whole(format!("{}: {message}", file.source.file()));
        }
    }
}

/// Before editions there are no features, whatever they say: `protoc` tells it at the name of the
/// element, or at the syntax.
fn without_features(file: &File, path: &[i32]) -> Option<Vec<i32>> {
    if features::edition(&file.proto) >= Edition::Edition2023 {
        return None;
    }
    let at = path.iter().position(|step| *step == tag::UNINTERPRETED)?;
    let name = tag::join(path.get(..at + 2)?, &[tag::UNINTERPRETED_NAME]);
    let name = file.places.text().get(file.places.range(&name)?)?;
    let element = path.get(..at.checked_sub(1)?)?;
    name.starts_with("features").then(|| match element {
        [] => vec![tag::SYNTAX],
        element => tag::join(element, &[tag::NAME]),
    })
}

/// Some places are not those of the path alone.
fn place(places: &Places, path: &[i32]) -> Option<Span> {
    let (last, around) = path.split_last()?;
    match *last {
        // `protoc` finds out when it has read on to the next token.
        tag::END => {
            let end = places.range(around)?.end;
            let rest = places.text().get(end..).unwrap_or_default();
            let next = end + blank(rest);
            Some(places.span(next..next))
        }
        // That of a group is its keyword.
        tag::FIELD_TYPE_NAME => {
            let place = places.get(&tag::join(around, &[tag::FIELD_TYPE]));
            place.or_else(|| places.get(path))
        }
        // The path is that of the value too.
        tag::FIELD_JSON_NAME if around.len() > 1 => {
            let range = places.range(path)?;
            let before = places.text().get(..range.start).unwrap_or_default();
            let start = before.rfind("json_name").unwrap_or(range.start);
            Some(places.span(start..range.end))
        }
        _ => places.get(path),
    }
}

/// How many bytes stand in front of the next token.
fn blank(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return text.len() - rest.len();
        }
    }
}
