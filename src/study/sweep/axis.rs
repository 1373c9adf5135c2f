//! The axes of a study: from a place in the unit cube, or a number in a list, to values.

use crate::error::Error;
use crate::model::{AxisDef, AxisValues, Quantity};
use crate::units::Unit;

/// One thing that differs from point to point.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Name, as written.
    pub name: String,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// Its values, in that unit.
    pub values: Values,
}

/// The values of an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// From one number to another.
    Range {
        /// First.
        from: f64,
        /// Last.
        to: f64,
        /// Evenly in the logarithm.
        log: bool,
        /// How many, in a grid.
        count: Option<u64>,
    },
    /// These numbers.
    List(Vec<f64>),
    /// One for each row of a table.
    Column(Vec<f64>),
    /// Names of variants; `None` for the model as it is.
    Variants(Vec<Option<String>>),
}

impl Axis {
    /// Reads the definition; `unit` is the one of what it varies.
    ///
    /// # Errors
    /// When a declared range has not been settled, which [`crate::model::Model::settle_study`] does.
    pub fn new(def: &AxisDef, unit: Option<Unit>) -> Result<Axis, Error> {
        let own = def.values.unit().cloned().or(unit);
        let unit = match own {
            Some(unit) => unit,
            None => Unit::preferred(crate::units::Dimension::NONE),
        };
        let shown = |q: &Quantity| match &q.unit {
            Some(own) if *own == unit => q.value,
            _ => unit.from_internal(q.internal()),
        };
        let values = match &def.values {
            AxisValues::Range(range) => Values::Range {
                from: shown(&range.from),
                to: shown(&range.to),
                log: range.log,
                count: range.count.map(|c| c.0),
            },
            AxisValues::Declared { .. } => {
                return Err(Error::option(format!(
                    "the range of `{}` is not known",
                    def.name
                )));
            }
            AxisValues::List(list) => Values::List(list.iter().map(shown).collect()),
            AxisValues::Variants(list) => {
                Values::Variants(list.iter().map(|v| v.name.clone()).collect())
            }
            AxisValues::Column { values, .. } => Values::Column(values.clone()),
        };
        Ok(Axis {
            name: def.name.clone(),
            unit,
            values,
        })
    }

    /// Number of values, where it has a number of them.
    pub fn len(&self) -> Option<u64> {
        match &self.values {
            Values::Range { count, .. } => *count,
            Values::List(list) | Values::Column(list) => Some(list.len() as u64),
            Values::Variants(list) => Some(list.len() as u64),
        }
    }

    /// True for an axis that has a number of values, which is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Value number `i` of a grid or a table, in the shown unit; a variant is its number.
    pub fn at(&self, i: u64) -> f64 {
        match &self.values {
            Values::Range { count, .. } => {
                let last = count.unwrap_or(1).max(2) - 1;
                self.place(i as f64 / last as f64, i == last)
            }
            Values::List(list) | Values::Column(list) => {
                list.get(i as usize).copied().unwrap_or(f64::NAN)
            }
            Values::Variants(_) => i as f64,
        }
    }

    /// The value at `u` from 0 to 1, in the shown unit; a variant is its number.
    pub fn of(&self, u: f64) -> f64 {
        match &self.values {
            Values::Range { .. } => self.place(u, u == 1.0),
            Values::List(_) | Values::Column(_) | Values::Variants(_) => self.at(self.choice(u)),
        }
    }

    /// The number of the value at `u`, of equally likely ones.
    fn choice(&self, u: f64) -> u64 {
        let n = self.len().unwrap_or(1);
        ((u * n as f64) as u64).min(n.saturating_sub(1))
    }

    /// A place in the range; its ends are met exactly.
    fn place(&self, u: f64, end: bool) -> f64 {
        let Values::Range { from, to, log, .. } = &self.values else {
            return f64::NAN;
        };
        match (end, log) {
            (true, _) => *to,
            (_, true) if u == 0.0 => *from,
            (_, true) => from * crate::lanes::math::pow(to / from, u),
            (_, false) => from + (to - from) * u,
        }
    }

    /// A shown value in internal units.
    pub fn internal(&self, shown: f64) -> f64 {
        self.unit.to_internal(shown)
    }

    /// A shown value as it stands in a table; the name of a variant.
    pub fn text(&self, shown: f64) -> Option<&str> {
        match &self.values {
            Values::Variants(list) => list
                .get(shown as usize)
                .map(|name| name.as_deref().unwrap_or("none")),
            _ => None,
        }
    }
}
