//! Our equations as diffsol wants to see them, and our factors as its linear solver.

use super::super::linear::Linear;
use super::super::slopes::{Place, Slopes};
use super::super::stages::first_not_finite;
use super::super::step::Cost;
use crate::equations::{Equations, Pattern};
use diffsol::{
    ConstantOp, FaerContext, FaerSparseMat, FaerVec, LaError, LaLinearOp, Matrix, MatrixCommon,
    NonLinearOp, NonLinearOpJacobian, OdeEquations, OdeEquationsRef, Op, ParameterisedOp,
    UnitCallable, Vector, VectorCommon,
};
use diffsol_la::{LinearSolver, MatrixSparsity};
use std::cell::RefCell;

pub(super) type Vector64 = FaerVec<f64>;
pub(super) type Matrix64 = FaerSparseMat<f64>;
type Places = <Matrix64 as Matrix>::Sparsity;

/// What diffsol's callbacks work on.
pub(super) struct Core<'a> {
    pub equations: &'a mut dyn Equations,
    pub kit: &'a mut Kit,
    /// Time at clock 0, and the clock at the start and end of the leg [s].
    pub origin: f64,
    pub leg: (f64, f64),
    pub cost: Cost,
    /// Whether the last right-hand side was not a number, the last derivatives were none, or the last matrix was no
    /// good: then no linear system is solved, which ends the attempt.
    broken: bool,
    underived: bool,
    singular: bool,
    /// The first state whose rate or derivative was not a number, when that was last so, and the right-hand sides
    /// evaluated until then.
    pub fault: Option<(u64, usize)>,
    /// Where the right-hand side was last asked for: time since the start of the leg [s], and state.
    pub asked: (f64, Vec<f64>),
}

/// What stays from leg to leg.
pub(super) struct Kit {
    slopes: Slopes,
    /// Pattern of J.
    pattern: Pattern,
    /// Systems with the matrix of a step, its pattern that of J with a full diagonal.
    linear: Linear,
    /// Entries of the matrix, with the sign that `linear` wants.
    entries: Vec<f64>,
    /// Right-hand side where derivatives are taken.
    f: Vec<f64>,
    pub scale: Vec<f64>,
}

impl Kit {
    pub fn new(equations: &dyn Equations, scale: &[f64]) -> Kit {
        let (pattern, slopes) = Slopes::new(equations);
        let whole = with_diagonal(&pattern);
        Kit {
            slopes,
            entries: vec![0.0; whole.len()],
            linear: Linear::new(whole, scale),
            pattern,
            f: vec![0.0; scale.len()],
            scale: scale.to_vec(),
        }
    }
}

/// A pattern with all places of the diagonal.
fn with_diagonal(pattern: &Pattern) -> Pattern {
    let mut whole = Pattern {
        columns: vec![0],
        rows: Vec::with_capacity(pattern.len()),
    };
    for (column, bounds) in pattern.columns.windows(2).enumerate() {
        let rows = &pattern.rows[bounds[0]..bounds[1]];
        let above = rows.partition_point(|row| *row < column);
        whole.rows.extend_from_slice(&rows[..above]);
        whole.rows.push(column);
        let rest = &rows[above..];
        let rest = rest.strip_prefix(&[column]).unwrap_or(rest);
        whole.rows.extend_from_slice(rest);
        whole.columns.push(whole.rows.len());
    }
    whole
}

impl<'a> Core<'a> {
    pub fn new(
        equations: &'a mut dyn Equations,
        kit: &'a mut Kit,
        origin: f64,
        leg: (f64, f64),
    ) -> Core<'a> {
        Core {
            equations,
            asked: (0.0, vec![0.0; kit.scale.len()]),
            kit,
            origin,
            leg,
            cost: Cost::default(),
            broken: false,
            underived: false,
            singular: false,
            fault: None,
        }
    }

    /// Time at `x` seconds after the start of the leg.
    fn time(&self, x: f64) -> f64 {
        self.origin + (self.leg.0 + x).min(self.leg.1)
    }

    fn rate(&mut self, x: f64, y: &[f64], dy: &mut [f64]) {
        let t = self.time(x);
        self.equations.rhs(t, y, dy);
        self.cost.rhs += 1;
        self.asked.0 = x;
        self.asked.1.copy_from_slice(y);
        self.broken = false;
        if let Some(state) = first_not_finite(dy) {
            self.broken = true;
            self.fault = Some((self.cost.rhs, state));
        }
    }

    /// Entries of ∂f/∂y; zeros where there are none.
    fn derive(&mut self, x: f64, y: &[f64]) -> &[f64] {
        let t = self.time(x);
        let Kit {
            slopes,
            pattern,
            f,
            scale,
            ..
        } = &mut *self.kit;
        self.equations.rhs(t, y, f);
        self.cost.rhs += 1;
        let place = Place {
            t,
            h: self.leg.1 - self.leg.0,
            y,
            f,
            sizes: scale,
        };
        let result = slopes.evaluate(self.equations, pattern, &place, &mut self.cost);
        self.underived = result.is_err();
        if let Err(state) = result {
            self.kit.slopes.jacobian.fill(0.0);
            self.fault = Some((self.cost.rhs, state));
        }
        &self.kit.slopes.jacobian
    }

    fn factorise(&mut self, matrix: &[f64]) {
        self.cost.factorisations += 1;
        // Ours are factors of c I − J: with c = 0 and J the negative of the matrix.
        let entries = &mut self.kit.entries;
        for (entry, value) in entries.iter_mut().zip(matrix) {
            *entry = -value;
        }
        self.singular = !self.kit.linear.factorise(entries, 0.0);
    }

    /// False if there is no solution, or none that means anything.
    fn solve(&mut self, x: &mut [f64]) -> bool {
        let possible = !(self.broken || self.underived || self.singular);
        if possible {
            self.kit.linear.solve(x);
        }
        possible
    }
}

/// The equations; they live where the leg lives.
#[derive(Clone, Copy)]
pub(super) struct System<'c, 'a> {
    core: &'c RefCell<Core<'a>>,
    start: &'c [f64],
    context: FaerContext,
}

impl<'c, 'a> System<'c, 'a> {
    pub fn new(core: &'c RefCell<Core<'a>>, start: &'c [f64]) -> Self {
        System {
            core,
            start,
            context: FaerContext::default(),
        }
    }
}

/// The one column of a vector.
pub(super) fn values(vector: &Vector64) -> &[f64] {
    vector.inner().col_as_slice(0)
}

pub(super) fn values_mut(vector: &mut Vector64) -> &mut [f64] {
    vector.inner_mut().col_as_slice_mut(0)
}

impl Op for System<'_, '_> {
    type T = f64;
    type V = Vector64;
    type M = Matrix64;
    type C = FaerContext;

    fn context(&self) -> &FaerContext {
        &self.context
    }
    fn nstates(&self) -> usize {
        self.start.len()
    }
    fn nout(&self) -> usize {
        self.start.len()
    }
    fn nparams(&self) -> usize {
        0
    }
}

impl NonLinearOp for System<'_, '_> {
    fn call_inplace(&self, y: &Vector64, x: f64, dy: &mut Vector64) {
        let mut core = self.core.borrow_mut();
        core.rate(x, values(y), values_mut(dy));
    }
}

impl NonLinearOpJacobian for System<'_, '_> {
    fn jac_mul_inplace(&self, y: &Vector64, x: f64, v: &Vector64, product: &mut Vector64) {
        let jacobian = self.jacobian(y, x);
        Matrix::gemv(&jacobian, 1.0, v, 0.0, product);
    }

    fn jacobian_inplace(&self, y: &Vector64, x: f64, matrix: &mut Matrix64) {
        let mut core = self.core.borrow_mut();
        let entries = core.derive(x, values(y));
        for matrix in matrix.inner_mut() {
            matrix.val_mut().copy_from_slice(entries);
        }
    }

    fn jacobian_sparsity(&self) -> Option<Places> {
        let pattern = &self.core.borrow().kit.pattern;
        let column = |j: usize| {
            let rows = &pattern.rows[pattern.columns[j]..pattern.columns[j + 1]];
            rows.iter().map(move |i| (*i, j))
        };
        let n = self.start.len();
        let places = (0..n).flat_map(column).collect();
        <Places as MatrixSparsity<Matrix64>>::try_from_indices(n, n, places).ok()
    }
}

impl ConstantOp for System<'_, '_> {
    fn call_inplace(&self, _x: f64, y: &mut Vector64) {
        values_mut(y).copy_from_slice(self.start);
    }
}

/// What these equations do not have.
type Nothing<'r> = ParameterisedOp<'r, UnitCallable<Matrix64>>;

impl<'r> OdeEquationsRef<'r> for System<'_, '_> {
    type Mass = Nothing<'r>;
    type Rhs = &'r Self;
    type Root = Nothing<'r>;
    type Init = &'r Self;
    type Out = Nothing<'r>;
    type Reset = Nothing<'r>;
}

impl OdeEquations for System<'_, '_> {
    fn rhs(&self) -> &Self {
        self
    }
    fn mass(&self) -> Option<Nothing<'_>> {
        None
    }
    fn init(&self) -> &Self {
        self
    }
    fn set_params(&mut self, _p: &Vector64) {}
    fn get_params(&self, _p: &mut Vector64) {}
}

/// Our sparse factors behind diffsol's interface.
#[derive(Default)]
pub(super) struct Factors<'c, 'a> {
    core: Option<&'c RefCell<Core<'a>>>,
    matrix: Option<Matrix64>,
}

impl<'c, 'a> Factors<'c, 'a> {
    pub fn new(core: &'c RefCell<Core<'a>>) -> Self {
        Factors {
            core: Some(core),
            matrix: None,
        }
    }
}

impl<'c, 'a> Factors<'c, 'a> {
    fn in_place(&self, x: &mut Vector64) -> Result<(), LaError> {
        let core = self.core.ok_or_else(refused)?;
        match core.borrow_mut().solve(values_mut(x)) {
            true => Ok(()),
            false => Err(refused()),
        }
    }
}

fn refused() -> LaError {
    LaError::Other("no solution".to_owned())
}

impl LinearSolver<Matrix64> for Factors<'_, '_> {
    fn set_sparsity<C>(&mut self, operator: &C)
    where
        C: LaLinearOp<V = Vector64, T = f64, M = Matrix64, C = FaerContext>,
    {
        let (rows, columns) = (operator.nrows(), operator.ncols());
        let (places, context) = (operator.sparsity(), *operator.context());
        self.matrix = Some(Matrix64::new_from_sparsity(rows, columns, places, context));
    }

    fn set_linearisation<C>(&mut self, operator: &C)
    where
        C: LaLinearOp<V = Vector64, T = f64, M = Matrix64, C = FaerContext>,
    {
        if let (Some(core), Some(matrix)) = (self.core, &mut self.matrix) {
            operator.matrix_inplace(matrix);
            for matrix in matrix.inner() {
                core.borrow_mut().factorise(matrix.val());
            }
        }
    }

    fn solve_in_place(&self, x: &mut Vector64) -> Result<(), LaError> {
        self.in_place(x)
    }

    /// Asked for by adjoint equations only, of which there are none here.
    fn solve_transpose_in_place(&self, _x: &mut Vector64) -> Result<(), LaError> {
        Err(refused())
    }
}
