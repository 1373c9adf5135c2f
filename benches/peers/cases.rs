//! The problems of the comparison.

use osmocyte::Method;

/// A problem of the comparison.
pub struct Case {
    /// Its name here.
    pub name: &'static str,
    /// The shipped model.
    pub model: &'static str,
    /// What is set in it.
    pub set: &'static [(&'static str, &'static str)],
    /// The absolute tolerances to try, in units of the states, where the relative tolerance is 1. The bench problems
    /// come with theirs; on the others each solver takes what suits it.
    pub floors: &'static [f64],
    /// Saved times even in log t from here, or even in t. \[s\]
    pub first: Option<f64>,
    /// A method that reaches 1e-12, for the reference.
    pub method: Method,
    /// Published end values of the first states, to check the reference.
    pub end: &'static [f64],
}

const EVEN: Case = Case {
    name: "",
    model: "",
    set: &[],
    floors: &[1.0],
    first: None,
    method: Method::Dop853,
    end: &[],
};

/// `end`: computed with Radau IIA of order 13 to 17 in 80-bit arithmetic.
pub const CASES: &[Case] = &[
    Case {
        name: "p1",
        model: "p1-rbc-glycerol",
        end: &[60.0, 6e4],
        ..EVEN
    },
    Case {
        name: "p2",
        model: "p2-plant-cell-turgor",
        end: &[1.0483651663920526e6],
        ..EVEN
    },
    Case {
        name: "p3",
        model: "p3-calcium-exocytosis",
        floors: &[1e-3],
        end: &[0.9976281688910902, 2.3628035574294627e-3],
        ..EVEN
    },
    Case {
        name: "p4",
        model: "p4-swelling-protoplast",
        end: &[30000.0, 4669.083359017765, 1867.6333436071044],
        ..EVEN
    },
    Case {
        name: "p5_n50",
        model: "p5-root-chain",
        end: &[22281.1241522373],
        ..EVEN
    },
    Case {
        name: "p5_n1000",
        model: "p5-root-chain",
        set: &[("N", "1000")],
        ..EVEN
    },
    Case {
        name: "hires",
        model: "hires",
        set: &[("duration", "321.8122 s")],
        floors: &[1e-2, 1e-4],
        method: Method::Rodas5p,
        end: &[
            7.371312573325666e-4,
            1.4424857263161844e-4,
            5.888729740967572e-5,
            1.175651343283149e-3,
            2.386356198831326e-3,
            6.238968252742781e-3,
            2.8499983951857654e-3,
            2.8500016048142346e-3,
        ],
        ..EVEN
    },
    Case {
        name: "orego",
        model: "oregonator",
        floors: &[1.0, 1e-2],
        method: Method::Rodas5p,
        end: &[
            1.0008148703185227,
            1.228178521549888e3,
            1.3205549428465083e2,
        ],
        ..EVEN
    },
    Case {
        name: "rober",
        model: "robertson",
        set: &[("duration", "1e11 s")],
        floors: &[1e-5, 1e-8],
        first: Some(1e-5),
        method: Method::Rodas5p,
        end: &[
            2.083340149701294e-8,
            8.333360770334783e-14,
            0.9999999791665152,
        ],
    },
    Case {
        name: "vdpol",
        model: "van-der-pol-stiff",
        floors: &[1.0, 1e-2],
        method: Method::Rodas5p,
        end: &[1.706167732170465, -0.8928097010248165],
        ..EVEN
    },
];
