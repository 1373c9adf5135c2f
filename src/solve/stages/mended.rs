//! The interpolant for a step whose own is too bad: through states and rates at places between, of degree 9.
//!
//! Each place costs a step of the method from the start of the step, and a rate. That is dear for one row or two, and
//! cheap where an event is searched for or many rows are saved.

/// Places of the states, as fractions of the step.
pub(super) const NODES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// Each place twice: for the state and for the rate.
const TERMS: usize = 2 * NODES.len();

/// Newton's form of the polynomial.
#[derive(Default)]
pub(super) struct Mended {
    /// Divided differences, term after term; `[TERMS * n_states]`.
    differences: Vec<f64>,
    n: usize,
}

impl Mended {
    /// The polynomial that has the given states and rates at [`NODES`], place after place, over a step of length `h`.
    pub fn new(h: f64, states: &[f64], rates: &[f64]) -> Mended {
        let n = states.len() / NODES.len();
        let mut differences = vec![0.0; TERMS * n];
        for i in 0..n {
            let mut column: [f64; TERMS] = std::array::from_fn(|row| states[row / 2 * n + i]);
            for width in 1..TERMS {
                for row in (width..TERMS).rev() {
                    let span = node(row) - node(row - width);
                    column[row] = if span == 0.0 {
                        h * rates[row / 2 * n + i]
                    } else {
                        (column[row] - column[row - 1]) / span
                    };
                }
            }
            for (row, value) in column.into_iter().enumerate() {
                differences[row * n + i] = value;
            }
        }
        Mended { differences, n }
    }

    /// The state at `theta`, written to `y`, and the derivative with respect to `theta`, to `slope`.
    pub fn at(&self, theta: f64, y: &mut [f64], slope: &mut [f64]) {
        y.fill(0.0);
        slope.fill(0.0);
        for term in (0..TERMS).rev() {
            let row = &self.differences[term * self.n..][..self.n];
            let factor = theta - node(term);
            for ((y, slope), c) in y.iter_mut().zip(slope.iter_mut()).zip(row) {
                *slope = *slope * factor + *y;
                *y = c + *y * factor;
            }
        }
    }
}

/// Place of a row of the scheme.
fn node(row: usize) -> f64 {
    NODES[row / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_of_degree_9_is_met_with_its_slope() {
        let f = |x: f64| [x.powi(9) - 3.0 * x.powi(4) + 1.0, (2.0 * x).exp()];
        let d = |x: f64| [9.0 * x.powi(8) - 12.0 * x.powi(3), 2.0 * (2.0 * x).exp()];
        let h = 0.5;
        let states: Vec<f64> = NODES.iter().flat_map(|x| f(*x)).collect();
        let rates: Vec<f64> = NODES.iter().flat_map(|x| d(*x).map(|v| v / h)).collect();
        let mended = Mended::new(h, &states, &rates);
        for x in [0.0, 0.1, 0.33, 0.9, 1.0] {
            let (mut y, mut slope) = ([0.0; 2], [0.0; 2]);
            mended.at(x, &mut y, &mut slope);
            assert!((y[0] - f(x)[0]).abs() < 1e-13 && (slope[0] - d(x)[0]).abs() < 1e-12);
            assert!((y[1] - f(x)[1]).abs() < 1e-7 && (slope[1] - d(x)[1]).abs() < 1e-6);
        }
    }
}
