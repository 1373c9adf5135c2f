//! `run.json`: the run card, all that is needed to know what was computed, how, and how it went.

use super::json::{by_name, list, put_number, put_optional};
use super::verified::VerifiedCard;
use crate::trajectory::{EventRecord, LedgerLine, OutcomeValue, Status};
use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// A parameter as the run used it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterLine {
    /// Name in the model.
    pub name: String,
    /// Value in `unit`.
    pub value: f64,
    /// Unit as text; empty for a plain number.
    pub unit: String,
    /// Where the number is from; may be empty.
    pub source: String,
    /// True when the user set it, so that it differs from the model file.
    pub changed: bool,
}

/// Everything that goes on a run card.
#[derive(Clone, Debug, PartialEq)]
pub struct RunCard {
    /// Name of the program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Command line, word by word.
    pub command: Vec<String>,
    /// Name of the model.
    pub model: String,
    /// Title of the model.
    pub title: String,
    /// SHA-256 of the model text in hexadecimal.
    pub model_sha256: String,
    /// Start of the run.
    pub started: SystemTime,
    /// Wall time of the run \[s\].
    pub elapsed: f64,
    /// Parameters in the order of the model.
    pub parameters: Vec<ParameterLine>,
    /// Method that ran, e.g. `rodas5p`.
    pub method: String,
    /// Methods that `auto` chose: time, method, reason; empty for other methods.
    pub choices: Vec<(f64, String, String)>,
    /// Relative tolerance.
    pub rtol: f64,
    /// Absolute tolerance, in units of each state's scale.
    pub atol: f64,
    /// Seed of random numbers, where there were any.
    pub seed: Option<u64>,
    /// Counters by name, in the order given, e.g. `steps_accepted`.
    pub counters: Vec<(String, u64)>,
    /// How the run ended.
    pub status: Status,
    /// Unit of the event times.
    pub time_unit: String,
    /// Events in order of time.
    pub events: Vec<EventRecord>,
    /// Outcomes in the order of the model.
    pub outcomes: Vec<OutcomeValue>,
    /// Conserved sums.
    pub ledger: Vec<LedgerLine>,
    /// What a second solve says; `None` if there was none.
    pub verification: Option<VerifiedCard>,
    /// Files written, relative to the card's folder.
    pub files: Vec<String>,
    /// What the user should know, one sentence each.
    pub warnings: Vec<String>,
}

impl RunCard {
    /// The card as JSON. The order of the fields never changes; a number that JSON has no word for becomes `null`
    /// with its text beside it under `…_text`.
    pub fn to_json(&self) -> Value {
        let (status, reason) = match &self.status {
            Status::Complete => ("complete", None),
            Status::Stopped(event) => ("stopped", Some(event)),
            Status::Failed(why) => ("failed", Some(why)),
        };
        let mut card = Map::new();
        card.insert("format".into(), json!("osmocyte run card 1"));
        card.insert(
            "tool".into(),
            json!({ "name": self.tool, "version": self.version }),
        );
        card.insert("command".into(), json!(self.command));
        card.insert(
            "model".into(),
            json!({ "name": self.model, "title": self.title, "sha256": self.model_sha256 }),
        );
        card.insert("started".into(), json!(rfc3339_utc(self.started)));
        put_number(&mut card, "elapsed_s", self.elapsed);
        card.insert("status".into(), json!(status));
        card.insert("reason".into(), json!(reason));
        card.insert("method".into(), json!(self.method));
        card.insert("choices".into(), list(&self.choices, |c| self.choice(c)));
        put_number(&mut card, "rtol", self.rtol);
        put_number(&mut card, "atol", self.atol);
        card.insert("seed".into(), json!(self.seed));
        card.insert("counters".into(), self.counters_json());
        card.insert("outcomes".into(), list(&self.outcomes, |o| self.outcome(o)));
        card.insert("events".into(), list(&self.events, |e| self.event(e)));
        card.insert("ledger".into(), list(&self.ledger, ledger_line));
        let verification = self.verification.as_ref().map(VerifiedCard::to_json);
        card.insert("verification".into(), json!(verification));
        card.insert("parameters".into(), list(&self.parameters, parameter));
        card.insert("files".into(), json!(self.files));
        card.insert("warnings".into(), json!(self.warnings));
        Value::Object(card)
    }

    /// The card as indented text with a line end, as it is in `run.json`.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", self.to_json())
    }

    fn counters_json(&self) -> Value {
        by_name(&self.counters)
    }

    fn choice(&self, (t, method, why): &(f64, String, String)) -> Map<String, Value> {
        let mut it = Map::new();
        put_number(&mut it, "t", *t);
        it.insert("unit".into(), json!(self.time_unit));
        it.insert("method".into(), json!(method));
        it.insert("why".into(), json!(why));
        it
    }

    fn outcome(&self, outcome: &OutcomeValue) -> Map<String, Value> {
        let mut it = Map::new();
        it.insert("name".into(), json!(outcome.name));
        put_optional(&mut it, "value", outcome.value);
        if let Some(verification) = &self.verification {
            put_optional(&mut it, "error", verification.outcome(&outcome.name));
            if verification.is_plateau(&outcome.name) {
                it.insert("plateau".into(), json!(true));
            }
        }
        it.insert("unit".into(), json!(outcome.unit));
        it.insert("about".into(), json!(outcome.about));
        it
    }

    fn event(&self, event: &EventRecord) -> Map<String, Value> {
        let mut it = Map::new();
        it.insert("name".into(), json!(event.name));
        put_number(&mut it, "t", event.t);
        it.insert("unit".into(), json!(self.time_unit));
        it
    }
}

fn parameter(p: &ParameterLine) -> Map<String, Value> {
    let mut it = Map::new();
    it.insert("name".into(), json!(p.name));
    put_number(&mut it, "value", p.value);
    it.insert("unit".into(), json!(p.unit));
    it.insert("source".into(), json!(p.source));
    it.insert("changed".into(), json!(p.changed));
    it
}

fn ledger_line(l: &LedgerLine) -> Map<String, Value> {
    let mut it = Map::new();
    it.insert("name".into(), json!(l.name));
    put_number(&mut it, "residual", l.residual);
    put_number(&mut it, "tolerance", l.tolerance);
    it.insert("ok".into(), json!(l.holds()));
    it
}

/// A moment as RFC 3339 in UTC, to the second, e.g. `2026-02-28T23:59:59Z`. Moments before 1970 become 1970.
pub fn rfc3339_utc(moment: SystemTime) -> String {
    let seconds = moment
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Civil date from a day number (H. Hinnant, "chrono-compatible low-level date algorithms", 2013),
    // for days after 1970: years begin in March, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_agree_with_the_calendar() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(rfc3339_utc(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
