//! A sweep shared out among processes.

use std::fmt;
use std::str::FromStr;

use super::error::StoreError;

/// Every n-th chunk: the part of a sweep that one of `n` processes does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// Shard `number` (from 1) of `of`.
    ///
    /// # Errors
    ///
    /// A number that is not from 1 to `of`.
    pub fn new(number: u64, of: u64) -> Result<Shard, StoreError> {
        if number == 0 || number > of {
            return Err(StoreError::value(format!(
                "there is no part {number} of {of}; parts are 1/{of} to {of}/{of}",
                of = of.max(1)
            )));
        }
        Ok(Shard { number, of })
    }

    /// Whether the chunk belongs to it.
    pub fn has(self, chunk: u64) -> bool {
        chunk % self.of == self.number - 1
    }

    /// The tag of its process: `1-of-3`.
    pub fn tag(self) -> String {
        format!("{}-of-{}", self.number, self.of)
    }
}

/// `1/3`.
impl FromStr for Shard {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Shard, StoreError> {
        let numbers = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) => Shard::new(number, of),
            None => Err(StoreError::value(format!(
                "`{text}` is no part of a sweep; write 1/3 for the first of three"
            ))),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}
