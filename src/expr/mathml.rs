//! Formulas as MathML Core, which browsers set without a script and screen readers read.
//!
//! What a formula looks like is decided in one place, where it becomes LaTeX: symbols, parentheses, fractions, where a
//! long one is broken. This reads that notation (only what this crate writes of it) and says the same in elements.

use super::ast::Ast;
use super::latex::to_latex;

/// What a page's style sheet must say for tables in formulas: browsers centre them otherwise.
pub const MATHML_STYLE: &str =
    "math mtd.right { text-align: right; } math mtd.left { text-align: left; }";

/// The name space of MathML; pages of HTML need none, all other documents do.
const XMLNS: &str = "http://www.w3.org/1998/Math/MathML";

/// MathML of an expression: what belongs into a `<math>`. `symbol` gives the LaTeX symbol of a name, as
/// [`latex_symbol`](super::print::latex_symbol) does.
pub fn to_mathml(ast: &Ast, symbol: &dyn Fn(&str) -> String) -> String {
    elements(&to_latex(ast, symbol))
}

/// MathML of a formula that this crate wrote as LaTeX, without a `<math>` around it.
pub fn elements(latex: &str) -> String {
    join(&Reader::new(latex).all())
}

/// A formula within a line of text; `spoken` says it in words or in the model language.
pub fn inline_math(latex: &str, spoken: &str) -> String {
    format!(
        r#"<math xmlns="{XMLNS}" alttext="{}">{}</math>"#,
        escape(spoken),
        elements(latex)
    )
}

/// `left = right` on lines of its own, all in LaTeX; the lines of the right side are one below the other. An empty left
/// side has no sign behind it. `spoken` says it in words or in the model language.
pub fn display_math(left: &str, right: &[String], spoken: &str) -> String {
    let open = format!(
        r#"<math xmlns="{XMLNS}" display="block" alttext="{}">"#,
        escape(spoken)
    );
    let (first, more) = match right {
        [] => (String::new(), right),
        [first, more @ ..] => (elements(first), more),
    };
    let sign = if left.is_empty() { "" } else { "<mo>=</mo>" };
    let left = elements(left);
    if more.is_empty() {
        return format!("{open}{left}{sign}{first}</math>");
    }
    let mut rows = row(&left, &format!("{}{first}", infix(sign)));
    for line in more {
        let line = join(&Reader::within(line).all());
        rows.push_str(&row("", &format!(r#"<mspace width="1.2em"/>{line}"#)));
    }
    format!(r#"{open}<mtable displaystyle="true">{rows}</mtable></math>"#)
}

/// A sign at the beginning of a cell stands between two sides all the same.
fn infix(sign: &str) -> String {
    sign.replace("<mo>", r#"<mo form="infix">"#)
}

fn row(left: &str, right: &str) -> String {
    format!(
        r#"<mtr><mtd class="right" columnalign="right">{left}</mtd><mtd class="left" columnalign="left">{right}</mtd></mtr>"#
    )
}

/// An element, and whether a sign behind it joins it to what follows.
struct Node {
    xml: String,
    operand: bool,
}

impl Node {
    fn operand(xml: String) -> Node {
        Node { xml, operand: true }
    }

    fn sign(xml: impl Into<String>) -> Node {
        Node {
            xml: xml.into(),
            operand: false,
        }
    }
}

/// What ended a row.
#[derive(PartialEq)]
enum Stop {
    /// The text, or a brace.
    End,
    /// `&`
    Cell,
    /// `\\`
    Line,
    /// `\right`, the delimiter not yet read.
    Right,
    /// `\end{…}`
    Environment,
}

struct Reader<'a> {
    rest: &'a str,
    /// True if something stands before the text, so that a sign at its beginning is between two terms.
    within: bool,
}

impl<'a> Reader<'a> {
    fn new(latex: &'a str) -> Self {
        Reader {
            rest: latex,
            within: false,
        }
    }

    fn within(latex: &'a str) -> Self {
        Reader {
            rest: latex,
            within: true,
        }
    }

    /// To the end of the text.
    fn all(mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        loop {
            let (mut more, _) = self.row();
            nodes.append(&mut more);
            // A closing brace too many ends nothing.
            if self.rest.is_empty() {
                return nodes;
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Takes it if it comes next.
    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn row(&mut self) -> (Vec<Node>, Stop) {
        let mut nodes: Vec<Node> = Vec::new();
        let mut within = std::mem::take(&mut self.within);
        loop {
            if self.take(r"\right") {
                return (nodes, Stop::Right);
            }
            if self.take(r"\end") {
                self.argument_text();
                return (nodes, Stop::Environment);
            }
            if self.take(r"\\") {
                return (nodes, Stop::Line);
            }
            let Some(c) = self.next() else {
                return (nodes, Stop::End);
            };
            match c {
                '}' => return (nodes, Stop::End),
                '&' => return (nodes, Stop::Cell),
                ' ' => continue,
                '{' => {
                    let inside = self.row().0;
                    nodes.push(Node::operand(whole(&inside)));
                }
                '_' | '^' => {
                    let base = nodes.pop();
                    nodes.push(self.scripts(base, c));
                }
                '\\' => self.command(&mut nodes),
                '0'..='9' => nodes.push(self.number(c)),
                c if c.is_alphabetic() => nodes.push(Node::operand(format!("<mi>{c}</mi>"))),
                '+' | '-' => {
                    let binary = nodes.last().map_or(within, |n| n.operand);
                    nodes.push(plus_or_minus(c, binary));
                }
                ')' | ']' => nodes.push(Node::operand(sign(c))),
                c => nodes.push(Node::sign(sign(c))),
            }
            within = false;
        }
    }

    /// `1.5`
    fn number(&mut self, first: char) -> Node {
        let mut digits = String::from(first);
        while let Some(c) = self.rest.chars().next() {
            let behind = self.rest[c.len_utf8()..].chars().next();
            let point = c == '.' && behind.is_some_and(|d| d.is_ascii_digit());
            if !c.is_ascii_digit() && !point {
                break;
            }
            digits.push(c);
            self.next();
        }
        Node::operand(format!("<mn>{digits}</mn>"))
    }

    /// One group, or one sign, as one element.
    fn group(&mut self) -> String {
        self.rest = self.rest.trim_start();
        if self.take("{") {
            return whole(&self.row().0);
        }
        let mut nodes = Vec::new();
        match self.next() {
            Some('\\') => self.command(&mut nodes),
            Some(c) if c.is_ascii_digit() => nodes.push(Node::operand(format!("<mn>{c}</mn>"))),
            Some(c) if c.is_alphabetic() => nodes.push(Node::operand(format!("<mi>{c}</mi>"))),
            Some(c) => nodes.push(Node::sign(sign(c))),
            None => {}
        }
        whole(&nodes)
    }

    /// Behind `_` or `^`: one of them, or both.
    fn scripts(&mut self, base: Option<Node>, first: char) -> Node {
        let base = base.map_or_else(|| "<mrow></mrow>".to_string(), |n| n.xml);
        let one = self.group();
        let other = if first == '_' { "^" } else { "_" };
        let second = self.take(other).then(|| self.group());
        Node::operand(match (first, second) {
            ('_', None) => format!("<msub>{base}{one}</msub>"),
            ('_', Some(up)) => format!("<msubsup>{base}{one}{up}</msubsup>"),
            (_, None) => format!("<msup>{base}{one}</msup>"),
            (_, Some(down)) => format!("<msubsup>{base}{down}{one}</msubsup>"),
        })
    }

    /// The text between braces, as it stands there.
    fn argument_text(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let Some(inside) = self.rest.strip_prefix('{') else {
            return "";
        };
        let (text, rest) = inside.split_once('}').unwrap_or((inside, ""));
        self.rest = rest;
        text
    }

    /// `(`, or `\{`.
    fn delimiter(&mut self) -> Option<char> {
        match self.next() {
            Some('\\') => self.next(),
            other => other,
        }
        .filter(|c| *c != '.')
    }

    fn command(&mut self, nodes: &mut Vec<Node>) {
        let length = (self.rest.bytes())
            .take_while(u8::is_ascii_alphabetic)
            .count();
        if length == 0 {
            let node = match self.next() {
                Some(',') => space("0.17em"),
                Some(' ') => space("0.33em"),
                Some(';') => space("0.28em"),
                Some('}') => Node::operand(sign('}')),
                Some(c) => Node::sign(sign(c)),
                None => return,
            };
            // A space leaves what it stands behind an operand, or none.
            let operand = nodes.last().is_some_and(|n| n.operand);
            nodes.push(match node.xml.starts_with("<mspace") {
                true => Node { operand, ..node },
                false => node,
            });
            return;
        }
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        if let Some(node) = self.known(name) {
            nodes.push(node);
        } else if is_function(name) {
            self.function(&upright(name), nodes);
        } else {
            match name {
                "operatorname" if self.take("*") => {
                    let operator = self.upright_group();
                    let under = if self.take("_") {
                        self.group()
                    } else {
                        String::new()
                    };
                    nodes.push(Node::sign(match under.as_str() {
                        "" => operator,
                        under => format!("<munder>{operator}{under}</munder>"),
                    }));
                    nodes.push(Node::sign(APPLY));
                }
                "operatorname" => {
                    let name = self.upright_group();
                    self.function(&name, nodes);
                }
                "displaystyle" => {}
                _ => nodes.push(Node::operand(upright(name))),
            }
        }
    }

    /// A name of a function, with its index if it has one, and the sign that says that it is applied.
    fn function(&mut self, name: &str, nodes: &mut Vec<Node>) {
        nodes.push(match self.take("_") {
            true => Node::sign(format!("<msub>{name}{}</msub>", self.group())),
            false => Node::sign(name),
        });
        nodes.push(Node::sign(APPLY));
    }

    /// Commands that give one element.
    fn known(&mut self, name: &str) -> Option<Node> {
        let operand = Node::operand;
        Some(match name {
            "frac" => {
                let (above, below) = (self.group(), self.group());
                operand(format!("<mfrac>{above}{below}</mfrac>"))
            }
            "sqrt" => operand(format!("<msqrt>{}</msqrt>", self.group())),
            "dot" => operand(format!(
                r#"<mover accent="true">{}<mo>˙</mo></mover>"#,
                self.group()
            )),
            "mathrm" => operand(self.upright_group()),
            "text" => {
                let words = escape(self.argument_text()).replace(' ', "\u{a0}");
                Node::sign(format!("<mtext>{words}</mtext>"))
            }
            "left" => self.fence(),
            "bigl" => Node::sign(self.big("1.2em", "prefix")),
            "biggl" => Node::sign(self.big("2.4em", "prefix")),
            "bigr" => operand(self.big("1.2em", "postfix")),
            "biggr" => operand(self.big("2.4em", "postfix")),
            "big" => Node::sign(self.big("1.2em", "infix")),
            "begin" => self.cases(),
            "sum" => self.sum(),
            "quad" => space("1em"),
            "varepsilon" => operand("<mi>ε</mi>".into()),
            "varphi" => operand("<mi>φ</mi>".into()),
            "circ" => operand("<mo>∘</mo>".into()),
            _ => match (greek(name), symbol(name)) {
                (Some(letter), _) if letter.is_lowercase() => operand(format!("<mi>{letter}</mi>")),
                (Some(letter), _) => operand(upright(&letter.to_string())),
                (None, Some(c)) => Node::sign(sign(c)),
                (None, None) => return None,
            },
        })
    }

    /// `\left( … \right)`
    fn fence(&mut self) -> Node {
        let open = self.delimiter();
        let (inside, stop) = self.row();
        let close = if stop == Stop::Right {
            self.delimiter()
        } else {
            None
        };
        let side = |c: Option<char>, form: &str| match c {
            Some(c) => format!(
                r#"<mo form="{form}" stretchy="true">{}</mo>"#,
                escape(&c.to_string())
            ),
            None => String::new(),
        };
        Node::operand(format!(
            "<mrow>{}{}{}</mrow>",
            side(open, "prefix"),
            join(&inside),
            side(close, "postfix")
        ))
    }

    /// A delimiter of fixed size, whose other half may be on another line.
    fn big(&mut self, size: &str, form: &str) -> String {
        let c = self.delimiter().unwrap_or(' ');
        let c = escape(&c.to_string());
        format!(
            r#"<mo form="{form}" stretchy="true" symmetric="true" minsize="{size}" maxsize="{size}">{c}</mo>"#
        )
    }

    /// `\begin{cases} a & \text{if } b \\ … \end{cases}`
    fn cases(&mut self) -> Node {
        self.argument_text();
        let mut rows = String::new();
        let mut cells = String::new();
        loop {
            let (nodes, stop) = self.row();
            cells.push_str(&format!(
                r#"<mtd class="left" columnalign="left">{}</mtd>"#,
                join(&nodes)
            ));
            if stop != Stop::Cell {
                rows.push_str(&format!("<mtr>{}</mtr>", std::mem::take(&mut cells)));
            }
            if stop != Stop::Cell && stop != Stop::Line {
                break;
            }
        }
        Node::operand(format!(
            r#"<mrow><mo form="prefix" stretchy="true">{{</mo><mtable>{rows}</mtable></mrow>"#
        ))
    }

    /// `\sum_{i=1}^{N}`
    fn sum(&mut self) -> Node {
        let from = self.take("_").then(|| self.group());
        let to = self.take("^").then(|| self.group());
        Node::sign(match (from, to) {
            (Some(from), Some(to)) => {
                format!("<munderover><mo>∑</mo>{from}{to}</munderover>")
            }
            (Some(from), None) => format!("<munder><mo>∑</mo>{from}</munder>"),
            (None, Some(to)) => format!("<mover><mo>∑</mo>{to}</mover>"),
            (None, None) => "<mo>∑</mo>".to_string(),
        })
    }

    /// What stands in `\mathrm{…}`: words, and units with their powers.
    fn upright_group(&mut self) -> String {
        self.rest = self.rest.trim_start();
        self.take("{");
        let mut nodes: Vec<Node> = Vec::new();
        let mut run = String::new();
        loop {
            let c = self.next();
            let ends = matches!(c, None | Some('}' | '^' | '_' | '{')) || self.is_space(c);
            if ends && !run.is_empty() {
                nodes.push(Node::operand(upright(&std::mem::take(&mut run))));
            }
            match c {
                None | Some('}') => break,
                // `{}^{\circ}C`: nothing stands in these braces.
                Some('{') => {
                    self.take("}");
                    if self.take(r"^{\circ}") {
                        run.push('°');
                    }
                }
                Some(script @ ('^' | '_')) => {
                    let base = nodes.pop();
                    nodes.push(self.scripts(base, script));
                }
                Some('\\') if self.is_space(c) => {
                    let wide = self.next() == Some(' ');
                    // A blank between words; between units a space.
                    nodes.push(if wide {
                        Node::operand("<mtext>\u{a0}</mtext>".into())
                    } else {
                        space("0.17em")
                    });
                }
                Some('\\') => run.push_str(&self.letter_of_word()),
                Some(c) => run.push(c),
            }
        }
        whole(&nodes)
    }

    /// True if the backslash before begins a space.
    fn is_space(&self, before: Option<char>) -> bool {
        before == Some('\\') && self.rest.starts_with([',', ' '])
    }

    /// Behind a backslash in a word: `\mu `, `\text{Å}`, `\_`.
    fn letter_of_word(&mut self) -> String {
        let length = (self.rest.bytes())
            .take_while(u8::is_ascii_alphabetic)
            .count();
        if length == 0 {
            return self.next().map(String::from).unwrap_or_default();
        }
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        if name == "text" {
            return self.argument_text().to_string();
        }
        self.take(" ");
        match name {
            // Of a unit: a millionth, not the Greek letter.
            "mu" => "µ".to_string(),
            _ => greek(name).map_or_else(|| name.to_string(), String::from),
        }
    }
}

/// Says that what follows is what the function before it is applied to.
const APPLY: &str = "<mo>\u{2061}</mo>";

fn is_function(name: &str) -> bool {
    matches!(
        name,
        "log"
            | "ln"
            | "exp"
            | "sin"
            | "cos"
            | "tan"
            | "sinh"
            | "cosh"
            | "tanh"
            | "min"
            | "max"
            | "arcsin"
            | "arccos"
            | "arctan"
    )
}

fn greek(name: &str) -> Option<char> {
    super::symbol::greek_letter(name)
}

/// Signs by their names.
fn symbol(name: &str) -> Option<char> {
    Some(match name {
        "cdot" => '⋅',
        "le" => '≤',
        "ge" => '≥',
        "ne" => '≠',
        "land" => '∧',
        "lor" => '∨',
        "neg" => '¬',
        "nearrow" => '↗',
        "searrow" => '↘',
        "to" => '→',
        "approx" => '≈',
        _ => return None,
    })
}

fn plus_or_minus(c: char, binary: bool) -> Node {
    let c = if c == '-' { '−' } else { c };
    Node::sign(match binary {
        true => format!(r#"<mo form="infix">{c}</mo>"#),
        false => format!(r#"<mo form="prefix">{c}</mo>"#),
    })
}

fn sign(c: char) -> String {
    format!("<mo>{}</mo>", escape(&c.to_string()))
}

fn space(width: &str) -> Node {
    Node::sign(format!(r#"<mspace width="{width}"/>"#))
}

/// A word in upright letters: longer names are upright by themselves.
fn upright(word: &str) -> String {
    let mut letters = word.chars();
    let single = letters.next().is_some() && letters.next().is_none();
    let text = escape(word);
    match single {
        true => format!(r#"<mi mathvariant="normal">{text}</mi>"#),
        false if word.chars().all(|c| c.is_ascii_digit()) => format!("<mn>{text}</mn>"),
        false => format!("<mi>{text}</mi>"),
    }
}

fn join(nodes: &[Node]) -> String {
    nodes.iter().map(|n| n.xml.as_str()).collect()
}

/// One element.
fn whole(nodes: &[Node]) -> String {
    match nodes {
        [one] => one.xml.clone(),
        many => format!("<mrow>{}</mrow>", join(many)),
    }
}

/// Text as XML wants it, between tags and in an attribute. Characters that XML can't hold become spaces.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
