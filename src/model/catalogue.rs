//! The shipped models as a reader looks for them: by group, by word, by topic.

use std::collections::BTreeMap;

use super::spelling::{Nearness, Query, key};
use super::{Entry, Group, library, load};
use crate::diagnostic::{Source, nearest};

/// What a shipped model says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Name of the model: the file's name without ending.
    pub name: &'static str,
    /// Folder inside `models/`: empty, `bench` or `reference`.
    pub folder: &'static str,
    /// One line.
    pub title: String,
    /// A paragraph.
    pub about: String,
    /// From its file or its folder.
    pub group: Option<Group>,
    /// Short phrases.
    pub topics: Vec<String>,
    /// Its variants, and what each stands for.
    pub variants: Vec<(String, String)>,
}

impl Summary {
    fn new(entry: &Entry) -> Summary {
        let source = Source {
            name: entry.name.to_string(),
            text: entry.text.to_string(),
        };
        let model = load(entry.name, source, &|_| Err(String::new())).model;
        let variants = model.variants.into_iter().map(|v| (v.name, v.about));
        Summary {
            name: entry.name,
            folder: entry.folder,
            title: model.title,
            about: model.about,
            group: model.group.or(Group::of_folder(entry.folder)),
            topics: model.topics,
            variants: variants.collect(),
        }
    }

    fn speaks_of(&self, query: &Query, nearness: Nearness) -> bool {
        let group = self.group.map_or("", Group::name);
        let mut text = [self.name, &self.title, &self.about, group].join("\n");
        let variants = self.variants.iter().flat_map(|(name, about)| [name, about]);
        for more in self.topics.iter().chain(variants) {
            text.push('\n');
            text.push_str(more);
        }
        query.matches(&text, nearness)
    }

    fn is_on(&self, query: &Query, nearness: Nearness) -> bool {
        self.topics.iter().any(|t| query.matches(t, nearness))
    }
}

/// A topic and the models that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// The phrase, as the first of the models writes it.
    pub phrase: String,
    /// Names of models.
    pub models: Vec<&'static str>,
}

/// Shipped models, by group and name.
///
/// ```
/// use osmocyte::model::Catalogue;
///
/// let names: Vec<&str> = Catalogue::shipped().on_topic("red blood cells").models.iter().map(|m| m.name).collect();
/// assert!(names.contains(&"red-blood-cell"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// The models, in the order of their groups.
    pub models: Vec<Summary>,
}

impl Catalogue {
    /// All shipped models.
    pub fn shipped() -> Catalogue {
        let mut models: Vec<Summary> = library().iter().map(Summary::new).collect();
        models.sort_by_key(|m| (m.group.is_none(), m.group, m.name));
        Catalogue { models }
    }

    /// Those whose name, title, description, group, topics or variants hold all of these words, or words that begin so;
    /// if there are none, those with words that have them as a part.
    #[must_use]
    pub fn speaking_of(self, words: &str) -> Catalogue {
        let query = Query::new(words);
        self.narrowed(|model, nearness| model.speaks_of(&query, nearness))
    }

    /// Those with a topic that holds all of these words, or words that begin so; if there are none, with words that have
    /// them as a part.
    #[must_use]
    pub fn on_topic(self, words: &str) -> Catalogue {
        let query = Query::new(words);
        self.narrowed(|model, nearness| model.is_on(&query, nearness))
    }

    fn narrowed(mut self, keep: impl Fn(&Summary, Nearness) -> bool) -> Catalogue {
        let near = |m: &Summary| keep(m, Nearness::Beginning);
        let nearness = if self.models.iter().any(near) {
            Nearness::Beginning
        } else {
            Nearness::Part
        };
        self.models.retain(|m| keep(m, nearness));
        self
    }

    /// The topics in alphabetical order; what reads the same is one topic.
    pub fn topics(&self) -> Vec<Topic> {
        let mut topics: BTreeMap<String, Topic> = BTreeMap::new();
        for model in &self.models {
            for phrase in &model.topics {
                let topic = topics.entry(key(phrase)).or_insert_with(|| Topic {
                    phrase: phrase.clone(),
                    models: Vec::new(),
                });
                topic.models.push(model.name);
            }
        }
        topics.into_values().collect()
    }

    /// The topic that somebody probably meant who asks for one that is not there; none for one that is.
    pub fn nearest_topic(&self, words: &str) -> Option<String> {
        let topics = self.topics();
        let first = |query: &Query| {
            let matches = |t: &&Topic| query.matches(&t.phrase, Nearness::Beginning);
            topics.iter().find(matches).map(|t| t.phrase.clone())
        };
        if first(&Query::new(words)).is_some() {
            return None;
        }
        let keys: Vec<String> = topics.iter().map(|t| key(&t.phrase)).collect();
        let asked = key(words);
        if let Some(right) = nearest(&asked, keys.iter().map(String::as_str)) {
            let at = keys.iter().position(|k| k == right)?;
            return Some(topics[at].phrase.clone());
        }
        // One word of a phrase, or several with a slip in each: word by word.
        let vocabulary: Vec<&str> = keys.iter().flat_map(|k| k.split(' ')).collect();
        let known = |word: &str| {
            let query = Query::new(word);
            keys.iter().any(|k| query.matches(k, Nearness::Beginning))
        };
        let right: Option<Vec<&str>> = asked
            .split(' ')
            .map(|word| match known(word) {
                true => Some(word),
                false => nearest(word, vocabulary.iter().copied()),
            })
            .collect();
        first(&Query::new(&right?.join(" ")))
    }
}
