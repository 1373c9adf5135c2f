//! A table that is no trajectory: named columns with units, one row for each thing that was studied.

/// A table: columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// From left to right.
    pub columns: Vec<Field>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Name: letters, digits and `_`.
    pub name: String,
    /// Unit of the numbers as text; empty for a plain number and for words.
    pub unit: String,
    /// What it is, in a sentence.
    pub about: String,
    /// `[n_rows]`
    pub values: Values,
}

/// The cells of a column; `None` where there is nothing to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Whole numbers.
    Counts(Vec<Option<u64>>),
    /// Texts; empty where there is nothing to tell.
    Words(Vec<String>),
}

impl Values {
    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Values::Numbers(v) => v.len(),
            Values::Counts(v) => v.len(),
            Values::Words(v) => v.len(),
        }
    }

    /// Puts cells of the same kind behind; cells of another kind say nothing of this column.
    pub fn append(&mut self, cells: Values) {
        match (self, cells) {
            (Values::Numbers(list), Values::Numbers(cells)) => list.extend(cells),
            (Values::Counts(list), Values::Counts(cells)) => list.extend(cells),
            (Values::Words(list), Values::Words(cells)) => list.extend(cells),
            (Values::Numbers(list), cells) => list.resize(list.len() + cells.len(), None),
            (Values::Counts(list), cells) => list.resize(list.len() + cells.len(), None),
            (Values::Words(list), cells) => list.resize(list.len() + cells.len(), String::new()),
        }
    }

    /// True without cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Table {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Field> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The numbers of the column of that name, if it is one of numbers.
    pub fn numbers(&self, name: &str) -> Option<&[Option<f64>]> {
        match &self.column(name)?.values {
            Values::Numbers(v) => Some(v),
            _ => None,
        }
    }

    /// Adds a column on the right.
    pub fn push(&mut self, name: &str, unit: &str, about: &str, values: Values) {
        self.columns.push(Field {
            name: name.to_string(),
            unit: unit.to_string(),
            about: about.to_string(),
            values,
        });
    }
}
