//! Words compared as people write them: in either case, one or many, with a hyphen or without, `haemolysis` or
//! `hemolysis`, `Höfler` or `Hofler`, β or beta.

/// Words that are asked for.
#[derive(Clone, Debug)]
pub(super) struct Query(Vec<Word>);

/// How near a word must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nearness {
    /// A word, or its beginning.
    Beginning,
    /// Any part of a word.
    Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    whole: String,
    /// Without the ending of a plural.
    stem: String,
}

impl Word {
    fn new(folded: &str) -> Word {
        Word {
            whole: american(folded),
            stem: american(&singular(folded)),
        }
    }

    /// True if the word of a text is what this one asks for.
    fn finds(&self, other: &Word, nearness: Nearness) -> bool {
        let has = |part: &str| match nearness {
            Nearness::Beginning => other.whole.starts_with(part),
            Nearness::Part => other.whole.contains(part),
        };
        has(&self.whole) || has(&self.stem) || other.stem == self.stem
    }
}

/// Little words say nothing about what is looked for.
const LITTLE: &[&str] = &[
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "its", "of", "on", "or",
    "the", "to", "with",
];

impl Query {
    /// The words of a text, the little ones left out unless there are no others.
    pub fn new(text: &str) -> Query {
        let all = parts(text);
        let telling: Vec<&String> = all
            .iter()
            .filter(|w| !LITTLE.contains(&w.as_str()))
            .collect();
        let words = if telling.is_empty() {
            all.iter().collect()
        } else {
            telling
        };
        Query(words.into_iter().map(|w| Word::new(w)).collect())
    }

    /// True if a text holds all of the words.
    pub fn matches(&self, text: &str, nearness: Nearness) -> bool {
        let found = words(text);
        self.0
            .iter()
            .all(|asked| found.iter().any(|word| asked.finds(word, nearness)))
    }
}

/// A text with all that does not matter taken away: texts that look the same so are the same to a reader.
pub(super) fn key(text: &str) -> String {
    let parts: Vec<String> = parts(text).iter().map(|p| american(p)).collect();
    parts.join(" ")
}

/// The words of a text; those of a compound also as one, so that `betacell` finds `beta-cell`.
fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    for chunk in text.split_whitespace() {
        let parts = parts(chunk);
        out.extend(parts.iter().map(|p| Word::new(p)));
        for start in 0..parts.len().saturating_sub(1) {
            out.push(Word::new(&parts[start..].concat()));
        }
    }
    out
}

/// Letters and digits between all that is neither.
fn parts(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match spelled(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_string)
        .collect()
}

/// A lower-case letter in the plain alphabet; `None` if it is left as it is.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        // Accents that stand behind their letter.
        '\u{300}'..='\u{36f}' => "",
        'à'..='å' => "a",
        'æ' => "ae",
        'ç' => "c",
        'è'..='ë' => "e",
        'ì'..='ï' => "i",
        'ñ' => "n",
        'ò'..='ö' | 'ø' => "o",
        'œ' => "oe",
        'ù'..='ü' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        // Both micro signs: nobody asks for the letter mu.
        'µ' | 'μ' => "u",
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'η' => "eta",
        'θ' => "theta",
        'κ' => "kappa",
        'λ' => "lambda",
        'π' => "pi",
        'ρ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'φ' => "phi",
        'ψ' => "psi",
        'ω' => "omega",
        '⁺' | '⁻' => " ",
        '²' | '₂' => "2",
        '³' | '₃' => "3",
        _ => return None,
    })
}

/// The American spelling: `haemolysis` is `hemolysis`, `amoeba` is `ameba`.
fn american(word: &str) -> String {
    word.replace("ae", "e").replace("oe", "e")
}

/// A word without the ending of its plural, roughly: both sides of a comparison go the same way, so that a stem need not
/// be a word.
fn singular(word: &str) -> String {
    const ENDINGS: &[(&str, &str)] = &[
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("uses", "us"),
        ("mata", "ma"),
        ("ae", "a"),
        ("ia", "ium"),
        ("ss", "ss"),
        ("us", "us"),
        ("is", "is"),
        ("s", ""),
    ];
    if word.chars().count() > 3 {
        for (plural, one) in ENDINGS {
            if let Some(start) = word.strip_suffix(plural) {
                return format!("{start}{one}");
            }
        }
    }
    word.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(asked: &str, text: &str) -> bool {
        Query::new(asked).matches(text, Nearness::Beginning)
    }

    #[test]
    fn case_number_and_hyphen_do_not_matter() {
        for (asked, text) in [
            ("Red Blood Cells", "red blood cell"),
            ("vesicle", "Secretory vesicles"),
            ("red-blood-cell", "Red blood cell"),
            ("red blood cell", "red-blood-cell"),
            ("betacell", "the beta-cell"),
            ("bodies", "a residual body"),
            ("residual body", "residual bodies"),
            ("viruses", "a virus"),
            ("bacterium", "bacteria"),
            ("stomata", "a stoma"),
            ("gas", "gas"),
        ] {
            assert!(finds(asked, text), "{asked}, {text}");
        }
    }

    #[test]
    fn alphabet_and_spelling_do_not_matter() {
        for (asked, text) in [
            ("hemolysis", "Haemolysis"),
            ("hæmolysis", "hemolysis"),
            ("amebae", "an amoeba"),
            ("hofler diagram", "Höfler diagram"),
            ("hofler", "Ho\u{308}fler"),
            ("β-cell", "beta cell"),
            ("beta cell", "β-cell"),
            ("psi gradient", "ψ gradient"),
            ("ca2+", "Ca²⁺"),
            ("vant hoff", "Boyle–van't Hoff law"),
            ("van 't Hoff", "Boyle–van't Hoff law"),
        ] {
            assert!(finds(asked, text), "{asked}, {text}");
        }
    }

    #[test]
    fn a_word_is_found_by_its_beginning_or_by_any_part_of_it() {
        assert!(finds("hyper", "hypertonic bath"));
        assert!(!finds("iron", "the environment"));
        assert!(!finds("tonic", "hypertonic bath"));
        assert!(Query::new("tonic bath").matches("hypertonic bath", Nearness::Part));
        assert!(!Query::new("tonic bulb").matches("hypertonic bath", Nearness::Part));
    }

    #[test]
    fn little_words_do_not_count() {
        assert!(finds("release of a hormone", "hormone release"));
        assert!(!finds("to", "from Golgi"));
        assert!(finds("of", "of"));
    }

    #[test]
    fn a_key_is_the_same_for_what_reads_the_same() {
        assert_eq!(
            key("Phagosome–lysosome  Fusion"),
            "phagosome lysosome fusion"
        );
        assert_eq!(key("haemolysis"), key("Hemolysis"));
    }
}
