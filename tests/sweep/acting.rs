//! Events that change something, at one place with others and again and again; and extrema beside them: against closed
//! forms, for any number of lanes.

use std::f64::consts::PI;

use crate::common::{rows, rows_by_method};

/// A clock that sets off a jump, which sets off another event.
#[test]
fn an_event_that_sets_off_another_happens_once() {
    const MODEL: &str = r#"
title = "ticks"
[parameters]
k = { value = "1 1/s", range = ["0.5 1/s", "3 1/s"] }
a = { value = "0.3", range = ["0.1", "0.6"] }
P = { value = "0.7 s", range = ["0.5 s", "0.9 s"] }
[state.x]
initial = "a"
rate = "-k*x"
[state.n]
initial = "0"
rate = "0 1/s"
[event.tick]
when = "sin(t/P*3) rises through a"
then = ["set x = x + 0.4", "count"]
[event.high]
when = "x rises through 0.45"
then = ["set n = n + 1", "count"]
[experiment]
duration = "10 s"
[outcomes]
xf = "final(x)"
nf = "final(n)"
ticks = "count of tick"
"#;
    let args = [
        "--vary", "k=range", "--vary", "a=range", "--vary", "P=range", "--design", "sobol", "-n",
        "60",
    ];
    for (method, row) in rows_by_method(MODEL, &args) {
        let of = |name: &str| row(name).unwrap();
        let (k, a, p) = (of("k"), of("a"), of("P"));
        let (mut x, mut t, mut ticks, mut highs) = (a, 0.0, 0.0, 0.0);
        let mut next = p / 3.0 * a.asin();
        while next < 10.0 {
            x *= (-k * (next - t)).exp();
            highs += f64::from(u8::from(x < 0.45 && x + 0.4 > 0.45));
            (x, t, ticks) = (x + 0.4, next, ticks + 1.0);
            next += 2.0 * PI * p / 3.0;
        }
        x *= (-k * (10.0 - t)).exp();
        assert_eq!(
            (of("ticks"), of("nf")),
            (ticks, highs),
            "{method} {k} {a} {p}"
        );
        assert!((of("xf") - x).abs() < 1e-5, "{method} {k} {a} {p}");
    }
}

/// A ball that bounces, lower and lower, and what is watched at the same place.
#[test]
fn a_ball_stays_above_the_floor_or_fails() {
    const MODEL: &str = r#"
title = "ball"
[parameters]
h0 = { value = "10 m", range = ["2 m", "20 m"] }
e = { value = 0.9, range = [0.72, 0.95] }
[state.h]
initial = "h0"
rate = "v"
[state.v]
initial = "0 m/s"
rate = "-9.81 m/s^2"
[event.impact]
when = "h falls through 0 m"
then = ["set v = -e*v", "count"]
[experiment]
duration = "6 s"
[outcomes]
impacts = "count of impact"
first = "time of impact"
again = "time when h falls through 0 m"
hf = "final(h)"
"#;
    let alone = MODEL.replace("again = \"time when h falls through 0 m\"\n", "");
    for model in [MODEL, &alone] {
        let args = [
            "--vary",
            "h0=range",
            "--vary",
            "e=range",
            "--design",
            "sobol",
            "-n",
            "120",
            "--max-steps",
            "5000",
        ];
        let mut failed = 0;
        for row in rows(model, &args) {
            let (Some(h0), Some(e)) = (row("h0"), row("e")) else {
                panic!("no inputs");
            };
            let Some(hf) = row("hf") else {
                failed += 1;
                continue;
            };
            let first = (2.0 * h0 / 9.81_f64).sqrt();
            let (mut t, mut fall, mut impacts) = (first, first, 0.0);
            while t < 6.0 {
                (fall, impacts) = (fall * e, impacts + 1.0);
                t += 2.0 * fall;
            }
            let up = t - 6.0;
            let height = match impacts {
                0.0 => h0 - 0.5 * 9.81 * 36.0,
                _ => 0.5 * 9.81 * (fall * fall - (fall - up).powi(2)),
            };
            assert!(hf > -1e-4 * h0, "{h0} {e}: {hf}");
            if fall < 3e-3 * first {
                // Bounces as low as the tolerance.
                continue;
            }
            assert_eq!(row("impacts"), Some(impacts), "{h0} {e}");
            assert!((hf - height).abs() < 1e-4 * h0, "{h0} {e}: {hf} {height}");
            assert!((row("first").unwrap() - first).abs() < 1e-6);
            if model == MODEL {
                assert!((row("again").unwrap() - first).abs() < 1e-6, "{h0} {e}");
            }
        }
        assert!(failed < 12, "{failed}");
    }
}

/// Extrema that stand beside crossings, or at the end of a long step.
#[test]
fn extrema_of_an_oscillator_are_its_amplitude() {
    const MODEL: &str = r#"
title = "oscillator"
[parameters]
w = { value = "2 1/s", range = ["1 1/s", "6 1/s"] }
x0 = { value = "0.1", range = ["0.01", "0.5"] }
[state.q]
initial = "x0"
rate = "w*p"
[state.p]
initial = "1"
rate = "-w*q"
[experiment]
duration = "10 s"
[outcomes]
least = "min(q)"
most = "max(q)"
zero = "time when q falls through 0"
near = "time when q falls through 0.9"
"#;
    let args = [
        "--vary", "w=range", "--vary", "x0=range", "--design", "halton", "-n", "200", "--method",
        "rodas5p",
    ];
    for row in rows(MODEL, &args) {
        let of = |name: &str| row(name).unwrap();
        let (w, x0) = (of("w"), of("x0"));
        let size = (1.0 + x0 * x0).sqrt();
        assert!(
            (of("most") - size).abs() < 5e-6 && (of("least") + size).abs() < 5e-6,
            "{w} {x0}"
        );
        let start = (x0 / size).asin();
        assert!((of("zero") - (PI - start) / w).abs() < 5e-6);
        assert!((of("near") - (PI - (0.9 / size).asin() - start) / w).abs() < 5e-6);
    }
}
