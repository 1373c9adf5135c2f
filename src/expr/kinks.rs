//! Freezing of kinks: each operation that is not smooth becomes a choice by a slot.
//!
//! Between two changes of the slots the frozen equations are smooth, which is what integrators want; the caller watches
//! the sign of each `g` and sets its slot to 1 where `g > 0` and to 0 elsewhere. Where `g` is exactly 0 either choice
//! is right for `max`, `min` and `abs`, while `<` and `<=` are no longer told apart. Where `g` is NaN the slot must be
//! NaN too, or `max(NaN, 0)` becomes 0.

use std::collections::HashMap;

use super::graph::{Binary, ExprId, Graph, Node, Unary, VarId};
use super::op;

/// A slot and the expression whose sign decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kink {
    /// The node of the slot: 1 where `g > 0`, else 0.
    pub slot: ExprId,
    /// Expressed with the slots of earlier kinks.
    pub g: ExprId,
}

/// Expressions without comparisons of states or time (`==` and `!=` excepted).
#[derive(Clone, Debug, Default)]
pub struct Frozen {
    /// In the order of the given roots.
    pub roots: Vec<ExprId>,
    /// In an order in which each `g` needs earlier slots only.
    pub kinks: Vec<Kink>,
}

/// Freezes the kinks of `roots`. `depends` is true for the variables that move within a piece (states and time);
/// `new_slot` makes a fresh parameter variable, for which `depends` must be false.
///
/// Equal expressions share a slot, and so do an expression and its negative: `max(0, x)` and `if(x > 0, …)` switch
/// together.
pub fn freeze(
    graph: &mut Graph,
    roots: &[ExprId],
    depends: &dyn Fn(VarId) -> bool,
    new_slot: &mut dyn FnMut(&mut Graph) -> ExprId,
) -> Frozen {
    let needed = graph.reachable(roots);
    let mut freezer = Freezer {
        graph,
        depends,
        new_slot,
        moves: Vec::new(),
        slots: HashMap::new(),
        kinks: Vec::new(),
    };
    let mut images = HashMap::with_capacity(needed.len());
    for id in needed {
        let image = freezer.image(id, &images);
        images.insert(id, image);
    }
    let kinks = freezer.kinks;
    Frozen {
        roots: roots.iter().map(|root| images[root]).collect(),
        kinks,
    }
}

/// The opposite of [`freeze`]: each slot of `kinks` (its variable, and the expression whose sign decides it, with slots
/// of earlier kinks only) is replaced by `step(g)` in `roots`.
pub fn thaw(graph: &mut Graph, roots: &[ExprId], kinks: &[(VarId, ExprId)]) -> Vec<ExprId> {
    let mut slots: HashMap<VarId, ExprId> = HashMap::with_capacity(kinks.len());
    for &(slot, g) in kinks {
        let g = replace_slots(graph, &[g], &slots)[0];
        let side = graph.unary(Unary::Step, g);
        slots.insert(slot, side);
    }
    replace_slots(graph, roots, &slots)
}

/// Whether `roots` are continuous across the kink of this slot, as far as their form tells: the slot chooses only between
/// expressions that differ by a multiple of `g`, as in `max`, `min` and `abs`.
pub fn is_continuous(graph: &mut Graph, roots: &[ExprId], slot: VarId, g: ExprId) -> bool {
    let place = graph.place(slot);
    let uses: Vec<Node> = (graph.reachable(roots).into_iter())
        .map(|id| graph.node(id))
        .filter(|node| node.children().any(|child| child == place))
        .collect();
    uses.into_iter().all(|node| match node {
        Node::Select(c, a, b) if c == place && a != place && b != place => {
            let difference = graph.sub(a, b);
            let factor = match graph.node(difference) {
                Node::Binary(Binary::Multiply, x, y) => match (graph.node(x), graph.node(y)) {
                    (Node::Constant(_), _) => y,
                    (_, Node::Constant(_)) => x,
                    _ => difference,
                },
                Node::Binary(Binary::Divide, x, y)
                    if matches!(graph.node(y), Node::Constant(_)) =>
                {
                    x
                }
                Node::Binary(Binary::Add, x, y) if x == y => x,
                _ => difference,
            };
            // Each `g` is canonical.
            [difference, factor]
                .into_iter()
                .any(|d| d == g || canonical(graph, d).0 == g)
        }
        _ => false,
    })
}

fn replace_slots(
    graph: &mut Graph,
    roots: &[ExprId],
    slots: &HashMap<VarId, ExprId>,
) -> Vec<ExprId> {
    if slots.is_empty() {
        return roots.to_vec();
    }
    let needed = graph.reachable(roots);
    let mut images: HashMap<ExprId, ExprId> = HashMap::with_capacity(needed.len());
    for id in needed {
        let image = match graph.node(id) {
            Node::Constant(_) => id,
            Node::Variable(variable) => slots.get(&variable).copied().unwrap_or(id),
            Node::Unary(op, a) => graph.unary(op, images[&a]),
            Node::Binary(op, a, b) => graph.binary(op, images[&a], images[&b]),
            Node::Select(c, a, b) => graph.select(images[&c], images[&a], images[&b]),
        };
        images.insert(id, image);
    }
    roots.iter().map(|root| images[root]).collect()
}

/// `g` or its negative, the same one for both, and whether it is the negative.
fn canonical(graph: &mut Graph, g: ExprId) -> (ExprId, bool) {
    // The sign of a quotient is turned in its numerator.
    let mut divisors = Vec::new();
    let mut top = g;
    let mut signs = 0;
    loop {
        match graph.node(top) {
            Node::Unary(Unary::Negate, x) => {
                signs += 1;
                top = x;
            }
            Node::Binary(Binary::Divide, a, b) => {
                divisors.push(b);
                top = a;
            }
            _ => break,
        }
    }
    if let Node::Binary(Binary::Subtract, a, b) = graph.node(top) {
        let constant = |id| matches!(graph.node(id), Node::Constant(_));
        // A threshold is subtracted; otherwise the older node stands first.
        let flip = if constant(a) != constant(b) {
            constant(a)
        } else {
            a > b
        };
        if flip {
            signs += 1;
            top = graph.sub(b, a);
        }
    }
    if signs == 0 {
        return (g, false);
    }
    let turned = (divisors.into_iter().rev()).fold(top, |top, b| graph.div(top, b));
    (turned, signs % 2 == 1)
}

struct Freezer<'a> {
    graph: &'a mut Graph,
    depends: &'a dyn Fn(VarId) -> bool,
    new_slot: &'a mut dyn FnMut(&mut Graph) -> ExprId,
    /// For each node of the graph so far: does it move within a piece?
    moves: Vec<bool>,
    /// The slot of each `g`.
    slots: HashMap<ExprId, ExprId>,
    kinks: Vec<Kink>,
}

impl Freezer<'_> {
    /// The frozen form of a node whose children have theirs.
    fn image(&mut self, id: ExprId, images: &HashMap<ExprId, ExprId>) -> ExprId {
        let node = self.graph.node(id);
        if !self.moving(id) {
            return id;
        }
        match node {
            Node::Constant(_) | Node::Variable(_) => id,
            Node::Unary(op, a) => self.unary(op, images[&a]),
            Node::Binary(op, a, b) => self.binary(op, images[&a], images[&b]),
            Node::Select(c, a, b) => self.graph.select(images[&c], images[&a], images[&b]),
        }
    }

    fn unary(&mut self, op: Unary, a: ExprId) -> ExprId {
        let live = !matches!(op, Unary::Abs | Unary::Sign | Unary::Step) || !self.moving(a);
        if live {
            return self.graph.unary(op, a);
        }
        let above = self.is_positive(a);
        match op {
            Unary::Abs => {
                let minus = self.graph.neg(a);
                self.graph.select(above, a, minus)
            }
            Unary::Sign => {
                let one = self.graph.constant(1.0);
                let minus = self.graph.constant(-1.0);
                self.graph.select(above, one, minus)
            }
            _ => above,
        }
    }

    fn binary(&mut self, op: Binary, a: ExprId, b: ExprId) -> ExprId {
        use Binary::*;
        let kinked = matches!(op, Min | Max | Less | LessEqual | Greater | GreaterEqual);
        if !kinked {
            return self.graph.binary(op, a, b);
        }
        if !self.moving(a) && !self.moving(b) {
            return self.graph.binary(op, a, b);
        }
        let g = self.graph.sub(a, b);
        if let Node::Constant(g) = self.graph.node(g) {
            return self.decided(op, g, a, b);
        }
        // What depends on parameters and slots only is constant within a piece: it may stay as it is.
        let still = !self.moving(g);
        let above = if still {
            let zero = self.graph.constant(0.0);
            self.graph.greater(g, zero)
        } else {
            self.is_positive(g)
        };
        match op {
            Max => self.graph.select(above, a, b),
            Min => self.graph.select(above, b, a),
            Less | LessEqual => self.graph.not(above),
            _ => above,
        }
    }

    /// The operation where `a - b` turned out to be a number.
    fn decided(&mut self, op: Binary, g: f64, a: ExprId, b: ExprId) -> ExprId {
        match op {
            Binary::Max => {
                if g > 0.0 {
                    a
                } else {
                    b
                }
            }
            Binary::Min => {
                if g > 0.0 {
                    b
                } else {
                    a
                }
            }
            _ => self.graph.constant(op::apply_binary(op, g, 0.0)),
        }
    }

    /// The truth value of `g > 0` from a slot.
    fn is_positive(&mut self, g: ExprId) -> ExprId {
        let (g, flipped) = canonical(self.graph, g);
        let slot = match self.slots.get(&g) {
            Some(&slot) => slot,
            None => {
                let slot = (self.new_slot)(self.graph);
                self.slots.insert(g, slot);
                self.kinks.push(Kink { slot, g });
                slot
            }
        };
        if flipped { self.graph.not(slot) } else { slot }
    }

    /// True when the node depends on a state or on time.
    fn moving(&mut self, id: ExprId) -> bool {
        for i in self.moves.len()..=id.0 as usize {
            let node = self.graph.nodes()[i];
            let moves = match node {
                Node::Variable(variable) => (self.depends)(variable),
                _ => node.children().any(|child| self.moves[child.0 as usize]),
            };
            self.moves.push(moves);
        }
        self.moves[id.0 as usize]
    }
}
