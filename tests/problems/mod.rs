//! Benchmark problems as hand-written right-hand sides: the peers of the compiled tapes in tests and benches.

use osmocyte::trace::{Number, RightHandSide};

/// A right-hand side with the values at which it is compared.
pub trait Problem: RightHandSide {
    /// Parameters; `[n_params]`.
    fn params(&self) -> Vec<f64>;
    /// A state inside the transient; `[n_states]`.
    fn state(&self) -> Vec<f64>;
}

/// A red cell in glycerol (two-parameter model of Jacobs and Stewart): cell water and amount of solute.
pub struct RedCell;

impl RightHandSide for RedCell {
    fn n_states(&self) -> usize {
        2
    }
    fn n_params(&self) -> usize {
        7
    }
    #[inline(always)]
    fn rhs<N: Number>(&self, _t: N, y: &[N], p: &[N], dy: &mut [N]) {
        let &[area, pf, vw, ps, n_imp, c_imp_out, c_s_out] = p else {
            return;
        };
        let &[water, solute] = y else { return };
        dy[0] = pf * area * vw * ((n_imp + solute) / water - (c_imp_out + c_s_out));
        dy[1] = ps * area * (c_s_out - solute / water);
    }
}

impl Problem for RedCell {
    fn params(&self) -> Vec<f64> {
        vec![135.0, 200.0, 1.8e-5, 1.0, 290.0 * 60.0, 290.0, 1000.0]
    }
    fn state(&self) -> Vec<f64> {
        vec![41.3, 9120.0]
    }
}

/// Calcium-triggered exocytosis: the five-site sensor of Schneggenburger and Neher (2000) with refilling and
/// endocytosis.
pub struct Exocytosis;

impl RightHandSide for Exocytosis {
    fn n_states(&self) -> usize {
        10
    }
    fn n_params(&self) -> usize {
        8
    }
    #[inline(always)]
    fn rhs<N: Number>(&self, _t: N, y: &[N], p: &[N], dy: &mut [N]) {
        let &[kon, koff, b, gamma, ca_rest, tau, k_refill, k_endo] = p else {
            return;
        };
        let &[n0, n1, n2, n3, n4, n5, _fused, empty, added, ca] = y else {
            return;
        };
        let n = [n0, n1, n2, n3, n4, n5];
        // Net flux from each number of bound ions to the next.
        let net: [N; 5] = std::array::from_fn(|i| {
            let up = kon * (5.0 - i as f64) * ca * n[i];
            let down = koff * b.powi(i as i32) * (i as f64 + 1.0) * n[i + 1];
            up - down
        });
        let release = gamma * n5;
        let refill = k_refill * empty;
        dy[0] = refill - net[0];
        for i in 1..5 {
            dy[i] = net[i - 1] - net[i];
        }
        dy[5] = net[4] - release;
        dy[6] = release;
        dy[7] = release - refill;
        dy[8] = release - k_endo * added;
        dy[9] = -(ca - ca_rest) / tau;
    }
}

impl Problem for Exocytosis {
    fn params(&self) -> Vec<f64> {
        vec![90.0, 9500.0, 0.25, 6000.0, 0.05, 0.1, 2.0, 0.2]
    }
    fn state(&self) -> Vec<f64> {
        vec![0.31, 0.22, 0.13, 0.07, 0.04, 0.02, 0.6, 0.21, 0.4, 11.0]
    }
}

/// A protoplast that swells and draws membrane from a reservoir.
pub struct Protoplast;

impl RightHandSide for Protoplast {
    fn n_states(&self) -> usize {
        3
    }
    fn n_params(&self) -> usize {
        7
    }
    #[inline(always)]
    fn rhs<N: Number>(&self, _t: N, y: &[N], p: &[N], dy: &mut [N]) {
        let &[lp, k_area, k_exo, k_endo, rt, amount, c_out] = p else {
            return;
        };
        let &[volume, area, reservoir] = y else {
            return;
        };
        let pi = std::f64::consts::PI;
        let sphere = volume.powf(N::from(2.0 / 3.0)) * (36.0 * pi).cbrt();
        let radius = (volume * 3.0 / (4.0 * pi)).powf(N::from(1.0 / 3.0));
        let tension = k_area * ((sphere - area) / area).max(N::from(0.0));
        let pressure = tension * 2.0 / radius;
        let exo = k_exo * (tension / k_area) * reservoir;
        let endo = k_endo * ((area - sphere) / area).max(N::from(0.0)) * area;
        dy[0] = lp * area * (rt * (amount / volume - c_out) - pressure);
        dy[1] = exo - endo;
        dy[2] = endo - exo;
    }
}

impl Problem for Protoplast {
    fn params(&self) -> Vec<f64> {
        vec![
            0.2,
            0.2,
            0.5,
            0.02,
            8.314462618e-6 * 298.15,
            400.0 * 30000.0,
            250.0,
        ]
    }
    fn state(&self) -> Vec<f64> {
        vec![31000.0, 4700.0, 1850.0]
    }
}

/// Water from the soil through a chain of cells to the xylem.
pub struct Chain(pub usize);

impl RightHandSide for Chain {
    fn n_states(&self) -> usize {
        self.0
    }
    fn n_params(&self) -> usize {
        6
    }
    #[inline(always)]
    fn rhs<N: Number>(&self, t: N, y: &[N], p: &[N], dy: &mut [N]) {
        let &[v0, area, lp, eps, pi0, soil] = p else {
            return;
        };
        let sine = (t * (2.0 * std::f64::consts::PI / 3600.0)).sin();
        let xylem = (sine * 0.5 + 1.0) * -0.5 - 0.1;
        let potential = |v: N| eps * (v / v0 - 1.0) - pi0 * v0 / v;
        let mut here = potential(y[0]);
        let mut inflow = lp * area * (soil - here);
        for i in 0..self.0 {
            let next = if i + 1 < self.0 {
                potential(y[i + 1])
            } else {
                xylem
            };
            let outflow = lp * area * (here - next);
            dy[i] = inflow - outflow;
            (here, inflow) = (next, outflow);
        }
    }
}

impl Problem for Chain {
    fn params(&self) -> Vec<f64> {
        vec![2e4, 2500.0, 0.5, 5.0, 0.7, -0.05]
    }
    fn state(&self) -> Vec<f64> {
        (0..self.0)
            .map(|i| 2e4 * (1.1 - 0.08 * i as f64 / self.0 as f64))
            .collect()
    }
}
