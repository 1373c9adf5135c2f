//! Two cells whose equations have kinks: bench problems P2 and P4, written by hand.

use super::*;
use Action::{Kink, Record};
use Direction::{Either, Falling, Rising};

/// R T at 298.15 K [MPa/mM].
const RT: f64 = 8.314462618e-6 * 298.15;

/// P2: a walled cell stepped into a mannitol bath and back. Parameters: bath osmotic pressure [MPa], wall taut or not.
fn turgor() -> Case {
    const V0: f64 = 1e6;
    Case::new(&[V0], 0.0, |_, y, p, dy| {
        let wall = if p[1] == 1.0 {
            10.0 * (y[0] / V0).ln()
        } else {
            0.0
        };
        dy[0] = 6e4 * ((0.6 * V0 / y[0] - p[0]) - wall);
    })
    .params(&[0.1, 0.0])
    .scales(&[V0])
    .pieces(&[(200.0, 0.1), (600.0, 1.0), (1000.0, 0.1)])
    .events(
        &[
            (Either, Kink { slot: 1 }),
            (Falling, Record),
            (Rising, Record),
        ],
        |_, y, p, g| {
            let wall = if p[1] == 1.0 {
                10.0 * (y[0] / V0).ln()
            } else {
                0.0
            };
            g.copy_from_slice(&[y[0] - V0, wall, wall]);
        },
    )
    .save(&[0.0, 200.0, 600.0, 1000.0])
}

#[test]
fn turgor_is_lost_and_regained_on_time() {
    for (method, rtol, limit) in [
        (Method::Dop853, 1e-10, 1e-8),
        (Method::Dopri5, 1e-10, 1e-9),
        (Method::Rodas5p, 1e-10, 5e-9),
        (Method::Radau, 1e-10, 5e-9),
    ] {
        let solution = turgor().with(method, rtol, rtol).run();
        assert_eq!(solution.outcome, Outcome::Reached);
        let wanted = [
            1e6,
            1.048_365_166_392_052_6e6,
            6e5,
            1.048_365_166_392_052_6e6,
        ];
        for (y, w) in solution.y.iter().zip(wanted) {
            assert!((y / w - 1.0).abs() < 1e-8, "{method:?} {y}");
        }
        let (lost, regained) = (times(&solution, 1), times(&solution, 2));
        assert_eq!((lost.len(), regained.len()), (1, 1));
        assert!(
            (lost[0] - 201.303_008_821_831_34).abs() < limit,
            "{}",
            lost[0]
        );
        assert!(
            (regained[0] - 610.294_374_469_461_7).abs() < limit,
            "{}",
            regained[0]
        );
        // 200, 600, and two kinks.
        assert_eq!(solution.counters.restarts, 4);
    }
}

/// P4: a protoplast that swells and draws membrane from a reservoir. States: volume [µm³], area and reservoir [µm²].
/// Parameters: outside concentration [mM], membrane taut or not, slack or not.
fn protoplast() -> Case {
    let sphere = |v: f64| (36.0 * std::f64::consts::PI).cbrt() * v.powf(2.0 / 3.0);
    let area = sphere(3e4);
    Case::new(&[3e4, area, 0.4 * area], 0.0, move |_, y, p, dy| {
        let strain = if p[1] == 1.0 {
            (sphere(y[0]) - y[1]) / y[1]
        } else {
            0.0
        };
        let slack = if p[2] == 1.0 {
            (y[1] - sphere(y[0])) / y[1]
        } else {
            0.0
        };
        let radius = (3.0 * y[0] / (4.0 * std::f64::consts::PI)).cbrt();
        let pressure = 2.0 * 0.2 * strain / radius;
        let exo = 0.5 * strain * y[2];
        let endo = 0.02 * slack * y[1];
        dy[0] = 0.2 * y[1] * (RT * (400.0 * 3e4 / y[0] - p[0]) - pressure);
        dy[1] = exo - endo;
        dy[2] = endo - exo;
    })
    .params(&[400.0, 0.0, 0.0])
    .scales(&[3e4, area, area])
    .pieces(&[(60.0, 400.0), (1800.0, 250.0), (3600.0, 400.0)])
    .events(
        &[
            (Either, Kink { slot: 1 }),
            (Either, Kink { slot: 2 }),
            (Falling, Record),
        ],
        move |_, y, p, g| {
            let strain = (sphere(y[0]) - y[1]) / y[1];
            g.copy_from_slice(&[strain, -strain, if p[1] == 1.0 { strain } else { 0.0 }]);
        },
    )
    .save(&[0.0, 60.0, 1800.0, 3600.0])
}

#[test]
fn a_protoplast_swells_and_shrinks_over_its_kinks() {
    for (method, rtol) in [
        (Method::Dop853, 1e-10),
        (Method::Dopri5, 1e-10),
        (Method::Rodas5p, 1e-10),
        (Method::Radau, 1e-10),
    ] {
        let solution = protoplast().with(method, rtol, rtol).run();
        assert_eq!(solution.outcome, Outcome::Reached);
        let rows = [
            [
                47_999.999_996_389_146,
                6_387.216_183_714_299,
                149.500_518_849_115_7,
            ],
            [30_000.0, 4_669.083_359_017_764, 1_867.633_343_607_104_4],
        ];
        let mut worst = 0.0f64;
        for (row, wanted) in [2, 3].into_iter().zip(rows) {
            for (y, w) in solution.y[3 * row..3 * row + 3].iter().zip(wanted) {
                worst = worst.max((y / w - 1.0).abs());
            }
        }
        assert!(worst < 1e-8, "{method:?}: {worst} {:?}", solution.y);
        // From the reference state at 1800 s: (A - S(V)) / (dS/dt) = 1.311 010 8e-7 s after the switch.
        let fall = times(&solution, 2)[0];
        assert!((fall - 1_800.000_000_131_101).abs() < 1e-8, "{fall}");
    }
}

#[test]
fn resting_on_a_kink_costs_nothing() {
    let mut rest = protoplast().save(&[0.0, 60.0]);
    rest.problem.pieces.truncate(1);
    let solution = rest.run();
    assert!(
        solution.counters.rhs < 250 && solution.counters.restarts == 0,
        "{:?}",
        solution.counters
    );
    let drift = (solution.y[3] / solution.y[0] - 1.0).abs();
    assert!(drift < 1e-13, "{drift}");
}

#[test]
fn a_protoplast_at_rest_on_its_kink_does_not_chatter() {
    for method in [Method::Dop853, Method::Dopri5] {
        for rtol in [1e-6, 1e-8, 1e-10] {
            let solution = protoplast().with(method, rtol, 1e-2 * rtol).run();
            assert_eq!(solution.outcome, Outcome::Reached);
            let counters = solution.counters;
            assert!(counters.restarts < 20, "{method:?} {rtol}: {counters:?}");
            let fall = times(&solution, 2);
            assert_eq!(fall.len(), 1, "{method:?} {rtol}: {fall:?}");
            // Before the bath changes the strain is 9e-10: below the coarser tolerances.
            assert!(
                (fall[0] - 1800.0).abs() < 1e-4,
                "{method:?} {rtol}: {fall:?}"
            );
        }
    }
}

/// P1: a red cell in glycerol. States: osmotic water [µm³], permeant solute [mM µm³].
fn glycerol() -> Case {
    Case::new(&[60.0, 0.0], 120.0, |_, y, _, dy| {
        dy[0] = 200.0 * 135.0 * 1.8e-5 * ((290.0 * 60.0 + y[1]) / y[0] - 1290.0);
        dy[1] = 135.0 * (1000.0 - y[1] / y[0]);
    })
}

#[test]
fn rows_are_as_good_as_steps_where_stability_limits_them() {
    let rows = |method, rtol: f64| {
        let case = glycerol().with(method, rtol, 1e-2 * rtol);
        case.save(&even(120.0, 200)).run()
    };
    let reference = rows(Method::Dopri5, 1e-13);
    for method in [Method::Dop853, Method::Dopri5] {
        for rtol in [1e-6, 1e-8, 1e-10] {
            let solution = rows(method, rtol);
            let errors = solution.y.iter().zip(&reference.y).map(|(y, w)| {
                let size = w.abs().max(1e-3);
                (y - w).abs() / size
            });
            let error = errors.fold(0.0, f64::max);
            assert!(error < 50.0 * rtol, "{method:?} {rtol}: {error}");
        }
    }
}
