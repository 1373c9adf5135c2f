//! Chooses between an explicit and an implicit method while it goes, and changes its mind.
//!
//! A run starts with the explicit method, which is the better one for the first moments of nearly everything, unless
//! the fastest decay is so fast that it would be hopeless. From then on both are compared by the time that they get
//! over for the same work:
//!
//! - While the explicit method runs, the implicit one attempts a single step from where the run stands: its error says
//!   how long its steps would be. That is done when steps are near to the limit of stability (the product of step and
//!   largest eigenvalue, see `probe`), and now and then in any case.
//! - While the implicit method runs, the steps of the explicit one would be held by the limit of stability, and by
//!   accuracy to some multiple of the implicit ones ([`reach`]).
//!
//! The work of a step is counted in operations ([`Work`]); clocks are not asked, so that the same problem always gives
//! the same steps. Every change that is taken back doubles the evidence asked for next time.

use super::explicit::Explicit;
use super::probe::Probe;
use super::problem::{Choice, Method, Options, Why};
use super::rodas::Rodas;
use super::step::{Cost, Leg, LegEnd, Observer, Step, Stepper};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use std::ops::ControlFlow;

/// Fast times within one leg from which on an explicit method is not even tried.
const HOPELESS: f64 = 1e4;

/// Product of step and eigenvalue that counts as near to the limit of stability: Dop853's reaches to 6 for decays.
const NEAR: f64 = 3.0;

/// The product that an explicit method would settle at.
const LIMIT: f64 = 5.0;

/// How much better the other method must be for a change.
const GAIN: f64 = 1.25;

/// Explicit steps between two looks at the eigenvalue, and implicit ones.
const EXPLICIT_STEPS: u64 = 2;
const IMPLICIT_STEPS: u64 = 4;

/// The method that a run uses by itself where an explicit one is the better.
const EXPLICIT: Method = Method::Dop853;

/// The work of one step, in operations of about a nanosecond.
struct Work {
    explicit: f64,
    implicit: f64,
}

impl Work {
    /// Measured on the shipped models (`benches/solve.rs`): beside right-hand sides, what the library does with vectors,
    /// and the stages and linear systems of the Rosenbrock method.
    fn new(equations: &dyn Equations, n: usize, entries: usize) -> Work {
        let (rhs, n, entries) = (equations.operations() as f64, n as f64, entries as f64);
        let vectors = if n <= 4.0 {
            400.0 + 60.0 * n
        } else {
            1500.0 + 90.0 * n
        };
        Work {
            explicit: 12.5 * (rhs + 6.0) + vectors,
            implicit: 9.5 * (rhs + 6.0) + 100.0 + 25.0 * n + 10.0 * entries,
        }
    }
}

/// Quotient of the steps that accuracy allows Dop853 and Rodas5P: orders 8 and 5, fitted to Lorenz' equations and the
/// Pleiades from 1e-4 to 1e-10.
fn reach(rtol: f64) -> f64 {
    3.4 * (1e-6 / rtol).powf(0.08)
}

/// The two methods, and what is known about them.
pub(super) struct Auto {
    explicit: Explicit,
    /// `None` where it can't be used: a large system without a Jacobian.
    implicit: Option<Rodas>,
    /// Whether the implicit method is in use.
    stiff: bool,
    /// Whether anything has been decided yet.
    begun: bool,
    judge: Judge,
    choices: Vec<Choice>,
}

/// What speaks for one method or the other.
struct Judge {
    probe: Probe,
    work: Work,
    /// Quotient of the steps that accuracy allows the two.
    reach: f64,
    /// Steps since the last change, and the one at which a trial is due in any case.
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
    /// The implicit method, for trials; `None` while it is in use itself.
    other: Option<&'a mut Rodas>,
    leg: &'a Leg<'a>,
    /// Where it was changed: state, clock [s], and to what.
    y: Vec<f64>,
    clock: f64,
    change: Option<Change>,
}

impl Auto {
    pub fn new(equations: &dyn Equations, options: &Options, scales: &[f64]) -> Auto {
        let tolerance = Tolerance::new(options, scales);
        let implicit = Rodas::can_do(equations).then(|| Rodas::new(equations, options, scales));
        let entries = implicit.as_ref().map_or(0, Rodas::entries);
        let method = Options {
            method: EXPLICIT,
            progress: None,
            ..*options
        };
        Auto {
            explicit: Explicit::new(&method, scales),
            implicit,
            stiff: false,
            begun: false,
            judge: Judge {
                probe: Probe::new(equations, &tolerance),
                work: Work::new(equations, scales.len(), entries),
                reach: reach(options.rtol),
                steps: 0,
                trial: 4,
                votes: 0,
                quorum: 2,
                f: vec![0.0; scales.len()],
                cost: Cost::default(),
            },
            choices: Vec::new(),
        }
    }

    fn choose(&mut self, t: f64, stiff: bool, why: Why) {
        self.stiff = stiff;
        let method = if stiff { Method::Rodas5p } else { EXPLICIT };
        self.choices.push(Choice { t, method, why });
    }

    /// The method to begin with.
    fn begin(&mut self, equations: &mut dyn Equations, leg: &Leg) {
        self.begun = true;
        let t = leg.origin + leg.start;
        if self.implicit.is_none() {
            return self.choose(t, false, Why::NoJacobian);
        }
        let probe = &mut self.judge.probe;
        probe.look(equations, t, leg.y, leg.f, 4);
        let fast_times = probe.rate * (leg.end - leg.start);
        let hopeless = probe.decays && fast_times > HOPELESS;
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
        let spent = cost.accepted + cost.rejected;
        let (mut y, mut f, mut clock, mut first) =
            (leg.y.to_vec(), leg.f.to_vec(), leg.start, leg.first);
        loop {
            let part = Leg {
                start: clock,
                y: &y,
                f: &f,
                first,
                budget: (leg.budget + spent).saturating_sub(cost.accepted + cost.rejected),
                ..*leg
            };
            let mut monitor = Monitor {
                judge: &mut self.judge,
                inner: &mut *observer,
                other: None,
                leg: &part,
                y: Vec::new(),
                clock,
                change: None,
            };
            let end = match (&mut self.implicit, self.stiff) {
                (Some(implicit), true) => implicit.run(equations, &part, &mut monitor, cost),
                (implicit, _) => {
                    monitor.other = implicit.as_mut();
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
            (judge.steps, judge.trial, judge.votes) = (0, 4, 0);
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
        let (start, end) = step.clock();
        if end >= self.leg.end {
            return ControlFlow::Continue(());
        }
        self.judge.steps += 1;
        let change = match &mut self.other {
            Some(rodas) => self.judge.explicit_step(equations, step, self.leg, rodas),
            None if self.judge.can_go_back() => self.judge.implicit_step(equations, step, self.leg),
            None => None,
        };
        debug_assert!(end > start);
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

    /// After a step of the explicit method: whether the implicit one would get on faster.
    fn explicit_step(
        &mut self,
        equations: &mut dyn Equations,
        step: &dyn Step,
        leg: &Leg,
        rodas: &mut Rodas,
    ) -> Option<Change> {
        if !self.steps.is_multiple_of(EXPLICIT_STEPS) {
            return None;
        }
        self.look(equations, step, leg.origin);
        let (start, end) = step.clock();
        let (h, near) = (end - start, (end - start) * self.probe.rate);
        self.votes = if near > NEAR { self.votes + 1 } else { 0 };
        if self.votes < self.quorum && self.steps < self.trial {
            return None;
        }
        // If the trial speaks against a change, the next one is due after as many steps again.
        (self.votes, self.trial) = (0, 2 * self.steps);
        let from = Leg {
            start: end,
            y: step.end(),
            f: &self.f,
            ..*leg
        };
        let first = rodas.predict(equations, &from, 2.0 * h, &mut self.cost)?;
        let gain = (first / self.work.implicit) / (h / self.work.explicit);
        let why = Why::Gain { near, gain };
        (gain > GAIN).then_some(Change { first, why })
    }

    /// Whether it is worth asking: a method that was left several times is not taken again soon.
    fn can_go_back(&self) -> bool {
        self.steps.is_multiple_of(IMPLICIT_STEPS)
    }

    /// After a step of the implicit method: whether the explicit one would get on faster.
    fn implicit_step(
        &mut self,
        equations: &mut dyn Equations,
        step: &dyn Step,
        leg: &Leg,
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
        let first = limit.min(self.reach * h);
        let gain = (first / self.work.explicit) / (h / self.work.implicit);
        self.votes = if gain > GAIN { self.votes + 1 } else { 0 };
        let why = Why::Gain {
            near: h * self.probe.rate,
            gain,
        };
        // A step of its own choice to begin with is safer than a guess.
        (self.votes > self.quorum).then_some(Change { first: h, why })
    }
}
