//! A table of symbols that fills the line and goes on over pages.

use crate::expr::print::latex_width;

/// Width of a line of text \[em\].
pub(super) const LINE: f64 = 48.0;
/// Between two columns \[em\].
const GAP: f64 = 1.4;

/// Four columns, the first of formulas.
pub(super) struct Table {
    columns: [&'static str; 4],
    /// Widths of the columns \[em\]; 0 for one that is left out.
    pub widths: [f64; 4],
    shares: [f64; 4],
    pub rows: Vec<[String; 4]>,
}

impl Table {
    /// Columns without a share are as wide as their formulas, the others have their shares of what is left. Columns
    /// without content are left out.
    pub fn new(columns: [&'static str; 4], shares: [f64; 4], rows: Vec<[String; 4]>) -> Table {
        let used = |i: usize| rows.iter().any(|row| !row[i].is_empty());
        let mut widths = [0.0; 4];
        for i in (0..4).filter(|i| shares[*i] == 0.0 && used(*i)) {
            let cells = rows.iter().map(|row| latex_width(row[i].trim_matches('$')));
            let heading = 0.55 * columns[i].len() as f64;
            widths[i] = cells.fold(heading, f64::max);
        }
        let shared = (0..4).filter(|i| shares[*i] > 0.0 && used(*i));
        let total: f64 = shared.clone().map(|i| shares[i]).sum();
        let gaps = GAP * (0..4).filter(|i| used(*i)).count().saturating_sub(1) as f64;
        let left = (LINE - widths.iter().sum::<f64>() - gaps).max(0.4 * LINE);
        for i in shared {
            widths[i] = left * shares[i] / total;
        }
        Table {
            columns,
            widths,
            shares,
            rows,
        }
    }

    /// A section with the table; nothing if it has no rows.
    pub fn section(&self, heading: &str) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let used: Vec<usize> = (0..4).filter(|i| self.widths[*i] > 0.0).collect();
        let column = |i: &usize| match self.shares[*i] {
            0.0 => "l".to_string(),
            _ => format!(">{{\\raggedright}}p{{{:.1}em}}", self.widths[*i]),
        };
        let kinds: Vec<String> = used.iter().map(column).collect();
        let headings: Vec<&str> = used.iter().map(|i| self.columns[*i]).collect();
        let mut out = format!(
            "\\section*{{{heading}}}\n\\begin{{longtable}}{{@{{}}{}@{{}}}}\n{} \\tabularnewline\\hline\\noalign{{\\smallskip}}\\endhead\n",
            kinds.join(""),
            headings.join(" & ")
        );
        for row in &self.rows {
            let cell = |i: &usize| match (i, row[*i].is_empty()) {
                (0, false) => format!("${}$", row[0]),
                _ => row[*i].clone(),
            };
            let cells: Vec<String> = used.iter().map(cell).collect();
            // \raggedright takes the meaning of `\\` away.
            out.push_str(&format!("{} \\tabularnewline\n", cells.join(" & ")));
        }
        out.push_str("\\end{longtable}\n");
        out
    }
}
