//! The library of shipped models covers its field: each process, cell and substance that the introductory texts speak of
//! is a topic of a model that shows it.

use expect_test::{Expect, expect};
use osmocyte::Simulation;
use osmocyte::model::{Catalogue, Group, Summary};

/// What a student looks for, and the models that show it: one of them at least must be found by its topics.
const COVERAGE: &[(&str, &[&str])] = &[
    // Water.
    ("osmosis", &["osmometer"]),
    ("ψ gradient", &["osmometer"]),
    ("water potential gradient", &["osmometer"]),
    ("semipermeable membrane", &["osmometer"]),
    ("endosmosis", &["osmometer", "root-water-uptake"]),
    ("exosmosis", &["osmometer", "root-water-uptake"]),
    ("hypotonic bath", BATHS),
    ("isotonic bath", BATHS),
    ("hypertonic bath", BATHS),
    ("distilled water", BATHS),
    ("osmotic pressure", &["osmometer", "plant-cell"]),
    ("swelling", &["red-blood-cell"]),
    ("red blood cell", &["red-blood-cell"]),
    ("turgidity", &["plant-cell"]),
    (
        "continuous endosmosis",
        &["red-blood-cell", "swelling-protoplast"],
    ),
    ("bursting", &["red-blood-cell", "swelling-protoplast"]),
    (
        "mechanisms preventing bursting",
        &[
            "plant-cell",
            "swelling-protoplast",
            "contractile-vacuole",
            "pump-leak",
            "regulatory-volume-decrease",
        ],
    ),
    ("shrinkage", SHRINKING),
    ("dehydration", SHRINKING),
    ("death", SHRINKING),
    ("plasmolysis", &["plant-cell"]),
    ("deplasmolysis", &["plant-cell"]),
    ("root hair", &["root-water-uptake"]),
    ("capillary water", &["capillary-rise", "root-water-uptake"]),
    ("cortex", ROOT),
    ("xylem", ROOT),
    ("root hair to cortex to xylem", ROOT),
    // Out of the cell.
    (
        "exocytosis",
        &["membrane-turnover", "constitutive-secretion"],
    ),
    (
        "constitutive secretion",
        &["membrane-turnover", "constitutive-secretion"],
    ),
    ("regulated secretion", REGULATED),
    ("ligand trigger", REGULATED),
    ("calcium trigger", REGULATED),
    ("Ca trigger", REGULATED),
    ("Golgi", &["constitutive-secretion"]),
    (
        "Golgi to vesicle to plasma membrane",
        &["constitutive-secretion"],
    ),
    ("secretory vesicle", &["constitutive-secretion"]),
    (
        "new lipid",
        &["constitutive-secretion", "membrane-turnover"],
    ),
    (
        "new protein",
        &["constitutive-secretion", "membrane-turnover"],
    ),
    (
        "neurotransmitter",
        &[
            "synaptic-release",
            "allosteric-release",
            "synaptic-vesicle-cycle",
        ],
    ),
    ("hormone", &["chromaffin-cell", "beta-cell"]),
    ("adrenaline", &["chromaffin-cell"]),
    ("insulin", &["beta-cell", "beta-cell-newcomers"]),
    ("dense-core vesicles", &["chromaffin-cell", "beta-cell"]),
    ("histamine", &["chromaffin-cell"]),
    ("digestive enzymes", &["chromaffin-cell"]),
    ("proteins", &["constitutive-secretion"]),
    ("waste removal", &["phagocytosis"]),
    ("egestion", &["phagocytosis"]),
    ("residual bodies", &["phagocytosis"]),
    ("exosomes", &["membrane-turnover"]),
    ("lysosomes", &["phagocytosis", "membrane-turnover"]),
    (
        "membrane growth",
        &["membrane-turnover", "swelling-protoplast"],
    ),
    (
        "membrane size",
        &["membrane-turnover", "swelling-protoplast"],
    ),
    ("composition regulation", &["membrane-turnover"]),
    // Glucose leaves through a transporter: the model says so.
    ("glucose release", &["beta-cell"]),
    // Into the cell.
    ("phagocytosis", EATING),
    ("amoeba", &["phagocytosis"]),
    ("macrophage", EATING),
    ("neutrophil", EATING),
    ("bacteria", EATING),
    ("debris", EATING),
    ("phagosome–lysosome fusion", &["phagocytosis"]),
    ("digestion", &["phagocytosis"]),
    ("pinocytosis", &["pinocytosis"]),
    ("invagination", &["pinocytosis"]),
    ("receptor binding", &["receptor-endocytosis"]),
    ("scission", &["receptor-endocytosis"]),
    ("endocytic vacuole", &["receptor-endocytosis"]),
    ("cholesterol", &["ldl-cholesterol"]),
    ("LDL", &["ldl-cholesterol"]),
    ("iron", &["transferrin-iron"]),
    ("transferrin", &["transferrin-iron"]),
    ("vitamins", &["receptor-endocytosis"]),
    ("B12", &["receptor-endocytosis"]),
    ("transcobalamin", &["receptor-endocytosis"]),
    ("folate", &["receptor-endocytosis"]),
    ("signal receptors", &["receptor-endocytosis"]),
    ("adhesion", &["receptor-endocytosis"]),
    ("migration", &["receptor-endocytosis"]),
    ("integrin recycling", &["receptor-endocytosis"]),
    ("pathogen entry", &["receptor-endocytosis", "phagocytosis"]),
    // What it costs.
    ("energy need", &["pump-leak", "pinocytosis"]),
    ("Q10", &["pinocytosis"]),
    ("metabolic block", &["pinocytosis"]),
];

const BATHS: &[&str] = &[
    "osmometer",
    "red-blood-cell",
    "permeant-solute",
    "plant-cell",
];
const SHRINKING: &[&str] = &["osmometer", "plant-cell", "freeze-thaw-protoplast"];
const ROOT: &[&str] = &["root-water-uptake", "composite-root", "soil-drying"];
const REGULATED: &[&str] = &["synaptic-release", "chromaffin-cell", "beta-cell"];
const EATING: &[&str] = &["phagocytosis", "phagocytic-cup"];

fn names(found: &Catalogue) -> Vec<&'static str> {
    found.models.iter().map(|m| m.name).collect()
}

#[test]
fn every_item_of_the_field_is_a_topic_of_a_model_that_shows_it() {
    let all = Catalogue::shipped();
    let mut missing = Vec::new();
    for (item, right) in COVERAGE {
        let found = names(&all.clone().on_topic(item));
        if !right.iter().any(|name| found.contains(name)) {
            missing.push(format!("{item}: found {found:?}, not one of {right:?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_cell_model_has_a_group_and_three_topics() {
    for model in Catalogue::shipped().models {
        let Summary {
            name,
            folder,
            group,
            topics,
            ..
        } = &model;
        if folder.is_empty() {
            assert!(group.is_some(), "{name} has no group");
            assert!(topics.len() >= 3, "{name} has only the topics {topics:?}");
        } else {
            assert_eq!(group.map(Group::name), Some(*folder), "{name}");
        }
    }
}

#[test]
fn models_come_by_group_and_name() {
    let models = Catalogue::shipped().models;
    let places: Vec<_> = models
        .iter()
        .map(|m| (m.group.is_none(), m.group, m.name))
        .collect();
    assert!(places.is_sorted());
    let mut groups: Vec<_> = models.iter().filter_map(|m| m.group).collect();
    groups.dedup();
    let names: Vec<&str> = groups.into_iter().map(Group::name).collect();
    let all = "osmosis, plant water, exocytosis, endocytosis, coupled, bench, reference";
    assert_eq!(names.join(", "), all);
}

#[test]
fn words_are_looked_for_everywhere_and_in_any_spelling() {
    let all = Catalogue::shipped();
    for (words, name) in [
        ("erythrocytes", "red-blood-cell"),  // a topic
        ("Spherocyte", "red-blood-cell"),    // a variant
        ("hereditary", "red-blood-cell"),    // what is said of one
        ("osmosis lysis", "red-blood-cell"), // its group
        ("sphericity membrane", "no model"), // only in its equations
        ("macrophages turnover", "membrane-turnover"),
        ("hofler", "plant-cell"),
        ("hemolysis", "red-blood-cell"),
        ("plasmolysis", "plant-cell"),
        ("protoplasts", "swelling-protoplast"),
        ("reference henon", "henon-heiles"),
    ] {
        let found = names(&all.clone().speaking_of(words));
        let wanted = name != "no model";
        assert_eq!(found.contains(&name), wanted, "{words}: {found:?}");
        assert_eq!(found.is_empty(), !wanted, "{words}: {found:?}");
    }
    // Parts of words count only where nothing begins so.
    let found = names(&all.clone().on_topic("tonic bath"));
    assert!(found.contains(&"osmometer"), "{found:?}");
    assert!(
        names(&all.on_topic("osmosis")).len() < 4,
        "endosmosis is another topic"
    );
}

#[test]
fn topics_that_read_the_same_are_one() {
    let topics = Catalogue::shipped().topics();
    let keys: Vec<String> = topics.iter().map(|t| t.phrase.to_lowercase()).collect();
    let mut once = keys.clone();
    once.dedup();
    assert_eq!(keys, once);
    let cell = topics
        .iter()
        .find(|t| t.phrase == "red blood cell")
        .unwrap();
    assert!(cell.models.contains(&"red-blood-cell") && cell.models.contains(&"permeant-solute"));
    // No model is on a topic twice, in two spellings.
    for topic in &topics {
        let mut models = topic.models.clone();
        models.dedup();
        assert_eq!(models, topic.models, "{}", topic.phrase);
    }
}

#[test]
fn a_misspelt_topic_is_recognised() {
    let all = Catalogue::shipped();
    for (asked, right) in [
        ("haemolisys", Some("haemolysis")),
        ("hemolisys", Some("haemolysis")),
        ("plasmolisis", Some("plasmolysis")),
        ("red blod cells", Some("red blood cell")),
        ("semipermiable", Some("semipermeable membrane")),
        ("plasmolysis", None), // it is there
        ("quarks", None),
    ] {
        assert_eq!(all.nearest_topic(asked).as_deref(), right, "{asked}");
    }
}

/// A model text and the messages that it gets.
fn check(head: &str, expected: Expect) {
    let model = format!(
        "title = \"decay\"\n{head}\n[state.x]\ninitial = 1\nrate = \"-x / 1 s\"\n[experiment]\nduration = \"1 s\"\n"
    );
    match Simulation::from_text("cell", &model) {
        Err(error) => expected.assert_eq(&error.report(false)),
        Ok(simulation) => {
            let model = simulation.model();
            expected.assert_eq(&format!("{:?} {:?}", model.group, model.topics));
        }
    }
}

#[test]
fn anybody_s_model_may_have_a_group_and_topics() {
    check("", expect!["None []"]);
    check(
        "group = \"plant water\"\ntopics = [\"root  hair\", \"xylem\"]",
        expect![[r#"Some(PlantWater) ["root hair", "xylem"]"#]],
    );
    check("topics = \"xylem\"", expect![[r#"None ["xylem"]"#]]);
}

#[test]
fn a_group_that_is_not_there() {
    check(
        "group = \"osmosys\"",
        expect![[r#"
        error: there is no group `osmosys`
         --> cell.toml:2:9
          |
        2 | group = "osmosys"
          |         ^^^^^^^^^
          |
          = help: did you mean `osmosis`?"#]],
    );
    check(
        "group = \"animals\"",
        expect![[r#"
        error: there is no group `animals`
         --> cell.toml:2:9
          |
        2 | group = "animals"
          |         ^^^^^^^^^
          |
          = help: groups: osmosis, plant water, exocytosis, endocytosis, coupled"#]],
    );
    check(
        "group = [\"osmosis\"]",
        expect![[r#"
        error: group must be a text in quotes
         --> cell.toml:2:9
          |
        2 | group = ["osmosis"]
          |         ^^^^^^^^^^^ this is an array"#]],
    );
    check(
        "groop = \"osmosis\"",
        expect![[r#"
        error: a model file has no key `groop`
         --> cell.toml:2:1
          |
        2 | groop = "osmosis"
          | ^^^^^
          |
          = help: did you mean `group`?"#]],
    );
}

#[test]
fn topics_that_are_none() {
    check(
        "topics = 3",
        expect![[r#"
        error: topics must be a list of texts in quotes
         --> cell.toml:2:10
          |
        2 | topics = 3
          |          ^ this is an integer"#]],
    );
    check(
        "topics = [\"xylem\", 3, \"\", \"xylem\"]",
        expect![[r#"
        error: a topic must be a text in quotes
         --> cell.toml:2:20
          |
        2 | topics = ["xylem", 3, "", "xylem"]
          |                    ^ this is an integer

        error: a topic can't be empty
         --> cell.toml:2:23
          |
        2 | topics = ["xylem", 3, "", "xylem"]
          |                       ^^

        error: the topic `xylem` is there twice
         --> cell.toml:2:27
          |
        2 | topics = ["xylem", 3, "", "xylem"]
          |                           ^^^^^^^"#]],
    );
    check(
        "topic = [\"xylem\"]",
        expect![[r#"
        error: a model file has no key `topic`
         --> cell.toml:2:1
          |
        2 | topic = ["xylem"]
          | ^^^^^
          |
          = help: did you mean `topics`?"#]],
    );
}
