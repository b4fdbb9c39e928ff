//! Unchanged clients of others against our server: what they need is the contract that counts.

mod python;
