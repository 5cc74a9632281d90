//! Numbered slots that are filled at most once, from any thread, and never move.

use std::sync::OnceLock;

/// Slots of the first chunk; each chunk is twice as large as the one before.
const FIRST: usize = 64;

/// A growing table. What is filled in stays where it is, so references live as long as the table.
#[derive(Debug)]
pub struct Table<T> {
    chunks: [OnceLock<Box<[OnceLock<T>]>>; 26],
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { chunks: std::array::from_fn(|_| OnceLock::new()) }
    }
}

impl<T> Table<T> {
    fn slot(&self, number: usize) -> Option<&OnceLock<T>> {
        let chunk = (number / FIRST + 1).ilog2() as usize;
        let start = FIRST * ((1 << chunk) - 1);
        let slots = self.chunks.get(chunk)?;
        slots.get_or_init(|| (0..FIRST << chunk).map(|_| OnceLock::new()).collect()).get(number - start)
    }

    /// What stands at a number, if anything does.
    pub fn get(&self, number: usize) -> Option<&T> {
        self.slot(number)?.get()
    }

    /// What stands at a number, to be changed.
    pub fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        self.slot_mut(number)?.get_mut()
    }

    /// Empties the slot of a number.
    pub fn clear(&mut self, number: usize) {
        if let Some(slot) = self.slot_mut(number) {
            slot.take();
        }
    }

    fn slot_mut(&mut self, number: usize) -> Option<&mut OnceLock<T>> {
        let chunk = (number / FIRST + 1).ilog2() as usize;
        let start = FIRST * ((1 << chunk) - 1);
        self.chunks.get_mut(chunk)?.get_mut()?.get_mut(number - start)
    }

    /// What stands at a number, made now if nothing did; `None` only beyond billions of numbers. `make` must not ask
    /// for the same number.
    pub fn get_or_init(&self, number: usize, make: impl FnOnce() -> T) -> Option<&T> {
        Some(self.slot(number)?.get_or_init(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_that_is_cleared_is_filled_anew() {
        let mut table = Table::default();
        (0..200).for_each(|number| _ = table.get_or_init(number, || 1));
        table.clear(150);
        table.clear(100_000);
        assert_eq!(table.get(150), None);
        assert_eq!(table.get_or_init(150, || 2), Some(&2));
        assert_eq!(table.get(149), Some(&1));
    }

    #[test]
    fn numbers_have_one_slot_each() {
        let table = Table::default();
        for number in (0..1000).rev().chain([123_456]) {
            assert_eq!(table.get(number), None);
            assert_eq!(table.get_or_init(number, || number), Some(&number));
        }
        assert!((0..1000).all(|n| table.get_or_init(n, || 0) == Some(&n)));
    }
}
