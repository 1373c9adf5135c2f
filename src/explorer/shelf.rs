//! The models that the page can show: those of the command line, read once at the start, and the shipped ones.

use std::sync::Arc;

use serde_json::Value;

use super::recent::Recent;
use crate::diagnostic::{Source, nearest};
use crate::error::{Error, ErrorKind};
use crate::model::{Catalogue, Group, Model, library};
use crate::study::Simulation;

/// Compiled models that are kept.
const KEPT: usize = 24;

/// A model file that was named on the command line, with the files that it names: nothing is read later.
#[derive(Clone, Debug)]
pub struct Offer {
    /// As written on the command line: how the page and its commands name it.
    pub id: String,
    /// Name of the model: the file's name without ending.
    pub name: String,
    /// The text, with the name under which messages show it.
    pub source: Source,
    /// Names and texts of the files that the model names.
    pub files: Vec<(String, String)>,
}

/// A model as the list shows it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// How it is asked for, here and on the command line.
    pub id: String,
    pub title: String,
    pub about: String,
    pub group: Option<Group>,
    /// Of the command line, not shipped.
    pub own: bool,
    pub topics: Vec<String>,
    pub variants: Vec<(String, String)>,
    offer: Offer,
}

impl Entry {
    /// The text of the model's file.
    pub fn text(&self) -> &str {
        &self.offer.source.text
    }

    /// Name of the model: the file's name without ending.
    pub fn name(&self) -> &str {
        &self.offer.name
    }
}

/// The models, and their simulations once they were asked for.
#[derive(Debug)]
pub struct Shelf {
    entries: Vec<Entry>,
    /// What the page opens first.
    pub(super) first: (String, Option<String>),
    ready: Recent<(String, Option<String>), Simulation>,
    /// What the page was told of them.
    pub(super) sheets: Recent<(String, Option<String>), Value>,
}

impl Shelf {
    /// These models and the shipped ones; `first` is the model, and its variant, that the page opens.
    pub fn new(offers: Vec<Offer>, first: (String, Option<String>)) -> Shelf {
        let mut entries: Vec<Entry> = offers.into_iter().map(own).collect();
        entries.extend(shipped());
        Shelf {
            entries,
            first,
            ready: Recent::new(KEPT),
            sheets: Recent::new(KEPT),
        }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The model of that name.
    pub(super) fn find(&self, id: &str) -> Result<&Entry, Error> {
        if let Some(found) = self.entries.iter().find(|e| e.id == id) {
            return Ok(found);
        }
        let names = self.entries.iter().map(|e| e.id.as_str());
        Err(ErrorKind::UnknownModel {
            name: id.to_string(),
            nearest: nearest(id, names).map(str::to_string),
        }
        .into())
    }

    /// A model ready to run, as one of its variants.
    pub(super) fn simulation(
        &self,
        entry: &Entry,
        variant: Option<&str>,
    ) -> Result<Arc<Simulation>, Error> {
        let key = (entry.id.clone(), variant.map(str::to_string));
        if let Some(found) = self.ready.get(&key) {
            return Ok(found);
        }
        let Offer {
            name,
            source,
            files,
            ..
        } = &entry.offer;
        let read = |wanted: &str| {
            let found = files.iter().find(|(name, _)| name == wanted);
            found
                .map(|(_, text)| text.clone())
                .ok_or_else(|| "it was not there when `osmocyte explore` was started".to_string())
        };
        let made = Arc::new(Simulation::new(name, source.clone(), &read, variant, &[])?);
        self.ready.put(key, made.clone());
        Ok(made)
    }
}

/// A model of the command line.
fn own(offer: Offer) -> Entry {
    let source = offer.source.clone();
    let model = crate::model::load(&offer.name, source, &|_| Err(String::new())).model;
    let Model {
        title,
        about,
        group,
        topics,
        variants,
        ..
    } = model;
    Entry {
        id: offer.id.clone(),
        title,
        about,
        group,
        own: true,
        topics,
        variants: variants.into_iter().map(|v| (v.name, v.about)).collect(),
        offer,
    }
}

/// The shipped models, by group and name.
fn shipped() -> Vec<Entry> {
    let texts = library();
    let entry = |summary: crate::model::Summary| {
        let text = texts.iter().find(|e| e.name == summary.name)?.text;
        Some(Entry {
            id: summary.name.to_string(),
            title: summary.title,
            about: summary.about,
            group: summary.group,
            own: false,
            topics: summary.topics,
            variants: summary.variants,
            offer: Offer {
                id: summary.name.to_string(),
                name: summary.name.to_string(),
                source: Source {
                    name: format!("{}.toml", summary.name),
                    text: text.to_string(),
                },
                files: Vec::new(),
            },
        })
    };
    let models = Catalogue::shipped().models;
    models.into_iter().filter_map(entry).collect()
}
