//! # How to write a model
//!
//! A model is a TOML file. This page builds one from nothing, then lists the whole language. Every example here is run
//! by the tests.
//!
//! ## Twenty lines
//!
//! A cell in a bath that suddenly is half as concentrated:
//!
//! ```
//! # let text = r#"
//! title = "A cell in a dilute bath"
//!
//! [parameters]
//! V0 = { value = "2000 um^3", about = "volume at the start", source = "chosen" }
//! Lp = { value = "0.5 um/s/MPa", about = "hydraulic conductivity", source = "chosen" }
//!
//! [bath.medium]
//! osmolarity = "300 mOsm"
//!
//! [compartment.cell]
//! volume   = "V0"
//! inactive = "0.2 * V0"
//! solutes.osmolytes = { osmolarity = "300 mOsm" }
//!
//! [membrane.plasmalemma]
//! between = ["medium", "cell"]
//! area    = "1000 um^2"
//! Lp      = "Lp"
//!
//! [experiment]
//! duration = "60 s"
//! steps    = ["at 5 s: medium.osmolarity = 150 mOsm"]
//!
//! [outcomes]
//! swelling = "max(cell.volume / V0)"
//! half     = "time when cell.volume rises through 1.4 * V0"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # let outcome = |i: usize| run.trajectory.outcomes[i].value.unwrap();
//! # assert!((outcome(0) - 1.78).abs() < 0.01, "{}", outcome(0));
//! # // Half of the way takes 7.627245173 s (closed form with Lambert's W), and the bath changes at 5 s.
//! # assert!((outcome(1) - 12.627245173).abs() < 1e-6, "{}", outcome(1));
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! Save it as `my-cell.toml` and type `osmocyte run my-cell.toml`. `osmocyte new my-cell.toml` writes a commented one.
//!
//! The blocks `bath`, `compartment` and `membrane` write equations: `osmocyte show my-cell.toml` prints all of them.
//! They are in the same language that you write, and what they define can be used by name: `cell.volume`,
//! `cell.osmolarity`, `plasmalemma.water_flux`.
//!
//! ## Quantities
//!
//! A number is followed by its unit, without blanks inside the unit: `"0.5 um/s/MPa"`, `"3 %"`, `"290 mOsm"`,
//! `"120 min"`, `"25 degC"`. A plain number has no unit. Units are checked everywhere before anything runs; a wrong one
//! is shown with its place. What stands behind a unit and is none is a name: `5 um/tau` divides by `tau`. A name that is
//! also a unit needs blanks: `5 um / A`, `1000 um^3 * N`. `degC` is a point of a scale and stands only where it is
//! the whole quantity (`T_ref = "37 degC"`): differences are in `K`.
//!
//! ## Any equation
//!
//! No block is needed for what is not osmosis. `[state.NAME]` has a value at the start and a rate, `[let]` gives a name
//! to an expression, `each` makes copies with an index:
//!
//! ```
//! # let text = r#"
//! [parameters]
//! N = 5
//! D = "2 um^2/s"
//! h = "1 um"
//!
//! [state.c]
//! each    = "i in 1..N"
//! initial = "if(i == 1, 1 mM, 0 mM)"
//! rate    = "q[i-1] - q[i]"
//!
//! [let]
//! q = { each = "i in 0..N", value = "if(i == 0 or i == N, 0 mM/s, D*(c[i] - c[i+1])/h^2)" }
//!
//! [conserved]
//! amount = "sum(c[i], i in 1..N)"
//!
//! [experiment]
//! duration = "10 s"
//!
//! [outcomes]
//! last = "final(c[N])"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert!((run.trajectory.outcomes[0].value.unwrap() - 0.2).abs() < 0.01);
//! # assert!(run.trajectory.ledger[0].holds());
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! A condition on an index is decided when the model is built, so `c[0]` and `c[N+1]` need not exist above.
//!
//! ## Events
//!
//! An event is a crossing (`rises through`, `falls through`, `crosses`) or a time (`at 5 s`). It is found to the
//! tolerance of the solver. `then` is `stop`, `record` (what happens without `then`), `count`, `fail`, `set STATE = …`,
//! `switch MODE = …`, or a list of these. `set n[2] = …` means one copy, `set n = …` all of them; an event with `each` has
//! copies itself (`time of spike[2]`). A mode is a number that only events change: `open = 0` under `[mode]`, then
//! `switch open = 1`:
//!
//! ```
//! # let text = r#"
//! [parameters]
//! g = "9.81 m/s^2"
//!
//! [state.h]
//! initial = "10 m"
//! rate    = "v"
//!
//! [state.v]
//! initial = "0 m/s"
//! rate    = "-g"
//!
//! [event.impact]
//! when = "h falls through 0 m"
//! then = ["set v = -0.9 * v", "count"]
//!
//! [experiment]
//! duration = "10 s"
//!
//! [outcomes]
//! impacts = "count of impact"
//! first   = "time of impact"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert_eq!(run.trajectory.outcomes[0].value, Some(4.0));
//! # assert!((run.trajectory.outcomes[1].value.unwrap() - 1.4278431229270645).abs() < 1e-9);
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! All right-hand sides of a list use the values before the event; events at one time follow in the order of the file. An
//! event can set states and switch modes, not inputs. There is none at time 0.
//!
//! Kinks (`max`, `min`, `abs`, `if`, `step`, comparisons) are found and crossed in the same way, without being asked
//! for, also many times within one step of the solver. What is much narrower than a step can be missed, like a short
//! pulse: a switch in time belongs into the experiment, where it is never overlooked; else `max_step` helps.
//!
//! ## Experiments
//!
//! An input is any parameter, or any quantity given to a block. Sentences, or the same as tables:
//!
//! | Sentence | Table |
//! |---|---|
//! | `at 5 s: x = 1 mM` | `{ set = "x", at = "5 s", value = "1 mM" }` |
//! | `at 5 s for 2 s: x = 1 mM` | `{ set = "x", at = "5 s", for = "2 s", value = "1 mM" }` |
//! | `from 1 s to 2 s: x ramps to 1 mM` | `{ set = "x", from = "1 s", to = "2 s", ramp = "1 mM" }` |
//! | `from 0 s every 2 s for 0.1 s, 5 times: x = 1 mM` | `{ set = "x", from = "0 s", every = "2 s", for = "0.1 s", times = 5, value = "1 mM" }` |
//! | `from 0 s to 9 s: x oscillates about 2 mM by 1 mM every 3 s` | `{ set = "x", from = "0 s", to = "9 s", mean = "2 mM", amplitude = "1 mM", every = "3 s" }` |
//! | `x follows glucose of data.csv` (`held` keeps each value to the next) | `{ set = "x", file = "data.csv", column = "glucose", held = true }` |
//! | | `{ set = "x", t = ["0 s", "5 s"], values = ["1 mM", "2 mM"] }` |
//!
//! A step of a repeated block is one of all its copies. What a step says is worked out before the run, from parameters. A parameter that is written in terms of another one
//! follows it through its steps. Of two steps at one time the later line wins; after a pulse or an oscillation the input
//! returns to what it was, after a ramp it stays. An input that is set (`--set`, a variant, a check)
//! keeps that value from the start on: a step at time 0 gives way (a ramp does not). A step at the very end of the run, or after it, is not
//! seen.
//!
//! The first column of a CSV file holds the times; units stand in the header: `t [s],glucose [mM]`.
//!
//! ## Outcomes
//!
//! Numbers that a run answers: `max(x)`, `min(x)`, `final(x)`, `initial(x)`, `mean(x)`, `integral(x)`, `at(x, 5 s)`,
//! `time of EVENT`, `count of EVENT`, `time of max(x)`, `time when x rises through y`, and expressions of these and of
//! other outcomes.
//! Extrema are those of the solution, not of the saved points. An outcome that does not exist (the time of an event
//! that did not happen) is empty, and so is what is made of it; `if(count of low > 0, time of low, 9 s)` has a value in
//! both cases, that of the branch taken. Inside of these functions stand quantities of the model, no outcomes; sums go
//! inside: `final(sum(x[i], i in 1..N))`.
//!
//! ## Conserved sums, checks, variants, charts
//!
//! ```
//! # let text = r#"
//! [state.x]
//! initial = "1 mM"
//! rate    = "-k*x"
//!
//! [state.y]
//! initial = "0 mM"
//! rate    = "k*x"
//!
//! [parameters]
//! k = "0.1 1/s"
//!
//! [experiment]
//! duration = "10 s"
//!
//! [conserved]
//! all = "x + y"                           # a run in which this changes has failed
//!
//! [[check]]
//! what = "final(x)"
//! is   = "exp(-1) * 1 mM"
//! rtol = 1e-7
//! why  = "closed form"
//!
//! [variant.fast]
//! about = "ten times as fast"
//! set   = { k = "1 1/s" }
//!
//! [[chart]]
//! title = "What x loses, y gains"
//! y     = ["x", { value = "y", label = "product" }]
//! thresholds = [{ value = "0.5 mM", label = "half" }]
//! # "#;
//! # let simulation = osmocyte::Simulation::from_text("guide", text)?;
//! # assert!(osmocyte::check(&simulation)?.iter().all(|c| c.passed));
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! Curves of one dimension share a panel of the chart. Its axis is called after what they measure; where plain numbers
//! would be called `fraction`, `number` or `relative value`, a curve can say it better: `{ value = "x", quantity =
//! "occupancy" }`. `y_min` and `y_max` stand in for the ends of the data, in the panel of their unit. A logarithmic axis
//! without `y_min` shows eight decades.
//!
//! ## Pictures of the cell
//!
//! Where a model has a geometry, `[picture.NAME]` draws the cell at some moments of a run: at its start, at events, at its
//! end, and where it changes, all to one scale. `run` writes it as NAME.svg and NAME.png.
//!
//! ```
//! # let text = r#"
//! [bath.plasma]
//! osmolarity = "100 mOsm"
//!
//! [compartment.cell]
//! volume = "90 um^3"
//! solutes.trapped = { osmolarity = "290 mOsm" }
//!
//! [membrane.plasmalemma]
//! between = ["plasma", "cell"]
//! area = "135 um^2"
//! Pf = "200 um/s"
//!
//! [event.lysis]
//! when = "cell.volume rises through 154 um^3"
//! then = "stop"
//!
//! [experiment]
//! duration = "5 s"
//!
//! [picture.cell]
//! shape   = "disc"
//! volume  = "cell.volume"
//! area    = "plasmalemma.area"
//! inside  = "cell.osmolarity"
//! outside = "plasma.osmolarity"
//! flow    = "plasmalemma.water_flow"
//! burst   = "lysis"
//! # "#;
//! # let run = osmocyte::Simulation::from_text("guide", text)?.run(&Default::default())?;
//! # assert_eq!(run.pictures[0].burst.as_deref(), Some("lysis"));
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! | Key | Unit | Meaning |
//! |---|---|---|
//! | `shape` | | `"disc"`: a red cell, biconcave until its membrane is taut; `"sphere"`: with folds where it has more membrane than a sphere needs; `"box"`: a walled cell |
//! | `volume` | um^3 | of what the plasma membrane encloses |
//! | `area` | um^2 | of the plasma membrane; a disc needs it, a sphere may have it |
//! | `wall` | um^3 | of a box: the volume inside the slack wall. Turgor stretches the wall with the cell; a smaller protoplast has left it |
//! | `aspect` | | of a box: length relative to width, 1.5 unless given |
//! | `vacuole` | um^3 | of a sphere: a contractile vacuole |
//! | `vesicles.area` | um^2 | membrane of all vesicles |
//! | `vesicles.number`, `vesicles.diameter` | –, um | instead: how many, and how large |
//! | `vesicles.fusing`, `vesicles.retrieving` | um^2/s, 1/s | exocytosis and endocytosis: membrane (with `number`, vesicles) per time |
//! | `inside`, `outside` | mOsm, MPa | how concentrated: the darker, the more |
//! | `flow` | um^3/s | water flow inward: an arrow, endosmosis or exosmosis |
//! | `pressure` | MPa | inside; of a box it is called turgor |
//! | `burst` | | the event from which on the membrane is open |
//! | `title`, `note` | | the message, and what of the picture is chosen |
//!
//! Drawn is a section through the middle; volume, area and vesicle membrane of what is drawn are those of the model.
//!
//! ## Studies
//!
//! `[study.NAME]` says what is to be varied, and what each run shall answer:
//!
//! ```
//! # let text = r#"
//! [parameters]
//! k = { value = "0.1 1/s", range = ["0.01 1/s", "1 1/s"] }
//!
//! [state.x]
//! initial = "1 mM"
//! rate    = "-k*x"
//!
//! [experiment]
//! duration = "10 s"
//!
//! [outcomes]
//! left = "final(x)"
//!
//! [variant.slow]
//! set = { k = "0.02 1/s" }
//!
//! [study.map]                             # a grid: every value with every other one
//! vary = { k = "0.01..1 1/s log 50", x = "1, 2, 5 mM" }
//!
//! [study.cloud]
//! design   = "sobol"
//! points   = 10000
//! vary     = { k = "range log", x = "1..5 mM" }
//! with     = { duration = "20 s" }
//! outcomes = { left = "left", half = "time when x falls through 0.5 mM" }
//!
//! [study.variants]
//! vary = { variant = ["none", "slow"], duration = "5..50 s 10" }
//! # "#;
//! # let simulation = osmocyte::Simulation::from_text("guide", text)?;
//! # let studies = &simulation.model().studies;
//! # let sizes: Vec<u64> = studies.iter().map(|study| study.size()).collect();
//! # assert_eq!(sizes, [150, 10000, 20]);
//! # assert_eq!(simulation.model().outcomes_of(&studies[1]).len(), 2);
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! What can be set can be varied: parameters, inputs, modes, values at the start, `duration`; and `variant`, whose values
//! are names of variants (`none` is the model without one). An axis is one of
//!
//! | Values | Mean |
//! |---|---|
//! | `"20..400 um/s 10"` | 10 values from end to end, both included; evenly, which may be written `lin` |
//! | `"20..400 um/s log 10"` | the same evenly in the logarithm |
//! | `"range"`, `"range 10"`, `"range log 10"` | between the ends of the `range` of the parameter |
//! | `"20, 50, 100 um/s"` | these |
//! | `["20 um/s", "0.1 mm/s"]` | these, each with its own unit |
//!
//! A unit behind the last number is also that of the numbers without one. Only a `grid` wants the number of values of a
//! range. The other designs have `points`, and take a list as a choice of equal weights: `random`, `lhs` (a Latin hypercube),
//! `halton` and `sobol`, the last two scrambled unless `scramble = false`. The same `seed` (1 unless given) gives the same
//! points.
//!
//! In the place of `vary`, `file = "points.csv"` names a table: a column for each axis, a row for each point, and units in
//! the header, `k [1/s],x [mM],variant`.
//!
//! `with` holds for all points; it wins over a variant, and an axis over both. `outcomes` are names of outcomes of the
//! model, or a table like `[outcomes]` of the study's own; without it all outcomes of the model are answered.
//!
//! ### Running a study
//!
//! `osmocyte sweep MODEL STUDY` runs it into `out/MODEL-STUDY/`; `--vary "k=1..10 1/s log 20"` (repeated) makes one without
//! a file, or replaces an axis of one. `sweep plan` says what would be done. `rows.csv` has a row for each point: its
//! number, the axes, the outcomes (an empty cell where one does not exist), then
//!
//! | Column | Is |
//! |---|---|
//! | `status` | `complete`, `stopped` (by an event) or `failed` |
//! | `reason` | the event, or why the point failed: it left its domain, its rate was not finite, its steps did not suffice |
//! | `end` | time at which the run ended |
//! | `steps` | steps attempted |
//!
//! Units are in `rows.csv-metadata.json`; which model, method and tolerance in `sweep.json`. A point that fails ends
//! nothing: all others are solved, the summary counts the reasons, and the exit code is 1 (0 with `--failed-ok`, for workflows
//! and batch systems). `sweep retry DIR --failed --max-steps 1e6` solves the failed ones again. The tolerance is 1e-6 unless
//! the study or the model says otherwise, the method `rodas5p` or `dopri5`, whichever is cheaper at some points of the study.
//!
//! Charts, as SVG and PNG, show the outcomes over what varied: `response` over one axis (over two, if one has at most six
//! values: each is a curve), `map-OUTCOME` over two, `scatter` and `profiles` over more.
//!
//! Chunks of points reach the disk one by one. After a kill, a crash or a full disk `--resume` goes on, and Ctrl-C and
//! SIGTERM end a sweep after the chunks in hand; a second signal ends it at once. The bytes of `rows.csv` depend on the
//! plan alone: on no thread, no instruction set, no kill.
//!
//! `--format parquet` writes `rows.parquet` in the place of `rows.csv`, `--format both` writes both (with the cargo feature
//! `parquet`, which released binaries have): the same columns and values, typed, compressed, in groups that many threads
//! can read. An empty cell is a null. The unit of a column is in its field's metadata (`unit`, beside `description`), and in
//! the footer under `osmocyte.columns`:
//!
//! ```text
//! import pyarrow.parquet as pq, json
//! table = pq.read_table("out/red-blood-cell-sweep/rows.parquet")
//! {field.name: (field.metadata or {}).get(b"unit", b"1").decode() for field in table.schema}
//! SELECT status, avg(lysis_time) FROM 'out/red-blood-cell-sweep/rows.parquet' GROUP BY status    -- DuckDB
//! ```
//!
//! A finished sweep gets its other table by `sweep run DIR --format parquet`; a later `sweep retry` writes again what is
//! there. `sweep merge … -o rows.parquet` goes by the name of the file. Whatever the number of points, both tables are
//! written a piece at a time.
//!
//! Several machines share a sweep by parts: `sweep plan … -o DIR`, then `sweep run DIR --shard 1/8` to `8/8`, in one
//! folder or in copies of it, which `sweep merge` puts together. In an array of Slurm the part is found by itself; in one
//! of HyperQueue too, where the environment variable `OSMOCYTE_PARTS` has the number of tasks. `sweep submit` writes such
//! a script. `docs/workflows.md` in the repository has recipes, also for Snakemake and Nextflow.
//!
//! ### Which factors matter
//!
//! `osmocyte sensitivity MODEL STUDY` asks what the outcomes depend on, with `--vary NAME=RANGE` in the place of a study or
//! of its axes. `sensitivity.csv` has a row for each outcome and factor; the card, `sensitivity.json`, the same with how it
//! was done. Each method draws its charts, as SVG and PNG:
//!
//! | `--method` | Finds | Charts |
//! |---|---|---|
//! | `local` | derivatives and elasticities at the values of the model | `elasticities-OUTCOME`: percent of the outcome for a percent of each factor, the longest bar above |
//! | `morris` | elementary effects, from few points | `morris-OUTCOME`: mean size μ\* of the effects against their standard deviation σ; above the line σ = μ\* a factor acts differently from place to place, in its sign too |
//! | `sobol` | parts of the variance | `sobol`: what each factor makes alone (first order, dark) and with others (total, pale), a panel for each outcome; with `--second-order` also `pairs`: what each pair adds |
//!
//! Whiskers hold 95 % of the results of the resamples. Points that failed are said below the title, and in a panel at how
//! many points its outcome does not exist: the indices are those of the other points. What is constant has no chart, and
//! is named. `--no-charts` draws none, `--size print` draws them for a column of a journal, `--pictures pdf` as PDF with
//! its fonts inside, `--theme dark` on dark paper; all commands that draw take these.
//!
//! ## Which method?
//!
//! Without a word about it a run takes `auto`. It begins with the explicit method `dop853`, unless the fastest decay is
//! hopelessly fast for it, and watches the steps: where stability holds them down, not accuracy, it attempts one step of
//! an implicit method, and changes to it if that gets over more time for the same work; and back, if the stiffness goes.
//! The implicit method is `rodas5p`, at tight tolerances (below 3e-7; with six states or more below 2e-6) `radau`. The
//! summary and the run card say what was chosen, when and why; the same model always gives the same choices.
//!
//! `--method`, or `method` in `[solver]`, takes another one. `--rtol` is the tolerance of each step relative to the size of
//! each state, `--atol` (a hundredth of it unless given) relative to the state's scale: what matters where the state is
//! near 0. An integral of an outcome is as large as the largest state of its dimension; without such a state, as it would be
//! if no state changed. The error of a result is not the tolerance, but falls with it.
//!
//! What is narrower than a step can be missed between its stages, such as a short pulse written as a function of `t`.
//! `--max-step "0.1 s"` makes sure that nothing wider than that is; a `step` of the experiment is never missed.
//!
//! ## How wrong is it?
//!
//! `osmocyte run MODEL --verify` solves a second time, 1000 times more tightly and by another method where one is fit,
//! and compares: every column, every outcome, every event time. Outcomes are then printed with their errors, and with no
//! digit behind them; the time of a maximum that lies on a plateau is said to be not determined. Without it they have one digit less than the tolerance stands for: 7 at the default of 1e-8. The
//! table has all digits in any case. From Rust:
//!
//! ```
//! # use osmocyte::{RunOptions, Simulation};
//! let cell = Simulation::shipped("plant-cell")?;
//! let options = RunOptions { rtol: Some(1e-6), ..Default::default() };
//! let run = cell.run(&options)?;
//! let verification = cell.verify(&options, &run)?;
//! for outcome in &run.trajectory.outcomes {
//!     if let (Some(value), Some(error)) = (outcome.value, verification.outcome(&outcome.name)) {
//!         println!("{} = {value} ± {error} {}", outcome.name, outcome.unit);
//!     }
//! }
//! # assert!(verification.is_verified());
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! What both solves share is not verified by this: the equations themselves, and what is narrower than a step.
//!
//! ## Methods compared, and reference problems
//!
//! `osmocyte accuracy my-cell.toml` runs all methods at tolerances from 1e-4 to 1e-11 and says which is the fastest for
//! the error that you can bear. Errors are measured against the tightest runs of two methods that agree.
//!
//! A problem whose solution is known from elsewhere carries it as checks of the form `final(state)` or
//! `at(state, time)`. They become part of the comparison: how far the reference is from them is on its first line.
//!
//! ```
//! # let text = r#"
//! title = "Decay towards a slow oscillation"
//!
//! [parameters]
//! k = { value = "1e4 1/s", about = "rate of the decay", source = "chosen" }
//!
//! [state.y]
//! initial = 1
//! rate    = "-k*(y - cos(t/(1 s))) - sin(t/(1 s))/(1 s)"
//!
//! [experiment]
//! duration = "10 s"
//!
//! [[check]]
//! id   = "A"                # the group: A stiff, B not
//! what = "at(y, 5 s)"
//! is   = "cos(5)"
//! rtol = 1e-6
//! why  = "closed form"
//! # "#;
//! # use osmocyte::study::accuracy::{Case, Config, accuracy, letter_of_checks};
//! # let simulation = osmocyte::Simulation::from_text("guide", text)?;
//! # assert_eq!(letter_of_checks(&simulation), Some('A'));
//! # assert!(osmocyte::check(&simulation)?.iter().all(|c| c.passed));
//! # let case = Case { name: "guide".into(), simulation, given: None };
//! # let config = Config { rtols: vec![1e-6], repeats: 0, orders: false, ..Config::default() };
//! # let report = accuracy(&[case], &config, &mut || 0.0, &mut |_| std::ops::ControlFlow::Continue(()))?;
//! # let reference = &report.expect("nobody ended it").problems[0].reference;
//! # assert_eq!(reference.known, 1);
//! # assert!(reference.good && reference.known_error.expect("a value in the file") < 1e-9);
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! That text file is all that is needed; in `models/reference/` of the source it is shipped, belongs to the groups
//! `reference` and `stiff`, and is checked with the others. A table of somebody's results serves too:
//! `--reference table.csv`, with a column `t` and one for each state.
//!
//! ## Blocks
//!
//! Baths, compartments, membranes with ions and pumps, walls, soils, vesicle pools and their traffic, reactions, and all of
//! them many times over: [the blocks](blocks) have a page of their own, with a table of keys and an example for each.
//!
//! ## Figures
//!
//! Charts of several runs and models under one message, with captions whose numbers come from the runs, are made by
//! `osmocyte figure` from a file of their own: [figure files](figures) has all keys and kinds.
//!
//! ## Sections
//!
//! | Section | Keys of an entry |
//! |---|---|
//! | at the top | `title`, `about`; `group` (`osmosis`, `plant water`, `exocytosis`, `endocytosis`, `coupled`) and `topics` (a list of short phrases), by which `osmocyte list` finds a shipped model |
//! | `[parameters]` | an expression, or `value`, `unit`, `range`, `min`, `max`, `about`, `source` |
//! | `[let]` | an expression, or `value`, `unit`, `about`, `each` |
//! | `[mode]` | a value that events `switch` |
//! | `[state.NAME]` | `initial`, `rate`, `unit`, `scale`, `about`, `min`, `max`, `each` |
//! | `[event.NAME]` | `when`, `then`, `about`, `each` |
//! | `[experiment]` | `duration`, `points`, `steps` |
//! | `[solver]` | `method` (`auto`, `dopri5`, `dop853`, `rk4`, `rodas5p`, `radau`; `bdf` where that feature is built in), `rtol`, `atol` (relative to each state's scale), `step` (of `rk4`), `max_step`, `max_steps` |
//! | `[outcomes]` | an expression, or `value`, `unit`, `about` |
//! | `[conserved]` | an expression, or `value`, `tolerance` |
//! | `[[chart]]` | `title`, `name`, `x`, `y` (names, or `value`, `label`, `unit`, `quantity`), `thresholds` (`value`, `label`), `y_min`, `y_max`, `log_x`, `log_y`, `events` |
//! | `[[check]]` | `id`, `what`, `with`, `is`, `rtol`, `atol`, `why`, `solver` |
//! | `[variant.NAME]` | `about`, `set` |
//! | `[study.NAME]` | `title`, `about`, `design`, `points`, `seed`, `scramble`, `vary` or `file`, `with`, `outcomes`, `solver` |
//!
//! ## Functions
//!
//! `+ - * / ^`, comparisons, `and or not`, `sum(x[i], i in 1..N)`, and the functions below. Constants: `pi`, `R`, `F`, `N_A`,
//! `k_B`; `t` is time and `duration` the length of the run. NaN passes through every function, comparisons included:
//! nothing hides it.
//!
//! | Function | Is |
//! |---|---|
//! | `exp(x)` | e to the power x |
//! | `ln(x)` | natural logarithm |
//! | `log10(x)` | decimal logarithm |
//! | `sqrt(x)` | square root |
//! | `sin(x)` | sine of an angle in radians |
//! | `cos(x)` | cosine of an angle in radians |
//! | `tan(x)` | tangent of an angle in radians |
//! | `asin(x)` | angle whose sine is x |
//! | `acos(x)` | angle whose cosine is x |
//! | `atan(x)` | angle whose tangent is x |
//! | `sinh(x)` | hyperbolic sine |
//! | `cosh(x)` | hyperbolic cosine |
//! | `tanh(x)` | hyperbolic tangent |
//! | `abs(x)` | magnitude |
//! | `sign(x)` | -1, 0 or 1 |
//! | `step(x)` | 1 above 0, else 0 |
//! | `min(a, b, …)` | the smallest |
//! | `max(a, b, …)` | the largest |
//! | `pow(a, b)` | a to the power b, as a^b |
//! | `if(c, a, b)` | a where the condition c holds, else b |
//! | `clamp(x, low, high)` | x, but not below low nor above high |
//! | `hill(x, k, n)` | x^n/(k^n + x^n) |
//! | `smooth_max(a, b, w)` | (a + b + sqrt((a - b)^2 + w^2))/2 |
//! | `smooth_min(a, b, w)` | (a + b - sqrt((a - b)^2 + w^2))/2 |
//! | `smooth_abs(x, w)` | sqrt(x^2 + w^2) |
//! | `smooth_step(x, w)` | (1 + tanh(x/w))/2 |
//! | `log_mean(a, b)` | logarithmic mean (a - b)/ln(a/b); 0 where one is 0 |
//! | `q10(Q, T, T_ref)` | factor of a rate with the coefficient Q: Q^((T - T_ref)/(10 K)) |
//! | `arrhenius(E, T, T_ref)` | factor of a rate with the activation energy E: exp(-E/R (1/T - 1/T_ref)) |
//! | `sphere_area(V)` | area of the sphere of volume V: (36 pi V^2)^(1/3) |
//! | `sphere_radius(V)` | radius of the sphere of volume V: (3 V/(4 pi))^(1/3) |
//! | `sphere_volume(A)` | volume of the sphere of area A: A^(3/2)/(6 sqrt(pi)) |

pub mod blocks;
pub mod figures;
