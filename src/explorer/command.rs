//! A run of the page as a line for a shell.

use super::ask::Recipe;
use crate::model::{ChangeKind, Model};

/// `osmocyte run MODEL …`; `None` where a step of the model's own is left out that no sentence can say.
pub(super) fn command(recipe: &Recipe) -> String {
    let mut words = vec!["osmocyte".to_string(), "run".to_string()];
    words.push(match &recipe.variant {
        Some(variant) => format!("{}@{variant}", recipe.model),
        None => recipe.model.clone(),
    });
    for (name, value) in &recipe.settings {
        if name == "duration" {
            words.extend(["--duration".to_string(), value.clone()]);
        } else {
            words.extend(["--set".to_string(), format!("{name}={value}")]);
        }
    }
    if !recipe.own_steps {
        words.push("--no-steps".to_string());
    }
    for step in &recipe.steps {
        words.extend(["--step".to_string(), step.clone()]);
    }
    let quoted: Vec<String> = words.iter().map(|w| quote(w)).collect();
    quoted.join(" ")
}

/// A word as a POSIX shell takes it for one, whatever is in it.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// True when every step of the model's own experiment can be written as a sentence.
pub(super) fn can_be_said(model: &Model) -> bool {
    let series = |c: &crate::model::Change| matches!(c.kind, ChangeKind::Series { .. });
    !model.experiment.changes.iter().any(series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_blanks_and_quotes_stay_whole() {
        let recipe = Recipe {
            model: "it's.toml".into(),
            variant: Some("a".into()),
            settings: vec![
                ("Pf".into(), "20 um/s".into()),
                ("duration".into(), "5 s".into()),
                ("x".into(), "$(rm -r .)`a`\"".into()),
            ],
            own_steps: false,
            steps: vec!["at 3 s: bath.osmolarity = 1 mOsm".into()],
        };
        assert_eq!(
            command(&recipe),
            r#"osmocyte run 'it'\''s.toml@a' --set 'Pf=20 um/s' --duration '5 s' --set 'x=$(rm -r .)`a`"' --no-steps --step 'at 3 s: bath.osmolarity = 1 mOsm'"#
        );
    }

    #[test]
    fn a_bare_run_is_short() {
        let recipe = Recipe {
            model: "red-blood-cell".into(),
            own_steps: true,
            ..Recipe::default()
        };
        assert_eq!(command(&recipe), "osmocyte run red-blood-cell");
    }
}
