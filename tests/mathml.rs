//! Formulas as MathML: well-formed, and the same formulas as the LaTeX that they are made from.

use expect_test::{Expect, expect};
use osmocyte::Simulation;
use osmocyte::expr::mathml::{display_math, elements, to_mathml};
use osmocyte::expr::parse::parse_expression;
use osmocyte::expr::print::latex_symbol;
use osmocyte::model::library;
use osmocyte::study::sheet::Sheet;
use osmocyte::study::sheet::equations::{Equation, equations, initial_values, outcomes};

fn mathml(text: &str) -> String {
    let ast = parse_expression(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    to_mathml(&ast, &latex_symbol)
}

/// The elements of a formula as an outline: `msup(mi x, mn 2)`.
fn outline(xml: &str) -> String {
    let xml = format!("<math>{xml}</math>");
    let document = roxmltree::Document::parse(&xml).unwrap_or_else(|e| panic!("{e}: {xml}"));
    let parts = document.root_element().children().map(node);
    parts.collect::<Vec<_>>().join(" ")
}

fn node(node: roxmltree::Node) -> String {
    let name = node.tag_name().name();
    let inner: Vec<String> = (node.children())
        .filter(|c| c.is_element())
        .map(self::node)
        .collect();
    match (name, inner.is_empty()) {
        ("mspace", _) => "_".to_string(),
        (_, true) => format!("{name} {}", node.text().unwrap_or_default())
            .replace('\u{2061}', "apply")
            .replace('\u{a0}', "~"),
        _ => format!("{name}({})", inner.join(", ")),
    }
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&outline(&mathml(text)));
}

#[test]
fn formulas_have_the_structure_that_they_are_written_with() {
    check("a + b*c", expect![[r#"mi a mo + mi b _ mi c"#]]);
    check(
        "(a + b)*c / d",
        expect!["mfrac(mrow(mrow(mo (, mi a, mo +, mi b, mo )), _, mi c), mi d)"],
    );
    check(
        "-(a - 2)^2",
        expect!["mo − msup(mrow(mo (, mi a, mo −, mn 2, mo )), mn 2)"],
    );
    check(
        "sqrt(A^3 / (36*pi))",
        expect!["msqrt(mfrac(msup(mi A, mn 3), mrow(mn 36, _, mi π)))"],
    );
    check(
        "Lp * V0^n",
        expect!["msub(mi L, mi p) _ msubsup(mi V, mn 0, mi n)"],
    );
    check(
        "if(x > 0, x, if(x == 0 and not y < 1, 1, -x))",
        expect![
            "mrow(mo {, mtable(mtr(mtd(mi x), mtd(mtext if~, mi x, mo >, mn 0)), mtr(mtd(mn 1), mtd(mtext if~, mi x, mo =, mn 0, mo ∧, mo ¬, mrow(mo (, mi y, mo <, mn 1, mo )))), mtr(mtd(mo −, mi x), mtd(mtext otherwise))))"
        ],
    );
    check(
        "sum(c[i] * exp(-k_on * t), i in 1..N)",
        expect![
            "munderover(mo ∑, mrow(mi i, mo =, mn 1), mi N) msub(mi c, mi i) _ msup(mi e, mrow(mo −, msub(mi k, mi on), _, mi t))"
        ],
    );
    check(
        "max(0, log10(x)) + ln(2) + abs(y)",
        expect![
            "mi max mo apply mrow(mo (, mn 0, mo ,, msub(mi log, mn 10), mo apply, mrow(mo (, mi x, mo )), mo )) mo + mi ln mo apply mrow(mo (, mn 2, mo )) mo + mrow(mo |, mi y, mo |)"
        ],
    );
    check(
        "90 um^3 + 1.5e-7 mol/L",
        expect![
            "mn 90 _ msup(mi µm, mn 3) mo + mn 1.5 mo ⋅ msup(mn 10, mrow(mo −, mn 7)) _ mi mol/L"
        ],
    );
    check(
        "cell.volume + root_hair.sap",
        expect!["msub(mi volume, mi cell) mo + msub(mi sap, mrow(mi root, mtext ~, mi hair))"],
    );
    check("25 degC", expect!["mn 25 _ mi °C"]);
}

#[test]
fn what_outcomes_alone_can_say_has_a_notation() {
    check("time of lysis", expect!["msub(mi t, mi lysis)"]);
    check("count of lysis", expect!["msub(mi n, mi lysis)"]);
    check(
        "time of max(x)",
        expect!["munder(mrow(mi arg, _, mi max), mi t) mo apply mi x"],
    );
    check(
        "time when x rises through 2",
        expect!["mi t mrow(mo (, mi x, mo ↗, mn 2, mo ))"],
    );
}

#[test]
fn signs_know_whether_they_stand_between_two_terms() {
    let forms = |latex: &str| {
        let xml = format!("<math>{}</math>", elements(latex));
        let document = roxmltree::Document::parse(&xml).unwrap();
        let signs = document.descendants().filter(|n| n.text() == Some("−"));
        let forms = signs.filter(|n| n.is_element());
        forms
            .map(|n| n.attribute("form").unwrap_or("none").to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        forms(r"-a - \left(-b\right)"),
        ["prefix", "infix", "prefix"]
    );
    assert_eq!(
        forms(r"a\,\left(-b\right) - \frac{-1}{2} - c"),
        ["prefix", "infix", "prefix", "infix"]
    );
    // What a line begins with continues the one before.
    let lines = ["a".to_string(), " - b".to_string()];
    assert!(display_math("y", &lines, "").contains(r#"<mo form="infix">−</mo>"#));
}

#[test]
fn a_formula_says_in_words_what_it_is() {
    let formula = display_math(r"\mathrm{d}", &["x < y".to_string()], "d = x < \"y\" & z");
    let document = roxmltree::Document::parse(&formula).unwrap();
    let math = document.root_element();
    assert_eq!(math.attribute("alttext"), Some("d = x < \"y\" & z"));
    assert_eq!(math.attribute("display"), Some("block"));
    assert_eq!(
        math.tag_name().namespace(),
        Some("http://www.w3.org/1998/Math/MathML")
    );
}

fn all_equations(simulation: &Simulation, room: f64) -> Vec<Equation> {
    let sheet = Sheet::new(simulation, "model", None);
    let groups = equations(&sheet, room).into_iter();
    groups
        .flat_map(|group| group.equations)
        .chain(initial_values(&sheet, room))
        .chain(outcomes(&sheet, room))
        .collect()
}

/// Of each construct there are as many elements as there are commands, at any width.
#[test]
fn equations_of_all_shipped_models_are_set() {
    let mut seen = 0;
    for entry in library() {
        let simulation = Simulation::shipped(entry.name).unwrap();
        for room in [16.0, 40.0] {
            for equation in all_equations(&simulation, room) {
                same_structure(entry.name, &equation);
                seen += 1;
            }
        }
    }
    assert!(seen > 1000, "{seen}");
}

fn same_structure(model: &str, equation: &Equation) {
    let (mathml, latex) = (equation.mathml(), equation.latex());
    let place = || format!("{model}: {latex}\n{mathml}");
    let document =
        roxmltree::Document::parse(&mathml).unwrap_or_else(|e| panic!("{e}: {}", place()));
    let all = || document.descendants().filter(|n| n.is_element());
    let elements = |name: &str| {
        all()
            .filter(|n| n.has_tag_name(("http://www.w3.org/1998/Math/MathML", name)))
            .count()
    };
    let commands = |name: &str| latex.matches(name).count();
    let lines = usize::from(equation.right.len() > 1);
    assert_eq!(elements("mfrac"), commands(r"\frac"), "{}", place());
    assert_eq!(elements("msqrt"), commands(r"\sqrt"), "{}", place());
    assert_eq!(
        elements("mtable"),
        commands(r"\begin{cases}") + lines,
        "{}",
        place()
    );
    assert_eq!(elements("munderover"), commands(r"\sum"), "{}", place());
    let texts: String = all().filter_map(|n| n.text()).collect();
    assert!(
        !texts.contains(['\\', '{'].as_slice()) || commands("cases") + commands(r"\{") > 0,
        "{}",
        place()
    );
    // A command that nobody knows would stand there by its name.
    let names = [
        "frac",
        "left",
        "right",
        "bigl",
        "bigr",
        "cdot",
        "mathrm",
        "operatorname",
        "quad",
        "text",
        "dot",
    ];
    for leaf in all().filter(|n| n.has_tag_name(("http://www.w3.org/1998/Math/MathML", "mi"))) {
        let text = leaf.text().unwrap_or_default();
        assert!(!names.contains(&text), "`{text}` in {}", place());
    }
    assert!(!equation.text.is_empty() && document.root_element().attribute("alttext").is_some());
}
