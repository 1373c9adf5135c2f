//! What a traffic would lose, or make out of nothing, without a word.

use super::End;
use super::course::Course;
use crate::expr::print::to_text;
use crate::model::blocks::Draft;
use crate::model::blocks::pool::{Named, Vesicle};

impl Course<'_> {
    /// Refuses what the books of the traffic could not keep.
    pub fn refuse_losses(&self, draft: &mut Draft) {
        self.arrives_uncounted(draft);
        self.changes_hands(draft);
        self.lumen_of_nothing(draft);
        self.nothing_outside(draft);
    }

    /// What arrives where nobody counts it.
    fn arrives_uncounted(&self, draft: &mut Draft) {
        let Some(to) = &self.traffic.to else {
            return;
        };
        let mut missing = |name: &str, list: &str, owner: &str| {
            let message = format!("`{name}` arrives in `{owner}`, which does not list it");
            let help = match list.contains('=') {
                true => format!("list it there: {list}"),
                false => list.to_string(),
            };
            draft.mistake(to.span, message, help);
        };
        for (name, _) in self.leaving() {
            let solute = format!("solutes.{name} = \"0 mM\"");
            match self.to {
                Some(End::Pool(pool)) if !lists(pool.cargo(), &name) => {
                    let list = match &pool.vesicle {
                        None => format!("cargo.{name} = \"0 amol\""),
                        Some(_) => {
                            "an organelle, with an `area`, takes up what flows in; a store does not"
                                .to_string()
                        }
                    };
                    missing(&name, &list, &to.name);
                }
                Some(End::Membrane(m)) if self.blocks.lacks(&m.outside.name, &name) => {
                    missing(&name, &solute, &m.outside.name);
                }
                Some(End::Volume) if self.blocks.lacks(&to.name, &name) => {
                    missing(&name, &solute, &to.name);
                }
                _ => {}
            }
        }
        if !self.moves_membrane() {
            return;
        }
        for (key, _) in Self::molecules_of(self.from) {
            if !lists(Self::molecules_of(self.to), &key.name) {
                let list = format!("molecules.{} = 0", key.name);
                missing(&key.name, &list, &to.name);
            }
        }
    }

    /// All vesicles of a store are equal: what flows in takes on what they hold. That makes or destroys something,
    /// unless it comes from equal vesicles. Cargo may be loaded into what comes empty.
    fn changes_hands(&self, draft: &mut Draft) {
        let (Some(to), Some(from), Some(own)) = (
            &self.traffic.to,
            &self.traffic.from,
            Self::vesicles(self.to),
        ) else {
            return;
        };
        let other = Self::vesicles(self.from);
        let equal = other.is_some_and(|other| same_size(own, other));
        let same = |named: &Named, name: &str, value: &str| {
            equal && (named.iter()).any(|(k, v)| k.name == name && to_text(v) == value)
        };
        let mut refuse = |name: &str| {
            let message = format!(
                "each vesicle of `{}` holds its own amount of `{name}`, whatever flows in from `{}`",
                to.name, from.name
            );
            let help = "describe the vesicles of both by the same expressions, or use an organelle, with an `area`";
            draft.mistake(to.span, message, help.to_string());
        };
        let leaving = self.leaving();
        for (key, value) in &own.cargo {
            let brought = leaving.iter().any(|(name, _)| *name == key.name);
            let alike = other.is_some_and(|o| same(&o.cargo, &key.name, &to_text(value)));
            if brought && !alike {
                refuse(&key.name);
            }
        }
        for (key, value) in &own.molecules {
            let alike = other.is_some_and(|o| same(&o.molecules, &key.name, &to_text(value)));
            if !alike {
                refuse(&key.name);
            }
        }
    }

    /// A lumen that one end counts and the other, an organelle of membrane only, does not.
    fn lumen_of_nothing(&self, draft: &mut Draft) {
        if !self.has_volume_rate() {
            return;
        }
        let hollow = |end: Option<End>| match end {
            Some(End::Pool(pool)) if pool.vesicle.is_none() => Some(pool.has_volume()),
            Some(End::Membrane(m)) => {
                (!m.outside.is_nowhere() && !self.blocks.is_bath(&m.outside.name)).then_some(true)
            }
            Some(End::Volume) => Some(true),
            _ => None,
        };
        let ends = [(self.from, &self.traffic.from), (self.to, &self.traffic.to)];
        let counted = ends.iter().any(|(end, _)| hollow(*end) == Some(true));
        for (end, place) in ends {
            if let (Some(false), Some(place), true) = (hollow(end), place, counted) {
                let message = format!("`{}` has no `volume` to give or to take", place.name);
                let help = "give it the volume of its lumen".to_string();
                draft.mistake(place.span, message, help);
            }
        }
    }

    /// Fluid taken up by a membrane that has no outside.
    fn nothing_outside(&self, draft: &mut Draft) {
        if let (Some(End::Membrane(m)), Some(End::Pool(pool)), Some(to)) =
            (self.from, self.to, &self.traffic.to)
            && m.outside.is_nowhere()
            && pool.vesicle.is_none()
            && !pool.cargo().is_empty()
            && self.has_volume_rate()
        {
            let message = format!(
                "[{}] has no `between`: what is outside that could be taken up?",
                m.head.title()
            );
            let help = "give it a bath or a compartment and the inside".to_string();
            draft.mistake(to.span, message, help);
        }
    }
}

fn lists(named: &Named, name: &str) -> bool {
    named.iter().any(|(key, _)| key.name == name)
}

/// True for vesicles that are described alike.
fn same_size(a: &Vesicle, b: &Vesicle) -> bool {
    a.size().map(to_text) == b.size().map(to_text)
}
