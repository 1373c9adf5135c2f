//! What was made last, in case it is asked for again.

use std::sync::{Arc, Mutex, PoisonError};

/// The last few values by key.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    /// The last used at the end.
    kept: Mutex<Vec<(K, Arc<V>)>>,
}

impl<K: PartialEq, V> Recent<K, V> {
    pub fn new(most: usize) -> Self {
        Recent {
            most,
            kept: Mutex::new(Vec::new()),
        }
    }

    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(k, _)| k == key)?;
        let found = kept.remove(at);
        let value = found.1.clone();
        kept.push(found);
        Some(value)
    }

    pub fn put(&self, key: K, value: Arc<V>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        if kept.len() >= self.most {
            kept.remove(0);
        }
        kept.push((key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_is_forgotten() {
        let recent = Recent::new(2);
        recent.put("a", Arc::new(1));
        recent.put("b", Arc::new(2));
        assert_eq!(recent.get(&"a").as_deref(), Some(&1));
        recent.put("c", Arc::new(3));
        assert_eq!(recent.get(&"b"), None);
        assert_eq!(recent.get(&"a").as_deref(), Some(&1));
        recent.put("a", Arc::new(4));
        assert_eq!(recent.get(&"a").as_deref(), Some(&4));
        assert_eq!(recent.get(&"c").as_deref(), Some(&3));
    }
}
