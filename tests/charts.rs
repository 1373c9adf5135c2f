//! Charts: well-formed, complete, nothing overlaps, and no data that break them.
#![cfg(feature = "charts")]

use osmocyte::output::chart::layout::layout;
use osmocyte::output::chart::scene::{Anchor, Scene, Shape};
use osmocyte::output::chart::ticks::{Scale, steps};
use osmocyte::output::chart::{labels, *};
use proptest::prelude::*;

fn render_svg(chart: &Chart, size: Size) -> Result<String, ChartError> {
    Figure::Lines(chart.clone()).svg(size, Theme::Light)
}

fn render_png(chart: &Chart, size: Size) -> Result<Vec<u8>, ChartError> {
    Figure::Lines(chart.clone()).png(size, Theme::Light)
}

fn series(label: &str, n: usize, f: impl Fn(f64) -> f64) -> Series {
    let x = (0..=n).map(|i| i as f64 / n as f64);
    Series {
        label: label.into(),
        points: x.map(|x| (x, f(x))).collect(),
        ..Series::default()
    }
}

fn cell() -> Chart {
    Chart {
        title: "Water flows in <until> \"the\" membrane & wall are taut\u{7}".into(),
        subtitle: "moved from 290 mOsm to water".into(),
        x: Axis::new("time", "s"),
        panels: vec![
            Panel {
                y: Axis::new("cell volume", "µm³"),
                series: vec![series("a < b", 200, |t| 90.0 + 64.0 * t)],
                thresholds: vec![Threshold {
                    value: 90.0,
                    label: "isotonic".into(),
                }],
                ..Panel::default()
            },
            Panel {
                y: Axis::new("tension", "mN/m"),
                series: vec![series("", 200, |t| (t - 0.5).max(0.0))],
                ..Panel::default()
            },
        ],
        marks: vec![Mark {
            x: 0.5,
            label: "sphere".into(),
        }],
        ..Chart::default()
    }
}

fn one(series: Vec<Series>) -> Chart {
    Chart {
        x: Axis::new("time", "s"),
        panels: vec![Panel {
            y: Axis::new("height", "m"),
            series,
            ..Panel::default()
        }],
        ..Chart::default()
    }
}

fn texts(scene: &Scene) -> Vec<&str> {
    let mut out = Vec::new();
    for shape in &scene.shapes {
        if let Shape::Text { text, .. } = shape {
            out.push(text.as_str());
        }
    }
    out
}

#[test]
fn svg_is_well_formed_and_readable() {
    let svg = render_svg(&cell(), Size::SLIDE).unwrap();
    let xml = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let root = xml.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    assert_eq!(root.attribute("viewBox"), Some("0 0 800 450"));
    let mut elements = root.children().filter(|n| n.is_element());
    let (title, desc) = (elements.next().unwrap(), elements.next().unwrap());
    assert_eq!(
        (title.tag_name().name(), desc.tag_name().name()),
        ("title", "desc")
    );
    assert_eq!(
        title.text(),
        Some("Water flows in <until> \"the\" membrane & wall are taut ")
    );
    assert!(desc.text().unwrap().contains("a < b from 90 to 154"));
    let ids: Vec<_> = root
        .attribute("aria-labelledby")
        .unwrap()
        .split(' ')
        .collect();
    assert_eq!(
        ids,
        [
            title.attribute("id").unwrap(),
            desc.attribute("id").unwrap()
        ]
    );
    let words: Vec<_> = root
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .filter_map(|n| n.text())
        .collect();
    for word in [
        "cell volume [µm³]",
        "tension [mN/m]",
        "time [s]",
        "a < b",
        "isotonic",
        "sphere",
    ] {
        assert!(words.contains(&word), "{word} is missing among {words:?}");
    }
}

#[test]
fn png_has_its_size_and_is_not_blank() {
    let bytes = render_png(&cell(), Size::SLIDE).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (1600, 900));
    let n = pixels.len() / 3;
    let count = |is: &dyn Fn(&[u8]) -> bool| pixels.chunks(3).filter(|p| is(p)).count();
    let white = count(&|p| p == [255, 255, 255]);
    assert!(
        white > n / 2 && white < n * 98 / 100,
        "{white} of {n} pixels are white"
    );
    // The curves are there in their colours, the words in theirs.
    assert!(count(&|p| p == [0x00, 0x72, 0xb2]) > 1000);
    assert!(count(&|p| p == [0xd5, 0x5e, 0x00]) > 1000);
    assert!(count(&|p| p == [0x1a, 0x1a, 0x1a]) > 1000);
}

#[test]
fn same_chart_same_bytes() {
    assert_eq!(
        render_svg(&cell(), Size::PRINT),
        render_svg(&cell(), Size::PRINT)
    );
    assert_eq!(
        render_png(&cell(), Size::PRINT),
        render_png(&cell(), Size::PRINT)
    );
}

#[test]
fn a_hundred_thousand_points_stay_small() {
    let noise = one(vec![series("noise", 100_000, |t| (t * 1e6).sin())]);
    let svg = render_svg(&noise, Size::SLIDE).unwrap();
    assert!(svg.len() < 100_000, "{} bytes", svg.len());
    let line = one(vec![series("line", 100_000, |t| t)]);
    let svg = render_svg(&line, Size::SLIDE).unwrap();
    assert!(svg.len() < 8_000, "{} bytes", svg.len());
}

#[test]
fn dashes_are_one_path() {
    let curves = (0..3).map(|i| series(&format!("curve {i}"), 200, move |t| t * f64::from(i)));
    let svg = render_svg(&one(curves.collect()), Size::SLIDE).unwrap();
    assert_eq!(svg.matches("stroke-dasharray").count(), 2);
}

#[test]
fn missing_data_say_so() {
    let nan = series("gone", 9, |_| f64::NAN);
    assert!(
        texts(&layout(&one(vec![nan.clone()]), Size::SLIDE))
            .contains(&"no data: not one finite value")
    );
    assert!(texts(&layout(&one(vec![]), Size::SLIDE)).contains(&"no data"));
    assert!(texts(&layout(&Chart::default(), Size::SLIDE)).contains(&"nothing to draw"));
    let both = one(vec![nan, series("here", 9, |t| t)]);
    assert!(texts(&layout(&both, Size::SLIDE)).contains(&"gone (no data)"));
}

#[test]
fn far_levels_are_named_with_an_arrow() {
    let mut chart = cell();
    chart.panels[0].thresholds[0].value = 9000.0;
    assert!(texts(&layout(&chart, Size::SLIDE)).contains(&"isotonic ↑ 9000"));
}

#[test]
fn names_of_far_levels_end_inside_the_picture() {
    for label in [
        "membrane available",
        "membrane that is available to all of the phagosomes together",
        "",
    ] {
        let mut chart = cell();
        chart.panels[0].thresholds[0] = Threshold {
            value: -408.0,
            label: label.into(),
        };
        for size in [Size::SLIDE, Size::PRINT] {
            let scene = layout(&chart, size);
            let ends = scene.shapes.iter().filter_map(|s| s.text_box());
            assert!(
                ends.clone().all(|b| b[2] < size.width - 0.5 * size.text),
                "{label}: {ends:?}"
            );
            // The value is never what is left out.
            let told = texts(&scene).iter().any(|t| t.ends_with("↓ −408"));
            assert_eq!(told, !label.is_empty(), "{:?}", texts(&scene));
        }
    }
}

/// What stands above the first panel, and the numbers of its axis from below.
fn axis(chart: &Chart) -> (String, Vec<String>) {
    let scene = layout(chart, Size::SLIDE);
    let mut numbers = Vec::new();
    for shape in &scene.shapes {
        if let Shape::Text { text, anchor, .. } = shape
            && *anchor == Anchor::End
        {
            numbers.push(text.clone());
        }
    }
    let texts = texts(&scene);
    let name = texts.iter().find(|t| t.starts_with("height"));
    (name.unwrap().to_string(), numbers)
}

#[test]
fn a_log_axis_has_no_more_decades_than_it_may() {
    let growth = |decades| {
        let mut chart = one(vec![series("", 100, |t| 1e-25 * 10f64.powf(27.0 * t))]);
        chart.panels[0].y.log = true;
        chart.panels[0].y.decades = decades;
        chart
    };
    let (name, numbers) = axis(&growth(Some(8.0)));
    assert_eq!(name, "height [m], below 10⁻⁶ not shown");
    assert_eq!(
        (&*numbers[0], &*numbers[numbers.len() - 1]),
        ("10⁻⁶", "10²")
    );
    let (name, numbers) = axis(&growth(None));
    assert_eq!((&*name, &*numbers[0]), ("height [m]", "10⁻²⁵"));
    // A level far below does not bring the decades back; limits do.
    let mut chart = growth(Some(8.0));
    chart.panels[0].thresholds.push(Threshold {
        value: 1e-12,
        label: "noise".into(),
    });
    assert_eq!(axis(&chart).1[0], "10⁻⁶");
    chart.panels[0].y.limits.0 = Some(1e-10);
    let (name, numbers) = axis(&chart);
    assert_eq!((&*name, &*numbers[0]), ("height [m]", "10⁻¹⁰"));
}

#[test]
fn limits_stand_in_for_the_ends_of_the_data() {
    let mut chart = one(vec![series("", 100, |t| 3.0 + t)]);
    let ends = |chart: &Chart| {
        let numbers = axis(chart).1;
        (numbers[0].clone(), numbers[numbers.len() - 1].clone())
    };
    let text = |a: &str, b: &str| (a.to_string(), b.to_string());
    chart.panels[0].y.limits = (Some(0.0), Some(10.0));
    assert_eq!(ends(&chart), text("0", "10"));
    chart.panels[0].y.limits = (Some(0.0), None);
    assert_eq!(ends(&chart), text("0", "4"));
    // Beyond all data.
    chart.panels[0].y.limits = (Some(50.0), None);
    assert_eq!(ends(&chart), text("50", "100"));
}

/// The panels of the charts of a run.
fn panels(charts: &str) -> Vec<osmocyte::trajectory::PanelData> {
    let model = format!(
        r#"
        [parameters]
        n0 = 50
        a = "2 fF/s"
        [state.x]
        initial = 1
        rate = "-x*0.1 1/s"
        [let]
        half = "x/2"
        many = "n0*x"
        more = {{ value = "n0*x + 1", about = "granules" }}
        size = {{ value = "1 + x", about = "volume, relative to the start" }}
        c1 = "a*x"
        c2 = "a*(1 - x)"
        [experiment]
        duration = "10 s"
        {charts}"#
    );
    let simulation = osmocyte::Simulation::from_text("model", &model).unwrap();
    let run = simulation.run(&Default::default()).unwrap();
    run.charts.into_iter().flat_map(|c| c.panels).collect()
}

#[test]
fn axes_of_plain_numbers_have_names() {
    for (y, name) in [
        (r#"["x", "half"]"#, "fraction"),
        (r#"["many", "more"]"#, "number"),
        (r#"["size", "x"]"#, "relative value"),
        (r#"[{ value = "x", unit = "%" }, "half"]"#, "fraction"),
        (
            r#"["x", { value = "half", quantity = "occupancy" }]"#,
            "occupancy",
        ),
        (r#"["c1", "c2"]"#, "capacitance per time"),
        (r#"["many"]"#, "many"),
    ] {
        assert_eq!(panels(&format!("[[chart]]\ny = {y}"))[0].label, name, "{y}");
    }
}

#[test]
fn an_axis_ends_where_the_file_says() {
    let found = panels("[[chart]]\ny = [\"c1\", \"x\"]\ny_min = 0\ny_max = \"0.005 pF/s\"");
    assert_eq!(found[0].limits, (Some(0.0), Some(0.005)));
    assert_eq!(found[1].limits, (Some(0.0), None));
    let text = "[experiment]\nduration = \"1 s\"\n[state.x]\ninitial = 1\nrate = \"0 1/s\"\n[[chart]]\ny = [\"x\"]\ny_max = \"1 s\"";
    let error = osmocyte::Simulation::from_text("model", text)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`y_max` has no panel"), "{error}");
}

#[test]
fn sizes_without_sense_are_refused() {
    for width in [0.0, -5.0, f64::NAN, f64::INFINITY, 1e9] {
        let size = Size {
            width,
            ..Size::SLIDE
        };
        assert!(
            matches!(render_svg(&cell(), size), Err(ChartError::Size(_))),
            "{width}"
        );
        assert!(render_png(&cell(), size).is_err());
    }
}

#[test]
fn other_backends_of_plotters_draw_it_too() {
    let mut text = String::new();
    {
        let mut backend = plotters::backend::SVGBackend::with_string(&mut text, (800, 450));
        let figure = Figure::Lines(cell());
        figure.draw_on(Size::SLIDE, &mut backend).unwrap();
    }
    assert!(text.contains("cell volume [µm³]"));
}

/// A number as a solver may produce it, ordinary or not.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -100.0..100.0f64,
        1 => (-300.0..300.0f64).prop_map(|e| 10f64.powf(e)),
        1 => prop::sample::select(vec![
            0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, 1e-300, -1e300,
        ]),
    ]
}

fn any_axis() -> impl Strategy<Value = Axis> {
    let range = prop::option::weighted(0.2, (any_value(), any_value()));
    let limit = || prop::option::weighted(0.2, any_value());
    let decades = prop::option::weighted(0.3, 1.0..12.0f64);
    (any::<bool>(), range, (limit(), limit()), decades).prop_map(|(log, range, limits, decades)| {
        Axis {
            log,
            range,
            limits,
            decades,
            ..Axis::new("quantity", "mol")
        }
    })
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let points = prop::collection::vec((any_value(), any_value()), 0..12);
    let line = ("[a-mα-ω <&]{0,30}", points).prop_map(|(label, points)| Series {
        label,
        points,
        ..Series::default()
    });
    let level = (any_value(), "[a-m ]{0,20}").prop_map(|(value, label)| Threshold { value, label });
    let panel = (
        any_axis(),
        prop::collection::vec(line, 0..12),
        prop::collection::vec(level, 0..4),
    )
        .prop_map(|(y, series, thresholds)| Panel {
            y,
            series,
            thresholds,
            ..Panel::default()
        });
    let mark = (any_value(), "[a-m ]{0,30}").prop_map(|(x, label)| Mark { x, label });
    (
        "[a-m ]{0,200}",
        any_axis(),
        prop::collection::vec(panel, 0..5),
        prop::collection::vec(mark, 0..20),
    )
        .prop_map(|(title, x, panels, marks)| Chart {
            title,
            x,
            panels,
            marks,
            ..Chart::default()
        })
}

/// Pairs of words that lie on one another.
fn overlaps(scene: &Scene) -> Vec<String> {
    let boxes: Vec<(&str, [f64; 4])> = scene
        .shapes
        .iter()
        .filter_map(|shape| match (shape, shape.text_box()) {
            (Shape::Text { text, .. }, Some(b)) if !text.is_empty() => Some((text.as_str(), b)),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    for (i, (a, p)) in boxes.iter().enumerate() {
        for (b, q) in &boxes[..i] {
            // A hair of descender on ascender is not an overlap of letters.
            let wide = p[2].min(q[2]) - p[0].max(q[0]);
            let high = p[3].min(q[3]) - p[1].max(q[1]);
            if wide > 0.5 && high > 0.25 * (p[3] - p[1]) {
                out.push(format!("`{a}` {p:?} on `{b}` {q:?}"));
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_data_there_is_a_picture(chart in any_chart()) {
        let svg = render_svg(&chart, Size::SLIDE).unwrap();
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf "), "{svg}");
        roxmltree::Document::parse(&svg).unwrap();
        let small = Size { scale: 0.5, ..Size::PRINT };
        prop_assert!(render_png(&chart, small).unwrap().len() > 100);
    }

    #[test]
    fn words_never_lie_on_words(chart in any_chart()) {
        // As many panels as the picture is tall for.
        let size = Size::SLIDE.fitting(chart.panels.len());
        let found = overlaps(&layout(&chart, size));
        prop_assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn no_word_leaves_the_picture(chart in any_chart()) {
        for size in [Size::SLIDE, Size::PRINT] {
            let size = size.fitting(chart.panels.len());
            for shape in layout(&chart, size).shapes {
                let Some([left, _, right, _]) = shape.text_box() else { continue };
                prop_assert!(left >= 0.0 && right <= size.width, "{left} to {right} of {}: {shape:?}", size.width);
            }
        }
    }

    #[test]
    fn ticks_cover_and_ascend(lo in -1e3..1e3f64, exponent in -5.0..4.0f64, wanted in 3usize..8) {
        let hi = lo + 10f64.powf(exponent);
        let ticks = steps(lo, hi, wanted).values();
        prop_assert!((3..=10).contains(&ticks.len()), "{ticks:?}");
        prop_assert!(ticks.windows(2).all(|w| w[0] < w[1]), "{ticks:?}");
        let hair = 1e-5 * (hi - lo);
        prop_assert!(ticks[0] <= lo + hair && ticks[ticks.len() - 1] >= hi - hair, "{lo} {hi}: {ticks:?}");
        // No more than a step is wasted at either end.
        let step = ticks[1] - ticks[0];
        prop_assert!(ticks[1] > lo - hair && lo - ticks[0] < step * 1.001);
    }

    #[test]
    fn scales_cover_the_data_with_ticks(lo in -300.0..300.0f64, span in 0.0..300.0f64, log in any::<bool>()) {
        let ends = (10f64.powf(lo), 10f64.powf((lo + span).min(305.0)));
        let scale = Scale::new(&Axis { log, ..Axis::default() }, Some(ends), 6).unwrap();
        let at: Vec<f64> = scale.ticks.iter().map(|t| t.at).collect();
        prop_assert!((2..=11).contains(&at.len()), "{at:?}");
        let inside = |at: &f64| (-1e-9..=1.0 + 1e-9).contains(at);
        prop_assert!(at.iter().all(inside), "{at:?}");
        prop_assert!(log || at[0].abs() < 1e-9 && (at[at.len() - 1] - 1.0).abs() < 1e-9, "{at:?}");
        prop_assert!(at.windows(2).all(|w| w[0] < w[1]));
        for value in [ends.0, ends.1] {
            prop_assert!((-1e-6..=1.0 + 1e-6).contains(&scale.at(value)), "{value} at {}", scale.at(value));
        }
        let mut labels: Vec<_> = scale.ticks.iter().map(|t| &t.label).collect();
        labels.dedup();
        prop_assert_eq!(labels.len(), at.len(), "two ticks with one number");
    }

    #[test]
    fn a_low_axis_has_few_even_ticks(lo in -1e3..1e3f64, exponent in -3.0..4.0f64, least in 0.05..0.5f64) {
        let ends = (lo, lo + 10f64.powf(exponent));
        let scale = Scale::new(&Axis::default(), Some(ends), 6).unwrap().spaced(least);
        let at: Vec<f64> = scale.ticks.iter().map(|t| t.at).collect();
        let gaps: Vec<f64> = at.windows(2).map(|w| w[1] - w[0]).collect();
        prop_assert!(!gaps.is_empty() && gaps.iter().all(|gap| *gap >= least - 1e-9), "{at:?}");
        prop_assert!(gaps.iter().all(|gap| (gap - gaps[0]).abs() < 1e-6), "{at:?}");
        prop_assert!(scale.ticks.iter().all(|t| !t.label.is_empty()));
    }

    #[test]
    fn spread_names_never_overlap(wanted in prop::collection::vec((-20.0..120.0f64, 1.0..9.0f64), 0..14)) {
        let centres = labels::spread(&wanted, 0.0, 100.0);
        let total: f64 = wanted.iter().map(|w| w.1).sum();
        let mut spans: Vec<(f64, f64)> =
            wanted.iter().zip(&centres).map(|(w, c)| (c - w.1 / 2.0, c + w.1 / 2.0)).collect();
        for (i, a) in spans.iter().enumerate() {
            for (j, b) in spans.iter().enumerate() {
                if wanted[i].0 < wanted[j].0 {
                    prop_assert!(a.1 <= b.0 + 1e-9, "{a:?} {b:?} out of order or overlapping");
                }
            }
        }
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let (Some(first), Some(last)) = (spans.first(), spans.last()) {
            prop_assert!(first.0 >= -1e-9);
            prop_assert!(total > 100.0 || last.1 <= 100.0 + 1e-9);
        }
    }
}

#[test]
fn markers_stand_at_the_points() {
    let mut marked = series("a", 4, |x| x);
    marked.markers = Markers::Each;
    let with = |series: Vec<Series>| Chart {
        panels: vec![Panel {
            series,
            ..Panel::default()
        }],
        ..Chart::default()
    };
    let dots = |chart: &Chart| {
        let svg = render_svg(chart, Size::SLIDE).unwrap();
        svg.matches("<circle").count()
    };
    // Five discs, and no sixth at the end of the curve; the second curve has hollow squares.
    assert_eq!(dots(&with(vec![marked.clone()])), 5);
    let other = Series {
        label: "b".into(),
        ..marked.clone()
    };
    // Each name has the mark of its curve before it.
    assert_eq!(dots(&with(vec![marked, other])), 12);
}

/// Left and right end of every full line of a colour.
fn full_lines(scene: &Scene, of: palette::Rgb) -> Vec<(f64, f64)> {
    let mut out = Vec::new();
    for shape in &scene.shapes {
        if let Shape::Path {
            points,
            color,
            dash,
            ..
        } = shape
            && *color == of
            && dash.is_empty()
        {
            let x = points.iter().map(|p| p.0);
            let ends = (
                x.clone().fold(f64::MAX, f64::min),
                x.fold(f64::MIN, f64::max),
            );
            out.push(ends);
        }
    }
    out
}

#[test]
fn no_leader_crosses_the_plot() {
    let blue = palette::color(0).line;
    // The curve ends at the left: its name goes to where it began.
    let mut back = series("back", 50, |t| t);
    back.points.reverse();
    let scene = layout(&one(vec![back]), Size::SLIDE);
    let lines = full_lines(&scene, blue);
    let name = scene.shapes.iter().find_map(|shape| match shape {
        Shape::Text { text, at, .. } if text == "back" => Some(at.1),
        _ => None,
    });
    assert!(name.unwrap() < 100.0, "{name:?}");
    assert!(
        lines.iter().filter(|l| l.1 - l.0 > 50.0).count() == 1,
        "{lines:?}"
    );
    // It ends in the middle: its name stands there, or the way to it is dotted and not in its colour.
    let half = series("half", 50, |t| if t < 0.5 { t } else { f64::NAN });
    for (other, in_plot) in [(0.1, true), (1.0, false)] {
        let whole = series("whole", 50, |t| other * (1.0 - t));
        let scene = layout(&one(vec![half.clone(), whole]), Size::SLIDE);
        let name = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Text { text, .. } if text == "half" => shape.text_box(),
            _ => None,
        });
        let middle = name.map(|b| (b[0] + b[2]) / 2.0).unwrap();
        assert_eq!((250.0..550.0).contains(&middle), in_plot, "{middle}");
        let lines = full_lines(&scene, blue);
        assert!(
            lines.iter().filter(|l| l.1 - l.0 > 50.0).count() == 1,
            "{lines:?}"
        );
    }
}

fn labels_of(scale: Scale) -> String {
    let labels: Vec<String> = scale.ticks.into_iter().map(|t| t.label).collect();
    labels.join(" ")
}

#[test]
fn a_low_panel_keeps_the_numbers_that_matter() {
    for (lo, hi, expected) in [
        (-8.0, 65.0, "0 20 40 60"),
        (-9.0, 115.0, "0 50 100"),
        (0.95, 1.49, "1.0 1.2 1.4"),
        (-0.745, -0.37, "−0.7 −0.6 −0.5 −0.4"),
        (-1.2e-7, 8e-7, "0 5×10⁻⁷"),
    ] {
        let scale = Scale::new(&Axis::default(), Some((lo, hi)), 6).unwrap();
        assert_eq!(labels_of(scale.spaced(0.22)), expected, "{lo} to {hi}");
    }
    let log = Axis {
        log: true,
        ..Axis::default()
    };
    let low = |lo, hi| labels_of(Scale::new(&log, Some((lo, hi)), 6).unwrap().spaced(0.3));
    assert_eq!(low(1.0, 100.0), "1 10 100");
    assert_eq!(low(1e-8, 10.0), "10⁻⁵ 10⁰");
}

#[test]
fn a_log_axis_does_not_end_a_decade_beyond_its_data() {
    let log = Axis {
        log: true,
        ..Axis::default()
    };
    let scale = Scale::new(&log, Some((0.5, 600.0)), 6).unwrap();
    assert!(scale.at(0.5).abs() < 1e-9);
    assert!(scale.at(600.0) > 0.9);
    assert_eq!(labels_of(scale), "1 10 100 1000");
    // Where numbers are cut, the axis still says at which.
    let mut chart = one(vec![series("", 100, |t| 3e-25 * 10f64.powf(27.0 * t))]);
    chart.panels[0].y.log = true;
    chart.panels[0].y.decades = Some(4.0);
    assert_eq!(axis(&chart).0, "height [m], below 0.02 not shown");
}

#[test]
fn nothing_lies_on_the_axis() {
    let corner = |scene: &Scene| {
        let axes = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Path { points, color, .. } if *color == palette::SOFT && points.len() == 3 => {
                Some((points[0].1, points[1].1))
            }
            _ => None,
        });
        axes.unwrap()
    };
    // Heights of the first of the level stretches of a colour.
    let level = |scene: &Scene, of: palette::Rgb| {
        let found = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Path { points, color, .. } if *color == of => Some(points[0].1),
            _ => None,
        });
        found.unwrap()
    };
    let mut chart = one(vec![series("", 100, |t| t)]);
    for value in [0.0, 1.0] {
        chart.panels[0].thresholds = vec![Threshold {
            value,
            label: "level".into(),
        }];
        let scene = layout(&chart, Size::SLIDE);
        let (top, bottom) = corner(&scene);
        let at = level(&scene, palette::FAINT);
        assert!(at - top > 5.0 && bottom - at > 5.0, "{top} {at} {bottom}");
    }
    let flat = one(vec![series("", 100, |t| (t - 0.5).max(0.0))]);
    let scene = layout(&flat, Size::SLIDE);
    assert!(corner(&scene).1 - level(&scene, palette::color(0).line) > 5.0);
    // What only touches the end needs no room.
    let scene = layout(&one(vec![series("", 100, |t| t)]), Size::SLIDE);
    assert!(corner(&scene).1 - level(&scene, palette::color(0).line) < 0.1);
}

#[test]
fn nothing_at_all_is_drawn_from_zero_upwards() {
    let mut chart = one(vec![series("", 100, |_| 0.0)]);
    let ends = |chart: &Chart| {
        let numbers = axis(chart).1;
        (numbers[0].clone(), numbers[numbers.len() - 1].clone())
    };
    assert_eq!(ends(&chart), ("0".into(), "1.0".into()));
    chart.panels[0].thresholds = vec![Threshold {
        value: 8.6,
        label: "lytic tension".into(),
    }];
    assert_eq!(ends(&chart), ("0".into(), "10".into()));
    assert!(texts(&layout(&chart, Size::SLIDE)).contains(&"lytic tension"));
}

#[test]
fn far_curves_are_named_with_an_arrow() {
    let mut chart = one(vec![
        series("seen", 100, |t| 3.0 + t),
        series("deep", 100, |t| 0.5 * t),
    ]);
    chart.panels[0].y.limits.0 = Some(2.0);
    let scene = layout(&chart, Size::SLIDE);
    assert!(texts(&scene).contains(&"deep ↓ 0.5"), "{:?}", texts(&scene));
    assert!(texts(&scene).contains(&"seen"));
    chart.panels[0].y.limits = (Some(0.0), Some(1.0));
    assert!(texts(&layout(&chart, Size::SLIDE)).contains(&"seen ↑ 4"));
}
