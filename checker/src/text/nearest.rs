//! Which known word was probably meant by one that is unknown.

/// No word with more wrong letters is suggested.
const MAX_WRONG_LETTERS: usize = 3;

/// For a longer word none is suggested.
const MAX_WORD_BYTES: usize = 128;

/// The known word that nearly spells this one; of several that are equally near the first in the
/// alphabet.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > MAX_WORD_BYTES {
        return None;
    }
    let close = |known: &&str| known.len().abs_diff(word.len()) <= MAX_WRONG_LETTERS;
    let known = known.into_iter().filter(close);
    let distances = known.map(|known| (typing_errors(word, known), known));
    let (errors, best) = distances.min()?;
    // Of a short word not every letter may be wrong.
    (errors <= MAX_WRONG_LETTERS && errors < word.len()).then_some(best)
}

/// The fewest letters to insert, remove or replace (Levenshtein's distance).
pub(crate) fn typing_errors(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (above, expected) in row.iter_mut().skip(1).zip(other.bytes()) {
            let replaced = diagonal + usize::from(letter != expected);
            diagonal = *above;
            *above = replaced.min(*above + 1).min(left + 1);
            left = *above;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_suggested_while_few_letters_are_wrong() {
        let known = ["client", "server", "uses"];
        assert_eq!(nearest("clints", known), Some("client"));
        assert_eq!(nearest("sorvor", known), Some("server"));
        assert_eq!(nearest("cccccc", known), None);
        assert_eq!(nearest("xyz", known), None, "all letters are wrong");
        let long = "x".repeat(MAX_WORD_BYTES);
        assert_eq!(nearest(&format!("{long}y"), [&*long]), None);
        assert_eq!(nearest(&long, [&*long]), Some(&*long));
        assert_eq!(nearest("abcdefgh", ["abcdZZZZ"]), None);
        assert_eq!(MAX_WRONG_LETTERS, 3);
    }
}
