//! Long formulas in several lines, broken where they come apart by themselves.

/// What stays together on a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub text: String,
    pub width: f64,
    /// How bad a break before it is: 0 between the terms of the whole, more the deeper inside parentheses.
    pub rank: u32,
}

/// The lines of a formula, each at most `room` wide where its pieces allow.
pub(crate) fn fold(pieces: &[Piece], room: f64) -> Vec<&[Piece]> {
    let mut lines = Vec::new();
    let mut rest = pieces;
    while !rest.is_empty() {
        let (line, below) = rest.split_at(first_line(rest, room));
        lines.push(line);
        rest = below;
    }
    lines
}

/// How many pieces the first line takes: up to the least bad break, the last one of those, unless that leaves most of
/// the line empty.
fn first_line(pieces: &[Piece], room: f64) -> usize {
    let mut used = 0.0;
    let mut best: Option<((bool, u32), usize)> = None;
    for (i, piece) in pieces.iter().enumerate() {
        if i > 0 {
            let cost = (used < LEAST * room, piece.rank);
            if best.is_none_or(|(least, _)| cost <= least) {
                best = Some((cost, i));
            }
        }
        used += piece.width;
        if used > room && i > 0 {
            // At least one piece, too wide or not.
            return best.map_or(1, |(_, at)| at);
        }
    }
    pieces.len()
}

/// The part of a line that a good break must leave filled.
const LEAST: f64 = 0.35;

/// A formula of the model language as lines of at most `room` characters; the following ones begin with an operator, or
/// behind a comma.
pub(crate) fn fold_text(formula: &str, room: usize) -> Vec<String> {
    let pieces = pieces(formula);
    let lines = fold(&pieces, room as f64 + 1.0);
    let text = |line: &[Piece]| line.iter().map(|p| p.text.as_str()).collect::<String>();
    lines
        .iter()
        .map(|line| text(line).trim_end().to_string())
        .collect()
}

/// Words with the blank behind them; a unit stays with its number, an operator with what follows it.
fn pieces(formula: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut depth = 0u32;
    let mut last = "";
    for word in formula.split(' ') {
        let rank = match word {
            _ if last.ends_with(',') => Some((3 * depth).saturating_sub(1)),
            "+" | "-" | "and" | "or" | "==" | "!=" | "<" | "<=" | ">" | ">=" => Some(3 * depth),
            "*" | "/" => Some(3 * depth + 1),
            _ => None,
        };
        let text = format!("{word} ");
        match (rank, out.last_mut()) {
            (None, Some(piece)) => piece.text.push_str(&text),
            (rank, _) => out.push(Piece {
                text,
                width: 0.0,
                rank: rank.unwrap_or(0),
            }),
        }
        for c in word.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        last = word;
    }
    for piece in &mut out {
        piece.width = piece.text.chars().count() as f64;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_between_terms_rather_than_inside_them() {
        let rate = "if(i == 1, entry.flow, 0) + if(i >= 2, inner.flow[i - 1], 0) - if(i == N, exit.flow, 0)";
        let expected = [
            "if(i == 1, entry.flow, 0)",
            "+ if(i >= 2, inner.flow[i - 1], 0)",
            "- if(i == N, exit.flow, 0)",
        ];
        assert_eq!(fold_text(rate, 55), expected);
        assert_eq!(fold_text(rate, 90), [rate]);
    }

    #[test]
    fn breaks_inside_where_a_term_is_too_long() {
        let flux = "pm.Lp * (bath.pressure - cell.pressure - (bath.osmotic - cell.osmotic))";
        let expected = [
            "pm.Lp * (bath.pressure - cell.pressure",
            "- (bath.osmotic - cell.osmotic))",
        ];
        assert_eq!(fold_text(flux, 45), expected);
        let long = "a_name_that_is_longer_than_the_line * 3 mM/s";
        assert_eq!(
            fold_text(long, 10),
            ["a_name_that_is_longer_than_the_line", "* 3 mM/s"]
        );
        assert_eq!(fold_text("", 10), [""]);
    }
}
