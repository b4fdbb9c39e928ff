//! The messages that an RPC carries are others than before: one judge for requests and responses.

use super::inside::{Cause, Harm};

use crate::model::{Direction, Finding, Hint, Rule, Witness};
use crate::protobuf::diff::{Change, Types};
use crate::protobuf::model::{Method, Service};
use crate::protobuf::places::Spot;
use crate::protobuf::rules::{BOTH, Context, finding};

/// What tells requests from responses.
pub(crate) struct Part {
    pub rule: &'static Rule,
    pub word: &'static str,
    /// The messages that were changed for each other.
    pub types: for<'c> fn(&Carried<'c>) -> Option<Types<'c>>,
    pub span: fn(&Method) -> &Spot,
    pub witness: fn(&Context, Direction, &Service, (&Method, &Method)) -> Option<Witness>,
}

/// Both messages of an RPC, where the new one is not what became of the old one.
pub(crate) struct Carried<'c> {
    pub input: Option<Types<'c>>,
    pub output: Option<Types<'c>>,
}

/// The same message under another name has the same bytes, and one that has more fields is read as any
/// message that gets new ones. What code sees of it `generated-type-changed` tells.
pub(crate) fn judge(change: &Change, cx: &Context, part: &Part) -> Vec<Finding> {
    let Change::Method {
        service,
        old,
        new,
        input,
        output,
    } = change
    else {
        return Vec::new();
    };
    let (input, output) = (*input, *output);
    let Some(types) = (part.types)(&Carried { input, output }) else {
        return Vec::new();
    };
    let report = |direction| {
        let cause = cx.causes.between(Some(types), direction)?;
        (cause.harm > Harm::Json).then(|| Finding {
            hint: Some(Hint {
                text: format!("keep `{}`, or add a new RPC for `{}`", types.0, types.1),
                edits: Vec::new(),
            }),
            witness: (part.witness)(cx, direction, service, (old, new)),
            ..finding(
                part.rule,
                direction,
                format!("{}.{}", service.name, old.name),
                ((part.span)(old).as_ref(), (part.span)(new).as_ref()),
                format!(
                    "the {} of RPC `{}` was `{}` and is now `{}`{}",
                    part.word,
                    old.name,
                    types.0,
                    types.1,
                    Cause::told(Some(cause))
                ),
            )
        })
    };
    BOTH.into_iter().filter_map(report).collect()
}
