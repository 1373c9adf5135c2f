//! Where a model stands among the others: its group and its topics.

use toml::de::DeValue;

use super::toml::{Reader, Value, span_of};
use crate::diagnostic::{Diagnostic, nearest};

/// A group of models, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Water and solutes across the membrane of a cell without a wall.
    Osmosis,
    /// Plant cells, roots, soil.
    PlantWater,
    /// Vesicles that fuse with the plasma membrane.
    Exocytosis,
    /// Membrane and cargo taken in.
    Endocytosis,
    /// Water and membrane traffic together.
    Coupled,
    /// Benchmark problems: the files in `models/bench`.
    Bench,
    /// Reference problems: the files in `models/reference`.
    Reference,
}

impl Group {
    /// What a file may say; the other groups are those of a folder.
    const IN_FILES: [Group; 5] = [
        Group::Osmosis,
        Group::PlantWater,
        Group::Exocytosis,
        Group::Endocytosis,
        Group::Coupled,
    ];

    /// Its name, as in a file.
    pub fn name(self) -> &'static str {
        match self {
            Group::Osmosis => "osmosis",
            Group::PlantWater => "plant water",
            Group::Exocytosis => "exocytosis",
            Group::Endocytosis => "endocytosis",
            Group::Coupled => "coupled",
            Group::Bench => "bench",
            Group::Reference => "reference",
        }
    }

    /// The group of all files in a folder inside `models/`; none for those of cells, which say it themselves.
    pub fn of_folder(folder: &str) -> Option<Group> {
        [Group::Bench, Group::Reference]
            .into_iter()
            .find(|g| g.name() == folder)
    }
}

impl<'a> Reader<'a> {
    /// `group = "osmosis"`
    pub fn group(&mut self, value: &Value<'a>) -> Option<Group> {
        let text = self.text("group", value)?;
        let name = text.value.trim();
        let found = Group::IN_FILES.into_iter().find(|g| g.name() == name);
        if found.is_none() {
            let names = Group::IN_FILES.map(Group::name);
            let help = match nearest(name, names) {
                Some(right) => format!("did you mean `{right}`?"),
                None => format!("groups: {}", names.join(", ")),
            };
            self.diagnostics
                .push(Diagnostic::new(text.span, format!("there is no group `{name}`")).help(help));
        }
        found
    }

    /// `topics = ["red blood cell", "haemolysis"]`
    pub fn topics(&mut self, value: &Value<'a>) -> Vec<String> {
        if !matches!(value.get_ref(), DeValue::Array(_) | DeValue::String(_)) {
            self.expected(value, "topics", "a list of texts in quotes");
            return Vec::new();
        }
        let mut topics: Vec<String> = Vec::new();
        for item in self.items(value) {
            let Some(text) = self.text("a topic", item) else {
                continue;
            };
            let topic = text.value.split_whitespace().collect::<Vec<_>>().join(" ");
            if topic.is_empty() {
                self.error(span_of(item), "a topic can't be empty");
            } else if topics.contains(&topic) {
                self.error(span_of(item), format!("the topic `{topic}` is there twice"));
            } else {
                topics.push(topic);
            }
        }
        topics
    }
}
