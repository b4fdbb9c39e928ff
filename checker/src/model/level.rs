//! Compatibility levels: a row each in one table, never an `if` inside a rule.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::Direction;

/// What a subject promises about its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// No promise: nothing is compared.
    None,
    /// The new version reads data of the latest one.
    #[default]
    Backward,
    /// The new version reads data of all live versions.
    BackwardTransitive,
    /// The latest version reads data of the new one.
    Forward,
    /// All live versions read data of the new one.
    ForwardTransitive,
    /// Both directions with the latest version.
    Full,
    /// Both directions with all live versions.
    FullTransitive,
}

/// Which of the earlier versions a candidate is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The latest live version.
    Latest,
    /// Every live version.
    All,
}

impl Level {
    /// All levels, in the order in which help texts list them.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Backward,
        Self::Forward,
        Self::Full,
        Self::BackwardTransitive,
        Self::ForwardTransitive,
        Self::FullTransitive,
    ];

    /// The table: name, directions, against which versions.
    ///
    /// Forward stands before backward because the wire contract lists its messages so.
    const fn row(self) -> (&'static str, &'static [Direction], Against) {
        use Direction::{Backward, Forward};
        match self {
            Self::None => ("NONE", &[], Against::Latest),
            Self::Backward => ("BACKWARD", &[Backward], Against::Latest),
            Self::BackwardTransitive => ("BACKWARD_TRANSITIVE", &[Backward], Against::All),
            Self::Forward => ("FORWARD", &[Forward], Against::Latest),
            Self::ForwardTransitive => ("FORWARD_TRANSITIVE", &[Forward], Against::All),
            Self::Full => ("FULL", &[Forward, Backward], Against::Latest),
            Self::FullTransitive => ("FULL_TRANSITIVE", &[Forward, Backward], Against::All),
        }
    }

    /// The name on the wire, such as `FULL_TRANSITIVE`.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The directions that must hold.
    pub const fn directions(self) -> &'static [Direction] {
        self.row().1
    }

    /// Which earlier versions count.
    pub const fn against(self) -> Against {
        self.row().2
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no compatibility level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no compatibility level; they are NONE, BACKWARD, FORWARD, FULL, BACKWARD_TRANSITIVE, \
     FORWARD_TRANSITIVE and FULL_TRANSITIVE"
)]
pub struct ParseLevelError(String);

impl FromStr for Level {
    type Err = ParseLevelError;

    /// Level names are read in any case, as the wire contract does.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| ParseLevelError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_read_back_from_its_name_in_any_case() {
        for level in Level::ALL {
            assert_eq!(level.name().parse(), Ok(level));
            assert_eq!(level.name().to_lowercase().parse(), Ok(level));
        }
        assert!("BACKWARDS".parse::<Level>().is_err());
    }
}
