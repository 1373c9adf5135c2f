//! Traffic between pools, membranes and compartments: exocytosis, endocytosis, fusion, budding, recycling, synthesis,
//! degradation. Area, the volume of the lumen, its cargo and the molecules of the membrane move together; what leaves
//! the places of the model stays in the books as an integral.

use toml::de::DeTable;

use super::membrane::{Membrane, named_values};
use super::pool::{AREA, Named, Pool, Vesicle, counted, molecules};
use super::{Blocks, Conserved, Draft, Given, Head, Place, code, keys};
use crate::model::file::absent;
use crate::model::toml::Reader;
use course::Course;

mod course;
mod refusals;

/// A flow of membrane and of what it holds from one place to another.
pub(in crate::model) struct Traffic {
    pub head: Head,
    from: Option<Place>,
    to: Option<Place>,
    fraction: Given,
    area_rate: Given,
    vesicle_rate: Given,
    volume_rate: Given,
    recovered: Given,
    vesicle: Option<Vesicle>,
    /// How much denser a molecule is in what moves than in the membrane that it leaves.
    sorting: Named,
}

/// Where traffic ends.
#[derive(Clone, Copy)]
enum End<'a> {
    /// An organelle, or a store of vesicles.
    Pool(&'a Pool),
    Membrane(&'a Membrane),
    /// A compartment or a bath: takes and gives what is in the lumen only.
    Volume,
}

const ENDS: &[&str] = &["pool", "membrane", "compartment", "bath"];
const RATES: &[&str] = &["fraction", "area_rate", "vesicle_rate", "volume_rate"];

impl Traffic {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        const KEYS: &[&str] = &[
            "from",
            "to",
            "fraction",
            "area_rate",
            "vesicle_rate",
            "volume_rate",
            "recovered",
            "vesicle",
            "sorting",
        ];
        let mut read = Traffic {
            head: head.clone(),
            from: None,
            to: None,
            fraction: None,
            area_rate: None,
            vesicle_rate: None,
            volume_rate: None,
            recovered: None,
            vesicle: None,
            sorting: Vec::new(),
        };
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "from" => read.from = Place::read(reader, "from", v),
                "to" => read.to = Place::read(reader, "to", v),
                "fraction" => read.fraction = reader.expression("fraction", v),
                "area_rate" => read.area_rate = reader.expression("area_rate", v),
                "vesicle_rate" => read.vesicle_rate = reader.expression("vesicle_rate", v),
                "volume_rate" => read.volume_rate = reader.expression("volume_rate", v),
                "recovered" => read.recovered = reader.expression("recovered", v),
                "vesicle" => read.vesicle = Vesicle::read(reader, &head, k, v),
                _ => read.sorting = named_values(reader, "sorting", v),
            }
        });
        let has = |key: &str| table.contains_key(key);
        let title = head.title();
        let mut wrong = |message: String| reader.error(head.span, message);
        if !has("from") && !has("to") {
            wrong(format!(
                "[{title}] needs `from` (left out for synthesis) or `to` (left out for loss)"
            ));
        }
        if RATES.iter().filter(|key| has(key)).count() != 1 {
            wrong(format!(
                "[{title}] takes one of `fraction` (of `from` per time), `area_rate`, `vesicle_rate` and `volume_rate`"
            ));
        }
        if has("fraction") && !has("from") {
            wrong(format!(
                "[{title}] has no `from` that its `fraction` could be of"
            ));
        }
        if has("recovered") && !has("to") {
            wrong(format!(
                "[{title}] has no `to` in which membrane could be recovered"
            ));
        }
        read
    }

    /// True when it takes area from or gives area to this membrane.
    pub fn moves_area(&self, membrane: &str) -> bool {
        self.ends().any(|end| end.name == membrane)
    }

    fn ends(&self) -> impl Iterator<Item = &Place> {
        [&self.from, &self.to].into_iter().flatten()
    }

    /// True when it may move solutes into or out of this compartment.
    pub fn carries(&self, blocks: &Blocks, compartment: &str) -> bool {
        self.ends().any(|end| match blocks.end(&end.name) {
            Some(End::Volume) => end.name == compartment,
            Some(End::Membrane(m)) => m.outside.name == compartment,
            _ => false,
        })
    }

    fn expand(&self, draft: &mut Draft, blocks: &Blocks) -> Option<Books> {
        let rates = [
            &self.fraction,
            &self.area_rate,
            &self.vesicle_rate,
            &self.volume_rate,
        ];
        let one = rates.into_iter().flatten().count() == 1;
        if !one || self.fraction.is_some() && self.from.is_none() {
            // Noted when it was read.
            return None;
        }
        let mut find = |place: &Option<Place>| match place {
            None => Some(None),
            Some(place) => {
                if place.index.is_some() {
                    let message = "traffic can't begin or end at one copy of a repeated block";
                    draft.mistake(place.span, message.to_string(), String::new());
                    return None;
                }
                let found = blocks.find(draft, place, ENDS).is_some();
                found.then(|| blocks.end(&place.name)).map(Some)
            }
        };
        let (from, to) = (find(&self.from)?.flatten(), find(&self.to)?.flatten());
        if let Some(message) = self.mismatch(from, to) {
            let help =
                "pools and membranes have membrane; compartments and baths have not".to_string();
            draft.mistake(self.head.span, message, help);
            return None;
        }
        let course = Course {
            traffic: self,
            blocks,
            from,
            to,
        };
        course.rates(draft);
        course.cargo(draft);
        course.molecules(draft);
        course.refuse_losses(draft);
        Some(course.books())
    }

    /// What these ends can't do.
    fn mismatch(&self, from: Option<End>, to: Option<End>) -> Option<String> {
        let title = self.head.title();
        let vesicles = |end: &Option<End>| match end {
            Some(End::Pool(pool)) => pool.vesicle.is_some(),
            _ => false,
        };
        let lumen = |end: &Option<End>| match end {
            Some(End::Volume) => true,
            Some(End::Pool(pool)) => pool.vesicle.is_none() && pool.has_volume(),
            _ => false,
        };
        let ends = [from, to];
        if ends.iter().any(|end| matches!(end, Some(End::Volume))) {
            if !ends.iter().all(|end| end.is_none() || lumen(end)) {
                return Some(format!(
                    "[{title}] moves the content of a lumen: both ends must be compartments, baths or organelles with \
                     a `volume`"
                ));
            }
            if self.area_rate.is_some() || self.vesicle_rate.is_some() || self.vesicle.is_some() {
                return Some(format!(
                    "[{title}] moves no membrane: give `fraction` or `volume_rate`"
                ));
            }
            return None;
        }
        let geometry = self.vesicle.is_some() || ends.iter().any(vesicles);
        if self.from.as_ref().map(|p| &p.name) == self.to.as_ref().map(|p| &p.name) {
            return Some(format!("[{title}] begins where it ends"));
        }
        if self.vesicle.is_some() && ends.iter().any(vesicles) {
            return Some(format!(
                "[{title}] moves the vesicles that its pool describes: leave out `vesicle`"
            ));
        }
        if !geometry && (self.vesicle_rate.is_some() || self.volume_rate.is_some()) {
            return Some(format!(
                "[{title}] does not say how large a vesicle is: add vesicle = {{ diameter = … }}, or give `area_rate`"
            ));
        }
        None
    }
}

/// What a traffic does to the sums of the model.
#[derive(Default)]
struct Books {
    /// What leaves the membranes of the model, as a term of the ledger.
    area: Option<String>,
    /// What the pools gain of each cargo, and pools and membranes of each molecule.
    gains: Vec<(String, String)>,
}

impl Blocks {
    fn end(&self, name: &str) -> Option<End<'_>> {
        let pool = self.pools.iter().find(|p| p.head.name == name);
        let membrane = self.membranes.iter().find(|m| m.head.name == name);
        let bath = self.baths.iter().any(|b| b.head.name == name);
        (pool.map(End::Pool))
            .or(membrane.map(End::Membrane))
            .or((bath || self.is_compartment(name)).then_some(End::Volume))
    }

    /// True for a membrane whose area is a state.
    fn has_traffic(&self, membrane: &Membrane) -> bool {
        self.traffic
            .iter()
            .any(|t| t.moves_area(&membrane.head.name))
    }
}

/// Pools and membranes in traffic have their area as a state; all area together is a conserved sum, and so is each
/// cargo and each kind of molecule, less what came in and plus what went out.
pub(super) fn expand(draft: &mut Draft, blocks: &Blocks) {
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
