//! The guide to figure files is complete: every kind and every key that a figure file may have stands in it.

use osmocyte::model::figure::PlotKind;

use super::common::plan;

const GUIDE: &str = include_str!("../../src/guide/figures.rs");

#[test]
fn the_guide_has_every_kind() {
    for (name, _) in PlotKind::NAMED {
        assert!(GUIDE.contains(&format!("//! | `\"{name}\"` | ")), "{name}");
    }
}

/// Keys are learnt from what is said about a wrong one, in each of the tables that there are.
#[test]
fn the_guide_has_every_key() {
    let text = r#"
zzzz = 1
title = "Keys"
model = "red-blood-cell"
[number]
number = { value = "lysis_time", zzzz = 1 }
[[chart]]
zzzz = 1
y = [{ value = "cell.volume", zzzz = 1 }]
thresholds = [{ value = "V0", zzzz = 1 }]
bands = [{ from = "1 um^3", to = "2 um^3", zzzz = 1 }]
notes = [{ x = "1 s", y = "1 um^3", text = "here", zzzz = 1 }]
compare = [{ label = "one", zzzz = 1 }]
[[chart]]
kind = "cells"
zzzz = 1
compare = [{ label = "one", zzzz = 1 }]
"#;
    let said = plan("keys", text).err().unwrap().to_string();
    let lists = said.split("known keys: ").skip(1);
    let lists: Vec<&str> = lists.filter_map(|rest| rest.lines().next()).collect();
    assert_eq!(lists.len(), 10, "{said}");
    for key in lists.iter().flat_map(|list| list.split(", ")) {
        let named = [
            format!("`{key}`"),
            format!("`[{key}]`"),
            format!("`[[{key}]]`"),
        ];
        assert!(named.iter().any(|name| GUIDE.contains(name)), "{key}");
    }
}
