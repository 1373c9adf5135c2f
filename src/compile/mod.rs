//! From flat equations to tapes and their evaluation.
//!
//! What is compiled ([`Function`], [`Program`]) never changes and is shared between threads; registers belong to the
//! evaluators, one for each thread. Deliberately absent: knowledge of solvers, and any rounding that the tree
//! evaluation of the graph does not have.

#[cfg(feature = "jit")]
mod jit;
pub mod lanes;
mod lower;
pub mod scalar;
mod schedule;
pub mod tape;

use std::fmt;

use crate::equations::Pattern;
use crate::expr::graph::{ExprId, Graph, VarId};
use crate::system::jacobian::{jacobian, time_derivative};
use crate::system::{Flat, Target};

#[cfg(feature = "jit")]
pub use jit::Unavailable;
pub use lanes::{LaneEvaluator, LaneFunction, LaneFunctionEvaluator, LaneProgram};
pub use scalar::{Evaluator, FunctionEvaluator, Scratch};
pub use tape::Tape;

/// What a function is a function of.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Time.
    pub time: VarId,
    /// The states; they become `y`.
    pub states: &'a [VarId],
    /// The parameters; they become `p`.
    pub params: &'a [VarId],
}

/// An expression needs a variable that is not among the inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbound {
    /// The variable.
    pub variable: VarId,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Unbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is neither time nor a state nor a parameter",
            self.name
        )
    }
}

impl std::error::Error for Unbound {}

/// A list of expressions as a tape over time, states and parameters.
#[derive(Clone, Debug)]
pub struct Function {
    tape: Tape,
    packed: scalar::Packed,
    /// The body as machine code, where somebody asked for it.
    #[cfg(feature = "jit")]
    machine: Option<std::sync::Arc<jit::Machine>>,
}

impl Function {
    /// Compiles the outputs. In debug builds the tape is run at the sample points of the graph and must give the bits
    /// of the tree evaluation.
    pub fn new(graph: &Graph, inputs: &Inputs, outputs: &[ExprId]) -> Result<Self, Unbound> {
        Self::with_registers(graph, inputs, &lower::Registers::new(inputs), outputs)
    }

    fn with_registers(
        graph: &Graph,
        inputs: &Inputs,
        registers: &lower::Registers,
        outputs: &[ExprId],
    ) -> Result<Self, Unbound> {
        let lower::Lowered { tape, grouped } = lower::lower(graph, inputs, registers, outputs)?;
        let packed = scalar::Packed::new(&grouped);
        let function = Self {
            tape,
            packed,
            #[cfg(feature = "jit")]
            machine: None,
        };
        #[cfg(debug_assertions)]
        function.verify(graph, inputs, outputs);
        Ok(function)
    }

    /// The tape with few registers, for other ways to run it.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// The same function as machine code. Results are the same bits; see [`Program::with_machine_code`] for the price.
    #[cfg(feature = "jit")]
    pub fn with_machine_code(mut self) -> Result<Self, Unavailable> {
        self.machine = Some(std::sync::Arc::new(jit::Machine::new(&self.tape)?));
        Ok(self)
    }

    /// Number of states that it takes.
    pub fn n_states(&self) -> usize {
        self.tape.n_states
    }

    /// Number of parameters that it takes.
    pub fn n_params(&self) -> usize {
        self.tape.n_params
    }

    /// Number of values that it gives.
    pub fn n_outputs(&self) -> usize {
        self.tape.outputs.len()
    }

    /// The outputs (`[n_outputs]`) at time `t`, state `y` (`[n_states]`) and parameters `p` (`[n_params]`). Repeats the
    /// work that depends on parameters only; a [`FunctionEvaluator`] does that once.
    pub fn eval(&self, scratch: &mut Scratch, t: f64, y: &[f64], p: &[f64], out: &mut [f64]) {
        scalar::bind(self, scratch, p);
        scalar::finish(self, scratch, t, y, out);
    }

    #[cfg(debug_assertions)]
    fn verify(&self, graph: &Graph, inputs: &Inputs, outputs: &[ExprId]) {
        use crate::expr::graph::{SAMPLES, sample_value};
        let mut scratch = Scratch::default();
        let mut out = vec![0.0; outputs.len()];
        for k in 0..SAMPLES {
            let at = |variables: &[VarId]| -> Vec<f64> {
                variables
                    .iter()
                    .map(|&variable| sample_value(variable, k))
                    .collect()
            };
            let (t, y, p) = (
                sample_value(inputs.time, k),
                at(inputs.states),
                at(inputs.params),
            );
            self.eval(&mut scratch, t, &y, &p, &mut out);
            let tree = crate::expr::eval::evaluate(graph, outputs, &|v| sample_value(v, k));
            for (i, (&got, &expected)) in out.iter().zip(&tree).enumerate() {
                let same = got.to_bits() == expected.to_bits() || got.is_nan() && expected.is_nan();
                debug_assert!(
                    same,
                    "output {i}: the tape gives {got}, the graph {expected}"
                );
            }
        }
    }
}

/// The assignments of an event.
#[derive(Clone, Debug)]
pub struct Effect {
    /// What is changed.
    pub targets: Vec<Target>,
    /// To which values; `[targets.len()]`.
    pub values: Function,
}

/// Everything that a solver asks of a model.
#[derive(Clone, Debug)]
pub struct Program {
    /// dy/dt.
    pub rates: Function,
    /// Where the entries of ∂f/∂y stand.
    pub pattern: Pattern,
    /// The entries of ∂f/∂y in the order of the pattern.
    pub jacobian: Function,
    /// ∂f/∂t.
    pub time_derivative: Function,
    /// Whether ∂f/∂t is zero everywhere.
    pub time_derivative_is_zero: bool,
    /// The event functions.
    pub events: Function,
    /// What each event does.
    pub effects: Vec<Effect>,
}

impl Program {
    /// Compiles flat equations.
    pub fn new(flat: &Flat) -> Result<Self, Unbound> {
        let mut graph = flat.graph.clone();
        let inputs = Inputs {
            time: flat.time,
            states: &flat.states,
            params: &flat.params,
        };
        let registers = lower::Registers::new(&inputs);
        let compile = |graph: &Graph, out: &[ExprId]| {
            Function::with_registers(graph, &inputs, &registers, out)
        };
        let rates = compile(&graph, &flat.rates)?;
        let events = compile(&graph, &flat.events)?;
        let entries = jacobian(&mut graph, &flat.states, &flat.rates);
        let partial = time_derivative(&mut graph, flat.time, &flat.rates);
        let zero = graph.constant(0.0);
        // Most events assign nothing: a chain of a thousand cells has thousands of them, and one function of no outputs.
        let nothing = compile(&graph, &[])?;
        let effect = |assignments: &Vec<(Target, ExprId)>| {
            let (targets, values): (Vec<_>, Vec<_>) = assignments.iter().copied().unzip();
            let values = match values.as_slice() {
                [] => nothing.clone(),
                values => compile(&graph, values)?,
            };
            Ok(Effect { targets, values })
        };
        Ok(Self {
            rates,
            events,
            jacobian: compile(&graph, &entries.entries)?,
            pattern: entries.pattern,
            time_derivative: compile(&graph, &partial)?,
            time_derivative_is_zero: partial.iter().all(|&entry| entry == zero),
            effects: flat.effects.iter().map(effect).collect::<Result<_, _>>()?,
        })
    }

    /// The same program with machine code for all that a solver calls often. Results are the same bits. To make it
    /// takes as long as ten thousand to some hundred thousand right-hand sides by tape (below a millisecond for a cell,
    /// a few tenths of a second for a thousand cells): worth it for a sweep or a fit, not for one run.
    #[cfg(feature = "jit")]
    pub fn with_machine_code(self) -> Result<Self, Unavailable> {
        Ok(Self {
            rates: self.rates.with_machine_code()?,
            jacobian: self.jacobian.with_machine_code()?,
            time_derivative: match self.time_derivative_is_zero {
                true => self.time_derivative,
                false => self.time_derivative.with_machine_code()?,
            },
            events: self.events.with_machine_code()?,
            ..self
        })
    }
}
