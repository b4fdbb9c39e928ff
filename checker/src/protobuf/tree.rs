//! Repositories of `.proto` files: two states of one are compared as a whole.
//!
//! A [`Tree`] is what a folder of shared structs holds at one moment, in memory; who read it (from
//! the disk, from git) is the caller's affair. Nothing is parsed before it is needed: a file whose
//! text and imports say the same on both sides costs a comparison of texts. And nothing is kept that the
//! comparison does not need: a file is parsed, linked, modelled and forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use prost::Message as _;

use super::audience::Usages;
use super::changelog::LogEntry;
use super::diff::{self, Change, Scope};
use super::link;
use super::linked::{Linked, Part};
use super::model::{FileId, Model};
use super::past::History;
use super::pool::Pool;
use super::review;
use super::rules::{Context, Side};
use super::stability::Stability;
use super::syntax::{self, Detail};
use super::{build, outline};
use crate::Severities;
use crate::model::{Category, Comparison, Problem, Source};

/// One file of a tree.
#[derive(Clone, Debug)]
pub struct TreeFile {
    /// The path by which other files import it: relative to the root of the protos, with `/`.
    pub import_path: String,
    /// The text, under the name that reports print.
    pub source: Source,
    /// Whether it is there for others to import only, such as a vendored third-party file: it is
    /// read when it is needed, and its own changes are never reported.
    pub import_only: bool,
}

/// The `.proto` files of a repository at one moment.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, TreeFile>,
    /// In the order of the files; read when they are first asked for.
    outlines: OnceLock<Vec<Owned>>,
}

/// An [`outline`] that stays.
#[derive(Clone, Debug)]
struct Owned {
    imports: Option<Vec<Box<str>>>,
    package: Box<str>,
}

/// How to compare trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeOptions {
    /// A finding is an error if its rule stands in one of these categories, else a warning.
    pub categories: Vec<Category>,
    /// Whether findings outside the asked categories are left out instead of being warnings.
    pub errors_only: bool,
    /// Packages whose errors count for less.
    pub stability: Stability,
    /// For how many versions, the old one among them, something has to be marked as deprecated before
    /// it may be removed. Then its removal is a warning; without it, an error by a rule of its own.
    /// `None`: deprecation does not matter.
    pub deprecated_for: Option<usize>,
    /// Severities that go before the categories' and before those of packages.
    pub severities: Severities,
}

impl Default for TreeOptions {
    /// What services hit at run time: `WIRE_JSON` (which contains `WIRE`) and `GRPC`.
    fn default() -> Self {
        Self {
            categories: vec![Category::WireJson, Category::Grpc],
            errors_only: false,
            stability: Stability::default(),
            deprecated_for: None,
            severities: Severities::default(),
        }
    }
}

/// Why two trees could not be compared: texts that do not compile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeProblems {
    /// Problems of the old tree.
    pub old: Vec<Problem>,
    /// Problems of the new tree.
    pub new: Vec<Problem>,
}

impl Tree {
    /// Collects files; where an import path comes twice the first one counts.
    pub fn new(files: impl IntoIterator<Item = TreeFile>) -> Self {
        let mut tree = Self::default();
        for file in files {
            tree.files.entry(file.import_path.clone()).or_insert(file);
        }
        tree
    }

    /// The files, sorted by import path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &TreeFile> {
        self.files.values()
    }

    /// Whether there is a file of that import path.
    pub fn has(&self, import_path: &str) -> bool {
        self.files.contains_key(import_path)
    }

    /// Everything that is wrong with any file of the tree, changed or not.
    pub fn problems(&self) -> Vec<Problem> {
        self.pool().err().unwrap_or_default()
    }

    /// All files with what they import, linked, as an encoded `FileDescriptorSet` with places and
    /// comments: what `protoc --include_imports --include_source_info --retain_options` makes of them.
    pub fn descriptor_set(&self) -> Result<Vec<u8>, Vec<Problem>> {
        let set = link::describe(&self.own(), &|path| self.source(path))?;
        Ok(set.encode_to_vec())
    }

    /// What is wrong with the grammar of any file by itself: nothing is looked up in others.
    pub fn mistakes(&self) -> Vec<Problem> {
        let mistakes = self
            .files()
            .map(|file| syntax::parse_with(&file.source, Detail::Nothing));
        mistakes.filter_map(Result::err).flatten().collect()
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|file| file.source.text())
    }

    /// Links files with what they import.
    pub(super) fn link(&self, roots: &[&str]) -> Result<Pool, Vec<Problem>> {
        link::link(roots, &|path| self.source(path))
    }

    /// All files of the tree with what they import, linked.
    pub(crate) fn pool(&self) -> Result<Pool, Vec<Problem>> {
        self.link(&self.own())
    }

    /// The import paths of all files but those that are for import only.
    pub(super) fn own(&self) -> Vec<&str> {
        let own = self.files().filter(|file| !file.import_only);
        own.map(|file| file.import_path.as_str()).collect()
    }

    fn source(&self, path: &str) -> Option<Source> {
        self.files.get(path).map(|file| file.source.clone())
    }

    /// A file by its import path.
    pub(crate) fn file(&self, path: &str) -> Option<&TreeFile> {
        self.files.get(path)
    }

    /// The model of files with all that they import. `compared` says whose changes are reported; what
    /// others brought is never compared.
    pub(super) fn model(
        &self,
        roots: &[&str],
        compared: &dyn Fn(&str) -> bool,
    ) -> Result<Model, Vec<Problem>> {
        let mut builder = build::Builder::default();
        let imports = self.imports().unwrap_or_default();
        let find = |path: &str| self.source(path);
        link::link_each(roots, &find, &imports, &mut |pool, file| {
            builder.add(pool, file, compared(file.path()));
        })?;
        Ok(builder.finish())
    }

    /// The packages of all files.
    pub(super) fn packages(&self) -> BTreeSet<&str> {
        let outlines = self.outlines().iter();
        outlines.map(|outline| &*outline.package).collect()
    }

    /// By import path: the files that import it, as far as that can be told without a parser.
    pub(super) fn importers(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (file, outline) in self.files.keys().zip(self.outlines()) {
            for import in outline.imports.iter().flatten() {
                importers.entry(import).or_default().push(file);
            }
        }
        importers
    }

    /// What each file imports; `None` where that cannot be told of all without a parser.
    fn imports(&self) -> Option<BTreeMap<&str, Vec<&str>>> {
        let files = self.files.keys().zip(self.outlines());
        let imports = files.map(|(file, outline)| {
            let imports = outline.imports.as_ref()?.iter();
            Some((&**file, imports.map(|import| &**import).collect()))
        });
        imports.collect()
    }

    fn outlines(&self) -> &[Owned] {
        self.outlines.get_or_init(|| {
            let outlines = self.files().map(|file| outline::of(file.source.text()));
            let owned = outlines.map(|outline| Owned {
                imports: outline
                    .imports
                    .map(|all| all.into_iter().map(Box::from).collect()),
                package: outline.package.into(),
            });
            owned.collect()
        })
    }
}

/// Compares two states of a repository, in both directions.
///
/// Only what a change can reach is parsed; an error in it is returned instead of a comparison.
pub fn compare_trees(
    old: &Tree,
    new: &Tree,
    options: &TreeOptions,
) -> Result<Comparison, TreeProblems> {
    old.compared(new, options, None, None)
}

impl Tree {
    /// Compares this old state with a new one; fills a log of all changes if one is given.
    pub(super) fn compared(
        &self,
        new: &Self,
        options: &TreeOptions,
        history: Option<&History>,
        mut log: Option<&mut Vec<LogEntry>>,
    ) -> Result<Comparison, TreeProblems> {
        both(|| self.outlines(), || new.outlines());
        let affected = affected(self, new);
        if affected.is_empty() {
            return Ok(Comparison::default());
        }
        let (old_model, new_model) = models(self, new, &affected)?;
        let usages = Usages::of(&old_model, &new_model);
        let diff = diff::diff(&old_model, &new_model, Scope::Tree);
        // The models lack the files that nothing changed in.
        let kept = new.packages();
        let mut open: Vec<&Change> = diff.changes.iter().collect();
        open.retain(|change| {
            !matches!(change, Change::PackageRemoved { old } if kept.contains(&*old.package))
        });
        let mut comparison = Comparison::default();
        let (mut old_part, mut new_part) = (Part::default(), Part::default());
        loop {
            let side = |model, part| Side {
                model,
                linked: Linked::Part(part),
            };
            let (old_side, new_side) = (side(&old_model, &old_part), side(&new_model, &new_part));
            let cx = Context {
                usages: Some(&usages),
                history,
                deprecated_for: options.deprecated_for,
                ..Context::new(old_side, new_side, Scope::Tree)
            };
            let cx = cx.looking_into(&diff.insides);
            let log = log.as_deref_mut();
            open = review::judge(&cx, open, options, log, &mut comparison);
            // Each round has more files than the one before, so it ends.
            if open.is_empty() {
                break;
            }
            let wanted = (old_part.wanted(), new_part.wanted());
            (old_part, new_part) = both(
                || self.linked(&old_model, wanted.0),
                || new.linked(&new_model, wanted.1),
            );
        }
        comparison.sort();
        Ok(comparison)
    }

    /// The files that a judgement lacked.
    fn linked(&self, model: &Model, wanted: BTreeSet<FileId>) -> Part {
        let files = wanted.iter().filter_map(|file| model.files.get(*file));
        let paths: Vec<&str> = files.map(|file| file.path.as_str()).collect();
        // They were linked before.
        Part::new(self.link(&paths).unwrap_or_default(), wanted)
    }
}

fn models(
    old: &Tree,
    new: &Tree,
    affected: &BTreeSet<&str>,
) -> Result<(Model, Model), TreeProblems> {
    let model = |tree: &Tree| {
        let here = affected.iter().copied();
        let here: Vec<&str> = here.filter(|path| tree.has(path)).collect();
        tree.model(&here, &|path| {
            let own = tree.files.get(path).is_some_and(|file| !file.import_only);
            own && affected.contains(path)
        })
    };
    match both(|| model(old), || model(new)) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (old, new) => Err(TreeProblems {
            old: old.err().unwrap_or_default(),
            new: new.err().unwrap_or_default(),
        }),
    }
}

/// Does the same for both sides, on two threads.
fn both<T: Send>(old: impl FnOnce() -> T + Send, new: impl FnOnce() -> T) -> (T, T) {
    thread::scope(|scope| {
        let old = scope.spawn(old);
        let new = new();
        (old.join().unwrap_or_else(|panic| resume_unwind(panic)), new)
    })
}

/// The files that differ, and all that import such a file, directly or not.
fn affected<'a>(old: &'a Tree, new: &'a Tree) -> BTreeSet<&'a str> {
    let paths: BTreeSet<&str> = old
        .files
        .keys()
        .chain(new.files.keys())
        .map(String::as_str)
        .collect();
    let mut changed: BTreeSet<&str> = paths
        .into_iter()
        .filter(|path| match (old.text(path), new.text(path)) {
            (Some(old), Some(new)) => old != new && !syntax::say_the_same(old, new),
            (old, new) => old.is_some() || new.is_some(),
        })
        .collect();
    let mut importers = old.importers();
    for (import, files) in new.importers() {
        importers.entry(import).or_default().extend(files);
    }
    for tree in [old, new] {
        let files = tree.files.keys().zip(tree.outlines());
        // Imports that cannot be told without a parser: taken for affected.
        let odd = files.filter(|(_, outline)| outline.imports.is_none());
        changed.extend(odd.map(|(file, _)| file.as_str()));
    }
    with_importers(changed, &importers)
}

/// Files with all that import them, directly or not; `importers` goes by import path.
pub(super) fn with_importers<'t>(
    mut files: BTreeSet<&'t str>,
    importers: &BTreeMap<&'t str, Vec<&'t str>>,
) -> BTreeSet<&'t str> {
    let mut open: Vec<&str> = files.iter().copied().collect();
    while let Some(path) = open.pop() {
        for importer in importers.get(path).into_iter().flatten() {
            if files.insert(importer) {
                open.push(importer);
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict;

    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree::new(files.iter().map(|(path, text)| TreeFile {
            import_path: (*path).to_owned(),
            source: Source::new(format!("proto/{path}"), *text),
            import_only: path.starts_with("vendor/"),
        }))
    }

    fn compare(old: &[(&str, &str)], new: &[(&str, &str)]) -> Comparison {
        compare_trees(&tree(old), &tree(new), &TreeOptions::default()).expect("both compile")
    }

    fn errors(comparison: &Comparison) -> Vec<String> {
        comparison
            .errors()
            .map(|finding| format!("{} {}", finding.rule.id, finding.path))
            .collect()
    }

    const TYPES: &str = "syntax = \"proto3\"; package t; message Id { string value = 1; }";
    const API: &str = "syntax = \"proto3\"; package a; import \"types.proto\";
        message Order { t.Id id = 1; string note = 2; }
        service Orders { rpc Get(t.Id) returns (Order); rpc Put(Order) returns (t.Id); }";

    #[test]
    fn removed_rpcs_and_services_are_errors_though_the_bytes_are_the_same() {
        let old = [("types.proto", TYPES), ("api.proto", API)];
        let no_put = API.replace("rpc Put(Order) returns (t.Id);", "");
        let comparison = compare(&old, &[("types.proto", TYPES), ("api.proto", &no_put)]);
        assert_eq!(errors(&comparison), ["protobuf/rpc-removed a.Orders.Put"]);
        let finding = &comparison.findings[0];
        assert_eq!(
            finding.old.as_ref().map(|span| &*span.file),
            Some("proto/api.proto")
        );
        let comparison = compare(&old, &[("types.proto", TYPES)]);
        assert_eq!(
            errors(&comparison),
            ["protobuf/service-removed a.Orders"],
            "its messages were carried by the RPCs"
        );
        assert!(
            comparison
                .findings
                .iter()
                .any(|found| found.rule.id == "protobuf/file-removed")
        );
    }

    #[test]
    fn a_file_whose_import_changed_is_compared_and_one_whose_import_did_not_is_not_read() {
        let changed = TYPES.replace("string value", "int32 value");
        let broken = ("broken.proto", "this is no proto");
        let comparison = compare(
            &[("types.proto", TYPES), ("api.proto", API), broken],
            &[("types.proto", &changed), ("api.proto", API), broken],
        );
        assert_eq!(
            errors(&comparison),
            ["protobuf/field-type-changed t.Id.value"; 2]
        );
        assert_eq!(tree(&[broken]).problems().len(), 1);
    }

    #[test]
    fn what_only_says_the_same_in_other_words_is_not_read() {
        let broken = "this is no proto";
        let comparison = compare(
            &[("types.proto", TYPES), ("broken.proto", broken)],
            &[
                ("types.proto", &format!("// Copyright\n{TYPES}")),
                ("broken.proto", &format!("// Copyright\n{broken}")),
            ],
        );
        assert_eq!(comparison.findings.len(), 0);
    }

    /// A file whose imports only a parser can tell keeps all others from being forgotten.
    #[test]
    fn it_makes_no_difference_whether_files_are_forgotten() {
        let odd = (
            "odd.proto",
            "syntax = \"proto3\"; import \"ty\\x70es.proto\";",
        );
        let even = ("odd.proto", "syntax = \"proto3\"; import \"types.proto\";");
        let options = "syntax = \"proto2\"; package o; import \"google/protobuf/descriptor.proto\";
            message Range { optional int32 least = 1; }
            extend google.protobuf.FieldOptions { optional Range range = 50000; }";
        let types =
            "syntax = \"proto3\"; package t; import \"options.proto\"; enum Kind { NONE = 0; }
            message Id { string value = 1 [(o.range) = { least: 1 }]; Kind kind = 2; }";
        let changed = types
            .replace("string", "int32")
            .replace("least: 1", "least: 2");
        let found = |odd| {
            let all = |types| {
                [
                    ("options.proto", options),
                    ("types.proto", types),
                    ("api.proto", API),
                    odd,
                ]
            };
            compare(&all(types), &all(&changed))
        };
        let comparison = found(even);
        assert_eq!(format!("{comparison:?}"), format!("{:?}", found(odd)));
        assert!(
            comparison
                .findings
                .iter()
                .any(|found| found.witness.is_some())
        );
        let rules: BTreeSet<&str> = comparison.findings.iter().map(|it| it.rule.id).collect();
        assert!(
            rules.contains("protobuf/custom-option-changed"),
            "{rules:?}"
        );
    }

    #[test]
    fn texts_that_do_not_compile_are_returned_by_side() {
        let found = compare_trees(
            &tree(&[("a.proto", "syntax = \"proto3\"; message A { B b = 1; }")]),
            &tree(&[("a.proto", "syntax = \"proto3\"; import \"b.proto\";")]),
            &TreeOptions::default(),
        )
        .expect_err("neither compiles");
        assert!(
            found.old[0].to_string().starts_with("proto/a.proto:1:32: "),
            "{:?}",
            found.old
        );
        assert!(
            found.new[0].to_string().starts_with("proto/a.proto:1:20: "),
            "{:?}",
            found.new
        );
    }

    #[test]
    fn a_package_is_gone_with_its_last_file_only() {
        let file = |package: &str, message: &str| {
            format!("syntax = \"proto3\"; package {package}; message {message} {{ int32 x = 1; }}")
        };
        let (a, b, c) = (file("p", "A"), file("p", "B"), file("q", "C"));
        let old = [("a.proto", &*a), ("b.proto", &*b), ("c.proto", &*c)];
        let packages = |new: &[(&str, &str)]| {
            let comparison = compare(&old, new);
            let removed = comparison.findings.into_iter();
            let removed = removed.filter(|found| found.rule.id == "protobuf/package-removed");
            removed
                .map(|found| found.path.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(packages(&old[1..]), [""; 0]);
        assert_eq!(packages(&old[2..]), ["p"]);
    }

    #[test]
    fn what_only_moved_between_files_is_the_same() {
        let old = [(
            "a.proto",
            "syntax = \"proto3\"; package p; message A { int32 x = 1; } message B { A a = 1; }",
        )];
        let new = [
            (
                "a.proto",
                "syntax = \"proto3\"; package p; import \"b.proto\"; message B { A a = 1; }",
            ),
            (
                "b.proto",
                "syntax = \"proto3\"; package p; message A { int32 x = 1; }",
            ),
        ];
        let comparison = compare(&old, &new);
        assert_eq!(comparison.verdict(), Verdict::Compatible);
        let found = comparison.findings.iter();
        let found: Vec<&str> = found.map(|finding| finding.rule.id).collect();
        assert_eq!(found, ["protobuf/moved-to-another-file"]);
    }

    #[test]
    fn imported_files_are_read_but_not_compared() {
        let api =
            "syntax = \"proto3\"; package a; import \"vendor/x.proto\"; message A { x.X x = 1; }";
        let x =
            "syntax = \"proto3\"; package x; message X { int32 n = 1; } message Y { int32 n = 1; }";
        let other = x.replace("message Y { int32 n = 1; }", "message Y { string n = 1; }");
        let comparison = compare(
            &[("a.proto", api), ("vendor/x.proto", x)],
            &[("a.proto", api), ("vendor/x.proto", &other)],
        );
        assert_eq!(errors(&comparison), [""; 0]);
    }

    #[test]
    fn severities_go_before_categories() {
        let (old, new) = (
            tree(&[("a.proto", "syntax = \"proto3\"; message A { int32 x = 1; }")]),
            tree(&[("a.proto", "syntax = \"proto3\"; message A { int32 y = 1; }")]),
        );
        let verdict = |severity: &str| {
            let choices = ["protobuf/field-renamed", "protobuf/field-json-name-changed"]
                .map(|rule| format!("{rule}={severity}").parse::<crate::RuleSeverity>());
            let options = TreeOptions {
                severities: choices
                    .into_iter()
                    .map(|choice| choice.expect("is one"))
                    .collect(),
                ..TreeOptions::default()
            };
            let comparison = compare_trees(&old, &new, &options).expect("both compile");
            comparison.verdict()
        };
        assert_eq!(verdict("error"), Verdict::Incompatible);
        assert_eq!(verdict("warning"), Verdict::Compatible);
        assert_eq!(verdict("off"), Verdict::Compatible);
    }

    #[test]
    fn categories_decide_what_is_an_error() {
        let (old, new) = (
            tree(&[("a.proto", "syntax = \"proto3\"; message A { int32 x = 1; }")]),
            tree(&[("a.proto", "syntax = \"proto3\"; message A { int32 y = 1; }")]),
        );
        let verdict = |categories: &[Category], errors_only| {
            let options = TreeOptions {
                categories: categories.to_vec(),
                errors_only,
                ..TreeOptions::default()
            };
            let comparison = compare_trees(&old, &new, &options).expect("both compile");
            (comparison.verdict(), comparison.findings.len())
        };
        assert_eq!(
            verdict(&[Category::WireJson], false),
            (Verdict::Incompatible, 2)
        );
        assert_eq!(verdict(&[Category::Wire], false), (Verdict::Compatible, 2));
        assert_eq!(verdict(&[Category::Wire], true), (Verdict::Compatible, 0));
    }

    #[test]
    fn added_files_messages_services_and_rpcs_hurt_nobody() {
        let more = API.replace("rpc Get", "rpc List(t.Id) returns (stream Order); rpc Get");
        let comparison = compare(
            &[("types.proto", TYPES), ("api.proto", API)],
            &[
                ("types.proto", TYPES),
                ("api.proto", &more),
                (
                    "new.proto",
                    "syntax = \"proto3\"; package n; message N {} service S { rpc R(N) returns (N); }",
                ),
            ],
        );
        assert_eq!(comparison.findings.len(), 0, "{:?}", comparison.findings);
    }
}
