//! Fingerprints of notes: what says that a finding of today is the one of yesterday, though the
//! lines have moved.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Document, Note};

/// How many hexadecimal digits a fingerprint has.
const DIGITS: usize = 40;

/// Gives every note of a document its fingerprint.
pub fn assign(document: &mut Document) {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let told = document.units.iter_mut().flat_map(|unit| &mut unit.notes);
    let accepted = document.accepted.iter_mut().map(|(note, _)| note);
    for note in told.chain(accepted) {
        let key = key(note);
        // The same of the same element, against another earlier version for example.
        let count = seen.entry(key.clone()).or_default();
        note.fingerprint = digest(&format!("{key}\0{count}"));
        *count += 1;
    }
}

/// Neither lines nor the name of the earlier version: both change when nothing has.
fn key(note: &Note) -> String {
    // Without a rule or an element only the words tell one problem from another.
    let told = match note.rule {
        Some(_) => "",
        None => &note.message,
    };
    let kind = note.kind.word();
    [kind, note.rule_id(), &note.place.file, &note.element, told].join("\0")
}

fn digest(text: &str) -> String {
    let mut digits = String::with_capacity(DIGITS + 1);
    for byte in Sha256::digest(text.as_bytes()) {
        if digits.len() >= DIGITS {
            break;
        }
        for nibble in [byte >> 4, byte & 0xf] {
            digits.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    digits
}
