//! Plates, bars, stairs, phase planes and the rest of what a chart may hold: readable on both papers, in all three
//! formats, whatever the data. With `LOOK=folder`, the pictures are kept there.
#![cfg(feature = "charts")]

use osmocyte::output::chart::scene::{Scene, Shape};
use osmocyte::output::chart::*;
use proptest::prelude::*;

fn curve(label: &str, points: impl Iterator<Item = (f64, f64)>) -> Series {
    Series {
        label: label.into(),
        points: points.collect(),
        ..Series::default()
    }
}

/// Places from 0 to 1.
fn parts(n: usize) -> impl Iterator<Item = f64> {
    (0..=n).map(move |i| i as f64 / n as f64)
}

fn over_time(label: &str, end: f64, f: impl Fn(f64) -> f64) -> Series {
    curve(label, parts(200).map(|s| (end * s, f(end * s))))
}

/// A red cell in a bath, volume and surface.
fn bath(bath: f64) -> Chart {
    let end = 40.0 + 60.0 * 290.0 / bath;
    let volume = move |t: f64| end + (100.0 - end) * (-t / 0.6).exp();
    let mut marks = Vec::new();
    if end > 150.0 {
        marks.push(Mark {
            x: 1.1,
            label: "sphere".into(),
        });
    }
    Chart {
        title: format!("in {bath} mOsm"),
        x: Axis::new("time", "s"),
        panels: vec![Panel {
            y: Axis::new("cell volume", "µm³"),
            series: vec![over_time("", 3.0, volume)],
            thresholds: vec![Threshold {
                value: 100.0,
                label: "isotonic".into(),
            }],
            ..Panel::default()
        }],
        marks,
        ..Chart::default()
    }
}

fn baths() -> Plate {
    Plate {
        title: "The bath decides: the cell swells, stays or shrinks".into(),
        subtitle: "a red blood cell, moved at time 0".into(),
        tiles: [145.0, 290.0, 580.0]
            .iter()
            .zip(["a", "b", "c"])
            .map(|(b, letter)| {
                Tile::new(&format!("{letter}  in {b} mOsm"), Figure::Lines(bath(*b)))
            })
            .collect(),
        columns: 3,
        same_x: true,
        same_y: true,
        ..Plate::default()
    }
}

fn spiral() -> Chart {
    let at = |s: f64| {
        let (r, angle) = (1.0 - 0.93 * s, 14.0 * s);
        (0.5 + 0.4 * r * angle.cos(), -0.9 + 0.7 * r * angle.sin())
    };
    let note = |s: f64, text: &str, dot| Note {
        x: at(s).0,
        y: at(s).1,
        text: text.into(),
        dot,
        like: None,
    };
    Chart {
        title: "Water and turgor run into their balance in a spiral".into(),
        subtitle: "after the bath was changed".into(),
        x: Axis::new("relative volume", ""),
        panels: vec![Panel {
            y: Axis::new("water potential", "MPa"),
            series: vec![Series {
                directed: true,
                ..curve("", parts(400).map(at))
            }],
            notes: vec![
                note(0.0, "start", false),
                note(0.18, "incipient plasmolysis", true),
                note(0.4, "deplasmolysis", true),
                note(0.6, "incipient plasmolysis", true),
                note(1.0, "the balance of wall and water", false),
            ],
            ..Panel::default()
        }],
        ..Chart::default()
    }
}

fn regions() -> Chart {
    let swing = |t: f64| 0.42 + 0.05 * (t / 2.0).sin() * (-t / 20.0).exp();
    let band = parts(100).map(|s| {
        let t = 30.0 * s;
        (t, swing(t) - 0.012, swing(t) + 0.012)
    });
    let note = |x: f64, text: &str| Note {
        x,
        y: swing(x),
        text: text.into(),
        ..Note::default()
    };
    Chart {
        title: "Osmolarity swings back into the normal range within half an hour".into(),
        x: Axis::new("time", "min"),
        panels: vec![Panel {
            y: Axis::new("NaCl that half of the cells survive", "%"),
            series: vec![over_time("median cell", 30.0, swing)],
            zones: vec![
                Zone {
                    label: "normal range 0.40–0.445 %".into(),
                    extent: Extent::Levels(0.40, 0.445),
                    like: None,
                },
                Zone {
                    label: "middle half of the cells".into(),
                    extent: Extent::Around(band.collect()),
                    like: Some(0),
                },
            ],
            notes: vec![
                note(3.0, "largest, 0.46 %"),
                note(9.5, "lowest"),
                note(15.5, "second swing"),
            ],
            ..Panel::default()
        }],
        spans: vec![
            Span {
                from: 0.0,
                to: 5.0,
                label: "in water".into(),
            },
            Span {
                from: 12.0,
                to: 20.0,
                label: "in serum".into(),
            },
        ],
        marks: vec![Mark {
            x: 5.0,
            label: "bath changed".into(),
        }],
        ..Chart::default()
    }
}

fn two_axes() -> Chart {
    let volume = |t: f64| 100.0 - 18.0 * (1.0 - (-t / 20.0).exp());
    Chart {
        title: "The cell shrinks by a fifth, and its turgor is gone".into(),
        subtitle: "in 0.3 mol/L sucrose".into(),
        x: Axis::new("time", "s"),
        panels: vec![Panel {
            y: Axis::new("protoplast volume", "pL"),
            right: Some(Axis::new("turgor", "MPa")),
            series: vec![
                over_time("volume", 120.0, volume),
                Series {
                    right: true,
                    ..over_time("turgor", 120.0, |t| (0.6 - 0.04 * t).max(0.0))
                },
            ],
            thresholds: vec![Threshold {
                value: 85.0,
                label: "volume without turgor".into(),
            }],
            ..Panel::default()
        }],
        marks: vec![Mark {
            x: 15.0,
            label: "incipient plasmolysis".into(),
        }],
        ..Chart::default()
    }
}

fn shapes() -> Chart {
    let names = ["inulin", "raffinose", "sucrose", "glucose", "urea"];
    let series = names.iter().enumerate().map(|(i, name)| Series {
        markers: Markers::Spaced,
        ..over_time(name, 10.0, move |t| {
            1.0 - (0.9 - 0.12 * i as f64) * (1.0 - (-t / 3.0).exp())
        })
    });
    Chart {
        title: "The smaller the solute, the less the cell shrinks".into(),
        x: Axis::new("time", "s"),
        panels: vec![Panel {
            y: Axis::new("relative volume", ""),
            series: series.collect(),
            ..Panel::default()
        }],
        ..Chart::default()
    }
}

fn potentials() -> Bars {
    let part = |label: &str, values: [f64; 3]| Part {
        label: label.into(),
        values: values.to_vec(),
    };
    Bars {
        title: "In sucrose the pressure is gone and the solutes are all that is left".into(),
        subtitle: "components of the water potential of a cell".into(),
        y: Axis::new("water potential", "MPa"),
        groups: [
            "in pure water",
            "at incipient plasmolysis",
            "in 0.8 mol/L sucrose",
        ]
        .map(String::from)
        .to_vec(),
        parts: vec![
            part("ψ of the cell", [0.0, -0.94, -2.3]),
            part("pressure ψ_P", [0.78, 0.0, 0.0]),
            part("solutes ψ_s", [-0.78, -0.94, -2.3]),
        ],
        ..Bars::default()
    }
}

fn ledger() -> Bars {
    let part = |label: &str, values: [f64; 4]| Part {
        label: label.into(),
        values: values.to_vec(),
    };
    Bars {
        title: "No membrane is lost: what leaves the vesicles arrives in the surface".into(),
        y: Axis::new("membrane area", "µm²"),
        groups: ["before", "after 10 s", "after 30 s", "after 2 min"]
            .map(String::from)
            .to_vec(),
        parts: vec![
            part("plasma membrane", [680.0, 701.0, 722.0, 684.0]),
            part("vesicles", [120.0, 99.0, 70.0, 96.0]),
            part("endosomes", [12.0, 12.0, 20.0, 32.0]),
        ],
        stacked: true,
        ..Bars::default()
    }
}

fn staircase() -> Stairs {
    let flight = |label: &str, levels: [f64; 5], steps: [&str; 4]| Flight {
        label: label.into(),
        levels: levels.to_vec(),
        steps: steps.map(String::from).to_vec(),
    };
    Stairs {
        title: "Water runs down the staircase, whichever way it leads".into(),
        y: Axis::new("water potential", "MPa"),
        places: ["soil", "root hair", "root cortex", "xylem", "leaf"]
            .map(String::from)
            .to_vec(),
        flights: vec![
            flight(
                "moist soil",
                [-0.05, -0.3, -0.45, -0.7, -1.2],
                ["endosmosis", "", "", ""],
            ),
            flight(
                "salted soil",
                [-1.6, -0.9, -0.85, -0.8, -1.3],
                ["exosmosis", "", "", ""],
            ),
        ],
        ..Stairs::default()
    }
}

fn mixed() -> Plate {
    let mut wide = Tile::new("d  a picture over two columns", Figure::Lines(two_axes()));
    wide.span = 2;
    Plate {
        title: "Different kinds side by side".into(),
        tiles: vec![
            Tile::new("a  bars", Figure::Bars(potentials())),
            Tile::new("b  stairs", Figure::Stairs(staircase())),
            Tile::new("", Figure::Lines(spiral())),
            Tile::new("c  ledger", Figure::Bars(ledger())),
            wide,
        ],
        columns: 2,
        ..Plate::default()
    }
}

fn gallery() -> Vec<(&'static str, Figure)> {
    vec![
        ("baths", Figure::Plate(baths())),
        ("spiral", Figure::Lines(spiral())),
        ("regions", Figure::Lines(regions())),
        ("two-axes", Figure::Lines(two_axes())),
        ("shapes", Figure::Lines(shapes())),
        ("potentials", Figure::Bars(potentials())),
        ("ledger", Figure::Bars(ledger())),
        ("staircase", Figure::Stairs(staircase())),
        ("mixed", Figure::Plate(mixed())),
    ]
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

const SIZES: [(&str, Size); 2] = [("slide", Size::SLIDE), ("print", Size::PRINT)];
const THEMES: [(&str, Theme); 2] = [("light", Theme::Light), ("dark", Theme::Dark)];

fn look(name: &str, figure: &Figure, size: Size, theme: Theme) {
    if let Ok(folder) = std::env::var("LOOK") {
        std::fs::create_dir_all(&folder).unwrap();
        let to = |ending: &str| format!("{folder}/{name}.{ending}");
        std::fs::write(to("png"), figure.png(size, theme).unwrap()).unwrap();
        std::fs::write(to("svg"), figure.svg(size, theme).unwrap()).unwrap();
        std::fs::write(to("pdf"), figure.pdf(size, theme).unwrap()).unwrap();
    }
}

fn texts(scene: &Scene) -> Vec<&str> {
    (scene.shapes.iter())
        .filter_map(|shape| match shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn all_kinds_are_readable() {
    let mut found = Vec::new();
    for (name, figure) in gallery() {
        for (kind, size) in SIZES {
            let size = figure.fitting(size);
            for (paper, theme) in THEMES {
                look(&format!("{name}-{kind}-{paper}"), &figure, size, theme);
            }
            let of = faults(&figure.layout(size)).into_iter();
            found.extend(of.map(|fault| format!("{kind} {name}: {fault}")));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn svg_says_what_is_shown() {
    for (name, figure) in gallery() {
        for (_, theme) in THEMES {
            let svg = figure.svg(figure.fitting(Size::SLIDE), theme).unwrap();
            let xml = roxmltree::Document::parse(&svg).expect("well-formed XML");
            let root = xml.root_element();
            assert_eq!(root.attribute("role"), Some("img"), "{name}");
            let of = |tag: &str| {
                let found = root.children().find(|n| n.tag_name().name() == tag);
                found.and_then(|n| n.text()).unwrap().to_string()
            };
            assert_eq!(of("title"), figure.title(), "{name}");
            assert_eq!(of("desc"), figure.description(), "{name}");
            assert!(of("desc").len() > 40, "{name}: {}", of("desc"));
            assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{name}");
        }
    }
}

#[test]
fn descriptions_have_names_numbers_and_units() {
    let has = |figure: Figure, words: &[&str]| {
        let found = figure.description();
        for word in words {
            assert!(found.contains(word), "`{word}` is missing in: {found}");
        }
    };
    let bars = [
        "Bars of water potential",
        "in pure water",
        "pressure ψ_P 0.78 MPa",
    ];
    has(Figure::Bars(potentials()), &bars);
    let stairs = [
        "along soil, root hair",
        "endosmosis between soil and root hair",
        "−1.6 MPa",
    ];
    has(Figure::Stairs(staircase()), &stairs);
    let expected = [
        "normal range 0.40–0.445 %",
        "in serum from 12 to 20",
        "largest, 0.46 %",
    ];
    has(Figure::Lines(regions()), &expected);
    has(
        Figure::Lines(two_axes()),
        &["turgor [MPa]", "protoplast volume [pL]"],
    );
    has(Figure::Plate(baths()), &["b in 290 mOsm: Line chart"]);
    // What a solver leaves of 0 is 0, and all numbers have their units.
    let mut chart = Chart {
        x: Axis::new("time", "s"),
        panels: vec![Panel {
            y: Axis::new("potential", "MPa"),
            series: vec![Series {
                label: "water".into(),
                points: vec![(0.0, -1.4), (1.0, -2.779e-8)],
                ..Series::default()
            }],
            thresholds: vec![Threshold {
                value: -0.7,
                label: "incipient".into(),
            }],
            notes: vec![Note {
                x: 0.5,
                y: 1e-9,
                text: "contact".into(),
                ..Note::default()
            }],
            ..Panel::default()
        }],
        marks: vec![Mark {
            x: 2.052,
            label: "lysis".into(),
        }],
        ..Chart::default()
    };
    let expected = [
        "water from −1.4 to 0 (between −1.4 and 0)",
        "incipient at −0.7 MPa",
        "contact at (0.5 s, 0 MPa)",
        "lysis at 2.052 s",
    ];
    has(Figure::Lines(chart.clone()), &expected);
    chart.panels[0].y.log = true;
    has(Figure::Lines(chart), &["to −2.779×10⁻⁸"]);
}

#[test]
fn panels_side_by_side_have_the_same_axes() {
    let plate = baths();
    let figure = Figure::Plate(plate.clone());
    let size = figure.fitting(Size::SLIDE);
    assert_eq!(size, Size::SLIDE, "three small charts fit on a slide");
    // The numbers of the three axes and their heights.
    let column = |scene: &Scene, i: usize| -> Vec<(String, i64)> {
        let third = scene.width / 3.0;
        let own = |x: f64| (x / third).floor() as usize == i;
        let numbers = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Text {
                text,
                at,
                anchor: scene::Anchor::End,
                ..
            } if own(at.0) => Some((text.clone(), at.1.round() as i64)),
            _ => None,
        });
        numbers.collect()
    };
    let scene = figure.layout(size);
    assert!(column(&scene, 0).len() > 2);
    assert_eq!(column(&scene, 0), column(&scene, 1));
    assert_eq!(column(&scene, 0), column(&scene, 2));
    // Without the wish, each has its own.
    let mut apart = plate;
    apart.same_y = false;
    let scene = Figure::Plate(apart).layout(size);
    assert_ne!(column(&scene, 0), column(&scene, 1));
}

#[test]
fn narrow_pictures_stack_their_columns() {
    let figure = Figure::Plate(baths());
    let lefts = |size: Size| -> Vec<i64> {
        let scene = figure.layout(figure.fitting(size));
        let headings = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { text, at, .. } if text.ends_with("mOsm") => Some(at.0.round() as i64),
            _ => None,
        });
        headings.collect()
    };
    let slide = lefts(Size::SLIDE);
    assert!(slide[0] < slide[1] && slide[1] < slide[2], "{slide:?}");
    let print = lefts(Size::PRINT);
    assert!(
        print.len() == 3 && print.iter().all(|x| *x == print[0]),
        "{print:?}"
    );
    assert!(figure.fitting(Size::PRINT).height > 2.0 * Size::PRINT.height);
}

#[test]
fn two_axes_have_their_names_and_an_arrow_to_each() {
    let figure = Figure::Lines(two_axes());
    let scene = figure.layout(Size::SLIDE);
    let words = texts(&scene);
    for word in [
        "protoplast volume [pL]",
        "turgor [MPa]",
        "← volume",
        "turgor →",
    ] {
        assert!(words.contains(&word), "{word} is missing among {words:?}");
    }
    let color = |of: &str| {
        let found = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Text { text, color, .. } if text == of => Some(*color),
            _ => None,
        });
        found.unwrap()
    };
    assert_eq!(color("turgor [MPa]"), palette::color(1).text);
    assert_eq!(color("protoplast volume [pL]"), palette::color(0).text);
    assert!(
        figure.description().contains("right axis"),
        "{}",
        figure.description()
    );
}

#[test]
fn names_of_two_axes_keep_apart_in_a_narrow_chart() {
    // Long numbers at the right of the first panel push in where the second one's axis stands, which has none.
    let mut chart = two_axes();
    let mut second = chart.panels[0].clone();
    second.series.retain(|s| !s.right);
    for series in chart.panels[0].series.iter_mut().filter(|s| s.right) {
        series.points.iter_mut().for_each(|p| p.1 *= 1.2345e231);
    }
    chart.panels.push(second);
    let figure = Figure::Lines(chart);
    for width in (160..700).step_by(5) {
        let size = Size {
            width: f64::from(width),
            height: 400.0,
            ..Size::SLIDE
        };
        let found = faults(&figure.layout(size));
        let of_names: Vec<_> = found.iter().filter(|f| f.contains("turgor [")).collect();
        assert!(of_names.is_empty(), "{width}: {of_names:?}");
    }
}

#[test]
fn events_stand_on_the_curve() {
    let chart = spiral();
    let scene = Figure::Lines(chart).layout(Size::SLIDE);
    let words = texts(&scene);
    assert!(words.contains(&"incipient plasmolysis (2×)"), "{words:?}");
    let dots = scene
        .shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Dot { color, .. } if *color == palette::INK));
    assert_eq!(dots.count(), 3);
}

/// Both ends of the lines of a colour.
fn lines(scene: &Scene, of: palette::Rgb) -> Vec<((f64, f64), (f64, f64))> {
    let of_one = |shape: &Shape| match shape {
        Shape::Path { points, color, .. } if *color == of => {
            points.windows(2).map(|w| (w[0], w[1])).collect()
        }
        _ => Vec::new(),
    };
    scene.shapes.iter().flat_map(of_one).collect()
}

#[test]
fn no_word_lies_on_the_grid() {
    for (name, figure) in gallery() {
        for (_, size) in SIZES {
            let scene = figure.layout(figure.fitting(size));
            let words: Vec<[f64; 4]> = scene.shapes.iter().filter_map(Shape::text_box).collect();
            for (a, b) in lines(&scene, palette::GRID) {
                let on = |w: &&[f64; 4]| {
                    a.0.min(b.0) < w[2]
                        && a.0.max(b.0) > w[0]
                        && a.1.min(b.1) < w[3]
                        && a.1.max(b.1) > w[1]
                };
                assert_eq!(words.iter().find(on), None, "{name}: {a:?} to {b:?}");
            }
        }
    }
}

#[test]
fn marks_of_a_curve_keep_clear_of_the_others() {
    let n = 400;
    let line = |label: &str, y: &dyn Fn(f64) -> f64| Series {
        label: label.into(),
        points: (0..=n)
            .map(|i| f64::from(i) / f64::from(n))
            .map(|x| (x, y(x)))
            .collect(),
        markers: Markers::Spaced,
        ..Series::default()
    };
    for phase in 0..20 {
        let phase = f64::from(phase) / 20.0;
        let zigzag = |x: f64| 4.0 * ((5.0 * x + phase).fract() - 0.5).abs() - 1.0;
        let chart = Chart {
            x: Axis::new("time", "s"),
            panels: vec![Panel {
                y: Axis::new("height", "m"),
                series: vec![line("level", &|_| 0.0), line("zigzag", &zigzag)],
                ..Panel::default()
            }],
            ..Chart::default()
        };
        let scene = Figure::Lines(chart).layout(Size::SLIDE);
        let [blue, red] = [0, 1].map(|i| palette::color(i).line);
        let t = Size::SLIDE.text;
        let frame_right = lines(&scene, blue)
            .iter()
            .map(|l| l.0.0.max(l.1.0))
            .fold(0.0, f64::max);
        let marks: Vec<f64> = (scene.shapes.iter())
            .filter_map(|shape| match shape {
                Shape::Dot { at, radius, color } if *color == blue && *radius > 0.28 * t => {
                    Some(at.0)
                }
                _ => None,
            })
            .filter(|x| *x < frame_right - t)
            .collect();
        assert!(marks.len() > 2, "{marks:?}");
        for (a, b) in lines(&scene, red) {
            let level = lines(&scene, blue)[0].0.1;
            let crosses = (a.1 - level) * (b.1 - level) < 0.0;
            for x in marks.iter().filter(|_| crosses) {
                let at = a.0 + (level - a.1) / (b.1 - a.1) * (b.0 - a.0);
                assert!(
                    (at - x).abs() > 0.5 * t,
                    "phase {phase}: a mark at {x} on the crossing at {at}"
                );
            }
        }
    }
}

#[test]
fn the_name_of_a_stretch_stands_over_its_middle() {
    let curve = Series {
        points: vec![(0.0, 0.0), (1.0, 1.0)],
        ..Series::default()
    };
    let chart = Chart {
        x: Axis::new("salt", "%"),
        panels: vec![Panel {
            y: Axis::new("burst", "%"),
            series: vec![curve],
            ..Panel::default()
        }],
        spans: vec![Span {
            from: 0.5,
            to: 0.6,
            label: "normal median".into(),
        }],
        ..Chart::default()
    };
    for (_, size) in SIZES {
        let scene = Figure::Lines(chart.clone()).layout(size);
        let mut stretch = None;
        let mut name = None;
        for shape in &scene.shapes {
            match shape {
                Shape::Area { points, .. } if stretch.is_none() => {
                    stretch = Some((points[0].0 + points[1].0) / 2.0);
                }
                Shape::Text { text, .. } if text == "normal median" => {
                    name = shape.text_box().map(|b| (b[0] + b[2]) / 2.0);
                }
                _ => {}
            }
        }
        let (stretch, name) = (stretch.unwrap(), name.unwrap());
        assert!((stretch - name).abs() < 1.0, "{stretch}, {name}");
    }
}

#[test]
fn a_slide_keeps_its_shape_where_smaller_letters_let_it() {
    let rows = |n: usize| {
        Figure::Plate(Plate {
            tiles: vec![Tile::new("a", Figure::Lines(spiral())); n],
            columns: 1,
            ..Plate::default()
        })
    };
    let small = rows(2).fitting_slide(Size::SLIDE);
    assert_eq!((small.width, small.height), (800.0, 450.0));
    assert!(
        (0.71..1.0).contains(&(small.text / Size::SLIDE.text)),
        "{small:?}"
    );
    // Letters that no one could read are no help.
    let tall = rows(6).fitting_slide(Size::SLIDE);
    assert_eq!(tall, rows(6).fitting(Size::SLIDE));
    assert!(tall.height > 450.0);
}

#[test]
fn pdf_embeds_its_fonts_and_is_the_same_every_time() {
    let holds = |file: &[u8], what: &str| file.windows(what.len()).any(|w| w == what.as_bytes());
    for (name, figure) in gallery() {
        for (_, size) in SIZES {
            let size = figure.fitting(size);
            for (_, theme) in THEMES {
                let file = figure.pdf(size, theme).unwrap();
                assert!(file.starts_with(b"%PDF-1."), "{name}");
                assert!(file.trim_ascii_end().ends_with(b"%%EOF"), "{name}");
                for what in [
                    "+NotoSans-Regular",
                    "+NotoSans-Bold",
                    "/FontFile2",
                    "/ToUnicode",
                    "/Identity-H",
                    "/Title",
                    "/Alt",
                ] {
                    assert!(holds(&file, what), "{name} has no {what}");
                }
                assert!(!holds(&file, "Date"), "{name}");
                assert_eq!(file, figure.pdf(size, theme).unwrap(), "{name}");
                assert!(file.len() < 60_000, "{name}: {} bytes", file.len());
            }
        }
    }
}

#[test]
fn pdf_without_words_has_no_fonts() {
    let figure = Figure::Lines(Chart::default());
    let file = figure.pdf(Size::SLIDE, Theme::Light).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains("NotoSans-Bold"));
    let bad = Size {
        width: f64::NAN,
        ..Size::SLIDE
    };
    assert!(matches!(
        figure.pdf(bad, Theme::Light),
        Err(ChartError::Size(_))
    ));
}

#[test]
fn same_figure_same_bytes() {
    for (name, figure) in gallery() {
        let size = figure.fitting(Size::PRINT);
        let svg = || figure.svg(size, Theme::Dark).unwrap();
        assert_eq!(svg(), svg(), "{name}");
        let png = || figure.png(size, Theme::Dark).unwrap();
        assert_eq!(png(), png(), "{name}");
    }
}

#[test]
fn dark_pictures_are_dark_and_their_words_readable() {
    for (name, figure) in gallery() {
        let size = figure.fitting(Size::SLIDE);
        let svg = figure.svg(size, Theme::Dark).unwrap();
        let xml = roxmltree::Document::parse(&svg).unwrap();
        let color = |hex: &str| {
            let byte = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
            (byte(1), byte(3), byte(5))
        };
        let paper = xml
            .descendants()
            .find(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "rect")));
        let paper = color(paper.unwrap().attribute("fill").unwrap());
        assert!(palette::luminance(paper) < 0.02, "{name}");
        // Numbers in bars stand on those, which have a test of their own.
        if matches!(name, "ledger" | "mixed") {
            continue;
        }
        for node in xml.descendants().filter(|n| n.tag_name().name() == "text") {
            let ink = color(node.attribute("fill").unwrap());
            let found = palette::contrast(ink, paper);
            assert!(found >= 4.5, "{name}: {:?}: {found}", node.text());
        }
    }
}

#[test]
fn bars_are_told_apart_without_colour() {
    let figure = Figure::Bars(potentials());
    let scene = figure.layout(Size::SLIDE);
    let mut fills: Vec<palette::Rgb> = (scene.shapes.iter())
        .filter_map(|shape| match shape {
            Shape::Area { color, .. } => Some(*color),
            _ => None,
        })
        .collect();
    fills.sort_unstable();
    fills.dedup();
    assert_eq!(fills.len(), 3);
    let grey = |c: &palette::Rgb| palette::luminance(*c);
    let mut greys: Vec<f64> = fills.iter().map(grey).collect();
    greys.sort_unstable_by(f64::total_cmp);
    for pair in greys.windows(2) {
        assert!((pair[1] + 0.05) / (pair[0] + 0.05) > 1.3, "{greys:?}");
    }
}

#[test]
fn stairs_have_numbers_with_the_same_decimals_where_steps_have_room() {
    let stairs = |n: usize| {
        Figure::Stairs(Stairs {
            places: vec!["place".into(); n],
            flights: vec![Flight {
                levels: (0..n).map(|i| -0.0952 - 0.05 * i as f64).collect(),
                ..Flight::default()
            }],
            ..Stairs::default()
        })
    };
    let scene = stairs(11).layout(Size {
        width: 1200.0,
        ..Size::SLIDE
    });
    let words = texts(&scene);
    assert!(words.contains(&"−0.095") && words.contains(&"−0.595"));
    assert_eq!(words.iter().filter(|word| **word == "place").count(), 1);
    let narrow = stairs(11).layout(Size::PRINT);
    assert!(!texts(&narrow).iter().any(|word| word.starts_with("−0.59")));
}

#[test]
fn what_each_of_several_curves_does_once_has_happened_once() {
    let burst = |x: f64, like: usize| Note {
        x,
        y: 2.0,
        text: "burst".into(),
        dot: true,
        like: Some(like),
    };
    let chart = |notes: Vec<Note>| Chart {
        panels: vec![Panel {
            series: vec![
                curve("a", [(0.0, 1.0), (9.0, 2.0)].into_iter()),
                curve("b", [(0.0, 1.0), (9.0, 3.0)].into_iter()),
            ],
            notes,
            ..Panel::default()
        }],
        ..Chart::default()
    };
    let words = |notes| -> Vec<String> {
        let scene = Figure::Lines(chart(notes)).layout(Size::SLIDE);
        texts(&scene).into_iter().map(str::to_string).collect()
    };
    let one_each = words(vec![burst(4.5, 1), burst(9.0, 0)]);
    assert!(one_each.contains(&"burst".to_string()), "{one_each:?}");
    let twice = words(vec![burst(4.5, 1), burst(6.0, 1)]);
    assert!(twice.contains(&"burst (2×)".to_string()), "{twice:?}");
}

#[test]
fn bars_have_their_numbers() {
    let scene = Figure::Bars(potentials()).layout(Size::SLIDE);
    let words = texts(&scene);
    for word in ["−0.94", "0.78", "−2.30", "ψ of the cell", "in pure water"] {
        assert!(words.contains(&word), "{word} is missing among {words:?}");
    }
    let scene = Figure::Bars(ledger()).layout(Size::SLIDE);
    let words = texts(&scene);
    for word in ["680", "812", "vesicles"] {
        assert!(words.contains(&word), "{word} is missing among {words:?}");
    }
}

#[test]
fn missing_data_say_so() {
    let empty = Figure::Bars(Bars::default());
    assert!(texts(&empty.layout(Size::SLIDE)).contains(&"no data"));
    let mut bars = potentials();
    for part in &mut bars.parts {
        part.values[1] = f64::NAN;
    }
    let said = Figure::Bars(bars).description();
    assert!(
        said.contains("at incipient plasmolysis: ψ of the cell no data"),
        "{said}"
    );
    let empty = Figure::Plate(Plate::default());
    assert!(texts(&empty.layout(Size::SLIDE)).contains(&"nothing to draw"));
    let empty = Figure::Stairs(Stairs::default());
    assert!(texts(&empty.layout(Size::SLIDE)).contains(&"no data"));
}

/// A number as a solver may produce it, ordinary or not.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -100.0..100.0f64,
        1 => (-300.0..300.0f64).prop_map(|e| 10f64.powf(e)),
        1 => prop::sample::select(vec![
            0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, -1e300,
        ]),
    ]
}

fn words(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec("[a-mψ<&]{1,9}", 0..most).prop_map(|words| words.join(" "))
}

fn values(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(any_value(), 0..n)
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let points = || prop::collection::vec((any_value(), any_value()), 0..10);
    let markers = prop::sample::select(vec![Markers::None, Markers::Each, Markers::Spaced]);
    let like = prop::option::of(0..5usize);
    let flags = (any::<bool>(), any::<bool>());
    let line = (words(3), points(), markers, flags, like).prop_map(
        |(label, points, markers, (directed, right), like)| Series {
            label,
            points,
            markers,
            directed,
            right,
            like,
        },
    );
    let extent = prop_oneof![
        (any_value(), any_value()).prop_map(|(a, b)| Extent::Levels(a, b)),
        prop::collection::vec((any_value(), any_value(), any_value()), 0..8)
            .prop_map(Extent::Around),
    ];
    let zone =
        (words(4), extent, prop::option::of(0usize..5)).prop_map(|(label, extent, like)| Zone {
            label,
            extent,
            like,
        });
    let note = (
        any_value(),
        any_value(),
        words(5),
        any::<bool>(),
        prop::option::of(0usize..5),
    )
        .prop_map(|(x, y, text, dot, like)| Note {
            x,
            y,
            text,
            dot,
            like,
        });
    let level = (any_value(), words(3)).prop_map(|(value, label)| Threshold { value, label });
    let axis = || {
        (any::<bool>(), words(4)).prop_map(|(log, label)| Axis {
            log,
            ..Axis::new(&label, "mol")
        })
    };
    let panel = (
        axis(),
        prop::option::of(axis()),
        prop::collection::vec(line, 0..5),
        prop::collection::vec(zone, 0..3),
        prop::collection::vec(note, 0..6),
        prop::collection::vec(level, 0..3),
    )
        .prop_map(|(y, right, series, zones, notes, thresholds)| Panel {
            y,
            right,
            series,
            thresholds,
            zones,
            notes,
        });
    let span =
        (any_value(), any_value(), words(4)).prop_map(|(from, to, label)| Span { from, to, label });
    let mark = (any_value(), words(3)).prop_map(|(x, label)| Mark { x, label });
    (
        words(12),
        axis(),
        prop::collection::vec(panel, 0..3),
        prop::collection::vec(span, 0..3),
        prop::collection::vec(mark, 0..5),
    )
        .prop_map(|(title, x, panels, spans, marks)| Chart {
            title,
            x,
            panels,
            spans,
            marks,
            ..Chart::default()
        })
}

fn any_bars() -> impl Strategy<Value = Bars> {
    let part = (words(4), values(8)).prop_map(|(label, values)| Part { label, values });
    let level = (any_value(), words(3)).prop_map(|(value, label)| Threshold { value, label });
    (
        words(12),
        prop::collection::vec(words(4), 0..8),
        prop::collection::vec(part, 0..6),
        any::<bool>(),
        prop::collection::vec(level, 0..3),
    )
        .prop_map(|(title, groups, parts, stacked, thresholds)| Bars {
            title,
            y: Axis::new("quantity", "mol"),
            groups,
            parts,
            stacked,
            thresholds,
            ..Bars::default()
        })
}

fn any_stairs() -> impl Strategy<Value = Stairs> {
    let steps = prop::collection::vec(words(3), 0..6);
    let flight = (words(3), values(7), steps).prop_map(|(label, levels, steps)| Flight {
        label,
        levels,
        steps,
    });
    (
        words(12),
        prop::collection::vec(words(3), 0..7),
        prop::collection::vec(flight, 0..4),
    )
        .prop_map(|(title, places, flights)| Stairs {
            title,
            y: Axis::new("water potential", "MPa"),
            places,
            flights,
            ..Stairs::default()
        })
}

fn any_figure() -> impl Strategy<Value = Figure> {
    prop_oneof![
        any_chart().prop_map(Figure::Lines),
        any_bars().prop_map(Figure::Bars),
        any_stairs().prop_map(Figure::Stairs),
    ]
}

fn any_plate() -> impl Strategy<Value = Figure> {
    let tile = (words(5), any_figure(), 0usize..4, any_value()).prop_map(
        |(heading, figure, span, weight)| Tile {
            heading,
            figure,
            span,
            weight,
        },
    );
    (
        words(12),
        prop::collection::vec(tile, 0..5),
        0usize..5,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(title, tiles, columns, same_x, same_y)| {
            Figure::Plate(Plate {
                title,
                tiles,
                columns,
                same_x,
                same_y,
                ..Plate::default()
            })
        })
}

fn check(figure: &Figure) -> Result<(), TestCaseError> {
    for (_, size) in SIZES {
        let size = figure.fitting(size);
        let found = faults(&figure.layout(size));
        prop_assert!(found.is_empty(), "{}", found.join("\n"));
        let svg = figure.svg(size, Theme::Dark).unwrap();
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf "), "{svg}");
        roxmltree::Document::parse(&svg).unwrap();
        prop_assert!(figure.pdf(size, Theme::Dark).unwrap().len() > 500);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn charts_of_any_data_are_readable(chart in any_chart()) {
        check(&Figure::Lines(chart))?;
    }

    #[test]
    fn bars_of_any_data_are_readable(bars in any_bars()) {
        check(&Figure::Bars(bars))?;
    }

    #[test]
    fn stairs_of_any_data_are_readable(stairs in any_stairs()) {
        check(&Figure::Stairs(stairs))?;
    }

    #[test]
    fn plates_of_any_data_are_readable(plate in any_plate()) {
        check(&plate)?;
    }
}
