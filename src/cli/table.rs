//! Columns of text, aligned; the last one wraps.

/// Characters of a text; the shipped units and names have no wide ones.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// A text filled up with blanks.
pub(super) fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// Rows of cells as lines, each indented; columns two blanks apart, the last one wrapped to the width if there is one.
///
/// With a width, no column takes more than two fifths of it for the sake of a few long cells: what follows such a cell
/// stands in its own column on the next line. Lines of the last cell stay lines.
pub(super) fn align(rows: &[Vec<String>], indent: usize, total: Option<usize>) -> String {
    let n = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; n];
    for row in rows {
        // A row's last cell needs no room behind it.
        for (i, cell) in row.iter().enumerate().take(n.saturating_sub(1)) {
            let fits = total.is_none_or(|t| width(cell) <= t * 2 / 5);
            widths[i] = widths[i].max(if fits { width(cell) } else { 0 });
        }
    }
    let mut starts: Vec<usize> = (0..n)
        .map(|i| {
            let room = widths[..i].iter().filter(|w| **w > 0).map(|w| w + 2);
            indent + room.sum::<usize>()
        })
        .collect();
    if let (Some(total), Some(last)) = (total, starts.last_mut())
        && n > 2
        && *last * 3 > total * 2
    {
        // No room left beside the others: below them.
        *last = indent + 4;
    }
    let mut out = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (i, cell) in row.iter().enumerate() {
            if cell.is_empty() {
                continue;
            }
            let at = line.rsplit('\n').next().map_or(0, width);
            if at > indent && at + 2 > starts[i] {
                line.push('\n');
                line.push_str(&" ".repeat(starts[i]));
            } else {
                line.push_str(&" ".repeat(starts[i].saturating_sub(at)));
            }
            if i + 1 == n || total.is_some() {
                let room = total.map(|t| t.saturating_sub(starts[i]).max(20));
                let parts: Vec<String> = cell
                    .split('\n')
                    .map(|part| wrap(part, room, starts[i]))
                    .collect();
                line.push_str(&parts.join(&format!("\n{}", " ".repeat(starts[i]))));
            } else {
                line.push_str(cell);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A text broken between words into lines of at most `room`, the following ones indented.
pub(super) fn wrap(text: &str, room: Option<usize>, indent: usize) -> String {
    let Some(room) = room else {
        return text.to_string();
    };
    let words = text.trim_start_matches(' ');
    // A line that is indented already stays so, and those that it is broken into.
    let inner = text.len() - words.len();
    let mut out = " ".repeat(inner);
    let mut used = inner;
    for word in words.split(' ') {
        if used > inner && used + 1 + width(word) > room {
            out.push('\n');
            out.push_str(&" ".repeat(indent + inner));
            used = inner;
        } else if used > inner {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += width(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|c| c.to_string()).collect()
    }

    #[test]
    fn aligns_and_wraps() {
        let rows = [
            row(&["a", "1 µm", "one two three four five"]),
            row(&["long", "2", "x"]),
        ];
        assert_eq!(
            align(&rows, 2, Some(34)),
            "  a     1 µm  one two three four\n              five\n  long  2     x\n"
        );
        assert_eq!(align(&rows[1..], 0, None), "long  2  x\n");
        assert_eq!(
            wrap("  one two three", Some(9), 4),
            "  one two\n      three"
        );
    }

    #[test]
    fn a_long_cell_does_not_widen_its_column() {
        let rows = [
            row(&["a", "short", "note"]),
            row(&["b", "much longer than the others", "note\nmore"]),
        ];
        assert_eq!(
            align(&rows, 2, Some(40)),
            "  a  short  note\n  b  much longer than the others\n            note\n            more\n"
        );
        assert_eq!(align(&rows[..1], 0, None), "a  short  note\n");
    }

    #[test]
    fn the_last_column_goes_below_where_there_is_no_room() {
        let rows = [row(&["name of it", "= a + b", "what it is"])];
        assert_eq!(
            align(&rows, 2, Some(34)),
            "  name of it  = a + b\n      what it is\n"
        );
    }

    #[test]
    fn short_rows_and_empty_columns_leave_no_blanks_at_the_end() {
        let rows = [row(&["a", "", "c"]), row(&["bb"])];
        assert_eq!(align(&rows, 0, None), "a   c\nbb\n");
        assert_eq!(align(&[], 2, None), "");
    }
}
