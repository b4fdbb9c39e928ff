//! Who reads whose data. Two types for the two roles, so that they cannot be swapped by mistake.

use serde::Serialize;

/// Which of two versions reads what the other one wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The new schema reads what the old one wrote: new code, old data.
    Backward,
    /// The old schema reads what the new one writes: old code, new data.
    Forward,
}

impl Direction {
    /// The name as compatibility levels spell it: `BACKWARD` or `FORWARD`.
    pub const fn level_name(self) -> &'static str {
        match self {
            Self::Backward => "BACKWARD",
            Self::Forward => "FORWARD",
        }
    }

    /// Assigns the roles: given the old and the new version, who reads and who writes.
    pub const fn roles<'a, T: ?Sized>(
        self,
        old: &'a T,
        new: &'a T,
    ) -> (Reader<'a, T>, Writer<'a, T>) {
        match self {
            Self::Backward => (Reader(new), Writer(old)),
            Self::Forward => (Reader(old), Writer(new)),
        }
    }
}

/// The schema that data is read with.
#[derive(Debug)]
pub struct Reader<'a, T: ?Sized>(pub &'a T);

/// The schema that data was written with.
#[derive(Debug)]
pub struct Writer<'a, T: ?Sized>(pub &'a T);

impl<T: ?Sized> Clone for Reader<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Reader<'_, T> {}
impl<T: ?Sized> Clone for Writer<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Writer<'_, T> {}
