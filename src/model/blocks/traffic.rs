//! Pools of membrane and the traffic between them: exocytosis, endocytosis, recycling, synthesis, degradation.

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::compartment::state;
use super::membrane::Named;
use super::{Blocks, Conserved, Domain, Draft, Given, Head, Part, code, keys};
use crate::expr::ast::Ast;
use crate::model::toml::Reader;

/// A pool of membrane inside the cell: endosomes, a vesicle reservoir, the Golgi.
pub(in crate::model) struct Pool {
    pub head: Head,
    area: Given,
}

impl Pool {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        let mut pool = Pool {
            head: head.clone(),
            area: None,
        };
        keys(reader, &head, table, &["area"], |reader, _, v| {
            pool.area = reader.expression("area", v)
        });
        if !table.contains_key("area") {
            reader.error(
                head.span,
                format!(
                    "[{}] has no `area`: its membrane area at the start",
                    head.title()
                ),
            );
        }
        pool
    }
}

/// A flow of membrane area from one place to another.
pub(in crate::model) struct Traffic {
    pub head: Head,
    from: Option<Named>,
    to: Option<Named>,
    fraction: Given,
    area_rate: Given,
    recovered: Given,
}

impl Traffic {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        const KEYS: &[&str] = &["from", "to", "fraction", "area_rate", "recovered"];
        let mut read = Traffic {
            head: head.clone(),
            from: None,
            to: None,
            fraction: None,
            area_rate: None,
            recovered: None,
        };
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "from" => {
                    read.from = reader.text("from", v).map(|t| Named {
                        name: t.value,
                        span: t.span,
                    })
                }
                "to" => {
                    read.to = reader.text("to", v).map(|t| Named {
                        name: t.value,
                        span: t.span,
                    })
                }
                "fraction" => read.fraction = reader.expression("fraction", v),
                "area_rate" => read.area_rate = reader.expression("area_rate", v),
                _ => read.recovered = reader.expression("recovered", v),
            }
        });
        let has = |key: &str| table.contains_key(key);
        let title = head.title();
        if !has("from") && !has("to") {
            reader.error(
                head.span,
                format!(
                    "[{title}] needs `from` (left out for synthesis) or `to` (left out for loss)"
                ),
            );
        }
        if has("fraction") == has("area_rate") {
            reader.error(
                head.span,
                format!(
                    "[{title}] takes `fraction` (of `from` per time) or `area_rate` (area per time)"
                ),
            );
        }
        if has("fraction") && !has("from") {
            reader.error(
                head.span,
                format!("[{title}] has no `from` that its `fraction` could be of"),
            );
        }
        if has("recovered") && !has("to") {
            reader.error(
                head.span,
                format!("[{title}] has no `to` in which membrane could be recovered"),
            );
        }
        read
    }

    /// True when it takes area from or gives area to this place.
    pub fn touches(&self, name: &str) -> bool {
        [&self.from, &self.to]
            .into_iter()
            .flatten()
            .any(|end| end.name == name)
    }

    fn expand(&self, draft: &mut Draft) {
        let (head, t) = (&self.head, &self.head.name);
        if let (Some(value), Some(from)) = (&self.fraction, &self.from) {
            let part = Part {
                name: "fraction",
                unit: "1/s",
                quantity: "fraction that moves per time",
                domain: Domain::NonNegative,
            };
            draft.define(head, part, value.clone());
            draft.equation(
                head,
                "area_rate",
                "um^2/s",
                "area that moves per time",
                &format!("{t}.fraction*{}.area", from.name),
            );
        } else if let Some(value) = &self.area_rate {
            let part = Part {
                name: "area_rate",
                unit: "um^2/s",
                quantity: "area that moves per time",
                domain: Domain::Any,
            };
            draft.define(head, part, value.clone());
        }
        if let Some(value) = &self.recovered {
            let part = Part {
                name: "recovered",
                unit: "1",
                quantity: "fraction that arrives",
                domain: Domain::Fraction,
            };
            draft.define(head, part, value.clone());
        }
        if let Some(from) = &self.from {
            let term = code(draft, &format!("-{t}.area_rate"), head.span);
            draft.add_rate(&format!("{}.area", from.name), term);
        }
        if let Some(to) = &self.to {
            let factor = if self.recovered.is_some() {
                format!("{t}.recovered*")
            } else {
                String::new()
            };
            let term = code(draft, &format!("{factor}{t}.area_rate"), head.span);
            draft.add_rate(&format!("{}.area", to.name), term);
        }
    }

    /// What leaves the books through this flow, as a term of the ledger.
    fn ledger(&self) -> Option<String> {
        let t = &self.head.name;
        match (&self.from, &self.to, &self.recovered) {
            (None, Some(_), None) => Some(format!(" - integral({t}.area_rate)")),
            (None, Some(_), Some(_)) => Some(format!(" - integral({t}.recovered*{t}.area_rate)")),
            (Some(_), None, _) => Some(format!(" + integral({t}.area_rate)")),
            (Some(_), Some(_), Some(_)) => {
                Some(format!(" + integral((1 - {t}.recovered)*{t}.area_rate)"))
            }
            _ => None,
        }
    }
}

/// Pools and membranes in traffic have their area as a state; all area together is a conserved sum.
pub(super) fn expand(draft: &mut Draft, blocks: &Blocks) {
    let mut places: Vec<(&Head, Given)> = blocks
        .pools
        .iter()
        .map(|p| (&p.head, p.area.clone()))
        .collect();
    for membrane in &blocks.membranes {
        if blocks
            .traffic
            .iter()
            .any(|t| t.touches(&membrane.head.name))
        {
            places.push((&membrane.head, membrane.area.clone()));
        }
    }
    for (head, area) in &places {
        area_state(
            draft,
            head,
            area.clone().unwrap_or_else(super::super::file::absent),
        );
    }
    let known: BTreeSet<&str> = places.iter().map(|(head, _)| head.name.as_str()).collect();
    let mut good = true;
    for traffic in &blocks.traffic {
        let mut known_ends = true;
        for end in [&traffic.from, &traffic.to].into_iter().flatten() {
            if !known.contains(end.name.as_str()) {
                let help = blocks.nearest(&end.name, &["pool", "membrane"]);
                draft.mistake(
                    end.span,
                    format!("there is no pool or membrane `{}`", end.name),
                    help,
                );
                (good, known_ends) = (false, false);
            }
        }
        if known_ends {
            traffic.expand(draft);
        }
    }
    let (Some((first, _)), true) = (places.first(), good && !blocks.traffic.is_empty()) else {
        return;
    };
    let mut sum: Vec<String> = places.iter().map(|(head, _)| head.part("area")).collect();
    sum.sort();
    let ledger: String = blocks.traffic.iter().filter_map(Traffic::ledger).collect();
    let value = code(draft, &format!("{}{ledger}", sum.join(" + ")), first.span);
    let conserved = Conserved {
        name: "membrane_area".to_string(),
        span: first.span,
        value,
        tolerance: None,
        block: "traffic".to_string(),
    };
    draft.conserved.push(conserved);
}

fn area_state(draft: &mut Draft, head: &Head, area: Ast) {
    let span = area.span;
    let part = Part {
        name: "initial_area",
        unit: "um^2",
        quantity: "membrane area at the start",
        domain: Domain::NonNegative,
    };
    draft.define(head, part, area);
    let initial = code(draft, &head.part("initial_area"), span);
    let mut state = state(head, "area", initial, "um^2", "membrane area");
    // A pool may start empty: 1 µm² is then what counts as small.
    state.scale = Some(code(
        draft,
        &format!("max({}.initial_area, 1 um^2)", head.name),
        span,
    ));
    draft.states.push(state);
}
