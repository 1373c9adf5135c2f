//! Reactions: mass action or a rate of one's own, among solutes of compartments, molecules of membranes, cargo of pools
//! and plain states. What a bath holds, and any other quantity, takes part without being used up.

use toml::de::DeTable;

use super::{Blocks, Domain, Draft, Given, Head, Part, Place, keys};
use crate::diagnostic::nearest;
use crate::model::Definition;
use crate::model::toml::Reader;
use crate::units::Unit;
use equation::{Species, read_equation};

mod equation;

/// `[reaction.NAME]`
pub(in crate::model) struct Reaction {
    pub head: Head,
    left: Vec<Species>,
    right: Vec<Species>,
    forward: Given,
    backward: Given,
    rate: Given,
    inside: Option<Place>,
    /// The equation as written, or what the file says of it.
    about: String,
    /// The unit in which the rate is shown.
    unit: Option<Unit>,
}

/// What a name in the equation stands for.
enum Kind {
    /// A state of the file.
    State,
    /// Of a compartment, with its amount [amol] as the state.
    Solute { owner: Place, name: String },
    /// In the lumen of a pool [amol].
    Cargo { owner: Place, name: String },
    /// In a membrane, counted.
    Molecule { owner: Place, name: String },
    /// Not used up.
    Constant,
}

/// Where a reaction takes place: its rate is per this size.
struct Site {
    size: String,
    rate: &'static str,
    /// Unit of rate times size.
    flow: &'static str,
    counts: bool,
}

impl Reaction {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Option<Self> {
        const KEYS: &[&str] = &[
            "equation", "forward", "backward", "rate", "in", "about", "unit",
        ];
        let (mut equation, mut inside) = (None, None);
        let (mut written, mut about, mut unit) = (String::new(), None, None);
        let (mut forward, mut backward, mut rate) = (None, None, None);
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "equation" => {
                    equation = reader.text("equation", v).and_then(|text| {
                        written = text.value.trim().to_string();
                        read_equation(reader, &text)
                    });
                }
                "forward" => forward = reader.expression("forward", v),
                "backward" => backward = reader.expression("backward", v),
                "rate" => rate = reader.expression("rate", v),
                "about" => about = reader.prose("about", v),
                "unit" => unit = reader.unit("unit", v),
                _ => inside = Place::read(reader, "in", v),
            }
        });
        let has = |key: &str| table.contains_key(key);
        let title = head.title();
        let mut wrong = |message: String| reader.error(head.span, message);
        if !has("equation") {
            wrong(format!("[{title}] has no `equation`, e.g. \"R + L <-> C\""));
        }
        if has("forward") == has("rate") {
            wrong(format!(
                "[{title}] takes `forward` (and `backward`), the rate constants of mass action, or a `rate`"
            ));
        }
        if has("rate") && has("backward") {
            wrong(format!(
                "[{title}] takes no `backward` beside a `rate`: the rate is the net one"
            ));
        }
        let (left, reversible, right) = equation?;
        if has("forward") && reversible != has("backward") {
            let message = if reversible {
                format!("[{title}] goes both ways and has no `backward`")
            } else {
                format!("[{title}] has a `backward`, but goes one way: write `<->`")
            };
            reader.error(head.span, message);
        }
        Some(Reaction {
            head,
            left,
            right,
            forward,
            backward,
            rate,
            inside,
            about: match about {
                None => written,
                Some(about) => format!("{written}: {about}"),
            },
            unit,
        })
    }

    pub(super) fn species_mut(&mut self) -> impl Iterator<Item = &mut Species> {
        self.left.iter_mut().chain(&mut self.right)
    }

    /// True when it makes or uses what bears this name.
    pub fn changes(&self, name: &str) -> bool {
        let species = || self.left.iter().chain(&self.right);
        species()
            .filter(|s| s.place.name == name)
            .any(|s| self.net(&s.place) != 0)
    }

    /// How many of something come out of one turn.
    fn net(&self, place: &Place) -> i64 {
        let key = place.to_string();
        let count = |side: &[Species]| -> i64 {
            let same = side.iter().filter(|s| s.place.to_string() == key);
            same.map(|s| i64::from(s.count)).sum()
        };
        count(&self.right) - count(&self.left)
    }

    pub fn expand(&self, draft: &mut Draft, blocks: &Blocks) {
        let mut kinds: Vec<(&Species, Kind)> = Vec::new();
        for species in self.left.iter().chain(&self.right) {
            match blocks.kind(draft, &species.place) {
                Some(kind) => kinds.push((species, kind)),
                None => return,
            }
        }
        let changing = || kinds.iter().filter(|(s, _)| self.net(&s.place) != 0);
        if changing().all(|(_, kind)| matches!(kind, Kind::Constant)) {
            let message = format!(
                "[{}] makes and uses nothing that is a state",
                self.head.title()
            );
            let help = "a side of the equation names a state, a solute of a compartment, or molecules of a membrane";
            draft.mistake(self.head.span, message, help.to_string());
            return;
        }
        let Ok(site) = self.site(draft, blocks, changing().map(|(_, kind)| kind)) else {
            return;
        };
        self.rates(draft, site.as_ref());
        let mut done: Vec<String> = Vec::new();
        for (species, kind) in changing() {
            let key = species.place.to_string();
            if !done.contains(&key) {
                self.change(draft, site.as_ref(), &species.place, kind);
                done.push(key);
            }
        }
    }

    /// On a membrane if molecules of one take part, else in the first compartment or pool, else nowhere in particular.
    fn site<'k>(
        &self,
        draft: &mut Draft,
        blocks: &Blocks,
        kinds: impl Iterator<Item = &'k Kind> + Clone,
    ) -> Result<Option<Site>, ()> {
        let membrane = |owner: &Place| Site {
            size: format!("{owner}.area"),
            rate: "1/um^2/s",
            flow: "1/s",
            counts: true,
        };
        let volume = |size: String| Site {
            size,
            rate: "mM/s",
            flow: "amol/s",
            counts: false,
        };
        if let Some(place) = &self.inside {
            blocks
                .find(draft, place, &["compartment", "membrane", "pool"])
                .ok_or(())?;
            let in_lumen = kinds.clone().any(|kind| matches!(kind, Kind::Cargo { .. }));
            return Ok(Some(if blocks.is_compartment(&place.name) {
                volume(format!("{place}.water"))
            } else if in_lumen {
                volume(format!("{place}.volume"))
            } else {
                membrane(place)
            }));
        }
        let on_membrane = kinds.clone().find_map(|kind| match kind {
            Kind::Molecule { owner, .. } => Some(membrane(owner)),
            _ => None,
        });
        Ok(on_membrane.or_else(|| {
            kinds.clone().find_map(|kind| match kind {
                Kind::Solute { owner, .. } => Some(volume(format!("{owner}.water"))),
                Kind::Cargo { owner, .. } => Some(volume(format!("{owner}.volume"))),
                _ => None,
            })
        }))
    }

    fn rates(&self, draft: &mut Draft, site: Option<&Site>) {
        let (head, r) = (&self.head, self.head.copy());
        let mut constant = |name, quantity, value: &Given| {
            if let Some(value) = value {
                let part = Part {
                    name,
                    unit: "1",
                    quantity,
                    domain: Domain::NonNegative,
                };
                draft.define(head, part, value.clone());
                // Its unit depends on the number of partners; that of the rate is checked.
                expect_anything(draft);
            }
        };
        constant("forward", "rate constant", &self.forward);
        constant("backward", "rate constant of the way back", &self.backward);
        const RATE: &str = "net rate";
        let unit = site.map_or("1/s", |s| s.rate);
        match &self.rate {
            Some(value) => {
                let part = Part {
                    name: "rate",
                    unit,
                    quantity: RATE,
                    domain: Domain::Any,
                };
                draft.define(head, part, value.clone());
            }
            None => {
                let mut law = mass_action(&format!("{r}.forward"), &self.left);
                if self.backward.is_some() {
                    law.push_str(" - ");
                    law.push_str(&mass_action(&format!("{r}.backward"), &self.right));
                }
                draft.equation(head, "rate", unit, RATE, &law);
            }
        }
        if let Some(last) = draft.definitions.last_mut() {
            last.about.clone_from(&self.about);
            last.unit.clone_from(&self.unit);
        }
        match site {
            None => expect_anything(draft),
            Some(site) => {
                let text = format!("{r}.rate*{}", site.size);
                draft.equation(head, "flow", site.flow, "net rate of the whole site", &text);
            }
        }
    }

    /// What the reaction does to one species.
    fn change(&self, draft: &mut Draft, site: Option<&Site>, place: &Place, kind: &Kind) {
        let r = self.head.copy();
        let flow = match site {
            None => format!("{r}.rate"),
            Some(_) => format!("{r}.flow"),
        };
        let counts = site.is_some_and(|s| s.counts);
        let (owner, part, flow) = match kind {
            Kind::Constant => return,
            Kind::State => (place, String::new(), flow),
            Kind::Solute { owner, name } | Kind::Cargo { owner, name } => {
                let flow = if counts { format!("{flow}/N_A") } else { flow };
                (owner, format!("{name}.amount"), flow)
            }
            Kind::Molecule { owner, name } => {
                let flow = if counts { flow } else { format!("{flow}*N_A") };
                (owner, format!("{name}.number"), flow)
            }
        };
        let term = match self.net(place) {
            1 => flow,
            -1 => format!("-{flow}"),
            net => format!("{net}*{flow}"),
        };
        draft.add_rate(owner, &part, &self.head.each, &term, self.head.span);
    }
}

/// Takes back what the last definition must measure.
fn expect_anything(draft: &mut Draft) {
    if let Some(Definition { expects, .. }) = draft.definitions.last_mut() {
        *expects = None;
    }
}

/// `k*A*B^2`
fn mass_action(constant: &str, side: &[Species]) -> String {
    let mut law = constant.to_string();
    for species in side {
        law.push_str(&format!("*{}", species.place));
        if species.count > 1 {
            law.push_str(&format!("^{}", species.count));
        }
    }
    law
}

impl Blocks {
    /// What a name of an equation stands for; a name that stands for nothing is a mistake.
    fn kind(&self, draft: &mut Draft, place: &Place) -> Option<Kind> {
        let part = place.name.rsplit_once('.').map(|(owner, name)| {
            let owner = Place {
                name: owner.to_string(),
                ..place.clone()
            };
            (owner, name.to_string())
        });
        if let Some((owner, name)) = part {
            if self.is_compartment(&owner.name) && self.solute(&owner.name, &name).is_some() {
                self.find(draft, &owner, &["compartment"])?;
                return Some(Kind::Solute { owner, name });
            }
            if self.molecule(&owner.name, &name) {
                self.find(draft, &owner, &["membrane", "pool"])?;
                return Some(Kind::Molecule { owner, name });
            }
            let pool = self.pools.iter().find(|p| p.head.name == owner.name);
            if let Some(pool) = pool
                && pool.vesicle.is_none()
                && pool.cargo().iter().any(|(k, _)| k.name == name)
            {
                if !pool.has_volume() {
                    let message = format!(
                        "[{}] has no `volume` in which anything could react",
                        pool.head.title()
                    );
                    draft.mistake(place.span, message, String::new());
                    return None;
                }
                return Some(Kind::Cargo { owner, name });
            }
        }
        if draft.states.iter().any(|s| s.name == place.name) {
            return Some(Kind::State);
        }
        if draft.definitions.iter().any(|d| d.name == place.name) {
            return Some(Kind::Constant);
        }
        let names = draft.states.iter().map(|s| s.name.as_str());
        let names = names.chain(draft.definitions.iter().map(|d| d.name.as_str()));
        let help = match nearest(&place.name, names) {
            Some(right) => format!("did you mean `{right}`?"),
            None => match place.name.rsplit_once('.') {
                Some((owner, part)) if self.is_compartment(owner) || self.is_bath(owner) => {
                    format!("list it there: solutes.{part} = \"0 mM\"")
                }
                Some((owner, part)) => {
                    format!("list it among the molecules or the cargo of `{owner}`: {part} = 0")
                }
                None => format!("define it: [state.{}] with `initial`", place.name),
            },
        };
        draft.mistake(place.span, format!("there is no `{}`", place.name), help);
        None
    }

    /// True for molecules that are counted in a membrane or an organelle.
    fn molecule(&self, owner: &str, name: &str) -> bool {
        let has = |named: &super::pool::Named| named.iter().any(|(k, _)| k.name == name);
        let membranes = self.membranes.iter().filter(|m| m.head.name == owner);
        let pools = self
            .pools
            .iter()
            .filter(|p| p.head.name == owner && p.vesicle.is_none());
        membranes.map(|m| &m.molecules).any(has) || pools.map(|p| p.molecules()).any(has)
    }
}
