//! Breaks that are accepted on purpose: an entry for each, with a reason and a day on which it ends.
//!
//! An entry names a rule and an element (or a pattern of elements), not a line: it holds wherever
//! the element stands. There is no clock here; who applies entries says which day it is.

use std::fmt;
use std::str::FromStr;

use crate::model::{Comparison, Finding, Rule};
use crate::pattern::Pattern;
use crate::rules;

/// A day of the calendar, as `2026-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day of the calendar; write it as 2026-12-31")]
pub struct ParseDateError(String);

impl Date {
    /// A day that exists.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=last)
            .contains(&day)
            .then_some(Self { year, month, day })
    }

    /// The day so many days after 1970-01-01; a day after the year 9999 is the last one of that.
    pub fn days_after_1970(days: u64) -> Self {
        // Years begin on 1 March here, so that the leap day is the last one of its year; 400 of them
        // repeat.
        let days = days.min(LAST_DAY) + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let leap_days = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        Self {
            year: u16::try_from(era * 400 + year_of_era + next).unwrap_or(u16::MAX),
            month: u8::try_from(month).unwrap_or(u8::MAX),
            day: u8::try_from(day).unwrap_or(u8::MAX),
        }
    }
}

/// 9999-12-31, as days after 1970-01-01.
const LAST_DAY: u64 = 2_932_896;

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |part: &str, length: usize| {
            let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        };
        let day = || {
            let mut parts = text.split('-');
            let year = digits(parts.next()?, 4)?;
            let month = u8::try_from(digits(parts.next()?, 2)?).ok()?;
            let day = u8::try_from(digits(parts.next()?, 2)?).ok()?;
            parts
                .next()
                .is_none()
                .then(|| Self::new(year, month, day))?
        };
        day().ok_or_else(|| ParseDateError(text.to_owned()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// One break, or a family of them, that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The rule whose findings are accepted.
    pub rule: &'static Rule,
    /// The elements that they may be about, by the path that findings have.
    pub path: Pattern,
    /// Why.
    pub reason: String,
    /// The last day on which the entry counts.
    pub expires: Date,
}

/// The entry cannot be read; says why, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AcceptanceError(String);

impl Acceptance {
    /// Reads the parts of an entry, as texts.
    pub fn new(
        rule: &str,
        path: &str,
        reason: &str,
        expires: &str,
    ) -> Result<Self, AcceptanceError> {
        let error = |error: &dyn fmt::Display| AcceptanceError(error.to_string());
        if reason.trim().is_empty() {
            return Err(AcceptanceError(
                "a break is accepted for a reason; say it in `reason`".to_owned(),
            ));
        }
        Ok(Self {
            rule: rules::named(rule).map_err(AcceptanceError)?,
            path: path.parse::<Pattern>().map_err(|found| error(&found))?,
            reason: reason.to_owned(),
            expires: expires.parse::<Date>().map_err(|found| error(&found))?,
        })
    }

    fn accepts(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && self.path.matches(finding.path.as_str())
    }
}

/// The accepted breaks of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    /// In the order in which they were written.
    pub entries: Vec<Acceptance>,
}

/// What an allow-list made of a comparison. Entries go by their index in the list.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The findings that were taken out of the comparison, each with the first entry that accepts it.
    pub findings: Vec<(usize, Finding)>,
    /// The entries whose last day is over. They accept nothing.
    pub expired: Vec<usize>,
    /// The entries that still count and that no finding needed.
    pub unused: Vec<usize>,
}

impl AllowList {
    /// Takes the accepted findings out of a comparison, errors and warnings alike.
    pub fn apply(&self, comparison: &mut Comparison, today: Date) -> Accepted {
        let live = |entry: &Acceptance| entry.expires >= today;
        let mut accepted = Accepted::default();
        let mut used = vec![false; self.entries.len()];
        let mut kept = Vec::new();
        for finding in std::mem::take(&mut comparison.findings) {
            let mut entry = None;
            // A finding may need several entries: then each of them is used.
            for (index, used) in used.iter_mut().enumerate() {
                let of = self.entries.get(index);
                if of.is_some_and(|of| live(of) && of.accepts(&finding)) {
                    *used = true;
                    entry.get_or_insert(index);
                }
            }
            match entry {
                Some(entry) => accepted.findings.push((entry, finding)),
                None => kept.push(finding),
            }
        }
        comparison.findings = kept;
        for (index, (entry, used)) in self.entries.iter().zip(used).enumerate() {
            match (live(entry), used) {
                (false, _) => accepted.expired.push(index),
                (true, false) => accepted.unused.push(index),
                (true, true) => {}
            }
        }
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Path, Severity};

    #[test]
    fn days_are_counted_through_leap_years() {
        let mut day = 0;
        for year in 1970..=9999 {
            for month in 1..=12 {
                for date in (1..=31).filter_map(|of| Date::new(year, month, of)) {
                    assert_eq!(Date::days_after_1970(day), date);
                    day += 1;
                }
            }
        }
        assert_eq!(day, LAST_DAY + 1);
        assert_eq!(Date::days_after_1970(u64::MAX).to_string(), "9999-12-31");
    }

    fn finding(rule: &str, path: &str) -> Finding {
        let rule = rules::find(rule).expect("is a rule");
        Finding::new(
            rule,
            Severity::Error,
            Direction::Backward,
            Path::name(path),
            "it breaks",
        )
    }

    fn list(entries: &[(&str, &str, &str)]) -> AllowList {
        let entries = entries
            .iter()
            .map(|(rule, path, day)| Acceptance::new(rule, path, "nobody uses it", day));
        AllowList {
            entries: entries.collect::<Result<_, _>>().expect("are entries"),
        }
    }

    #[test]
    fn a_finding_is_accepted_by_rule_and_element_until_the_last_day() {
        let mut comparison = Comparison {
            findings: vec![
                finding("protobuf/rpc-removed", "a.S.Get"),
                finding("protobuf/rpc-removed", "a.S.Put"),
                finding("protobuf/service-removed", "a.S"),
            ],
            ..Comparison::default()
        };
        let list = list(&[
            ("protobuf/service-removed", "a.S", "2026-03-01"),
            ("protobuf/rpc-removed", "a.S.G*", "2026-03-02"),
            ("protobuf/rpc-removed", "b.**", "2026-03-02"),
        ]);
        let today = "2026-03-02".parse().expect("is a day");
        let accepted = list.apply(&mut comparison, today);
        let left: Vec<&str> = comparison
            .findings
            .iter()
            .map(|found| found.path.as_str())
            .collect();
        assert_eq!(left, ["a.S.Put", "a.S"]);
        let taken = accepted
            .findings
            .iter()
            .map(|(entry, found)| (*entry, found.path.as_str()));
        assert_eq!(taken.collect::<Vec<_>>(), [(1, "a.S.Get")]);
        assert_eq!((accepted.expired, accepted.unused), (vec![0], vec![2]));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in ["2024-02-29", "2000-02-29", "2026-12-31"] {
            assert_eq!(day.parse::<Date>().expect(day).to_string(), day);
        }
        for day in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-1-1",
            "",
            "+026-01-01",
            "2026-01-01-01",
        ] {
            assert!(day.parse::<Date>().is_err(), "{day}");
        }
    }

    #[test]
    fn a_mistake_in_an_entry_is_told_with_the_remedy() {
        let refused = |rule: &str, path: &str, reason: &str, day: &str| {
            Acceptance::new(rule, path, reason, day)
                .expect_err("is refused")
                .to_string()
        };
        assert_eq!(
            refused("protobuf/rpc-remove", "a", "b", "2026-01-01"),
            "there is no rule `protobuf/rpc-remove`; is `protobuf/rpc-removed` meant?"
        );
        assert_eq!(
            refused("protobuf/rpc-removed", "a", " ", "2026-01-01"),
            "a break is accepted for a reason; say it in `reason`"
        );
        assert_eq!(
            refused("protobuf/rpc-removed", "a", "b", "soon"),
            "`soon` is no day of the calendar; write it as 2026-12-31"
        );
        assert!(refused("protobuf/rpc-removed", "", "b", "2026-01-01").contains("not empty"));
    }
}
