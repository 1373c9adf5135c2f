//! Curves that run back on their own path: drawn once, or the second pass would fill the gaps between dashes.

use super::thin::{Point, thin};

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

/// The first sample in each pixel, in tiles: a table of all pixels would be large, and most of it empty.
struct Firsts {
    corner: Point,
    columns: usize,
    /// Number of each tile that has samples, plus 1.
    places: Vec<usize>,
    /// Sample plus 1; 0 where there is none.
    tiles: Vec<[usize; TILE * TILE]>,
}

/// Side of a tile \[px\].
const TILE: usize = 8;

impl Firsts {
    fn new(samples: &[Point]) -> Firsts {
        let least = |of: fn(&Point) -> f64| samples.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&Point) -> f64| samples.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        // Two more on all sides: each pixel has neighbours.
        let corner = (least(|p| p.0).floor() - 2.0, least(|p| p.1).floor() - 2.0);
        let tiles = |most: f64, least: f64| (most - least + 3.0) as usize / TILE + 1;
        let columns = tiles(most(|p| p.0), corner.0);
        Firsts {
            corner,
            columns,
            places: vec![0; columns * tiles(most(|p| p.1), corner.1)],
            tiles: Vec::new(),
        }
    }

    fn pixel(&self, sample: Point) -> (usize, usize) {
        let place = |at: f64, from: f64| (at.floor() - from) as usize;
        (
            place(sample.0, self.corner.0),
            place(sample.1, self.corner.1),
        )
    }

    fn get(&self, (x, y): (usize, usize)) -> Option<usize> {
        let tile = self.places[x / TILE + self.columns * (y / TILE)].checked_sub(1)?;
        self.tiles[tile][x % TILE + TILE * (y % TILE)].checked_sub(1)
    }

    fn set(&mut self, (x, y): (usize, usize), sample: usize) {
        let place = &mut self.places[x / TILE + self.columns * (y / TILE)];
        if *place == 0 {
            self.tiles.push([0; TILE * TILE]);
            *place = self.tiles.len();
        }
        let first = &mut self.tiles[*place - 1][x % TILE + TILE * (y % TILE)];
        if *first == 0 {
            *first = sample + 1;
        }
    }
}

/// For each sample, whether it lies on a part that was drawn before.
fn returns(samples: &[Point]) -> Vec<bool> {
    // A return adds none, so that a third pass is compared with the first.
    let mut first = Firsts::new(samples);
    let mut out = Vec::with_capacity(samples.len());
    for (i, sample) in samples.iter().enumerate() {
        let (x, y) = first.pixel(*sample);
        let around = (x - 2..=x + 2).flat_map(|x| (y - 2..=y + 2).map(move |y| (x, y)));
        let mut earlier = around.filter_map(|pixel| first.get(pixel));
        let drawn = earlier.any(|j| {
            let other = samples[j];
            i - j > BACK && (other.0 - sample.0).hypot(other.1 - sample.1) <= NEAR
        });
        if !drawn {
            first.set((x, y), i);
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

    #[test]
    fn the_place_of_a_curve_does_not_matter() {
        for shift in [-5000.25, -0.25, 7.75, 12_000.75] {
            let at = |x: f64, y: f64| (x + shift, y + shift);
            let drawn = once(&[at(0.0, 0.0), at(200.0, 40.0), at(0.0, 0.3)]);
            assert!(
                (length(&drawn) - 200f64.hypot(40.0)).abs() < 10.0,
                "{shift}: {drawn:?}"
            );
        }
    }
}
