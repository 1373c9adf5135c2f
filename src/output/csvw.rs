//! `….csv-metadata.json`: units, descriptions and origin of the table, as W3C "CSV on the Web" wants them.

use crate::table::{Field, Table, Values};
use crate::trajectory::{Column, Trajectory};
use serde_json::{Map, Value, json};

/// Where a table comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Name of the program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Name of the model.
    pub model: String,
    /// Title of the model; becomes the title of the table.
    pub title: String,
    /// SHA-256 of the model text in hexadecimal; may be empty.
    pub model_sha256: String,
    /// Command line, word by word.
    pub command: Vec<String>,
    /// When, as RFC 3339 in UTC (see [`super::card::rfc3339_utc`]); may be empty.
    pub created: String,
}

/// The metadata of the table at `url` (its name, relative to the metadata, e.g. `trajectory.csv`).
pub fn csvw_metadata(trajectory: &Trajectory, url: &str, origin: &Provenance) -> Value {
    let columns: Vec<Value> = std::iter::once(&trajectory.time)
        .chain(&trajectory.columns)
        .map(column)
        .collect();
    metadata(&columns, url, origin)
}

/// The metadata of the table of a study.
pub fn csvw_of_table(table: &Table, url: &str, origin: &Provenance) -> Value {
    let columns: Vec<Value> = table.columns.iter().map(field).collect();
    metadata(&columns, url, origin)
}

fn metadata(columns: &[Value], url: &str, origin: &Provenance) -> Value {
    let mut top = Map::new();
    top.insert(
        "@context".into(),
        json!(["http://www.w3.org/ns/csvw", { "@language": "en" }]),
    );
    top.insert("url".into(), json!(url));
    let title = if origin.title.is_empty() {
        &origin.model
    } else {
        &origin.title
    };
    top.insert("dc:title".into(), json!(title));
    if !origin.created.is_empty() {
        top.insert("dc:created".into(), json!(origin.created));
    }
    top.insert(
        "dc:creator".into(),
        json!(format!("{} {}", origin.tool, origin.version)),
    );
    let mut activity = Map::new();
    activity.insert("schema:name".into(), json!(origin.tool));
    activity.insert("schema:softwareVersion".into(), json!(origin.version));
    activity.insert("schema:model".into(), json!(origin.model));
    if !origin.model_sha256.is_empty() {
        activity.insert("schema:sha256".into(), json!(origin.model_sha256));
    }
    activity.insert("schema:command".into(), json!(origin.command));
    top.insert("prov:wasGeneratedBy".into(), Value::Object(activity));
    top.insert(
        "dialect".into(),
        json!({
            "encoding": "utf-8",
            "delimiter": ",",
            "quoteChar": "\"",
            "header": true,
            "headerRowCount": 1,
            "lineTerminators": ["\n"],
        }),
    );
    // No primary key: times may repeat, before and after a jump.
    top.insert("tableSchema".into(), json!({ "columns": columns }));
    Value::Object(top)
}

fn column(column: &Column) -> Value {
    let mut it = Map::new();
    named(&mut it, &column.name, "number", &column.about);
    it.insert("schema:unitText".into(), json!(unit_text(&column.unit)));
    Value::Object(it)
}

fn field(field: &Field) -> Value {
    let mut it = Map::new();
    let datatype = match field.values {
        Values::Numbers(_) => "number",
        Values::Counts(_) => "nonNegativeInteger",
        Values::Words(_) => "string",
    };
    named(&mut it, &field.name, datatype, &field.about);
    if matches!(field.values, Values::Numbers(_)) {
        it.insert("schema:unitText".into(), json!(unit_text(&field.unit)));
    }
    Value::Object(it)
}

fn named(it: &mut Map<String, Value>, name: &str, datatype: &str, about: &str) {
    it.insert("name".into(), json!(csvw_name(name)));
    it.insert("titles".into(), json!(name));
    it.insert("datatype".into(), json!(datatype));
    if !about.is_empty() {
        it.insert("dc:description".into(), json!(about));
    }
}

/// A plain number has the unit one, written as the SI brochure does.
fn unit_text(unit: &str) -> &str {
    if unit.is_empty() { "1" } else { unit }
}

/// CSVW wants the name to be usable in a URI template: letters, digits, `_`, single dots inside; the rest as `%XX`.
fn csvw_name(name: &str) -> String {
    let mut out = String::new();
    for (i, byte) in name.bytes().enumerate() {
        let inner_dot = byte == b'.' && !out.is_empty() && !out.ends_with('.');
        let inner_dot = inner_dot && i + 1 < name.len();
        let letter = byte.is_ascii_alphanumeric() || (byte == b'_' && i > 0);
        if letter || inner_dot {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_a_uri_template() {
        let cases = [
            ("t", "t"),
            ("cell.volume", "cell.volume"),
            ("site[3].x", "site%5B3%5D.x"),
            ("ψ", "%CF%88"),
            ("_x", "%5Fx"),
            ("a..b.", "a.%2Eb%2E"),
        ];
        for (name, expected) in cases {
            assert_eq!(csvw_name(name), expected);
        }
    }
}
