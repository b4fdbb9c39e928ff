//! Values of options as they are written: scalars, lists and messages in text format.
//!
//! It knows brackets, not types: what a value means is the linker's to say.

use super::lexer::Kind;
use super::tree::Leaf;

/// A value.
#[derive(Debug)]
pub(crate) enum Literal<'a, 't> {
    /// A word, a number with its sign, or strings that are one.
    Scalar(&'a [Leaf<'t>]),
    List(Bracketed<'a, 't, Item<'a, 't>>),
    Message(Bracketed<'a, 't, Field<'a, 't>>),
}

/// What stands between brackets.
#[derive(Debug)]
pub(crate) struct Bracketed<'a, 't, T> {
    pub(crate) open: &'a Leaf<'t>,
    pub(crate) items: Vec<T>,
    pub(crate) close: &'a Leaf<'t>,
}

/// An element of a list.
#[derive(Debug)]
pub(crate) struct Item<'a, 't> {
    pub(crate) value: Literal<'a, 't>,
    pub(crate) separator: Option<&'a Leaf<'t>>,
}

/// A field of a message, or an option in brackets.
#[derive(Debug)]
pub(crate) struct Field<'a, 't> {
    pub(crate) name: &'a [Leaf<'t>],
    /// `:` or `=`.
    pub(crate) sign: Option<&'a Leaf<'t>>,
    pub(crate) value: Literal<'a, 't>,
    pub(crate) separator: Option<&'a Leaf<'t>>,
}

/// A value that takes up all the tokens; `None` where they are no value.
pub(crate) fn value<'a, 't>(leaves: &'a [Leaf<'t>]) -> Option<Literal<'a, 't>> {
    let mut reader = Reader { leaves, at: 0 };
    let value = reader.value()?;
    reader.rest().is_empty().then_some(value)
}

/// The options in brackets, which take up all the tokens.
pub(crate) fn options<'a, 't>(leaves: &'a [Leaf<'t>]) -> Option<Bracketed<'a, 't, Field<'a, 't>>> {
    let mut reader = Reader { leaves, at: 0 };
    let open = reader.eat("[")?;
    let options = reader.until(open, "]", Reader::option)?;
    reader.rest().is_empty().then_some(options)
}

/// Recursion is bounded by [`super::MAX_VALUE_NESTING`].
struct Reader<'a, 't> {
    leaves: &'a [Leaf<'t>],
    at: usize,
}

impl<'a, 't> Reader<'a, 't> {
    fn rest(&self) -> &'a [Leaf<'t>] {
        self.leaves.get(self.at..).unwrap_or_default()
    }

    fn current(&self) -> Option<&'a Leaf<'t>> {
        self.leaves.get(self.at)
    }

    fn eat(&mut self, text: &str) -> Option<&'a Leaf<'t>> {
        let leaf = self.current().filter(|leaf| leaf.is(text))?;
        self.at += 1;
        Some(leaf)
    }

    /// As many tokens as satisfy the test.
    fn take_while(&mut self, mut taken: impl FnMut(&Leaf<'t>) -> bool) -> &'a [Leaf<'t>] {
        let rest = self.rest();
        let count = rest.iter().position(|leaf| !taken(leaf));
        let count = count.unwrap_or(rest.len());
        self.at += count;
        rest.get(..count).unwrap_or_default()
    }

    fn value(&mut self) -> Option<Literal<'a, 't>> {
        if let Some(open) = self.eat("{") {
            return Some(Literal::Message(self.until(open, "}", Self::field)?));
        }
        if let Some(open) = self.eat("<") {
            return Some(Literal::Message(self.until(open, ">", Self::field)?));
        }
        if let Some(open) = self.eat("[") {
            return Some(Literal::List(self.until(open, "]", Self::item)?));
        }
        self.scalar().map(Literal::Scalar)
    }

    fn scalar(&mut self) -> Option<&'a [Leaf<'t>]> {
        let rest = self.rest();
        let signed = usize::from(rest.first()?.is("-"));
        let length = match rest.get(signed)?.token.kind {
            Kind::Text => {
                return Some(self.take_while(|leaf| leaf.token.kind == Kind::Text));
            }
            Kind::Word | Kind::Integer | Kind::Float => signed + 1,
            Kind::Start | Kind::End | Kind::Symbol => return None,
        };
        self.at += length;
        rest.get(..length)
    }

    fn until<T>(
        &mut self,
        open: &'a Leaf<'t>,
        close: &str,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Bracketed<'a, 't, T>> {
        let mut items = Vec::new();
        loop {
            if let Some(close) = self.eat(close) {
                return Some(Bracketed { open, items, close });
            }
            items.push(read(self)?);
        }
    }

    fn item(&mut self) -> Option<Item<'a, 't>> {
        Some(Item {
            value: self.value()?,
            separator: self.eat(","),
        })
    }

    fn field(&mut self) -> Option<Field<'a, 't>> {
        let start = self.at;
        if self.eat("[").is_some() {
            self.take_while(|leaf| !leaf.is("]"));
            self.eat("]")?;
        } else {
            let word = self.current()?.token.kind == Kind::Word;
            self.at += usize::from(word);
        }
        let name = self.leaves.get(start..self.at)?;
        if name.is_empty() {
            return None;
        }
        Some(Field {
            name,
            sign: self.eat(":"),
            value: self.value()?,
            separator: self.eat(",").or_else(|| self.eat(";")),
        })
    }

    fn option(&mut self) -> Option<Field<'a, 't>> {
        let name = self.take_while(|leaf| !leaf.is("="));
        Some(Field {
            name,
            sign: Some(self.eat("=")?),
            value: self.value()?,
            separator: self.eat(","),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;
    use crate::model::Source;

    fn shown(value: &Literal) -> String {
        let text = |leaves: &[Leaf]| {
            let words: Vec<&str> = leaves.iter().map(Leaf::text).collect();
            words.concat()
        };
        match value {
            Literal::Scalar(leaves) => text(leaves),
            Literal::List(list) => {
                let items: Vec<String> = list.items.iter().map(|item| shown(&item.value)).collect();
                format!("[{}]", items.join(" "))
            }
            Literal::Message(message) => {
                let fields = message
                    .items
                    .iter()
                    .map(|field| format!("{}={}", text(field.name), shown(&field.value)));
                format!("({})", fields.collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[track_caller]
    fn read(text: &str, expected: Option<&str>) {
        let source = Source::new("t", format!("option (a) = {text};"));
        let tree = tree::tree(&source).expect("is valid");
        let value = value(&tree.statements[0].head[5..]);
        assert_eq!(value.map(|value| shown(&value)).as_deref(), expected);
    }

    #[test]
    fn values_are_read_in_every_spelling() {
        read("-1.5", Some("-1.5"));
        read("\"a\" 'b'", Some("\"a\"'b'"));
        read(
            "{ a: 1, b { c: -inf; } d < > [x.y/z.W]: [\"a\" \"b\", 'c'] e: [{}, <f: X>] }",
            Some("(a=1 b=(c=-inf) d=() [x.y/z.W]=[\"a\"\"b\" 'c'] e=[() (f=X)])"),
        );
    }

    #[test]
    fn what_is_no_text_format_is_no_value() {
        for text in ["{ a }", "{ : 1 }", "{ a: ) }", "{ a: }", "{ a: [1 }"] {
            read(text, None);
        }
    }
}
