//! Choices that are read from the bytes of an input: a mutated byte is another choice.

/// A stream of choices. Behind its end all are 0, so that what is grown from it comes to an end.
#[derive(Debug)]
pub struct Choices<'a> {
    rest: &'a [u8],
}

impl<'a> Choices<'a> {
    /// From the bytes, one each.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// One of `limit` choices; 0 if there is none. More than 256 take two bytes.
    pub fn below(&mut self, limit: usize) -> usize {
        let mut choice = self.byte();
        if limit > 256 {
            choice = choice << 8 | self.byte();
        }
        choice % limit.max(1)
    }

    /// Whether the one choice of so many was taken that is no default.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    /// One of the values.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Whether the bytes are used up.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes that are left.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        usize::from(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_follow_the_bytes_and_end_with_zeros() {
        let mut choices = Choices::new(&[7, 1, 2]);
        assert_eq!(choices.below(4), 3);
        assert_eq!(choices.below(1000), 258);
        assert!(choices.is_empty());
        assert_eq!([choices.below(9), choices.below(0)], [0, 0]);
        assert!(!choices.one_in(2));
    }
}
