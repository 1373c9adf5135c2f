//! Rows of lanes in memory.

use std::ops::{Deref, DerefMut};

/// Numbers in a cache line.
const LINE: usize = 8;

/// A list of rows of `W` numbers that begins where a cache line does: to read a vector across two lines takes twice as
/// long.
#[derive(Debug)]
pub struct Rows<const W: usize> {
    numbers: Vec<f64>,
    /// Where the first row begins.
    first: usize,
    /// Numbers in all rows.
    len: usize,
}

impl<const W: usize> Rows<W> {
    /// `n` rows of zeros.
    pub fn zeros(n: usize) -> Self {
        let len = n * W;
        let numbers = vec![0.0; len + LINE - 1];
        // Whoever can't tell gives a large number.
        let first = numbers.as_ptr().align_offset(LINE * size_of::<f64>());
        Rows {
            first: if first < LINE { first } else { 0 },
            numbers,
            len,
        }
    }
}

impl<const W: usize> Default for Rows<W> {
    fn default() -> Self {
        Self::zeros(0)
    }
}

impl<const W: usize> Clone for Rows<W> {
    fn clone(&self) -> Self {
        let mut rows = Self::zeros(self.len());
        rows.copy_from_slice(self);
        rows
    }
}

impl<const W: usize> Deref for Rows<W> {
    type Target = [[f64; W]];

    #[inline(always)]
    fn deref(&self) -> &[[f64; W]] {
        self.numbers[self.first..][..self.len].as_chunks().0
    }
}

impl<const W: usize> DerefMut for Rows<W> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [[f64; W]] {
        self.numbers[self.first..][..self.len].as_chunks_mut().0
    }
}

impl<'a, const W: usize> IntoIterator for &'a Rows<W> {
    type Item = &'a [f64; W];
    type IntoIter = std::slice::Iter<'a, [f64; W]>;

    #[inline(always)]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, const W: usize> IntoIterator for &'a mut Rows<W> {
    type Item = &'a mut [f64; W];
    type IntoIter = std::slice::IterMut<'a, [f64; W]>;

    #[inline(always)]
    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_with_a_line_and_copies_do_too() {
        for n in [0, 1, 3, 50] {
            let mut rows: Rows<8> = Rows::zeros(n);
            assert_eq!(rows.len(), n);
            if let Some(last) = rows.last_mut() {
                *last = [2.0; 8];
            }
            let copy = rows.clone();
            assert_eq!(*copy, *rows);
            for list in [&rows, &copy] {
                assert_eq!(list.as_ptr().align_offset(64), 0);
            }
        }
        assert_eq!(Rows::<1>::zeros(5).len(), 5);
    }
}
