//! The numbers in the charts are those of the table.

use std::ops::ControlFlow;

use super::*;
use crate::model::StudyDef;
use crate::study::Simulation;
use crate::study::sensitivity::local::{LocalOptions, local};
use crate::study::sensitivity::{Ask, Morris as Trajectories, Sobol, Work, global as studies};
use crate::study::sweep::{Survey, SweepOptions};
use crate::table::{Table, Values};

const MODEL: &str = r#"
[parameters]
k = { value = "0.5 1/s", range = ["0.1 1/s", "1 1/s"] }
y0 = { value = "2 mM", range = ["1 mM", "3 mM"] }
idle = { value = "1 mM", range = ["1 mM", "3 mM"] }
[state.y]
initial = "y0"
rate = "-k*y"
[experiment]
duration = "3 s"
[outcomes]
end = { value = "final(y)", unit = "mM" }
start = { value = "initial(k/k)" }
half = { value = "time when y falls through 0.5*y0", unit = "ms" }
End = { value = "final(y)^2", unit = "mM^2" }
never = { value = "time when y falls through -1 mM", unit = "s" }
"#;

fn model() -> Simulation {
    Simulation::from_text("decay", MODEL).unwrap()
}

fn work() -> Work {
    Work {
        threads: 1,
        bootstrap: Bootstrap::default(),
    }
}

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn survey(points: u64) -> Survey {
    let (simulation, mut study): (Simulation, StudyDef) = Ask::default().ranges(&model()).unwrap();
    study.points = Some(points);
    let mut survey = Survey::new(&simulation, &study, &SweepOptions::default()).unwrap();
    survey.set_points(points);
    survey
}

fn report(survey: Survey, found: Found, rows: u64) -> Report {
    Report::Global(Box::new(global::Report {
        survey,
        found,
        rows,
        seed: 1,
        resamples: 1000,
        rtol: 1e-6,
    }))
}

/// The indices of the model, with pairs.
fn sobol() -> Report {
    let design = Sobol::new(3, 64, true).unwrap();
    let survey = survey(design.points());
    let found = studies::sobol(&survey, &design, 1, &work(), &mut go_on).unwrap();
    report(survey, Found::Sobol(found), 64)
}

/// The cell of a table in the row of these words.
fn cell(table: &Table, row: &[(&str, &str)], column: &str) -> Option<f64> {
    let words = |name: &str| match &table.column(name).unwrap().values {
        Values::Words(words) => words,
        _ => panic!("`{name}` is no column of words"),
    };
    let is = |i: &usize| row.iter().all(|(name, word)| words(name)[*i] == *word);
    let i = (0..table.n_rows()).find(is).unwrap();
    match &table.column(column).unwrap().values {
        Values::Numbers(values) => values[i],
        _ => panic!("`{column}` is no column of numbers"),
    }
}

fn same(table: &Table, row: &[(&str, &str)], column: &str, shown: Option<Whisker>) {
    let cell = |end: &str| cell(table, row, &format!("{column}{end}"));
    assert_eq!(shown.map(|w| w.value), cell(""), "{row:?} {column}");
    let ends = cell("_low").zip(cell("_high"));
    assert_eq!(shown.and_then(|w| w.ends), ends, "{row:?} {column}");
}

#[test]
fn bars_and_pairs_show_the_indices_of_the_table() {
    let report = sobol();
    let (table, figures) = (report.table(), figures("decay", &report));
    let names: Vec<&str> = figures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sobol", "pairs"]);
    let (Figure::Sobol(bars), Figure::Pairs(matrix)) = (&figures[0].1, &figures[1].1) else {
        panic!("other charts than {names:?}");
    };
    let conditions = "decay: 64 rows, 512 points; whiskers: 95 % of 1000 resamples; \
                      constant: start; too few values: never";
    assert_eq!(bars.subtitle, conditions);
    let panels: Vec<&str> = bars.panels.iter().map(|p| p.outcome.as_str()).collect();
    assert_eq!(panels, ["end", "half", "End"]);
    for panel in &bars.panels {
        for (i, factor) in bars.factors.iter().enumerate() {
            let row = [
                ("outcome", panel.outcome.as_str()),
                ("factor", factor),
                ("with", ""),
            ];
            assert!(panel.first[i].is_some());
            same(&table, &row, "first", panel.first[i]);
            same(&table, &row, "total", panel.total[i]);
        }
    }
    // Not all of the slow ones come to the half of it.
    assert!(bars.panels[1].note.starts_with("no value at "));
    assert_eq!(bars.panels[0].note, "");
    for panel in &matrix.panels {
        assert_eq!(panel.pairs.len(), 3);
        for (a, b, second) in &panel.pairs {
            // The matrix has an order of its own; a pair is in the table once.
            let [a, b] = [a, b].map(|i| matrix.factors[*i].as_str());
            let place = |f: &str| bars.factors.iter().position(|own| own == f);
            let (a, b) = if place(a) < place(b) { (a, b) } else { (b, a) };
            let row = [
                ("outcome", panel.outcome.as_str()),
                ("factor", a),
                ("with", b),
            ];
            same(&table, &row, "second", *second);
        }
    }
    // What matters least comes last.
    assert_eq!(matrix.factors[2], "idle");
}

#[test]
fn effects_are_those_of_the_table() {
    let design = Trajectories::new(3, 20, 1).unwrap();
    let survey = survey(design.points());
    let found = studies::morris(&survey, &design, &work(), &mut go_on).unwrap();
    let report = report(survey, Found::Morris(found), 20);
    let (table, figures) = (report.table(), figures("decay", &report));
    let names: Vec<&str> = figures.iter().map(|(name, _)| name.as_str()).collect();
    // On some file systems, `End` is `end`.
    assert_eq!(names, ["morris-end", "morris-half", "morris-End-2"]);
    for ((_, figure), (outcome, unit)) in
        figures
            .iter()
            .zip([("end", "mM"), ("half", "ms"), ("End", "mM²")])
    {
        let Figure::Morris(chart) = figure else {
            panic!("another chart than of effects");
        };
        assert_eq!(chart.outcome, Axis::new(outcome, unit));
        for point in &chart.points {
            let row = [("outcome", outcome), ("factor", point.name.as_str())];
            let whisker = point.mu_star.map(|value| Whisker {
                value,
                ends: point.ends,
            });
            same(&table, &row, "mu_star", whisker);
            assert_eq!(point.sigma, cell(&table, &row, "sigma"));
        }
    }
}

#[test]
fn elasticities_are_those_of_the_table() {
    let (simulation, study, names) = Ask::default().names(&model()).unwrap();
    let options = LocalOptions::default();
    let found = local(&simulation, &study, &names, &options, &mut go_on).unwrap();
    let report = Report::Local(Box::new(found.unwrap()));
    let (table, figures) = (report.table(), figures("decay", &report));
    let names: Vec<&str> = figures.iter().map(|(name, _)| name.as_str()).collect();
    // Nothing moves `start`, and `never` does not exist.
    let wanted = [
        "elasticities-end",
        "elasticities-half",
        "elasticities-End-2",
    ];
    assert_eq!(names, wanted);
    for ((_, figure), outcome) in figures.iter().zip(["end", "half", "End"]) {
        let Figure::Tornado(chart) = figure else {
            panic!("another chart than of elasticities");
        };
        assert_eq!(chart.swings.len(), 3);
        for swing in &chart.swings {
            let row = [("outcome", outcome), ("factor", swing.name.as_str())];
            assert_eq!(swing.higher, cell(&table, &row, "elasticity"));
            assert_eq!(swing.lower, None);
        }
    }
}

#[test]
fn all_names_are_known_before() {
    let outcomes: Vec<String> = (0..20).map(|i| format!("o{i}")).collect();
    assert_eq!(names(Method::Sobol, &outcomes).len(), 4 + 10);
    let odd = ["a/b", "a b", "A_b", &"x".repeat(300)].map(str::to_string);
    let named = names(Method::Local, &odd);
    assert_eq!(named[0], "elasticities-a_b");
    assert_eq!(named[1], "elasticities-a_b-2");
    assert_eq!(named[2], "elasticities-A_b-3");
    assert!(named[3].len() < 80);
    let drawn = figures("decay", &sobol());
    let own = ["end", "start", "half", "End", "never"].map(str::to_string);
    let known = names(Method::Sobol, &own);
    assert!(drawn.iter().all(|(name, _)| known.contains(name)));
}
