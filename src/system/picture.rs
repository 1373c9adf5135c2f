//! Cells to be drawn: their quantities as expressions of the graph, units checked.

use super::build::{Builder, World};
use super::{PartInfo, PictureInfo};
use crate::diagnostic::{Diagnostic, nearest};
use crate::expr::ast::Ast;
use crate::model::picture::{Part, Picture};
use crate::units::{Dimension, Unit};

/// Units that a part may have: the first is the one that the message names.
fn dimensions(part: Part, counted: bool) -> Vec<Dimension> {
    let units: &[&str] = match part {
        Part::Volume | Part::Wall | Part::Vacuole => &["um^3"],
        Part::Area | Part::VesicleArea => &["um^2"],
        Part::VesicleNumber => return vec![Dimension::NONE],
        Part::VesicleDiameter => &["um"],
        Part::Inside | Part::Outside => &["mOsm", "MPa"],
        Part::Flow => &["um^3/s"],
        Part::Pressure => &["MPa"],
        Part::Fusing | Part::Retrieving if counted => &["1/s"],
        Part::Fusing | Part::Retrieving => &["um^2/s"],
    };
    units.iter().map(|unit| Dimension::of(unit)).collect()
}

impl Builder<'_> {
    pub(super) fn pictures(&mut self) -> Vec<PictureInfo> {
        let model = self.model;
        let charts = (model.charts.iter().enumerate()).map(|(i, chart)| match (&chart.name, i) {
            (Some(name), _) => name.clone(),
            (None, 0) => "chart".to_string(),
            (None, i) => format!("chart-{}", i + 1),
        });
        let charts: Vec<String> = charts.collect();
        let mut out = Vec::new();
        for picture in &model.pictures {
            if charts.contains(&picture.name) {
                let message = format!("a chart is called `{}` too", picture.name);
                let help = "both would be written to one file: give one of them another name";
                self.diagnostics
                    .push(Diagnostic::new(picture.span, message).help(help));
            }
            let parts = self.parts(picture);
            let burst = self.burst(picture);
            let times = picture.times.iter().filter_map(|time| {
                let what = "a time at which cells are drawn";
                self.lower_as(time, &Dimension::TIME, what, World::Static)
            });
            let times = times.collect();
            out.push(PictureInfo {
                title: match picture.title.as_str() {
                    "" => model.title.clone(),
                    own => own.to_string(),
                },
                name: picture.name.clone(),
                note: picture.note.clone(),
                shape: picture.shape,
                aspect: picture.aspect,
                parts,
                burst,
                times,
            });
        }
        out
    }

    fn parts(&mut self, picture: &Picture) -> Vec<PartInfo> {
        let counted = picture.part(Part::VesicleNumber).is_some();
        let mut out = Vec::new();
        for (part, ast) in &picture.parts {
            out.extend(self.part(*part, ast, counted));
        }
        let unit = |part: Part| out.iter().find(|p: &&PartInfo| p.part == part);
        if let (Some(inside), Some(outside)) = (unit(Part::Inside), unit(Part::Outside))
            && inside.unit.dimension() != outside.unit.dimension()
            && let Some(ast) = picture.part(Part::Outside)
        {
            let message = "`inside` and `outside` of a picture must be in one unit";
            let label = format!("this is [{}]", outside.unit.dimension());
            let help = format!("`inside` is [{}]", inside.unit.dimension());
            self.diagnostics
                .push(Diagnostic::new(ast.span, message).label(label).help(help));
        }
        out
    }

    fn part(&mut self, part: Part, ast: &Ast, counted: bool) -> Option<PartInfo> {
        let allowed = dimensions(part, counted);
        let typed = self.lower(ast, World::Dynamic)?;
        let known = allowed.iter().find(|d| **d == typed.dimension);
        let dimension = known.or(allowed.first()).copied()?;
        let what = format!("`{}` of a picture", part.path());
        let value = self.lower_as(ast, &dimension, &what, World::Dynamic)?;
        let unit = match part {
            // One unit on both sides: they are compared, as numbers and as shades.
            Part::Inside | Part::Outside => Unit::parse(match known {
                Some(d) if *d == Dimension::of("MPa") => "MPa",
                _ => "mOsm",
            })
            .ok()?,
            Part::Flow | Part::Pressure => self.shown(&None, ast, dimension),
            // What is drawn is measured in micrometres.
            _ => Unit::coherent(dimension),
        };
        Some(PartInfo { part, value, unit })
    }

    fn burst(&mut self, picture: &Picture) -> Option<String> {
        let (name, span) = picture.burst.as_ref()?;
        let events = || self.model.events.iter().map(|e| e.name.as_str());
        if !events().any(|event| event == name) && !self.is_broken(name) {
            let mut mistake = Diagnostic::new(*span, format!("there is no event `{name}`"));
            if let Some(right) = nearest(name, events()) {
                mistake = mistake.help(format!("did you mean `{right}`?"));
            }
            self.diagnostics.push(mistake);
        }
        Some(name.clone())
    }
}
