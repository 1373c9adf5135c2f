//! Models and topics as JSON.

use serde_json::{Value, json};

use crate::model::{Catalogue, Group, Summary, Topic};

pub(super) fn models(found: &Catalogue) -> Value {
    let variant = |(name, about): &(String, String)| json!({ "name": name, "about": about });
    let one = |m: &Summary| {
        json!({
            "name": m.name,
            "folder": m.folder,
            "group": m.group.map(Group::name),
            "title": m.title,
            "about": m.about,
            "topics": m.topics,
            "variants": m.variants.iter().map(variant).collect::<Vec<_>>(),
        })
    };
    found.models.iter().map(one).collect()
}

pub(super) fn topics(topics: &[Topic]) -> Value {
    let one = |t: &Topic| json!({ "topic": t.phrase, "models": t.models });
    topics.iter().map(one).collect()
}
