//! `osmocyte list`: the shipped models, and their topics.

mod json;
mod text;

use super::End;
use super::terminal::{Stop, Terminal};
use crate::model::Catalogue;

/// List the shipped models, or their topics.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte list                            all of them, by group
  osmocyte list cell volume                those that speak of both
  osmocyte list --topic                    all topics, and the models on each
  osmocyte list --topic red blood cells    the models on a topic
  osmocyte list --json                     for programs

Case, hyphens, accents and plurals do not matter; the beginning of a word will do.
Exits with 1 if nothing was found.")]
pub(super) struct Args {
    /// Only models that speak of all these words: name, title, description, group, topics, variants.
    words: Vec<String>,
    /// The topics and their models; with words, the models on a topic that has all of them.
    #[arg(long, value_name = "WORDS", num_args = 0..)]
    topic: Option<Vec<String>>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn list(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let all = Catalogue::shipped();
    let mut found = all.clone();
    if !args.words.is_empty() {
        found = found.speaking_of(&args.words.join(" "));
    }
    let wanted = args.topic.as_ref().filter(|words| !words.is_empty());
    if let Some(words) = wanted {
        found = found.on_topic(&words.join(" "));
    }
    let topics = found.topics();
    let shows_topics = args.topic.is_some() && wanted.is_none();
    let empty = found.models.is_empty() || (shows_topics && topics.is_empty());
    if args.json {
        let value = if shows_topics {
            json::topics(&topics)
        } else {
            json::models(&found)
        };
        terminal.print(&format!("{value:#}\n"))?;
    } else if shows_topics && !empty {
        terminal.print(&text::topics(&topics, terminal))?;
    } else if !empty {
        terminal.print(&text::models(&found, terminal))?;
    }
    if !empty {
        return Ok(End::Ok);
    }
    terminal.remark(&if found.models.is_empty() {
        nothing(args, wanted, &all)
    } else {
        format!("no topics in what speaks of: {}", args.words.join(", "))
    });
    Ok(End::Failed)
}

/// What to say where no model was found.
fn nothing(args: &Args, topic: Option<&Vec<String>>, all: &Catalogue) -> String {
    let speaks = (!args.words.is_empty()).then(|| format!("speaks of: {}", args.words.join(", ")));
    let has = topic.map(|words| format!("has the topic: {}", words.join(" ")));
    let said: Vec<String> = speaks.into_iter().chain(has).collect();
    let message = format!("no shipped model {}", said.join(" and "));
    let asked = topic.unwrap_or(&args.words).join(" ");
    match (all.nearest_topic(&asked), topic) {
        (Some(right), _) => format!("{message}\nhelp: did you mean `{right}`?"),
        (None, Some(_)) => format!("{message}\nhelp: `osmocyte list --topic` shows all topics"),
        (None, None) => message,
    }
}
