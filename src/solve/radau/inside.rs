//! States inside a step: on the collocation polynomial where that is good enough, else on those of shorter steps.
//!
//! A method with s stages has order 2s − 1, its polynomial only order s; at tight tolerances a step is long for its
//! polynomial. So the first state asked for in a step costs one right-hand side: the defect of the polynomial at a place
//! far from all nodes, which tells its error in slow and fast parts alike once it has gone through the real system. Where
//! that exceeds the tolerance the step is made again in so many equal parts as bring it down, as far as states are
//! asked for: they share one factorisation and start from the polynomial, so they converge in few changes.

use super::kernel::Kernel;
use super::polynomial::{Curve, combine};
use crate::equations::Equations;

/// Largest error of a polynomial over what its defect shows: 1.2, 0.95 and 0.87 for the three methods where J is small.
const MARGIN: f64 = 1.2;

/// Parts of a step at most: enough for three stages in a step that only follows what drives it.
const PARTS: usize = 100;

/// A part of a step.
#[derive(Default)]
struct Part {
    start: Vec<f64>,
    curve: Curve,
}

/// How states inside the present step are found.
#[derive(Default)]
pub(super) struct Inside {
    /// Number of parts; 1 where the polynomial is good enough, 0 where nobody has looked.
    count: usize,
    /// Parts that have been made; what is behind them is room.
    made: usize,
    parts: Vec<Part>,
    /// Steps that were made in parts.
    #[cfg(test)]
    pub divided: u64,
}

impl Inside {
    /// Whether the polynomial has been found good enough.
    pub fn is_plain(&self) -> bool {
        self.count == 1
    }

    /// Forgets all for a new step.
    pub fn reset(&mut self) {
        (self.count, self.made) = (0, 0);
    }
}

impl Kernel {
    /// The state at `theta` < 1, written to `y`.
    pub(super) fn interpolate(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) {
        self.look(equations);
        let parts = self.inside.count as f64;
        let part = ((theta * parts) as usize).min(self.inside.count - 1);
        while self.inside.count > 1 && self.inside.made <= part {
            if !self.make_part(equations) {
                // No worse than the polynomial.
                self.inside.count = 1;
            }
        }
        match self.inside.count {
            1 => self.now.at(&self.y0, theta, y),
            _ => {
                let found = &self.inside.parts[part];
                found.curve.at(&found.start, theta * parts - part as f64, y);
            }
        }
    }

    /// Looks at the defect of the polynomial, once for each step.
    fn look(&mut self, equations: &mut dyn Equations) {
        if self.inside.count > 0 {
            return;
        }
        self.inside.count = 1;
        let Some(error) = self.defect(equations) else {
            return;
        };
        let order = self.now.nodes.len() as f64 + 1.0;
        let parts = (MARGIN * error).powf(1.0 / order);
        if parts > 1.0 {
            self.inside.count = (parts.ceil() as usize).min(PARTS);
            #[cfg(test)]
            {
                self.inside.divided += 1;
            }
        }
    }

    /// What the defect of the polynomial says of its error, against the tolerance.
    fn defect(&mut self, equations: &mut dyn Equations) -> Option<f64> {
        if !self.is_factored(self.method, self.h) {
            return None;
        }
        let s = self.now.nodes.len();
        let (place, value, slope) = {
            let measures = self.stages()?.measures();
            (measures.place, measures.value, measures.slope)
        };
        combine(&value[..s], &self.now.z, &mut self.state);
        for (state, y) in self.state.iter_mut().zip(&self.y0) {
            *state += y;
        }
        let t = self.place(0.0, self.h).time(place);
        equations.rhs(t, &self.state, &mut self.error);
        self.cost.rhs += 1;
        combine(&slope[..s], &self.now.z, &mut self.state);
        for (error, slope) in self.error.iter_mut().zip(&self.state) {
            *error -= slope / self.h;
        }
        self.linear.solve(&mut self.error);
        Some(self.error_size()).filter(|error| error.is_finite())
    }

    /// Makes the next part of the step; false if that cannot be done.
    fn make_part(&mut self, equations: &mut dyn Equations) -> bool {
        let (made, count) = (self.inside.made, self.inside.count as f64);
        if self.inside.parts.len() <= made {
            self.inside.parts.push(Part::default());
        }
        let mut part = std::mem::take(&mut self.inside.parts[made]);
        part.start.clear();
        match made {
            0 => part.start.extend_from_slice(&self.y0),
            _ => {
                let before = &self.inside.parts[made - 1];
                let s = before.curve.nodes.len();
                let ends = before.start.iter().zip(before.curve.z.chunks(s));
                part.start.extend(ends.map(|(y, z)| y + z[s - 1]));
            }
        }
        let (from, length) = (made as f64 / count, 1.0 / count);
        let done = self.solve_part(equations, from, length, &mut part);
        self.inside.parts[made] = part;
        self.inside.made += 1;
        done
    }

    /// Solves the stages of a part of the step that starts at the fraction `from` of it and is `length` of it long.
    fn solve_part(
        &mut self,
        equations: &mut dyn Equations,
        from: f64,
        length: f64,
        part: &mut Part,
    ) -> bool {
        let h = length * self.h;
        if self.factorise(self.method, h).is_err() {
            return false;
        }
        part.curve.nodes = self.now.nodes;
        part.curve.z.clear();
        part.curve.z.resize(self.now.z.len(), 0.0);
        let z = &mut part.curve.z;
        self.now.guess(self.now.nodes, from, length, z);
        let place = self.place(from * self.h, h);
        let mut newton = self.newton.clone();
        newton.forget();
        self.iterate(equations, &mut newton, place, &part.start, z)
            .is_ok()
    }

    /// The end of a step from the same start to `theta`, with the same derivatives and factors of its own.
    pub(super) fn shorter_step(
        &mut self,
        equations: &mut dyn Equations,
        theta: f64,
        y: &mut [f64],
    ) -> bool {
        // The factors that the defect needs are lost thereby.
        self.look(equations);
        let mut part = Part {
            start: self.y0.clone(),
            curve: Curve::default(),
        };
        if !self.solve_part(equations, 0.0, theta, &mut part) {
            return false;
        }
        part.curve.at(&part.start, 1.0, y);
        y.iter().all(|y| y.is_finite())
    }
}
