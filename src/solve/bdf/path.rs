//! The way behind: accepted states, and the polynomial through the latest of them.
//!
//! A method of order k takes its step on the polynomial through k + 1 states (Shampine and Reichelt, SIAM J. Sci. Comput.
//! 18 (1997) 1-22, section 2). Here it goes through the states themselves, at the distances that they really have, by
//! divided differences, and through one more: the term that is added is the one that the error is estimated from. At the
//! start of a leg the rate stands for the state that is missing, so that the first step has a curve.

/// States that are kept: two more than the highest order.
const KEPT: usize = 7;

/// The latest states of a leg, and the polynomial of the present step.
#[derive(Default)]
pub(super) struct Path {
    /// Time since the start of the leg [s] and state, the latest first.
    nodes: Vec<(f64, Vec<f64>)>,
    /// Rate at the start, which stands there twice.
    rate: Vec<f64>,
    /// Divided differences over the latest nodes, one after another; empty until they are needed.
    differences: Vec<f64>,
}

impl Path {
    /// Starts anew, at a state and its rate.
    pub fn begin(&mut self, y: &[f64], rate: &[f64]) {
        self.nodes.clear();
        self.push(0.0, y);
        self.push(0.0, y);
        self.rate.clear();
        self.rate.extend_from_slice(rate);
    }

    /// Adds a state, later than all others.
    pub fn push(&mut self, x: f64, y: &[f64]) {
        self.differences.clear();
        let mut node = match self.nodes.len() {
            KEPT => self.nodes.pop().map_or(Vec::new(), |node| node.1),
            _ => Vec::new(),
        };
        node.clear();
        node.extend_from_slice(y);
        self.nodes.insert(0, (x, node));
    }

    /// The latest state.
    pub fn end(&self) -> &[f64] {
        self.nodes.first().map_or(&[], |node| &node.1)
    }

    /// Number of nodes of the polynomial for a method of the given order.
    fn used(&self, order: usize) -> usize {
        self.nodes.len().min(order + 2)
    }

    /// The polynomial of degree `order` + 1 (less where there are not so many states) at `x` since the start of the leg.
    pub fn at(&mut self, order: usize, x: f64, y: &mut [f64]) {
        let used = self.used(order);
        if self.differences.len() != used * y.len() {
            self.divide(used);
        }
        y.fill(0.0);
        let rows = self.differences.chunks_exact(y.len().max(1));
        for ((at, _), row) in self.nodes[..used].iter().zip(rows).rev() {
            for (y, d) in y.iter_mut().zip(row) {
                *y = d + *y * (x - at);
            }
        }
    }

    /// Newton's divided differences over the first `used` nodes.
    fn divide(&mut self, used: usize) {
        let nodes = &self.nodes[..used];
        let n = self.end().len();
        let d = &mut self.differences;
        d.clear();
        nodes.iter().for_each(|(_, y)| d.extend_from_slice(y));
        for level in 1..used {
            for row in (level..used).rev() {
                let way = nodes[row].0 - nodes[row - level].0;
                let (before, here) = d.split_at_mut(row * n);
                if way == 0.0 {
                    here[..n].copy_from_slice(&self.rate);
                    continue;
                }
                for (here, before) in here[..n].iter_mut().zip(&before[(row - 1) * n..]) {
                    *here = (*here - before) / way;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_met_whatever_the_distances() {
        let cubic = |x: f64| [1.0 + x * (2.0 - x * (0.5 - x)), 3.0 - x * x * x];
        let mut path = Path::default();
        path.begin(&cubic(0.0), &[2.0, 0.0]);
        let mut y = [0.0; 2];
        path.push(0.1, &cubic(0.1));
        path.push(0.12, &cubic(0.12));
        path.at(2, 0.11, &mut y);
        assert!((y[0] - cubic(0.11)[0]).abs() < 1e-14);
        path.begin(&cubic(0.0), &[2.0, 0.0]);
        for x in [0.1, 0.15, 0.9, 1.0, 3.0, 3.5, 4.5] {
            path.push(x, &cubic(x));
        }
        assert_eq!(path.end(), cubic(4.5));
        for x in [3.5, 3.6, 4.2, 4.5] {
            for order in [2, 4, 9] {
                path.at(order, x, &mut y);
                for (y, wanted) in y.iter().zip(cubic(x)) {
                    assert!((y - wanted).abs() < 1e-13 * wanted.abs(), "{x} {order}");
                }
            }
        }
        // A straight line between the last two.
        path.at(0, 4.0, &mut y);
        let (a, b) = (cubic(3.5), cubic(4.5));
        assert!((y[0] - 0.5 * (a[0] + b[0])).abs() < 1e-12);
    }

    #[test]
    fn there_are_no_more_nodes_than_states() {
        let mut path = Path::default();
        path.begin(&[1.0], &[0.0]);
        path.push(2.0, &[5.0]);
        let mut y = [0.0];
        path.at(4, 1.0, &mut y);
        // From rest: a parabola.
        assert_eq!(y, [2.0]);
    }
}
