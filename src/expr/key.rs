//! Which nodes are the same node: the key of the graph's table, and its hash.

use std::hash::{Hash, Hasher};

use super::graph::{Binary, Node};

/// What makes two nodes equal, in 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    tag: u32,
    words: [u32; 3],
}

impl Key {
    /// The key of a node.
    pub(super) fn of(node: Node) -> Key {
        match node {
            Node::Constant(value) => {
                let bits = value.to_bits();
                Key {
                    tag: 0,
                    words: [bits as u32, (bits >> 32) as u32, 0],
                }
            }
            Node::Variable(variable) => Key {
                tag: 1,
                words: [variable.0, 0, 0],
            },
            Node::Select(c, a, b) => Key {
                tag: 2,
                words: [c.0, a.0, b.0],
            },
            Node::Unary(op, a) => Key {
                tag: 0x100 | op as u32,
                words: [a.0, 0, 0],
            },
            Node::Binary(op, a, b) => {
                let (op, a, b) = match op {
                    Binary::Greater => (Binary::Less, b, a),
                    Binary::GreaterEqual => (Binary::LessEqual, b, a),
                    _ if op.commutes() && a > b => (op, b, a),
                    _ => (op, a, b),
                };
                Key {
                    tag: 0x200 | op as u32,
                    words: [a.0, b.0, 0],
                }
            }
        }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c] = self.words;
        state.write_u64(u64::from(self.tag) << 32 | u64::from(a));
        state.write_u64(u64::from(b) << 32 | u64::from(c));
    }
}

/// A multiply-and-fold hash: keys are small indices that nobody chooses with ill intent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        let product =
            u128::from(self.0 ^ word ^ 0x243f_6a88_85a3_08d3) * 0x9e37_79b9_7f4a_7c15_u128;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
