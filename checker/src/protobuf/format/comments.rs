//! Comments: which line they stand on, and how theirs are shifted.

use super::super::syntax::tree::{Comment, Gap};

/// A comment on a line of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'t> {
    pub comment: Comment<'t>,
    /// Whether an empty line stands before it.
    pub blank: bool,
}

/// The comments between two statements.
#[derive(Debug, Default)]
pub(super) struct Parts<'t> {
    /// On the line of what stands before.
    pub trailing: Vec<Comment<'t>>,
    pub own: Vec<Own<'t>>,
    /// Whether an empty line stands in front of what follows.
    pub blank: bool,
}

/// Takes the comments of a gap apart. `follows` says that a statement stands behind it, whose line
/// comments in front of it get a line of their own.
pub(super) fn parts<'t>(gap: &Gap<'t>, has_previous: bool, follows: bool) -> Parts<'t> {
    let comments = &*gap.comments;
    let same_line = comments.iter().position(|comment| comment.lines > 0);
    let mut trailing = if has_previous {
        same_line.unwrap_or(comments.len())
    } else {
        0
    };
    let one_line = same_line.is_none() && gap.lines == 0;
    if one_line && follows {
        trailing = 0;
    }
    let (trailing, own) = comments.split_at(trailing);
    let own = own.iter().map(|comment| Own {
        comment: *comment,
        blank: comment.lines > 1,
    });
    Parts {
        trailing: trailing.to_vec(),
        own: own.collect(),
        blank: gap.lines > 1,
    }
}

/// Whether the comments are one, as line comments that follow each other are, or none.
pub(super) fn is_one(own: &[Own]) -> bool {
    let lines = own.iter().all(|own| own.comment.is_line());
    let together = own.iter().skip(1).all(|own| !own.blank);
    own.len() <= 1 || (lines && together)
}

/// A comment on a line of its own. Its further lines are shifted as the first one is, or aligned where
/// each has a star.
pub(super) fn text(comment: &Comment, indent: usize) -> String {
    shifted(comment, indent, comment.column)
}

/// A comment behind something: its further lines stay, or are aligned with the statement.
pub(super) fn behind(comment: &Comment, indent: usize) -> String {
    shifted(comment, indent, indent)
}

fn shifted(comment: &Comment, column: usize, before: usize) -> String {
    let mut lines = comment.text.split('\n').map(str::trim_end);
    let mut out = lines.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = lines.collect();
    let starred = rest.iter().all(|line| line.trim_start().starts_with('*'));
    for line in rest {
        out.push('\n');
        let content = line.trim_start();
        if content.is_empty() {
            continue;
        }
        if starred {
            out.push_str(&" ".repeat(column + 1));
        } else if column == before {
            out.push_str(line.get(..line.len() - content.len()).unwrap_or_default());
        } else {
            let width = line.chars().count() - content.chars().count();
            let width = (width + column).saturating_sub(before);
            out.push_str(&" ".repeat(width));
        }
        out.push_str(content);
    }
    out
}
