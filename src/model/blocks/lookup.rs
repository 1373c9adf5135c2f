//! What the blocks of a model know of each other.

use super::membrane::Membrane;
use super::solute::Solute;
use super::{Blocks, Draft, Head, Place};
use crate::diagnostic::nearest;

impl Blocks {
    pub(super) fn is_compartment(&self, name: &str) -> bool {
        self.compartments.iter().any(|c| c.head.name == name)
    }

    fn solutes_of(&self, name: &str) -> &[Solute] {
        let compartment = (self.compartments.iter())
            .find(|c| c.head.name == name)
            .map(|c| c.solutes.as_slice());
        let bath = || {
            (self.baths.iter())
                .find(|b| b.head.name == name)
                .map(|b| b.solutes.as_slice())
        };
        compartment.or_else(bath).unwrap_or(&[])
    }

    /// The state that counts the water of a place: of a soil its water, not its volume.
    pub(super) fn volume_state(&self, place: &str) -> &'static str {
        if self.soils.iter().any(|soil| soil.head.name == place) {
            "water"
        } else {
            "volume"
        }
    }

    pub(super) fn is_bath(&self, name: &str) -> bool {
        self.baths.iter().any(|b| b.head.name == name)
    }

    /// True for a compartment that does not list this solute.
    pub(super) fn lacks(&self, compartment: &str, solute: &str) -> bool {
        self.is_compartment(compartment) && self.solute(compartment, solute).is_none()
    }

    /// True for what says which solutes it holds: a compartment, or a bath that has not just an osmolarity.
    pub(super) fn lists_solutes(&self, side: &str) -> bool {
        self.is_compartment(side) || !self.solutes_of(side).is_empty()
    }

    /// A solute of a bath or a compartment.
    pub(super) fn solute(&self, side: &str, solute: &str) -> Option<&Solute> {
        self.solutes_of(side).iter().find(|s| s.key.name == solute)
    }

    /// The solutes of a bath or a compartment, by name.
    pub(super) fn solute_names(&self, side: &str) -> Vec<String> {
        let solutes = self.solutes_of(side).iter();
        solutes.map(|s| s.key.name.clone()).collect()
    }

    /// True when a membrane, a reaction or traffic changes how much there is of this solute of this compartment.
    pub(super) fn moves(&self, compartment: &str, solute: &str) -> bool {
        (self.membranes.iter()).any(|m| m.moves(compartment, solute))
            || self.is_moved_otherwise(compartment, solute)
    }

    /// True when a reaction or traffic does.
    pub(super) fn is_moved_otherwise(&self, compartment: &str, solute: &str) -> bool {
        (self.reactions.iter()).any(|r| r.changes(&format!("{compartment}.{solute}")))
            || self.traffic.iter().any(|t| t.carries(self, compartment))
    }

    /// True when the charge inside makes the potential of this membrane.
    pub(super) fn charges_itself(&self, membrane: &Membrane) -> bool {
        membrane.has_free_potential() && self.is_charged(&membrane.inside.name)
    }

    /// True for a compartment with ions, or with one inside that has some.
    fn is_charged(&self, compartment: &str) -> bool {
        // A slip may put two compartments inside of each other.
        let (mut open, mut seen) = (vec![compartment], Vec::new());
        while let Some(next) = open.pop() {
            if seen.contains(&next) {
                continue;
            }
            seen.push(next);
            let found = self.compartments.iter().find(|c| c.head.name == next);
            if found.is_some_and(|c| c.has_ions()) {
                return true;
            }
            let inner = self.membranes.iter().filter(|m| m.outside.name == next);
            open.extend(inner.map(|m| m.inside.name.as_str()));
        }
        false
    }

    /// The membranes of the compartments with charges inside of this one; one membrane for each.
    pub(super) fn charged_inside(&self, compartment: &str) -> Vec<&Membrane> {
        let mut out: Vec<&Membrane> = Vec::new();
        for m in self
            .membranes
            .iter()
            .filter(|m| m.outside.name == compartment)
        {
            let known = out.iter().any(|x| x.inside.name == m.inside.name);
            // Neighbours are not inside of each other.
            if !known && m.inside.name != compartment && self.is_charged(&m.inside.name) {
                out.push(m);
            }
        }
        out
    }

    /// The part of a compartment that has all the charge inside of its membrane.
    pub(super) fn charge_part(&self, compartment: &str) -> &'static str {
        if self.charged_inside(compartment).is_empty() {
            "charge"
        } else {
            "charge_inside"
        }
    }

    /// The block of one of these kinds that a place names. Notes what is wrong with it: no such block, a copy of what
    /// is not repeated, or no copy named of what is.
    pub(super) fn find(&self, draft: &mut Draft, place: &Place, kinds: &[&str]) -> Option<&Head> {
        let found = self
            .heads()
            .find(|h| h.name == place.name && kinds.contains(&h.kind));
        let name = &place.name;
        let Some(head) = found else {
            let message = format!("there is no {} `{name}`", alternatives(kinds));
            draft.mistake(place.span, message, self.nearest(name, kinds));
            return None;
        };
        match (&head.each, &place.index) {
            (None, None) | (Some(_), Some(_)) => Some(head),
            (None, Some(_)) => {
                let message = format!("[{}] is not repeated: it has no copies", head.title());
                draft.mistake(place.span, message, format!("write `{name}`"));
                None
            }
            (Some(each), None) => {
                let message = format!("[{}] is repeated: which copy?", head.title());
                let help = format!("for example `{name}[{}]`", each.index);
                draft.mistake(place.span, message, help);
                None
            }
        }
    }

    /// The names of the blocks of the given kinds, for a message.
    pub(super) fn nearest(&self, name: &str, kinds: &[&str]) -> String {
        let names: Vec<&str> = self
            .heads()
            .filter(|h| kinds.contains(&h.kind))
            .map(|h| h.name.as_str())
            .collect();
        match nearest(name, names.iter().copied()) {
            Some(right) => format!("did you mean `{right}`?"),
            None if names.is_empty() => format!("the file has no [{}.…]", kinds.join(".…], [")),
            None => format!("there are: {}", names.join(", ")),
        }
    }
}

/// `bath, compartment or soil`
fn alternatives(kinds: &[&str]) -> String {
    match kinds {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
