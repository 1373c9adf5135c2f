//! What the page asks for: JSON, read with a message for each slip.

use serde_json::{Map, Value};

use crate::diagnostic::nearest;
use crate::output::chart::Theme;

/// Longest text of a setting or a step \[bytes\].
const LONGEST: usize = 1000;
/// Most settings, and most steps.
const MOST: usize = 400;

/// A run of a model: everything that its numbers depend on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Recipe {
    pub model: String,
    pub variant: Option<String>,
    /// Names and values as written on the command line.
    pub settings: Vec<(String, String)>,
    /// The steps of the model's own experiment are kept.
    pub own_steps: bool,
    /// More steps of the experiment.
    pub steps: Vec<String>,
}

/// A run and how it shall be drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ask {
    pub recipe: Recipe,
    /// An earlier run, to draw beside it.
    pub pinned: Option<Recipe>,
    pub theme: Theme,
    /// Width of the charts \[px\].
    pub width: f64,
    /// Moment at which the cell is shown: 0 is the start of the run, 1 its end.
    pub moment: f64,
    /// What of the pictures is wanted; all where nothing is said.
    pub part: Option<Part>,
}

/// The pictures that are in sight while a slider is on its way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Names of charts.
    pub charts: Vec<String>,
    /// The cells, too.
    pub cells: bool,
}

/// An object whose fields are taken out one by one; what is left means nothing.
struct Fields<'a> {
    what: &'static str,
    map: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    fn new(what: &'static str, value: &'a Value) -> Result<Fields<'a>, String> {
        match value {
            Value::Object(map) => Ok(Fields {
                what,
                map,
                known: Vec::new(),
            }),
            _ => Err(format!("{what} is an object")),
        }
    }

    fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.map.get(name).filter(|v| !v.is_null())
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, String> {
        let what = self.what;
        self.get(name)
            .map(|v| match v {
                Value::String(text) => short(text),
                _ => Err(format!("`{name}` of {what} is a text")),
            })
            .transpose()
    }

    fn texts(&mut self, name: &'static str) -> Result<Vec<String>, String> {
        let refused = || format!("`{name}` is a list of at most {MOST} texts");
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) if list.len() <= MOST => {
                let one = |v: &Value| short(v.as_str().ok_or_else(refused)?);
                list.iter().map(one).collect()
            }
            Some(_) => Err(refused()),
        }
    }

    fn flag(&mut self, name: &'static str, otherwise: bool) -> Result<bool, String> {
        let what = self.what;
        self.get(name).map_or(Ok(otherwise), |v| {
            v.as_bool()
                .ok_or(format!("`{name}` of {what} is true or false"))
        })
    }

    fn number(
        &mut self,
        name: &'static str,
        otherwise: f64,
        (low, high): (f64, f64),
    ) -> Result<f64, String> {
        let Some(value) = self.get(name) else {
            return Ok(otherwise);
        };
        let number = value.as_f64().filter(|v| (low..=high).contains(v));
        number.ok_or_else(|| format!("`{name}` of {} is a number from {low} to {high}", self.what))
    }

    fn end(self) -> Result<(), String> {
        let unknown = self.map.keys().find(|k| !self.known.contains(&k.as_str()));
        unknown.map_or(Ok(()), |name| {
            let right = nearest(name, self.known.iter().copied());
            let help = right.map_or(String::new(), |r| format!("; did you mean `{r}`?"));
            Err(format!("{} has no `{name}`{help}", self.what))
        })
    }
}

fn short(text: &str) -> Result<String, String> {
    match text.len() <= LONGEST {
        true => Ok(text.to_string()),
        false => Err(format!("a text may have {LONGEST} bytes")),
    }
}

fn json(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|e| format!("this is not JSON: {e}"))
}

fn recipe(what: &'static str, fields: &mut Fields) -> Result<Recipe, String> {
    let missing = || format!("{what} names no `model`");
    let mut out = Recipe {
        model: fields.text("model")?.ok_or_else(missing)?,
        variant: fields.text("variant")?,
        own_steps: fields.flag("own_steps", true)?,
        ..Recipe::default()
    };
    match fields.get("settings") {
        None => {}
        Some(Value::Object(map)) if map.len() <= MOST => {
            for (name, value) in map {
                let Value::String(value) = value else {
                    return Err(format!("the setting `{name}` is a text, e.g. \"5 mM\""));
                };
                out.settings.push((short(name)?, short(value)?));
            }
        }
        Some(_) => return Err(format!("`settings` has at most {MOST} names and texts")),
    }
    out.steps = fields.texts("steps")?;
    Ok(out)
}

/// Reads a run alone.
pub(super) fn read_recipe(body: &[u8]) -> Result<Recipe, String> {
    let value = json(body)?;
    let mut fields = Fields::new("the question", &value)?;
    let recipe = recipe("the question", &mut fields)?;
    fields.end()?;
    Ok(recipe)
}

/// Reads a run with its picture.
pub(super) fn read_ask(body: &[u8]) -> Result<Ask, String> {
    let value = json(body)?;
    let mut fields = Fields::new("the question", &value)?;
    let own = recipe("the question", &mut fields)?;
    let pinned = match fields.get("pinned") {
        None => None,
        Some(value) => {
            let mut fields = Fields::new("the pinned run", value)?;
            let pinned = recipe("the pinned run", &mut fields)?;
            fields.end()?;
            Some(pinned)
        }
    };
    let theme = match fields.text("theme")?.as_deref() {
        None | Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        Some(other) => return Err(format!("the theme is light or dark, not `{other}`")),
    };
    let width = fields.number("width", 720.0, (200.0, 2000.0))?;
    let moment = fields.number("moment", 1.0, (0.0, 1.0))?;
    let part = match fields.get("part") {
        None => None,
        Some(value) => {
            let mut fields = Fields::new("the part", value)?;
            let part = Part {
                charts: fields.texts("charts")?,
                cells: fields.flag("cells", false)?,
            };
            fields.end()?;
            Some(part)
        }
    };
    fields.end()?;
    Ok(Ask {
        recipe: own,
        pinned,
        theme,
        width,
        moment,
        part,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_question() {
        let text = r#"{"model":"a","settings":{"x":"1 s","b":"2"},"steps":["at 1 s: c = 2"],"own_steps":false,
                       "pinned":{"model":"a"},"theme":"dark","width":300}"#;
        let ask = read_ask(text.as_bytes()).unwrap();
        assert_eq!(ask.recipe.settings[0], ("x".into(), "1 s".into()));
        assert_eq!(ask.recipe.steps, ["at 1 s: c = 2"]);
        assert_eq!(ask.part, None);
        let text = r#"{"model":"a","part":{"charts":["b","c"]}}"#;
        let (charts, cells) = (vec!["b".into(), "c".into()], false);
        let part = read_ask(text.as_bytes()).unwrap().part;
        assert_eq!(part, Some(Part { charts, cells }));
        assert!(!ask.recipe.own_steps && ask.theme == Theme::Dark && ask.width == 300.0);
        assert!(
            ask.pinned
                .is_some_and(|p| p.own_steps && p.settings.is_empty())
        );
    }

    #[test]
    fn slips_have_messages() {
        for (text, message) in [
            (
                "",
                "this is not JSON: EOF while parsing a value at line 1 column 0",
            ),
            ("[]", "the question is an object"),
            ("{}", "the question names no `model`"),
            (r#"{"model":1}"#, "`model` of the question is a text"),
            (
                r#"{"model":"a","setting":{}}"#,
                "the question has no `setting`; did you mean `settings`?",
            ),
            (
                r#"{"model":"a","settings":{"x":1}}"#,
                "the setting `x` is a text, e.g. \"5 mM\"",
            ),
            (
                r#"{"model":"a","width":1e9}"#,
                "`width` of the question is a number from 200 to 2000",
            ),
            (
                r#"{"model":"a","pinned":{"modell":""}}"#,
                "the pinned run names no `model`",
            ),
            (
                r#"{"model":"a","theme":"blue"}"#,
                "the theme is light or dark, not `blue`",
            ),
        ] {
            assert_eq!(read_ask(text.as_bytes()).unwrap_err(), message, "{text}");
        }
        let long = format!(r#"{{"model":"{}"}}"#, "a".repeat(LONGEST + 1));
        assert_eq!(
            read_recipe(long.as_bytes()).unwrap_err(),
            "a text may have 1000 bytes"
        );
    }
}
