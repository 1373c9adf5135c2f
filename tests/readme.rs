//! The README tells the truth: its model runs, its commands run, its figure is what the tool draws today.

use std::path::Path;
use std::process::Command;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The fenced blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let mut out = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            Some(block) if line == "```" => {
                out.push(std::mem::take(block));
                open = None;
            }
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line == format!("```{language}") => open = Some(String::new()),
            None => {}
        }
    }
    out
}

#[test]
fn the_model_in_the_readme_is_complete() {
    let models = blocks("toml");
    assert_eq!(models.len(), 1);
    let simulation = osmocyte::Simulation::from_text("readme", &models[0]).unwrap();
    let run = simulation.run(&Default::default()).unwrap();
    assert!(run.trajectory.is_ok());
    // Boyle–van't Hoff: (0.2 + 2·0.8) of the volume, nearly reached within the minute.
    let swelling = run.trajectory.outcomes[0].value.unwrap();
    assert!((1.7..1.8).contains(&swelling), "{swelling}");
}

#[test]
fn every_command_in_the_readme_runs() {
    let folder = tempfile::tempdir().unwrap();
    let commands: Vec<String> = blocks("sh")
        .iter()
        .flat_map(|block| block.lines())
        .filter_map(|line| line.strip_prefix("osmocyte "))
        .map(|line| line.split('#').next().unwrap_or("").trim().to_string())
        .collect();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands.iter().filter(|c| *c != "check") {
        let arguments: Vec<String> = command.split(' ').map(|a| a.replace('"', "")).collect();
        // The only quoted argument of the README holds a blank.
        let arguments = join_setting(arguments);
        let output = Command::new(env!("CARGO_BIN_EXE_osmocyte"))
            .args(&arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn join_setting(arguments: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for argument in arguments {
        match out.last_mut() {
            Some(last) if last.contains('=') && !argument.starts_with('-') => {
                last.push(' ');
                last.push_str(&argument);
            }
            _ => out.push(argument),
        }
    }
    out
}

#[test]
#[cfg(feature = "charts")]
fn the_figure_in_the_readme_is_what_the_tool_draws() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_osmocyte"))
        .args(["run", "red-blood-cell"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let drawn =
        std::fs::read_to_string(folder.path().join("out/red-blood-cell/swelling.svg")).unwrap();
    let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/red-blood-cell.svg");
    let shown = std::fs::read_to_string(shown).unwrap();
    assert!(
        drawn == shown,
        "the figure has changed: copy out/red-blood-cell/swelling.svg to docs/red-blood-cell.svg"
    );
}

/// Whoever copies a recipe from the page has the file that was run.
#[test]
fn the_page_of_workflows_shows_its_recipes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let page = read("workflows.md");
    for (language, name) in [
        ("snakemake", "recipes/Snakefile"),
        ("nextflow", "recipes/main.nf"),
    ] {
        let block = format!("```{language}\n{}```\n", read(name));
        assert!(page.contains(&block), "{name}");
    }
}
