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

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    /// Holds both rules to what is expected of an RPC whose message goes from `A` to `B`.
    #[track_caller]
    fn both(old: (&str, &str), new: (&str, &str), expected: &[&str]) {
        let requests = |(messages, of): (&str, &str)| {
            let service = format!("service S {{ rpc R({of}) returns (X); }}");
            proto(&format!("message X {{}} {messages} {service}"))
        };
        let responses = |(messages, of): (&str, &str)| {
            let service = format!("service S {{ rpc R(X) returns ({of}); }}");
            proto(&format!("message X {{}} {messages} {service}"))
        };
        let request = "protobuf/rpc-request-type-changed";
        only(request, &requests(old), &requests(new), expected);
        let response = "protobuf/rpc-response-type-changed";
        only(response, &responses(old), &responses(new), expected);
    }

    #[test]
    fn another_message_breaks_both_directions() {
        let messages = "message A { int32 x = 1; } message B { string y = 1; }";
        let broken = ["backward p.S.R", "forward p.S.R"];
        both((messages, "A"), (messages, "B"), &broken);
    }

    #[test]
    fn the_same_message_under_another_name_is_well() {
        let old = ("message A { int32 x = 1; }", "A");
        both(old, ("message B { int32 x = 1; }", "B"), &[]);
        let messages = "message A { int32 x = 1; } message B { int32 x = 1; }";
        both((messages, "A"), (messages, "B"), &[]);
    }

    #[test]
    fn a_message_with_more_fields_is_read_as_one_that_got_them() {
        let messages = "message A { int32 x = 1; } message B { int32 x = 1; int32 y = 2; }";
        let (less, more) = ((messages, "A"), (messages, "B"));
        both(less, more, &[]);
        both(more, less, &["backward p.S.R"]);
    }
}
