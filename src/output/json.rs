//! Pieces of cards as JSON.

use serde_json::{Map, Value, json};

/// Counters as an object.
pub(super) fn by_name(counters: &[(String, u64)]) -> Value {
    let counters = counters.iter();
    Value::Object(counters.map(|(n, c)| (n.clone(), json!(c))).collect())
}

/// One object for each item.
pub(super) fn list<T>(items: &[T], one: impl Fn(&T) -> Map<String, Value>) -> Value {
    Value::Array(items.iter().map(|i| Value::Object(one(i))).collect())
}

/// JSON has no NaN and no infinities: `null`, and the word beside it.
pub(super) fn put_number(map: &mut Map<String, Value>, key: &str, x: f64) {
    map.insert(key.into(), json!(x));
    if !x.is_finite() {
        map.insert(format!("{key}_text"), json!(x.to_string()));
    }
}

/// `null` for what does not exist.
pub(super) fn put_optional(map: &mut Map<String, Value>, key: &str, x: Option<f64>) {
    match x {
        Some(value) => put_number(map, key, value),
        None => {
            map.insert(key.into(), Value::Null);
        }
    }
}
