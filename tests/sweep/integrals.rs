//! Integrals of what no state follows, in runs and in sweeps, against closed forms: they are as good as asked relative
//! to themselves, however large the states beside them are.

use osmocyte::{Method, RunOptions, Simulation};

use crate::common::rows_by_method;

const PI: f64 = std::f64::consts::PI;

/// `pulse` is a flow in time alone, `drained` a product of states, `near_rest` a difference that is all but rounding.
const MODEL: &str = r#"
title = "integrals beside a large state"
[parameters]
k = { value = "1 1/s", range = ["0.1 1/s", "10 1/s"] }
bath = "0 mM"
[state.N]
initial = "1e6"
rate = "-0.01*k*N"
[state.x]
initial = "1e-3 mM"
rate = "-k*x"
[state.rest]
initial = "0.1 m"
rate = "0.3*k*(0.3 m/3 - rest)"
[experiment]
duration = "10 s"
steps = ["at 0 s: bath = 2 mM"]
[outcomes]
pulse     = "integral(exp(-((t - 5 s)/(0.3 s))^2)*(1 kPa))"
drained   = "integral(x^2)"
bathed    = "integral(bath*(1 kPa))"
near_rest = "integral((rest - 0.1 m)*(1 m/s))"
"#;

fn right(name: &str, k: f64) -> f64 {
    match name {
        // In MPa s; the tails beyond the run are below 1e-100.
        "pulse" => 0.3e-3 * PI.sqrt(),
        // In mM² s.
        "drained" => 1e-6 * (1.0 - (-20.0 * k).exp()) / (2.0 * k),
        // In mM MPa s.
        "bathed" => 20e-3,
        _ => 0.0,
    }
}

const SHOWN: [&str; 4] = ["pulse", "drained", "bathed", "near_rest"];

fn close(name: &str, k: f64, found: f64, what: &str) {
    let right = right(name, k);
    // Rounding, in µm².
    let rounding = 1e-3;
    let allowed = if right == 0.0 { rounding } else { 2e-5 * right };
    assert!(
        (found - right).abs() <= allowed,
        "{what}, k = {k}: {name} is {found}, not {right}"
    );
}

#[test]
fn a_run_has_them() {
    let model = Simulation::from_text("m", MODEL).expect("a sound model");
    for method in [
        Method::Dop853,
        Method::Dopri5,
        Method::Rodas5p,
        Method::Radau,
        Method::Auto,
    ] {
        let options = RunOptions {
            method: Some(method),
            rtol: Some(1e-6),
            ..RunOptions::default()
        };
        let run = model.run(&options).expect("sound options");
        for name in SHOWN {
            let found = run.trajectory.outcome(name).expect("an outcome");
            close(name, 1.0, found, &format!("{method:?}"));
        }
    }
}

#[test]
fn a_sweep_has_them() {
    for (method, row) in rows_by_method(MODEL, &["--vary", "k=0.5..4 1/s log 9"]) {
        let k = row("k").expect("a point");
        assert!(row("steps").expect("complete") < 400.0, "{method}, k = {k}");
        for name in SHOWN {
            close(name, k, row(name).expect("complete"), method);
        }
    }
}
