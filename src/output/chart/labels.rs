//! Names that don't collide: those at the ends of curves side by side in a margin, those of events in rows.

/// Moves intervals (centre, length) as little as possible so that none overlap, all within `lo` to `hi` if there is
/// room; gives the new centres in the order of the input. Intervals keep their order; equal centres that of the input.
pub fn spread(wanted: &[(f64, f64)], lo: f64, hi: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].0.total_cmp(&wanted[*b].0));
    // With the lengths taken out, "no overlap" is "not decreasing": least squares with pooled neighbours.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    let mut before = 0.0;
    for &i in &order {
        let (centre, length) = wanted[i];
        pools.push((centre - length / 2.0 - before, 1));
        before += length;
        while let [.., (a, n), (b, m)] = pools[..] {
            if a <= b {
                break;
            }
            let mean = (a * n as f64 + b * m as f64) / (n + m) as f64;
            pools.truncate(pools.len() - 2);
            pools.push((mean, n + m));
        }
    }
    let highest = (hi - before).max(lo);
    let starts = pools
        .iter()
        .flat_map(|(start, n)| std::iter::repeat_n(start.clamp(lo, highest), *n));
    let mut centres = vec![0.0; wanted.len()];
    let mut before = 0.0;
    for (&i, start) in order.iter().zip(starts) {
        let length = wanted[i].1;
        centres[i] = start + before + length / 2.0;
        before += length;
    }
    centres
}

/// Where the name of an event goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag {
    /// Left end of the text.
    pub left: f64,
    /// Row above the plot, 0 the lowest; `None` if there was no room.
    pub row: Option<usize>,
}

/// Puts names (x of the event, width of its text) as flags to the right of their lines, in at most `max_rows` rows and
/// left of `right_end`, so that no name touches another or another's line.
pub fn flags(marks: &[(f64, f64)], gap: f64, right_end: f64, max_rows: usize) -> Vec<Flag> {
    let mut flags = vec![
        Flag {
            left: 0.0,
            row: None,
        };
        marks.len()
    ];
    let mut order: Vec<usize> = (0..marks.len()).collect();
    // From the right: a line then rises past nothing but names that begin to its right.
    order.sort_by(|a, b| marks[*b].0.total_cmp(&marks[*a].0));
    for (n, &i) in order.iter().enumerate() {
        let (x, width) = marks[i];
        let left = (x + gap).min(right_end - width);
        let clear = |row: usize| {
            order[..n].iter().all(|&j| {
                let Some(other) = flags[j].row else {
                    return true;
                };
                let (other_left, other_right) = (flags[j].left, flags[j].left + marks[j].1);
                let name_on_name = row == other
                    && left < other_right + 2.0 * gap
                    && other_left < left + width + gap;
                let name_on_line =
                    row <= other && (left - gap..left + width + gap).contains(&marks[j].0);
                let line_on_name =
                    other <= row && (other_left - gap / 2.0..other_right + gap).contains(&x);
                !(name_on_name || name_on_line || line_on_name)
            })
        };
        let row = (0..max_rows).find(|row| clear(*row));
        flags[i] = Flag { left, row };
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_room_stay_where_they_are() {
        assert_eq!(spread(&[(10.0, 4.0), (30.0, 4.0)], 0.0, 50.0), [10.0, 30.0]);
        assert_eq!(spread(&[(30.0, 4.0), (30.0, 4.0)], 0.0, 50.0), [28.0, 32.0]);
        assert_eq!(spread(&[(1.0, 4.0)], 0.0, 50.0), [2.0]);
        assert_eq!(spread(&[], 0.0, 50.0), [] as [f64; 0]);
    }

    #[test]
    fn earlier_events_fly_higher() {
        let rows: Vec<_> = flags(&[(10.0, 40.0), (20.0, 40.0), (100.0, 40.0)], 3.0, 200.0, 3)
            .iter()
            .map(|f| f.row)
            .collect();
        assert_eq!(rows, [Some(1), Some(0), Some(0)]);
    }
}
