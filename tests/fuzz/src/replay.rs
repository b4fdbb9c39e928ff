//! Runs a target on inputs that were found, in a build without instrumentation.

use std::fs;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::engine::timed;
use crate::{Target, targets};

/// What goes before an input that is written on the command line.
const INLINE: &str = "base64:";

/// Runs the target of the first argument on the inputs of the others.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program says what it does"
)]
pub fn run(arguments: &[String]) -> ExitCode {
    let (target, inputs) = match read(arguments) {
        Ok(read) => read,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    for input in inputs {
        println!(
            "{} bytes: cargo run -p fuzz -- {} {}",
            input.len(),
            target.name,
            inline(&input)
        );
        println!("{}", (target.show)(&input));
        let (worth, took) = timed(target, &input);
        println!("passed in {took:?}, {worth:?}");
    }
    ExitCode::SUCCESS
}

/// The input as an argument.
fn inline(input: &[u8]) -> String {
    format!("{INLINE}{}", STANDARD.encode(input))
}

type Inputs = Vec<Vec<u8>>;

fn read(arguments: &[String]) -> Result<(&'static Target, Inputs), String> {
    let chosen = arguments
        .split_first()
        .and_then(|(name, inputs)| Some((crate::target(name)?, inputs)));
    let Some((target, inputs)) = chosen.filter(|(_, inputs)| !inputs.is_empty()) else {
        let names: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
        let names = names.join(", ");
        return Err(format!(
            "usage: fuzz TARGET (FILE|{INLINE}…)…; a TARGET is one of {names}"
        ));
    };
    let inputs: Result<Inputs, String> = inputs.iter().map(|input| read_one(input)).collect();
    Ok((target, inputs?))
}

fn read_one(input: &str) -> Result<Vec<u8>, String> {
    match input.strip_prefix(INLINE) {
        Some(encoded) => STANDARD
            .decode(encoded)
            .map_err(|error| format!("`{input}`: {error}")),
        None => fs::read(input).map_err(|error| format!("reading {input}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_on_the_command_line_is_read_back() {
        let arguments = ["json_text".to_owned(), inline(b"[1]\xff")];
        let (target, inputs) = read(&arguments).unwrap();
        assert_eq!(
            (target.name, inputs),
            ("json_text", vec![b"[1]\xff".to_vec()])
        );
    }

    #[test]
    fn an_unknown_target_and_a_missing_input_are_refused() {
        for arguments in [
            &["nothing".to_owned(), inline(b"")][..],
            &["json_text".to_owned()],
            &[],
        ] {
            assert!(read(arguments).unwrap_err().contains("json_text"));
        }
        assert!(read(&["json_text".to_owned(), "base64:!".to_owned()]).is_err());
    }
}
