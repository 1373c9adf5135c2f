//! Figures: all runs that a figure file asks for, and their numbers; nothing is drawn here.
//!
//! [`FigurePlan::new`] makes the models ready and holds the file against them, [`FigurePlan::solve`] runs them. A run that
//! serves several charts and numbers is made once.

mod cells;
mod curves;
mod drawn;
mod fit;
mod levels;
mod models;
mod numbers;
mod plan;
mod scan;
mod solve;
mod table;
mod telling;

pub use models::Files;
pub use plan::FigurePlan;
pub use table::table;

use crate::expr::ast::Ast;
use crate::model::Quantity;
use crate::units::Unit;

/// A number with its unit, in another unit; `None` if it measures something else.
fn literal_in(ast: &Ast, unit: &str) -> Option<f64> {
    let quantity = Quantity::of(ast)?;
    let unit = Unit::parse(unit).ok()?;
    let zero = quantity.value == 0.0 && quantity.unit.is_none();
    let own = quantity.unit.as_ref().map(Unit::dimension);
    let fits = own.unwrap_or(crate::units::Dimension::NONE) == unit.dimension();
    (fits || zero).then(|| unit.from_internal(quantity.internal()))
}

/// Numbers in another unit; `None` if it measures something else.
fn converted(values: &[f64], from: &str, to: &str) -> Option<Vec<f64>> {
    if from == to {
        return Some(values.to_vec());
    }
    let (from, to) = (Unit::parse(from).ok()?, Unit::parse(to).ok()?);
    let convert = |v: &f64| to.from_internal(from.to_internal(*v));
    (from.dimension() == to.dimension()).then(|| values.iter().map(convert).collect())
}
