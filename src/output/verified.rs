//! What the run card tells of a second solve.

use serde_json::{Map, Value, json};

use super::json::{by_name, list, put_number, put_optional};
use crate::trajectory::{ColumnError, EventError, OutcomeError};

/// How wrong a run may be, for its card.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedCard {
    /// True if the second solve agrees with the run.
    pub verified: bool,
    /// Method of the second solve.
    pub method: String,
    /// Its relative tolerance.
    pub rtol: f64,
    /// Its absolute tolerance, in units of each state's scale.
    pub atol: f64,
    /// Its wall time \[s\].
    pub elapsed: f64,
    /// Its counters by name.
    pub counters: Vec<(String, u64)>,
    /// Rows that were compared.
    pub rows: usize,
    /// Errors of the columns.
    pub columns: Vec<ColumnError>,
    /// Errors of the times of the events.
    pub events: Vec<EventError>,
    /// Errors of the outcomes; on the card they stand beside the values.
    pub outcomes: Vec<OutcomeError>,
    /// Why the run is not verified.
    pub doubts: Vec<String>,
    /// What limits the estimates.
    pub notes: Vec<String>,
}

impl VerifiedCard {
    /// The error of an outcome.
    pub(super) fn outcome(&self, name: &str) -> Option<f64> {
        self.outcomes.iter().find(|o| o.name == name)?.error
    }

    /// True if it is the time of an extremum on a plateau.
    pub(super) fn is_plateau(&self, name: &str) -> bool {
        self.outcomes.iter().any(|o| o.name == name && o.plateau)
    }

    pub(super) fn to_json(&self) -> Value {
        let mut it = Map::new();
        it.insert("verified".into(), json!(self.verified));
        it.insert("doubts".into(), json!(self.doubts));
        it.insert("notes".into(), json!(self.notes));
        it.insert("method".into(), json!(self.method));
        put_number(&mut it, "rtol", self.rtol);
        put_number(&mut it, "atol", self.atol);
        put_number(&mut it, "elapsed_s", self.elapsed);
        it.insert("counters".into(), by_name(&self.counters));
        it.insert("rows".into(), json!(self.rows));
        it.insert("columns".into(), list(&self.columns, column));
        it.insert("events".into(), list(&self.events, event));
        Value::Object(it)
    }
}

fn column(c: &ColumnError) -> Map<String, Value> {
    let mut it = Map::new();
    it.insert("name".into(), json!(c.name));
    put_number(&mut it, "error", c.error);
    it.insert("unit".into(), json!(c.unit));
    put_number(&mut it, "relative", c.relative());
    put_number(&mut it, "t", c.t);
    it
}

fn event(e: &EventError) -> Map<String, Value> {
    let mut it = Map::new();
    it.insert("name".into(), json!(e.name));
    it.insert("number".into(), json!(e.number));
    put_optional(&mut it, "error", e.error);
    it
}
