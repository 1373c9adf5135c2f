//! Many runs for one chart: a number over one or two parameters.

use super::models::{Cast, Shelf};
use crate::model::figure::PlotDef;
use crate::model::{Outcome, StudyDef};
use crate::study::harvest::shown_unit;
use crate::study::run::{DEFAULT_RTOL, RunOptions};
use crate::study::sweep::{Survey, SweepOptions};
use crate::table::{Table, Values};
use crate::trajectory::figure::AxisData;
use crate::units::Dimension;

/// The runs of a chart, ready to be solved.
pub(super) struct Scan {
    /// As messages name it.
    pub name: String,
    pub survey: Survey,
    /// Whether the first answer is the horizontal axis.
    pub has_x: bool,
}

/// Points of a scan that are solved in one go.
pub(super) const CHUNK: u64 = 512;

impl Scan {
    /// Makes the runs of a chart ready; `None` if something is wrong, which `shelf` has been told.
    pub fn new(
        plot: &PlotDef,
        cast: &Cast,
        asked: Vec<Outcome>,
        has_x: bool,
        shelf: &mut Shelf,
    ) -> Option<Scan> {
        let stage = shelf.model(cast)?;
        let span = plot.chart.span;
        let (base, source) = (stage.base, stage.source());
        let mut study = StudyDef::new("scan", span);
        study.axes = plot.vary.iter().map(|a| stage.shifted_axis(a)).collect();
        study.outcomes = asked.iter().map(|o| stage.shifted(o)).collect();
        let mistakes = stage.model.settle_study(&mut study, &[]);
        if !mistakes.is_empty() || study.axes.len() != plot.kind.axes() {
            shelf.note(base, mistakes, &source);
            return None;
        }
        let simulation = shelf.build(stage)?;
        // As exact as the single runs beside it: sweeps of many more points are content with less.
        let options = SweepOptions {
            run: RunOptions {
                rtol: simulation.model().solver.rtol.or(Some(DEFAULT_RTOL)),
                ..RunOptions::default()
            },
        };
        match Survey::new(&simulation, &study, &options) {
            Ok(mut survey) => {
                survey.pilot();
                Some(Scan {
                    name: cast.name(),
                    survey,
                    has_x,
                })
            }
            Err(e) => {
                shelf.refuse(base, &e, &source, span);
                None
            }
        }
    }

    /// What it varies, as an axis.
    pub fn axis(&self, k: usize) -> AxisData {
        let Some(axis) = self.survey.axes().get(k) else {
            return AxisData::default();
        };
        let log = matches!(
            &axis.values,
            crate::study::sweep::Values::Range { log: true, .. }
        );
        AxisData {
            label: in_words(&axis.name),
            unit: shown_unit(&axis.unit),
            log,
            limits: (None, None),
        }
    }

    /// Unit and dimension of an answer.
    pub fn unit(&self, k: usize) -> (String, Dimension) {
        let answer = self.survey.answers().get(k);
        answer.map_or((String::new(), Dimension::NONE), |answer| {
            (shown_unit(&answer.unit), answer.unit.dimension())
        })
    }

    /// The values of what it varies.
    pub fn varied(&self, table: &Table, k: usize) -> Vec<f64> {
        column(table, 1 + k)
    }

    /// An answer of all points; not a number where there is none.
    pub fn answer(&self, table: &Table, k: usize) -> Vec<f64> {
        column(table, 1 + self.survey.axes().len() + k)
    }
}

/// `medium.osmolarity` as words; in this order, for "medium osmolarity" might be one that is neither high nor low.
fn in_words(name: &str) -> String {
    match name.split_once('.') {
        Some((part, what)) if !what.contains('.') => {
            format!("{} of the {part}", what.replace('_', " "))
        }
        _ => name.replace('.', " "),
    }
}

fn column(table: &Table, at: usize) -> Vec<f64> {
    match table.columns.get(at).map(|c| &c.values) {
        Some(Values::Numbers(list)) => list.iter().map(|v| v.unwrap_or(f64::NAN)).collect(),
        Some(Values::Words(list)) => (0..list.len()).map(|i| i as f64).collect(),
        _ => Vec::new(),
    }
}

/// Why a point failed, if any did.
pub(super) fn failure(table: &Table) -> Option<String> {
    let words = |name: &str| {
        let is = |field: &&crate::table::Field| field.name.trim_start_matches("run_") == name;
        match table.columns.iter().rev().find(is).map(|c| &c.values) {
            Some(Values::Words(words)) => words.as_slice(),
            _ => &[],
        }
    };
    let failed = words("status").iter().position(|s| s == "failed")?;
    words("reason").get(failed).cloned()
}
