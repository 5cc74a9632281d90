//! Numbers for keys, handed out by many threads at once.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

const SHARDS: usize = 64;

/// Gives each key a number. Numbers differ from run to run, so nothing may be sorted by them.
#[derive(Debug)]
pub(super) struct Interner<K> {
    shards: Box<[Mutex<Shard<K>>]>,
    next: AtomicU32,
}

type Shard<K> = HashTable<(K, u32)>;

impl<K> Default for Interner<K> {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), next: AtomicU32::new(0) }
    }
}

impl<K: Eq + Hash + Clone> Interner<K> {
    /// The key's number.
    pub(super) fn number(&self, key: &K) -> u32 {
        self.number_of(key, || key.clone())
    }

    /// As [`Interner::number`], of a key that is made only if it has none yet.
    pub(super) fn number_of<Q: ?Sized + Eq + Hash>(&self, key: &Q, make: impl FnOnce() -> K) -> u32
    where
        K: Borrow<Q>,
    {
        let hash = FxBuildHasher.hash_one(key);
        let mut shard = self.shard(hash);
        if let Some((_, number)) = shard.find(hash, |(known, _)| known.borrow() == key) {
            return *number;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        shard.insert_unique(hash, (make(), number), |(known, _)| FxBuildHasher.hash_one(known));
        number
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard<K>> {
        // The low bits choose the bucket inside of a shard, so the shard is chosen by others.
        self.shards[(hash >> 40) as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key's number, if it has one already.
    pub(super) fn known(&self, key: &K) -> Option<u32> {
        let hash = FxBuildHasher.hash_one(key);
        self.shard(hash).find(hash, |(known, _)| known == key).map(|(_, number)| *number)
    }

    /// How many keys have a number.
    pub(super) fn len(&self) -> usize {
        self.next.load(Ordering::Relaxed) as usize
    }

    /// All keys with their numbers, by number.
    pub(super) fn keys(&self) -> Vec<(u32, K)> {
        let lock = |shard: &Mutex<Shard<K>>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.iter().map(|(key, number)| (*number, key.clone())).collect::<Vec<_>>()
        };
        let mut keys: Vec<_> = self.shards.iter().flat_map(lock).collect();
        keys.sort_by_key(|(number, _)| *number);
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_numbers() {
        let interner = Interner::default();
        let numbers: Vec<_> = (0..500).map(|key: u64| interner.number(&key)).collect();
        assert!((0..500).all(|key| interner.number(&key) == numbers[key as usize]));
        assert_eq!(interner.len(), 500);
        assert_eq!(interner.known(&7), Some(numbers[7]));
        assert_eq!(interner.known(&500), None);
        assert!(interner.keys().iter().enumerate().all(|(at, (number, _))| at == *number as usize));
    }
}
