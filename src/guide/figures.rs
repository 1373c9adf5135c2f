//! # Figure files
//!
//! A figure says one thing, by charts of one model or several, with a caption whose numbers come from the runs.
//! `osmocyte figure my-figure.toml` makes it: `my-figure.svg` and `.png` (`--pictures pdf` for papers, `--theme dark`,
//! `--size print`), `my-figure.csv` (the [numbers behind it](#the-numbers-behind-it), one row for each point), and `my-figure.md`
//! (title, caption, the text for those who can't see it, what the figure changes in the models, where their numbers are from). `osmocyte figure --list` names the shipped
//! ones, whose files are in `models/figures` of the source; the gallery in `docs` shows them.
//!
//! ## An example
//!
//! A red cell in water and in salt: as a picture, over time, and over all baths.
//!
//! ```
//! # let text = r#"
//! title   = "In pure water a red cell bursts after {burst}"
//! caption = """
//! Water enters until the membrane is taut and tears, {fold} times as fast as without aquaporin in it.
//! In salt of 600 mOsm the cell loses {lost} of its volume instead.
//! """
//! model   = "red-blood-cell"
//! columns = 2
//!
//! [number]
//! burst = { value = "lysis_time", model = "red-blood-cell@distilled-water", unit = "s" }
//! lost  = { value = "1 - end_volume/V0", model = "red-blood-cell@hypertonic", unit = "%" }
//!
//! [number.fold]                           # a ratio of two runs
//! value = "lysis_time"
//! model = "red-blood-cell@without-aquaporin"
//! set   = { "plasma.osmolarity" = "0 mOsm" }
//! over  = { model = "red-blood-cell@distilled-water" }
//!
//! [[chart]]
//! kind    = "cells"                       # the cell to scale, at times of each run
//! width   = 2
//! heading = "Before and after"
//! times   = ["0 s", "0.7 s"]
//! compare = [
//!   { label = "in water", variant = "distilled-water" },
//!   { label = "in salt", variant = "hypertonic" },
//! ]
//!
//! [[chart]]
//! heading = "Over time"                   # of kind "lines"
//! y       = [{ value = "cell.volume", label = "cell volume", unit = "um^3" }]
//! x_max   = "3 s"
//! bands   = [{ from = "0 um^3", to = "90 um^3", label = "less than in plasma" }]
//! compare = [
//!   { label = "in water", variant = "distilled-water" },
//!   { label = "in salt", variant = "hypertonic" },
//! ]
//!
//! [[chart]]
//! kind    = "scan"
//! heading = "Over all baths"
//! vary    = { "plasma.osmolarity" = "0..100 mOsm 21" }
//! y       = [{ value = "lysis_time", label = "time until it bursts", unit = "s" }]
//! # "#;
//! # use osmocyte::diagnostic::Source;
//! # use osmocyte::model::figure::load_figure;
//! # use osmocyte::study::figure::{FigurePlan, table};
//! # let source = Source { name: "my-figure.toml".into(), text: text.into() };
//! # let (figure, mistakes) = load_figure("my-figure", source);
//! # let plan = FigurePlan::new(figure, mistakes, &|_| Err("no file is named".into()))?;
//! # let data = plan.solve(1).unwrap();
//! # assert_eq!(data.title, "In pure water a red cell bursts after 0.73 s");
//! # assert!(data.caption.contains("10 times as fast"), "{}", data.caption);
//! # assert!(data.caption.contains("loses 31 % of"), "{}", data.caption);
//! # assert_eq!(data.plots.len(), 3);
//! # assert!(table(&data).n_rows() > 50);
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! ## The file
//!
//! | Key | Meaning |
//! |---|---|
//! | `title` | the message, as a sentence |
//! | `caption` | what is to be seen, in Markdown |
//! | `model` | what runs where nothing else is said: `name` or `name@variant` of a shipped model, or the path of a model file beside the figure |
//! | `columns` | charts side by side, up to 6; as many as look well unless given |
//! | `[number]` | numbers for the texts |
//! | `[[chart]]` | the charts, row after row |
//!
//! `{name}` in any text of the file (title, caption, `heading`, `label`, `text`) is the number of that name, written with
//! its unit. A number is an outcome in the language of models, or a table:
//!
//! | Key of a number | Meaning |
//! |---|---|
//! | `value` | an outcome of the model, or an expression of outcomes: `"max(cell.volume)"` |
//! | `model`, `set` | what runs for it |
//! | `over` | a table of `model` and `set`: what runs for the number that it is divided by |
//! | `unit`, `digits` | in which it is written, and to how many significant digits: 2 unless given |
//! | `bare` | `true`: without its unit |
//!
//! ## Charts
//!
//! | `kind` | Shows | One run gives |
//! |---|---|---|
//! | `"lines"` | quantities over time, or over another one (`x`); the kind unless given | a curve for each `y` |
//! | `"scan"` | outcomes over one parameter that is varied (`vary`), or over another outcome (`x`) | a point of each curve |
//! | `"map"` | an outcome over two parameters that are varied | a point |
//! | `"bars"` | outcomes side by side | a group of bars |
//! | `"stairs"` | outcomes as levels along a path, from the first `y` to the last | a staircase |
//! | `"cells"` | the cell of a model that has a [picture](super#pictures-of-the-cell), to scale | a cell for each of `times` |
//!
//! All kinds have:
//!
//! | Key | Meaning |
//! |---|---|
//! | `heading` | a line above the chart |
//! | `width` | columns that it takes; 1 unless given |
//! | `model`, `set` | what runs: a table of settings as those of `--set` |
//! | `compare` | several runs in one chart |
//!
//! A run of `compare` has a `label`, and `model` or `variant` where it is another one; its own `set` comes behind that of the
//! chart. `x` and `y` stand in where its names are other ones. A map compares nothing. Runs that are the same are made once.
//!
//! | Key of all kinds but cells | Meaning |
//! |---|---|
//! | `y` | what is shown: expressions, or tables of `value`, `label`, `unit`, `quantity`. Lines take quantities of the model, all others outcomes |
//! | `x` | the same for the horizontal axis of lines and scans |
//! | `vary` | of scans and maps: parameters with their values, as in a [study](super#studies) |
//! | `thresholds` | levels: tables of `value` and `label`. Of lines the value may be an expression of parameters |
//! | `bands` | of lines and scans, strips that mean something: tables of `from`, `to`, `label`, and of `axis`, which is `"x"` for upright ones |
//! | `notes` | of lines and scans, words at a place: tables of `x`, `y`, `text` |
//! | `x_min`, `x_max`, `y_min`, `y_max` | ends of the axes |
//! | `log_x`, `log_y` | `true`: logarithmic axes |
//! | `events` | of lines; `false`: no marks at the events of the runs |
//! | `absent` | of maps: what there is where the outcome does not exist, e.g. `"no lysis"` |
//! | `steps` | of stairs, in a run of `compare`: words for the steps from level to level |
//!
//! ### Cells
//!
//! | Key | Meaning |
//! |---|---|
//! | `times` | when the cell is drawn: up to 12 times within the run. Without it one run is drawn when it tells most (its start, events, its end, and where it changes), and each of several at its end |
//! | `picture` | name of the picture, also in a run of `compare`; the first one of the model unless given |
//!
//! All cells of a chart are drawn to one scale. So are the arrows of their flows, and one shade of blue is one concentration:
//! cells known by their osmolarity and by their osmotic pressure can't be compared. What is drawn at a jump is what is
//! there behind it. The CSV file has volume, area, concentrations, flow and pressure of each cell.
//!
//! ## The numbers behind it
//!
//! A row of `my-figure.csv` is a point, in the units of the axes:
//!
//! | Column | Meaning |
//! |---|---|
//! | `panel` | number of the chart, from 1 on |
//! | `curve` | name of the curve, of the run, or of the level or band |
//! | `kind` | `point`; `level` for one of `thresholds`, whose x is empty, as it is the same for all; `band` for each of the two ends of one of `bands`, with x or y alone |
//! | `x_quantity`, `x_unit`, `x` | what is on the horizontal axis; where that has names instead of numbers, they stand in `place` |
//! | `y_quantity`, `y_unit`, `y` | what is on the vertical axis |
//! | `z_quantity`, `z_unit`, `z` | what a map shows there; empty where the outcome does not exist |
//!
//! All of them are numbers of the runs. Of curves with more than 100 points there are those between which the curve is straight
//! to a 2000th of the axis; of maps with more than 1000 points every second, third … column and row.
