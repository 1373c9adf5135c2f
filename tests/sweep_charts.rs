//! Charts of studies: well-formed, complete, and no data that break them. With `LOOK=folder`, the pictures are kept there.
#![cfg(feature = "charts")]

use osmocyte::Table;
use osmocyte::output::chart::scene::{Scene, Shape};
use osmocyte::output::chart::sweep::*;
use osmocyte::output::chart::{Axis, Figure, Size, Theme};
use osmocyte::table::Values;

/// Noise that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// When a red cell bursts \[s\] that is moved from 290 mOsm: water permeability \[cm/s\], osmolarity \[mOsm\], volume at
/// which it bursts \[µm³\].
fn lysis(pf: f64, bath: f64, critical: f64) -> Option<f64> {
    let (solid, volume, isotonic, area) = (30.0, 90.0, 290.0, 135.0);
    let (w0, wc) = (volume - solid, critical - solid);
    let a = isotonic * w0;
    if a / bath <= wc {
        return None;
    }
    let k = pf * 1e4 * area * 1.8e-5;
    let part = |w: f64| -w / bath - a / (bath * bath) * (a - bath * w).ln();
    Some((part(wc) - part(w0)) / k)
}

fn swelling(bath: f64) -> f64 {
    (30.0 + 60.0 * 290.0 / bath).min(154.0) / 90.0
}

fn log_space(from: f64, to: f64, n: usize) -> Vec<f64> {
    let at = |i: usize| from * (to / from).powf(i as f64 / (n - 1).max(1) as f64);
    (0..n).map(at).collect()
}

fn lin_space(from: f64, to: f64, n: usize) -> Vec<f64> {
    let at = |i: usize| from + (to - from) * i as f64 / (n - 1).max(1) as f64;
    (0..n).map(at).collect()
}

/// A table of inputs (name, unit), rows of them, and what the rows give: lysis time, swelling; `None` for a failed row.
fn table(
    inputs: &[(&str, &str)],
    rows: &[Vec<f64>],
    of: impl Fn(&[f64]) -> Option<(Option<f64>, f64)>,
) -> Table {
    let mut table = Table::default();
    let n = rows.len() as u64;
    table.push(
        "point",
        "",
        "number",
        Values::Counts((0..n).map(Some).collect()),
    );
    for (i, (name, unit)) in inputs.iter().enumerate() {
        let column = rows.iter().map(|row| Some(row[i])).collect();
        table.push(name, unit, "as varied", Values::Numbers(column));
    }
    let answers: Vec<_> = rows.iter().map(|row| of(row)).collect();
    let time = answers.iter().map(|a| a.and_then(|a| a.0)).collect();
    table.push("lysis_time", "s", "when it bursts", Values::Numbers(time));
    let volume = answers.iter().map(|a| a.map(|a| a.1)).collect();
    table.push(
        "swelling",
        "",
        "relative to the start",
        Values::Numbers(volume),
    );
    let status = answers.iter().map(|a| match a {
        None => "failed",
        Some((Some(_), _)) => "stopped",
        Some((None, _)) => "complete",
    });
    let status = status.map(str::to_string).collect();
    table.push("status", "", "how it ended", Values::Words(status));
    table
}

fn outcomes() -> Vec<OutcomeSpec> {
    let time = OutcomeSpec {
        absent: "no lysis".into(),
        ..OutcomeSpec::of("lysis_time")
    };
    vec![time, OutcomeSpec::of("swelling")]
}

const PF: (&str, &str) = ("membrane.Pf", "cm/s");
const BATH: (&str, &str) = ("bath.osmolarity", "mOsm");
const CRITICAL: (&str, &str) = ("critical_volume", "µm³");

fn specs(of: &[(&str, &str)]) -> Vec<AxisSpec> {
    of.iter().map(|axis| AxisSpec::of(axis.0)).collect()
}

/// Permeability and osmolarity on a grid.
fn grid(n: usize, m: usize) -> Table {
    let mut rows = Vec::new();
    for pf in log_space(1e-3, 1e-1, n) {
        for bath in lin_space(20.0, 200.0, m) {
            rows.push(vec![pf, bath]);
        }
    }
    // A few corners fail.
    table(&[PF, BATH], &rows, |r| {
        let failed = r[0] > 0.06 && r[1] < 35.0;
        (!failed).then(|| (lysis(r[0], r[1], 154.0), swelling(r[1])))
    })
}

/// Three and more axes at random.
fn random(n: usize) -> Table {
    let mut dice = Dice(7);
    let mut rows = Vec::new();
    for _ in 0..n {
        let pf = 1e-3 * 100f64.powf(dice.roll());
        let bath = 20.0 + 180.0 * dice.roll();
        let critical = 140.0 + 30.0 * dice.roll();
        rows.push(vec![pf, bath, critical, 1.0 + dice.roll()]);
    }
    table(&[PF, BATH, CRITICAL, ("surplus", "%")], &rows, |r| {
        let failed = r[0] > 0.095;
        (!failed).then(|| (lysis(r[0], r[1], r[2]), swelling(r[1]) * (0.9 + 0.1 * r[3])))
    })
}

fn effects() -> Tornado {
    let swing = |name: &str, lower, higher| Swing {
        name: name.into(),
        lower,
        higher,
    };
    Tornado {
        title: "The osmolarity of the bath decides when the cell bursts".into(),
        subtitle: "each factor changed alone by 10 %".into(),
        x: Axis::new("change of the lysis time", "%"),
        base: 0.0,
        names: ("−10 %".into(), "+10 %".into()),
        swings: vec![
            swing("water permeability", Some(11.1), Some(-9.09)),
            swing("bath osmolarity", Some(-14.2), Some(21.7)),
            swing("lytic tension of the membrane", Some(-1.1), Some(1.13)),
            swing("temperature", Some(2.1), Some(1.2)),
            swing("area modulus", Some(-0.31), Some(0.3)),
            swing("haemoglobin", None, None),
            swing("solid volume", Some(4.2), Some(-4.4)),
        ],
        ..Tornado::default()
    }
}

fn whisker(value: f64, error: f64) -> Option<Whisker> {
    Some(Whisker {
        value,
        ends: Some((value - error, value + error)),
    })
}

const FACTORS: [&str; 6] = [
    "bath osmolarity",
    "water permeability",
    "solid volume",
    "temperature",
    "lytic tension",
    "haemoglobin",
];

fn indices() -> SobolBars {
    let panel = |outcome: &str, first: [f64; 6], total: [f64; 6]| SobolPanel {
        outcome: outcome.into(),
        note: String::new(),
        first: first.iter().map(|v| whisker(*v, 0.02 + 0.06 * v)).collect(),
        total: total.iter().map(|v| whisker(*v, 0.01 + 0.05 * v)).collect(),
    };
    let mut bars = SobolBars {
        title: "Osmolarity and permeability make most of the variance".into(),
        subtitle: "4096 rows; whiskers: 95 % of 1000 resamples".into(),
        factors: FACTORS.map(String::from).to_vec(),
        panels: vec![
            panel(
                "lysis time",
                [0.34, 0.41, 0.05, 0.02, 0.003, -0.01],
                [0.52, 0.58, 0.09, 0.03, 0.01, 0.0],
            ),
            panel(
                "largest volume",
                [0.81, 0.01, 0.12, 0.0, 0.03, 0.0],
                [0.84, 0.02, 0.15, 0.01, 0.04, 0.0],
            ),
            panel(
                "haemoglobin lost",
                [0.2, 0.1, 0.05, 0.1, 0.3, 0.01],
                [0.35, 0.2, 0.1, 0.12, 0.41, 0.02],
            ),
        ],
        ..SobolBars::default()
    };
    bars.panels[2].first[5] = None;
    bars.panels[2].total[5] = None;
    bars
}

fn pairs() -> PairMatrix {
    let mut dice = Dice(3);
    let panel = |outcome: &str, dice: &mut Dice| PairPanel {
        outcome: outcome.into(),
        note: "no value at 312 points".into(),
        pairs: (0..6)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| (i, j, whisker(0.2 * dice.roll().powi(4), 0.02)))
            .collect(),
    };
    PairMatrix {
        title: "Osmolarity and permeability act together".into(),
        subtitle: "second-order indices".into(),
        factors: FACTORS.map(String::from).to_vec(),
        panels: vec![
            panel("lysis time", &mut dice),
            panel("largest volume", &mut dice),
        ],
        ..PairMatrix::default()
    }
}

fn screening(n: usize) -> Morris {
    let mut dice = Dice(11);
    let names = [
        "bath osmolarity",
        "water permeability",
        "solid volume",
        "temperature",
        "lytic tension",
        "haemoglobin",
        "area modulus",
        "pH",
        "chloride",
        "viscosity",
        "cell diameter",
        "membrane area",
    ];
    let points = (0..n).map(|i| {
        let mean = 4.0 * dice.roll().powi(4);
        MorrisPoint {
            name: match names.get(i) {
                Some(name) => name.to_string(),
                None => format!("factor {i}"),
            },
            mu_star: Some(mean),
            ends: Some((0.85 * mean, 1.15 * mean)),
            sigma: Some(mean * (0.05 + 1.2 * dice.roll())),
        }
    });
    Morris {
        title: "Three of twelve factors matter".into(),
        subtitle: "40 trajectories".into(),
        outcome: Axis::new("lysis time", "s"),
        points: points.collect(),
        ..Morris::default()
    }
}

/// All kinds of charts with data as a study gives them.
fn gallery() -> Vec<(String, Figure)> {
    let mut out = Vec::new();
    let mut add = |name: &str, table: &Table, axes: &[(&str, &str)]| {
        for (chart, figure) in sweep_charts(table, &specs(axes), &outcomes()) {
            out.push((format!("{name}-{chart}"), figure));
        }
    };
    let mut one = Vec::new();
    for bath in lin_space(20.0, 200.0, 37) {
        one.push(vec![bath]);
    }
    let line = table(&[BATH], &one, |r| {
        (r[0] > 30.0).then(|| (lysis(0.02, r[0], 154.0), swelling(r[0])))
    });
    add("line", &line, &[BATH]);
    add("family", &grid(4, 46), &[PF, BATH]);
    add("grid", &grid(31, 28), &[PF, BATH]);
    add("fine", &grid(300, 200), &[PF, BATH]);
    add(
        "random",
        &random(4096),
        &[PF, BATH, CRITICAL, ("surplus", "%")],
    );
    add("few", &random(300), &[PF, BATH, CRITICAL]);
    // Two axes of a design with four: bins, with scatter by what is not shown.
    add("binned", &random(20_000), &[PF, BATH]);
    // One axis of it: bands.
    let mut repeated = Vec::new();
    let mut dice = Dice(5);
    for bath in lin_space(20.0, 200.0, 30) {
        for _ in 0..60 {
            repeated.push(vec![bath, 0.01 * 3f64.powf(dice.roll())]);
        }
    }
    let bands = table(&[BATH, PF], &repeated, |r| {
        Some((lysis(r[1], r[0], 154.0), swelling(r[0])))
    });
    add("bands", &bands, &[BATH]);
    out.push(("tornado".into(), Figure::Tornado(effects())));
    out.push(("sobol".into(), Figure::Sobol(indices())));
    let mut single = indices();
    single.panels.truncate(1);
    out.push(("sobol-one".into(), Figure::Sobol(single)));
    out.push(("pairs".into(), Figure::Pairs(pairs())));
    out.push(("morris".into(), Figure::Morris(screening(12))));
    out.push(("morris-many".into(), Figure::Morris(screening(45))));
    out
}

fn look(name: &str, figure: &Figure, size: Size) {
    if let Ok(folder) = std::env::var("LOOK") {
        std::fs::create_dir_all(&folder).unwrap();
        let picture = figure.png(size, Theme::Light).unwrap();
        std::fs::write(format!("{folder}/{name}.png"), picture).unwrap();
        let drawing = figure.svg(size, Theme::Light).unwrap();
        std::fs::write(format!("{folder}/{name}.svg"), drawing).unwrap();
    }
}

/// Pairs of words that lie on one another, and words that leave the picture.
fn faults(scene: &Scene) -> Vec<String> {
    let boxes: Vec<(&str, [f64; 4])> = (scene.shapes.iter())
        .filter_map(|shape| match (shape, shape.text_box()) {
            (Shape::Text { text, .. }, Some(b)) if !text.is_empty() => Some((text.as_str(), b)),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    for (i, (a, p)) in boxes.iter().enumerate() {
        if p[0] < 0.0 || p[2] > scene.width || p[1] < 0.0 || p[3] > scene.height + 0.5 {
            out.push(format!("`{a}` {p:?} leaves the picture"));
        }
        for (b, q) in &boxes[..i] {
            let wide = p[2].min(q[2]) - p[0].max(q[0]);
            let high = p[3].min(q[3]) - p[1].max(q[1]);
            if wide > 0.5 && high > 0.25 * (p[3] - p[1]) {
                out.push(format!("`{a}` {p:?} on `{b}` {q:?}"));
            }
        }
    }
    out
}

#[test]
fn realistic_studies_have_readable_charts() {
    let mut found = Vec::new();
    for (name, figure) in gallery() {
        for (kind, size) in [("slide", Size::SLIDE), ("print", Size::PRINT)] {
            let size = figure.fitting(size);
            look(&format!("{kind}-{name}"), &figure, size);
            let of = faults(&figure.layout(size));
            found.extend(
                of.into_iter()
                    .map(|fault| format!("{kind} {name}: {fault}")),
            );
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn check_svg(figure: &Figure, size: Size) -> String {
    let svg = figure.svg(size, Theme::Light).unwrap();
    assert!(
        !svg.contains("NaN") && !svg.contains("inf\"") && !svg.contains("inf "),
        "{svg}"
    );
    let xml = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let root = xml.root_element();
    let mut elements = root.children().filter(|n| n.is_element());
    let names: Vec<_> = elements.by_ref().take(2).collect();
    assert_eq!(names[0].tag_name().name(), "title");
    assert_eq!(names[1].tag_name().name(), "desc");
    assert!(
        names[1].text().is_some_and(|t| t.len() > 10),
        "{:?}",
        names[1].text()
    );
    svg
}

#[test]
fn drawings_are_well_formed_and_say_what_they_show() {
    for (name, figure) in gallery() {
        let size = figure.fitting(Size::SLIDE);
        let svg = check_svg(&figure, size);
        assert!(svg.len() < 400_000, "{name}: {} bytes", svg.len());
    }
    let (_, map) = sweep_charts(&grid(31, 28), &specs(&[PF, BATH]), &outcomes()).remove(0);
    let told = map.description();
    for part in [
        "lysis time [s] over membrane Pf [cm/s] and bath osmolarity [mOsm]",
        "no lysis at 279 points",
        "12 points failed",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn same_study_same_bytes() {
    let render = || -> Vec<(String, Vec<u8>)> {
        let small = Size {
            scale: 0.5,
            ..Size::PRINT
        };
        gallery()
            .iter()
            .map(|(_, f)| {
                (
                    f.svg(f.fitting(small), Theme::Light).unwrap(),
                    f.png(f.fitting(small), Theme::Light).unwrap(),
                )
            })
            .collect()
    };
    assert!(render() == render());
}

#[test]
fn axes_decide_on_the_charts() {
    let names = |table: &Table, axes: &[(&str, &str)]| -> Vec<String> {
        let charts = sweep_charts(table, &specs(axes), &outcomes());
        charts.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(&grid(4, 46), &[PF, BATH]), ["response"]);
    assert_eq!(
        names(&grid(12, 12), &[PF, BATH]),
        ["map-lysis_time", "map-swelling"]
    );
    assert_eq!(
        names(&random(99), &[PF, BATH, CRITICAL]),
        ["scatter", "profiles"]
    );
    assert_eq!(names(&random(99), &[]), ["scatter"]);
    assert_eq!(names(&random(99), &[("missing", "")]), ["scatter"]);
    // An axis that does not vary is none.
    assert_eq!(names(&grid(1, 9), &[PF, BATH]), ["response"]);
    assert!(sweep_charts(&grid(3, 9), &specs(&[PF]), &[]).is_empty());
}

#[test]
fn a_study_says_what_its_charts_are_about() {
    let figures = sweep_charts(&grid(20, 20), &specs(&[PF, BATH]), &outcomes());
    let (_, figure) = figures.into_iter().next().unwrap();
    let shown = figure.title().to_string();
    let figure = figure.under("Dilute baths burst the cell");
    assert_eq!(figure.title(), "Dilute baths burst the cell");
    let svg = figure.svg(Size::SLIDE, Theme::Light).unwrap();
    assert!(!shown.is_empty() && svg.contains(shown.split(' ').next().unwrap()));
}

#[test]
fn names_of_variants_are_an_axis() {
    let mut table = Table::default();
    let variants = ["control", "without aquaporin", "osmoregulation by channels"];
    let n = 90;
    let words = (0..n).map(|i| variants[i % 3].to_string()).collect();
    table.push("variant", "", "", Values::Words(words));
    let mut dice = Dice(1);
    let values = (0..n)
        .map(|i| Some((1 + i % 3) as f64 + dice.roll()))
        .collect();
    table.push("rate", "1/s", "", Values::Numbers(values));
    let bath = (0..n).map(|i| Some(10.0 * (i / 3) as f64)).collect();
    table.push("bath", "mM", "", Values::Numbers(bath));
    let rate = [OutcomeSpec::of("rate")];
    for axes in [vec!["variant"], vec!["variant", "bath"]] {
        let specs: Vec<AxisSpec> = axes.iter().map(|a| AxisSpec::of(a)).collect();
        for (name, figure) in sweep_charts(&table, &specs, &rate) {
            look(
                &format!("variants-{}-{name}", axes.len()),
                &figure,
                Size::SLIDE,
            );
            let svg = check_svg(&figure, Size::SLIDE);
            assert!(svg.contains("control"), "{svg}");
            assert_eq!(faults(&figure.layout(Size::SLIDE)), Vec::<String>::new());
        }
    }
}

/// Tables that nobody would want to draw.
fn degenerate() -> Vec<(&'static str, Table)> {
    let inputs = [PF, BATH, CRITICAL];
    let row = |i: usize| {
        vec![
            1e-3 * (i + 1) as f64,
            20.0 + i as f64,
            140.0 + (i * 7 % 11) as f64,
        ]
    };
    let rows = |n: usize| -> Vec<Vec<f64>> { (0..n).map(row).collect() };
    let huge = |i: usize| {
        let e = [-300.0, 300.0, 0.0, 150.0, -5.0][i % 5];
        10f64.powf(e) * if i.is_multiple_of(3) { -1.0 } else { 1.0 }
    };
    let wild: Vec<Vec<f64>> = (0..30)
        .map(|i| {
            vec![
                10f64.powf(i as f64 * 20.0 - 300.0),
                huge(i),
                if i % 4 == 0 { f64::NAN } else { f64::MAX },
            ]
        })
        .collect();
    vec![
        ("nothing", table(&inputs, &[], |_| None)),
        (
            "one point",
            table(&inputs, &rows(1), |_| Some((Some(1.0), 1.0))),
        ),
        (
            "two points",
            table(&inputs, &rows(2), |r| Some((Some(r[0]), 1.0))),
        ),
        ("all failed", table(&inputs, &rows(50), |_| None)),
        (
            "nothing happens",
            table(&inputs, &rows(50), |_| Some((None, f64::NAN))),
        ),
        (
            "constant",
            table(&inputs, &rows(50), |_| Some((Some(3.0), 0.0))),
        ),
        (
            "not finite",
            table(&inputs, &rows(50), |r| {
                Some((Some(f64::INFINITY * r[0]), f64::NAN))
            }),
        ),
        (
            "huge ranges",
            table(&inputs, &wild, |r| {
                Some((Some(r[1]), f64::MAX * (r[0].log10() / 400.0)))
            }),
        ),
        (
            "mixed",
            table(&inputs, &rows(60), |r| match r[2] as u64 % 3 {
                0 => None,
                1 => Some((None, r[1])),
                _ => Some((Some(r[1]), f64::NAN)),
            }),
        ),
    ]
}

#[test]
fn no_data_break_a_chart() {
    for (name, table) in degenerate() {
        for axes in [
            &[PF][..],
            &[PF, BATH],
            &[BATH, CRITICAL],
            &[PF, BATH, CRITICAL],
        ] {
            let charts = sweep_charts(&table, &specs(axes), &outcomes());
            for (chart, figure) in charts {
                for (kind, size) in [("slide", Size::SLIDE), ("print", Size::PRINT)] {
                    let size = figure.fitting(size);
                    check_svg(&figure, size);
                    figure
                        .png(Size { scale: 0.4, ..size }, Theme::Light)
                        .unwrap();
                    if kind == "slide" {
                        look(&format!("odd-{name}-{}-{chart}", axes.len()), &figure, size);
                    }
                    let faults = faults(&figure.layout(size));
                    assert!(
                        faults.is_empty(),
                        "{kind} {name} {chart}: {}",
                        faults.join("\n")
                    );
                }
            }
        }
    }
}

/// Every kind of chart without anything in it, and with what has no value.
fn empty_figures() -> Vec<Figure> {
    let nameless = |n: usize| vec![String::new(); n];
    let none = Whisker {
        value: f64::NAN,
        ends: Some((f64::NEG_INFINITY, f64::INFINITY)),
    };
    let bars = |list: Vec<Option<Whisker>>| {
        Figure::Sobol(SobolBars {
            factors: nameless(list.len()),
            panels: vec![SobolPanel {
                first: list.clone(),
                total: list,
                ..SobolPanel::default()
            }],
            ..SobolBars::default()
        })
    };
    let mut broken = screening(6);
    broken.points[0].mu_star = Some(f64::NAN);
    broken.points[1].sigma = None;
    broken.points[2].mu_star = Some(1e300);
    broken.points[3].ends = Some((f64::NAN, f64::INFINITY));
    let mut zero = screening(8);
    for point in &mut zero.points {
        (point.mu_star, point.sigma, point.ends) = (Some(0.0), Some(0.0), None);
    }
    let swings = |values: &[f64]| {
        Figure::Tornado(Tornado {
            swings: values
                .iter()
                .map(|v| Swing {
                    lower: Some(*v),
                    higher: Some(-v),
                    ..Swing::default()
                })
                .collect(),
            ..Tornado::default()
        })
    };
    vec![
        Figure::Response(Response::default()),
        Figure::Response(Response {
            panels: vec![ResponsePanel::default()],
            ..Response::default()
        }),
        Figure::Heat(HeatMap::default()),
        Figure::Scatter(Scatter::default()),
        Figure::Scatter(Scatter {
            variables: vec![Variable::default(); 9],
            ..Scatter::default()
        }),
        Figure::Profiles(Profiles::default()),
        Figure::Profiles(Profiles {
            axes: vec![Axis::default(); 2],
            rows: vec![ProfileRow::default(); 2],
            ..Profiles::default()
        }),
        Figure::Tornado(Tornado::default()),
        swings(&[0.0, 0.0]),
        swings(&[f64::NAN, f64::INFINITY, f64::MAX]),
        swings(&[1e-300, -1e-300]),
        swings(&[1.0; 60]),
        Figure::Sobol(SobolBars::default()),
        bars(vec![None; 3]),
        bars(vec![Some(none); 3]),
        bars(vec![whisker(40.0, 90.0); 40]),
        Figure::Pairs(PairMatrix::default()),
        Figure::Pairs(PairMatrix {
            factors: nameless(3),
            panels: vec![PairPanel {
                pairs: vec![
                    (0, 1, None),
                    (1, 1, None),
                    (2, 9, Some(none)),
                    (2, 0, Some(none)),
                ],
                ..PairPanel::default()
            }],
            ..PairMatrix::default()
        }),
        Figure::Morris(Morris::default()),
        Figure::Morris(broken),
        Figure::Morris(zero),
    ]
}

#[test]
fn empty_charts_are_charts() {
    for (i, figure) in empty_figures().iter().enumerate() {
        for size in [Size::SLIDE, Size::PRINT] {
            let size = figure.fitting(size);
            let svg = figure.svg(size, Theme::Light).unwrap();
            assert!(!svg.contains("NaN"), "{i}: {svg}");
            roxmltree::Document::parse(&svg).unwrap();
            figure
                .png(Size { scale: 0.4, ..size }, Theme::Light)
                .unwrap();
            assert_eq!(faults(&figure.layout(size)), Vec::<String>::new(), "{i}");
            look(&format!("empty-{i}"), figure, size);
        }
    }
}

#[test]
fn long_names_stay_inside() {
    let long = "the concentration of everything that is dissolved in the bath around the cell, relative to what it was at the start";
    let mut out = Vec::new();
    let axes: Vec<AxisSpec> = [PF, BATH, CRITICAL]
        .iter()
        .map(|axis| AxisSpec {
            label: long.into(),
            ..AxisSpec::of(axis.0)
        })
        .collect();
    let answers: Vec<OutcomeSpec> = (outcomes().into_iter())
        .map(|o| OutcomeSpec {
            label: long.into(),
            absent: format!("not {long}"),
            ..o
        })
        .collect();
    for (table, n) in [
        (grid(9, 9), 1),
        (grid(9, 9), 2),
        (grid(3, 9), 2),
        (random(400), 3),
    ] {
        out.extend(sweep_charts(&table, &axes[..n], &answers));
    }
    let mut tornado = effects();
    tornado.names = (long.into(), long.into());
    tornado.swings.iter_mut().for_each(|s| s.name = long.into());
    let mut bars = indices();
    bars.factors.iter_mut().for_each(|f| *f = long.into());
    bars.panels.iter_mut().for_each(|p| p.outcome = long.into());
    let mut matrix = pairs();
    matrix.factors = bars.factors.clone();
    let mut morris = screening(9);
    morris.points.iter_mut().for_each(|p| p.name = long.into());
    morris.outcome.label = long.into();
    out.push(("tornado".into(), Figure::Tornado(tornado)));
    out.push(("sobol".into(), Figure::Sobol(bars)));
    out.push(("pairs".into(), Figure::Pairs(matrix)));
    out.push(("morris".into(), Figure::Morris(morris)));
    for (i, (name, figure)) in out.iter().enumerate() {
        for size in [Size::SLIDE, Size::PRINT] {
            let size = figure.fitting(size);
            look(&format!("long-{i}-{name}"), figure, size);
            assert_eq!(faults(&figure.layout(size)), Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn a_million_points_stay_small() {
    let table = random(1_000_000);
    for axes in [&[BATH][..], &[PF, BATH], &[PF, BATH, CRITICAL]] {
        for (name, figure) in sweep_charts(&table, &specs(axes), &outcomes()) {
            let size = figure.fitting(Size::SLIDE);
            look(&format!("million-{}-{name}", axes.len()), &figure, size);
            let svg = figure.svg(size, Theme::Light).unwrap();
            assert!(svg.len() < 500_000, "{name}: {} bytes", svg.len());
        }
    }
}

#[test]
fn other_backends_of_plotters_draw_them_too() {
    for (_, figure) in gallery() {
        let mut text = String::new();
        {
            let mut backend = plotters::backend::SVGBackend::with_string(&mut text, (800, 450));
            figure.draw_on(Size::SLIDE, &mut backend).unwrap();
        }
        assert!(text.len() > 1000);
    }
}
