//! Coefficients of Radau IIA with three, five and seven stages.
//!
//! The nodes are the zeros of d^(s−1)/dx^(s−1) (x^(s−1) (x − 1)^s), the stages those of collocation (E. Hairer and
//! G. Wanner, Solving ODEs II, 2nd ed., Springer 1996, section IV.5). Their matrix A has one real and (s − 1)/2 pairs of
//! complex eigenvalues, all of multiplicity one; in the basis of their vectors the systems of a simplified Newton
//! iteration fall apart (section IV.8).
//!
//! The digits are our own: nodes, A, the eigenvalues of its inverse and both vectors of each were computed with 60 digits
//! (mpmath 1.3) and rounded to the nearest f64. Left and right vectors met each other, and A^-1 its block form, to
//! 1e-57. Tested here are the nodes, the conditions of collocation and the block form.

/// A method with `S` stages, in the basis of the eigenvectors of A^-1 ("modes"): the real one, then the real parts of
/// the `W` complex ones, then their imaginary parts. The last stage is the sum of the real parts.
pub(super) struct Tableau<const S: usize, const W: usize> {
    /// Nodes c_i.
    pub nodes: [f64; S],
    /// Real eigenvalue γ of A^-1.
    pub gamma: f64,
    /// Complex eigenvalues α + i β.
    pub alpha: [f64; W],
    pub beta: [f64; W],
    /// T: stages from modes.
    pub from_modes: [[f64; S]; S],
    /// T^-1: modes from stages.
    pub to_modes: [[f64; S]; S],
}

/// Order 5.
pub(super) static THREE: Tableau<3, 1> = Tableau {
    nodes: [0.1550510257216822, 0.6449489742783178, 1.0],
    gamma: 3.637834252744496,
    alpha: [2.6810828736277523],
    beta: [3.0504301992474105],
    from_modes: [
        [
            0.09443876248897524,
            -0.1412552950209542,
            -0.030029194105147424,
        ],
        [0.2502131229653333, 0.20412935229379994, 0.3829421127572619],
        [1.0, 1.0, 0.0],
    ],
    to_modes: [
        [4.178718591551905, 0.32768282076106237, 0.5233764454994495],
        [
            -4.178718591551905,
            -0.32768282076106237,
            0.47662355450055044,
        ],
        [-0.5028726349457868, 2.571926949855605, -0.5960392048282249],
    ],
};

/// Order 9.
pub(super) static FIVE: Tableau<5, 2> = Tableau {
    nodes: [
        0.05710419611451768,
        0.2768430136381238,
        0.5835904323689168,
        0.8602401356562195,
        1.0,
    ],
    gamma: 6.2867047517292765,
    alpha: [5.70095329867179, 3.655694325463572],
    beta: [3.2102656003085497, 6.543736899360077],
    from_modes: [
        [
            0.013576867344947943,
            -0.011478515255229515,
            -0.010242047817908826,
            -0.01401985889287541,
            0.04767387729029572,
        ],
        [
            0.0016179004017190875,
            -0.007668830749180163,
            0.05017286451737106,
            0.024708578426518527,
            -0.09433181918161143,
        ],
        [
            0.07915785334744721,
            0.01939846399882895,
            -0.23053953404341795,
            0.08180035370375117,
            0.1027030453801259,
        ],
        [
            0.41225608268046143,
            0.40760117128019907,
            0.37789390224886127,
            0.19968242788680252,
            0.46674413033249434,
        ],
        [1.0, 1.0, 1.0, 0.0, 0.0],
    ],
    to_modes: [
        [
            27.697693775684087,
            12.783337911304406,
            3.20848938671343,
            -0.9514904122489162,
            0.7415504960259897,
        ],
        [
            -33.041880213519,
            -17.376953479063566,
            -0.17212906325400557,
            -0.09916977798254265,
            0.5312281158383066,
        ],
        [
            5.344186437834912,
            4.593615567759161,
            -3.0363603234594243,
            1.050660190231459,
            -0.27277861186429625,
        ],
        [
            -8.611443979875292,
            9.699991409528808,
            1.9147286396968743,
            2.41869200608494,
            -1.0474634879353375,
        ],
        [
            3.748059807439805,
            -3.984965736343885,
            -1.0444156416080188,
            1.1840985681379486,
            -0.44991777015678036,
        ],
    ],
};

/// Order 13.
pub(super) static SEVEN: Tableau<7, 3> = Tableau {
    nodes: [
        0.029316427159784893,
        0.1480785996684843,
        0.3369846902811543,
        0.5586715187715501,
        0.7692338620300545,
        0.9269456713197411,
        1.0,
    ],
    gamma: 8.936832788405216,
    alpha: [8.511834825102946, 7.14105521918764, 4.378693561506806],
    beta: [3.281013624325059, 6.623045922639276, 10.169693283795011],
    from_modes: [
        [
            0.0024435843048706113,
            -0.0012386461879528741,
            -0.004055161452331024,
            0.021567551351320772,
            -0.0027606174805438525,
            0.004427232753268285,
            0.008783567925144144,
        ],
        [
            -0.001815339648319317,
            -6.666635339396339e-05,
            0.00841556827655959,
            -0.03813164813441155,
            0.00318547482516621,
            -0.00403194957022455,
            -0.021525560594006874,
        ],
        [
            0.004605339331161875,
            -0.0023521809829433384,
            -0.008560431061603433,
            0.05739650893938172,
            0.00041690777252975626,
            -0.006923212665023909,
            0.05885052920842679,
        ],
        [
            0.017870023342853068,
            0.0031150711523461752,
            -0.03737124230238446,
            -0.03821469359696835,
            0.025116604913438822,
            0.00823900729850772,
            -0.16573681127294385,
        ],
        [
            0.12818100807728391,
            0.10171773248171515,
            0.0053667613791817705,
            -0.2491742124652637,
            0.09504502035604623,
            0.19321111610126201,
            0.27356330579866234,
        ],
        [
            0.5200651497488247,
            0.5217519452747653,
            0.5265742264584493,
            0.5315846490836285,
            0.1280719446355439,
            0.27553439498962584,
            0.4863228366175729,
        ],
        [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0],
    ],
    to_modes: [
        [
            227.51530596268069,
            166.64802246760974,
            43.26514588452621,
            3.623090061341016,
            3.572674832938798,
            -2.7435563656033675,
            1.4514535402547504,
        ],
        [
            -299.1862480282521,
            -243.04074536874478,
            -48.77710407803787,
            -2.0386719057419342,
            1.673560239861085,
            -1.0873740320571061,
            0.9019382492960993,
        ],
        [
            74.6783322350227,
            87.40858897990081,
            4.024158737379998,
            -3.714806315158364,
            -3.4300939859823174,
            2.6966048097653124,
            -0.9386927436075462,
        ],
        [
            -3.007390169451292,
            -11.015866078765772,
            1.4877994561316563,
            2.1303881595592826,
            -1.8161410868175656,
            1.134325587895161,
            -0.41469904594330353,
        ],
        [
            -93.0765028974353,
            23.881631056281144,
            39.278880730813846,
            14.38891568549108,
            -3.5104383993993613,
            4.8632848855661805,
            -2.2464827295912397,
        ],
        [
            58.356528851906575,
            -10.06877395780018,
            -30.36638884256667,
            -1.020020865184866,
            -0.11241750037842496,
            1.8906408310003777,
            -0.9716486393831483,
        ],
        [
            -8.441963188321084,
            -0.650525274057515,
            6.9406707303698765,
            -3.2050475255978985,
            1.0712809435464785,
            -0.3548507491216222,
            0.09198549132786554,
        ],
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A^-1 from its modes: T Λ T^-1.
    fn inverse<const S: usize, const W: usize>(t: &Tableau<S, W>) -> [[f64; S]; S] {
        let turned = |column: usize| {
            let modes: [f64; S] = std::array::from_fn(|k| t.to_modes[k][column]);
            let mut product = [0.0; S];
            product[0] = t.gamma * modes[0];
            for c in 0..W {
                let (re, im) = (modes[1 + c], modes[1 + W + c]);
                product[1 + c] = t.alpha[c] * re - t.beta[c] * im;
                product[1 + W + c] = t.alpha[c] * im + t.beta[c] * re;
            }
            product
        };
        let mut a = [[0.0; S]; S];
        for column in 0..S {
            let product = turned(column);
            for (row, t) in a.iter_mut().zip(&t.from_modes) {
                row[column] = t.iter().zip(product).map(|(t, p)| t * p).sum();
            }
        }
        a
    }

    fn check<const S: usize, const W: usize>(t: &Tableau<S, W>, slack: f64) {
        assert_eq!(t.nodes[S - 1], 1.0);
        // The last stage is the sum of the first modes, so that the step ends there.
        for (k, last) in t.from_modes[S - 1].iter().enumerate() {
            assert_eq!(*last, if k <= W { 1.0 } else { 0.0 });
        }
        for row in 0..S {
            for column in 0..S {
                let product: f64 = (0..S)
                    .map(|k| t.to_modes[row][k] * t.from_modes[k][column])
                    .sum();
                let wanted = f64::from(u8::from(row == column));
                assert!((product - wanted).abs() < slack, "{row} {column} {product}");
            }
        }
        // Collocation, C(s): A^-1 takes c^q / q to c^(q-1).
        let inverse = inverse(t);
        for q in 1..=S as i32 {
            for (row, c) in inverse.iter().zip(t.nodes) {
                let sum: f64 = (row.iter().zip(t.nodes))
                    .map(|(a, c)| a * c.powi(q) / f64::from(q))
                    .sum();
                assert!((sum - c.powi(q - 1)).abs() < slack, "{q}: {sum}");
            }
        }
        // Quadrature, B(2s - 1): the weights are the last row of A. Solved for by the conditions of collocation, so
        // what is tested are the nodes: Π (x - c_i) is orthogonal to 1, x, …, x^(s-2) on [0, 1].
        let mut product = vec![1.0];
        for c in t.nodes {
            let mut next = vec![0.0; product.len() + 1];
            for (power, p) in product.iter().enumerate() {
                next[power + 1] += p;
                next[power] -= c * p;
            }
            product = next;
        }
        for k in 0..S - 1 {
            let moment: f64 = (product.iter().enumerate())
                .map(|(power, p)| p / (power + k + 1) as f64)
                .sum();
            assert!(moment.abs() < 1e-15, "{k}: {moment}");
        }
    }

    #[test]
    fn the_methods_are_those_of_collocation_at_radau_points() {
        check(&THREE, 1e-14);
        check(&FIVE, 1e-13);
        check(&SEVEN, 2e-12);
    }
}
