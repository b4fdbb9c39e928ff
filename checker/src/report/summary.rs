//! The closing line: how many were checked, and how they came out.

use std::fmt;

use serde::Serialize;

use super::group;
use crate::model::{Comparison, Severity, Verdict};

/// Counts of verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Proven compatible.
    pub compatible: usize,
    /// At least one error.
    pub incompatible: usize,
    /// Could not be decided.
    pub undecided: usize,
    /// Not a valid schema, so nothing was compared.
    pub invalid: usize,
    /// New ones, without an earlier version.
    pub added: usize,
    /// Gone ones, whose last version has no successor.
    pub deleted: usize,
    /// Changes that break, one for both directions.
    pub errors: usize,
    /// What is doubtful, of changes and of schemas by themselves.
    pub warnings: usize,
}

impl Summary {
    /// Counts one verdict.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Compatible => self.compatible += 1,
            Verdict::Incompatible => self.incompatible += 1,
            Verdict::Undecided => self.undecided += 1,
        }
    }

    /// Counts the findings of one comparison as reports show them.
    pub fn count_findings(&mut self, comparison: &Comparison) {
        for group in group(&comparison.findings) {
            match group.first.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
            }
        }
    }

    /// All schemas that are there now.
    pub const fn checked(&self) -> usize {
        self.compatible + self.incompatible + self.undecided + self.invalid + self.added
    }
}

impl fmt::Display for Summary {
    /// `checked 3 schemas: 1 incompatible, 2 compatible (3 errors, 1 warning)`; as many errors as
    /// incompatible schemas need no mention.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checked = self.checked();
        let plural = if checked == 1 { "" } else { "s" };
        write!(f, "checked {checked} schema{plural}")?;
        let counts = [
            (self.incompatible, "incompatible"),
            (self.invalid, "invalid"),
            (self.undecided, "undecided"),
            (self.compatible, "compatible"),
            (self.added, "new"),
            (self.deleted, "deleted"),
        ];
        let mut separator = ": ";
        for (count, word) in counts {
            if count > 0 {
                write!(f, "{separator}{count} {word}")?;
                separator = ", ";
            }
        }
        let told_errors = if self.errors > self.incompatible {
            self.errors
        } else {
            0
        };
        let mut open = " (";
        for (count, word) in [(told_errors, "error"), (self.warnings, "warning")] {
            if count > 0 {
                let plural = if count == 1 { "" } else { "s" };
                write!(f, "{open}{count} {word}{plural}")?;
                open = ", ";
            }
        }
        f.write_str(if open == ", " { ")" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_further_errors_stand_behind() {
        let mut summary = Summary {
            compatible: 1,
            warnings: 2,
            ..Summary::default()
        };
        assert_eq!(
            summary.to_string(),
            "checked 1 schema: 1 compatible (2 warnings)"
        );
        (summary.incompatible, summary.errors, summary.warnings) = (2, 2, 0);
        assert_eq!(
            summary.to_string(),
            "checked 3 schemas: 2 incompatible, 1 compatible"
        );
        (summary.errors, summary.warnings) = (3, 1);
        assert_eq!(
            summary.to_string(),
            "checked 3 schemas: 2 incompatible, 1 compatible (3 errors, 1 warning)"
        );
    }

    #[test]
    fn only_what_occurred_is_named_worst_first() {
        let mut summary = Summary::default();
        assert_eq!(summary.to_string(), "checked 0 schemas");
        summary.count(Verdict::Incompatible);
        assert_eq!(summary.to_string(), "checked 1 schema: 1 incompatible");
        summary.count(Verdict::Compatible);
        summary.count(Verdict::Undecided);
        summary.deleted = 2;
        assert_eq!(
            summary.to_string(),
            "checked 3 schemas: 1 incompatible, 1 undecided, 1 compatible, 2 deleted"
        );
    }
}
