//! Charts of studies: well-formed, complete, and no data that break them. With `LOOK=folder`, the pictures are kept there.
#![cfg(feature = "charts")]

use osmocyte::Table;
use osmocyte::output::chart::scene::{Scene, Shape};
use osmocyte::output::chart::sweep::*;
use osmocyte::output::chart::{Axis, Size};
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
        let picture = figure.png(size).unwrap();
        std::fs::write(format!("{folder}/{name}.png"), picture).unwrap();
        let drawing = figure.svg(size).unwrap();
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
