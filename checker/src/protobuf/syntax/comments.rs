//! Which token a comment belongs to.

/// The comments between two tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comments {
    /// Belongs to the token before.
    pub(crate) trailing: Option<String>,
    /// Belong to neither.
    pub(crate) detached: Vec<String>,
    /// Belongs to the token behind.
    pub(crate) leading: Option<String>,
}

/// Collects them one by one. Line comments that follow each other are one.
#[derive(Debug)]
pub(crate) struct Collector {
    comments: Comments,
    /// The comment that was read last, while it is not known where it belongs.
    open: Option<String>,
    of_lines: bool,
    previous_may_take: bool,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self {
            comments: Comments::default(),
            open: None,
            of_lines: false,
            previous_may_take: true,
        }
    }

    pub(crate) fn line(&mut self, text: &str) {
        if !self.of_lines {
            self.flush();
        }
        self.of_lines = true;
        self.open.get_or_insert_default().push_str(text);
    }

    pub(crate) fn block(&mut self, text: String) {
        self.flush();
        self.of_lines = false;
        self.open = Some(text);
    }

    /// What was read is complete.
    pub(crate) fn flush(&mut self) {
        let Some(comment) = self.open.take() else {
            return;
        };
        if self.previous_may_take {
            self.comments.trailing = Some(comment);
            self.previous_may_take = false;
        } else {
            self.comments.detached.push(comment);
        }
    }

    /// From here on no comment belongs to the token before.
    pub(crate) const fn detach_from_previous(&mut self) {
        self.previous_may_take = false;
    }

    /// At the next token.
    pub(crate) fn finish(mut self) -> Comments {
        self.comments.leading = self.open.take();
        self.comments
    }
}
