//! The texts of a figure: title, caption, what is to be seen, and where the numbers of its models are from.

use std::fmt::Write as _;

use crate::trajectory::figure::{ChangeData, FigureData, ModelData};

/// NAME.md
pub(super) fn markdown(data: &FigureData, alt: &str) -> String {
    let name = &data.name;
    let mut text = format!("# {}\n\n", literal(&data.title));
    if !alt.is_empty() {
        // The alternative text itself stands below, where it may be as long as it is.
        let _ = write!(text, "![{}]({name}.svg)\n\n", plain(&data.title));
    }
    if !data.caption.is_empty() {
        let _ = write!(text, "{}\n\n", data.caption);
    }
    let _ = write!(text, "The numbers behind it: [{name}.csv]({name}.csv).\n\n");
    if !alt.is_empty() {
        let _ = write!(text, "## In words\n\n{}\n\n", literal(alt));
    }
    text.push_str("## Where the numbers of the models are from\n\n");
    if data.changes.is_empty() {
        text.push_str("Values as the models have them.\n\n");
    } else {
        text.push_str("Values as the models have them, with what the charts change:\n\n");
        for change in &data.changes {
            changed(change, &mut text);
        }
        text.push('\n');
    }
    for model in &data.models {
        sources(model, &mut text);
    }
    format!("{}\n", text.trim_end())
}

fn changed(change: &ChangeData, text: &mut String) {
    let of = match change.label.as_str() {
        "" => String::new(),
        label => format!(", {}", literal(label)),
    };
    let _ = write!(text, "- Chart {}{of}: `{}`", change.chart, change.run);
    let set = change
        .set
        .iter()
        .map(|(name, value)| format!("`{name}` = {value}"));
    let set: Vec<String> = set.collect();
    if !set.is_empty() {
        let _ = write!(text, " with {}", set.join(", "));
    }
    let about = change.about.trim_end_matches('.');
    let about = if about.is_empty() {
        String::new()
    } else {
        format!(" {}.", capital(about))
    };
    let _ = writeln!(text, ".{about}");
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
    let text = text.replace(['*', '`'], "");
    // Units are in brackets.
    text.replace('[', "(").replace(']', ")").replace('<', "\\<")
}

/// A text that is not Markdown, in Markdown: nothing in it is taken for a tag, a link or for emphasis.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // A word in brackets is a link only before another bracket.
        let link = matches!(c, '(' | '[') && out.ends_with(']');
        if link || matches!(c, '\\' | '<' | '*' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
