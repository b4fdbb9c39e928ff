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
pub use line::Line;
pub use settings::{Settings, SettingsError};

use super::pool::Pool;
use image::Image;
use rules::Found;

/// One side of a comparison.
pub(crate) struct Side<'p> {
    /// The files of a module with everything that they import.
    pub pool: &'p Pool,
    /// Which of them are there for others only.
    pub is_import: &'p dyn Fn(&str) -> bool,
}

/// Compares two modules.
pub(crate) fn compare(old: &Side, new: &Side, settings: &Settings) -> Vec<Line> {
    let old = Image::new(old.pool, old.is_import);
    let new = Image::new(new.pool, new.is_import);
    let found = rules::judge(&old, &new, &settings.rules());
    let kept = found
        .into_iter()
        .filter(|found| !ignored(found, &old, &new, settings));
    line::sorted(kept.map(|found| line::of(found, &new)))
}

/// Whether the configuration leaves a finding out, by its new file or its old one.
fn ignored(found: &Found, old: &Image, new: &Image, settings: &Settings) -> bool {
    let ignores = |image: &Image, path: Option<&str>| {
        let file = path.and_then(|path| image.files.get(path));
        file.is_some_and(|file| {
            settings.ignores(
                found.rule,
                file.path(),
                file.file.proto.package(),
                file.import,
            )
        })
    };
    ignores(new, found.at.file()) || ignores(old, found.against)
}
