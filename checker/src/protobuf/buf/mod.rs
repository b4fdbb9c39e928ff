//! The checks of `buf breaking`: the same findings at the same places, right or wrong, for those who
//! come from it.
//!
//! Rules, pairs, places, order and what a configuration leaves out are those of buf 1.75. Reading
//! configuration files and printing is the caller's. It shares the linked files with the rest of
//! this crate but none of its rules: where execution shows that buf is wrong, they say so, not this.

mod catalogue;
mod columns;
mod image;
mod line;
mod rules;
mod settings;
mod spots;
#[cfg(test)]
mod tests;

pub use catalogue::Version;
pub use line::{COMPILE, Line};
pub use settings::{Settings, SettingsError};

use super::pool::Pool;
use super::tree::Tree;
use crate::model::Problem;
use image::Image;
use rules::Found;

/// Why there is nothing to tell of two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A tree does not compile; of two that do not, the new one is told of.
    Compile(Vec<Line>),
    /// It compiles, but buf does not go on with it.
    Unsupported(String),
}

/// Compares two modules: the files of a tree, with those that are for import only as what they import
/// from others.
pub fn check(old: &Tree, new: &Tree, settings: &Settings) -> Result<Vec<Line>, Failure> {
    let new_pool = pool(new)?;
    let old_pool = pool(old)?;
    let old_image = image(old, &old_pool)?;
    let new_image = image(new, &new_pool)?;
    let found = rules::judge(&old_image, &new_image, &settings.rules());
    let kept = found
        .into_iter()
        .filter(|found| !ignored(found, &old_image, &new_image, settings));
    Ok(line::sorted(kept.map(|found| line::of(&found, &new_image))))
}

fn pool(tree: &Tree) -> Result<Pool, Failure> {
    tree.pool().map_err(|problems| {
        let line = |problem: &Problem| line::of_problem(problem, tree);
        Failure::Compile(line::sorted(problems.iter().map(line)))
    })
}

fn image<'p>(tree: &Tree, pool: &'p Pool) -> Result<Image<'p>, Failure> {
    let is_import = |path: &str| tree.file(path).is_none_or(|file| file.import_only);
    let image = Image::new(pool, &is_import);
    let is_set = |message: &&image::Message| message.view.is_message_set();
    match image.messages.values().find(is_set) {
        None => Ok(image),
        Some(message) => Err(Failure::Unsupported(format!(
            "message \"{}\" is a MessageSet, which buf does not support",
            message.view.name
        ))),
    }
}

/// Whether the configuration leaves a finding out, by its new file or its old one.
fn ignored(found: &Found, old: &Image, new: &Image, settings: &Settings) -> bool {
    let ignores = |image: &Image, path: Option<&str>| {
        let file = path.and_then(|path| image.files.get(path));
        file.is_some_and(|file| {
            settings.ignores(
                found.rule,
                file.path(),
                file.linked.proto.package(),
                file.import,
            )
        })
    };
    ignores(new, found.at.file()) || ignores(old, found.against)
}
