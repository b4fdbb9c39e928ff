//! JSON Schema: is every document that the writer's schema admits admitted by the reader's?
//!
//! [`Schema`] reads a text of any draft (`parse`, `scope`, `compile`) into a model of assertions
//! (`model`). `compare` walks a reader beside a writer (`diff`) and asks for documents that the
//! one admits and the other does not (`solve`): that there is none is a proof, and one that is
//! found is executed by an independent validator before it is shown. Neither is "undecided", with
//! the construct or the limit that is the reason. `rules` words what was found.
//!
//! It fetches nothing, fills no defaults, and reads `format` as an annotation.

mod canonical;
mod change;
mod close;
mod compile;
mod contract;
mod diff;
mod draft;
mod effort;
mod keywords;
mod model;
mod numbers;
mod parse;
mod patterns;
pub mod rules;
mod scope;
mod solve;
mod space;
mod types;
mod unevaluated;
mod uri;
mod value;
mod view;

#[cfg(test)]
mod tests;

pub use draft::Draft;
pub use parse::Schema;

use crate::model::{Comparison, Direction, Reader, Source, Undecided, Writer};
use crate::text::json;
use crate::{Options, Policy, Profile};
use diff::Open;
use value::Json;
use view::View;

/// Compares two versions in the given directions.
pub(crate) fn compare(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
) -> Comparison {
    let mut comparison = Comparison::default();
    for direction in directions {
        let (reader, writer) = direction.roles(old, new);
        if options.profile == Profile::Contract {
            comparison
                .undecided
                .extend(contract_profile(reader, writer, *direction));
        } else {
            contain(reader, writer, *direction, options.policy, &mut comparison);
        }
    }
    comparison
}

/// Decides one direction.
fn contain(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    direction: Direction,
    policy: Policy,
    comparison: &mut Comparison,
) {
    let closed_or_open = match policy {
        Policy::Strict => Some(writer.0.open()),
        Policy::Lenient => writer.0.closed(),
    };
    let Some(produced) = closed_or_open else {
        let reason = "the writer's schema could not be read as closed; ask with policy strict";
        comparison.undecided.push(whole(direction, reason));
        return;
    };
    if reader.0.is_copy_of(writer.0) {
        return;
    }
    let view = View {
        direction,
        reader: reader.0.open(),
        writer: produced,
    };
    let judge = |document: &Json| is_witness(&view, document);
    let differences = diff::diff(&view.reader.model, &view.writer.model, &judge);
    let findings = differences
        .changes
        .iter()
        .map(|change| rules::judge(change, &view));
    comparison.findings.extend(findings);
    let open = differences
        .open
        .into_iter()
        .map(|open| undecided(&view, open));
    comparison.undecided.extend(open);
}

/// Executes: the writer's schema admits the document and the reader's refuses it.
fn is_witness(view: &View<'_>, document: &Json) -> bool {
    let Some(text) = document.to_text() else {
        return false;
    };
    let Ok(node) = json::parse(&Source::new("witness", text)) else {
        return false;
    };
    view.writer.admits(&node) == Some(true) && view.reader.admits(&node) == Some(false)
}

fn undecided(view: &View<'_>, open: Open) -> Undecided {
    let documents = &view.reader.documents;
    let span = documents
        .get(open.place.document)
        .map(|document| document.source.span(open.place.range.clone()));
    let subject = if open.keyword.is_empty() {
        "whether the change breaks could not be decided".to_owned()
    } else {
        format!(
            "whether `{}` refuses data could not be decided",
            open.keyword
        )
    };
    Undecided {
        direction: view.direction,
        path: open.place.path,
        span,
        reason: format!("{subject}: {}", open.reason),
    }
}

fn whole(direction: Direction, reason: &str) -> Undecided {
    Undecided {
        direction,
        path: crate::model::Path::root(),
        span: None,
        reason: reason.to_owned(),
    }
}

/// Only equal texts are judged in the profile `contract` so far.
fn contract_profile(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    direction: Direction,
) -> Option<Undecided> {
    let equal = reader.0.canonical_text() == writer.0.canonical_text();
    let reason =
        "the profile `contract` is not built for JSON Schema yet; ask with profile `proven`";
    (!equal).then(|| whole(direction, reason))
}
