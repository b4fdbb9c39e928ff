//! Options that tell clients what they may count on: what the old value promised and the new one does
//! not keep. One judge for all of them; what a value promises is each rule's own.

use crate::model::{Audience, Finding, Hint, Rule};
use crate::protobuf::diff::Change;
use crate::protobuf::places::Spot;
use crate::protobuf::rules::finding;
use crate::protobuf::settings::Setting;

/// What an option that is not set promises.
static NOTHING: Setting = Setting::List(Vec::new());

/// What tells one such option from another.
pub(crate) struct Promise {
    pub rule: &'static Rule,
    /// The names of the option: files and messages may have one each.
    pub options: &'static [&'static str],
    /// What the old value promised that the new one does not keep.
    pub broken: fn(&Setting, &Setting) -> Vec<Broken>,
    /// Who is hit, where the categories of the rule do not say it.
    pub audience: &'static [Audience],
    /// If the finding stands at the option, in which field a descriptor has the options; else it
    /// stands at the element.
    pub statement: Option<i32>,
}

/// A promise that is not kept.
pub(crate) struct Broken {
    pub text: String,
    pub help: String,
}

pub(crate) fn judge(change: &Change, promise: &Promise) -> Vec<Finding> {
    let mut options = promise.options.iter();
    let found = options.find_map(|name| Some((*name, change.option(name)?)));
    let Some((name, (element, old, new))) = found else {
        return Vec::new();
    };
    let broken = (promise.broken)(old.unwrap_or(&NOTHING), new.unwrap_or(&NOTHING));
    if broken.is_empty() {
        // Its place would be looked for in vain, in a text that has to be read for it.
        return Vec::new();
    }
    let [was, is] = match promise.statement {
        Some(options) => element.statements(options, name),
        None => [element.old, element.new].map(|spot| spot.and_then(Spot::as_ref).cloned()),
    };
    let report = |direction, broken: &Broken| Finding {
        hint: Some(Hint {
            text: broken.help.clone(),
            edits: Vec::new(),
        }),
        audience: promise.audience.to_vec(),
        ..finding(
            promise.rule,
            direction,
            element.path.clone(),
            (was.as_ref(), is.as_ref()),
            broken.text.as_str(),
        )
    };
    let directions = promise.rule.directions.iter();
    let reports = broken.iter().flat_map(|broken| {
        directions
            .clone()
            .map(move |direction| (*direction, broken))
    });
    reports
        .map(|(direction, broken)| report(direction, broken))
        .collect()
}
