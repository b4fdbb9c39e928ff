//! What stops a command. An incompatible or invalid schema is not an error but a result.

use std::io;
use std::path::PathBuf;

use crate::{client, git};

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory that cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The path as it was given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The question makes no sense as it was put.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do instead.
        help: String,
    },
    /// A policy that cannot be understood.
    #[error("`{path}` cannot be understood")]
    Policy {
        /// The file as the user would write it.
        path: String,
        /// What is wrong, with places.
        problems: Vec<String>,
    },
    /// A limit of this program.
    #[error("{0}")]
    Limit(String),
    /// git, or what it says.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The registry, or what it says.
    #[error(transparent)]
    Registry(#[from] client::Error),
    /// The registry holds the schema to be incompatible.
    #[error("{error}")]
    Refused {
        /// What the registry says.
        error: client::Error,
        /// Where to see more.
        help: String,
    },
    /// The registry does not take all of a tree.
    #[error("{message}")]
    Unacceptable {
        /// What happened.
        message: String,
        /// In detail.
        details: Vec<String>,
    },
    /// Standard output is gone in another way than by a closed pipe.
    #[error("cannot write the result")]
    Write(#[source] io::Error),
    /// A file that cannot be written.
    #[error("cannot write `{}`", path.display())]
    Save {
        /// The path as it was given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard input fails.
    #[error("cannot read standard input")]
    Input(#[source] io::Error),
}

impl Error {
    /// A question that makes no sense, and what to do instead.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            help: help.into(),
        }
    }

    /// The error with the whole chain of reasons.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }

    /// What there is to say in detail, one line each.
    pub fn details(&self) -> &[String] {
        match self {
            Self::Registry(error) | Self::Refused { error, .. } => error.details(),
            Self::Policy { problems, .. } => problems,
            Self::Unacceptable { details, .. } => details,
            Self::Read { .. }
            | Self::Usage { .. }
            | Self::Limit(_)
            | Self::Git(_)
            | Self::Write(_)
            | Self::Save { .. }
            | Self::Input(_) => &[],
        }
    }

    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Usage { help, .. } | Self::Refused { help, .. } => Some(help.clone()),
            Self::Policy { .. } => Some("docs/PROTOS.md says what may stand in it".to_owned()),
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("paths are relative to the current directory".to_owned())
            }
            Self::Git(error) => error.help(),
            Self::Registry(error) => error.help(),
            Self::Read { .. }
            | Self::Limit(_)
            | Self::Unacceptable { .. }
            | Self::Write(_)
            | Self::Save { .. }
            | Self::Input(_) => None,
        }
    }
}
