//! How a command ends. The numbers are part of the interface; scripts rely on them.

use std::process::ExitCode;

use checker::Verdict;

/// The outcome of a command, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// 0: compatible, valid, done.
    Success = 0,
    /// 1: incompatible or invalid.
    Failure = 1,
    /// 2: could not tell, or could not do what was asked.
    Trouble = 2,
    /// 100: incompatible or invalid, as `buf` says it; only with `--buf`.
    Breaking = 100,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Compatible => Self::Success,
            Verdict::Incompatible => Self::Failure,
            Verdict::Undecided => Self::Trouble,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
