//! How wide a formula is, without LaTeX: Computer Modern's letters, signs and their spaces, to a few percent.

/// Width of a formula in displaystyle \[em\], e.g. 0.5 for a digit.
pub fn latex_width(latex: &str) -> f64 {
    let mut reader = Reader {
        rest: latex,
        style: Style::Display,
    };
    reader.row()
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Display,
    Text,
    Script,
}

impl Style {
    fn scale(self) -> f64 {
        // Small letters are wider than their size.
        if self == Style::Script { 0.78 } else { 1.0 }
    }
}

struct Reader<'a> {
    rest: &'a str,
    style: Style,
}

impl<'a> Reader<'a> {
    /// To the end, or to a brace that closes.
    fn row(&mut self) -> f64 {
        let mut sum = 0.0;
        while let Some(c) = self.next() {
            match c {
                '}' => break,
                '{' => sum += self.row(),
                '_' | '^' => sum += self.scripts(),
                '\\' => sum += self.command(),
                _ => sum += self.letter(c),
            }
        }
        sum
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn letter(&self, c: char) -> f64 {
        let script = self.style == Style::Script;
        let em = match c {
            ' ' | '&' => return 0.0,
            '+' | '-' if script => 0.78,
            '=' | '<' | '>' if script => 0.78,
            '+' | '-' => 0.78 + 0.44,
            '=' | '<' | '>' => 0.78 + 0.56,
            ',' if script => 0.28,
            ',' => 0.28 + 0.17,
            '(' | ')' => 0.39,
            '[' | ']' | '|' | '.' | '!' | '\'' | 'i' | 'l' => 0.3,
            'j' | 'f' | 't' | 'r' | 's' | 'I' => 0.41,
            'm' | 'M' | 'W' => 0.9,
            'w' | 'A'..='Z' => 0.75,
            _ => 0.53,
        };
        em * self.style.scale()
    }

    /// One group, or one letter, in a style.
    fn group(&mut self, style: Style) -> f64 {
        let before = std::mem::replace(&mut self.style, style);
        self.rest = self.rest.trim_start();
        let width = match self.next() {
            Some('{') => self.row(),
            Some('\\') => self.command(),
            Some(c) => self.letter(c),
            None => 0.0,
        };
        self.style = before;
        width
    }

    /// Behind `_` or `^`: one of them, or both one above the other.
    fn scripts(&mut self) -> f64 {
        let one = self.group(Style::Script);
        let both = self.rest.starts_with(['_', '^']);
        let other = if both {
            self.next();
            self.group(Style::Script)
        } else {
            0.0
        };
        one.max(other) + 0.05
    }

    /// `(`, or `\{`.
    fn delimiter(&mut self) -> Option<char> {
        match self.next() {
            Some('\\') => self.next(),
            other => other,
        }
    }

    fn command(&mut self) -> f64 {
        let letters = self.rest.chars().take_while(char::is_ascii_alphabetic);
        let length: usize = letters.map(char::len_utf8).sum();
        if length == 0 {
            let space = match self.next() {
                Some(',') => 0.17,
                Some(' ') => 0.33,
                Some(';') => 0.28,
                Some('\\') => 0.0,
                _ => 0.6,
            };
            return space * self.style.scale();
        }
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        let scale = self.style.scale();
        match name {
            "frac" => {
                let inside = match self.style {
                    Style::Display => Style::Text,
                    _ => Style::Script,
                };
                let above = self.group(inside);
                above.max(self.group(inside)) + 0.24
            }
            "sqrt" => 0.85 * scale + self.group(self.style),
            "mathrm" | "text" | "operatorname" | "mathit" | "dot" => self.group(self.style),
            "left" | "right" | "biggl" | "biggr" => {
                let none = self.delimiter() == Some('.');
                if none { 0.12 } else { 0.62 }
            }
            "bigl" | "bigr" => {
                self.delimiter();
                0.46
            }
            "begin" => self.environment(),
            "sum" => {
                let under = self.rest.starts_with(['_', '^']);
                let limits = if under {
                    self.next();
                    self.scripts()
                } else {
                    0.0
                };
                limits.max(1.44) * scale + 0.17
            }
            "quad" => 1.0,
            "cdot" => 0.28 + 0.44,
            "le" | "ge" | "ne" | "approx" | "land" | "lor" | "to" | "nearrow" | "searrow" => {
                1.34 * scale
            }
            "log" | "ln" | "exp" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "min"
            | "max" | "arcsin" | "arccos" | "arctan" => (0.5 * name.len() as f64 + 0.17) * scale,
            "dots" | "ldots" => 1.3 * scale,
            "displaystyle" => 0.0,
            _ => 0.6 * scale,
        }
    }

    /// `\begin{cases} a & \text{if } b \\ … \end{cases}`; nested ones belong to the row they stand in.
    fn environment(&mut self) -> f64 {
        let (mut depth, mut end) = (1, self.rest.len());
        for (at, _) in self.rest.match_indices('\\') {
            let here = &self.rest[at..];
            if here.starts_with(r"\begin{") {
                depth += 1;
            } else if here.starts_with(r"\end{") {
                depth -= 1;
            }
            if depth == 0 {
                end = at;
                break;
            }
        }
        let (inside, rest) = self.rest.split_at(end);
        let close = rest.find('}').map_or(rest.len(), |at| at + 1);
        self.rest = &rest[close..];
        let inside = inside.split_once('}').map_or(inside, |(_, rows)| rows);
        let mut columns = [0.0f64; 2];
        for row in inside.split(r"\\") {
            let (value, condition) = row.split_once('&').unwrap_or((row, ""));
            for (column, cell) in columns.iter_mut().zip([value, condition]) {
                let mut reader = Reader {
                    rest: cell,
                    style: Style::Text,
                };
                // `if ` and the like have a blank.
                *column =
                    column.max(reader.row() + if cell.contains(r"\text") { 0.3 } else { 0.0 });
            }
        }
        columns.iter().sum::<f64>() + 2.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_printed_formula() {
        // As pdflatex measures them with Latin Modern.
        let cases = [("V", 0.80)];
        for (latex, em) in cases {
            let found = latex_width(latex);
            assert!(
                (found / em - 1.0).abs() < 0.12,
                "{latex}: {found} em, not {em}"
            );
        }
    }
}
