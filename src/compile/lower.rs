//! From a graph to a tape: order, merge, fuse, assign registers.
//!
//! The order is depth first from output to output, so that intermediate results live for a short time and few registers
//! are enough. Powers of small known exponents become multiplications, an operation whose result is used once by the
//! next becomes one step with it; neither changes a bit of the result.

use std::collections::{HashMap, HashSet};

use super::schedule;
use super::tape::{Code, Step, Tape};
use super::{Inputs, Unbound};
use crate::expr::graph::{Binary, ExprId, Graph, Node, Unary, VarId};
use crate::expr::op::PowerForm;

/// A value of the intermediate form; operands are indices of earlier values.
#[derive(Clone, Copy, Debug)]
enum Value {
    /// A register that holds it from the start.
    Input(u32),
    Constant(f64),
    Step {
        code: Code,
        args: [u32; 3],
    },
    /// Became part of the step that used it.
    Fused,
}

/// The outputs as two tapes with the same steps, constants and prologue.
pub(super) struct Lowered {
    /// With few registers.
    pub tape: Tape,
    /// With steps of the same code side by side, where that pays.
    pub grouped: Tape,
}

/// Compiles the outputs.
pub(super) fn lower(
    graph: &Graph,
    inputs: &Inputs,
    registers: &Registers,
    outputs: &[ExprId],
) -> Result<Lowered, Unbound> {
    let mut lowering = Lowering::new(registers);
    for id in order(graph, outputs) {
        let value = lowering.node(graph, id)?;
        lowering.of.insert(id, value);
    }
    let outputs: Vec<u32> = outputs.iter().map(|id| lowering.of[id]).collect();
    lowering.fuse(&outputs);
    let body = lowering.body();
    let in_order: Vec<usize> = body.iter().map(|step| step.value).collect();
    let tape = lowering.assign(inputs, &outputs, &in_order);
    let by_code = schedule::schedule(&body, lowering.values.len());
    let grouped = lowering.assign(inputs, &outputs, &by_code);
    let grouped = match schedule::pays(&grouped.body) {
        true => grouped,
        false => tape.clone(),
    };
    Ok(Lowered { tape, grouped })
}

/// A function of a [`Suite`].
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    /// What time or a state moves, in an order of evaluation.
    pub steps: Vec<Step<u32>>,
    /// Register of each output.
    pub outputs: Vec<u32>,
}

/// Several functions of the same inputs over one register file: parameters are bound once for all of them. Temporary
/// registers are those of the function that runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Suite {
    /// Number of registers.
    pub n_registers: usize,
    /// Constants with their registers.
    pub constants: Vec<(u32, f64)>,
    /// What depends on parameters only.
    pub prologue: Vec<Step<u32>>,
    /// The functions in the order given.
    pub bodies: Vec<Body>,
}

/// Compiles several functions for lanes.
pub(super) fn lower_suite(
    graph: &Graph,
    inputs: &Inputs,
    functions: &[&[ExprId]],
) -> Result<Suite, Unbound> {
    let registers = Registers::new(inputs);
    let mut lowering = Lowering::new(&registers);
    let all: Vec<ExprId> = functions.concat();
    let order = order(graph, &all);
    lowering.lanes = Some(shared_denominators(graph, &order));
    for id in order {
        let value = lowering.node(graph, id)?;
        lowering.of.insert(id, value);
    }
    let value = |id: &ExprId| lowering.of[id];
    let outputs: Vec<Vec<u32>> = (functions.iter())
        .map(|f| f.iter().map(value).collect())
        .collect();
    lowering.fuse(&outputs.concat());
    let first = (Tape::STATES + inputs.states.len() + inputs.params.len()) as u32;
    Ok(lowering.suite(first, &outputs))
}

/// What more than one of the nodes is divided by.
fn shared_denominators(graph: &Graph, nodes: &[ExprId]) -> HashSet<ExprId> {
    let mut once = HashSet::new();
    let mut shared = HashSet::new();
    for &id in nodes {
        if let Node::Binary(Binary::Divide, _, b) = graph.node(id)
            && !once.insert(b)
        {
            shared.insert(b);
        }
    }
    shared
}

/// What the outputs need, children first, depth first. A stack of its own: graphs may be deep.
fn order(graph: &Graph, outputs: &[ExprId]) -> Vec<ExprId> {
    let end = outputs
        .iter()
        .map(|root| root.0 as usize + 1)
        .max()
        .unwrap_or(0);
    let mut seen = vec![false; end];
    let mut order = Vec::new();
    let mut stack: Vec<(ExprId, bool)> = Vec::new();
    for &root in outputs {
        stack.push((root, false));
        while let Some((id, children_done)) = stack.pop() {
            if children_done {
                order.push(id);
            } else if !std::mem::replace(&mut seen[id.0 as usize], true) {
                stack.push((id, true));
                let mut children = [None; 3];
                for (place, child) in children.iter_mut().zip(graph.node(id).children()) {
                    *place = Some(child);
                }
                // Last in, first out: pushed in reverse, the first argument is computed first.
                stack.extend(
                    children
                        .into_iter()
                        .rev()
                        .flatten()
                        .map(|child| (child, false)),
                );
            }
        }
    }
    order
}

/// The registers of the inputs, and whether they move. One for all functions of a program: an event that sets one of
/// a thousand cells reads few of its inputs.
pub(super) struct Registers(HashMap<VarId, (u32, bool)>);

impl Registers {
    pub fn new(inputs: &Inputs) -> Self {
        let states = inputs.states.iter().map(|&variable| (variable, true));
        let params = inputs.params.iter().map(|&variable| (variable, false));
        let all = std::iter::once((inputs.time, true))
            .chain(states)
            .chain(params);
        let registers = (0..).zip(all);
        Self(registers.map(|(r, (v, moves))| (v, (r, moves))).collect())
    }
}

struct Lowering<'r> {
    values: Vec<Value>,
    /// Whether each value depends on time or a state.
    moving: Vec<bool>,
    of: HashMap<ExprId, u32>,
    registers: &'r Registers,
    constants: HashMap<u64, u32>,
    steps: HashMap<(Code, [u32; 3]), u32>,
    /// For lanes, to which a division is dear and a library's function no help: powers of small fractions become roots
    /// and multiplications, and to divide by a parameter or by one of these is to multiply by the reciprocal.
    lanes: Option<HashSet<ExprId>>,
}

impl<'r> Lowering<'r> {
    fn new(registers: &'r Registers) -> Self {
        Self {
            values: Vec::new(),
            moving: Vec::new(),
            of: HashMap::new(),
            registers,
            constants: HashMap::new(),
            steps: HashMap::new(),
            lanes: None,
        }
    }

    fn push(&mut self, value: Value, moving: bool) -> u32 {
        self.values.push(value);
        self.moving.push(moving);
        (self.values.len() - 1) as u32
    }

    fn node(&mut self, graph: &Graph, id: ExprId) -> Result<u32, Unbound> {
        let of = |id: ExprId| self.of[&id];
        Ok(match graph.node(id) {
            Node::Constant(value) => self.constant(value),
            Node::Variable(variable) => {
                let Some(&(register, moving)) = self.registers.0.get(&variable) else {
                    return Err(Unbound {
                        variable,
                        name: graph.var(variable).name.clone(),
                    });
                };
                self.push(Value::Input(register), moving)
            }
            Node::Unary(op, a) => {
                let a = of(a);
                self.step(op.into(), [a, a, a])
            }
            Node::Binary(Binary::Power, a, b) => {
                let exponent = match graph.node(b) {
                    Node::Constant(exponent) if !exponent.is_nan() => Some(exponent),
                    _ => None,
                };
                let (a, b) = (of(a), of(b));
                self.power(a, b, exponent)
            }
            Node::Binary(Binary::Divide, a, b) if self.by_reciprocal(of(a), of(b), b) => {
                let (a, b) = (of(a), of(b));
                let inverse = match self.values[b as usize] {
                    Value::Constant(b) => self.constant(1.0 / b),
                    _ => {
                        let one = self.constant(1.0);
                        self.step(Code::Divide, [one, b, one])
                    }
                };
                self.step(Code::Multiply, [a, inverse, a])
            }
            Node::Binary(op, a, b) => {
                let (a, b) = (of(a), of(b));
                self.step(op.into(), [a, b, a])
            }
            Node::Select(c, a, b) => match graph.node(c) {
                Node::Unary(Unary::Step, g) if self.lanes.is_some() => {
                    let args = [of(g), of(a), of(b)];
                    self.step(Code::SelectAbove, args)
                }
                _ => {
                    let args = [of(c), of(a), of(b)];
                    self.step(Code::Select, args)
                }
            },
        })
    }

    /// Whether the value `a` is to be multiplied by the reciprocal of `b`, which is the value of `denominator`.
    fn by_reciprocal(&self, a: u32, b: u32, denominator: ExprId) -> bool {
        let moves = |value: u32| self.moving[value as usize];
        let one = matches!(self.values[a as usize], Value::Constant(1.0));
        self.lanes.as_ref().is_some_and(|shared| {
            !one && moves(b) && shared.contains(&denominator) || moves(a) && !moves(b)
        })
    }

    fn constant(&mut self, value: f64) -> u32 {
        if let Some(&known) = self.constants.get(&value.to_bits()) {
            return known;
        }
        let new = self.push(Value::Constant(value), false);
        self.constants.insert(value.to_bits(), new);
        new
    }

    fn step(&mut self, code: Code, args: [u32; 3]) -> u32 {
        if let Some(&known) = self.steps.get(&(code, args)) {
            return known;
        }
        let moving = args.iter().any(|&arg| self.moving[arg as usize]);
        let new = self.push(Value::Step { code, args }, moving);
        self.steps.insert((code, args), new);
        new
    }

    /// The same operations as [`crate::expr::op::power`].
    fn power(&mut self, a: u32, b: u32, exponent: Option<f64>) -> u32 {
        let Some(exponent) = exponent else {
            return self.step(Code::Power, [a, b, a]);
        };
        let square = |this: &mut Self, x| this.step(Code::Multiply, [x, x, x]);
        match PowerForm::of(exponent) {
            // Simplified away when the node was made; a node made without that keeps NaN for a NaN base.
            PowerForm::One | PowerForm::Same => self.step(Code::Power, [a, b, a]),
            PowerForm::Square => square(self, a),
            PowerForm::Cube => {
                let squared = square(self, a);
                self.step(Code::Multiply, [squared, a, squared])
            }
            PowerForm::Fourth => {
                let squared = square(self, a);
                square(self, squared)
            }
            PowerForm::Reciprocal => {
                let one = self.constant(1.0);
                self.step(Code::Divide, [one, a, one])
            }
            PowerForm::ReciprocalSquare => {
                let one = self.constant(1.0);
                let squared = square(self, a);
                self.step(Code::Divide, [one, squared, one])
            }
            PowerForm::Root => self.step(Code::Sqrt, [a, a, a]),
            PowerForm::General if self.lanes.is_some() && fraction(exponent).is_some() => {
                let (numerator, root) = fraction(exponent).unwrap_or((0, 1));
                self.rational_power(a, numerator, root)
            }
            PowerForm::General => self.step(Code::LibraryPower, [a, b, a]),
        }
    }

    /// a^(m/d) by roots and multiplications.
    fn rational_power(&mut self, a: u32, m: i32, d: u32) -> u32 {
        let base = match d {
            1 => a,
            2 => self.step(Code::Sqrt, [a, a, a]),
            _ => self.step(Code::CubeRoot, [a, a, a]),
        };
        let mut power = base;
        // From the highest digit of m on: square, and multiply by the base where the digit is 1.
        let size = m.unsigned_abs();
        for digit in (0..size.ilog2()).rev() {
            power = self.step(Code::Multiply, [power, power, power]);
            if size >> digit & 1 == 1 {
                power = self.step(Code::Multiply, [power, base, power]);
            }
        }
        if m < 0 {
            let one = self.constant(1.0);
            power = self.step(Code::Divide, [one, power, one]);
        }
        power
    }

    /// Merges an operation into its only user where a code for both exists and both run equally often.
    fn fuse(&mut self, outputs: &[u32]) {
        let mut uses = vec![0u32; self.values.len()];
        for value in &self.values {
            if let Value::Step { code, args } = value {
                args[..code.arity()]
                    .iter()
                    .for_each(|&arg| uses[arg as usize] += 1);
            }
        }
        outputs
            .iter()
            .for_each(|&output| uses[output as usize] += 1);
        for i in 0..self.values.len() {
            let Value::Step { code: outer, args } = self.values[i] else {
                continue;
            };
            if outer.arity() != 2 {
                continue;
            }
            for side in [0, 1] {
                let (inner_at, other) = (args[side] as usize, args[1 - side]);
                let Value::Step {
                    code: inner,
                    args: inner_args,
                } = self.values[inner_at]
                else {
                    continue;
                };
                let alone = uses[inner_at] == 1 && self.moving[inner_at] == self.moving[i];
                if let Some(code) = Code::fuse(outer, inner, side == 0).filter(|_| alone) {
                    let args = [inner_args[0], inner_args[1], other];
                    self.values[i] = Value::Step { code, args };
                    self.values[inner_at] = Value::Fused;
                    break;
                }
            }
        }
    }

    /// Gives each value a register; those of the body are used again after the last use of their value, in the order
    /// given. Outputs stand in a row, so that they are copied in one go.
    fn assign(&self, inputs: &Inputs, outputs: &[u32], body: &[usize]) -> Tape {
        let (n_states, n_params) = (inputs.states.len(), inputs.params.len());
        let first_output = Tape::STATES + n_states + n_params;
        let mut tape = Tape {
            n_states,
            n_params,
            first_output,
            ..Tape::default()
        };
        let home = self.homes(first_output as u32, outputs);
        let mut next = (first_output + outputs.len()) as u32;
        let mut take = || {
            next += 1;
            next - 1
        };
        let mut register = vec![0u32; self.values.len()];
        for (i, value) in self.values.iter().enumerate() {
            match *value {
                Value::Input(known) => register[i] = known,
                Value::Constant(value) => {
                    register[i] = home[i].unwrap_or_else(&mut take);
                    tape.constants.push((register[i], value));
                }
                Value::Step { code, args } if !self.moving[i] => {
                    register[i] = home[i].unwrap_or_else(&mut take);
                    tape.prologue.push(step(code, register[i], args, &register));
                }
                Value::Step { .. } | Value::Fused => {}
            }
        }
        let last_use = self.last_uses(body);
        let mut free = Vec::new();
        for (at, &i) in body.iter().enumerate() {
            let Value::Step { code, args } = self.values[i] else {
                continue;
            };
            register[i] = home[i].unwrap_or_else(|| free.pop().unwrap_or_else(&mut take));
            tape.body.push(step(code, register[i], args, &register));
            // Freed only now: a result never lands on an operand, which lanes would have to copy first.
            for (k, &arg) in args[..code.arity()].iter().enumerate() {
                let repeated = args[..k].contains(&arg);
                let arg = arg as usize;
                let temporary = matches!(self.values[arg], Value::Step { .. })
                    && self.moving[arg]
                    && home[arg].is_none();
                if temporary && last_use[arg] == at && !repeated {
                    free.push(register[arg]);
                }
            }
        }
        tape.n_registers = next as usize;
        tape.outputs = outputs
            .iter()
            .map(|&output| register[output as usize])
            .collect();
        tape
    }

    /// Gives registers to several functions: constants and what depends on parameters only have theirs for good, the
    /// rest share the ones behind.
    fn suite(&self, first: u32, outputs: &[Vec<u32>]) -> Suite {
        let mut suite = Suite::default();
        let mut next = first;
        let mut take = || {
            next += 1;
            next - 1
        };
        let mut register = vec![0u32; self.values.len()];
        for (i, value) in self.values.iter().enumerate() {
            match *value {
                Value::Input(known) => register[i] = known,
                Value::Constant(value) => {
                    register[i] = take();
                    suite.constants.push((register[i], value));
                }
                Value::Step { code, args } if !self.moving[i] => {
                    register[i] = take();
                    let step = step(code, register[i], args, &register);
                    suite.prologue.push(step);
                }
                Value::Step { .. } | Value::Fused => {}
            }
        }
        suite.n_registers = next as usize;
        for outputs in outputs {
            let (body, used) = self.body_of(outputs, next, &mut register);
            suite.bodies.push(body);
            suite.n_registers = suite.n_registers.max(used as usize);
        }
        suite
    }

    /// One function whose temporary registers begin at `first`; and one above the last of them.
    fn body_of(&self, outputs: &[u32], first: u32, register: &mut [u32]) -> (Body, u32) {
        const KEPT: usize = usize::MAX;
        let mut needed = vec![false; self.values.len()];
        let mut last_use = vec![0; self.values.len()];
        for &output in outputs {
            needed[output as usize] = true;
            last_use[output as usize] = KEPT;
        }
        for i in (0..self.values.len()).rev() {
            let Value::Step { code, args } = self.values[i] else {
                continue;
            };
            if needed[i] && self.moving[i] {
                for &arg in &args[..code.arity()] {
                    needed[arg as usize] = true;
                    last_use[arg as usize] = last_use[arg as usize].max(i);
                }
            }
        }
        let (mut next, mut free) = (first, Vec::new());
        let mut body = Body::default();
        for i in 0..self.values.len() {
            let Value::Step { code, args } = self.values[i] else {
                continue;
            };
            if !(needed[i] && self.moving[i]) {
                continue;
            }
            register[i] = free.pop().unwrap_or_else(|| {
                next += 1;
                next - 1
            });
            body.steps.push(step(code, register[i], args, register));
            for (k, &arg) in args[..code.arity()].iter().enumerate() {
                let repeated = args[..k].contains(&arg);
                let arg = arg as usize;
                let temporary = matches!(self.values[arg], Value::Step { .. }) && self.moving[arg];
                if temporary && last_use[arg] == i && !repeated {
                    free.push(register[arg]);
                }
            }
        }
        body.outputs = outputs.iter().map(|&o| register[o as usize]).collect();
        (body, next)
    }

    /// The register of each value that is an output, by the first output that it is.
    fn homes(&self, first: u32, outputs: &[u32]) -> Vec<Option<u32>> {
        let mut home = vec![None; self.values.len()];
        for (register, &output) in (first..).zip(outputs) {
            if !matches!(self.values[output as usize], Value::Input(_)) {
                home[output as usize].get_or_insert(register);
            }
        }
        home
    }

    /// The steps that time or a state moves, in an order of evaluation.
    fn body(&self) -> Vec<schedule::Item> {
        let step = |(value, what): (usize, &Value)| match *what {
            Value::Step { code, args } if self.moving[value] => {
                Some(schedule::Item { value, code, args })
            }
            _ => None,
        };
        self.values.iter().enumerate().filter_map(step).collect()
    }

    /// The place in the body of the last step that reads each value.
    fn last_uses(&self, body: &[usize]) -> Vec<usize> {
        let mut last = vec![0; self.values.len()];
        for (at, &i) in body.iter().enumerate() {
            if let Value::Step { code, args } = self.values[i] {
                args[..code.arity()]
                    .iter()
                    .for_each(|&arg| last[arg as usize] = at);
            }
        }
        last
    }
}

/// The exponent as a fraction m/d with d up to 3 and a small m, but for rounding: derivatives have exponents like
/// 2/3 − 1.
fn fraction(exponent: f64) -> Option<(i32, u32)> {
    [1, 2, 3].into_iter().find_map(|d| {
        let m = (exponent * f64::from(d)).round();
        let near = (exponent - m / f64::from(d)).abs() <= 2.0 * f64::EPSILON * exponent.abs();
        (near && m != 0.0 && m.abs() <= 12.0).then_some((m as i32, d))
    })
}

fn step(code: Code, to: u32, args: [u32; 3], register: &[u32]) -> Step<u32> {
    let used: [u32; 3] = std::array::from_fn(|k| {
        let arg = if k < code.arity() { args[k] } else { args[0] };
        register[arg as usize]
    });
    Step {
        code,
        to,
        a: used[0],
        b: used[1],
        c: used[2],
    }
}
