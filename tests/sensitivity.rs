//! Sensitivities of whole models against closed forms.

use std::ops::ControlFlow;

use osmocyte::Simulation;
use osmocyte::model::StudyDef;
use osmocyte::study::sensitivity::global::{morris, sobol};
use osmocyte::study::sensitivity::{
    Ask, Bootstrap, Estimate, Global, Indices, Morris, Refusal, Sobol, Work,
};
use osmocyte::study::sweep::{Survey, SweepOptions};

/// The function of T. Ishigami and T. Homma, ISUMA 1990, with a = 7 and b = 0.1.
const ISHIGAMI: &str = r#"
title = "Ishigami"
[parameters]
x1 = { value = 0, range = [-3.141592653589793, 3.141592653589793] }
x2 = { value = 0, range = [-3.141592653589793, 3.141592653589793] }
x3 = { value = 0, range = [-3.141592653589793, 3.141592653589793] }
[state.y]
initial = 0
rate = "0/(1 s)"
[experiment]
duration = "1 s"
[outcomes]
f = "final(sin(x1) + 7*sin(x2)^2 + 0.1*x3^4*sin(x1))"
still = "final(y)"
"#;

/// The g-function of I. M. Sobol' with a = 0, 1, 4.5, 9.
const G: &str = r#"
title = "g-function"
[parameters]
x1 = { value = 0.5, range = [0, 1] }
x2 = { value = 0.5, range = [0, 1] }
x3 = { value = 0.5, range = [0, 1] }
x4 = { value = 0.5, range = [0, 1] }
[state.y]
initial = 0
rate = "0/(1 s)"
[experiment]
duration = "1 s"
[outcomes]
g = "final(abs(4*x1-2)) * final((abs(4*x2-2)+1)/2) * final((abs(4*x3-2)+4.5)/5.5) * final((abs(4*x4-2)+9)/10)"
"#;

fn survey(text: &str, change: impl Fn(&mut StudyDef)) -> Survey {
    let simulation =
        Simulation::from_text("f", text).unwrap_or_else(|e| panic!("{}", e.report(false)));
    let (simulation, mut study) = Ask::default().ranges(&simulation).unwrap();
    change(&mut study);
    Survey::new(&simulation, &study, &SweepOptions::default()).unwrap()
}

fn work(threads: usize) -> Work {
    Work {
        threads,
        bootstrap: Bootstrap {
            resamples: 200,
            ..Bootstrap::default()
        },
    }
}

fn on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn indices(text: &str, rows: u64, pairs: bool, threads: usize) -> Global<Indices> {
    let survey = survey(text, |_| {});
    let design = Sobol::new(survey.axes().len(), rows, pairs).unwrap();
    sobol(&survey, &design, 1, &work(threads), &mut on).unwrap()
}

/// Within twice the interval, which speaks of random rows and is wider than the error of a sequence.
fn holds(what: &str, found: Option<&Estimate>, exact: f64) {
    let found = found.unwrap_or_else(|| panic!("{what} has no value"));
    let interval = found.interval.unwrap();
    let (low, high) = (
        interval.low - interval.error,
        interval.high + interval.error,
    );
    assert!(
        (low..=high).contains(&exact),
        "{what}: {exact} is not in {low} … {high}"
    );
}

#[test]
fn ishigami() {
    let found = indices(ISHIGAMI, 2048, true, 2);
    let (a, b, pi4) = (7.0, 0.1, std::f64::consts::PI.powi(4));
    let (v1, v2) = ((1.0 + b * pi4 / 5.0f64).powi(2) / 2.0, a * a / 8.0);
    let v13 = b * b * pi4 * pi4 * 8.0 / 225.0;
    let v = v1 + v2 + v13;
    let f = &found.outcomes[0];
    let exact = [(v1, v1 + v13), (v2, v2), (0.0, v13)];
    for (i, ((first, total), main)) in exact.iter().zip(&f.factors).enumerate() {
        holds(&format!("first {i}"), main.first.as_ref(), first / v);
        holds(&format!("total {i}"), main.total.as_ref(), total / v);
        assert_eq!(main.rows.lost, 0);
    }
    for (pair, exact) in f.pairs.iter().zip([0.0, v13 / v, 0.0]) {
        holds(&format!("{:?}", pair.factors), pair.second.as_ref(), exact);
    }
    assert!((f.mean.unwrap() - 3.5).abs() < 0.1);
    assert!((f.deviation.unwrap() - v.sqrt()).abs() < 0.1);
    // What does not vary has no indices, and its deviation is none.
    assert_eq!(found.outcomes[1].deviation, Some(0.0));
    assert!(found.outcomes[1].factors[0].total.is_none());
    assert_eq!((found.solved.failed, found.solved.points), (0, 2048 * 8));
}

#[test]
fn g_function() {
    let found = indices(G, 4096, false, 2);
    let parts = [0.0, 1.0, 4.5, 9.0].map(|a: f64| 1.0 / (3.0 * (1.0 + a).powi(2)));
    let all: f64 = parts.iter().map(|v| 1.0 + v).product();
    for (i, (v, main)) in parts.iter().zip(&found.outcomes[0].factors).enumerate() {
        holds(&format!("first {i}"), main.first.as_ref(), v / (all - 1.0));
        let total = v * (all / (1.0 + v)) / (all - 1.0);
        holds(&format!("total {i}"), main.total.as_ref(), total);
    }
}

#[test]
fn threads_make_no_difference() {
    let one = indices(ISHIGAMI, 700, false, 1);
    for threads in [2, 5] {
        assert_eq!(one, indices(ISHIGAMI, 700, false, threads), "{threads}");
    }
    let survey = survey(ISHIGAMI, |_| {});
    let design = Morris::new(3, 300, 4).unwrap();
    let run = |threads| morris(&survey, &design, &work(threads), &mut on).unwrap();
    assert_eq!(run(1), run(3));
}

#[test]
fn effects_of_a_straight_line_are_its_slopes() {
    let text = ISHIGAMI.replace(
        "sin(x1) + 7*sin(x2)^2 + 0.1*x3^4*sin(x1)",
        "2*x1 - 3*x2 + 0*x3",
    );
    let survey = survey(&text, |_| {});
    let design = Morris::new(3, 20, 1).unwrap();
    let found = morris(&survey, &design, &work(1), &mut on).unwrap();
    let range = 2.0 * std::f64::consts::PI;
    for (effects, slope) in found.outcomes[0].iter().zip([2.0, -3.0, 0.0]) {
        assert!((effects.mu.unwrap() - slope * range).abs() < 1e-9);
        assert!((effects.mu_star.unwrap().value - slope.abs() * range).abs() < 1e-9);
        assert!(effects.sigma.unwrap() < 1e-9);
    }
}

#[test]
fn what_fails_is_counted() {
    // Where x1 is below -1.57 or so, the outcome is no number; where it is above 3, the run has no start.
    let text = ISHIGAMI
        .replace("\"final(y)\"", "\"final(sqrt(x1 + 1.5707963267948966))\"")
        .replace("initial = 0", "initial = \"1/max(0, 3 - x2)\"");
    let survey = survey(&text, |_| {});
    let design = Morris::new(3, 40, 1).unwrap();
    let found = morris(&survey, &design, &work(2), &mut on).unwrap();
    let solved = &found.solved;
    assert!(solved.failed > 10 && solved.failed < 100, "{solved:?}");
    let counted: u64 = solved.reasons.iter().map(|r| r.1).sum();
    assert_eq!(counted, solved.failed);
    let absent = |i: usize| solved.values[i].iter().filter(|v| v.is_none()).count() as u64;
    assert_eq!(absent(0), solved.failed);
    assert!(absent(1) > solved.failed);
    for outcome in &found.outcomes {
        for effects in outcome {
            assert_eq!(effects.count.used + effects.count.lost, 40);
            assert!(effects.count.lost > 0);
        }
    }
}

#[test]
fn the_caller_can_end_it() {
    let survey = survey(ISHIGAMI, |_| {});
    let design = Sobol::new(3, 4096, false).unwrap();
    let mut stop = |_: f64| ControlFlow::Break(());
    let found = sobol(&survey, &design, 1, &work(2), &mut stop);
    assert_eq!(found, Err(Refusal::Interrupted));
    let other = Sobol::new(2, 16, false).unwrap();
    let found = sobol(&survey, &other, 1, &work(1), &mut on);
    assert!(matches!(found, Err(Refusal::Misuse(_))));
}
