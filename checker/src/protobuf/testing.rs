//! What the tests of the rules share.

use super::audience::Usages;
use super::diff::{self, Scope};
use super::rules::Context;
use super::tests::reflected;
use super::{
    Schema, Tree, TreeFile, TreeOptions, TreeReview, Version, compare_trees, review_trees,
};
use crate::model::{Category, Direction, Finding, Source};
use crate::{Format, SchemaInput};

/// A proto3 file with these declarations.
pub(crate) fn proto(body: &str) -> String {
    format!("syntax = \"proto3\"; package p; {body}")
}

/// A proto3 file with one message.
pub(crate) fn message(body: &str) -> String {
    proto(&format!("message M {{ {body} }}"))
}

/// A proto2 file with one message.
pub(crate) fn message2(body: &str) -> String {
    format!("syntax = \"proto2\"; package p; message M {{ {body} }}")
}

/// Reads a schema that is valid.
#[track_caller]
pub(crate) fn schema(text: &str) -> Schema {
    let input = SchemaInput::new(Format::Protobuf, Source::new("t.proto", text));
    Schema::parse(&input).expect("is valid")
}

/// What all rules say. What they show is read by another library.
#[track_caller]
pub(crate) fn findings(old: &str, new: &str) -> Vec<Finding> {
    let (old_schema, new_schema) = (schema(old), schema(new));
    let usages = Usages::of(&old_schema.model, &new_schema.model);
    let cx = Context {
        usages: Some(&usages),
        ..Context::new(old_schema.side(), new_schema.side(), Scope::Registry)
    };
    let diff = diff::diff(cx.old.model, cx.new.model, cx.scope);
    let cx = cx.looking_into(&diff.insides);
    let found = super::judge(&cx, &diff.changes).findings;
    for finding in &found {
        reflected::confirm(old, new, finding);
    }
    found
}

/// A tree of files by import path.
pub(crate) fn tree(files: &[(&str, &str)]) -> Tree {
    Tree::new(files.iter().map(|(path, text)| TreeFile {
        import_path: (*path).to_owned(),
        source: Source::new(*path, *text),
        import_only: false,
    }))
}

/// What is an error of a category between two trees, as `rule path`.
#[track_caller]
pub(crate) fn trees(old: &[(&str, &str)], new: &[(&str, &str)], category: Category) -> Vec<String> {
    let options = TreeOptions {
        categories: vec![category],
        ..TreeOptions::default()
    };
    let comparison = compare_trees(&tree(old), &tree(new), &options).expect("both compile");
    let errors = comparison.errors();
    errors
        .map(|found| format!("{} {}", found.rule.id, found.path))
        .collect()
}

/// Reviews the last two versions of one file, with those before them as history.
#[track_caller]
pub(crate) fn review(texts: &[&str], options: &TreeOptions) -> TreeReview {
    let trees: Vec<(String, Tree)> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| (format!("v{}", index + 1), tree(&[("t.proto", text)])))
        .collect();
    let versions: Vec<Version> = trees
        .iter()
        .map(|(name, tree)| Version { name, tree })
        .collect();
    let [history @ .., old, new] = &*versions else {
        panic!("two versions at least");
    };
    review_trees(history, *old, new.tree, options).expect("all compile")
}

/// What one rule says of the last two versions of one file, given those before them.
#[track_caller]
pub(crate) fn over(rule: &str, texts: &[&str]) -> Vec<String> {
    let found = review(texts, &TreeOptions::default()).comparison.findings;
    let found = found.iter().filter(|finding| finding.rule.id == rule);
    found.map(line).collect()
}

/// Asserts what one rule says, as `direction path` in the order of the walk, and that it is silent
/// where nothing changed.
#[track_caller]
pub(crate) fn only(rule: &str, old: &str, new: &str, expected: &[&str]) {
    for text in [old, new] {
        let found: Vec<String> = findings(text, text).iter().map(line).collect();
        assert_eq!(found, [""; 0], "nothing changed");
    }
    let found = findings(old, new);
    let found = found.iter().filter(|finding| finding.rule.id == rule);
    assert_eq!(found.map(line).collect::<Vec<_>>(), expected);
}

fn line(finding: &Finding) -> String {
    let direction = match finding.direction {
        Direction::Backward => "backward",
        Direction::Forward => "forward",
    };
    format!("{direction} {}", finding.path)
}
