//! The texts of a figure: title, caption, what is to be seen, and where the numbers of its models are from.

use std::fmt::Write as _;

use crate::trajectory::figure::{FigureData, ModelData};

/// NAME.md
pub(super) fn markdown(data: &FigureData, alt: &str) -> String {
    let name = &data.name;
    let mut text = format!("# {}\n\n", data.title);
    if !alt.is_empty() {
        // The alternative text itself stands below, where it may be as long as it is.
        let _ = write!(text, "![{}]({name}.svg)\n\n", plain(&data.title));
    }
    if !data.caption.is_empty() {
        let _ = write!(text, "{}\n\n", data.caption);
    }
    let _ = write!(text, "The numbers behind it: [{name}.csv]({name}.csv).\n\n");
    if !alt.is_empty() {
        let _ = write!(text, "## In words\n\n{alt}\n\n");
    }
    text.push_str("## Where the numbers of the models are from\n\n");
    text.push_str("Values as the models have them; what the figure changes is in its file.\n\n");
    for model in &data.models {
        sources(model, &mut text);
    }
    format!("{}\n", text.trim_end())
}

fn sources(model: &ModelData, text: &mut String) {
    let _ = write!(text, "### `{}`: {}\n\n", model.name, model.title);
    for parameter in &model.parameters {
        let about = match parameter.about.as_str() {
            "" => String::new(),
            about => format!(", {about}"),
        };
        let source = match parameter.source.as_str() {
            "" => "no source given",
            source => source,
        };
        let _ = writeln!(
            text,
            "- `{}` = {}{about}. {}.",
            parameter.name,
            parameter.value,
            capital(source.trim_end_matches('.'))
        );
    }
    text.push('\n');
}

/// Without what Markdown would take for something else inside of brackets.
pub(super) fn plain(text: &str) -> String {
    text.replace(['[', ']', '*', '`'], "")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
