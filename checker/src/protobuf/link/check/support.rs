//! What a field or a value says of its own editions (`feature_support`), which holds together.
//!
//! Whether it is used in one of them is looked at where options are interpreted.

use super::super::super::descriptor::Options;
use super::Checker;

/// Fields of `FieldOptions.FeatureSupport`.
const INTRODUCED: u32 = 1;
const DEPRECATED: u32 = 2;
const WARNING: u32 = 3;
const REMOVED: u32 = 4;
const ERROR: u32 = 5;

impl Checker<'_> {
    /// `number` is that of `feature_support` in the options, `own` the place of the element.
    pub(super) fn feature_support(
        &mut self,
        options: Option<&Options>,
        number: u32,
        own: impl FnOnce() -> Vec<i32>,
    ) {
        let given = options.map(|options| options.lengths(number));
        let Some(given) = given.filter(|given| !given.is_empty()) else {
            return;
        };
        // Parts of a message one after the other are the message.
        let support = Options {
            encoded: given.concat(),
            ..Options::default()
        };
        if let Some(message) = contradiction(&support) {
            self.report(own(), message);
        }
    }
}

fn contradiction(support: &Options) -> Option<&'static str> {
    let says = |number| !support.lengths(number).is_empty();
    let introduced = support.varint(INTRODUCED);
    let deprecated = support.varint(DEPRECATED);
    let removed = support.varint(REMOVED);
    let before =
        |end: Option<u64>| end.is_some_and(|end| introduced.is_some_and(|start| end < start));
    let late = deprecated.is_some_and(|start| removed.is_some_and(|end| start >= end));
    let rules = [
        (
            deprecated.is_some() && !says(WARNING),
            "`edition_deprecated` needs a `deprecation_warning`",
        ),
        (
            says(WARNING) && deprecated.is_none(),
            "`deprecation_warning` needs an `edition_deprecated`",
        ),
        (
            removed.is_some() && removed != introduced && !says(ERROR),
            "`edition_removed` needs a `removal_error`",
        ),
        (
            says(ERROR) && removed.is_none(),
            "`removal_error` needs an `edition_removed`",
        ),
        (
            before(deprecated),
            "`edition_deprecated` is before `edition_introduced`, mend one",
        ),
        (
            before(removed),
            "`edition_removed` is before `edition_introduced`, mend one",
        ),
        (
            late,
            "`edition_deprecated` is not before `edition_removed`, mend one",
        ),
    ];
    rules
        .into_iter()
        .find_map(|(broken, message)| broken.then_some(message))
}
