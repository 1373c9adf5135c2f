//! How large each state of a problem is: its tolerance is relative to that where the state itself is near 0.

use super::simulation::Simulation;
use crate::compile::FunctionEvaluator;
use crate::expr::graph::ExprId;
use crate::solve::problem::Piece;
use crate::system::StateInfo;

/// At how many times what depends on the time itself is looked at, over the whole run.
const LOOKS: f64 = 64.0;

impl Simulation {
    /// The size of each state: as given, or its initial value, or 1 in the unit in which it is shown. An integral is as
    /// large as the largest state of its dimension: it must not steer the steps of what it only adds up. If there is no
    /// such state, it is as large as it would be if no state changed and nothing in it cancelled. One that only a
    /// conserved sum asks for is as large as any state: its digits are those of the states whose flows it sums up, and
    /// flows near rest are rounding. `p` holds the parameters before any change (`[n_params]`).
    pub(super) fn scales(
        &self,
        y0: &[f64],
        p: &[f64],
        pieces: &[Piece],
        value: &dyn Fn(ExprId) -> f64,
    ) -> Vec<f64> {
        let given = |s: &StateInfo| {
            s.scale
                .map(|id| value(id).abs())
                .filter(|v| *v > 0.0 && v.is_finite())
        };
        let mut sizes: Vec<f64> = (self.system.states.iter().zip(y0))
            .map(|(s, y)| {
                let size = y.abs();
                given(s).unwrap_or(if size > 0.0 && size.is_finite() {
                    size
                } else {
                    s.unit.to_internal(1.0)
                })
            })
            .collect();
        let gross = self.gross_integrals(&sizes, p, pieces);
        let shown = self.system.states.iter().zip(&sizes);
        let shown = shown.filter(|(s, _)| !s.hidden).map(|(_, size)| *size);
        let largest = shown.fold(f64::MIN_POSITIVE, f64::max);
        for (size, state) in sizes.iter_mut().zip(&self.system.states) {
            if state.hidden {
                *size = size.max(largest);
            }
        }
        for integral in &self.system.integrals {
            let alike = integral.alike.iter().map(|i| sizes[*i]);
            let found = self.gross.states.iter().position(|s| *s == integral.state);
            let size = match found {
                Some(k) if gross[k] > 0.0 && gross[k].is_finite() => gross[k],
                // What is nothing at the start, or can't be told, is judged by all that there is.
                Some(_) => sizes[integral.state],
                None => alike.fold(f64::MIN_POSITIVE, f64::max),
            };
            sizes[integral.state] = size;
        }
        sizes
    }

    /// What each integral without a state of its dimension would be if the states kept these sizes.
    fn gross_integrals(&self, sizes: &[f64], p: &[f64], pieces: &[Piece]) -> Vec<f64> {
        let mut out = vec![0.0; self.gross.states.len()];
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            return out;
        };
        if out.is_empty() {
            return out;
        }
        let mut evaluator = FunctionEvaluator::new(self.gross.function.clone());
        let mut now = out.clone();
        let mut p = p.to_vec();
        let duration = last.end - first.start;
        for piece in pieces {
            for (slot, value) in &piece.set {
                p[*slot] = *value;
            }
            evaluator.bind(&p);
            let length = piece.end - piece.start;
            let looks = match self.gross.in_time {
                true => (LOOKS * length / duration).ceil().max(1.0),
                false => 1.0,
            };
            for k in 0..looks as usize {
                let t = piece.start + length * (k as f64 + 0.5) / looks;
                evaluator.eval(t, sizes, &mut now);
                for (sum, rate) in out.iter_mut().zip(&now) {
                    *sum += rate.abs() * length / looks;
                }
            }
        }
        out
    }
}
