//! Walled cells: boxes with rounded edges, square in section across. All is drawn in the plane through the long axis.

use std::f64::consts::PI;

/// Radius of the edges of the wall, relative to its width (chosen).
const EDGE: f64 = 0.14;
/// How much of the retraction of a protoplast goes into rounding off, as a power of its relative volume (chosen): it leaves
/// the corners first, then all walls.
const ROUNDING: f64 = 0.5;
/// Points of a quarter of a circle.
const QUARTER: usize = 12;

/// A box with rounded edges and corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundedBox {
    /// Both short sides \[µm\].
    pub width: f64,
    /// The long side \[µm\].
    pub length: f64,
    /// Radius of the edges \[µm\].
    pub edge: f64,
}

impl RoundedBox {
    /// Of width 1.
    fn unit(aspect: f64, edge: f64) -> RoundedBox {
        RoundedBox {
            width: 1.0,
            length: aspect,
            edge,
        }
    }

    /// Volume: that of a box grown by a ball (Steiner's formula).
    pub fn volume(&self) -> f64 {
        let r = self.edge;
        let (a, c) = (self.width - 2.0 * r, self.length - 2.0 * r);
        let sides = 2.0 * (a * a + 2.0 * a * c);
        a * a * c + sides * r + PI * (2.0 * a + c) * r * r + 4.0 / 3.0 * PI * r * r * r
    }

    fn scaled(&self, factor: f64) -> RoundedBox {
        RoundedBox {
            width: factor * self.width,
            length: factor * self.length,
            edge: factor * self.edge,
        }
    }

    /// The wall around a volume.
    pub fn wall(volume: f64, aspect: f64) -> RoundedBox {
        let unit = RoundedBox::unit(aspect, EDGE);
        unit.scaled((volume / unit.volume()).cbrt())
    }

    /// A protoplast of a volume inside a wall: all of it, or less and then rounded off and retracted.
    pub fn protoplast(volume: f64, wall: f64, aspect: f64) -> RoundedBox {
        if volume >= wall {
            return RoundedBox::wall(volume, aspect);
        }
        let full = RoundedBox::unit(aspect, EDGE).volume();
        let wanted = full * (volume / wall).powf(ROUNDING);
        let (mut low, mut high) = (EDGE, 0.5);
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            match RoundedBox::unit(aspect, middle).volume() > wanted {
                true => low = middle,
                false => high = middle,
            }
        }
        let unit = RoundedBox::unit(aspect, (low + high) / 2.0);
        unit.scaled((volume / unit.volume()).cbrt())
    }

    /// The section through the long axis, which lies level: corners of a polygon around the origin.
    pub fn section(&self) -> Vec<(f64, f64)> {
        let (x, y) = (self.length / 2.0 - self.edge, self.width / 2.0 - self.edge);
        let corners = [(x, y, 0), (-x, y, 1), (-x, -y, 2), (x, -y, 3)];
        let arc = |(x, y, quarter): (f64, f64, usize)| {
            (0..=QUARTER).map(move |i| {
                let turn = quarter as f64 + i as f64 / QUARTER as f64;
                let (sin, cos) = (PI / 2.0 * turn).sin_cos();
                (x + self.edge * cos, y + self.edge * sin)
            })
        };
        corners.into_iter().flat_map(arc).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_and_protoplasts_have_the_volume_of_the_model() {
        for aspect in [1.0, 1.5, 4.0] {
            let wall = RoundedBox::wall(1e5, aspect);
            assert!((wall.volume() / 1e5 - 1.0).abs() < 1e-12);
            for part in [1e-3, 0.3, 0.5, 0.8, 0.99] {
                let inside = RoundedBox::protoplast(part * 1e5, 1e5, aspect);
                assert!((inside.volume() / (part * 1e5) - 1.0).abs() < 1e-9);
                // It is inside, with a gap, and does not turn inside out.
                assert!(inside.width < wall.width && inside.length < wall.length);
                assert!(2.0 * inside.edge <= inside.width * (1.0 + 1e-9));
            }
            assert_eq!(RoundedBox::protoplast(1e5, 1e5, aspect), wall);
        }
    }

    #[test]
    fn steiner_gives_the_ball_and_the_capsule() {
        let ball = RoundedBox::unit(1.0, 0.5).volume();
        assert!((ball - PI / 6.0).abs() < 1e-12);
        let capsule = RoundedBox::unit(3.0, 0.5).volume();
        assert!((capsule - (PI / 6.0 + PI / 4.0 * 2.0)).abs() < 1e-12);
    }

    #[test]
    fn an_incipient_gap_has_no_jump() {
        let wall = RoundedBox::wall(1e5, 1.5);
        let inside = RoundedBox::protoplast(0.9999e5, 1e5, 1.5);
        assert!((inside.width / wall.width - 1.0).abs() < 1e-4);
        assert!((inside.edge / wall.edge - 1.0).abs() < 0.05);
    }
}
