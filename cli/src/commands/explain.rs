//! `schemactl explain`: a rule's page, or the list of all rules, from the rules' own data.

use std::fmt::Write as _;

use checker::model::Rule;
use checker::{Direction, Severity, may_be_lowered, rules};
use serde::Serialize;

use crate::args::{FormatArg, OutputFormat};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The arguments of `schemactl explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  schemactl explain                            list all rules
  schemactl explain avro/field-type-changed    what a rule means, and the remedy
  schemactl explain avro                       list the rules for Avro
  schemactl explain --format json")]
pub struct Args {
    /// The rule, as reports name it, or how several begin; without one all rules are listed
    pub rule: Option<String>,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

#[derive(Serialize)]
struct RuleObject {
    id: &'static str,
    summary: &'static str,
    severity: Severity,
    directions: &'static [Direction],
    categories: Vec<&'static str>,
    since: &'static str,
    reference: &'static str,
    docs: &'static str,
}

/// Runs `schemactl explain`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let output = &mut context.output;
    let chosen = match &args.rule {
        None => Chosen::Many(rules::all()),
        Some(name) => choose(name)?,
    };
    match (chosen, args.format.format) {
        (Chosen::Many(rules), OutputFormat::Text) => output.result(&list(&rules))?,
        (Chosen::Many(rules), OutputFormat::Json) => {
            let rules: Vec<RuleObject> = rules.into_iter().map(object).collect();
            output.json(&rules)?;
        }
        (Chosen::One(rule), OutputFormat::Text) => output.result(&page(rule))?,
        (Chosen::One(rule), OutputFormat::Json) => output.json(&object(rule))?,
    }
    Ok(Exit::Success)
}

enum Chosen {
    One(&'static Rule),
    Many(Vec<&'static Rule>),
}

/// A rule by its id, or all whose ids begin like that.
fn choose(name: &str) -> Result<Chosen, Error> {
    if let Some(rule) = rules::find(name) {
        return Ok(Chosen::One(rule));
    }
    let mut rules = rules::all();
    rules.retain(|rule| rule.id.starts_with(name));
    if !name.is_empty() && !rules.is_empty() {
        return Ok(Chosen::Many(rules));
    }
    let close = rules::similar(name);
    let help = if close.is_empty() {
        "`schemactl explain` lists all rules".to_owned()
    } else {
        format!(
            "is {} meant? `schemactl explain` lists all rules",
            close.join(" or ")
        )
    };
    Err(Error::usage(format!("there is no rule `{name}`"), help))
}

fn list(rules: &[&Rule]) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line = |rule: &&Rule| {
        let severity = rule.severity.name();
        format!("{:<width$}  {severity:<7}  {}\n", rule.id, rule.summary)
    };
    rules.iter().map(line).collect()
}

fn page(rule: &Rule) -> String {
    let directions: Vec<&str> = rule.directions.iter().map(|d| d.level_name()).collect();
    let mut facts = format!(
        "\nBreaks: {}\nSeverity: {}\nSince: {}\nReference: {}\n",
        directions.join(" and "),
        severity(rule),
        rule.since,
        rule.reference
    );
    if !rule.categories.is_empty() {
        let categories: Vec<&str> = rule.categories.iter().map(|c| c.name()).collect();
        let _ = writeln!(facts, "Categories: {}", categories.join(", "));
    }
    format!("{}{facts}", rule.docs)
}

fn severity(rule: &Rule) -> String {
    let note = if may_be_lowered(rule) {
        "--severity changes it"
    } else {
        "cannot be lowered, the data are refused"
    };
    format!("{} ({note})", rule.severity.name())
}

fn object(rule: &'static Rule) -> RuleObject {
    RuleObject {
        id: rule.id,
        summary: rule.summary,
        severity: rule.severity,
        directions: rule.directions,
        categories: rule
            .categories
            .iter()
            .map(|category| category.name())
            .collect(),
        since: rule.since,
        reference: rule.reference,
        docs: rule.docs,
    }
}
