//! What determines the rows of a sweep: enough to do it again elsewhere, with nothing but the plan.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cli::origin::sha256;
use crate::cli::source::Found;
use crate::diagnostic::Source;
use crate::error::Error;
use crate::model::{Design, StudyDef};
use crate::output::csv::push_number;
use crate::study::sweep::{Request, Survey, SweepOptions};
use crate::study::{RunOptions, Simulation, method_name, method_named};

/// A model, what is asked of it, and how to solve it.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// Name of the model.
    pub model: String,
    /// What follows the `@`.
    pub variant: Option<String>,
    /// Text of the model, and the name under which messages show it.
    source: Source,
    /// Texts of the files that the model names.
    files: BTreeMap<String, String>,
    /// The study.
    pub request: Request,
    /// Method, tolerances and limits, where they were asked for.
    pub options: RunOptions,
}

impl Recipe {
    /// Reads the model and the files that it names.
    pub fn of(
        found: &Found,
        request: Request,
        options: RunOptions,
    ) -> Result<(Recipe, Simulation), Error> {
        let files = RefCell::new(BTreeMap::new());
        let read = |name: &str| {
            let text = found.file(name)?;
            files.borrow_mut().insert(name.to_string(), text.clone());
            Ok(text)
        };
        let variant = found.variant.as_deref();
        let source = found.source().clone();
        let simulation =
            Simulation::new(&found.name, source.clone(), &read, variant, &request.set)?;
        let recipe = Recipe {
            model: found.name.clone(),
            variant: found.variant.clone(),
            source,
            files: files.into_inner(),
            request,
            options,
        };
        Ok((recipe, simulation))
    }

    /// The model, read again.
    pub fn simulation(&self) -> Result<Simulation, Error> {
        let read = |name: &str| {
            let text = self.files.get(name).cloned();
            text.ok_or_else(|| "the plan does not have it".to_string())
        };
        Simulation::new(
            &self.model,
            self.source.clone(),
            &read,
            self.variant.as_deref(),
            &self.request.set,
        )
    }

    /// The study, made ready.
    pub fn survey(
        &self,
        simulation: &Simulation,
        options: &RunOptions,
    ) -> Result<(StudyDef, Survey), Error> {
        let (simulation, study) = self.request.settle(simulation)?;
        let run = options.clone();
        let survey = Survey::new(&simulation, &study, &SweepOptions { run })?;
        Ok((study, survey))
    }

    /// `name` or `name@variant`.
    pub fn full_name(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}@{variant}", self.model),
            None => self.model.clone(),
        }
    }

    /// The keys `model`, `request` and `options` of a plan.
    pub fn put(&self, title: &str, into: &mut Map<String, Value>) {
        let model = json!({
            "name": self.model,
            "variant": self.variant,
            "title": title,
            "sha256": sha256(&self.source.text),
            "text": self.source.text,
            "files": self.files,
        });
        let r = &self.request;
        let table = (r.table.as_ref()).map(|(name, text)| json!({ "name": name, "text": text }));
        let request = json!({
            "study": r.study,
            "set": r.set.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
            "vary": r.vary,
            "table": table,
            "design": r.design.map(Design::name),
            "points": r.points,
            "seed": r.seed,
            "scramble": !r.unscrambled,
            "outcomes": r.outcomes,
        });
        into.insert("model".into(), model);
        into.insert("request".into(), request);
        into.insert("options".into(), options_json(&self.options));
    }

    /// Reads what [`Recipe::put`] wrote.
    pub fn read(inputs: &Value) -> Result<Recipe, String> {
        let model = &inputs["model"];
        let request = &inputs["request"];
        let name = text(&model["name"], "the name of the model")?;
        let table = match &request["table"] {
            Value::Null => None,
            table => Some((
                text(&table["name"], "the name of the table")?,
                text(&table["text"], "the text of the table")?,
            )),
        };
        let design = match optional_text(&request["design"], "the design")? {
            Some(name) => {
                Some(Design::named(&name).ok_or_else(|| format!("there is no design `{name}`"))?)
            }
            None => None,
        };
        let options = &inputs["options"];
        let method = match optional_text(&options["method"], "the method")? {
            Some(name) => Some(method_named(&name)?),
            None => None,
        };
        Ok(Recipe {
            source: Source {
                name: format!("{name}.toml"),
                text: text(&model["text"], "the text of the model")?,
            },
            model: name,
            variant: optional_text(&model["variant"], "the variant")?,
            files: files(&model["files"])?,
            request: Request {
                study: optional_text(&request["study"], "the name of the study")?,
                set: list(&request["set"], "the settings", |pair| {
                    Ok((text(&pair[0], "a name")?, text(&pair[1], "a value")?))
                })?,
                vary: list(&request["vary"], "the axes", |v| text(v, "an axis"))?,
                table,
                design,
                points: optional_count(&request["points"], "the number of points")?,
                seed: optional_count(&request["seed"], "the seed")?,
                unscrambled: request["scramble"] == json!(false),
                outcomes: list(&request["outcomes"], "the outcomes", |v| {
                    text(v, "an outcome")
                })?,
            },
            options: RunOptions {
                method,
                rtol: optional_number(&options["rtol"], "rtol")?,
                atol: optional_number(&options["atol"], "atol")?,
                max_steps: optional_count(&options["max_steps"], "max_steps")?,
                ..RunOptions::default()
            },
        })
    }
}

/// Options as a plan and a card have them. Numbers with a fraction are texts: these come back as they were.
pub(super) fn options_json(options: &RunOptions) -> Value {
    json!({
        "method": options.method.map(method_name),
        "rtol": options.rtol.map(exact),
        "atol": options.atol.map(exact),
        "max_steps": options.max_steps,
    })
}

/// The shortest text that reads back to the same number.
pub(super) fn exact(x: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, x);
    text
}

fn text(value: &Value, what: &str) -> Result<String, String> {
    let found = value.as_str().map(str::to_string);
    found.ok_or_else(|| format!("{what} is not a text"))
}

fn optional_text(value: &Value, what: &str) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        value => text(value, what).map(Some),
    }
}

fn optional_count(value: &Value, what: &str) -> Result<Option<u64>, String> {
    match value {
        Value::Null => Ok(None),
        value => match value.as_u64() {
            Some(n) => Ok(Some(n)),
            None => Err(format!("{what} is not a count")),
        },
    }
}

fn optional_number(value: &Value, what: &str) -> Result<Option<f64>, String> {
    let Some(text) = optional_text(value, what)? else {
        return Ok(None);
    };
    let number = text
        .parse()
        .map_err(|_| format!("{what} is not a number"))?;
    Ok(Some(number))
}

fn list<T>(
    value: &Value,
    what: &str,
    one: impl Fn(&Value) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    match value {
        Value::Array(items) => items.iter().map(one).collect(),
        _ => Err(format!("{what} are not a list")),
    }
}

fn files(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let Value::Object(map) = value else {
        return Err("the files of the model are not an object".to_string());
    };
    map.iter()
        .map(|(name, value)| Ok((name.clone(), text(value, "a file of the model")?)))
        .collect()
}
