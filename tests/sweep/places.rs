//! Where functions are 0: extrema, jumps, limits and switches, against closed forms, for any number of lanes.

use osmocyte::{RunOptions, Simulation};

use crate::common::{rows, rows_by_method};

/// An extremum that has been landed on is not looked for again, however much the step that follows seems to promise.
#[test]
fn an_extremum_is_found_once() {
    const MODEL: &str = r#"
title = "van der Pol"
[parameters]
mu = { value = 5, range = [1, 300] }
[state.x]
initial = "2"
rate = "y/(1 s)"
[state.y]
initial = "0"
rate = "(mu*(1-x^2)*y - x)/(1 s)"
[experiment]
duration = "60 s"
[outcomes]
highest = "max(y)"
"#;
    let tight = RunOptions {
        rtol: Some(1e-10),
        ..RunOptions::default()
    };
    let args = ["--vary", "mu=2, 3, 5, 8", "--max-steps", "5000"];
    for (method, row) in rows_by_method(MODEL, &args) {
        let mu = row("mu").unwrap();
        let one = Simulation::from_text("m", MODEL).unwrap();
        let one = one.with("mu", &mu.to_string()).unwrap();
        let right = one
            .run(&tight)
            .unwrap()
            .trajectory
            .outcome("highest")
            .unwrap();
        let found = row("highest").expect("complete");
        assert!(
            (found - right).abs() < 2e-4 * right,
            "{method} {mu}: {found} {right}"
        );
    }
}

#[test]
fn extrema_of_what_swings_within_long_steps_are_found_once() {
    const MODEL: &str = r#"
title = "a decay watched by a sine"
[parameters]
w = "5.904576113348989 1/s"
[state.x]
initial = "1"
rate = "-0.268437521834938*x/(1 s)"
[experiment]
duration = "10 s"
[outcomes]
lowest = "min(x*sin(w*t))"
highest = "max(x*sin(w*t))"
"#;
    let args = [
        "--vary",
        "w=5.904576113348989 1/s",
        "--method",
        "rodas5p",
        "--max-steps",
        "5000",
    ];
    for row in rows(MODEL, &args) {
        assert!(row("highest").is_some() && row("lowest").is_some());
    }
}

/// At a jump a value has two limits: both count.
#[test]
fn the_largest_value_of_what_jumps_is_its_limit() {
    const MODEL: &str = r#"
title = "a flow that is cut off"
[parameters]
c = { value = 0.5, range = [0.2, 0.8] }
[state.q]
initial = "1"
rate = "-q/(1 s)"
[state.x]
initial = "0"
rate = "if(q > c, 1, -1)/(1 s)"
[let]
flow = "if(q > c, x, 0)"
[experiment]
duration = "3 s"
[outcomes]
f = "max(flow)"
only = "max(if(q > c, x, 0))"
xm = "max(x)"
"#;
    for (method, row) in rows_by_method(MODEL, &["--vary", "c=0.2..0.8 25"]) {
        let c = row("c").unwrap();
        for name in ["f", "only", "xm"] {
            let found = row(name).unwrap();
            assert!(
                (found - (1.0 / c).ln()).abs() < 1e-5,
                "{method} {name} {c}: {found}"
            );
        }
    }
}

/// A state that begins at its limit may stay there, not go beyond.
#[test]
fn what_begins_at_its_limit_does_not_leave_its_domain() {
    let model = |rate: &str| {
        format!(
            r#"
title = "a state that begins at its limit"
[parameters]
k = {{ value = "1 1/s", range = ["0.5 1/s", "2 1/s"] }}
u = "0 mM/s"
[state.a]
initial = "1 mM"
rate = "-k*a"
[state.c]
initial = "0 mM"
rate = "{rate}"
min = "0 mM"
[experiment]
duration = "5 s"
steps = ["at 2 s: u = -0.5 mM/s"]
[outcomes]
cf = "final(c)"
"#
        )
    };
    let args = ["--vary", "k=0.5, 1, 2 1/s"];
    for rate in [
        "k*u/(1 1/s)",
        "-k*(1 mM)",
        "-k*(1 mM)*t/(1 s)",
        "k*a - 0.5 mM/s",
    ] {
        for (method, row) in rows_by_method(&model(rate), &args) {
            assert_eq!(row("cf"), None, "{method} {rate}");
        }
    }
    // At rest there, and away from it, all is well.
    for rate in ["0*u", "k*a"] {
        for (method, row) in rows_by_method(&model(rate), &args) {
            assert!(row("cf").is_some(), "{method} {rate}");
        }
    }
}

/// An event whose function begins at 0 and stays there happens when it leaves; one that leaves at once does not.
#[test]
fn events_that_begin_at_zero_happen_when_they_leave_from_rest() {
    const MODEL: &str = r#"
title = "events whose functions begin at 0"
[parameters]
k = { value = "1 1/s", range = ["0.5 1/s", "2 1/s"] }
u = "0 1/s"
[state.c]
initial = "0"
rate = "k*u/(1 1/s)"
[state.d]
initial = "0"
rate = "k"
[event.down]
when = "c falls through 0"
then = "count"
[event.up]
when = "c rises through 0"
then = "count"
[event.off]
when = "d rises through 0"
then = "count"
[event.swing]
when = "sin(k*t) falls through 0"
then = "count"
[experiment]
duration = "5 s"
steps = ["at 2 s: u = -0.5 1/s"]
[outcomes]
downs = "count of down"
ups = "count of up"
offs = "count of off"
swings = "count of swing"
"#;
    for (method, row) in rows_by_method(MODEL, &["--vary", "k=0.7, 1, 1.9 1/s"]) {
        let swings = (row("k").unwrap() * 5.0 / std::f64::consts::PI + 1.0).div_euclid(2.0);
        let found = ["downs", "ups", "offs", "swings"].map(|name| row(name).unwrap());
        assert_eq!(found, [1.0, 0.0, 0.0, swings], "{method}");
    }
}

#[test]
fn an_event_beside_a_switch_happens() {
    for then in ["\"stop\"", "[\"set p = 0\", \"count\"]"] {
        let model = format!(
            r#"
title = "an event beside a switch"
[parameters]
w = {{ value = "1 1/s", range = ["0.5 1/s", "2 1/s"] }}
d = {{ value = "0 s", range = ["0 s", "0.1 s"] }}
u = 0
[state.q]
initial = "1"
rate = "-w*p"
[state.p]
initial = "0"
rate = "w*q"
[event.up]
when = "q rises through 0.5"
then = {then}
[experiment]
duration = "6.283185307179586/w"
steps = ["at 5.235987755982989/w + d: u = 1"]
[outcomes]
n = "count of up"
when = "time of up"
"#
        );
        let args = ["--vary", "w=0.6..1.8 1/s 7", "--vary", "d=0, 0.01 s"];
        for (method, row) in rows_by_method(&model, &args) {
            let w = row("w").unwrap();
            assert_eq!(row("n"), Some(1.0), "{method} {then} {w}");
            assert!((row("when").unwrap() * w - 5.235987755982989).abs() < 1e-4);
        }
    }
}

/// What crosses and comes back within a step has crossed where it comes back, not where it set out.
#[test]
fn a_crossing_back_within_a_step_is_placed_where_it_is() {
    const MODEL: &str = r#"
title = "what only outcomes look at"
[parameters]
w = { value = "3 1/s", range = ["0.3 1/s", "9 1/s"] }
k = { value = "0.1 1/s", range = ["0.01 1/s", "0.3 1/s"] }
[state.x]
initial = "1"
rate = "-k*x"
[let]
s = "x*sin(w*t)"
[event.up]
when = "s rises through 0.3"
then = "count"
[experiment]
duration = "10 s"
[solver]
max_step = "0.2 s"
[outcomes]
falls = "time when s falls through 0.2"
"#;
    let args = [
        "--vary", "w=range", "--vary", "k=range", "--design", "sobol", "-n", "40",
    ];
    for (method, row) in rows_by_method(MODEL, &args) {
        let (w, k) = (row("w").unwrap(), row("k").unwrap());
        let above = |t: f64| (-k * t).exp() * (w * t).sin() > 0.2;
        let at = (1..100_000)
            .map(|i| f64::from(i) * 1e-4)
            .find(|t| above(t - 1e-4) && !above(*t));
        let found = row("falls");
        assert_eq!(
            found.is_some(),
            at.is_some(),
            "{method} {w} {k}: {found:?} {at:?}"
        );
        assert!(
            found.zip(at).is_none_or(|(f, a)| (f - a).abs() < 2e-4),
            "{method} {w} {k}: {found:?} {at:?}"
        );
    }
}

#[test]
fn a_value_at_the_time_of_a_stop_is_there() {
    const MODEL: &str = r#"
title = "stopped by the clock"
[parameters]
k = { value = "1 1/s", range = ["0.3 1/s", "3 1/s"] }
ts = { value = "1 s", range = ["0.2 s", "3 s"] }
[state.x]
initial = "1"
rate = "-k*x"
[event.end]
when = "at ts"
then = "stop"
[experiment]
duration = "3 s"
[outcomes]
there = "at(x, ts)"
later = "at(x, 2.99 s)"
"#;
    let args = ["--vary", "k=0.5, 2 1/s", "--vary", "ts=0.3, 1.1, 2.7 s"];
    for (method, row) in rows_by_method(MODEL, &args) {
        let (k, ts) = (row("k").unwrap(), row("ts").unwrap());
        let error = row("there").unwrap() - (-k * ts).exp();
        assert!(error.abs() < 1e-6, "{method} {k} {ts}: {error}");
        assert_eq!(row("later"), None, "{method}");
    }
}

/// Beyond a kink of the rates the solution has another closed form: a step that goes across both is neither.
#[test]
fn steps_end_at_kinks() {
    const MODEL: &str = r#"
title = "a stretch that pulls from 1 on"
[parameters]
k = { value = 3, range = [0.1, 30] }
v = { value = "0 1/s", range = ["0 1/s", "5 1/s"] }
[state.x]
initial = "0"
rate = "(1 + k*max(0, x - 1))/(1 s)"
[state.rests]
initial = "1"
rate = "v - max(0, rests - 1)/(1 s)"
[experiment]
duration = "3 s"
steps = ["at 1.5 s: v = 2 1/s"]
[event.far]
when = "x rises through 5"
[outcomes]
far_time = "time of far"
rested = "final(rests)"
"#;
    for rtol in ["1e-6", "1e-9"] {
        let args = ["--vary", "k=0.3, 1, 3, 10", "--rtol", rtol];
        let most = 0.4 * rtol.parse::<f64>().unwrap();
        for (method, row) in rows_by_method(MODEL, &args) {
            let k = row("k").unwrap();
            let time = 1.0 + (1.0 + 4.0 * k).ln() / k;
            if time < 3.0 {
                let error = row("far_time").unwrap() / time - 1.0;
                assert!(error.abs() < most, "{method} {k}: {error}");
            }
            let rested = 3.0 - 2.0 * (-1.5f64).exp();
            let error = row("rested").unwrap() / rested - 1.0;
            assert!(error.abs() < most, "{method} {k}: {error}");
        }
    }
}

/// Maxima of several values and a kink at one place are found one after the other, not again and again.
#[test]
fn several_maxima_at_a_kink_are_found() {
    const MODEL: &str = r#"
title = "two values turn at the kink of a third"
[parameters]
k = { value = 1, range = [0.1, 30] }
[state.u]
initial = "0"
rate = "(1 + max(0, u - 1))/(1 s)"
[state.s]
initial = "0"
rate = "k*(1-u)/(1 s)"
[state.x]
initial = "0"
rate = "(1-u)/(1 s)"
[experiment]
duration = "3 s"
[outcomes]
sm = "max(s)"
xm = "max(x)"
"#;
    let args = ["--vary", "k=0.5, 0.75, 1.3, 7", "--max-steps", "2000"];
    for (method, row) in rows_by_method(MODEL, &args) {
        let k = row("k").unwrap();
        let found = row("sm").expect("complete");
        assert!((found - k / 2.0).abs() < 1e-5 * k, "{method} {k}: {found}");
        assert!((row("xm").unwrap() - 0.5).abs() < 1e-5);
    }
}

/// What crosses so slowly that its sign means nothing for a while has crossed when it first did, whatever else happens
/// meanwhile.
#[test]
fn slow_crossings_are_dated_to_when_they_began() {
    let model = |event: &str, rate: &str| {
        format!(
            r#"
title = "slow crossing"
[parameters]
T = {{ value = "5 s", range = ["1 s", "9 s"] }}
[state.x]
initial = "1 - 1e-3"
rate = "2.5e-4*(10 s - t)/(10 s)/(1 s)"
[state.z]
initial = "0"
rate = "{rate}"
[event.up]
when = "x rises through 1"
{event}
[experiment]
duration = "9 s"
[solver]
max_step = "0.03 s"
[outcomes]
up = "time of up"
zm = "max(z)"
"#
        )
    };
    // 2.5e-4 (t - t²/20) = 1e-3
    let exact = 10.0 - 20f64.sqrt();
    let tick = "[event.tick]\nwhen = \"at T\"\nthen = \"set z = 0\"";
    for (event, rate) in [
        ("", "1/(1 s)"),
        (tick, "1/(1 s)"),
        ("", "(T - t)/(1 s)/(1 s)"),
    ] {
        let args = ["--vary", "T=5.53, 5.57, 5.59 s"];
        for (method, row) in rows_by_method(&model(event, rate), &args) {
            let error = row("up").unwrap() / exact - 1.0;
            assert!(error.abs() < 3e-6, "{method} {event} {rate}: {error}");
        }
    }
}

/// Where a rate bends sharply just before an event, a failed attempt tells little of the event: it happens once, and there.
#[test]
fn events_behind_sharp_kinks_happen_once() {
    for (then, rtol) in [
        ("stop", 1e-4),
        ("count", 1e-4),
        ("stop", 1e-6),
        ("count", 1e-6),
    ] {
        for when in ["rises", "falls"] {
            let model = format!(
                r#"
title = "x only rises"
[parameters]
a = {{ value = "1 s", range = ["0.1 s", "3 s"] }}
[state.x]
initial = "0"
rate = "(1 + 20000*max(0, t - a + 1e-4 s)/(1 s))/(1 s)"
[event.b]
when = "x {when} through a/(1 s)"
then = "{then}"
[experiment]
duration = "4 s"
[outcomes]
tb = "time of b"
nb = "count of b"
"#
            );
            // u + 1e4 u² = 1e-4 where u is the time since the kink.
            let after = (5f64.sqrt() - 1.0) / 2e4;
            let args = ["--vary", "a=0.1..2.95 s 60", "--rtol", &rtol.to_string()];
            for (method, row) in rows_by_method(&model, &args) {
                let a = row("a").unwrap();
                let told = format!("{method} {then} {when} {rtol} {a}: {:?}", row("tb"));
                if when == "falls" {
                    assert_eq!(row("nb"), Some(0.0), "{told}");
                    continue;
                }
                assert_eq!(row("nb"), Some(1.0), "{told}");
                let error = row("tb").unwrap() / (a - 1e-4 + after) - 1.0;
                assert!(error.abs() < 10.0 * rtol, "{told}");
            }
        }
    }
}

/// Attempts that fail at the kink where turgor is lost and regained tell where it is: few are made.
#[test]
fn kinks_take_few_attempts() {
    let model = include_str!("../../models/bench/p2-plant-cell-turgor.toml");
    // The sum's integral would steer the steps.
    let sum = "water = \"V - integral(Lp*A*((pi_i - pi_out) - P))\"";
    let alone = model.replace(sum, "");
    assert_ne!(model, alone);
    let args = [
        "--vary",
        "Lp=0.05..20 um/s/MPa log 8",
        "--vary",
        "eps=1..50 MPa 8",
        "--method",
        "rodas5p",
        "--rtol",
        "1e-6",
    ];
    let rows = rows(&alone, &args);
    let steps: f64 = rows.iter().map(|row| row("steps").unwrap()).sum();
    let mean = steps / rows.len() as f64;
    assert!(mean < 70.0, "{mean}");
}

/// However long nothing has been changed before, what follows is dated as exactly.
#[test]
fn what_follows_a_long_wait_is_dated_as_well() {
    const MODEL: &str = r#"
title = "a decay after a wait"
[parameters]
k = { value = "1 1/s", range = ["0.1 1/s", "10 1/s"] }
go = "0"
[state.x]
initial = "1"
rate = "-go*k*x"
[event.half]
when = "x falls through 0.5"
then = "count"
[experiment]
duration = "1e4 s + 3 s"
steps = ["at 1e4 s: go = 1"]
[outcomes]
half = "time of half - 1e4 s"
"#;
    let args = ["--vary", "k=0.8..1.2 1/s 23", "--rtol", "1e-3"];
    for (method, row) in rows_by_method(MODEL, &args) {
        let (right, half) = (2f64.ln() / row("k").unwrap(), row("half").unwrap());
        assert!((half - right).abs() < 1e-3, "{method}: {half} {right}");
    }
}

/// What is landed on shortly before it crosses is not seen to cross back, even if the equations jump right there.
#[test]
fn what_only_rises_never_falls() {
    const MODEL: &str = r#"
title = "a clock beside states that switch"
[parameters]
k = { value = "1 1/s", range = ["0.1 1/s", "10 1/s"] }
c = "1.0434639829765506"
[let]
go = "if(t > 1e4 s, 1, 0)"
[state.x]
initial = "0.1"
rate = "go*k*(0.8 - 0.1*y - max(0, y - c))"
[state.y]
initial = "0"
rate = "-1000*go*k*(y - 2*if(x > c, x - c, 0))"
[event.late]
when = "t/(1 s) - 1e4 falls through c"
then = "count"
[experiment]
duration = "1e4 s + 3 s"
[outcomes]
falls = "count of late"
"#;
    for rtol in ["1e-3", "1e-4"] {
        let args = [
            "--vary",
            "k=0.8..3 1/s 60",
            "--rtol",
            rtol,
            "--method",
            "rodas5p",
        ];
        for row in rows(MODEL, &args) {
            assert_eq!(row("falls"), Some(0.0), "{rtol} {:?}", row("k"));
        }
    }
}

/// What crosses where the run stops, crosses, however near the last step began.
#[test]
fn a_stop_has_all_that_happens_with_it() {
    const MODEL: &str = r#"
title = "swelling to a limit"
[parameters]
k = { value = "1 1/s", range = ["0.1 1/s", "10 1/s"] }
go = "0"
[state.x]
initial = "0"
rate = "go*(k*(0.7 + 1e-3*(max(0, x - 1.26436558117975) + max(0, 1.26435558117975 - x))))/(1 + 0.1*x^2)"
[event.full]
when = "x crosses 1.26436558117975"
then = "stop"
[experiment]
duration = "1e4 s + 3 s"
steps = ["at 1e4 s: go = 1"]
[outcomes]
full = "time of full"
risen = "time when x rises through 1.26436558117975"
doubled = "time when 2*x rises through 2*1.26436558117975"
"#;
    for rtol in ["1e-4", "1e-6", "1e-7"] {
        let args = ["--vary", "k=0.8..2 1/s 21", "--rtol", rtol];
        for (method, row) in rows_by_method(MODEL, &args) {
            let full = row("full").expect("it gets there");
            for name in ["risen", "doubled"] {
                let found = row(name).unwrap_or_else(|| panic!("{method} {rtol}: no {name}"));
                assert!(
                    (found - full).abs() < 1e-8 * full,
                    "{method} {rtol}: {name}"
                );
            }
        }
    }
}

/// Several events of one function, and steps that end where it is 0 to the last bit.
#[test]
fn what_is_zero_to_the_last_bit_is_landed_on_once() {
    const MODEL: &str = include_str!("../../models/bench/p2-plant-cell-turgor.toml");
    let args = [
        "--vary",
        "Lp=0.05256419740872396, 0.23331734751985614, 0.36963351057330623, 9.8311671770762 um/s/MPa",
        "--vary",
        "eps=21.85976627712855, 29.54924874791319, 29.631051752921536 MPa",
        "--rtol",
        "1e-6",
        "--max-steps",
        "10000",
    ];
    for (method, row) in rows_by_method(MODEL, &args) {
        let times = (row("plasmolysis_time"), row("regain_time"));
        assert!(
            matches!(times, (Some(lost), Some(regained)) if 200.0 < lost && lost < 220.0 && 600.0 < regained),
            "{method}: {times:?}"
        );
    }
}
