//! Pairing, held against changes that a person would name.
