//! Derivatives of outcomes: against closed forms, and on every shipped model against differences.

use std::ops::ControlFlow;

use osmocyte::Simulation;
use osmocyte::model::library;
use osmocyte::study::sensitivity::Ask;
use osmocyte::study::sensitivity::local::{Local, LocalOptions, Slope, Way, local};

fn find(simulation: &Simulation, vary: &[&str], check: bool, threads: usize) -> Local {
    let ask = Ask {
        vary: vary.iter().map(|v| v.to_string()).collect(),
        ..Ask::default()
    };
    let (simulation, study, names) = (ask.names(simulation)).unwrap_or_else(|e| panic!("{e}"));
    let options = LocalOptions {
        check,
        threads,
        ..LocalOptions::default()
    };
    let found = local(&simulation, &study, &names, &options, &mut |_| {
        ControlFlow::Continue(())
    });
    found.unwrap_or_else(|e| panic!("{e}")).unwrap()
}

fn of<'f>(found: &'f Local, outcome: &str, factor: &str) -> &'f Result<Slope, String> {
    let i = found
        .answers
        .iter()
        .position(|a| a.name == outcome)
        .unwrap();
    let k = found.factors.iter().position(|f| f.name == factor).unwrap();
    &found.slopes[i][k]
}

/// Asserts derivatives from the equations of sensitivity: outcome, factor, expected.
fn closed_forms(text: &str, expected: &[(&str, &str, f64)]) {
    let simulation =
        Simulation::from_text("f", text).unwrap_or_else(|e| panic!("{}", e.report(false)));
    let mut vary: Vec<&str> = expected.iter().map(|e| e.1).collect();
    vary.sort();
    vary.dedup();
    let found = find(&simulation, &vary, true, 1);
    for (outcome, factor, exact) in expected {
        let slope = of(&found, outcome, factor);
        let slope = slope
            .as_ref()
            .unwrap_or_else(|e| panic!("{outcome}, {factor}: {e}"));
        let what = format!("d {outcome} / d {factor}: {slope:?}, not {exact}");
        assert_eq!(slope.way, Way::Forward, "{what}");
        assert!(
            (slope.derivative - exact).abs() <= 1e-7 * exact.abs().max(1e-2),
            "{what}"
        );
        assert_eq!(slope.agrees(), Some(true), "{what}");
    }
}

#[test]
fn exponential_decay() {
    let text = r#"
title = "decay"
[parameters]
k = "0.5 1/s"
y0 = "2 mM"
t1 = "1 s"
[state.y]
initial = "y0"
rate = "-k*y"
[experiment]
duration = "3 s"
[outcomes]
end = "final(y)"
total = "integral(y)"
mean = "mean(y)"
half = "time when y falls through 0.5*y0"
then = "at(y, t1)"
top = "max(y)"
bottom = "min(y)"
first = "initial(y)"
ratio = "k*final(y)/max(y)"
lowest = "time of min(y)"
"#;
    let (k, y0, t1, t) = (0.5f64, 2.0, 1.0, 3.0);
    let e = (-k * t).exp();
    let total = y0 * (1.0 - e) / k;
    closed_forms(
        text,
        &[
            ("end", "k", -t * y0 * e),
            ("end", "y", e),
            ("end", "y0", e),
            ("end", "duration", -k * y0 * e),
            ("total", "k", y0 * t * e / k - total / k),
            ("total", "y0", total / y0),
            ("total", "duration", y0 * e),
            ("mean", "k", (y0 * t * e / k - total / k) / t),
            ("mean", "duration", (y0 * e - total / t) / t),
            ("half", "k", -(2f64.ln()) / (k * k)),
            ("half", "y0", 0.0),
            ("then", "t1", -k * y0 * (-k * t1).exp()),
            ("then", "k", -t1 * y0 * (-k * t1).exp()),
            ("top", "y0", 1.0),
            ("top", "k", 0.0),
            ("bottom", "k", -t * y0 * e),
            ("bottom", "duration", -k * y0 * e),
            ("first", "y0", 1.0),
            ("ratio", "k", e - k * t * e),
            ("lowest", "duration", 1.0),
            ("lowest", "k", 0.0),
        ]
        // Varied together, the state's own start takes the place of y0.
        .into_iter()
        .filter(|e| e.1 != "y")
        .collect::<Vec<_>>(),
    );
    closed_forms(text, &[("end", "y", e), ("top", "y", 1.0)]);
}

#[test]
fn a_ball_thrown_up() {
    let text = r#"
title = "ball"
[parameters]
g = "9.81 um/s^2"
h = "10 um"
v0 = "4 um/s"
[state.x]
initial = "h"
rate = "v"
[state.v]
initial = "v0"
rate = "-g"
[event.ground]
when = "x falls through 0 um"
then = "stop"
[experiment]
duration = "10 s"
[outcomes]
impact = "time of ground"
speed = "-final(v)"
top = "max(x)"
turn = "time of max(x)"
hits = "count of ground"
"#;
    let (g, h, v) = (9.81f64, 10.0f64, 4.0f64);
    let w = (v * v + 2.0 * g * h).sqrt();
    closed_forms(
        text,
        &[
            ("impact", "h", 1.0 / w),
            ("impact", "v0", (1.0 + v / w) / g),
            ("impact", "g", h / (w * g) - (v + w) / (g * g)),
            ("speed", "h", g / w),
            ("speed", "g", h / w),
            ("top", "v0", v / g),
            ("top", "g", -v * v / (2.0 * g * g)),
            ("turn", "v0", 1.0 / g),
            ("turn", "g", -v / (g * g)),
            ("turn", "h", 0.0),
            ("hits", "g", 0.0),
        ],
    );
}

#[test]
fn a_bath_that_is_exchanged() {
    let text = r#"
title = "bath"
[parameters]
k = "0.5 1/s"
u1 = "3 mM"
ts = "2 s"
u = "1 mM"
[state.y]
initial = "0.2 mM"
rate = "k*(u - y)"
[experiment]
steps = ["at ts: u = u1"]
duration = "5 s"
[outcomes]
end = "final(y)"
flow = "max(k*(u - y))"
"#;
    let (k, u0, u1, ts, t, y0) = (0.5f64, 1.0, 3.0, 2.0, 5.0, 0.2);
    let (a, b) = ((-k * ts).exp(), (-k * (t - ts)).exp());
    let middle = u0 + (y0 - u0) * a;
    let by_k = (u0 - y0) * ts * a * b + (u1 - middle) * (t - ts) * b;
    let by_ts = -k * (y0 - u0) * a * b + (middle - u1) * k * b;
    closed_forms(
        text,
        &[
            ("end", "k", by_k),
            ("end", "ts", by_ts),
            ("end", "u1", 1.0 - b),
            ("end", "u", (1.0 - a) * b),
            // The flow is strongest just behind the exchange.
            ("flow", "u1", k),
            ("flow", "ts", k * k * (y0 - u0) * a),
            ("flow", "u", -k * (1.0 - a)),
        ],
    );
}

#[test]
fn a_ball_that_bounces() {
    let text = r#"
title = "bounce"
[parameters]
g = "9.81 um/s^2"
h = "10 um"
e = "0.8"
[state.x]
initial = "h"
rate = "v"
[state.v]
initial = "0 um/s"
rate = "-g"
[event.bounce]
when = "x falls through 0 um"
then = ["set v = -e*v", "set x = 0 um"]
[experiment]
duration = "2 s"
[outcomes]
end = "final(x)"
first = "time of bounce"
"#;
    let (g, h, e, t) = (9.81f64, 10.0f64, 0.8f64, 2.0);
    let rest = t - (2.0 * h / g).sqrt();
    let (up, fall) = ((2.0 * g * h).sqrt(), (2.0 * h / g).sqrt());
    // x = e·up·rest − g·rest²/2
    let by_rest = e * up - g * rest;
    closed_forms(
        text,
        &[
            ("end", "e", up * rest),
            ("end", "h", e * g / up * rest - by_rest / (g * fall)),
            (
                "end",
                "g",
                e * h / up * rest - rest * rest / 2.0 + by_rest * h / (g * g * fall),
            ),
            ("end", "duration", by_rest),
            ("first", "h", 1.0 / (g * fall)),
        ],
    );
}

#[test]
fn right_hand_sides_that_jump() {
    let text = r#"
title = "jump"
[parameters]
a = "0.5 mM/s"
b = "2 mM/s"
c = "1 mM"
[state.y]
initial = "0 mM"
rate = "if(y < c, a, b)"
[state.z]
initial = "0 mM"
rate = "max(a, y/(1 s))"
[experiment]
duration = "5 s"
[outcomes]
end = "final(y)"
other = "final(z)"
"#;
    // y = c + b(T − c/a); z = a·t until y = a, at 1 s, then the integral of y.
    let (a, b, c, t) = (0.5, 2.0, 1.0, 5.0);
    let rest: f64 = t - c / a;
    closed_forms(
        text,
        &[
            ("end", "a", b * c / (a * a)),
            ("end", "b", rest),
            ("end", "c", 1.0 - b / a),
            ("other", "b", rest * rest / 2.0),
        ],
    );
}

#[test]
fn what_has_no_derivative_says_so() {
    // Both maxima are equally high, and only one of them depends on a.
    let text = r#"
title = "twins"
[parameters]
a = "1"
w = "6.283185307179586 1/s"
[state.y]
initial = "0"
rate = "w*cos(w*t)*if(t < 0.5 s, a, 1)"
[experiment]
duration = "1.5 s"
[outcomes]
top = "max(y)"
when = "time of max(y)"
gone = "time when y rises through 5"
"#;
    let simulation = Simulation::from_text("f", text).unwrap();
    let found = find(&simulation, &["a"], false, 1);
    for outcome in ["top", "when"] {
        if let Ok(slope) = of(&found, outcome, "a") {
            assert!(matches!(slope.way, Way::Differences(_)), "{slope:?}");
        }
    }
    assert!(of(&found, "gone", "a").is_err());
}

#[test]
fn threads_make_no_difference() {
    let cell = Simulation::shipped("osmometer").unwrap();
    let run = |threads| find(&cell, &["Lp", "V0", "c0"], false, threads).slopes;
    assert_eq!(run(1), run(3));
}

#[test]
fn the_ideal_osmometer() {
    let text = "duration";
    let cell = (Simulation::shipped("osmometer").unwrap())
        .with("t_back", "3000 s")
        .unwrap()
        .with(text, "2900 s")
        .unwrap();
    let found = find(&cell, &["V0", "b", "c0", "medium.osmolarity"], true, 2);
    // Boyle and van't Hoff: V/V0 = (b + (V0 − b) c0/c)/V0. Set by itself, b does not follow V0.
    let (v, b, c0, c) = (2000.0, 400.0, 300.0, 150.0);
    let expected = [
        ("V0", b * (c0 / c - 1.0) / (v * v)),
        ("b", (1.0 - c0 / c) / v),
        ("c0", (v - b) / (c * v)),
        ("medium.osmolarity", -(v - b) * c0 / (c * c * v)),
    ];
    for (factor, exact) in expected {
        let slope = of(&found, "largest", factor).as_ref().unwrap();
        assert_eq!(slope.way, Way::Forward, "{factor}: {slope:?}");
        let off = (slope.derivative / exact - 1.0).abs();
        assert!(off < 1e-6, "{factor}: {slope:?}, not {exact}");
    }
}

/// Every shipped cell: the first three parameters with a range, against differences.
#[test]
fn every_shipped_model() {
    let (mut forward, mut differences, mut none) = (0, 0, 0);
    let (mut wrong, mut offs) = (Vec::new(), Vec::new());
    for entry in library().iter().filter(|e| e.folder.is_empty()) {
        let mut simulation = Simulation::shipped(entry.name).unwrap();
        if entry.name == "soil-drying" {
            // A quarter of its rings of soil: all 40 would take longer than all other models.
            simulation = simulation.with("N", "10").unwrap();
        }
        let ranged = (simulation.model().definitions.iter())
            .filter(|d| d.given && d.range.is_some() && d.each.is_none())
            .filter(|d| !simulation.system().counts.contains(&d.name));
        let names: Vec<&str> = ranged.map(|d| d.name.as_str()).take(3).collect();
        if names.is_empty() || simulation.model().outcomes.is_empty() {
            continue;
        }
        let found = find(&simulation, &names, true, 2);
        for (answer, slopes) in found.answers.iter().zip(&found.slopes) {
            for (factor, slope) in found.factors.iter().zip(slopes) {
                let what = format!("{}: d {} / d {}", entry.name, answer.name, factor.name);
                match slope {
                    Err(reason) => {
                        none += 1;
                        if reason != "does not exist" {
                            println!("{what}: {reason}");
                        }
                    }
                    Ok(slope) => match &slope.way {
                        Way::Forward => {
                            forward += 1;
                            let plain = slope.elasticity.is_some_and(|e| e.abs() > 1e-3);
                            if let (Some(d), true) = (slope.difference, plain) {
                                let off = (d.value / slope.derivative - 1.0).abs();
                                offs.push((off, what.clone()));
                            }
                            if slope.agrees() == Some(false) {
                                wrong.push(format!("{what}: {slope:?}"));
                            }
                        }
                        Way::Differences(reason) => {
                            differences += 1;
                            println!("{what}: differences: {reason}");
                        }
                    },
                }
            }
        }
    }
    println!("{forward} forward, {differences} from differences, {none} without");
    offs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (middle, worst) = (&offs[offs.len() / 2], &offs[offs.len() - 1]);
    println!(
        "relative to differences: median {:.1e}, worst {:.1e} ({})",
        middle.0, worst.0, worst.1
    );
    assert!(middle.0 < 1e-8 && worst.0 < 1e-3, "{middle:?}, {worst:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(forward > 10 * differences, "{forward} and {differences}");
}
