//! The statements of a block with the comments around them, imports in order.

use super::super::syntax::tree::{Body, Comment, Gap, Leaf, Statement, Tree};
use super::super::syntax::{lexer::Kind, strings};
use super::comments::{self, Own, Parts};

/// What stands between braces, or the whole file.
#[derive(Debug, Default)]
pub(super) struct Block<'a, 't> {
    /// Comments on the line of the `{`.
    pub opening: Vec<Comment<'t>>,
    pub items: Vec<Item<'a, 't>>,
    /// Comments behind the last statement.
    pub end: Vec<Own<'t>>,
}

/// A statement with its comments.
#[derive(Debug)]
pub(super) struct Item<'a, 't> {
    /// On lines before it.
    pub own: Vec<Own<'t>>,
    /// Whether an empty line stands between them and it.
    pub blank: bool,
    pub statement: &'a Statement<'t>,
    /// On its last line.
    pub trailing: Vec<Comment<'t>>,
}

/// The statements of a file.
pub(super) fn file<'a, 't>(tree: &'a Tree<'t>) -> Block<'a, 't> {
    let mut block = collect(&tree.statements, &tree.end, false);
    separate_sections(&mut block.items);
    sort_imports(&mut block.items);
    block
}

/// The statements between braces.
pub(super) fn body<'a, 't>(body: &'a Body<'t>) -> Block<'a, 't> {
    collect(&body.statements, &body.close, true)
}

fn collect<'a, 't>(
    statements: &'a [Statement<'t>],
    close: &Gap<'t>,
    opened: bool,
) -> Block<'a, 't> {
    let mut collector = Collector {
        block: Block::default(),
        opened,
        carried: Vec::new(),
        blank: false,
    };
    for statement in statements {
        collector.statement(statement);
    }
    collector.close(close);
    let mut block = collector.block;
    strip_first(&mut block, opened);
    block
}

struct Collector<'a, 't> {
    block: Block<'a, 't>,
    /// Whether a brace stands before the first statement.
    opened: bool,
    /// Comments of statements that are left out.
    carried: Vec<Own<'t>>,
    /// Whether an empty line stood before those.
    blank: bool,
}

impl<'a, 't> Collector<'a, 't> {
    fn statement(&mut self, statement: &'a Statement<'t>) {
        let Some(first) = statement.head.first() else {
            if let super::End::Semicolon(gap) = &statement.end {
                let parts = self.parts(gap, true);
                self.carried.extend(parts.own);
                self.blank |= parts.blank;
            }
            return;
        };
        let parts = self.parts(&first.before, true);
        let mut own = std::mem::take(&mut self.carried);
        own.extend(parts.own);
        self.block.items.push(Item {
            own,
            blank: parts.blank | std::mem::take(&mut self.blank),
            statement,
            trailing: Vec::new(),
        });
    }

    fn close(&mut self, gap: &Gap<'t>) {
        let parts = self.parts(gap, false);
        self.block.end = std::mem::take(&mut self.carried);
        self.block.end.extend(parts.own);
    }

    /// The comments of a gap; those on the line of what stands before go there.
    fn parts(&mut self, gap: &Gap<'t>, follows: bool) -> Parts<'t> {
        let has_previous = self.carried.is_empty() && (self.opened || !self.block.items.is_empty());
        let alone = self.block.items.is_empty() && gap.lines == 0;
        let mut parts = comments::parts(gap, has_previous, follows || alone);
        let trailing = std::mem::take(&mut parts.trailing);
        match self.block.items.last_mut() {
            Some(item) => item.trailing.extend(trailing),
            None => self.block.opening.extend(trailing),
        }
        parts
    }
}

/// No empty line stands behind a `{` or at the start of a file, unless it keeps a comment from belonging
/// to the `{`.
fn strip_first(block: &mut Block, opened: bool) {
    let (own, blank) = match block.items.first_mut() {
        Some(item) => (&mut item.own, &mut item.blank),
        None => (&mut block.end, &mut false),
    };
    let leads = comments::is_one(own) && !*blank;
    match own.first_mut() {
        Some(first) if leads || !opened => first.blank = false,
        Some(_) => {}
        None => *blank = false,
    }
}

/// What a statement of a file belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Head,
    Imports,
    Options,
    Declarations,
}

fn section(statement: &Statement) -> Section {
    match statement.head.first().map(Leaf::text) {
        Some("syntax" | "edition" | "package") => Section::Head,
        Some("import") => Section::Imports,
        Some("option") => Section::Options,
        _ => Section::Declarations,
    }
}

/// An empty line stands between sections, where it takes no comment from what it belongs to.
fn separate_sections(items: &mut [Item]) {
    let mut previous = None;
    for item in items {
        let section = section(item.statement);
        let changed = previous
            .replace(section)
            .is_some_and(|previous| previous != section);
        let separated = item.blank || item.own.iter().any(|own| own.blank);
        if changed && !separated && comments::is_one(&item.own) {
            match item.own.first_mut() {
                Some(first) => first.blank = true,
                None => item.blank = true,
            }
        }
    }
}

/// Sorts imports that follow each other without an empty line. A comment goes with its import.
fn sort_imports(items: &mut [Item]) {
    let mut start = 0;
    while start < items.len() {
        let rest = items.get(start..).unwrap_or_default();
        let length = run(rest);
        let behind = rest.get(length);
        let belongs_up = behind.is_some_and(|item| belongs_up(&item.own, item.blank));
        if let Some(run) = items.get_mut(start..start + length)
            && !belongs_up
        {
            sort_run(run);
        }
        start += length.max(1);
    }
}

/// Whether the first comment may belong to what stands above.
fn belongs_up(own: &[Own], blank: bool) -> bool {
    let near = own.first().is_some_and(|first| !first.blank);
    near && (blank || !comments::is_one(own))
}

/// How many imports stand together.
fn run(items: &[Item]) -> usize {
    let Some(first) = items.first().filter(|item| is_plain_import(item)) else {
        return 0;
    };
    let empty_line_within = first.blank && !first.own.is_empty();
    if empty_line_within {
        return 1;
    }
    let rest = items.iter().skip(1);
    let apart = |item: &&Item| item.blank || item.own.iter().any(|own| own.blank);
    1 + rest
        .take_while(|item| is_plain_import(item) && !apart(item))
        .count()
}

fn is_plain_import(item: &Item) -> bool {
    section(item.statement) == Section::Imports && comments::is_one(&item.own)
}

fn sort_run(run: &mut [Item]) {
    let Some(first) = run.first_mut() else { return };
    // The empty line stands before the group, whichever import comes first.
    let blank = match first.own.first_mut() {
        Some(own) => std::mem::take(&mut own.blank),
        None => std::mem::take(&mut first.blank),
    };
    run.sort_by_cached_key(|item| key(item.statement));
    if let Some(first) = run.first_mut() {
        match first.own.first_mut() {
            Some(own) => own.blank = blank,
            None => first.blank = blank,
        }
    }
}

/// Imports of options come last, as they must.
fn key(statement: &Statement) -> (bool, Vec<u8>) {
    let of_options = statement.head.get(1).is_some_and(|leaf| leaf.is("option"));
    let texts = statement.head.iter();
    let texts = texts.filter(|leaf| leaf.token.kind == Kind::Text);
    let path = texts.flat_map(|leaf| strings::unescape(leaf.text()).unwrap_or_default());
    (of_options, path.collect())
}
