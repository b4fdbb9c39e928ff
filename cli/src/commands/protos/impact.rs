//! Impact as people are told it: a line beside each finding, and a list of the consumers that are
//! affected, with the reasons.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use checker::Problem;
use checker::model::Path;
use checker::protobuf::impact::{Asked, ConsumerImpact, Impact, Reach, Touch, Via};
use checker::report::escape;

use crate::commands::check::directory::Both;
use crate::consumers::Consumers;
use crate::results::{Outcome, Results};

/// No more consumers are named beside a finding; the list below names them all.
const MAX_NAMED: usize = 8;

/// What stands instead of the consumers where what is said of them cannot be relied on.
const NOT_TOLD: &str = "who is affected could not be told, since not all that is said of the \
                        consumers can be understood; mend what is named above";

/// Finds out who is affected by what was found, and tells it beside the findings. What is wrong with
/// the consumers changes no verdict, but nobody is told then: a name that exists nowhere may be the
/// very one that a break is about.
pub fn add(results: &mut Results, both: &Both, consumers: Consumers) {
    consumers
        .sources
        .iter()
        .for_each(|source| results.sources.insert(source));
    let mut doubtful = consumers.problems;
    let Ok(reach) = Reach::of(&both.old, &both.new) else {
        results.warnings.extend(doubtful);
        results.warnings.push(Problem::whole(
            "who is affected cannot be told, since some files that did not change are invalid: \
             schemactl protos affected",
        ));
        return;
    };
    results
        .warnings
        .extend(left_out(&reach).map(Problem::whole));
    doubtful.extend(reach.unknown(&consumers.all));
    if !doubtful.is_empty() {
        results.warnings.extend(doubtful);
        results.warnings.push(Problem::whole(NOT_TOLD));
        return;
    }
    for checked in &mut results.checked {
        let Outcome::Tree(report, _) = &mut checked.outcome else {
            continue;
        };
        for (_, comparison) in &mut report.comparisons {
            let impact = reach.impact(comparison, &consumers.all, Asked::Errors);
            comparison.affected = lines(&impact);
            results.impact = Some(impact);
        }
    }
}

/// Says which files could not be looked at.
pub fn left_out(reach: &Reach) -> Option<String> {
    let mut all = reach.left_out();
    let count = all.len();
    let first: Vec<&str> = all.by_ref().take(MAX_NAMED).collect();
    if first.is_empty() {
        return None;
    }
    let more = match all.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let files = if count == 1 { "file" } else { "files" };
    Some(format!(
        "whom {count} {files} could affect is not told, since they are invalid or import what is: \
         {}{more}; `schemactl validate` says why",
        first.join(", ")
    ))
}

/// What stands beside each finding.
fn lines(impact: &Impact) -> BTreeMap<(&'static str, Path), String> {
    let causes = impact.causes.iter().enumerate();
    let lines = causes.filter_map(|(at, cause)| {
        let affected: Vec<String> = impact.touched_by(at).map(named).collect();
        Some(((cause.rule?, Path::name(&*cause.path)), listed(&affected)))
    });
    lines.collect()
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "no consumer".to_owned(),
        names if names.len() <= MAX_NAMED => names.join(", "),
        names => {
            let (first, rest) = names.split_at(MAX_NAMED);
            format!("{}, and {} more", first.join(", "), rest.len())
        }
    }
}

/// `checkout (team-orders)`
fn named(consumer: &ConsumerImpact) -> String {
    match &consumer.owner {
        Some(owner) => format!("{} ({owner})", consumer.name),
        None => consumer.name.clone(),
    }
}

/// All consumers that are affected, each with the reasons, and how many there are.
pub fn text(impact: &Impact) -> String {
    let mut text = String::new();
    for consumer in impact.affected() {
        let _ = writeln!(text, "affected: {}", escape(&named(consumer)));
        for touch in &consumer.touched_by {
            let _ = writeln!(text, "  - {}", escape(&reason(impact, touch)));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{}", headline(impact));
    text
}

/// `protobuf/rpc-removed at orders.v1.Orders.Get: it calls orders.v1.Orders.Get`
fn reason(impact: &Impact, touch: &Touch) -> String {
    let cause = impact.causes.get(touch.cause);
    let what = cause.map_or_else(String::new, |cause| match cause.rule {
        Some(rule) => format!("{rule} at {}", cause.path),
        None => format!("{}: {}", cause.path, cause.message),
    });
    let uses: Vec<String> = touch.via.iter().map(use_of).collect();
    let more = match touch.more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("{what}: it {}{more}", uses.join("; it "))
}

/// `calls orders.v1.Orders.Get, in its response by orders.v1.Order.total`
fn use_of(via: &Via) -> String {
    let verb = match via.role {
        "client" => "calls",
        "server" => "answers",
        _ => "uses",
    };
    let mut text = format!("{verb} {}", via.element);
    let way = via.way.join(", ");
    let _ = match (via.part, via.way.is_empty()) {
        (Some(part), true) => write!(text, ", as its {part}"),
        (Some(part), false) => write!(text, ", in its {part} by {way}"),
        (None, false) => write!(text, ", by {way}"),
        (None, true) => Ok(()),
    };
    text
}

/// `2 of 14 consumers are affected; the other 12 need no re-test`
pub fn headline(impact: &Impact) -> String {
    let (all, affected) = (impact.consumers.len(), impact.affected().count());
    match (all, affected) {
        (0, _) => "no consumers are named".to_owned(),
        (1, 0) => "the only consumer is not affected".to_owned(),
        (1, _) => "the only consumer is affected".to_owned(),
        (_, 0) => format!("none of {all} consumers is affected"),
        (_, 1) if all == affected + 1 => {
            format!("1 of {all} consumers is affected; the other one needs no re-test")
        }
        (_, _) if all == affected => format!("all {all} consumers are affected"),
        (_, 1) => format!(
            "1 of {all} consumers is affected; the other {} need no re-test",
            all - 1
        ),
        (_, _) if all == affected + 1 => {
            format!("{affected} of {all} consumers are affected; the other one needs no re-test")
        }
        (_, _) => format!(
            "{affected} of {all} consumers are affected; the other {} need no re-test",
            all - affected
        ),
    }
}
