//! Coefficients of Rodas5P.
//!
//! G. Steinebach, Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia
//! Differential Equations package, BIT Numerical Mathematics 63 (2023) 27, doi:10.1007/s10543-023-00967-x. The digits
//! are those of the author's implementation in OrdinaryDiffEq.jl (`Rodas5PTableau`), compared with a second one in
//! GridKit; the order conditions that they meet are tested here.
//!
//! All in the transformed variables U = Γ K that need no product of the Jacobian with a vector (Hairer and Wanner,
//! Solving ODEs II, 2nd ed., Springer 1996, section IV.7, equations 7.25): the stages are
//!
//! (I/(hγ) − J) U_i = f(t + c_i h, y + Σ_j a_ij U_j) + h d_i ∂f/∂t + Σ_j (c_ij/h) U_j,
//!
//! the step ends at y + Σ m_i U_i, and the last U is the difference to the embedded method of order 4.

/// γ, the diagonal of Γ.
pub(in crate::solve) const GAMMA: f64 = 0.21193756319429014;

/// Stages.
pub(in crate::solve) const STAGES: usize = 8;

/// Nodes c_i.
pub(in crate::solve) const NODES: [f64; STAGES] = [
    0.0,
    0.6358126895828704,
    0.4095798393397535,
    0.9769306725060716,
    0.4288403609558664,
    1.0,
    1.0,
    1.0,
];

/// Weights d_i of ∂f/∂t: the sums of the rows of Γ.
pub(in crate::solve) const TIME: [f64; STAGES] = [
    0.21193756319429014,
    -0.42387512638858027,
    -0.3384627126235924,
    1.8046452872882734,
    2.325825639765069,
    0.0,
    0.0,
    0.0,
];

/// Coefficients a_ij of the stages 2 to 6. The states of stages 7 and 8 and the end of the step are the state before
/// each plus the U before each.
pub(in crate::solve) const A: [&[f64]; 5] = [
    &[3.0],
    &[2.849394379747939, 0.45842242204463923],
    &[-6.954028509809101, 2.489845061869568, -10.358996098473584],
    &[
        2.8029986275628964,
        0.5072464736228206,
        -0.3988312541770524,
        -0.04721187230404641,
    ],
    &[
        -7.502846399306121,
        2.561846144803919,
        -11.627539656261098,
        -0.18268767659942256,
        0.030198172008377946,
    ],
];

/// Coefficients c_ij of the stages 2 to 8.
pub(in crate::solve) const C: [&[f64]; 7] = [
    &[-14.155112264123755],
    &[-17.97296035885952, -2.859693295451294],
    &[147.12150275711716, -1.41221402718213, 71.68940251302358],
    &[
        165.43517024871676,
        -0.4592823456491126,
        42.90938336958603,
        -5.961986721573306,
    ],
    &[
        24.854864614690072,
        -3.0009227002832186,
        47.4931110020768,
        5.5814197821558125,
        -0.6610691825249471,
    ],
    &[
        30.91273214028599,
        -3.1208243349937974,
        77.79954646070892,
        34.28646028294783,
        -19.097331116725623,
        -28.087943162872662,
    ],
    &[
        37.80277123390563,
        -3.2571969029072276,
        112.26918849496327,
        66.9347231244047,
        -40.06618937091002,
        -54.66780262877968,
        -9.48861652309627,
    ],
];

/// Weights of the dense output of order 4: with θ the fraction of the step and K_r = Σ_j h_rj U_j,
/// u(θ) = (1 − θ) y0 + θ (y1 + (1 − θ) (K_1 + θ (K_2 + θ K_3))).
pub(in crate::solve) const H: [[f64; STAGES]; 3] = [
    [
        25.948786856663858,
        -2.5579724845846235,
        10.433815404888879,
        -2.3679251022685204,
        0.524948541321073,
        1.1241088310450404,
        0.4272876194431874,
        -0.17202221070155493,
    ],
    [
        -9.91568850695171,
        -0.9689944594115154,
        3.0438037242978453,
        -24.495224566215796,
        20.176138334709044,
        15.98066361424651,
        -6.789040303419874,
        -6.710236069923372,
    ],
    [
        11.419903575922262,
        2.8879645146136994,
        72.92137995996029,
        80.12511834622643,
        -52.072871366152654,
        -59.78993625266729,
        -0.15582684282751913,
        4.883087185713722,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    type Matrix = [[f64; STAGES]; STAGES];

    /// The method in its original form: α, β = α + Γ, and weights of the step, the embedded step and u(θ).
    struct Original {
        alpha: Matrix,
        beta: Matrix,
        gamma: Matrix,
    }

    /// Row i of the coefficients of U in the state of stage i.
    fn state(i: usize) -> [f64; STAGES] {
        let mut row = [0.0; STAGES];
        match i {
            0 => {}
            1..=5 => row[..i].copy_from_slice(A[i - 1]),
            _ => {
                row = state(i - 1);
                row[i - 1] = 1.0;
            }
        }
        row
    }

    /// The end of the step, as if it were the state of a ninth stage.
    fn end() -> [f64; STAGES] {
        let mut row = state(STAGES - 1);
        row[STAGES - 1] = 1.0;
        row
    }

    /// `row` Γ.
    fn times(row: &[f64; STAGES], gamma: &Matrix) -> [f64; STAGES] {
        std::array::from_fn(|j| (0..STAGES).map(|k| row[k] * gamma[k][j]).sum())
    }

    fn original() -> Original {
        // Γ is the inverse of I/γ − C, by forward substitution.
        let mut gamma: Matrix = [[0.0; STAGES]; STAGES];
        for i in 0..STAGES {
            let mut row = [0.0; STAGES];
            row[i] = 1.0;
            for k in 0..i {
                for (v, g) in row.iter_mut().zip(gamma[k]) {
                    *v += C[i - 1][k] * g;
                }
            }
            gamma[i] = row.map(|v| GAMMA * v);
        }
        let alpha: Matrix = std::array::from_fn(|i| times(&state(i), &gamma));
        let beta = std::array::from_fn(|i| std::array::from_fn(|j| alpha[i][j] + gamma[i][j]));
        Original { alpha, beta, gamma }
    }

    /// A rooted tree as its children.
    #[derive(Clone)]
    struct Tree(Vec<Tree>);

    impl Tree {
        fn order(&self) -> usize {
            1 + self.0.iter().map(Tree::order).sum::<usize>()
        }
        fn density(&self) -> f64 {
            self.order() as f64 * self.0.iter().map(Tree::density).product::<f64>()
        }
        /// Elementary weight of each stage: β below a node with one child, α below one with several (Hairer and
        /// Wanner, section IV.7, theorem 7.4; β includes the diagonal).
        fn weights(&self, method: &Original) -> [f64; STAGES] {
            let below = if self.0.len() == 1 {
                &method.beta
            } else {
                &method.alpha
            };
            let children: Vec<_> = self.0.iter().map(|child| child.weights(method)).collect();
            std::array::from_fn(|i| {
                let sum = |w: &[f64; STAGES]| (0..STAGES).map(|j| below[i][j] * w[j]).sum::<f64>();
                children.iter().map(sum).product()
            })
        }
    }

    /// All trees of an order: a root over a multiset of smaller trees.
    fn trees(order: usize) -> Vec<Tree> {
        fn forests(order: usize, smaller: &[Tree]) -> Vec<Vec<Tree>> {
            if order == 0 {
                return vec![Vec::new()];
            }
            let mut all = Vec::new();
            for (i, tree) in smaller
                .iter()
                .enumerate()
                .filter(|(_, t)| t.order() <= order)
            {
                for mut forest in forests(order - tree.order(), &smaller[..=i]) {
                    forest.push(tree.clone());
                    all.push(forest);
                }
            }
            all
        }
        let smaller: Vec<Tree> = (1..order).flat_map(trees).collect();
        forests(order - 1, &smaller).into_iter().map(Tree).collect()
    }

    /// Largest violation of the conditions Σ b_i Φ_i = θ^q / density over the trees of order q.
    fn violation(q: usize, weights: &[f64; STAGES], theta: f64, method: &Original) -> f64 {
        let error = |tree: &Tree| {
            let sum: f64 = weights
                .iter()
                .zip(tree.weights(method))
                .map(|(b, w)| b * w)
                .sum();
            (sum - theta.powi(q as i32) / tree.density()).abs()
        };
        trees(q).iter().map(error).fold(0.0, f64::max)
    }

    #[test]
    fn the_step_meets_the_17_conditions_of_order_5_and_the_embedded_one_those_of_order_4() {
        let method = original();
        let (step, embedded) = (
            times(&end(), &method.gamma),
            times(&state(STAGES - 1), &method.gamma),
        );
        let mut count = 0;
        for q in 1..=5 {
            count += trees(q).len();
            assert!(violation(q, &step, 1.0, &method) < 2e-13, "{q}");
        }
        assert_eq!(count, 17);
        for q in 1..=4 {
            assert!(violation(q, &embedded, 1.0, &method) < 2e-13, "{q}");
        }
        assert!(violation(6, &step, 1.0, &method) > 1e-6);
        assert!(violation(5, &embedded, 1.0, &method) > 1e-6);
    }

    #[test]
    fn the_dense_output_meets_the_conditions_of_order_4() {
        let method = original();
        for i in 0..=10 {
            let theta = f64::from(i) / 10.0;
            let end = end();
            let row = std::array::from_fn(|j| {
                let [k1, k2, k3] = [0, 1, 2].map(|r| H[r][j]);
                theta * (end[j] + (1.0 - theta) * (k1 + theta * (k2 + theta * k3)))
            });
            let weights = times(&row, &method.gamma);
            for q in 1..=4 {
                let found = violation(q, &weights, theta, &method);
                assert!(found < 1e-12, "order {q} at {theta}: {found}");
            }
        }
    }

    #[test]
    fn row_sums_are_nodes_and_the_method_is_stiffly_accurate() {
        let method = original();
        for i in 0..STAGES {
            let (alpha, gamma): (f64, f64) =
                (method.alpha[i].iter().sum(), method.gamma[i].iter().sum());
            assert!((alpha - NODES[i]).abs() < 1e-13, "{i}: {alpha}");
            assert!((gamma - TIME[i]).abs() < 1e-13, "{i}: {gamma}");
            assert!((method.gamma[i][i] - GAMMA).abs() < 1e-15);
        }
        // b_j = β_8j: the last stage of a stiff linear problem stands at the end of the step.
        let weights = times(&end(), &method.gamma);
        for (b, beta) in weights.iter().zip(method.beta[STAGES - 1]) {
            assert!((b - beta).abs() < 1e-13);
        }
    }
}
