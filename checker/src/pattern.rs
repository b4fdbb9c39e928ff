//! Patterns of dotted names: which elements or packages a line of a configuration means.

use std::fmt;
use std::str::FromStr;

/// The longest pattern. Matching takes the product of the lengths of pattern and name.
pub const MAX_PATTERN_BYTES: usize = 512;

/// A name such as `shop.v1.Order.note`, or many of them: `*` stands for any run of characters
/// within one part of a name, `**` for any run of characters, dots included.
///
/// `shop.*` matches `shop.v1` and not `shop.v1.Order`; `shop.**` matches both; `**.v1alpha*` matches
/// `shop.v1alpha2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

/// The text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParsePatternError {
    /// Nothing, or only space.
    #[error("a pattern is a name such as `shop.v1.Order`, with `*` and `**`, and not empty")]
    Empty,
    /// Longer than [`MAX_PATTERN_BYTES`].
    #[error("the pattern is longer than {MAX_PATTERN_BYTES} bytes")]
    Long,
}

impl FromStr for Pattern {
    type Err = ParsePatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "" => Err(ParsePatternError::Empty),
            text if text.len() > MAX_PATTERN_BYTES => Err(ParsePatternError::Long),
            text => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One step of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Char(char),
    Part,
    Any,
}

impl Pattern {
    /// Whether the whole name is meant.
    pub fn matches(&self, name: &str) -> bool {
        let steps = self.steps();
        // `reached[n]`: the first `n` steps may have matched what was read so far.
        let mut reached = vec![false; steps.len() + 1];
        open(&steps, &mut reached, 0);
        for character in name.chars() {
            let before = std::mem::replace(&mut reached, vec![false; steps.len() + 1]);
            for (at, step) in steps.iter().enumerate() {
                if !before.get(at).copied().unwrap_or_default() {
                    continue;
                }
                match step {
                    Step::Char(wanted) if *wanted == character => {
                        open(&steps, &mut reached, at + 1);
                    }
                    Step::Part if character != '.' => open(&steps, &mut reached, at),
                    Step::Any => open(&steps, &mut reached, at),
                    Step::Char(_) | Step::Part => {}
                }
            }
        }
        reached.last().copied().unwrap_or_default()
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for character in self.0.chars() {
            match (character, steps.last()) {
                ('*', Some(Step::Part)) => {
                    steps.pop();
                    steps.push(Step::Any);
                }
                ('*', Some(Step::Any)) => {}
                ('*', _) => steps.push(Step::Part),
                (character, _) => steps.push(Step::Char(character)),
            }
        }
        steps
    }
}

/// Marks a step as reached, and what follows stars, which may stand for nothing.
fn open(steps: &[Step], reached: &mut [bool], from: usize) {
    for at in from..=steps.len() {
        if let Some(slot) = reached.get_mut(at) {
            *slot = true;
        }
        if !matches!(steps.get(at), Some(Step::Part | Step::Any)) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let pattern: Pattern = pattern.parse().expect("is a pattern");
        for name in yes {
            assert!(pattern.matches(name), "{name}");
        }
        for name in no {
            assert!(!pattern.matches(name), "{name}");
        }
    }

    #[test]
    fn stars_stand_for_parts_of_names_or_for_many_parts() {
        check("a.B", &["a.B"], &["a.B.c", "a", "xa.B", ""]);
        check("a.*", &["a.b", "a."], &["a.b.c", "b.c", "a"]);
        check("a.**", &["a.b", "a.b.c"], &["b.c"]);
        check(
            "**.v1alpha*",
            &["x.v1alpha", "x.y.v1alpha2"],
            &["v1alpha", "x.v1alpha.M"],
        );
        check("**", &["", "a.b"], &[]);
        check("*.b.*", &["a.b.c"], &["a.x.b.c"]);
        check("***", &["a.b"], &[]);
    }

    #[test]
    fn the_longest_pattern_is_matched_in_time_and_a_longer_one_refused() {
        let stars = "*a".repeat(MAX_PATTERN_BYTES / 2);
        check(&stars, &[&"a".repeat(1_000)], &[&"b".repeat(100_000)]);
        assert_eq!(
            format!("{stars}a").parse::<Pattern>(),
            Err(ParsePatternError::Long)
        );
        assert_eq!(" ".parse::<Pattern>(), Err(ParsePatternError::Empty));
    }
}
