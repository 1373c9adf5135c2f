//! Traffic between pools, membranes and compartments: exocytosis, endocytosis, fusion, budding, recycling, synthesis,
//! degradation. Area, the volume of the lumen, its cargo and the molecules of the membrane move together; what leaves
//! the places of the model stays in the books as an integral.

use toml::de::DeTable;

use super::membrane::{Membrane, named_values};
use super::pool::{Named, Pool, Vesicle};
use super::{Blocks, Draft, Given, Head, Place, keys};
use crate::model::toml::Reader;
use course::Course;
use ledger::Books;

pub(super) use ledger::expand;

mod course;
mod ledger;
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
            draft.mistake(self.head.span, message, String::new());
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
