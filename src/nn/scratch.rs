//! What layers borrow: working memory that is lent and given back, and a place for what each must remember of
//! a pass.

use super::Scalar;
use super::flat::shaped;
use ndarray::Array2;
use std::any::Any;

/// What the layers of a model remember of one forward pass, each under its own number: a mask of dropout, the
/// places of maxima, or whatever else the way back, or a layer further on, wants beside inputs and outputs.
#[derive(Default)]
pub struct Memory {
    kept: Vec<Option<Box<dyn Any + Send + Sync>>>,
}

impl Memory {
    /// Lends what the layer of that number remembers; an empty one where it remembers nothing of this type.
    ///
    /// A layer that only reads gives it back by [`Self::keep`].
    pub fn take<T: Any + Default + Send + Sync>(&mut self, number: usize) -> T {
        let kept = self.kept.get_mut(number).and_then(Option::as_mut);
        kept.and_then(|kept| kept.downcast_mut()).map(std::mem::take).unwrap_or_default()
    }

    /// Keeps what the layer of that number has to remember. It moves into a place that stays from pass to
    /// pass, so that only the first one allocates.
    pub fn keep<T: Any + Send + Sync>(&mut self, number: usize, memory: T) {
        if self.kept.len() <= number {
            self.kept.resize_with(number + 1, || None);
        }
        match self.kept[number].as_mut().and_then(|kept| kept.downcast_mut()) {
            Some(kept) => *kept = memory,
            None => self.kept[number] = Some(Box::new(memory)),
        }
    }

    /// Forgets everything, as a free code has no pass before it.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}

/// A store of buffers that are lent out and given back, so that a training step allocates only the first
/// time; and the memory of the pass under way.
///
/// Contents of a lent array are unspecified.
pub struct Scratch<S> {
    free: Vec<Vec<S>>,
    lists: Vec<Vec<Array2<S>>>,
    spare: Vec<Memory>,
    threads: usize,
    /// What the layers remember of the last forward pass.
    pub memory: Memory,
    /// Seed of what layers draw at random in this pass; none where they draw nothing, as in every pass but
    /// training's.
    pub noise_seed: Option<u64>,
}

impl<S: Scalar> Default for Scratch<S> {
    fn default() -> Self {
        Self::new(1)
    }
}

impl<S: Scalar> Scratch<S> {
    /// An empty store whose users may split their matrix products over `threads`.
    pub fn new(threads: usize) -> Self {
        Self {
            free: Vec::new(),
            lists: Vec::new(),
            spare: Vec::new(),
            threads: threads.max(1),
            memory: Memory::default(),
            noise_seed: None,
        }
    }

    /// Threads that one matrix product may use.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Lends an array [rows, cols] with unspecified contents.
    pub fn array(&mut self, rows: usize, cols: usize) -> Array2<S> {
        let wanted = rows * cols;
        // One of just that length, of which nothing need be cleared, as each step asks for the same ones;
        // else the smallest buffer that is large enough; else the largest, which then grows once.
        let best = (0..self.free.len()).min_by_key(|&i| match (self.free[i].len(), self.free[i].capacity()) {
            (len, _) if len == wanted => (0, 0),
            (_, capacity) if capacity >= wanted => (1, capacity),
            (_, capacity) => (2, usize::MAX - capacity),
        });
        let mut buffer = best.map(|i| self.free.swap_remove(i)).unwrap_or_default();
        buffer.resize(wanted, S::zero());
        shaped((rows, cols), buffer)
    }

    /// Takes an array back.
    pub fn give_back(&mut self, array: Array2<S>) {
        self.free.push(array.into_raw_vec_and_offset().0);
    }

    /// Lends an empty list of arrays.
    pub fn list(&mut self) -> Vec<Array2<S>> {
        self.lists.pop().unwrap_or_default()
    }

    /// Takes a list back with the arrays in it.
    pub fn give_back_list(&mut self, mut list: Vec<Array2<S>>) {
        list.drain(..).for_each(|array| self.give_back(array));
        self.lists.push(list);
    }

    /// Begins a second pass before the first one's way back: sets that one's memory aside and returns it.
    ///
    /// Whoever takes the first one back puts its memory in place again, by [`Self::put_memory`].
    pub fn set_memory_aside(&mut self) -> Memory {
        let spare = self.spare.pop().unwrap_or_default();
        std::mem::replace(&mut self.memory, spare)
    }

    /// Puts the memory of another pass in place and returns that of the present one.
    pub fn put_memory(&mut self, memory: Memory) -> Memory {
        std::mem::replace(&mut self.memory, memory)
    }

    /// Takes back the memory of a pass that is done with.
    pub fn give_back_memory(&mut self, memory: Memory) {
        self.spare.push(memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_gets_back_what_it_kept_whatever_its_type() {
        let mut memory = Memory::default();
        memory.keep(3, vec![1u8, 2]);
        memory.keep(0, vec![0.5f64]);
        assert_eq!(memory.take::<Vec<u8>>(3), [1, 2]);
        assert!(memory.take::<Vec<u8>>(3).is_empty(), "what is lent is not there twice");
        assert!(memory.take::<Vec<u8>>(0).is_empty(), "another type is none of the layer's");
        assert_eq!(memory.take::<Vec<f64>>(0), [0.5]);
        assert!(memory.take::<Vec<u8>>(9).is_empty(), "nothing was kept");
        memory.keep(3, vec![7u8]);
        memory.forget();
        assert!(memory.take::<Vec<u8>>(3).is_empty());
    }

    #[test]
    fn two_passes_under_way_do_not_mix() {
        let mut scratch = Scratch::<f32>::default();
        scratch.memory.keep(0, vec![1u8]);
        let first = scratch.set_memory_aside();
        scratch.memory.keep(0, vec![2u8]);
        let second = scratch.put_memory(first);
        assert_eq!(scratch.memory.take::<Vec<u8>>(0), [1]);
        scratch.put_memory(second);
        assert_eq!(scratch.memory.take::<Vec<u8>>(0), [2]);
    }
}
