//! The LaTeX symbol of a name.

const GREEK: &[(&str, char)] = &[
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("phi", 'φ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Xi", 'Ξ'),
    ("Pi", 'Π'),
    ("Sigma", 'Σ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
];

/// The usual LaTeX symbol of a name: `alpha` is α, `k_on` has an upright subscript, `V0` and `Lp` have theirs, and of a
/// qualified name the qualifier is the subscript: `cell.volume` is `\mathrm{volume}_{\mathrm{cell}}`.
pub fn latex_symbol(name: &str) -> String {
    let (qualifier, last) = name
        .rsplit_once('.')
        .map_or(("", name), |(before, last)| (before, last));
    let (stem, mut subscript) = split_subscript(last);
    if !qualifier.is_empty() {
        if !subscript.is_empty() {
            subscript.push_str(r",\,");
        }
        subscript.push_str(&format!(r"\mathrm{{{}}}", path(qualifier)));
    }
    let stem = word(stem);
    if subscript.is_empty() {
        stem
    } else {
        format!("{stem}_{{{subscript}}}")
    }
}

/// A qualifier as a subscript: `cell.root_hair` is `cell,root\ hair`.
pub fn path(qualifier: &str) -> String {
    let parts: Vec<String> = qualifier.split('.').map(words).collect();
    parts.join(",")
}

/// A name of several words with blanks between them; other names as they are.
fn words(name: &str) -> String {
    if name.contains('_') && name.split('_').all(is_word) {
        name.replace('_', r"\ ")
    } else {
        escape(name)
    }
}

/// `k_on` into k and on, `V0` into V and 0, `Lp` into L and p; ions such as `Na` stay whole.
fn split_subscript(name: &str) -> (&str, String) {
    if let Some((stem, rest)) = name
        .split_once('_')
        .filter(|(stem, rest)| !stem.is_empty() && !rest.is_empty())
    {
        // Behind a word comes another word, no index: `water_flux`, `relative_volume`.
        if is_word(stem) && rest.split('_').all(is_word) {
            return (name, String::new());
        }
        let parts: Vec<String> = rest.split('_').map(word).collect();
        return (stem, parts.join(r",\,"));
    }
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && digits < name.len() {
        let (stem, index) = name.split_at(name.len() - digits);
        return (stem, index.to_string());
    }
    let mut letters = name.chars();
    if let (Some(first), Some(second), None) = (letters.next(), letters.next(), letters.next())
        && first.is_ascii_uppercase()
        && second.is_ascii_lowercase()
        && !matches!(name, "Na" | "Ca" | "Cl" | "Mg" | "Pi" | "Xi")
    {
        return (&name[..1], format!(r"\mathrm{{{second}}}"));
    }
    (name, String::new())
}

/// The Greek letter of a name: `alpha` is α.
pub(super) fn greek_letter(name: &str) -> Option<char> {
    let found = GREEK.iter().find(|(greek, _)| *greek == name);
    found.map(|(_, letter)| *letter)
}

/// Longer than a symbol, and not the name of a Greek letter.
fn is_word(text: &str) -> bool {
    text.chars().count() > 3
        && text.chars().all(char::is_lowercase)
        && !GREEK.iter().any(|(greek, _)| *greek == text)
}

/// One letter stays slanted, Greek gets its letter, words are upright.
fn word(text: &str) -> String {
    let mut letters = text.chars();
    let single = letters.next().filter(|_| letters.next().is_none());
    if let Some((greek, _)) = GREEK
        .iter()
        .find(|(greek, letter)| *greek == text || single == Some(*letter))
    {
        return match *greek {
            "epsilon" => r"\varepsilon".into(),
            "phi" => r"\varphi".into(),
            greek => format!(r"\{greek}"),
        };
    }
    if single.is_some() || text.chars().all(|c| c.is_ascii_digit()) {
        return escape(text);
    }
    format!(r"\mathrm{{{}}}", words(text))
}

/// Adds an index to a symbol, behind the subscript that it may have.
pub(super) fn with_subscript(symbol: String, index: &str) -> String {
    match symbol.strip_suffix('}') {
        Some(open) if symbol.contains("_{") => format!("{open},{index}}}"),
        _ => format!("{symbol}_{{{index}}}"),
    }
}

/// A name as LaTeX reads it.
pub(super) fn escape(name: &str) -> String {
    name.replace('_', r"\_")
}
