//! Why a text is not a valid schema.

use serde::Serialize;

use super::Span;

/// One thing that is wrong with a text. Parsers return all of them, not the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// One line that names the thing and the remedy.
    pub message: String,
    /// The place; `None` where the whole input is meant.
    pub span: Option<Span>,
    /// The path of the import whose file was not given, where that is what is wrong: whoever knows
    /// how files are given can say how to.
    #[serde(skip)]
    pub missing_import: Option<String>,
}

impl Problem {
    /// A problem at a place, where there is one.
    pub fn new(span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span,
            missing_import: None,
        }
    }

    /// A problem at a place.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self::new(Some(span), message)
    }

    /// A problem of the input as a whole.
    pub fn whole(message: impl Into<String>) -> Self {
        Self::new(None, message)
    }
}

impl std::fmt::Display for Problem {
    /// `order.avsc:7:32: message`, the form that editors and compilers share.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(span) = &self.span {
            write!(f, "{span}: ")?;
        }
        f.write_str(&self.message)
    }
}
