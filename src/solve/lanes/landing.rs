//! The search for the length of a step that ends where a function crosses 0.
//!
//! Steps of different lengths are taken from the same start until one ends at the crossing. The crossing stays
//! bracketed; the next length comes from inverse interpolation through the last three, else from the secant or from the
//! middle of the bracket.

/// A place in the full step, and the function there: above 0 before the crossing.
#[derive(Clone, Copy, Debug)]
struct Place {
    theta: f64,
    v: f64,
}

/// The state of a search.
#[derive(Clone, Debug)]
pub(super) struct Landing {
    /// Length of the full step [s].
    pub full: f64,
    /// The step that is to follow [s], and what its control goes by: a step before it [s], 0 for none, and the logarithm of
    /// that one's error.
    pub next: f64,
    pub last: (f64, f64),
    /// The event.
    pub event: usize,
    /// The function is `sign · g + offset`.
    pub sign: f64,
    pub offset: f64,
    /// Whether only an extremum is looked for.
    pub turning: bool,
    /// For an extremum, what its value may be off by.
    pub still: f64,
    /// Whether the step must end before the crossing.
    short: bool,
    /// Fraction of the full step that is tried.
    pub theta: f64,
    before: Place,
    after: Place,
    older: Option<Place>,
    tries: u32,
}

/// Tries after which a search is given up.
const TRIES: u32 = 60;

/// Tries after which an extremum has been found if its value has, as that of what only comes to rest.
const ENOUGH: u32 = 6;

/// What a try showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found {
    /// The crossing is as far from the end of the try [s] as this: near enough.
    There(f64),
    /// Another try is made.
    No,
    /// No try will find it.
    Never,
}

impl Landing {
    /// A search after a full step over which the function went from `start` (above 0) to `end` (not above).
    /// `middle` is about its value in the middle.
    pub fn new(
        event: usize,
        (sign, offset): (f64, f64),
        (start, middle, end): (f64, f64, f64),
    ) -> Landing {
        let v = |g: f64| sign * g + offset;
        let mut landing = Landing {
            full: 0.0,
            next: 0.0,
            last: (0.0, 0.0),
            event,
            sign,
            offset,
            turning: false,
            still: 0.0,
            short: false,
            theta: 0.0,
            before: Place {
                theta: 0.0,
                v: v(start),
            },
            after: Place {
                theta: 1.0,
                v: v(end),
            },
            older: Some(Place {
                theta: 0.5,
                v: v(middle),
            }),
            tries: 0,
        };
        landing.theta = landing.guess();
        landing.older = None;
        landing
    }

    /// A search for a corner on the way from `g.0` to `g.2`: the step is to end a little before it, where nothing has bent yet.
    /// `about`: part of the way to it that the end may be off by.
    pub fn at_corner(event: usize, side: f64, g: (f64, f64, f64), about: f64) -> Landing {
        let offset = -0.5 * about * side * g.0;
        let mut landing = Landing::new(event, (side, offset), g);
        landing.short = true;
        landing
    }

    /// Takes the value `g` at the end of the try and looks for the next, unless the crossing is within `tolerance` [s].
    pub fn see(&mut self, g: f64, tolerance: f64) -> Found {
        self.tries += 1;
        let v = self.sign * g + self.offset;
        if v.is_nan() || self.tries > TRIES {
            return Found::Never;
        }
        let new = Place {
            theta: self.theta,
            v,
        };
        let slope = (self.before.v - self.after.v) / (self.after.theta - self.before.theta);
        let neighbour = if v > 0.0 { self.after } else { self.before };
        let own = (neighbour.v - v) / (new.theta - neighbour.theta);
        let steep = if own > 0.0 && own.is_finite() {
            own
        } else {
            slope
        };
        let away = v / steep * self.full;
        // Where it bends, by the flatter of the ways to both ends: the steep one tells too short a distance.
        let other = if v > 0.0 { self.before } else { self.after };
        let flatter = steep.min((other.v - v) / (new.theta - other.theta));
        let near = flatter > 0.0 && (v / flatter * self.full).abs() <= tolerance;
        let width = (self.after.theta - self.before.theta) * self.full;
        // At rest at 0 the place where it came to rest is meant, and not the one that happened to be tried.
        let flat = v == 0.0;
        let beyond = self.short && self.sign * g < 0.0;
        let still = self.tries > ENOUGH && v.abs() * width < self.still;
        if !flat && near && !beyond || width <= tolerance || still {
            return Found::There(if flat { 0.0 } else { away });
        }
        if v > 0.0 {
            self.older = Some(self.before);
            self.before = new;
        } else {
            self.older = if flat { self.older } else { Some(self.after) };
            self.after = new;
        }
        self.theta = self.guess();
        Found::No
    }

    /// Where to look next.
    fn guess(&self) -> f64 {
        let (a, b) = (self.before, self.after);
        let width = b.theta - a.theta;
        let inside = |theta: f64| theta > a.theta && theta < b.theta;
        let middle = a.theta + 0.5 * width;
        // Once in a while the bracket is halved for certain: soon where there is nothing but a flat 0 behind the crossing.
        let flat = b.v == 0.0;
        if self.tries > 6 && self.tries.is_multiple_of(3) || flat && self.tries % 2 == 1 {
            return middle;
        }
        if flat {
            // From the side before it, as if it went on.
            let old = self.older.filter(|o| o.v > a.v);
            let ahead = old.map(|o| a.theta + a.v * (a.theta - o.theta) / (o.v - a.v));
            return ahead.filter(|t| inside(*t)).unwrap_or(middle);
        }
        let inverse = self.older.and_then(|c| {
            // Lagrange's formula for θ as a function of v, at v = 0.
            let (ab, ac, bc) = (a.v - b.v, a.v - c.v, b.v - c.v);
            let theta = a.theta * b.v * c.v / (ab * ac) - b.theta * a.v * c.v / (ab * bc)
                + c.theta * a.v * b.v / (ac * bc);
            Some(theta).filter(|t| t.is_finite() && inside(*t))
        });
        let secant = a.theta + width * a.v / (a.v - b.v);
        let secant = if inside(secant) { secant } else { middle };
        inverse.unwrap_or(secant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(g: impl Fn(f64) -> f64, sign: f64, tolerance: f64) -> (f64, u32) {
        let mut landing = Landing::new(0, (sign, 0.0), (g(0.0), g(0.5), g(1.0)));
        landing.full = 1.0;
        loop {
            match landing.see(g(landing.theta), tolerance) {
                Found::There(away) => return (landing.theta + away, landing.tries),
                Found::No => {}
                Found::Never => panic!("{landing:?}"),
            }
        }
    }

    #[test]
    fn crossings_are_found_in_a_few_tries() {
        for (root, tries) in [
            search(|t| (1.3 * t).exp() - 2.0, -1.0, 2e-8),
            search(|t| 2.0 - (1.3 * t).exp(), 1.0, 2e-8),
        ] {
            assert!((root - 2f64.ln() / 1.3).abs() < 2e-8);
            assert!(tries <= 4, "{tries}");
        }
        let (root, tries) = search(|t| 0.3 - t.powi(9), 1.0, 1e-12);
        assert!((root - 0.3f64.powf(1.0 / 9.0)).abs() < 1e-11);
        assert!(tries <= 14, "{tries}");
    }

    #[test]
    fn what_comes_to_rest_is_found_where_it_does() {
        let (root, tries) = search(|t| (0.3 - t).max(0.0), 1.0, 1e-12);
        assert!((root - 0.3).abs() < 1e-11, "{root}");
        assert!(tries < 50, "{tries}");
        let (root, _) = search(|t| (0.3 - t).max(0.0).powi(2), 1.0, 1e-8);
        assert!((root - 0.3).abs() < 1e-5, "{root}");
    }
}
