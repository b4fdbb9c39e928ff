//! The linked messages of a side, which witnesses are executed on.
//!
//! A schema of a registry is there as a whole. Of a tree of thousands of files only those are linked once
//! more that something is to be shown of: a judgement that asks for a message of another file gets
//! none, the file is noted, and the change is judged again when it is there.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::model::{FileId, Model};
use super::pool::{MessageRef, Pool};

/// The linked files of a side.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Linked<'a> {
    Whole(&'a Pool),
    Part(&'a Part),
}

/// Some linked files of a side, and which others were asked for.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pool: Pool,
    /// The files that the pool was made of, besides what these import.
    files: BTreeSet<FileId>,
    asked: RefCell<BTreeSet<FileId>>,
    /// Whether a message of another file was asked for since somebody looked.
    lacked: Cell<bool>,
}

impl<'a> Linked<'a> {
    /// A message of the side by its full name.
    pub(crate) fn message(self, model: &Model, name: &str) -> Option<MessageRef<'a>> {
        match self {
            Self::Whole(pool) => pool.message(name),
            Self::Part(part) => {
                let file = model.messages.get(name)?.file;
                if !part.files.contains(&file) {
                    part.asked.borrow_mut().insert(file);
                    part.lacked.set(true);
                }
                part.pool.message(name)
            }
        }
    }

    /// Whether a message was asked for in vain since the last call.
    pub(crate) fn lacked(self) -> bool {
        match self {
            Self::Whole(_) => false,
            Self::Part(part) => part.lacked.take(),
        }
    }
}

impl Part {
    /// The files that have to be linked for what was asked.
    pub(crate) fn wanted(&self) -> BTreeSet<FileId> {
        let asked = self.asked.borrow();
        self.files.union(&asked).copied().collect()
    }

    /// These files, linked with what they import.
    pub(crate) fn new(pool: Pool, files: BTreeSet<FileId>) -> Self {
        Self {
            pool,
            files,
            ..Self::default()
        }
    }
}
