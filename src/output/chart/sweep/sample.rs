//! Some of the rows of a table that is too long to be held.

use std::collections::BinaryHeap;

use crate::table::{Field, Table, Values};

/// Keeps a bounded number of rows of a table that comes in pieces.
///
/// Which rows are kept depends on their numbers and the seed, and not on the order or the size of the pieces: every row is
/// as likely as any other, and two who took different pieces keep the same rows.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSample {
    most: usize,
    seed: u64,
    /// Names of the columns that are kept; all if there are none.
    names: Vec<String>,
    /// Numbers of these columns in the pieces.
    picked: Vec<usize>,
    /// The rows that are kept; in their order of arrival, then in the places of those that had to go.
    kept: Table,
    /// Mark, number and place of each row that is kept; the largest mark goes first.
    marks: Vec<(u64, u64, usize)>,
    seen: u64,
}

/// A bijection that looks like chance (S. Vigna's splitmix64), so that no two rows share a mark.
fn mark(row: u64, seed: u64) -> u64 {
    let mut z = row.wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl TableSample {
    /// Keeps at most so many rows.
    pub fn new(most: usize, seed: u64) -> TableSample {
        TableSample {
            most,
            seed,
            names: Vec::new(),
            picked: Vec::new(),
            kept: Table::default(),
            marks: Vec::new(),
            seen: 0,
        }
    }

    /// The same, of these columns only: many rows of a wide table need not be in memory for a few columns of them.
    pub fn of_columns(most: usize, seed: u64, names: Vec<String>) -> TableSample {
        TableSample {
            names,
            ..TableSample::new(most, seed)
        }
    }

    /// Takes the rows of a piece, which all have the same columns; `first` is the number of its first row.
    pub fn add(&mut self, first: u64, piece: &Table) {
        if self.kept.columns.is_empty() {
            let wanted = |f: &Field| self.names.is_empty() || self.names.contains(&f.name);
            let columns = piece.columns.iter().enumerate();
            let columns = columns.filter(|(_, field)| wanted(field));
            (self.picked, self.kept.columns) = columns.map(|(i, f)| (i, empty(f))).unzip();
        }
        let mut heap = BinaryHeap::from(std::mem::take(&mut self.marks));
        for row in 0..piece.n_rows() {
            self.seen += 1;
            let number = first + row as u64;
            let own = mark(number, self.seed);
            if heap.len() < self.most {
                let place = heap.len();
                heap.push((own, number, place));
                self.put(piece, row, place);
            } else if let Some(mut largest) = heap.peek_mut()
                && own < largest.0
            {
                let place = largest.2;
                *largest = (own, number, place);
                drop(largest);
                self.put(piece, row, place);
            }
        }
        self.marks = heap.into_vec();
    }

    fn put(&mut self, piece: &Table, row: usize, place: usize) {
        for (to, from) in self.kept.columns.iter_mut().zip(&self.picked) {
            let Some(from) = piece.columns.get(*from) else {
                continue;
            };
            match (&mut to.values, &from.values) {
                (Values::Numbers(to), Values::Numbers(from)) => set(to, place, from.get(row)),
                (Values::Counts(to), Values::Counts(from)) => set(to, place, from.get(row)),
                (Values::Words(to), Values::Words(from)) => set(to, place, from.get(row)),
                // Another kind of column than in the first piece: nothing is known of it.
                (Values::Numbers(to), _) => set(to, place, None),
                (Values::Counts(to), _) => set(to, place, None),
                (Values::Words(to), _) => set(to, place, None),
            }
        }
    }

    /// Number of rows that came by.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The rows that were kept, by their numbers.
    pub fn into_table(self) -> Table {
        let mut order = self.marks;
        order.sort_unstable_by_key(|mark| mark.1);
        let order: Vec<usize> = order.into_iter().map(|mark| mark.2).collect();
        // Column by column: there are never two of all.
        let columns = self.kept.columns.into_iter().map(|field| Field {
            values: match field.values {
                Values::Numbers(v) => Values::Numbers(pick(v, &order)),
                Values::Counts(v) => Values::Counts(pick(v, &order)),
                Values::Words(v) => Values::Words(pick(v, &order)),
            },
            ..field
        });
        Table {
            columns: columns.collect(),
        }
    }
}

fn empty(field: &Field) -> Field {
    Field {
        name: field.name.clone(),
        unit: field.unit.clone(),
        about: field.about.clone(),
        values: match field.values {
            Values::Numbers(_) => Values::Numbers(Vec::new()),
            Values::Counts(_) => Values::Counts(Vec::new()),
            Values::Words(_) => Values::Words(Vec::new()),
        },
    }
}

fn set<T: Clone + Default>(list: &mut Vec<T>, place: usize, value: Option<&T>) {
    let value = value.cloned().unwrap_or_default();
    match list.get_mut(place) {
        Some(cell) => *cell = value,
        None => list.push(value),
    }
}

fn pick<T: Default>(mut list: Vec<T>, order: &[usize]) -> Vec<T> {
    let cell = |i: &usize| list.get_mut(*i).map(std::mem::take).unwrap_or_default();
    order.iter().map(cell).collect()
}
