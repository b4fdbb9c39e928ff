//! How subjects are written: `:.context:name`, or a bare name in the context that it is read in.
//!
//! Reading never fails: what is not qualified is a bare name. Whether a name may be used is
//! [`check`]'s question, asked before anything is stored.

use super::error::Error;
use crate::store::{DEFAULT_CONTEXT, Scope, SubjectName};

/// The context whose settings stand above those of all others; it holds no subjects.
const GLOBAL_CONTEXT: &str = ".__GLOBAL";

/// Names that the wire contract keeps for itself.
const RESERVED: [&str; 2] = ["__GLOBAL", "__EMPTY"];

/// Splits `:.context:name`; `None` for a bare name.
fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text
        .strip_prefix(':')
        .filter(|rest| rest.starts_with('.'))?;
    rest.split_once(':')
}

/// Reads a subject as clients write it. A bare name lives in `context`.
pub fn parse_in(context: &str, text: &str) -> SubjectName {
    let (context, name) = split(text).unwrap_or((context, text));
    SubjectName::new(context, name)
}

/// Reads a subject as clients write it. A bare name lives in the default context.
pub fn parse(text: &str) -> SubjectName {
    parse_in(DEFAULT_CONTEXT, text)
}

/// Reads what a configuration is set for: a subject, or with an empty name its context.
pub fn parse_scope(text: &str) -> Scope {
    let subject = parse(text);
    match (subject.context.as_str(), subject.name.as_str()) {
        (GLOBAL_CONTEXT, "") => Scope::AllContexts,
        (_, "") => Scope::Context(subject.context),
        _ => Scope::Subject(subject),
    }
}

/// Reads a prefix of subjects: `:*:a` in every context, `:.context:a` in that one, `a` in the
/// default context.
pub fn parse_prefix(text: &str) -> (Option<String>, String) {
    if let Some(prefix) = text.strip_prefix(":*:") {
        return (None, prefix.to_owned());
    }
    let subject = parse(text);
    (Some(subject.context), subject.name)
}

/// Refuses names under which nothing can be registered.
pub fn check(subject: &SubjectName) -> Result<(), Error> {
    let reserved = RESERVED.contains(&subject.name.as_str()) || subject.context == GLOBAL_CONTEXT;
    if reserved || has_controls(&subject.name) || has_controls(&subject.context) {
        return Err(Error::InvalidSubject(subject.to_string()));
    }
    Ok(())
}

/// Refuses scopes for which nothing can be set.
pub fn check_scope(scope: &Scope) -> Result<(), Error> {
    match scope {
        Scope::Context(context) if has_controls(context) => {
            Err(Error::InvalidSubject(format_scope(scope)))
        }
        Scope::AllContexts | Scope::Context(_) => Ok(()),
        Scope::Subject(subject) => check(subject),
    }
}

/// Writes a scope as clients do.
pub(super) fn format_scope(scope: &Scope) -> String {
    match scope {
        Scope::AllContexts => format!(":{GLOBAL_CONTEXT}:"),
        Scope::Context(context) => format!(":{context}:"),
        Scope::Subject(subject) => subject.to_string(),
    }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualified_names_carry_their_context_and_others_do_not() {
        for (text, context, name) in [
            ("orders", ".", "orders"),
            (":.ctx:orders", ".ctx", "orders"),
            (":.ctx:a:b", ".ctx", "a:b"),
            (":.:orders", ".", "orders"),
            (":ctx:orders", ".", ":ctx:orders"),
            (":.ctx:", ".ctx", ""),
            ("", ".", ""),
        ] {
            assert_eq!(parse(text), SubjectName::new(context, name), "{text}");
        }
        assert_eq!(parse_in(".ctx", "orders").to_string(), ":.ctx:orders");
    }

    #[test]
    fn an_empty_name_means_the_context_itself() {
        assert_eq!(parse_scope(""), Scope::Context(".".to_owned()));
        assert_eq!(parse_scope(":.:"), Scope::Context(".".to_owned()));
        assert_eq!(parse_scope(":.ctx:"), Scope::Context(".ctx".to_owned()));
        assert_eq!(parse_scope(":.__GLOBAL:"), Scope::AllContexts);
        for text in [":.:", ":.ctx:", ":.__GLOBAL:", ":.ctx:a", "a"] {
            assert_eq!(format_scope(&parse_scope(text)), text);
        }
    }

    #[test]
    fn a_starred_prefix_looks_into_every_context() {
        assert_eq!(parse_prefix(":*:or"), (None, "or".to_owned()));
        assert_eq!(parse_prefix(""), (Some(".".to_owned()), String::new()));
        assert_eq!(
            parse_prefix(":.ctx:or"),
            (Some(".ctx".to_owned()), "or".to_owned())
        );
    }

    #[test]
    fn reserved_names_and_control_characters_are_refused() {
        for text in ["__GLOBAL", "__EMPTY", ":.__GLOBAL:a", "a\u{1}", "a\nb"] {
            assert!(check(&parse(text)).is_err(), "{text:?}");
            assert!(check_scope(&parse_scope(text)).is_err(), "{text:?}");
        }
        assert!(check_scope(&parse_scope(":.a\0:")).is_err());
        for text in ["", "*", "a b", "ä/ö", ":.ctx:a"] {
            assert!(check(&parse(text)).is_ok(), "{text:?}");
            assert!(check_scope(&parse_scope(text)).is_ok(), "{text:?}");
        }
    }
}
