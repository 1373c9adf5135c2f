//! Chooses between an explicit and an implicit method while it goes, and changes its mind.
//!
//! A run starts with the explicit method, which is the better one for the first moments of nearly everything, unless
//! the fastest decay is so fast that it would be hopeless. From then on both are compared by the time that they get
//! over for the same work:
//!
//! - While the explicit method runs, each step tells its product with the largest eigenvalue, at no cost. Where
//!   stability holds it down, Rodas5P attempts a single step from where the run stands: its error says how long the
//!   implicit steps would be.
//! - While the implicit method runs, the steps of the explicit one would be held by the limit of stability (`probe`
//!   knows the eigenvalue), and by accuracy to some multiple of the implicit ones ([`reach`]).
//!
//! The implicit method is Rodas5P, and Radau at tolerances where its high orders win ([`RADAU`]).
//!
//! The work of a step is counted in operations ([`Work`]); clocks are not asked, so that the same problem always gives
//! the same steps. Every change that is taken back doubles the evidence asked for next time.

use super::explicit::Explicit;
use super::probe::Probe;
use super::problem::{Choice, Method, Options, Why};
use super::radau::Radau;
use super::rodas::Rodas;
use super::step::{Cost, Leg, LegEnd, Observer, Step, Stepper};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use std::ops::ControlFlow;

/// Fast times within one leg from which on an explicit method is not even tried.
const HOPELESS: f64 = 500.0;

/// Product of step and eigenvalue that counts as near to the limit of stability: Dop853's reaches to 6 for decays.
const NEAR: f64 = 2.0;

/// The product that an explicit method would settle at.
const LIMIT: f64 = 5.0;

/// How much better the implicit method must be for a change, and the explicit one, whose steps are guessed.
const GAIN: f64 = 1.25;
const GAIN_BACK: f64 = 1.6;

/// Implicit steps between two looks at the eigenvalue.
const STEPS: u64 = 4;

/// The method that a run uses by itself where an explicit one is the better.
const EXPLICIT: Method = Method::Dop853;

/// Relative tolerance below which Radau is the implicit method; with so many states, below the second one: a step of
/// Radau has more to do beside the states, which weighs less with many. ([`Method::Auto`] tells these limits.)
const RADAU: f64 = 3e-7;
const SEVERAL: (usize, f64) = (6, 2e-6);

/// Quotient of the work of one step of Radau and of Rodas5P.
const RADAU_WORK: f64 = 3.7;

/// The work of one step, in operations of about a nanosecond.
#[derive(Clone, Copy)]
struct Work {
    explicit: f64,
    implicit: f64,
}

impl Work {
    /// Measured on the shipped models (`benches/solve.rs`): beside right-hand sides, sums over stages, and the linear
    /// systems of the Rosenbrock method.
    fn new(equations: &dyn Equations, n: usize, entries: usize) -> Work {
        let (rhs, n, entries) = (equations.operations() as f64, n as f64, entries as f64);
        Work {
            explicit: 12.5 * (rhs + 6.0) + 350.0 + 13.0 * n,
            implicit: 9.5 * (rhs + 6.0) + 100.0 + 25.0 * n + 10.0 * entries,
        }
    }
}

/// Quotient of the steps that accuracy allows Dop853 and Rodas5P: orders 8 and 5, fitted to Lorenz' equations and the
/// Pleiades from 1e-4 to 1e-10.
fn reach(rtol: f64) -> f64 {
    3.4 * (1e-6 / rtol).powf(0.08)
}

/// How much more time Radau gets over than Rodas5P for the same work, below [`RADAU`]: from 1 at 1e-6 to 3 at 1e-9 on
/// stiff models.
fn advantage(rtol: f64) -> f64 {
    (1e-6 / rtol).max(1.0).powf(0.17)
}

/// The methods, and what is known about them.
pub(super) struct Auto {
    explicit: Explicit,
    /// Made when it is first asked for: planning costs as much as a short run.
    implicit: Option<Implicit>,
    options: Options<'static>,
    scales: Vec<f64>,
    /// Whether the implicit method is in use.
    stiff: bool,
    /// Whether anything has been decided yet.
    begun: bool,
    judge: Judge,
    choices: Vec<Choice>,
}

/// The implicit method.
struct Implicit {
    /// Itself, or what tries for it.
    rodas: Rodas,
    radau: Option<Radau>,
    work: Work,
    /// Quotient of the steps that accuracy allows the explicit method and this one.
    reach: f64,
    /// How much longer its steps are than those of a trial by Rodas5P.
    stride: f64,
}

/// What speaks for one method or the other.
struct Judge {
    probe: Probe,
    /// Steps since the last change, and the one before which no trial is made.
    steps: u64,
    trial: u64,
    /// Looks in a row that speak for a change, and how many are asked for.
    votes: u32,
    quorum: u32,
    f: Vec<f64>,
    cost: Cost,
}

/// A change of method: the step to begin with [s], and the reason.
struct Change {
    first: f64,
    why: Why,
}

/// What stands between a method and the observer of the run.
struct Monitor<'a> {
    judge: &'a mut Judge,
    inner: &'a mut dyn Observer,
    role: Role<'a>,
    leg: &'a Leg<'a>,
    /// Where it was changed: state, clock [s], and to what.
    y: Vec<f64>,
    clock: f64,
    change: Option<Change>,
}

/// The method that is at work, with what is needed to judge the other.
enum Role<'a> {
    /// The explicit one; `None` where there is no other.
    Explicit(
        Option<&'a mut Option<Implicit>>,
        &'a Options<'static>,
        &'a [f64],
    ),
    /// The implicit one: work of the two, and the quotient of their steps.
    Implicit(Work, f64),
}

impl Implicit {
    fn new(equations: &dyn Equations, options: &Options, scales: &[f64]) -> Implicit {
        let rodas = Rodas::new(equations, options, scales);
        let mut work = Work::new(equations, scales.len(), rodas.entries());
        let limit = if scales.len() < SEVERAL.0 {
            RADAU
        } else {
            SEVERAL.1
        };
        let radau = (options.rtol < limit).then(|| Radau::new(equations, options, scales));
        let mut stride = 1.0;
        if radau.is_some() {
            stride = RADAU_WORK * advantage(options.rtol);
            work.implicit *= RADAU_WORK;
        }
        Implicit {
            rodas,
            radau,
            work,
            reach: reach(options.rtol) / stride,
            stride,
        }
    }
}

impl Auto {
    pub fn new(equations: &dyn Equations, options: &Options, scales: &[f64]) -> Auto {
        let options = Options {
            method: EXPLICIT,
            progress: None,
            ..*options
        };
        Auto {
            explicit: Explicit::new(&options, scales),
            implicit: None,
            stiff: false,
            begun: false,
            judge: Judge {
                probe: Probe::new(equations, &Tolerance::new(&options, scales)),
                steps: 0,
                trial: 0,
                votes: 0,
                quorum: 2,
                f: vec![0.0; scales.len()],
                cost: Cost::default(),
            },
            choices: Vec::new(),
            options,
            scales: scales.to_vec(),
        }
    }

    fn choose(&mut self, t: f64, stiff: bool, why: Why) {
        self.stiff = stiff;
        let method = match &self.implicit {
            Some(Implicit { radau: None, .. }) if stiff => Method::Rodas5p,
            Some(_) if stiff => Method::Radau,
            _ => EXPLICIT,
        };
        self.choices.push(Choice { t, method, why });
    }

    /// The method to begin with.
    fn begin(&mut self, equations: &mut dyn Equations, leg: &Leg) {
        self.begun = true;
        let t = leg.origin + leg.start;
        if !Rodas::can_do(equations) {
            return self.choose(t, false, Why::NoJacobian);
        }
        let probe = &mut self.judge.probe;
        probe.look(equations, t, leg.y, leg.f, 4);
        let fast_times = probe.rate * (leg.end - leg.start);
        let hopeless = probe.decays && fast_times > HOPELESS;
        if hopeless {
            self.implicit = Some(Implicit::new(equations, &self.options, &self.scales));
        }
        self.choose(t, hopeless, Why::Start { fast_times });
    }
}

impl Stepper for Auto {
    fn run(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
        cost: &mut Cost,
    ) -> LegEnd {
        if !self.begun {
            self.begin(equations, leg);
        }
        let spent = cost.attempts();
        let (mut y, mut f, mut clock, mut first) =
            (leg.y.to_vec(), leg.f.to_vec(), leg.start, leg.first);
        loop {
            let part = Leg {
                start: clock,
                y: &y,
                f: &f,
                first,
                budget: (leg.budget + spent).saturating_sub(cost.attempts()),
                ..*leg
            };
            let mut monitor = Monitor {
                judge: &mut self.judge,
                inner: &mut *observer,
                role: Role::Explicit(None, &self.options, &self.scales),
                leg: &part,
                y: Vec::new(),
                clock,
                change: None,
            };
            let end = match &mut self.implicit {
                Some(implicit) if self.stiff => {
                    monitor.role = Role::Implicit(implicit.work, implicit.reach);
                    match &mut implicit.radau {
                        Some(radau) => radau.run(equations, &part, &mut monitor, cost),
                        None => implicit.rodas.run(equations, &part, &mut monitor, cost),
                    }
                }
                implicit => {
                    let other = Rodas::can_do(equations).then_some(implicit);
                    monitor.role = Role::Explicit(other, &self.options, &self.scales);
                    self.explicit.run(equations, &part, &mut monitor, cost)
                }
            };
            let (changed, at, state) = (monitor.change.take(), monitor.clock, monitor.y);
            let judge = &mut self.judge;
            cost.add(&std::mem::take(&mut judge.cost));
            cost.add(&std::mem::take(&mut judge.probe.cost));
            let Some(change) = changed else { return end };
            (clock, y, first) = (at, state, Some(change.first));
            f.copy_from_slice(&judge.f);
            (judge.steps, judge.trial, judge.votes) = (0, 0, 0);
            if self.stiff {
                judge.quorum *= 2;
            }
            self.choose(leg.origin + clock, !self.stiff, change.why);
        }
    }

    fn choices(&mut self) -> Vec<Choice> {
        std::mem::take(&mut self.choices)
    }
}

impl Observer for Monitor<'_> {
    fn accept(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()> {
        self.inner.accept(equations, step)?;
        let end = step.clock().1;
        if end >= self.leg.end {
            return ControlFlow::Continue(());
        }
        self.judge.steps += 1;
        let change = match &mut self.role {
            Role::Explicit(Some(implicit), options, scales) => {
                let make = |equations: &dyn Equations| Implicit::new(equations, options, scales);
                self.judge
                    .explicit_step(equations, step, self.leg, implicit, make)
            }
            Role::Implicit(work, reach) if self.judge.steps.is_multiple_of(STEPS) => self
                .judge
                .implicit_step(equations, step, self.leg, *work, *reach),
            _ => None,
        };
        if change.is_none() {
            return ControlFlow::Continue(());
        }
        self.change = change;
        self.y = step.end().to_vec();
        self.clock = end;
        ControlFlow::Break(())
    }
}

impl Judge {
    /// Looks at the eigenvalue where `step` ends; leaves the right-hand side there in `f`.
    fn look(&mut self, equations: &mut dyn Equations, step: &dyn Step, origin: f64) {
        let t = origin + step.clock().1;
        equations.rhs(t, step.end(), &mut self.f);
        self.cost.rhs += 1;
        self.probe.look(equations, t, step.end(), &self.f, 1);
    }

    /// After a step of the explicit method: whether the implicit one, made by `make` if need be, would get on faster.
    fn explicit_step(
        &mut self,
        equations: &mut dyn Equations,
        step: &dyn Step,
        leg: &Leg,
        implicit: &mut Option<Implicit>,
        make: impl Fn(&dyn Equations) -> Implicit,
    ) -> Option<Change> {
        let near = step.stiffness();
        self.votes = if near > NEAR { self.votes + 1 } else { 0 };
        if self.votes < self.quorum || self.steps < self.trial {
            return None;
        }
        let (start, end) = step.clock();
        let h = end - start;
        equations.rhs(leg.origin + end, step.end(), &mut self.f);
        self.cost.rhs += 1;
        // If the trial speaks against a change, the next one is due after as many steps again.
        (self.votes, self.trial) = (0, 2 * self.steps);
        let implicit = implicit.get_or_insert_with(|| make(equations));
        let from = Leg {
            start: end,
            y: step.end(),
            f: &self.f,
            ..*leg
        };
        let first = implicit
            .rodas
            .predict(equations, &from, 2.0 * h, &mut self.cost)?;
        let work = &implicit.work;
        let gain = (first * implicit.stride / work.implicit) / (h / work.explicit);
        let why = Why::Gain { near, gain };
        (gain > GAIN).then_some(Change { first, why })
    }

    /// After a step of the implicit method: whether the explicit one would get on faster.
    fn implicit_step(
        &mut self,
        equations: &mut dyn Equations,
        step: &dyn Step,
        leg: &Leg,
        work: Work,
        reach: f64,
    ) -> Option<Change> {
        self.look(equations, step, leg.origin);
        let (start, end) = step.clock();
        let h = end - start;
        // Nothing known of the eigenvalue is no reason.
        let limit = if self.probe.rate > 0.0 {
            LIMIT / self.probe.rate
        } else {
            0.0
        };
        let first = limit.min(reach * h);
        let gain = (first / work.explicit) / (h / work.implicit);
        self.votes = if gain > GAIN_BACK { self.votes + 1 } else { 0 };
        let why = Why::Gain {
            near: h * self.probe.rate,
            gain,
        };
        // A step of its own choice to begin with is safer than a guess.
        (self.votes > 2 * self.quorum).then_some(Change { first: h, why })
    }
}
