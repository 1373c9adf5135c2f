//! The books of all traffic: area, each cargo and each kind of molecule are conserved sums, less what came in and plus
//! what went out.

use crate::model::Conserved;
use crate::model::blocks::pool::{AREA, Named, counted, molecules};
use crate::model::blocks::{Blocks, Draft, code};
use crate::model::file::absent;

/// What a traffic does to the sums of the model.
#[derive(Default)]
pub(super) struct Books {
    /// What leaves the membranes of the model, as a term of the ledger.
    pub area: Option<String>,
    /// What the pools gain of each cargo, and pools and membranes of each molecule.
    pub gains: Vec<(String, String)>,
}

/// Pools and membranes in traffic have their area as a state; all area together is a conserved sum, and so is each
/// cargo and each kind of molecule, less what came in and plus what went out.
pub(in crate::model::blocks) fn expand(draft: &mut Draft, blocks: &Blocks) {
    let mut areas: Vec<String> = Vec::new();
    for pool in &blocks.pools {
        pool.expand(draft);
        areas.push(pool.head.part("area"));
    }
    for membrane in &blocks.membranes {
        if blocks.has_traffic(membrane) {
            let area = membrane.area.clone().unwrap_or_else(absent);
            counted(draft, &membrane.head, AREA, area);
            areas.push(membrane.head.part("area"));
        }
        molecules(draft, &membrane.head, &membrane.molecules);
    }
    let mut books = Vec::new();
    for traffic in &blocks.traffic {
        books.push(draft.attempt(&traffic.head, |draft| traffic.expand(draft, blocks)));
    }
    // Where a mistake has been found the sums would only repeat it.
    let Some(books) = books.into_iter().collect::<Option<Vec<Books>>>() else {
        return;
    };
    let Some(first) = blocks.traffic.first() else {
        return;
    };
    let mut keep = |name: String, sum: String| {
        let value = code(draft, &sum, first.head.span);
        draft.conserved.push(Conserved {
            name,
            span: first.head.span,
            value,
            tolerance: None,
            block: "traffic".to_string(),
        });
    };
    areas.sort();
    if !areas.is_empty() {
        let ledger: String = books.iter().filter_map(|b| b.area.clone()).collect();
        keep(
            "membrane_area".to_string(),
            format!("{}{ledger}", areas.join(" + ")),
        );
    }
    let mut gains: Vec<&(String, String)> = books.iter().flat_map(|b| &b.gains).collect();
    gains.sort_by(|a, b| a.0.cmp(&b.0));
    for group in gains.chunk_by(|a, b| a.0 == b.0) {
        let name = &group[0].0;
        let held = blocks.held(name);
        if !held.is_empty() && !blocks.reacts(name) {
            let terms: Vec<&str> = group.iter().map(|(_, term)| term.as_str()).collect();
            let gained = terms.join(" + ").replace("+ -", "- ");
            keep(
                format!("traffic.{name}"),
                format!("{} - integral({gained})", held.join(" + ")),
            );
        }
    }
}

impl Blocks {
    /// True if a reaction changes how much of this there is in pools and membranes: it is then no conserved sum.
    fn reacts(&self, name: &str) -> bool {
        let pools = self.pools.iter().map(|p| &p.head.name);
        let membranes = self.membranes.iter().map(|m| &m.head.name);
        let mut owners = pools.chain(membranes);
        owners.any(|owner| {
            let full = format!("{owner}.{name}");
            self.reactions.iter().any(|r| r.changes(&full))
        })
    }

    /// What pools and membranes hold of a cargo or a molecule.
    fn held(&self, name: &str) -> Vec<String> {
        let has = |named: &Named| named.iter().any(|(k, _)| k.name == name);
        let mut out = Vec::new();
        for pool in &self.pools {
            let p = &pool.head.name;
            if has(pool.cargo()) {
                out.push(format!("{p}.{name}.amount"));
            }
            if has(pool.molecules()) {
                out.push(format!("{p}.{name}.number"));
            }
        }
        let membranes = self.membranes.iter().filter(|m| has(&m.molecules));
        out.extend(membranes.map(|m| format!("{}.{name}.number", m.head.name)));
        out
    }
}
