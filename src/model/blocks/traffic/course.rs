//! One traffic on its way: the rates at which area, lumen, cargo and molecules move, and what they do to both ends.

use super::super::pool::{LEAST_AREA, LEAST_VOLUME, Named, Vesicle};
use super::ledger::Books;
use super::{End, Traffic};
use crate::model::blocks::{Blocks, Domain, Draft, Given, Head, Part, Place};

/// One traffic with its ends found.
pub(super) struct Course<'a> {
    pub traffic: &'a Traffic,
    pub blocks: &'a Blocks,
    pub from: Option<End<'a>>,
    pub to: Option<End<'a>>,
}

impl<'a> Course<'a> {
    fn head(&self) -> &'a Head {
        &self.traffic.head
    }

    fn name(&self) -> &'a str {
        &self.traffic.head.name
    }

    fn source_name(&self) -> &'a str {
        self.traffic.from.as_ref().map_or("", |p| &p.name)
    }

    fn target_name(&self) -> &'a str {
        self.traffic.to.as_ref().map_or("", |p| &p.name)
    }

    /// Membrane moves, not just what is in a lumen.
    pub(super) fn moves_membrane(&self) -> bool {
        let volume = |end| matches!(end, Some(End::Volume));
        !volume(self.from) && !volume(self.to)
    }

    pub(super) fn vesicles(end: Option<End<'a>>) -> Option<&'a Vesicle> {
        match end {
            Some(End::Pool(pool)) => pool.vesicle.as_ref(),
            _ => None,
        }
    }

    /// The vesicles that move: what describes them, and under which name.
    fn vesicle(&self) -> Option<(&'a Vesicle, String)> {
        let own = self.traffic.vesicle.as_ref().map(|v| (v, self.name()));
        own.or_else(|| Self::vesicles(self.from).map(|v| (v, self.source_name())))
            .or_else(|| Self::vesicles(self.to).map(|v| (v, self.target_name())))
            .map(|(v, owner)| (v, format!("{owner}.vesicle")))
    }

    fn given(
        &self,
        draft: &mut Draft,
        name: &str,
        unit: &str,
        quantity: &'static str,
        value: &Given,
    ) -> bool {
        let Some(value) = value else { return false };
        let part = Part {
            name,
            unit,
            quantity,
            domain: match name {
                "recovered" => Domain::Fraction,
                _ => Domain::NonNegative,
            },
        };
        draft.define(self.head(), part, value.clone());
        true
    }

    /// The rates at which area, vesicles and lumen move, and what they do to both ends.
    pub fn rates(&self, draft: &mut Draft) {
        let (x, head, t, from) = (self.traffic, self.head(), self.name(), self.source_name());
        const FRACTION: &str = "fraction that moves per time";
        const AREA_RATE: &str = "area that moves per time";
        const VESICLES: &str = "vesicles that move per time";
        const VOLUME: &str = "volume that moves per time";
        self.given(draft, "fraction", "1/s", FRACTION, &x.fraction);
        let area_given = self.given(draft, "area_rate", "um^2/s", AREA_RATE, &x.area_rate);
        let vesicles_given = self.given(draft, "vesicle_rate", "1/s", VESICLES, &x.vesicle_rate);
        let volume_given = self.given(draft, "volume_rate", "um^3/s", VOLUME, &x.volume_rate);
        self.given(
            draft,
            "recovered",
            "1",
            "fraction of the membrane that arrives",
            &x.recovered,
        );
        let mut equation = |name: &str, unit, quantity, text: String| {
            draft.equation(head, name, unit, quantity, &text);
        };
        if !self.moves_membrane() {
            if !volume_given {
                equation(
                    "volume_rate",
                    "um^3/s",
                    VOLUME,
                    format!("{t}.fraction*{from}.volume"),
                );
            }
            self.move_volume(draft);
            return;
        }
        if let Some((vesicle, v)) = self.vesicle() {
            let counted = Self::vesicles(self.from).is_some();
            if !vesicles_given {
                let rate = if area_given {
                    format!("{t}.area_rate/{v}.area")
                } else if volume_given {
                    format!("{t}.volume_rate/{v}.volume")
                } else if counted {
                    format!("{t}.fraction*{from}.number")
                } else {
                    format!("{t}.fraction*{from}.area/{v}.area")
                };
                equation("vesicle_rate", "1/s", VESICLES, rate);
            }
            if !area_given {
                equation(
                    "area_rate",
                    "um^2/s",
                    AREA_RATE,
                    format!("{t}.vesicle_rate*{v}.area"),
                );
            }
            if !volume_given && vesicle.has_volume() {
                equation(
                    "volume_rate",
                    "um^3/s",
                    VOLUME,
                    format!("{t}.vesicle_rate*{v}.volume"),
                );
            }
            if x.vesicle.is_some() {
                vesicle.expand(draft, head);
            }
        } else {
            if !area_given {
                equation(
                    "area_rate",
                    "um^2/s",
                    AREA_RATE,
                    format!("{t}.fraction*{from}.area"),
                );
            }
            if matches!(self.from, Some(End::Pool(pool)) if pool.has_volume()) {
                let text = format!("{}*{from}.volume", self.share());
                equation("volume_rate", "um^3/s", VOLUME, text);
            }
        }
        self.move_membrane(draft);
        self.move_volume(draft);
    }

    /// The fraction of what an organelle or a membrane holds that moves per time.
    fn share(&self) -> String {
        let (t, from) = (self.name(), self.source_name());
        if self.traffic.fraction.is_some() {
            format!("{t}.fraction")
        } else if self.moves_membrane() {
            format!("{t}.area_rate/max({from}.area, {LEAST_AREA})")
        } else {
            format!("{t}.volume_rate/max({from}.volume, {LEAST_VOLUME})")
        }
    }

    fn add(&self, draft: &mut Draft, place: &str, part: &str, term: &str) {
        let span = self.head().span;
        let place = Place {
            name: place.to_string(),
            index: None,
            span,
        };
        draft.add_rate(&place, part, &None, term, span);
    }

    fn move_membrane(&self, draft: &mut Draft) {
        let t = self.name();
        match self.from {
            Some(End::Pool(pool)) if pool.vesicle.is_some() => {
                self.add(
                    draft,
                    self.source_name(),
                    "number",
                    &format!("-{t}.vesicle_rate"),
                );
            }
            Some(_) => self.add(
                draft,
                self.source_name(),
                "area",
                &format!("-{t}.area_rate"),
            ),
            None => {}
        }
        match self.to {
            Some(End::Pool(pool)) if pool.vesicle.is_some() => {
                self.add(
                    draft,
                    self.target_name(),
                    "number",
                    &self.arriving_vesicles(),
                );
            }
            Some(_) => {
                let term = self.recovered(&format!("{t}.area_rate"));
                self.add(draft, self.target_name(), "area", &term);
            }
            None => {}
        }
    }

    /// Vesicles that the store at the end gets per time: as many as the area that arrives makes.
    fn arriving_vesicles(&self) -> String {
        let (t, to) = (self.name(), self.target_name());
        let own = self
            .vesicle()
            .is_some_and(|(_, v)| v == format!("{to}.vesicle"));
        if own {
            self.recovered(&format!("{t}.vesicle_rate"))
        } else {
            self.recovered(&format!("{t}.area_rate/{to}.vesicle.area"))
        }
    }

    fn recovered(&self, rate: &str) -> String {
        if self.traffic.recovered.is_some() {
            format!("{}.recovered*{rate}", self.name())
        } else {
            rate.to_string()
        }
    }

    /// True where a volume of lumen is known to move.
    pub(super) fn has_volume_rate(&self) -> bool {
        match self.vesicle() {
            Some((vesicle, _)) => vesicle.has_volume() || self.traffic.volume_rate.is_some(),
            None if !self.moves_membrane() => true,
            None => matches!(self.from, Some(End::Pool(pool)) if pool.has_volume()),
        }
    }

    /// Where the lumen of an end opens to: the organelle, the compartment, the outside of a membrane.
    fn lumen(end: Option<End<'a>>, name: &'a str) -> Option<&'a str> {
        match end? {
            End::Pool(pool) => (pool.vesicle.is_none()).then_some(name),
            End::Membrane(m) => (!m.outside.is_nowhere()).then_some(m.outside.name.as_str()),
            End::Volume => Some(name),
        }
    }

    fn move_volume(&self, draft: &mut Draft) {
        if !self.has_volume_rate() {
            return;
        }
        let t = self.name();
        let ends = [
            (Self::lumen(self.from, self.source_name()), "-"),
            (Self::lumen(self.to, self.target_name()), ""),
        ];
        // Baths have no such state, and then nothing is added.
        for (place, sign) in ends {
            if let Some(place) = place {
                let part = self.blocks.volume_state(place);
                self.add(draft, place, part, &format!("{sign}{t}.volume_rate"));
            }
        }
    }

    /// Cargo that leaves `from`, with its rate.
    pub(super) fn leaving(&self) -> Vec<(String, String)> {
        let (t, from) = (self.name(), self.source_name());
        let dissolved = |outside: &str| -> Vec<(String, String)> {
            if !self.has_volume_rate() {
                return Vec::new();
            }
            // A solution takes along all that it holds; what buds into an organelle, what that counts.
            let wanted = match self.to {
                Some(End::Pool(pool)) => names_of(pool.cargo()),
                _ => self.blocks.solute_names(outside),
            };
            (wanted.into_iter())
                .filter(|name| self.blocks.solute(outside, name).is_some())
                .map(|name| (name.clone(), format!("{t}.volume_rate*{outside}.{name}")))
                .collect()
        };
        match self.from {
            None => Vec::new(),
            Some(End::Pool(pool)) => (pool.cargo().iter())
                .map(|(key, _)| {
                    let name = key.name.clone();
                    let rate = if pool.vesicle.is_some() {
                        format!("{t}.vesicle_rate*{from}.vesicle.{name}")
                    } else if self.vesicle().is_some()
                        && pool.has_volume()
                        && self.has_volume_rate()
                    {
                        format!("{t}.volume_rate*{from}.{name}")
                    } else {
                        format!("{}*{from}.{name}.amount", self.share())
                    };
                    (name, rate)
                })
                .collect(),
            Some(End::Membrane(m)) => dissolved(&m.outside.name),
            Some(End::Volume) => dissolved(from),
        }
    }

    pub fn cargo(&self, draft: &mut Draft) {
        let (head, t) = (self.head(), self.name());
        for (name, rate) in self.leaving() {
            let part = format!("{name}.rate");
            draft.equation(head, &part, "amol/s", "amount that moves per time", &rate);
            let amount = format!("{name}.amount");
            if let Some(place) = Self::lumen(self.from, self.source_name()) {
                self.add(draft, place, &amount, &format!("-{t}.{part}"));
            }
            if let Some(place) = Self::lumen(self.to, self.target_name()) {
                self.add(draft, place, &amount, &format!("{t}.{part}"));
            }
        }
    }

    /// Molecules of the membrane at an end, by name.
    pub(super) fn molecules_of(end: Option<End<'a>>) -> &'a Named {
        const NONE: &Named = &Named::new();
        match end {
            Some(End::Pool(pool)) => pool.molecules(),
            Some(End::Membrane(m)) => &m.molecules,
            _ => NONE,
        }
    }

    pub fn molecules(&self, draft: &mut Draft) {
        let (head, t, from) = (self.head(), self.name(), self.source_name());
        for (key, value) in &self.traffic.sorting {
            let known = Self::molecules_of(self.from)
                .iter()
                .any(|(k, _)| k.name == key.name);
            if !known || Self::vesicles(self.from).is_some() {
                let message = format!(
                    "`{from}` has no molecules `{}` in its membrane to sort",
                    key.name
                );
                draft.mistake(
                    key.span,
                    message,
                    "list them there: molecules = { … }".to_string(),
                );
                continue;
            }
            let part = Part {
                name: &format!("{}.sorting", key.name),
                unit: "1",
                quantity: "density in what moves, relative to that in the membrane left",
                domain: Domain::NonNegative,
            };
            draft.define(head, part, value.clone());
        }
        if !self.moves_membrane() {
            if let Some((key, _)) = self.traffic.sorting.first() {
                let message = format!("[{}] moves no membrane in which to sort", head.title());
                draft.mistake(key.span, message, String::new());
            }
            return;
        }
        for (key, _) in Self::molecules_of(self.from) {
            let name = &key.name;
            let sorted = self.traffic.sorting.iter().any(|(k, _)| k.name == *name);
            let rate = if Self::vesicles(self.from).is_some() {
                format!("{t}.vesicle_rate*{from}.vesicle.{name}")
            } else if sorted {
                format!("{t}.{name}.sorting*{}*{from}.{name}.number", self.share())
            } else {
                format!("{}*{from}.{name}.number", self.share())
            };
            let part = format!("{name}.rate");
            draft.equation(head, &part, "1/s", "molecules that move per time", &rate);
            let number = format!("{name}.number");
            self.add(draft, from, &number, &format!("-{t}.{part}"));
            let term = self.recovered(&format!("{t}.{part}"));
            self.add(draft, self.target_name(), &number, &term);
        }
    }

    pub fn books(&self) -> Books {
        let t = self.name();
        let mut books = Books::default();
        if self.moves_membrane() {
            books.area = match (&self.from, &self.to, &self.traffic.recovered) {
                (None, Some(_), _) => {
                    let arrives = self.recovered(&format!("{t}.area_rate"));
                    Some(format!(" - integral({arrives})"))
                }
                (Some(_), None, _) => Some(format!(" + integral({t}.area_rate)")),
                (Some(_), Some(_), Some(_)) => {
                    Some(format!(" + integral((1 - {t}.recovered)*{t}.area_rate)"))
                }
                _ => None,
            };
        }
        let mut gain = |name: &str, term: String| books.gains.push((name.to_string(), term));
        // What arrives is what left, by the measure of where it came from: whoever counts it otherwise leaks.
        let mut brought: Vec<String> = Vec::new();
        let lists = |named: &Named, name: &str| named.iter().any(|(k, _)| k.name == name);
        for (name, _) in self.leaving() {
            let rate = format!("{t}.{name}.rate");
            if matches!(self.from, Some(End::Pool(_))) {
                gain(&name, format!("-{rate}"));
            }
            if let Some(End::Pool(pool)) = self.to
                && lists(pool.cargo(), &name)
            {
                let store = pool.vesicle.is_some();
                gain(&name, if store { self.recovered(&rate) } else { rate });
            }
            brought.push(name);
        }
        if self.moves_membrane() {
            for (key, _) in Self::molecules_of(self.from) {
                let (name, rate) = (&key.name, format!("{t}.{}.rate", key.name));
                gain(name, format!("-{rate}"));
                if lists(Self::molecules_of(self.to), name) {
                    gain(name, self.recovered(&rate));
                }
                brought.push(name.clone());
            }
        }
        // Vesicles that come from nowhere, or are loaded on the way.
        if let Some(vesicle) = Self::vesicles(self.to) {
            let (to, number) = (self.target_name(), self.arriving_vesicles());
            let own = vesicle.cargo.iter().chain(&vesicle.molecules);
            for (key, _) in own.filter(|(k, _)| !brought.contains(&k.name)) {
                gain(&key.name, format!("({number})*{to}.vesicle.{}", key.name));
            }
        }
        books
    }
}

fn names_of(named: &Named) -> Vec<String> {
    named.iter().map(|(key, _)| key.name.clone()).collect()
}
