//! Faults of ode_solvers 0.6.2 that `src/solve/explicit.rs` works around, one test each.
//!
//! Each test asserts today's *wrong* behaviour of the library itself. When an upgrade makes one fail, the fault is gone
//! and the workaround named beside it may go too.

use ode_solvers::continuous_output_model::ContinuousOutputModel;
use ode_solvers::dop_shared::IntegrationError;
use ode_solvers::{DVector, Dop853, Dopri5, OutputType, Rk4, System, Vector1, Vector2};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

type State = Vector1<f64>;

/// A scalar equation with a count of its calls, and an end after so many.
struct Scalar<'a, F: Fn(f64, f64) -> f64> {
    f: F,
    calls: &'a Cell<u32>,
}

impl<F: Fn(f64, f64) -> f64> System<f64, State> for Scalar<'_, F> {
    fn system(&self, x: f64, y: &State, dy: &mut State) {
        self.calls.set(self.calls.get() + 1);
        dy[0] = (self.f)(x, y[0]);
    }
}

fn fast_cosine(t: f64, _: f64) -> f64 {
    10.0 * (10.0 * t).cos()
}

fn decay(_: f64, y: f64) -> f64 {
    -y
}

fn dop853<'a, F: Fn(f64, f64) -> f64>(
    f: F,
    calls: &'a Cell<u32>,
    (x, end, dx): (f64, f64, f64),
    y: f64,
    tolerance: f64,
) -> Dop853<f64, State, Scalar<'a, F>> {
    Dop853::new(
        Scalar { f, calls },
        x,
        end,
        dx,
        State::new(y),
        tolerance,
        tolerance,
    )
}

fn dopri5<'a, F: Fn(f64, f64) -> f64>(
    f: F,
    calls: &'a Cell<u32>,
    (x, end, dx): (f64, f64, f64),
    y: f64,
    tolerance: f64,
) -> Dopri5<f64, State, Scalar<'a, F>> {
    Dopri5::new(
        Scalar { f, calls },
        x,
        end,
        dx,
        State::new(y),
        tolerance,
        tolerance,
    )
}

/// Dop853 evaluates its last stage (c12 = 1) at the start of the step: with time in the equations the error estimate
/// sees a method of low order, it takes over ten times as many steps, and at 1e-6 the run aborts.
/// Met by: the stage's time is put right where calls are counted.
#[test]
fn dop853_has_a_wrong_node() {
    let calls = Cell::new(0);
    let mut run = dop853(fast_cosine, &calls, (0.0, 5.0, 1.0), 0.0, 1e-4);
    run.set_output(OutputType::Sparse);
    let stats = run.integrate().expect("it reaches the end");
    assert!(stats.accepted_steps > 500, "{}", stats.accepted_steps);
    // The same with time carried as a state.
    struct Carried;
    impl System<f64, Vector2<f64>> for Carried {
        fn system(&self, _: f64, y: &Vector2<f64>, dy: &mut Vector2<f64>) {
            (dy[0], dy[1]) = (fast_cosine(y[1], 0.0), 1.0);
        }
    }
    let mut right = Dop853::new(Carried, 0.0, 5.0, 1.0, Vector2::zeros(), 1e-4, 1e-4);
    right.set_output(OutputType::Sparse);
    let stats = right.integrate().expect("it reaches the end");
    assert!(stats.accepted_steps < 50, "{}", stats.accepted_steps);
    let mut run = dop853(fast_cosine, &calls, (0.0, 5.0, 1.0), 0.0, 1e-6);
    run.set_output(OutputType::Sparse);
    assert!(run.integrate().is_err());
}

/// Times at which Dop853 evaluates the stages of its first attempt.
#[test]
fn dop853_asks_for_its_last_stage_at_the_start_of_the_step() {
    struct Times(std::rc::Rc<std::cell::RefCell<Vec<f64>>>);
    impl System<f64, State> for Times {
        fn system(&self, x: f64, _: &State, dy: &mut State) {
            self.0.borrow_mut().push(x);
            dy[0] = 0.0;
        }
    }
    let times = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let system = Times(times.clone());
    let out = OutputType::Sparse;
    let y = State::new(0.0);
    let mut run = Dop853::from_param(
        system, 0.0, 1.0, 1.0, y, 1e-6, 1e-6, 0.9, 0.0, 0.333, 6.0, 1.0, 1.0, 9, 999, out,
    );
    run.integrate().expect("one step");
    // k1, k2 … k12, k13.
    let times = times.borrow();
    assert_eq!(times.len(), 13);
    assert!((times[10] - 6.0 / 7.0).abs() < 1e-15);
    assert_eq!((times[11], times[12]), (0.0, 1.0));
}

/// Where the steps are much shorter than dx, the dense output takes its last point from the first step after the last
/// but one: an extrapolation.
/// Met by: sparse output, interpolation of our own.
#[test]
fn dense_output_extrapolates_its_last_point() {
    let calls = Cell::new(0);
    let mut run = dopri5(fast_cosine, &calls, (0.0, 1.0, 0.5), 0.0, 1e-8);
    run.integrate().expect("it reaches the end");
    assert_eq!(*run.x_out().last().expect("rows"), 1.0);
    let error = (run.y_out().last().expect("rows")[0] - 10f64.sin()).abs();
    assert!(error > 1e-3, "{error}");
}

/// Where dx does not divide the span, the final state is missing from the dense output.
/// Met by: sparse output.
#[test]
fn dense_output_drops_the_final_state() {
    let calls = Cell::new(0);
    let mut run = dopri5(decay, &calls, (0.0, 1.0, 0.3), 1.0, 1e-8);
    run.integrate().expect("it reaches the end");
    let last = *run.x_out().last().expect("rows");
    assert!((last - 0.9).abs() < 1e-12, "{last}");
}

/// Below spans of 1e-9 the dense output adds the end after every step.
/// Met by: sparse output.
#[test]
fn dense_output_duplicates_the_end_of_a_short_span() {
    let calls = Cell::new(0);
    let span = 1e-10;
    let mut run = dopri5(|_, y| -1e10 * y, &calls, (0.0, span, span / 4.0), 1.0, 1e-8);
    run.integrate().expect("it reaches the end");
    let at_end = run.x_out().iter().filter(|x| **x == span).count();
    assert!(at_end > 1, "{:?}", run.x_out());
}

/// From a negative start Dopri5's dense output panics. (Dop853's goes into a loop that calls nothing, so no test can
/// end it: dop853.rs, `solution_output`, compares absolute values of times.)
/// Met by: each leg on its own clock from 0.
#[test]
fn dopri5_dense_output_panics_from_a_negative_start() {
    let calls = Cell::new(0);
    let result = catch_unwind(AssertUnwindSafe(|| {
        dopri5(decay, &calls, (-1.0, 1.0, 0.1), 1.0, 1e-6)
            .integrate()
            .is_ok()
    }));
    assert!(result.is_err());
}

/// From a negative start the continuous output is wrong without a word.
/// Met by: each leg on its own clock from 0.
#[test]
fn continuous_output_is_wrong_from_a_negative_start() {
    let calls = Cell::new(0);
    let mut run = dopri5(decay, &calls, (-1.0, 1.0, 0.1), 1.0, 1e-8);
    let mut model = ContinuousOutputModel::default();
    run.integrate_with_continuous_output_model(&mut model)
        .expect("it reaches the end");
    let worst = (0..=20)
        .filter_map(|i| {
            let x = -1.0 + 0.1 * f64::from(i);
            model.evaluate(x).map(|y| (y[0] - (-(x + 1.0)).exp()).abs())
        })
        .fold(0.0, f64::max);
    assert!(worst > 1e-3, "{worst}");
}

/// Backwards, Dop853's dense output is one point.
/// Met by: legs go forwards only.
#[test]
fn dop853_dense_output_backwards_is_one_point() {
    let calls = Cell::new(0);
    let mut run = dop853(decay, &calls, (1.0, 0.0, 0.1), 1.0, 1e-8);
    run.integrate().expect("it reaches the end");
    assert_eq!(run.x_out().len(), 1);
}

/// With dense output Dopri5's `solout` is told a time that its state does not belong to.
/// Met by: sparse output.
#[test]
fn solout_is_inconsistent_with_dense_output() {
    struct Clock<'a>(&'a Cell<u32>);
    impl System<f64, State> for Clock<'_> {
        fn system(&self, _: f64, _: &State, dy: &mut State) {
            dy[0] = 1.0;
        }
        fn solout(&mut self, x: f64, y: &State, _: &State) -> bool {
            if (x - y[0]).abs() > 1e-3 {
                self.0.set(self.0.get() + 1);
            }
            false
        }
    }
    let wrong = Cell::new(0);
    let mut run = Dopri5::new(Clock(&wrong), 0.0, 1.0, 0.1, State::new(0.0), 1e-6, 1e-6);
    run.integrate().expect("it reaches the end");
    assert!(wrong.get() > 0);
}

/// A rate that is NaN after the start ends as a step that is too small, after thousands of calls.
/// Met by: rejections in a row are counted, the state is named.
#[test]
fn nan_is_reported_as_a_small_step_after_thousands_of_calls() {
    let calls = Cell::new(0);
    let rate = |t: f64, _: f64| if t == 0.0 { 1.0 } else { f64::NAN };
    let mut run = dop853(rate, &calls, (0.0, 1.0, 1.0), 1.0, 1e-6);
    run.set_output(OutputType::Sparse);
    assert!(matches!(
        run.integrate(),
        Err(IntegrationError::StepSizeUnderflow { .. })
    ));
    assert!(calls.get() > 2000, "{}", calls.get());
}

/// A moderately stiff problem that the method can well do is given up as stiff.
/// Met by: the interval of that test is raised out of reach.
#[test]
fn stiffness_detection_stops_runs_that_would_end() {
    let calls = Cell::new(0);
    let rate = |t: f64, y: f64| -1e4 * (y - t.cos());
    let mut run = dopri5(rate, &calls, (0.0, 2.0, 2.0), 1.0, 1e-6);
    run.set_output(OutputType::Sparse);
    assert!(matches!(
        run.integrate(),
        Err(IntegrationError::StiffnessDetected { .. })
    ));
    let system = Scalar {
        f: rate,
        calls: &calls,
    };
    let out = OutputType::Sparse;
    let y = State::new(1.0);
    let mut run = Dopri5::from_param(
        system,
        0.0,
        2.0,
        2.0,
        y,
        1e-6,
        1e-6,
        0.9,
        0.04,
        0.2,
        10.0,
        2.0,
        0.0,
        100_000,
        u32::MAX,
        out,
    );
    run.integrate().expect("it reaches the end");
    assert!((run.y_out().last().expect("rows")[0] - 2f64.cos()).abs() < 1e-3);
}

/// Rk4 runs past the end where the step does not divide the span.
/// Met by: a step that divides it, and an end after so many steps.
#[test]
fn rk4_runs_past_the_end() {
    let calls = Cell::new(0);
    let system = Scalar {
        f: decay,
        calls: &calls,
    };
    let mut run = Rk4::new(system, 0.0, State::new(1.0), 1.1, 0.25);
    run.integrate().expect("it reaches the end");
    assert_eq!(*run.x_out().last().expect("rows"), 1.25);
}

/// Rejections before the first acceptance are not counted; Dopri5 makes one attempt more than it is allowed.
/// Met by: counters and limits of our own.
#[test]
fn counters_miss_early_rejections_and_limits_are_off_by_one() {
    let calls = Cell::new(0);
    let system = Scalar {
        f: |_: f64, y: f64| -50.0 * y,
        calls: &calls,
    };
    let out = OutputType::Sparse;
    let y = State::new(1.0);
    let mut run = Dopri5::from_param(
        system, 0.0, 1.0, 1.0, y, 1e-8, 1e-8, 0.9, 0.04, 0.2, 10.0, 1.0, 1.0, 1, 999, out,
    );
    assert!(matches!(
        run.integrate(),
        Err(IntegrationError::MaxNumStepReached { .. })
    ));
    // k1 and two attempts of six stages, where one was allowed.
    assert_eq!(calls.get(), 13);
    let system = Scalar {
        f: |_: f64, y: f64| -50.0 * y,
        calls: &calls,
    };
    let out = OutputType::Sparse;
    let mut run = Dopri5::from_param(
        system, 0.0, 1.0, 1.0, y, 1e-8, 1e-8, 0.9, 0.04, 0.2, 10.0, 1.0, 1.0, 9999, 9999, out,
    );
    calls.set(0);
    let stats = run.integrate().expect("it reaches the end");
    assert!(calls.get() > 1 + 6 * (stats.accepted_steps + stats.rejected_steps));
}

/// There is one rtol and one atol for all states: a state of size 1e-6 beside one of size 1 is not controlled.
/// Met by: scaled states.
#[test]
fn one_tolerance_for_all_states_leaves_small_ones_uncontrolled() {
    struct Pair;
    impl System<f64, DVector<f64>> for Pair {
        fn system(&self, t: f64, _: &DVector<f64>, dy: &mut DVector<f64>) {
            dy[0] = 1.0;
            dy[1] = 1e-6 * (20.0 * t).cos();
        }
    }
    let y = DVector::from_vec(vec![1.0, 0.0]);
    let mut run = Dopri5::new(Pair, 0.0, 10.0, 10.0, y, 1e-4, 1e-4);
    run.set_output(OutputType::Sparse);
    run.integrate().expect("it reaches the end");
    let error = (run.y_out().last().expect("rows")[1] * 1e6 - (200f64).sin() / 20.0).abs();
    assert!(error > 1e-2, "{error}");
}
