//! Lines of the grid end at words: no letter lies on one.

use super::palette::GRID;
use super::scene::Shape;
use super::thin::Point;

/// Air between a word and the grid beside it, as a part of the height of the word.
const AIR: f64 = 0.15;

/// Takes away what of the grid lies behind words.
pub(super) fn clear(shapes: &mut Vec<Shape>) {
    let words: Vec<[f64; 4]> = shapes.iter().filter_map(Shape::text_box).collect();
    let mut out = Vec::with_capacity(shapes.len());
    for shape in shapes.drain(..) {
        let Shape::Path {
            points,
            color: GRID,
            width,
            dash,
        } = &shape
        else {
            out.push(shape);
            continue;
        };
        let pieces = match points[..] {
            [from, to] => pieces(from, to, &words),
            _ => None,
        };
        match pieces {
            None => out.push(shape),
            Some(pieces) => out.extend(pieces.into_iter().map(|(from, to)| Shape::Path {
                points: vec![from, to],
                color: GRID,
                width: *width,
                dash: dash.clone(),
            })),
        }
    }
    *shapes = out;
}

/// What is left of a level or an upright line between words; `None` where none lies on it.
fn pieces(from: Point, to: Point, words: &[[f64; 4]]) -> Option<Vec<(Point, Point)>> {
    let level = from.1 == to.1;
    if !level && from.0 != to.0 {
        return None;
    }
    // Along the line, and across it.
    let along = |p: Point| if level { p.0 } else { p.1 };
    let place = |s: f64| if level { (s, from.1) } else { (from.0, s) };
    let across = if level { from.1 } else { from.0 };
    let (start, end) = (along(from).min(along(to)), along(from).max(along(to)));
    let mut gaps: Vec<(f64, f64)> = Vec::new();
    for [left, top, right, bottom] in words {
        let air = AIR * (bottom - top);
        let (here, there) = match level {
            true => ((top, bottom), (left - air, right + air)),
            false => ((left, right), (top - air, bottom + air)),
        };
        let meets = (*here.0..=*here.1).contains(&across);
        if meets && there.0 < end && there.1 > start {
            gaps.push(there);
        }
    }
    if gaps.is_empty() {
        return None;
    }
    gaps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut left = Vec::new();
    let mut at = start;
    for (gap, behind) in gaps {
        if gap > at {
            left.push((place(at), place(gap)));
        }
        at = at.max(behind);
    }
    if at < end {
        left.push((place(at), place(end)));
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_words_lie() {
        let words = [[10.0, 4.0, 20.0, 14.0], [18.0, 0.0, 30.0, 10.0]];
        let cut = pieces((0.0, 5.0), (50.0, 5.0), &words);
        assert_eq!(
            cut,
            Some(vec![((0.0, 5.0), (8.5, 5.0)), ((31.5, 5.0), (50.0, 5.0))])
        );
        let up = pieces((15.0, 50.0), (15.0, 0.0), &words);
        assert_eq!(
            up,
            Some(vec![
                ((15.0, 0.0), (15.0, 2.5)),
                ((15.0, 15.5), (15.0, 50.0))
            ])
        );
        assert_eq!(pieces((0.0, 20.0), (50.0, 20.0), &words), None);
        assert_eq!(pieces((0.0, 0.0), (50.0, 20.0), &words), None);
    }
}
