//! Faults of diffsol 0.18.0 that `src/solve/bdf.rs` works around, one test each.
//!
//! Each test asserts today's *wrong* behaviour of the library itself. When an upgrade makes one fail, the fault is gone
//! and the workaround named beside it may go too.
#![cfg(feature = "bdf")]

use diffsol::{
    FaerSparseLU, FaerSparseMat, LaLinearOp, Matrix, MatrixCommon, NalgebraLU, NalgebraMat,
    NalgebraVec, NonLinearOpJacobian, OdeBuilder, OdeEquations, OdeSolverMethod, Op, Vector,
};
use diffsol_la::{LinearSolver, MatrixSparsity};
use std::cell::Cell;

type Dense = NalgebraMat<f64>;
type Lu = NalgebraLU<f64>;

/// Where a step is cut to end at a given time, its differences are rescaled in place, and those of the step before with
/// them: the interpolant inside that step loses the digits of its higher terms.
/// Met by: an interpolant of our own.
#[test]
fn a_cut_close_behind_a_step_spoils_the_interpolant() {
    let problem = OdeBuilder::<Dense>::new()
        .rtol(1e-10)
        .atol([1e-10])
        .rhs_implicit(
            |_x, _p, t, y| y[0] = t.cos(),
            |_x, _p, _t, _v, y| y[0] = 0.0,
        )
        .init(|_p, _t, y| y[0] = 0.0, 1)
        .build()
        .expect("it is complete");
    let mut solver = problem.bdf::<Lu>().expect("it starts");
    while solver.state().t < 2.0 {
        solver.step().expect("it goes on");
    }
    let (end, h) = (solver.state().t, solver.state().h);
    let at = end - 0.5 * h;
    let error = |y: NalgebraVec<f64>| (y.get_index(0) - at.sin()).abs();
    assert!(error(solver.interpolate(at).expect("inside")) < 1e-8);
    solver.set_stop_time(end + 1e-6 * h).expect("ahead");
    let after = error(solver.interpolate(at).expect("inside"));
    assert!(after > 1e-4, "{after}");
}

/// The smallest step is 1e-13 s, whatever the unit of time.
/// Met by: a limit of our own for each step.
#[test]
fn fast_problems_end_at_once() {
    let problem = OdeBuilder::<Dense>::new()
        .h0(1e-14)
        .rhs_implicit(
            |x, _p, _t, y| y[0] = -1e12 * x[0] * x[0],
            |x, _p, _t, v, y| y[0] = -2e12 * x[0] * v[0],
        )
        .init(|_p, _t, y| y[0] = 1.0, 1)
        .build()
        .expect("it is complete");
    let mut solver = problem.bdf::<Lu>().expect("it starts");
    let failed = (0..50).any(|_| solver.step().is_err());
    assert!(failed && solver.state().t < 1e-12, "{}", solver.state().t);
}

/// A right-hand side that is not a number is asked for again and again, and the error does not name it.
/// Met by: the first one ends the attempt.
#[test]
fn not_a_number_is_met_with_more_than_a_hundred_calls() {
    let calls = Cell::new(0);
    let problem = OdeBuilder::<Dense>::new()
        .rhs_implicit(
            |_x, _p, t, y| {
                calls.set(calls.get() + 1);
                y[0] = if t == 0.0 { 1.0 } else { f64::NAN };
            },
            |_x, _p, _t, _v, y| y[0] = 0.0,
        )
        .h0(1e-3)
        .init(|_p, _t, y| y[0] = 0.0, 1)
        .build()
        .expect("it is complete");
    let mut solver = problem.bdf::<Lu>().expect("it starts");
    assert!(solver.step().is_err());
    assert!(calls.get() > 100, "{}", calls.get());
}

/// A singular matrix goes unnoticed: its factors give a solution that is none.
/// Met by: factors of our own, whose growth is measured.
#[test]
fn a_singular_sparse_matrix_goes_unnoticed() {
    type Sparse = FaerSparseMat<f64>;
    struct Flat(<Sparse as MatrixCommon>::C);
    impl LaLinearOp for Flat {
        type T = f64;
        type V = <Sparse as MatrixCommon>::V;
        type M = Sparse;
        type C = <Sparse as MatrixCommon>::C;
        fn nrows(&self) -> usize {
            2
        }
        fn ncols(&self) -> usize {
            2
        }
        fn context(&self) -> &Self::C {
            &self.0
        }
        fn matrix_inplace(&self, y: &mut Sparse) {
            for matrix in y.inner_mut() {
                matrix.val_mut().fill(0.0);
            }
        }
        fn sparsity(&self) -> Option<<Sparse as Matrix>::Sparsity> {
            let all = vec![(0, 0), (1, 0), (0, 1), (1, 1)];
            <<Sparse as Matrix>::Sparsity as MatrixSparsity<Sparse>>::try_from_indices(2, 2, all)
                .ok()
        }
    }
    let flat = Flat(Default::default());
    let mut lu = FaerSparseLU::<f64>::default();
    lu.set_sparsity(&flat);
    lu.set_linearisation(&flat);
    let solution = lu.solve(&Vector::from_vec(vec![1.0, 1.0], flat.0));
    let values = solution.expect("no word of it").clone_as_vec();
    assert!(values.iter().all(|x| !x.is_finite()), "{values:?}");
}

/// The pattern is probed at the initial state: an entry behind an `if` that is not taken there is missing.
/// Met by: the pattern that the equations know.
#[test]
fn a_pattern_misses_what_stands_behind_an_if() {
    type Sparse = FaerSparseMat<f64>;
    let problem = OdeBuilder::<Sparse>::new()
        .rhs_implicit(
            |x, _p, _t, y| {
                y[0] = -x[0];
                y[1] = if x[1] > 10.0 { x[0] } else { 1.0 };
            },
            |x, _p, _t, v, y| {
                y[0] = -v[0];
                y[1] = if x[1] > 10.0 { v[0] } else { 0.0 };
            },
        )
        .init(|_p, _t, y| y.fill(1.0), 2)
        .build()
        .expect("it is complete");
    let rhs = problem.eqn.rhs();
    assert_eq!(rhs.nstates(), 2);
    let places = rhs.jacobian_sparsity().expect("probed");
    let places = MatrixSparsity::<Sparse>::indices(&places);
    assert!(
        places.contains(&(0, 0)) && !places.contains(&(1, 0)),
        "{places:?}"
    );
}
