//! The commands from the outside: arguments and files in, text and exit code out, all in one process.

mod access;
mod affected;
mod buf;
mod check;
mod directories;
mod format;
mod git;
mod help;
mod init;
mod jsonl;
#[cfg(unix)]
mod odd;
mod policy;
mod protos;
mod registry;
mod reports;
mod roots;
mod texts;
mod validate;
mod world;
