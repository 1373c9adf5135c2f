//! Pictures of cells: what a file may say, what a run gives, and what is drawn of it: to scale, inside its frame, with the
//! volume and area of the model.
#![cfg(feature = "charts")]

use std::f64::consts::PI;

use expect_test::{Expect, expect};
use osmocyte::Simulation;
use osmocyte::diagnostic::Source;
use osmocyte::model::figure::load_figure;
use osmocyte::model::library;
use osmocyte::output::chart::cell::{CellFrame, CellStrip, Moments, Vesicles, cell_svg};
use osmocyte::output::chart::scene::{Scene, Shape};
use osmocyte::output::chart::{Figure, Size, Theme};
use osmocyte::study::figure::FigurePlan;
use osmocyte::trajectory::{CellShape, Column, EventRecord, PictureData};

const CELL: &str = r#"[bath.plasma]
osmolarity = "100 mOsm"
[compartment.cell]
volume = "90 um^3"
solutes.trapped = { osmolarity = "290 mOsm" }
[membrane.plasmalemma]
between = ["plasma", "cell"]
area = "135 um^2"
Pf = "200 um/s"
[event.lysis]
when = "cell.volume rises through 154 um^3"
then = "stop"
[experiment]
duration = "5 s"
"#;

/// The message for a picture of that cell.
fn check(picture: &str, expected: Expect) {
    let text = format!("{CELL}{picture}");
    let found = match Simulation::from_text("cell", &text) {
        Err(error) => error.report(false),
        Ok(simulation) => format!("fine: {}", simulation.model().pictures[0].described()),
    };
    expected.assert_eq(&found);
}

#[test]
fn a_right_picture() {
    check(
        r#"[picture.cell]
shape = "disc"
volume = "cell.volume"
area = "plasmalemma.area"
inside = "cell.osmolarity"
outside = "plasma.osmolarity"
flow = "plasmalemma.water_flow"
burst = "lysis"
"#,
        expect![[
            r#"fine: disc; volume = cell.volume; area = plasmalemma.area; inside = cell.osmolarity; outside = plasma.osmolarity; flow = plasmalemma.water_flow; burst = lysis"#
        ]],
    );
}

#[test]
fn mistakes_of_a_picture() {
    check(
        "[picture.cell]\n",
        expect![[r#"
        error: picture `cell` has no `shape`
          --> cell.toml:15:10
           |
        15 | [picture.cell]
           |          ^^^^
           |
           = help: a cell is drawn as a `box`, a `disc` or a `sphere`

        error: picture `cell` has no `volume`
          --> cell.toml:15:10
           |
        15 | [picture.cell]
           |          ^^^^"#]],
    );
    check(
        "[picture.cell]\nshape = \"dics\"\nvolume = \"cell.volume\"\n",
        expect![[r#"
            error: there is no shape `dics`
              --> cell.toml:16:9
               |
            16 | shape = "dics"
               |         ^^^^^^
               |
               = help: did you mean `disc`?"#]],
    );
    check(
        "[picture.cell]\nshape = \"tetrahedron\"\nvolume = \"cell.volume\"\n",
        expect![[r#"
            error: there is no shape `tetrahedron`
              --> cell.toml:16:9
               |
            16 | shape = "tetrahedron"
               |         ^^^^^^^^^^^^^
               |
               = help: a cell is drawn as a `box`, a `disc` or a `sphere`"#]],
    );
    check(
        "[picture.cell]\nshape = \"disc\"\nvolume = \"cell.volume\"\n",
        expect![[r#"
            error: picture `cell` has no `area`
              --> cell.toml:15:10
               |
            15 | [picture.cell]
               |          ^^^^
               |
               = help: a disc has more membrane than a sphere of its volume: it needs both"#]],
    );
    check(
        "[picture.cell]\nshape = \"sphere\"\nvolum = \"cell.volume\"\nwall = \"90 um^3\"\n",
        expect![[r#"
            error: picture `cell` has no `volume`
              --> cell.toml:15:10
               |
            15 | [picture.cell]
               |          ^^^^

            error: a picture has no key `volum`
              --> cell.toml:17:1
               |
            17 | volum = "cell.volume"
               | ^^^^^
               |
               = help: did you mean `volume`?

            error: a sphere can't have `wall`
              --> cell.toml:18:1
               |
            18 | wall = "90 um^3"
               | ^^^^
               |
               = help: only a box has a wall"#]],
    );
    check(
        "[picture.cell]\nshape = \"sphere\"\nvolume = \"plasmalemma.area\"\nflow = \"plasmalemma.water_flux\"\n",
        expect![[r#"
            error: `plasmalemma.area` is given in [µm²] but `volume` of a picture is [µm³]
              --> cell.toml:17:11
               |
            17 | volume = "plasmalemma.area"
               |           ^^^^^^^^^^^^^^^^ expected [µm³]

            error: `plasmalemma.water_flux` is given in [µm/s] but `flow` of a picture is [µm³/s]
              --> cell.toml:18:9
               |
            18 | flow = "plasmalemma.water_flux"
               |         ^^^^^^^^^^^^^^^^^^^^^^ expected [µm³/s]"#]],
    );
    check(
        "[picture.cell]\nshape = \"sphere\"\nvolume = \"cel.volume\"\nburst = \"lysys\"\n",
        expect![[r#"
            error: unknown name `cel.volume`
              --> cell.toml:17:11
               |
            17 | volume = "cel.volume"
               |           ^^^^^^^^^^
               |
               = help: did you mean `cell.volume`?

            error: there is no event `lysys`
              --> cell.toml:18:9
               |
            18 | burst = "lysys"
               |         ^^^^^^^
               |
               = help: did you mean `lysis`?"#]],
    );
    check(
        "[picture.cell]\nshape = \"box\"\nvolume = \"cell.volume\"\naspect = 0.5\narea = \"plasmalemma.area\"\n",
        expect![[r#"
            error: `aspect` is the length of a box relative to its width, from 1 to 20
              --> cell.toml:18:10
               |
            18 | aspect = 0.5
               |          ^^^

            error: a box can't have `area`
              --> cell.toml:19:1
               |
            19 | area = "plasmalemma.area"
               | ^^^^
               |
               = help: a box follows from its volume alone"#]],
    );
    check(
        "[picture.cell]\nshape = \"sphere\"\nvolume = \"cell.volume\"\nvesicles = { number = 3, fuse = 1 }\n",
        expect![[r#"
            error: vesicles need `area`, or `number` and `diameter`
              --> cell.toml:18:12
               |
            18 | vesicles = { number = 3, fuse = 1 }
               |            ^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: `area` is the membrane of all of them

            error: `vesicles` has no key `fuse`
              --> cell.toml:18:26
               |
            18 | vesicles = { number = 3, fuse = 1 }
               |                          ^^^^
               |
               = help: known keys: area, number, diameter, fusing, retrieving"#]],
    );
    check(
        "[picture.cell]\nshape = \"sphere\"\nvolume = \"cell.volume\"\ninside = \"cell.osmolarity\"\noutside = \"plasma.osmotic_pressure\"\n",
        expect![[r#"
            error: `inside` and `outside` of a picture must be in one unit
              --> cell.toml:19:12
               |
            19 | outside = "plasma.osmotic_pressure"
               |            ^^^^^^^^^^^^^^^^^^^^^^^ this is [MPa]
               |
               = help: `inside` is [mM]"#]],
    );
    check(
        "[[chart]]\ny = \"cell.volume\"\n[picture.chart]\nshape = \"sphere\"\nvolume = \"cell.volume\"\n",
        expect![[r#"
            error: a chart is called `chart` too
              --> cell.toml:17:10
               |
            17 | [picture.chart]
               |          ^^^^^
               |
               = help: both would be written to one file: give one of them another name"#]],
    );
    check(
        "[picture.\"../cell\"]\nshape = \"sphere\"\nvolume = [1]\nburst = 3\nvesicles = 4\n",
        expect![[r#"
            error: the name of a picture is made of letters, digits, `-` and `_`
              --> cell.toml:15:10
               |
            15 | [picture."../cell"]
               |          ^^^^^^^^^

            error: `volume` must be a number or an expression in quotes
              --> cell.toml:17:10
               |
            17 | volume = [1]
               |          ^^^ this is an array

            error: burst must be a text in quotes
              --> cell.toml:18:9
               |
            18 | burst = 3
               |         ^ this is an integer

            error: vesicles must be a table
              --> cell.toml:19:12
               |
            19 | vesicles = 4
               |            ^ this is an integer"#]],
    );
}

/// Numbers of a cell by hand.
fn data(shape: CellShape, volume: &[f64]) -> PictureData {
    let column = |unit: &str, values: Vec<f64>| Column {
        name: "t".into(),
        unit: unit.into(),
        about: String::new(),
        values,
    };
    PictureData {
        title: "A cell".into(),
        name: "cell".into(),
        note: String::new(),
        shape,
        time: column("s", (0..volume.len()).map(|i| i as f64).collect()),
        volume: volume.to_vec(),
        area: None,
        wall: None,
        vacuole: None,
        vesicles: None,
        inside: None,
        outside: None,
        flow: None,
        pressure: None,
        burst: None,
    }
}

fn event(name: &str, t: f64) -> EventRecord {
    EventRecord {
        name: name.into(),
        t,
    }
}

/// Polygons and closed lines of a colour, as (points).
fn areas(scene: &Scene) -> Vec<&Vec<(f64, f64)>> {
    let area = |s: &'_ Shape| matches!(s, Shape::Area { .. });
    let shapes = scene.shapes.iter().filter(|s| area(s));
    shapes
        .filter_map(|s| match s {
            Shape::Area { points, .. } => Some(points),
            _ => None,
        })
        .collect()
}

fn extent(points: &[(f64, f64)]) -> (f64, f64) {
    let range = |of: fn(&(f64, f64)) -> f64| {
        let (lo, hi) = points
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
                (v.min(lo), v.max(hi))
            });
        hi - lo
    };
    (range(|p| p.0), range(|p| p.1))
}

/// Volume and area of the body that a section makes when it turns around its upright axis.
fn turned(points: &[(f64, f64)]) -> (f64, f64) {
    let n = points.len();
    let middle = points
        .iter()
        .map(|p| p.0)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
            (v.min(lo), v.max(hi))
        });
    let middle = (middle.0 + middle.1) / 2.0;
    let (mut volume, mut area) = (0.0, 0.0);
    for i in 0..n {
        let ((x, y), (x2, y2)) = (points[i], points[(i + 1) % n]);
        let (r, r2) = ((x - middle).abs(), (x2 - middle).abs());
        let side = if x + x2 > 2.0 * middle { 1.0 } else { -1.0 };
        volume += side * PI / 3.0 * (y2 - y) * (r * r + r * r2 + r2 * r2);
        area += PI * (r + r2) * (x2 - x).hypot(y2 - y);
    }
    // Both halves of the section make the same body.
    (volume.abs() / 2.0, area / 2.0)
}

/// Pixels per micrometre, from the bar and its words.
fn scale_of(scene: &Scene) -> f64 {
    let mut shapes = scene.shapes.iter().enumerate();
    let (at, text) = shapes
        .find_map(|(i, s)| match s {
            Shape::Text { text, .. } if text.ends_with(" µm") && i > 0 => Some((i, text)),
            _ => None,
        })
        .unwrap();
    let length: f64 = text.trim_end_matches(" µm").parse().unwrap();
    match &scene.shapes[at - 1] {
        Shape::Path { points, .. } => (points[1].0 - points[0].0) / length,
        other => panic!("no bar but {other:?}"),
    }
}

#[test]
fn what_is_drawn_of_a_red_cell_has_its_volume_and_area() {
    let mut red = data(CellShape::Disc, &[90.0, 62.1, 120.0, 147.0]);
    red.area = Some(vec![135.0; 4]);
    let moments = Moments::new(&red, &[]);
    for row in 0..4 {
        let scene = moments.frame(row).layout(Size::SLIDE);
        let scale = scale_of(&scene);
        let (volume, area) = turned(areas(&scene)[0]);
        let (volume, area) = (volume / scale.powi(3), area / scale.powi(2));
        assert!(
            (volume / red.volume[row] - 1.0).abs() < 0.01,
            "{row}: {volume}"
        );
        assert!((area / 135.0 - 1.0).abs() < 0.01, "{row}: {area}");
    }
}

#[test]
fn a_folded_sphere_has_its_volume_and_area() {
    for (volume, area) in [
        (2000.0, 1000.0),
        (1200.0, 1000.0),
        (1.5e6, 1e5),
        (2000.0, 500.0),
    ] {
        let mut cell = data(CellShape::Sphere, &[volume]);
        cell.area = Some(vec![area]);
        let scene = Moments::new(&cell, &[]).frame(0).layout(Size::SLIDE);
        let scale = scale_of(&scene);
        let (v, a) = turned(areas(&scene)[0]);
        let (v, a) = (v / scale.powi(3), a / scale.powi(2));
        // A membrane that is too small is stretched to the sphere.
        let sphere = (36.0 * PI).cbrt() * volume.powf(2.0 / 3.0);
        assert!((v / volume - 1.0).abs() < 0.01, "{v}");
        assert!(
            (a / area.max(sphere) - 1.0).abs() < 0.01,
            "{volume} {area}: {a}"
        );
    }
}

/// Wall and protoplast of a walled cell: extents in µm.
fn walled(volume: f64) -> ((f64, f64), (f64, f64)) {
    let mut cell = data(CellShape::Box { aspect: 1.5 }, &[volume]);
    cell.wall = Some(vec![1e5]);
    let scene = Moments::new(&cell, &[]).frame(0).layout(Size::SLIDE);
    let scale = scale_of(&scene);
    let found = areas(&scene);
    let extent = |points: &[(f64, f64)]| {
        let (x, y) = extent(points);
        (x / scale, y / scale)
    };
    (extent(found[0]), extent(found[1]))
}

#[test]
fn the_gap_is_there_if_and_only_if_the_cell_is_plasmolysed() {
    for (volume, plasmolysed) in [
        (1.12e5, false),
        (1e5, false),
        (0.99e5, true),
        (0.5e5, true),
        (0.05e5, true),
    ] {
        let (wall, protoplast) = walled(volume);
        let gap = (wall.0 - protoplast.0, wall.1 - protoplast.1);
        assert_eq!(gap.0 > 1e-3, plasmolysed, "{volume}: {gap:?}");
        assert_eq!(gap.1 > 1e-3, plasmolysed, "{volume}: {gap:?}");
    }
    // Turgor stretches the wall; plasmolysis leaves it as it is.
    let (slack, turgid) = (walled(0.5e5).0, walled(1.12e5).0);
    assert!((turgid.0 / slack.0 - 1.12_f64.cbrt()).abs() < 1e-3);
    assert!((walled(1e5).0.0 / slack.0 - 1.0).abs() < 1e-6);
}

fn strips() -> Vec<(String, CellStrip)> {
    let mut out = Vec::new();
    for entry in library() {
        let simulation = Simulation::shipped(entry.name).unwrap();
        if simulation.model().pictures.is_empty() {
            continue;
        }
        let run = simulation.run(&Default::default()).unwrap();
        for picture in &run.pictures {
            let strip = CellStrip::of(picture, &run.trajectory.events);
            out.push((format!("{} {}", entry.name, picture.name), strip));
        }
    }
    out
}

fn inside(scene: &Scene, shape: &Shape) -> bool {
    let fits = |x: f64, y: f64| {
        (-0.5..=scene.width + 0.5).contains(&x) && (-0.5..=scene.height + 0.5).contains(&y)
    };
    match shape {
        Shape::Path { points, .. } | Shape::Area { points, .. } => {
            points.iter().all(|p| fits(p.0, p.1))
        }
        Shape::Dot { at, radius, .. } => {
            fits(at.0 - radius, at.1 - radius) && fits(at.0 + radius, at.1 + radius)
        }
        Shape::Dots { at, radius, .. } => at
            .iter()
            .all(|p| fits(p.0 - radius, p.1 - radius) && fits(p.0 + radius, p.1 + radius)),
        Shape::Cells { boxes, .. } => boxes.iter().all(|b| fits(b[0], b[1]) && fits(b[2], b[3])),
        Shape::Strokes { lines, .. } => lines.iter().all(|(a, b)| fits(a.0, a.1) && fits(b.0, b.1)),
        text => text
            .text_box()
            .is_none_or(|b| fits(b[0], b[1]) && fits(b[2], b[3])),
    }
}

#[test]
fn shipped_pictures_are_to_one_scale_and_inside_their_frames() {
    let strips = strips();
    assert!(strips.len() >= 8, "{}", strips.len());
    for (name, strip) in &strips {
        assert!(
            (2..=6).contains(&strip.frames.len()),
            "{name}: {}",
            strip.frames.len()
        );
        let reach = strip.frames[0].reach;
        for frame in &strip.frames {
            assert_eq!(frame.reach, reach, "{name}: one scale");
        }
        for size in [Size::SLIDE, Size::PRINT] {
            let figure = Figure::Cells(strip.clone());
            drawn_well(name, &figure, figure.fitting(size), strip.frames.len());
        }
    }
}

/// All of it lies in the picture, each cell in its frame, and no words touch others. Gives the frames.
fn drawn_well(name: &str, figure: &Figure, size: Size, count: usize) -> Vec<[f64; 4]> {
    let scene = figure.layout(size);
    for shape in &scene.shapes {
        assert!(inside(&scene, shape), "{name}: {shape:?}");
    }
    // Frames are the first rectangles of their pictures; what is drawn of a cell lies in one of them.
    let frames: Vec<[f64; 4]> = scene
        .shapes
        .iter()
        .filter_map(|s| match s {
            Shape::Cells { boxes, .. } if boxes[0][2] - boxes[0][0] > 3.0 * size.text => {
                Some(boxes[0])
            }
            _ => None,
        })
        .collect();
    assert_eq!(frames.len(), count, "{name}");
    for points in areas(&scene) {
        let within = |f: &[f64; 4]| {
            points
                .iter()
                .all(|(x, y)| (f[0]..=f[2]).contains(x) && (f[1]..=f[3]).contains(y))
        };
        let outside = |f: &[f64; 4]| {
            let inside =
                |(x, y): &(f64, f64)| (f[0]..=f[2]).contains(x) && (f[1]..=f[3]).contains(y);
            !points.iter().any(inside)
        };
        // The arrow of the key, and the break of an axis beside the cells.
        let beside = points.len() <= 4 && frames.iter().all(outside);
        assert!(beside || frames.iter().any(within), "{name}: {points:?}");
    }
    // Words do not touch each other.
    let words: Vec<[f64; 4]> = scene.shapes.iter().filter_map(Shape::text_box).collect();
    for (i, a) in words.iter().enumerate() {
        for b in &words[..i] {
            let apart = a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];
            assert!(apart, "{name} at {}: {a:?} {b:?}", size.width);
        }
    }
    frames
}

/// The picture of a figure file.
fn figure(text: &str) -> Figure {
    let source = Source {
        name: "figure.toml".into(),
        text: text.into(),
    };
    let (figure, mistakes) = load_figure("figure", source);
    let plan = FigurePlan::new(figure, mistakes, &|file| Err(format!("no file {file}")));
    let plan = plan.unwrap_or_else(|e| panic!("{e}"));
    Figure::of(&plan.solve(1).unwrap_or_else(|e| panic!("{e}")))
}

/// Widths of the largest outline in each frame: those of the cells.
fn cells(figure: &Figure, size: Size, frames: &[[f64; 4]]) -> Vec<f64> {
    let scene = figure.layout(size);
    let widths = |f: &[f64; 4]| {
        let own = areas(&scene).into_iter().filter(|points| {
            let (x, y) = points[0];
            (f[0]..=f[2]).contains(&x) && (f[1]..=f[3]).contains(&y)
        });
        own.map(|points| extent(points).0).fold(0.0, f64::max)
    };
    frames.iter().map(widths).collect()
}

#[test]
fn a_figure_draws_cells_of_several_runs_to_one_scale() {
    let text = r#"
title = "One cell in three baths, and a plant cell"
model = "red-blood-cell"
columns = 2
[[chart]]
kind = "cells"
width = 2
heading = "at two times"
times = ["0 s", "4 s"]
compare = [
  { label = "a bath of half the osmolarity of plasma", set = { "plasma.osmolarity" = "145 mOsm" } },
  { label = "plasma", set = { "plasma.osmolarity" = "290 mOsm" } },
  { label = "twice", set = { "plasma.osmolarity" = "580 mOsm" } },
]
[[chart]]
y = ["cell.volume"]
[[chart]]
kind = "cells"
heading = "ends"
compare = [{ label = "plasmolysed", model = "plant-cell", set = { duration = "60 s" } }, { label = "back", model = "plant-cell" }]
"#;
    let figure = figure(text);
    for size in [Size::SLIDE, Size::PRINT] {
        let size = figure.fitting(size);
        let frames = drawn_well("three baths", &figure, size, 8);
        let widths = cells(&figure, size, &frames);
        // At the start they are the same cell; then the one swells into a sphere and the other one gets flatter.
        for start in [0, 2, 4] {
            assert!((widths[start] / widths[2] - 1.0).abs() < 1e-6, "{widths:?}");
        }
        assert!((widths[3] / widths[2] - 1.0).abs() < 1e-3, "{widths:?}");
        assert!(
            widths[1] < 0.95 * widths[2] && widths[5] > 1.05 * widths[2],
            "{widths:?}"
        );
        for frame in &frames {
            assert!(frame[3] - frame[1] > 5.0 * size.text, "{frame:?} is tiny");
        }
    }
    let words = figure.description();
    for part in [
        "at two times: Sections through 6 cells, all at one scale.",
        "plasma, a red cell from its side, 4 s, disc: no net flow, 90 µm³, cell 290 mOsm, bath 290 mOsm;",
        "plasmolysed, a walled cell, 60 s, plasmolysed: no net flow,",
        "between wall and protoplast",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    for theme in [Theme::Light, Theme::Dark] {
        let svg = figure.svg(figure.fitting(Size::SLIDE), theme).unwrap();
        assert!(svg.contains("Sections through 6 cells"), "{svg}");
        assert!(figure.png(figure.fitting(Size::PRINT), theme).is_ok());
        assert!(figure.pdf(figure.fitting(Size::PRINT), theme).is_ok());
    }
}

#[test]
fn arrows_of_several_runs_are_long_by_one_measure() {
    let figure = figure(
        r#"
title = "Fast and slow"
model = "red-blood-cell"
[[chart]]
kind = "cells"
times = ["0 s"]
compare = [{ label = "fast" }, { label = "slow", set = { Pf = "20 um/s" } }]
"#,
    );
    let Figure::Cells(strip) = &figure else {
        panic!("{figure:?}");
    };
    let flows: Vec<f64> = strip.frames.iter().map(|f| f.flow.unwrap()).collect();
    assert!(
        (flows[0] - 1.0).abs() < 1e-9 && (flows[1] - 0.1).abs() < 1e-9,
        "{flows:?}"
    );
}

#[test]
fn the_key_is_whole_in_a_narrow_column_and_names_the_arrows() {
    let of = |bath: &str| {
        figure(&format!(
            r#"
title = ""
model = "red-blood-cell"
[[chart]]
kind = "cells"
times = ["0 s", "0.5 s"]
set = {{ "plasma.osmolarity" = "{bath}" }}
"#
        ))
    };
    let words = |figure: &Figure, size: Size| -> Vec<String> {
        let scene = figure.layout(figure.fitting(size));
        let text = |shape: &Shape| match shape {
            Shape::Text { text, .. } => Some(text.clone()),
            _ => None,
        };
        scene.shapes.iter().filter_map(text).collect()
    };
    // A third of a slide, and a quarter.
    for width in [266.0, 200.0] {
        let narrow = Size {
            width,
            ..Size::SLIDE
        };
        let all = words(&of("145 mOsm"), narrow).join(" ");
        for entry in [
            "plasma membrane",
            "longer arrow: faster flow of water",
            "deeper shade: more concentrated",
        ] {
            assert!(all.contains(entry), "{entry}: {all}");
        }
    }
    let still = words(&of("290 mOsm"), Size::SLIDE).join(" ");
    assert!(!still.contains("flow of water"), "{still}");
}

#[test]
fn arrows_do_not_meet_in_a_thin_disc() {
    for bath in ["1000 mOsm", "400 mOsm", "0 mOsm"] {
        let figure = figure(&format!(
            r#"
title = "Thin"
model = "red-blood-cell"
[[chart]]
kind = "cells"
set = {{ "plasma.osmolarity" = "{bath}" }}
times = ["0 s", "0.02 s", "0.1 s"]
"#
        ));
        for size in [Size::SLIDE, Size::PRINT] {
            let scene = figure.layout(figure.fitting(size));
            // Heads are the only triangles.
            let heads: Vec<[f64; 4]> = (areas(&scene).into_iter())
                .filter(|points| points.len() == 3)
                .map(|points| {
                    let of = |pick: fn(&(f64, f64)) -> f64| {
                        let v = points.iter().map(pick);
                        (
                            v.clone().fold(f64::MAX, f64::min),
                            v.fold(f64::MIN, f64::max),
                        )
                    };
                    let ((left, right), (top, bottom)) = (of(|p| p.0), of(|p| p.1));
                    [left, top, right, bottom]
                })
                .collect();
            assert!(heads.len() >= 2, "{bath}: {heads:?}");
            for (i, a) in heads.iter().enumerate() {
                for b in &heads[..i] {
                    // One above the other are about a head apart.
                    let air = 0.8 * (a[3] - a[1]).min(b[3] - b[1]);
                    let beside = a[0] > b[2] + 1.0 || b[0] > a[2] + 1.0;
                    let apart = beside || a[1] > b[3] + air || b[1] > a[3] + air;
                    assert!(apart, "{bath}: {a:?} and {b:?}");
                }
            }
        }
    }
}

#[test]
fn vesicles_of_several_runs_are_of_one_size() {
    let figure = figure(
        r#"
title = "More and fewer vesicles"
model = "swelling-protoplast"
[[chart]]
kind = "cells"
times = ["0 s"]
compare = [{ label = "all" }, { label = "half", set = { reserve = "20 %" } }]
"#,
    );
    let Figure::Cells(strip) = &figure else {
        panic!("{figure:?}");
    };
    let vesicles: Vec<Vesicles> = strip.frames.iter().map(|f| f.vesicles.unwrap()).collect();
    assert_eq!(vesicles[0].diameter, vesicles[1].diameter);
    let share = vesicles[1].count as f64 / vesicles[0].count as f64;
    assert!((share - 0.5).abs() < 0.02, "{vesicles:?}");
}

#[test]
fn a_strip_tells_its_numbers_in_words() {
    let run = Simulation::shipped("red-blood-cell").unwrap();
    let run = run.run(&Default::default()).unwrap();
    let figure = Figure::Cells(CellStrip::of(&run.pictures[0], &run.trajectory.events));
    let words = figure.description();
    for part in [
        "all at one scale",
        "90 µm³",
        "endosmosis",
        "lysis",
        "cell 290 mOsm",
        "bath 100 mOsm",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let svg = figure
        .svg(figure.fitting(Size::SLIDE), Theme::Light)
        .unwrap();
    assert!(svg.contains("<title") && svg.contains("sphere"));
    assert_eq!(
        svg,
        figure
            .svg(figure.fitting(Size::SLIDE), Theme::Light)
            .unwrap()
    );
}

#[test]
fn frames_are_the_start_events_and_the_end() {
    let volume: Vec<f64> = (0..=100).map(|i| 100.0 + f64::from(i)).collect();
    let mut cell = data(CellShape::Sphere, &volume);
    cell.burst = Some("lysis".into());
    let strip = CellStrip::of(&cell, &[event("half_way", 50.0), event("lysis", 100.0)]);
    let times: Vec<&str> = strip.frames.iter().map(|f| f.time.as_str()).collect();
    assert_eq!((times[0], times[times.len() - 1]), ("0 s", "100 s"));
    assert!(times.contains(&"50 s"));
    let states: Vec<&str> = strip.frames.iter().map(|f| f.state.as_str()).collect();
    assert!(states.contains(&"half way") && states.last() == Some(&"lysis"));
    let open: Vec<bool> = strip.frames.iter().map(|f| f.open).collect();
    assert!(open[..open.len() - 1].iter().all(|open| !open) && open[open.len() - 1]);
    // Where nothing changes, start and end say it all.
    let still = data(CellShape::Sphere, &[90.0; 50]);
    assert_eq!(CellStrip::of(&still, &[]).frames.len(), 2);
}

#[test]
fn the_flow_of_water_has_its_name() {
    let mut cell = data(CellShape::Sphere, &[100.0; 3]);
    cell.flow = Some(Column {
        name: "flow".into(),
        unit: "µm³/s".into(),
        about: String::new(),
        values: vec![50.0, -20.0, 1e-9],
    });
    let moments = Moments::new(&cell, &[]);
    let first = |row: usize| moments.frame(row).lines[0].clone();
    assert_eq!(
        [first(0), first(1), first(2)],
        ["endosmosis", "exosmosis", "no net flow"]
    );
    // A flow that is nothing for this cell has no arrow, even if it is the strongest.
    cell.flow = Some(Column {
        values: vec![1e-12, -1e-12, 0.0],
        ..cell.flow.unwrap()
    });
    let moments = Moments::new(&cell, &[]);
    assert_eq!(moments.frame(0).lines[0], "no net flow");
}

#[test]
fn vesicles_have_their_membrane() {
    let run = Simulation::shipped("swelling-protoplast").unwrap();
    let run = run.run(&Default::default()).unwrap();
    let picture = &run.pictures[0];
    let all = picture.vesicles.as_ref().unwrap();
    let moments = Moments::new(picture, &run.trajectory.events);
    for row in [0, moments.len() / 2, moments.len() - 1] {
        let Vesicles {
            count, diameter, ..
        } = moments.frame(row).vesicles.unwrap();
        let of_one = PI * diameter * diameter;
        assert!((count as f64 * of_one - all.area[row]).abs() <= 0.51 * of_one);
    }
}

#[test]
fn nonsense_is_drawn_as_nothing() {
    let nonsense = [
        f64::NAN,
        -1.0,
        0.0,
        f64::INFINITY,
        1e300,
        1e-300,
        f64::NEG_INFINITY,
    ];
    let shapes = [
        CellShape::Disc,
        CellShape::Sphere,
        CellShape::Box { aspect: f64::NAN },
        CellShape::Box { aspect: 1.5 },
    ];
    for shape in shapes {
        for bad in nonsense {
            for good in [90.0, bad] {
                let mut cell = data(shape, &[good, bad, good]);
                let some = || Some(vec![bad; 3]);
                (cell.area, cell.wall, cell.vacuole) = (some(), some(), some());
                cell.vesicles = Some(osmocyte::trajectory::VesicleData {
                    area: vec![bad; 3],
                    diameter: some(),
                    fusing: some(),
                    retrieving: some(),
                });
                let column = || {
                    Some(Column {
                        name: String::new(),
                        unit: "mOsm".into(),
                        about: String::new(),
                        values: vec![bad; 3],
                    })
                };
                (cell.inside, cell.outside, cell.flow) = (column(), column(), column());
                let figure = Figure::Cells(CellStrip::of(&cell, &[event("lysis", bad)]));
                for size in [Size::SLIDE, Size::PRINT] {
                    let svg = figure.svg(figure.fitting(size), Theme::Dark).unwrap();
                    assert!(!svg.contains("NaN") && !svg.contains("inf\""));
                }
                let small = Size {
                    scale: 0.5,
                    ..figure.fitting(Size::PRINT)
                };
                figure.png(small, Theme::Light).unwrap();
                let frame: CellFrame = Moments::new(&cell, &[]).frame(1);
                cell_svg(&frame, Size::PRINT, Theme::Dark).unwrap();
            }
        }
    }
    let none = data(CellShape::Disc, &[]);
    assert!(Moments::new(&none, &[]).is_empty());
    assert!(CellStrip::of(&none, &[]).frames.is_empty());
    Figure::Cells(CellStrip::default())
        .svg(Size::PRINT, Theme::Light)
        .unwrap();
    let _ = Moments::new(&none, &[]).frame(7);
}

fn run(folder: &std::path::Path, model: &str, more: &[&str]) -> String {
    let mut command = assert_cmd::Command::cargo_bin("osmocyte").unwrap();
    let command = command.current_dir(folder).args(["run", model]).args(more);
    let output = command.assert().success().get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_run_draws_the_cell_and_removes_it_when_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("cell.toml");
    let picture = "[picture.portrait]\nshape = \"sphere\"\nvolume = \"cell.volume\"\n";
    std::fs::write(&model, format!("{CELL}{picture}")).unwrap();
    let there = |name: &str| folder.path().join("out/cell").join(name).exists();
    let said = run(folder.path(), "cell.toml", &[]);
    assert!(
        said.contains("portrait.svg") && said.contains("portrait.png"),
        "{said}"
    );
    assert!(there("portrait.svg") && there("portrait.png"));
    let card = std::fs::read_to_string(folder.path().join("out/cell/run.json")).unwrap();
    assert!(card.contains("portrait.svg"));
    let said = run(folder.path(), "cell.toml", &["--no-charts"]);
    assert!(!said.contains("portrait"), "{said}");
    assert!(!there("portrait.svg") && !there("portrait.png"));
    run(folder.path(), "cell.toml", &[]);
    std::fs::write(&model, CELL).unwrap();
    run(folder.path(), "cell.toml", &[]);
    assert!(!there("portrait.svg") && !there("portrait.png"));
}

#[test]
fn show_says_what_a_picture_is_drawn_from() {
    let folder = tempfile::tempdir().unwrap();
    for form in [&[][..], &["--markdown"], &["--json"]] {
        let mut command = assert_cmd::Command::cargo_bin("osmocyte").unwrap();
        let command = command.current_dir(folder.path());
        let output = command
            .args(["show", "plant-cell"])
            .args(form)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.to_lowercase().contains("pictures"), "{form:?}: {said}");
        for part in ["wall", "aspect", "The wall holds the turgid cell"] {
            assert!(said.contains(part), "{form:?}: {part}");
        }
    }
}
