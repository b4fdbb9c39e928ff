//! Parsing both sides and asking the checker, always for both directions: a report says what else a
//! change breaks, and counts only what its level asks for.

use checker::report::json::{Side, SidedProblem};
use checker::{Against, Direction, Level, Options, Problem, Schema, SchemaInput};

use crate::results::Outcome;

/// The level of files unless one is given.
pub const DEFAULT_LEVEL: Level = Level::Backward;

/// Both directions, for what has no level.
pub static BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

/// Holds a candidate against its history, oldest first; adds what is doubtful about it alone to
/// `warnings`.
pub fn judge(
    new: &SchemaInput,
    history: &[SchemaInput],
    level: Level,
    options: &Options,
    warnings: &mut Vec<Problem>,
) -> Outcome {
    let (candidate, versions) = match parse(new, history) {
        Ok(parsed) => parsed,
        Err(problems) => return Outcome::Invalid(problems),
    };
    warnings.extend_from_slice(candidate.warnings());
    let versions: Vec<&Schema> = versions.iter().collect();
    Outcome::Compared(checker::check(
        &candidate,
        &versions,
        both_directions(level),
        options,
    ))
}

/// Reads both sides; all that is wrong with either is returned.
pub fn parse(
    new: &SchemaInput,
    history: &[SchemaInput],
) -> Result<(Schema, Vec<Schema>), Vec<SidedProblem>> {
    let mut problems = Vec::new();
    let mut read = |side, input| match Schema::parse(input) {
        Ok(schema) => Some(schema),
        Err(found) => {
            problems.extend(SidedProblem::all(side, found));
            None
        }
    };
    let versions: Vec<Option<Schema>> = history.iter().map(|old| read(Side::Old, old)).collect();
    let candidate = read(Side::New, new);
    match (candidate, versions.into_iter().collect()) {
        (Some(candidate), Some(versions)) => Ok((candidate, versions)),
        _ => Err(problems),
    }
}

/// The level with the same versions and both directions.
const fn both_directions(level: Level) -> Level {
    match (level, level.against()) {
        (Level::None, _) => Level::None,
        (_, Against::Latest) => Level::Full,
        (_, Against::All) => Level::FullTransitive,
    }
}
