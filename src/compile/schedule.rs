//! The order of the body: steps of the same code stand together where what they read allows it.
//!
//! An evaluator looks at the code once for a group of such steps. Reordering changes no result, since each step reads
//! the same values; but values then live longer. The order is therefore changed within windows only, so that the number
//! of registers stays small against the window and not against the tape.

use super::tape::{Code, Step};

/// Steps in a window.
const WINDOW: usize = 256;

/// A step before it has registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// Number of its result.
    pub value: usize,
    /// What it does.
    pub code: Code,
    /// Numbers of its operands; those beyond the arity of the code are repetitions.
    pub args: [u32; 3],
}

/// The results in their new order. `items` is in an order of evaluation; `n_values` is above all numbers in there.
pub(super) fn schedule(items: &[Item], n_values: usize) -> Vec<usize> {
    let mut place = vec![None; n_values];
    let mut order = Vec::with_capacity(items.len());
    for window in items.chunks(WINDOW) {
        for (i, item) in window.iter().enumerate() {
            place[item.value] = Some(i);
        }
        order.extend(Window::new(window, &place).order().map(|i| window[i].value));
        for item in window {
            place[item.value] = None;
        }
    }
    order
}

/// Whether steps in this order are faster than depth first, where a value is read soon after it was written and stays
/// near its reader: measured, groups of one and a half steps on average are about even.
pub(super) fn pays(steps: &[Step<u32>]) -> bool {
    let groups = steps.chunk_by(|one, next| one.code == next.code).count();
    3 * groups <= 2 * steps.len()
}

/// What is left to do in a window.
struct Window<'a> {
    items: &'a [Item],
    /// Who reads the result of each step.
    readers: Vec<Vec<usize>>,
    /// Operands that each step still waits for.
    missing: Vec<usize>,
    /// Steps that wait for nothing, by code, and the number of steps of that code that are left.
    ready: Vec<(Vec<usize>, usize)>,
}

impl<'a> Window<'a> {
    fn new(items: &'a [Item], place: &[Option<usize>]) -> Self {
        let mut this = Self {
            items,
            readers: vec![Vec::new(); items.len()],
            missing: vec![0; items.len()],
            ready: vec![(Vec::new(), 0); Code::ALL.len()],
        };
        for (i, item) in items.iter().enumerate() {
            for &arg in &item.args[..item.code.arity()] {
                if let Some(from) = place[arg as usize] {
                    this.readers[from].push(i);
                    this.missing[i] += 1;
                }
            }
            let (ready, left) = &mut this.ready[item.code as usize];
            *left += 1;
            if this.missing[i] == 0 {
                ready.push(i);
            }
        }
        this
    }

    /// A group at a time: one that leaves no step of its code behind if there is one, else the largest.
    fn order(mut self) -> impl Iterator<Item = usize> {
        let mut order = Vec::with_capacity(self.items.len());
        while order.len() < self.items.len() {
            let best = self
                .ready
                .iter()
                .enumerate()
                .filter(|(_, (ready, _))| !ready.is_empty())
                .max_by_key(|(code, (ready, left))| {
                    (ready.len() == *left, ready.len(), usize::MAX - code)
                });
            let Some((code, _)) = best else { break };
            // Steps of this code that become ready meanwhile join the group.
            let mut next = 0;
            while next < self.ready[code].0.len() {
                let i = self.ready[code].0[next];
                next += 1;
                order.push(i);
                for reader in std::mem::take(&mut self.readers[i]) {
                    self.missing[reader] -= 1;
                    if self.missing[reader] == 0 {
                        self.ready[self.items[reader].code as usize].0.push(reader);
                    }
                }
            }
            self.ready[code].0.clear();
            self.ready[code].1 -= next;
        }
        order.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chains of a product, a sum and a product; values 0 to 2 are there from the start.
    fn chains(n: usize) -> Vec<Item> {
        let codes = [Code::Multiply, Code::Add, Code::Multiply];
        let item = |i: usize| {
            let before = match i % 3 {
                0 => 0,
                _ => i as u32 + 2,
            };
            Item {
                value: i + 3,
                code: codes[i % 3],
                args: [before, 1, before],
            }
        };
        (0..3 * n).map(item).collect()
    }

    #[test]
    fn equal_codes_come_together_and_operands_come_first() {
        // More than one window, and not a whole number of them.
        for n in [1, 7, 1000] {
            let items = chains(n);
            let order = schedule(&items, 3 * n + 3);
            let mut done = vec![false; 3 * n + 3];
            done[..3].fill(true);
            for &value in &order {
                let item = items[value - 3];
                assert!(item.args.iter().all(|&arg| done[arg as usize]), "{item:?}");
                assert!(!std::mem::replace(&mut done[value], true), "{value} twice");
            }
            assert_eq!(order.len(), items.len());
            let groups = order
                .chunk_by(|&one, &next| items[one - 3].code == items[next - 3].code)
                .count();
            assert!(
                groups <= 5 * items.len().div_ceil(WINDOW),
                "{groups} groups for {n} chains"
            );
        }
    }

    #[test]
    fn single_steps_do_not_pay() {
        let step = |code| Step {
            code,
            to: 1,
            a: 0,
            b: 0,
            c: 0,
        };
        assert!(!pays(&[Code::Add, Code::Multiply, Code::Sin].map(step)));
        assert!(pays(&[Code::Add, Code::Add, Code::Sin].map(step)));
    }
}
