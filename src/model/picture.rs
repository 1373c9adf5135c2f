//! `[picture.NAME]`: the cell drawn to scale, from quantities of the model.

use toml::de::DeTable;

use super::file::field;
use super::toml::{Key, Reader, Value, span_of};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::Ast;
use crate::expr::print::to_text;

/// What a cell is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A red cell: biconcave until its membrane is taut.
    Disc,
    /// A sphere, folded where it has membrane to spare.
    Sphere,
    /// A walled cell.
    Box,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 3] = [Shape::Box, Shape::Disc, Shape::Sphere];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Disc => "disc",
            Shape::Sphere => "sphere",
            Shape::Box => "box",
        }
    }
}

/// A quantity that a picture is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Volume of what the plasma membrane encloses.
    Volume,
    /// Area of the plasma membrane.
    Area,
    /// Volume inside the slack wall.
    Wall,
    /// Volume of the contractile vacuole.
    Vacuole,
    /// Osmolarity or osmotic pressure inside.
    Inside,
    /// The same outside.
    Outside,
    /// Flow of water inward.
    Flow,
    /// Pressure inside; of a box, its turgor.
    Pressure,
    /// Membrane of the vesicles.
    VesicleArea,
    /// Number of vesicles.
    VesicleNumber,
    /// Diameter of a vesicle.
    VesicleDiameter,
    /// Exocytosis: membrane, or vesicles, per time.
    Fusing,
    /// Endocytosis.
    Retrieving,
}

impl Part {
    /// Those in the table itself.
    const OWN: [Part; 8] = [
        Part::Volume,
        Part::Area,
        Part::Wall,
        Part::Vacuole,
        Part::Inside,
        Part::Outside,
        Part::Flow,
        Part::Pressure,
    ];
    /// Those in `vesicles`.
    const VESICLES: [Part; 5] = [
        Part::VesicleArea,
        Part::VesicleNumber,
        Part::VesicleDiameter,
        Part::Fusing,
        Part::Retrieving,
    ];

    /// Its key in the file; of vesicles in their own table.
    pub fn key(self) -> &'static str {
        match self {
            Part::Volume => "volume",
            Part::Area | Part::VesicleArea => "area",
            Part::Wall => "wall",
            Part::Vacuole => "vacuole",
            Part::Inside => "inside",
            Part::Outside => "outside",
            Part::Flow => "flow",
            Part::Pressure => "pressure",
            Part::VesicleNumber => "number",
            Part::VesicleDiameter => "diameter",
            Part::Fusing => "fusing",
            Part::Retrieving => "retrieving",
        }
    }

    /// The same as it is shown: `vesicles.area`.
    pub fn path(self) -> String {
        match Part::VESICLES.contains(&self) {
            true => format!("vesicles.{}", self.key()),
            false => self.key().to_string(),
        }
    }
}

/// A cell to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Name: that of its files.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// The message; the title of the model if empty.
    pub title: String,
    /// What the reader should know, e.g. what is chosen; may be empty.
    pub note: String,
    /// What it is drawn as.
    pub shape: Shape,
    /// Length of a box relative to its width.
    pub aspect: f64,
    /// What it is drawn from.
    pub parts: Vec<(Part, Ast)>,
    /// The event after which the membrane is open.
    pub burst: Option<(String, Span)>,
    /// Times at which a figure draws it: a run has a row at each of them.
    pub times: Vec<Ast>,
}

impl Picture {
    /// The expression of a part, if the file gives it.
    pub fn part(&self, part: Part) -> Option<&Ast> {
        self.parts.iter().find(|p| p.0 == part).map(|p| &p.1)
    }
}

impl Picture {
    /// Everything that the file says of it but its words: `disc; volume = cell.volume; area = A; burst = lysis`.
    pub fn described(&self) -> String {
        let mut out = self.shape.name().to_string();
        if self.shape == Shape::Box {
            out.push_str(&format!("; aspect = {}", self.aspect));
        }
        for (part, ast) in &self.parts {
            out.push_str(&format!("; {} = {}", part.path(), to_text(ast)));
        }
        if let Some((event, _)) = &self.burst {
            out.push_str(&format!("; burst = {event}"));
        }
        out
    }
}

/// A box is that much longer than wide unless the file says otherwise.
const ASPECT: f64 = 1.5;

impl<'a> Reader<'a> {
    /// `[picture.NAME]`
    pub fn picture(&mut self, key: &Key, value: &Value<'a>) -> Option<Picture> {
        let what = format!("picture `{}`", key.name);
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        // It names a file: a model file must not write outside the output folder.
        if key.name.is_empty() || !key.name.chars().all(legal) || key.name.len() > 100 {
            self.error(
                key.span,
                "the name of a picture is made of letters, digits, `-` and `_`",
            );
        }
        let table = self.table(&what, value)?;
        let mut shape = None;
        let mut read = Picture {
            name: key.name.clone(),
            span: key.span,
            title: String::new(),
            note: String::new(),
            shape: Shape::Sphere,
            aspect: ASPECT,
            parts: Vec::new(),
            burst: None,
            times: Vec::new(),
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "shape" => shape = Some(self.shape(v)),
                "title" => field!(self, read.title, prose, "title", v),
                "note" => field!(self, read.note, prose, "note", v),
                "aspect" => field!(self, read.aspect, aspect, "aspect", v),
                "vesicles" => self.vesicles(v, &mut read.parts),
                "burst" => read.burst = self.text("burst", v).map(|t| (t.value, t.span)),
                name => match Part::OWN.iter().find(|p| p.key() == name) {
                    Some(part) => {
                        let ast = self.expression(&format!("`{name}`"), v);
                        read.parts.extend(ast.map(|ast| (*part, ast)));
                    }
                    None => {
                        let own = Part::OWN.iter().map(|p| p.key());
                        let others = ["shape", "title", "note", "aspect", "vesicles", "burst"];
                        let known: Vec<&str> = own.chain(others).collect();
                        self.unknown("a picture", &k, &known);
                    }
                },
            }
        }
        match shape {
            None => self
                .diagnostics
                .push(Diagnostic::new(key.span, format!("{what} has no `shape`")).help(SHAPES)),
            Some(Some(shape)) => read.shape = shape,
            // Said already; what else is wrong with the table depends on it.
            Some(None) => return None,
        }
        if !table.contains_key("volume") {
            self.error(key.span, format!("{what} has no `volume`"));
        }
        if shape.is_some() {
            self.fits_shape(&read, table);
        }
        shape.map(|_| read)
    }

    fn shape(&mut self, value: &Value<'a>) -> Option<Shape> {
        let text = self.text("shape", value)?;
        let found = Shape::ALL.into_iter().find(|s| s.name() == text.value);
        if found.is_none() {
            let names = Shape::ALL.iter().map(|s| s.name());
            let help = match nearest(&text.value, names) {
                Some(right) => format!("did you mean `{right}`?"),
                None => SHAPES.to_string(),
            };
            let message = format!("there is no shape `{}`", text.value);
            self.diagnostics
                .push(Diagnostic::new(text.span, message).help(help));
        }
        found
    }

    fn aspect(&mut self, what: &str, value: &Value<'a>) -> Option<f64> {
        let number = self.number(what, value)?;
        if (1.0..=20.0).contains(&number) {
            return Some(number);
        }
        self.error(
            span_of(value),
            "`aspect` is the length of a box relative to its width, from 1 to 20",
        );
        None
    }

    /// What a shape has, and what it needs.
    fn fits_shape(&mut self, read: &Picture, table: &DeTable<'a>) {
        if read.shape == Shape::Disc && !table.contains_key("area") {
            let message = format!("picture `{}` has no `area`", read.name);
            let help = "a disc has more membrane than a sphere of its volume: it needs both";
            self.diagnostics
                .push(Diagnostic::new(read.span, message).help(help));
        }
        let (disc, boxed) = (read.shape == Shape::Disc, read.shape == Shape::Box);
        let wrong = [
            ("wall", !boxed, "only a box has a wall"),
            ("aspect", !boxed, "only a box has an aspect"),
            ("area", boxed, "a box follows from its volume alone"),
            (
                "vacuole",
                disc || boxed,
                "only a sphere is drawn with a vacuole",
            ),
            ("vesicles", disc, "a disc is drawn without vesicles"),
        ];
        for (key, _) in self.entries(table) {
            if let Some((_, _, why)) = wrong.iter().find(|w| w.0 == key.name && w.1) {
                let message = format!("a {} can't have `{}`", read.shape.name(), key.name);
                self.diagnostics
                    .push(Diagnostic::new(key.span, message).help(*why));
            }
        }
    }

    /// `vesicles = { … }`
    fn vesicles(&mut self, value: &Value<'a>, parts: &mut Vec<(Part, Ast)>) {
        let Some(table) = self.table("vesicles", value) else {
            return;
        };
        for (k, v) in self.entries(table) {
            match Part::VESICLES.iter().find(|p| p.key() == k.name) {
                Some(part) => {
                    let read = self.expression(&format!("`{}`", part.path()), v);
                    parts.extend(read.map(|ast| (*part, ast)));
                }
                None => {
                    let known = Part::VESICLES.map(Part::key);
                    self.unknown("`vesicles`", &k, &known);
                }
            }
        }
        let has = |key: &str| table.contains_key(key);
        let counted = has("number") && has("diameter");
        if has("area") == has("number") || (!has("area") && !counted) {
            self.diagnostics.push(
                Diagnostic::new(
                    span_of(value),
                    "vesicles need `area`, or `number` and `diameter`",
                )
                .help("`area` is the membrane of all of them"),
            );
        }
    }
}

const SHAPES: &str = "a cell is drawn as a `box`, a `disc` or a `sphere`";
