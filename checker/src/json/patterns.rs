//! Patterns as automata: matching, and the search for a text that some patterns match and others
//! do not.
//!
//! A pattern is read as the validator reads it (ECMA-262, unanchored). Look-around and
//! back-references have no automaton; such patterns, and those whose automaton would be larger than
//! [`MAX_AUTOMATON_BYTES`], are answered with "unknown".

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use regex_automata::dfa::{Automaton, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, MatchKind};

/// The most memory for one automaton, and for the work of building it.
pub(crate) const MAX_AUTOMATON_BYTES: usize = 2 << 20;

/// The most states of the product of automata that one search visits.
pub(crate) const MAX_STATES: usize = 20_000;

/// The most work for all automata and searches of one comparison in one direction: bytes of
/// automata, and states times automata.
pub(crate) const MAX_PATTERN_WORK: usize = 12 << 20;

type Dfa = dense::DFA<Vec<u32>>;

/// The automata of the patterns met so far.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    automata: BTreeMap<String, Option<Rc<Dfa>>>,
    work: usize,
}

/// What a search found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// There is no such text.
    Nothing,
    /// A shortest text.
    Text(String),
    /// A limit was reached, or a pattern has no automaton.
    Unknown(String),
}

/// What a text shall be like.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) matching: Vec<&'a str>,
    pub(crate) failing: Vec<&'a str>,
    /// In characters.
    pub(crate) min: u64,
    /// In characters.
    pub(crate) max: u64,
    /// The text is none of these.
    pub(crate) excluded: BTreeSet<&'a str>,
}

impl Patterns {
    /// Whether the pattern is found in the text; `None` where it has no automaton.
    pub(crate) fn matches(&mut self, pattern: &str, text: &str) -> Option<bool> {
        let dfa = self.automaton(pattern)?;
        let mut state = start_of(&dfa)?;
        for byte in text.bytes() {
            if dfa.is_match_state(state) {
                return Some(true);
            }
            state = dfa.next_state(state, byte);
        }
        Some(dfa.is_match_state(state) || dfa.is_match_state(dfa.next_eoi_state(state)))
    }

    fn automaton(&mut self, pattern: &str) -> Option<Rc<Dfa>> {
        if let Some(known) = self.automata.get(pattern) {
            return known.clone();
        }
        let built = jsonschema_regex::to_rust_regex(pattern)
            .ok()
            .and_then(|translated| self.build(&translated));
        self.automata.insert(pattern.to_owned(), built.clone());
        built
    }

    fn build(&mut self, translated: &str) -> Option<Rc<Dfa>> {
        if self.work > MAX_PATTERN_WORK {
            return None;
        }
        let built = build(translated);
        let bytes = built
            .as_ref()
            .map_or(MAX_AUTOMATON_BYTES, Dfa::memory_usage);
        self.work = self.work.saturating_add(bytes);
        built.map(Rc::new)
    }

    /// Looks for a text; breadth first over the product of all automata, so that it is a shortest.
    pub(crate) fn search(&mut self, wanted: &Wanted<'_>) -> Search {
        let mut automata = Vec::new();
        let named = wanted.matching.iter().map(|pattern| (pattern, true));
        for (pattern, sense) in named.chain(wanted.failing.iter().map(|pattern| (pattern, false))) {
            let Some(dfa) = self.automaton(pattern) else {
                return Search::Unknown(no_automaton(pattern));
            };
            automata.push((dfa, sense));
        }
        if !wanted.excluded.is_empty() {
            let Some(dfa) = self.build(&excluding(&wanted.excluded)) else {
                return Search::Unknown("too many texts are excluded".to_owned());
            };
            automata.push((dfa, false));
        }
        if self.work > MAX_PATTERN_WORK {
            return Search::Unknown("the patterns take too much work to compare".to_owned());
        }
        Product::new(automata, wanted).map_or_else(
            || Search::Unknown("a pattern has no start state".to_owned()),
            |product| product.run(&mut self.work),
        )
    }
}

/// Why nothing is known of a pattern.
pub(crate) fn no_automaton(pattern: &str) -> String {
    format!("the pattern `{pattern}` has no automaton (look-around, back-reference, or too large)")
}

/// A pattern that matches just these texts.
fn excluding(texts: &BTreeSet<&str>) -> String {
    let literals: Vec<String> = texts.iter().map(|text| literal(text)).collect();
    format!("^(?:{})$", literals.join("|"))
}

/// A text as a pattern that matches only it.
fn literal(text: &str) -> String {
    let escaped = text.chars().map(|c| format!("\\x{{{:x}}}", u32::from(c)));
    escaped.collect()
}

fn build(translated: &str) -> Option<Dfa> {
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(regex_automata::dfa::StartKind::Unanchored)
        .dfa_size_limit(Some(MAX_AUTOMATON_BYTES))
        .determinize_size_limit(Some(MAX_AUTOMATON_BYTES));
    dense::Builder::new()
        .configure(config)
        .thompson(thompson::Config::new().nfa_size_limit(Some(MAX_AUTOMATON_BYTES)))
        .syntax(syntax::Config::new().utf8(true))
        .build(translated)
        .ok()
}

fn start_of(dfa: &Dfa) -> Option<StateID> {
    dfa.start_state(&start::Config::new().anchored(Anchored::No))
        .ok()
}

/// Where one automaton stands; once the pattern was found it stays so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Found,
    State(StateID),
}

/// How much of a character's UTF-8 form is still to come, and which second bytes are legal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Utf8 {
    missing: u8,
    low: u8,
    high: u8,
}

const BOUNDARY: Utf8 = Utf8 {
    missing: 0,
    low: 0,
    high: 0,
};

impl Utf8 {
    fn next(self, byte: u8) -> Option<Self> {
        if self.missing > 0 {
            let legal = (self.low..=self.high).contains(&byte);
            return legal.then_some(Self::tail(self.missing - 1));
        }
        Some(match byte {
            0..=0x7f => BOUNDARY,
            0xc2..=0xdf => Self::tail(1),
            0xe0 => Self::second(2, 0xa0, 0xbf),
            0xed => Self::second(2, 0x80, 0x9f),
            0xe1..=0xef => Self::tail(2),
            0xf0 => Self::second(3, 0x90, 0xbf),
            0xf4 => Self::second(3, 0x80, 0x8f),
            0xf1..=0xf3 => Self::tail(3),
            _ => return None,
        })
    }

    const fn tail(missing: u8) -> Self {
        if missing == 0 {
            return BOUNDARY;
        }
        Self::second(missing, 0x80, 0xbf)
    }

    const fn second(missing: u8, low: u8, high: u8) -> Self {
        Self { missing, low, high }
    }
}

/// A state of the product: each automaton, the character under way, the length up to the minimum.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    at: Vec<At>,
    utf8: Utf8,
    length: u64,
}

struct Product {
    automata: Vec<(Rc<Dfa>, bool)>,
    bytes: Vec<u8>,
    min: u64,
    max: u64,
    start: State,
}

impl Product {
    fn new(automata: Vec<(Rc<Dfa>, bool)>, wanted: &Wanted<'_>) -> Option<Self> {
        let at = automata
            .iter()
            .map(|(dfa, _)| Some(settle(dfa, start_of(dfa)?)))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            bytes: representatives(&automata),
            automata,
            min: wanted.min,
            max: wanted.max,
            start: State {
                at,
                utf8: BOUNDARY,
                length: 0,
            },
        })
    }

    /// Searches level by level, a level being a number of characters: what is found first is
    /// shortest, so that the maximum needs no place in the state.
    fn run(self, work: &mut usize) -> Search {
        let effort = self.bytes.len().saturating_mul(self.automata.len());
        let mut parents: Vec<(usize, u8)> = vec![(0, 0)];
        let mut seen = BTreeMap::from([(self.start.clone(), 0)]);
        let mut queue = VecDeque::from([(self.start.clone(), 0_usize, 0_u64)]);
        while let Some((state, index, characters)) = queue.pop_front() {
            *work = work.saturating_add(effort);
            if characters > self.max {
                return Search::Nothing;
            }
            if self.accepts(&state) {
                return Search::Text(text_of(&parents, index));
            }
            for byte in &self.bytes {
                let Some(next) = self.step(&state, *byte) else {
                    continue;
                };
                if seen.contains_key(&next) {
                    continue;
                }
                if parents.len() == MAX_STATES {
                    let limit = format!("comparing patterns took more than {MAX_STATES} states");
                    return Search::Unknown(limit);
                }
                let fresh = parents.len();
                parents.push((index, *byte));
                seen.insert(next.clone(), fresh);
                // A character counts when it is complete; until then its bytes cost nothing.
                if next.utf8 == BOUNDARY {
                    queue.push_back((next, fresh, characters + 1));
                } else {
                    queue.push_front((next, fresh, characters));
                }
            }
        }
        Search::Nothing
    }

    fn step(&self, state: &State, byte: u8) -> Option<State> {
        let utf8 = state.utf8.next(byte)?;
        let mut at = Vec::with_capacity(state.at.len());
        for ((dfa, sense), old) in self.automata.iter().zip(&state.at) {
            let next = match old {
                At::Found => At::Found,
                At::State(id) => settle(dfa, dfa.next_state(*id, byte)),
            };
            match next {
                At::Found if !*sense => return None,
                At::State(id) if *sense && dfa.is_dead_state(id) => return None,
                At::Found | At::State(_) => at.push(next),
            }
        }
        let complete = u64::from(utf8 == BOUNDARY);
        Some(State {
            at,
            utf8,
            length: (state.length + complete).min(self.min),
        })
    }

    fn accepts(&self, state: &State) -> bool {
        let found = |dfa: &Dfa, at: &At| match at {
            At::Found => true,
            At::State(id) => dfa.is_match_state(dfa.next_eoi_state(*id)),
        };
        let mut automata = self.automata.iter().zip(&state.at);
        state.utf8 == BOUNDARY
            && state.length >= self.min
            && automata.all(|((dfa, sense), at)| found(dfa, at) == *sense)
    }
}

fn settle(dfa: &Dfa, id: StateID) -> At {
    if dfa.is_match_state(id) {
        At::Found
    } else {
        At::State(id)
    }
}

/// One byte of each kind that no automaton tells apart; letters first, since people read the text.
fn representatives(automata: &[(Rc<Dfa>, bool)]) -> Vec<u8> {
    let pleasant = (b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(b'A'..=b'Z')
        .chain(b' '..=b'~');
    let mut seen = BTreeSet::new();
    pleasant
        .chain(0..=255)
        .filter(|byte| {
            let classes = automata
                .iter()
                .map(|(dfa, _)| dfa.byte_classes().get(*byte));
            let utf8 = match byte {
                0..=0x7f => 0,
                0x80..=0x8f => 1,
                0x90..=0x9f => 2,
                0xa0..=0xbf => 3,
                0xc2..=0xdf => 4,
                0xe0 => 5,
                0xed => 6,
                0xe1..=0xef => 7,
                0xf0 => 8,
                0xf4 => 9,
                0xf1..=0xf3 => 10,
                0xc0 | 0xc1 | 0xf5..=0xff => 11,
            };
            seen.insert((utf8, classes.collect::<Vec<u8>>()))
        })
        .collect()
}

fn text_of(parents: &[(usize, u8)], mut index: usize) -> String {
    let mut bytes = Vec::new();
    while index != 0 {
        let (parent, byte) = parents[index];
        bytes.push(byte);
        index = parent;
    }
    bytes.reverse();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(matching: &[&'static str], failing: &[&'static str]) -> Search {
        Patterns::default().search(&Wanted {
            matching: matching.to_vec(),
            failing: failing.to_vec(),
            max: u64::MAX,
            ..Wanted::default()
        })
    }

    #[test]
    fn inclusion_is_decided_and_the_witness_is_shortest() {
        assert_eq!(search(&["^a+$"], &["^a*$"]), Search::Nothing);
        assert_eq!(search(&["^a*$"], &["^a+$"]), Search::Text(String::new()));
        assert_eq!(search(&[], &["[a-z]*"]), Search::Nothing);
        let Search::Text(digits) = search(&["^\\d{3}$"], &["^0"]) else {
            panic!("there are such texts");
        };
        assert!(digits.len() == 3 && !digits.starts_with('0'), "{digits}");
        assert_eq!(search(&["^é$"], &[]), Search::Text("é".into()));
    }

    #[test]
    fn lengths_count_characters() {
        let found = Patterns::default().search(&Wanted {
            matching: vec!["^[é]*$"],
            min: 3,
            max: 3,
            ..Wanted::default()
        });
        assert_eq!(found, Search::Text("ééé".into()));
    }

    #[test]
    fn matching_is_a_search_with_ascii_digits() {
        let mut patterns = Patterns::default();
        assert_eq!(patterns.matches("b", "abc"), Some(true));
        assert_eq!(patterns.matches("^b", "abc"), Some(false));
        assert_eq!(patterns.matches("^\\d$", "٣"), Some(false));
        assert_eq!(patterns.matches("(?=a)b", "b"), None);
    }

    #[test]
    fn a_hard_pattern_ends_in_unknown() {
        assert!(matches!(
            search(&["(a|b)*a(a|b){40}"], &["c"]),
            Search::Unknown(_)
        ));
    }
}
