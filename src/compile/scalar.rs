//! Tapes over single numbers: the reference for every other way to run them.
//!
//! Registers are numbered in the narrowest of three widths. With 8 or 16 bits the register file has exactly as many
//! places as there are numbers, so that no access needs a check of bounds.

use std::sync::Arc;

use super::tape::{Code, Step, Tape, Visitor};
use super::{Function, Program};
use crate::equations::{Equations, Pattern};
use crate::system::Target;

/// A width of register numbers.
pub(super) trait Index: Copy {
    /// What it indexes.
    type File: ?Sized;
    /// The register.
    fn read(self, file: &Self::File) -> f64;
    /// Changes the register.
    fn write(self, file: &mut Self::File, value: f64);
    /// All registers.
    fn all(file: &Self::File) -> &[f64];
}

macro_rules! index {
    ($width:ty, $file:ty) => {
        impl Index for $width {
            type File = $file;
            #[inline(always)]
            fn read(self, file: &$file) -> f64 {
                file[self as usize]
            }
            #[inline(always)]
            fn write(self, file: &mut $file, value: f64) {
                file[self as usize] = value;
            }
            #[inline(always)]
            fn all(file: &$file) -> &[f64] {
                file
            }
        }
    };
}

const BYTE: usize = 1 << 8;
const SHORT: usize = 1 << 16;
index!(u8, [f64; BYTE]);
index!(u16, [f64; SHORT]);
index!(u32, [f64]);

/// Registers of one step: of its result and of its operands.
#[derive(Clone, Copy, Debug)]
struct Operands<I> {
    to: I,
    a: I,
    b: I,
    c: I,
}

/// Neighbouring steps of the same code, which is looked at once for all of them.
#[derive(Clone, Copy, Debug)]
struct Group {
    code: Code,
    /// Number of steps.
    len: u32,
}

/// A list of steps.
#[derive(Clone, Debug)]
struct Run<I> {
    groups: Vec<Group>,
    operands: Vec<Operands<I>>,
}

impl<I: Index> Run<I> {
    fn new(steps: &[Step<u32>], narrow: impl Fn(u32) -> I) -> Self {
        let groups = steps
            .chunk_by(|one, next| one.code == next.code)
            .map(|steps| Group {
                code: steps[0].code,
                len: steps.len() as u32,
            });
        let operands = steps.iter().map(|s| Operands {
            to: narrow(s.to),
            a: narrow(s.a),
            b: narrow(s.b),
            c: narrow(s.c),
        });
        Self {
            groups: groups.collect(),
            operands: operands.collect(),
        }
    }

    /// The loop that everything comes down to. On its own, since what callers keep would take registers from it.
    #[inline(never)]
    fn run(&self, file: &mut I::File) {
        let mut rest = self.operands.as_slice();
        for group in &self.groups {
            let Some((operands, after)) = rest.split_at_checked(group.len as usize) else {
                return;
            };
            rest = after;
            group.code.visit(Each { operands, file });
        }
    }
}

/// A group and the registers that it works on.
struct Each<'a, I: Index> {
    operands: &'a [Operands<I>],
    file: &'a mut I::File,
}

impl<I: Index> Visitor for Each<'_, I> {
    #[inline(always)]
    fn visit(self, value: impl Fn(f64, f64, f64) -> f64) {
        // The first one apart: where no group is long, the set-up of a loop would cost more than the step.
        let Some((first, others)) = self.operands.split_first() else {
            return;
        };
        let mut run = |step: &Operands<I>| {
            let [a, b, c] = [&step.a, &step.b, &step.c];
            let value = value(a.read(self.file), b.read(self.file), c.read(self.file));
            step.to.write(self.file, value);
        };
        run(first);
        others.iter().for_each(run);
    }
}

/// The steps of a tape with register numbers of one width.
#[derive(Clone, Debug)]
pub(super) struct Steps<I> {
    prologue: Run<I>,
    body: Run<I>,
    /// Register of the first output.
    first_output: usize,
    /// Outputs that are not in the row that begins there, with their registers.
    elsewhere: Vec<(u32, I)>,
}

impl<I: Index> Steps<I> {
    fn new(tape: &Tape, narrow: impl Fn(u32) -> I) -> Self {
        let first_output = tape.first_output;
        let elsewhere = (tape.outputs.iter().enumerate())
            .filter(|&(i, &register)| register as usize != first_output + i)
            .map(|(i, &register)| (i as u32, narrow(register)));
        Self {
            prologue: Run::new(&tape.prologue, &narrow),
            body: Run::new(&tape.body, &narrow),
            first_output,
            elsewhere: elsewhere.collect(),
        }
    }

    fn finish(&self, file: &mut I::File, out: &mut [f64]) {
        self.body.run(file);
        let row = I::all(file).get(self.first_output..).unwrap_or_default();
        for (place, &value) in out.iter_mut().zip(row) {
            *place = value;
        }
        for &(i, register) in &self.elsewhere {
            if let Some(place) = out.get_mut(i as usize) {
                *place = register.read(file);
            }
        }
    }
}

/// A tape in the form that runs fastest.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    constants: Vec<(u32, f64)>,
    /// Length of the register file. Pages that no step touches are never made real by the system.
    n_registers: usize,
    steps: Width,
}

#[derive(Clone, Debug)]
enum Width {
    Byte(Steps<u8>),
    Short(Steps<u16>),
    Wide(Steps<u32>),
}

impl Packed {
    /// Of the tape with steps of the same code side by side.
    pub(super) fn new(tape: &Tape) -> Self {
        let (n_registers, steps) = if tape.n_registers <= BYTE {
            (BYTE, Width::Byte(Steps::new(tape, |to| to as u8)))
        } else if tape.n_registers <= SHORT {
            (SHORT, Width::Short(Steps::new(tape, |to| to as u16)))
        } else {
            let steps = Steps::new(tape, |to| to);
            (tape.n_registers, Width::Wide(steps))
        };
        Self {
            constants: tape.constants.clone(),
            n_registers,
            steps,
        }
    }
}

/// Registers for any number of functions, one at a time.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    file: Vec<f64>,
}

/// Constants, parameters and what depends on them only.
pub(super) fn bind(function: &Function, scratch: &mut Scratch, p: &[f64]) {
    let (tape, packed) = (&function.tape, &function.packed);
    if scratch.file.len() != packed.n_registers {
        scratch.file = vec![0.0; packed.n_registers];
    }
    let file = &mut scratch.file;
    for (place, &value) in file[tape.first_param()..]
        .iter_mut()
        .zip(p)
        .take(tape.n_params)
    {
        *place = value;
    }
    for &(register, value) in &packed.constants {
        file[register as usize] = value;
    }
    match &packed.steps {
        Width::Byte(steps) => {
            file.first_chunk_mut()
                .into_iter()
                .for_each(|file| steps.prologue.run(file));
        }
        Width::Short(steps) => {
            file.first_chunk_mut()
                .into_iter()
                .for_each(|file| steps.prologue.run(file));
        }
        Width::Wide(steps) => steps.prologue.run(file),
    }
}

/// The outputs for registers that `bind` has prepared for the same function.
#[inline]
pub(super) fn finish(
    function: &Function,
    scratch: &mut Scratch,
    t: f64,
    y: &[f64],
    out: &mut [f64],
) {
    if out.is_empty() {
        return;
    }
    let file = &mut scratch.file;
    #[cfg(feature = "jit")]
    if let Some(machine) = &function.machine {
        return machine.run(t, y, file, out);
    }
    let n_states = function.tape.n_states;
    if let Some((time, rest)) = file.split_first_mut() {
        *time = t;
        for (place, &value) in rest.iter_mut().zip(y).take(n_states) {
            *place = value;
        }
    }
    match &function.packed.steps {
        Width::Byte(steps) => {
            if let Some(file) = file.first_chunk_mut() {
                steps.finish(file, out);
            }
        }
        Width::Short(steps) => {
            if let Some(file) = file.first_chunk_mut() {
                steps.finish(file, out);
            }
        }
        Width::Wide(steps) => steps.finish(file, out),
    }
}

/// A function with registers of its own: parameters are bound once, then it is called many times.
#[derive(Clone, Debug)]
pub struct FunctionEvaluator {
    function: Arc<Function>,
    scratch: Scratch,
}

impl FunctionEvaluator {
    /// With all parameters 0 until [`Self::bind`].
    pub fn new(function: Arc<Function>) -> Self {
        let mut scratch = Scratch::default();
        bind(&function, &mut scratch, &vec![0.0; function.n_params()]);
        Self { function, scratch }
    }

    /// The function.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Takes the parameters (`[n_params]`) that hold until the next call.
    pub fn bind(&mut self, p: &[f64]) {
        bind(&self.function, &mut self.scratch, p);
    }

    /// The outputs (`[n_outputs]`) at time `t` and state `y` (`[n_states]`).
    pub fn eval(&mut self, t: f64, y: &[f64], out: &mut [f64]) {
        finish(&self.function, &mut self.scratch, t, y, out);
    }
}

/// One function of a program with registers that know whether they hold the present parameters.
#[derive(Clone, Debug, Default)]
struct Part {
    scratch: Scratch,
    bound: bool,
}

impl Part {
    #[inline]
    fn eval(&mut self, function: &Function, p: &[f64], t: f64, y: &[f64], out: &mut [f64]) {
        if !self.bound {
            bind(function, &mut self.scratch, p);
            self.bound = true;
        }
        finish(function, &mut self.scratch, t, y, out);
    }
}

/// A program with registers: what a solver calls. One for each thread.
#[derive(Clone, Debug)]
pub struct Evaluator {
    program: Arc<Program>,
    p: Vec<f64>,
    rates: Part,
    jacobian: Part,
    time_derivative: Part,
    events: Part,
    /// The values whose extrema are looked for, and the events that are their rates.
    watched: Option<Arc<Function>>,
    rates_of_watched: Vec<usize>,
    values: Part,
    /// For effects, which are rare: bound anew at each call.
    scratch: Scratch,
    assigned: Vec<f64>,
}

impl Evaluator {
    /// With all parameters 0 until [`Equations::bind`].
    pub fn new(program: Arc<Program>) -> Self {
        let p = vec![0.0; program.rates.n_params()];
        let most = program
            .effects
            .iter()
            .map(|effect| effect.targets.len())
            .max();
        Self {
            p,
            assigned: vec![0.0; most.unwrap_or(0)],
            rates: Part::default(),
            jacobian: Part::default(),
            time_derivative: Part::default(),
            events: Part::default(),
            watched: None,
            rates_of_watched: Vec::new(),
            values: Part::default(),
            scratch: Scratch::default(),
            program,
        }
    }

    /// The same with values whose extrema are looked for, the outputs of `function`; output `i` has event function
    /// `rates[i]` for its rate.
    #[must_use]
    pub fn watching(self, function: Arc<Function>, rates: Vec<usize>) -> Self {
        Self {
            watched: Some(function),
            rates_of_watched: rates,
            values: Part::default(),
            ..self
        }
    }

    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }
}

impl Equations for Evaluator {
    fn n_states(&self) -> usize {
        self.program.rates.n_states()
    }

    fn n_params(&self) -> usize {
        self.program.rates.n_params()
    }

    fn n_events(&self) -> usize {
        self.program.events.n_outputs()
    }

    fn bind(&mut self, p: &[f64]) {
        for (place, &value) in self.p.iter_mut().zip(p) {
            *place = value;
        }
        // The others follow when they are asked for: an explicit method never needs the Jacobian.
        for part in [
            &mut self.jacobian,
            &mut self.time_derivative,
            &mut self.events,
            &mut self.values,
        ] {
            part.bound = false;
        }
        bind(&self.program.rates, &mut self.rates.scratch, &self.p);
        self.rates.bound = true;
    }

    #[inline]
    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]) {
        self.rates.eval(&self.program.rates, &self.p, t, y, dy);
    }

    fn operations(&self) -> usize {
        self.program.rates.tape().operations()
    }

    fn events(&mut self, t: f64, y: &[f64], g: &mut [f64]) {
        self.events.eval(&self.program.events, &self.p, t, y, g);
    }

    fn watched(&self) -> &[usize] {
        &self.rates_of_watched
    }

    fn values(&mut self, t: f64, y: &[f64], x: &mut [f64]) {
        if let Some(function) = &self.watched {
            self.values.eval(function, &self.p, t, y, x);
        }
    }

    fn apply(&mut self, event: usize, t: f64, y: &mut [f64], p: &mut [f64]) {
        let Some(effect) = self.program.effects.get(event) else {
            return;
        };
        let values = &mut self.assigned[..effect.targets.len()];
        effect.values.eval(&mut self.scratch, t, y, p, values);
        for (target, &mut value) in effect.targets.iter().zip(values) {
            let place = match *target {
                Target::State(i) => y.get_mut(i),
                Target::Param(i) => p.get_mut(i),
            };
            if let Some(place) = place {
                *place = value;
            }
        }
    }

    fn jacobian_pattern(&self) -> Option<&Pattern> {
        Some(&self.program.pattern)
    }

    fn jacobian(&mut self, t: f64, y: &[f64], values: &mut [f64]) {
        self.jacobian
            .eval(&self.program.jacobian, &self.p, t, y, values);
    }

    fn time_derivative_is_zero(&self) -> bool {
        self.program.time_derivative_is_zero
    }

    fn time_derivative(&mut self, t: f64, y: &[f64], dfdt: &mut [f64]) {
        if self.program.time_derivative_is_zero {
            return dfdt.fill(0.0);
        }
        self.time_derivative
            .eval(&self.program.time_derivative, &self.p, t, y, dfdt);
    }
}
