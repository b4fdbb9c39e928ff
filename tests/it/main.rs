//! The one binary of end-to-end tests: the real programs, real databases, real clients.
//!
//! `cargo xtask test` runs it with all that it needs. Tests that only look at one crate stand in
//! that crate.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what should not happen is a failure"
)]

mod buf;
mod ci;
mod cli;
mod clients;
mod docs;
mod faults;
mod hostile;
mod oracle;
mod protos;
mod reports;
mod rest;
mod struct_repo;
