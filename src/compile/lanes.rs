//! Tapes over lanes: `W` systems at once, each operation a plain loop over the block of a register.
//!
//! Kinks are not frozen here: `max(0, x)` is looked at afresh in every evaluation, so that lanes need no common sides.
//! Elementary functions are those of [`crate::lanes::math`].

use std::sync::Arc;

use super::lower::{Body, Suite, lower_suite};
use super::tape::{LaneOperation, LaneVisitor, Step, operations};
use super::{Inputs, Unbound};
use crate::equations::{LaneEquations, Pattern, Slopes};
use crate::expr::graph::{ExprId, Graph, VarId};
use crate::expr::kinks::{is_continuous, thaw};
use crate::lanes::row::row_by_row;
use crate::lanes::{Isa, Rows, Task};
use crate::system::jacobian::{jacobian, time_derivative};
use crate::system::{EventInfo, Flat, Purpose, System, Target};

const RATES: usize = 0;
const SLOPES: usize = 1;
const WATCH: usize = 2;
const PROBES: usize = 3;
/// The first of the effects of events.
const EFFECTS: usize = 4;

/// All that lanes ask of a model, compiled once and shared between threads.
#[derive(Clone, Debug)]
pub struct LaneProgram {
    suite: Suite,
    n_states: usize,
    n_params: usize,
    pattern: Pattern,
    time_derivative_is_zero: bool,
    /// What each watched event changes; its new values are body `EFFECTS + i`.
    targets: Vec<Vec<Target>>,
}

impl LaneProgram {
    /// Compiles the equations of a system.
    ///
    /// Watched are the first of these events of the system, then the expressions `watched`; `probes` are looked at now and
    /// then, one lane at a time. Kinks that are not among the second, which the caller holds, are thawed in all of them.
    ///
    /// # Errors
    /// When an expression needs a variable that is neither time nor a state nor a parameter.
    pub fn new(
        system: &System,
        (events, held): (&[usize], &[usize]),
        watched: &[ExprId],
        probes: &[ExprId],
    ) -> Result<Self, Unbound> {
        let flat = &system.flat;
        let mut graph = flat.graph.clone();
        let watched: Vec<ExprId> = (events.iter().map(|&i| flat.events[i]))
            .chain(watched.iter().copied())
            .collect();
        let mut kinks = kinks(system);
        kinks.retain(|kink| !held.contains(&kink.event));
        let kinks: Vec<(VarId, ExprId)> = kinks.iter().map(|k| (k.slot, k.g)).collect();
        let n = flat.rates.len();
        let rates = thaw(&mut graph, &flat.rates, &kinks);
        let watched = thaw(&mut graph, &watched, &kinks);
        let probes = thaw(&mut graph, probes, &kinks);
        let entries = jacobian(&mut graph, &flat.states, &rates);
        let partial = time_derivative(&mut graph, flat.time, &rates);
        let zero = graph.constant(0.0);
        let time_derivative_is_zero = partial.iter().all(|&entry| entry == zero);
        let mut slopes = [&rates[..], &entries.entries].concat();
        if !time_derivative_is_zero {
            slopes.extend(&partial);
        }
        let mut effects = Vec::new();
        let mut targets = Vec::new();
        for &event in events {
            let (to, values): (Vec<Target>, Vec<ExprId>) =
                flat.effects[event].iter().copied().unzip();
            effects.push(thaw(&mut graph, &values, &kinks));
            targets.push(to);
        }
        let mut functions: Vec<&[ExprId]> = vec![&rates, &slopes, &watched, &probes];
        functions.extend(effects.iter().map(Vec::as_slice));
        let suite = lower_suite(&graph, &inputs(flat), &functions)?;
        Ok(Self {
            suite,
            n_states: n,
            n_params: flat.params.len(),
            pattern: entries.pattern,
            time_derivative_is_zero,
            targets,
        })
    }

    /// Number of entries of ∂f/∂y.
    pub fn jacobian_entries(&self) -> usize {
        self.pattern.len()
    }

    /// Operations of the right-hand side, of the right-hand side with its derivatives, and of what is watched.
    pub fn operations(&self) -> [usize; 3] {
        [RATES, SLOPES, WATCH].map(|body| operations(&self.suite.bodies[body].steps))
    }
}

fn inputs(flat: &Flat) -> Inputs<'_> {
    Inputs {
        time: flat.time,
        states: &flat.states,
        params: &flat.params,
    }
}

/// A kink of a system.
struct Kink {
    /// Its event.
    event: usize,
    slot: VarId,
    /// The function that decides the slot.
    g: ExprId,
}

/// The kinks of a system.
fn kinks(system: &System) -> Vec<Kink> {
    let flat = &system.flat;
    let kink = |(event, info): (usize, &EventInfo)| match info.purpose {
        Purpose::Kink(slot) => Some(Kink {
            event,
            slot: flat.params[slot],
            g: flat.events[event],
        }),
        _ => None,
    };
    (system.events.iter().enumerate())
        .filter_map(kink)
        .collect()
}

/// The kinks at which the rates or one of these expressions may jump: events of the system. What jumps is better landed
/// on than stepped over.
pub fn jumps(system: &System, watched: &[ExprId]) -> Vec<usize> {
    let flat = &system.flat;
    let mut graph = flat.graph.clone();
    let mut roots = flat.rates.clone();
    roots.extend(watched);
    roots.extend(&flat.events);
    let mut jumps = Vec::new();
    for kink in kinks(system) {
        if !is_continuous(&mut graph, &roots, kink.slot, kink.g) {
            jumps.push(kink.event);
        }
    }
    jumps
}

/// A list of expressions for lanes, of states and parameters that mean whatever the caller likes.
#[derive(Clone, Debug)]
pub struct LaneFunction {
    suite: Arc<Suite>,
    n_states: usize,
    n_params: usize,
}

impl LaneFunction {
    /// Compiles the expressions of the graph.
    ///
    /// # Errors
    /// When an expression needs a variable that is not among the inputs.
    pub fn new(graph: &Graph, inputs: &Inputs, expressions: &[ExprId]) -> Result<Self, Unbound> {
        Ok(Self {
            suite: Arc::new(lower_suite(graph, inputs, &[expressions])?),
            n_states: inputs.states.len(),
            n_params: inputs.params.len(),
        })
    }

    /// With registers for `W` lanes.
    pub fn evaluator<const W: usize>(&self, isa: Isa) -> LaneFunctionEvaluator<W> {
        LaneFunctionEvaluator {
            registers: Registers::new(&self.suite, isa),
            function: self.clone(),
        }
    }
}

/// A [`LaneFunction`] with registers.
#[derive(Clone, Debug)]
pub struct LaneFunctionEvaluator<const W: usize> {
    function: LaneFunction,
    registers: Registers<W>,
}

impl<const W: usize> LaneFunctionEvaluator<W> {
    /// The values `out` (`[number of expressions]`) for states `y` (`[n_states]`) and parameters `p` (`[n_params]`) at
    /// time 0.
    pub fn eval(&mut self, y: &[[f64; W]], p: &[[f64; W]], out: &mut [[f64; W]]) {
        let LaneFunction {
            suite,
            n_states,
            n_params,
        } = &self.function;
        self.registers.file[1..][..*n_states].copy_from_slice(y);
        self.registers.file[1 + n_states..][..*n_params].copy_from_slice(p);
        self.registers.run(&suite.prologue);
        for body in &suite.bodies {
            self.registers.run(&body.steps);
            self.registers.read(&body.outputs, out);
        }
    }
}

/// The register file of one thread.
#[derive(Clone, Debug)]
struct Registers<const W: usize> {
    isa: Isa,
    file: Rows<W>,
}

impl<const W: usize> Registers<W> {
    fn new(suite: &Suite, isa: Isa) -> Self {
        let mut file = Rows::zeros(suite.n_registers);
        for &(register, value) in &suite.constants {
            file[register as usize] = [value; W];
        }
        Self { isa, file }
    }

    fn run(&mut self, steps: &[Step<u32>]) {
        self.isa.run(Run {
            inputs: None,
            steps,
            outputs: &[],
            parts: &mut [],
            file: &mut self.file,
        });
    }

    /// Runs a body at times `t` and states `y`, and takes its outputs: part after part, as many as each has room for.
    fn call(&mut self, body: &Body, t: &[f64; W], y: &[[f64; W]], parts: &mut [&mut [[f64; W]]]) {
        self.isa.run(Run {
            inputs: Some((t, y)),
            steps: &body.steps,
            outputs: &body.outputs,
            parts,
            file: &mut self.file,
        });
    }

    fn read(&self, registers: &[u32], out: &mut [[f64; W]]) {
        for (out, &register) in out.iter_mut().zip(registers) {
            *out = self.file[register as usize];
        }
    }
}

/// The loop that everything comes down to, with inputs and outputs: to copy them takes no call of its own.
struct Run<'a, 'p, const W: usize> {
    /// Times and states.
    inputs: Option<(&'a [f64; W], &'a [[f64; W]])>,
    steps: &'a [Step<u32>],
    outputs: &'a [u32],
    parts: &'a mut [&'p mut [[f64; W]]],
    file: &'a mut [[f64; W]],
}

impl<const W: usize> Task for Run<'_, '_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if let Some((t, y)) = self.inputs
            && let Some((time, rest)) = self.file.split_first_mut()
        {
            *time = *t;
            for (place, y) in rest.iter_mut().zip(y) {
                row_by_row::<W>();
                *place = *y;
            }
        }
        for step in self.steps {
            step.code.visit_lanes(Each {
                step,
                file: self.file,
            });
        }
        let mut outputs = self.outputs.iter();
        for part in self.parts {
            for (out, &register) in part.iter_mut().zip(outputs.by_ref()) {
                row_by_row::<W>();
                *out = self.file[register as usize];
            }
        }
    }
}

struct Each<'a, const W: usize> {
    step: &'a Step<u32>,
    file: &'a mut [[f64; W]],
}

impl<const W: usize> LaneVisitor for Each<'_, W> {
    #[inline(always)]
    fn visit<O: LaneOperation>(self) {
        let Step { to, a, b, c, .. } = *self.step;
        let file = self.file;
        let (a, b, c) = (&file[a as usize], &file[b as usize], &file[c as usize]);
        // Through a block of its own, which stays in vector registers: the operands can't be seen to be elsewhere.
        let mut out = [0.0; W];
        for w in 0..W {
            out[w] = O::of(a[w], b[w], c[w]);
        }
        file[to as usize] = out;
    }
}

/// A program with registers for `W` lanes, and for one: what a solver calls. One for each thread.
#[derive(Clone, Debug)]
pub struct LaneEvaluator<const W: usize> {
    program: Arc<LaneProgram>,
    lanes: Registers<W>,
    single: Registers<1>,
    assigned: Vec<f64>,
}

impl<const W: usize> LaneEvaluator<W> {
    /// With all parameters 0 until they are bound.
    pub fn new(program: Arc<LaneProgram>, isa: Isa) -> Self {
        Self {
            lanes: Registers::new(&program.suite, isa),
            single: Registers::new(&program.suite, isa),
            assigned: Vec::new(),
            program,
        }
    }

    /// The probes `out` (`[number of probes]`) of one system at time `t`, state `y` (`[n_states]`) and parameters `p`
    /// (`[n_params]`).
    pub fn probe(&mut self, t: f64, y: &[f64], p: &[f64], out: &mut [f64]) {
        self.alone(PROBES, t, y, p);
        let body = &self.program.suite.bodies[PROBES];
        self.single.read(&body.outputs, out.as_chunks_mut::<1>().0);
    }

    /// Runs a body for one system.
    fn alone(&mut self, body: usize, t: f64, y: &[f64], p: &[f64]) {
        let program = &self.program;
        let file = self.single.file.as_flattened_mut();
        file[0] = t;
        file[1..][..program.n_states].copy_from_slice(y);
        file[1 + program.n_states..][..program.n_params].copy_from_slice(p);
        self.single.run(&program.suite.prologue);
        self.single.run(&program.suite.bodies[body].steps);
    }
}

impl<const W: usize> LaneEquations<W> for LaneEvaluator<W> {
    fn n_states(&self) -> usize {
        self.program.n_states
    }

    fn n_params(&self) -> usize {
        self.program.n_params
    }

    fn n_watched(&self) -> usize {
        self.program.suite.bodies[WATCH].outputs.len()
    }

    fn jacobian_pattern(&self) -> &Pattern {
        &self.program.pattern
    }

    fn time_derivative_is_zero(&self) -> bool {
        self.program.time_derivative_is_zero
    }

    fn bind(&mut self, p: &[[f64; W]]) {
        let first = 1 + self.program.n_states;
        self.lanes.file[first..][..self.program.n_params].copy_from_slice(p);
        self.lanes.run(&self.program.suite.prologue);
    }

    fn rates(&mut self, t: &[f64; W], y: &[[f64; W]], f: &mut [[f64; W]]) {
        self.lanes
            .call(&self.program.suite.bodies[RATES], t, y, &mut [f]);
    }

    fn slopes(&mut self, t: &[f64; W], y: &[[f64; W]], out: Slopes<'_, W>) {
        let body = &self.program.suite.bodies[SLOPES];
        // A time derivative that is 0 throughout is no output.
        self.lanes
            .call(body, t, y, &mut [out.f, out.jacobian, out.time]);
    }

    fn watch(&mut self, t: &[f64; W], y: &[[f64; W]], g: &mut [[f64; W]]) {
        self.lanes
            .call(&self.program.suite.bodies[WATCH], t, y, &mut [g]);
    }

    fn apply(&mut self, event: usize, t: f64, y: &mut [f64], p: &mut [f64]) {
        let body = EFFECTS + event;
        self.alone(body, t, y, p);
        let outputs = &self.program.suite.bodies[body].outputs;
        self.assigned.resize(outputs.len(), 0.0);
        let values = self.assigned.as_chunks_mut::<1>().0;
        self.single.read(outputs, values);
        for (target, &value) in self.program.targets[event].iter().zip(&self.assigned) {
            let place = match *target {
                Target::State(i) => y.get_mut(i),
                Target::Param(i) => p.get_mut(i),
            };
            if let Some(place) = place {
                *place = value;
            }
        }
    }
}
