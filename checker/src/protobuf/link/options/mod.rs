//! Interprets options: what is written as a name and a value becomes a field of the `…Options` message.
//!
//! The file stands in the pool already, with its types linked and its extensions entered: a file may use
//! the options that it declares. As in `protoc`, options that are not in parentheses come first, since
//! features among them say how the custom ones are encoded.

use std::collections::HashMap;

use super::super::pool::Pool;

/// Something wrong with an option.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The path of its place, as the syntax tree has it (`…, 999, index, …`).
    pub path: Vec<i32>,
    /// What is wrong, with a remedy.
    pub message: String,
}

/// What came of the options of a file.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub mistakes: Vec<Mistake>,
    /// From the path of an option as it is written (`…, 999, index`) to that of the field which it sets.
    /// In source info the place gets the new path, and the places within it go.
    pub paths: HashMap<Vec<i32>, Vec<i32>>,
}

/// Says which symbol a name means, given the full name of the element that it stands at: its full name,
/// or what is wrong (not declared, declared in a file that is not imported), with a remedy.
///
/// As everywhere, the search begins in the scope around the element.
pub(super) type Resolve<'a> = dyn Fn(&Pool, &str, &str) -> Result<String, String> + 'a;

/// Interprets all options of a file of the pool, and resolves the file's features.
pub(super) fn interpret(pool: &mut Pool, file: usize, resolve: &Resolve) -> Outcome {
    let _ = (pool, file, resolve);
    Outcome::default()
}
