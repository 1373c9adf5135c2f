//! Curves that run back on their own path: drawn once, or the second pass would fill the gaps between dashes.

use super::thin::{Point, thin};
use std::collections::HashMap;

/// Between the samples of a path \[px\].
const STEP: f64 = 0.5;
/// How near a path is the same path \[px\]: less than the width of a curve.
const NEAR: f64 = 1.5;
/// Samples back along the path from where on near is a return, and not just what has been drawn.
const BACK: usize = 12;
/// Samples of the shortest return that counts; a crossing is shorter.
const RETURN: usize = 24;
/// Samples of a curve that is so long that it fills an area: gaps between its dashes can't be seen anyway.
const MOST: usize = 40_000;

/// The parts of a curve that are not a return on an earlier part. The curve itself if there is none.
pub(super) fn once(curve: &[Point]) -> Vec<Vec<Point>> {
    let Some(samples) = sampled(curve) else {
        return vec![curve.to_vec()];
    };
    let mut returns = returns(&samples);
    keep_long_runs(&mut returns);
    if !returns.contains(&true) {
        return vec![curve.to_vec()];
    }
    let mut out: Vec<Vec<Point>> = Vec::new();
    let mut was_return = true;
    for (sample, is_return) in samples.iter().zip(returns) {
        match out.last_mut() {
            _ if is_return => {}
            Some(piece) if !was_return => piece.push(*sample),
            _ => out.push(vec![*sample]),
        }
        was_return = is_return;
    }
    let lines = out.iter().filter(|piece| piece.len() > 1);
    lines.map(|piece| thin(piece)).collect()
}

/// Points at even distances along the curve.
fn sampled(curve: &[Point]) -> Option<Vec<Point>> {
    let mut out = Vec::from_iter(curve.first().copied());
    for pair in curve.windows(2) {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        let n = (dx.hypot(dy) / STEP).ceil().max(1.0);
        if out.len() as f64 + n > MOST as f64 {
            return None;
        }
        let at = |i: usize| {
            let part = i as f64 / n;
            (pair[0].0 + part * dx, pair[0].1 + part * dy)
        };
        out.extend((1..=n as usize).map(at));
    }
    Some(out)
}

/// For each sample, whether it lies on a part that was drawn before.
fn returns(samples: &[Point]) -> Vec<bool> {
    // The first sample in each pixel; a return adds none, so that a third pass is compared with the first.
    let mut first: HashMap<(i64, i64), usize> = HashMap::new();
    let mut out = Vec::with_capacity(samples.len());
    for (i, sample) in samples.iter().enumerate() {
        let cell = (sample.0.floor() as i64, sample.1.floor() as i64);
        let around = (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (dx, dy)));
        let mut earlier = around.filter_map(|(dx, dy)| first.get(&(cell.0 + dx, cell.1 + dy)));
        let drawn = earlier.any(|&j| {
            let other = samples[j];
            i - j > BACK && (other.0 - sample.0).hypot(other.1 - sample.1) <= NEAR
        });
        if !drawn {
            first.entry(cell).or_insert(i);
        }
        out.push(drawn);
    }
    out
}

/// Bridges what is too short to be a dash between two returns, then forgets returns that are crossings.
fn keep_long_runs(returns: &mut [bool]) {
    for (of, least) in [(false, BACK), (true, RETURN)] {
        let mut start = 0;
        while start < returns.len() {
            let same = |r: &&bool| **r == returns[start];
            let length = returns[start..].iter().take_while(same).count();
            let ends = start == 0 || start + length == returns.len();
            // A curve may begin anywhere and end on its own path.
            if returns[start] == of && length < least && (of || !ends) {
                returns[start..start + length].fill(!of);
            }
            start += length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(pieces: &[Vec<Point>]) -> f64 {
        let lengths = pieces.iter().flat_map(|piece| piece.windows(2));
        lengths
            .map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1))
            .sum()
    }

    #[test]
    fn there_and_back_is_drawn_once() {
        let there_and_back = [(0.0, 0.0), (200.0, 40.0), (0.0, 0.3), (200.0, 40.0)];
        let drawn = once(&there_and_back);
        let once_there = 200f64.hypot(40.0);
        assert!((length(&drawn) - once_there).abs() < 10.0, "{drawn:?}");
    }

    #[test]
    fn what_leaves_the_path_is_drawn() {
        let drawn = once(&[(0.0, 0.0), (100.0, 0.0), (50.0, 0.0), (50.0, 80.0)]);
        assert!((length(&drawn) - 180.0).abs() < 10.0, "{drawn:?}");
        assert_eq!(drawn.last().and_then(|p| p.last()), Some(&(50.0, 80.0)));
    }

    #[test]
    fn crossings_and_plain_curves_are_left_alone() {
        let crossing = vec![(0.0, 0.0), (100.0, 100.0), (100.0, 0.0), (0.0, 100.0)];
        assert_eq!(once(&crossing), [crossing]);
        let wave: Vec<Point> = (0..300)
            .map(|i| (f64::from(i), 50.0 + 40.0 * (f64::from(i) / 3.0).sin()))
            .collect();
        assert_eq!(once(&wave), [wave]);
        assert_eq!(once(&[(1.0, 1.0)]), [[(1.0, 1.0)]]);
    }
}
