//! On which side of 0 an event function stands, and what a new sign means.
//!
//! A crossing needs the value to leave its side. An event that arrives at 0 has crossed; if it stays there (a wall
//! pressure held at 0 by a `max`), it crosses again when it leaves to where it came from, and not when it goes on.

use super::problem::Direction;

/// From where an event function came to 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Below,
    Above,
    /// It was there from the start of the run or after a reset.
    Nowhere,
}

/// Where an event function stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// At 0, and it may be about to leave: the first clear value decides, without a crossing.
    Unknown,
    Below,
    /// At 0 for a while.
    Zero(Origin),
    Above,
}

impl Side {
    /// The side of a value that is clear of 0, else [`Side::Unknown`].
    pub fn of(g: f64) -> Side {
        if g > 0.0 {
            Side::Above
        } else if g < 0.0 {
            Side::Below
        } else {
            Side::Unknown
        }
    }

    /// Whether a small value can be mere rounding here: at 0, one does not leave by a rounding.
    pub fn is_at_zero(self) -> bool {
        matches!(self, Side::Unknown | Side::Zero(_))
    }

    /// Whether `g` is off this side. Not a number is nowhere.
    pub fn leaves(self, g: f64) -> bool {
        match self {
            Side::Below => g >= 0.0,
            Side::Above => g <= 0.0,
            Side::Zero(_) | Side::Unknown => g.abs() > 0.0,
        }
    }

    /// The side that `g` leads to, and the direction in which 0 is crossed on the way there.
    pub fn next(self, g: f64) -> (Side, Option<Direction>) {
        if !self.leaves(g) {
            return (self, None);
        }
        match (self, Side::of(g)) {
            (Side::Below, Side::Unknown) => (Side::Zero(Origin::Below), Some(Direction::Rising)),
            (Side::Above, Side::Unknown) => (Side::Zero(Origin::Above), Some(Direction::Falling)),
            (Side::Unknown, side)
            | (Side::Zero(Origin::Below), side @ Side::Above)
            | (Side::Zero(Origin::Above), side @ Side::Below) => (side, None),
            (_, Side::Above) => (Side::Above, Some(Direction::Rising)),
            (_, side) => (side, Some(Direction::Falling)),
        }
    }
}

/// Whether an event that waits for `wanted` fires on its way to `side`, which crosses 0 in direction `met`.
pub(super) fn fires(wanted: Direction, met: Option<Direction>, side: Side) -> bool {
    match wanted {
        Direction::Under => side == Side::Below,
        Direction::Either => met.is_some(),
        _ => met == Some(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Falling, Rising};

    fn walk(start: Side, values: &[f64]) -> Vec<Option<Direction>> {
        let mut side = start;
        values
            .iter()
            .map(|g| {
                let (next, met) = side.next(*g);
                side = next;
                met
            })
            .collect()
    }

    #[test]
    fn a_passage_through_zero_counts_once() {
        assert_eq!(walk(Side::Below, &[-1.0, 1.0]), [None, Some(Rising)]);
        assert_eq!(
            walk(Side::Below, &[0.0, 0.0, 1.0]),
            [Some(Rising), None, None]
        );
        assert_eq!(walk(Side::Above, &[0.0, -1.0]), [Some(Falling), None]);
    }

    #[test]
    fn what_was_held_at_zero_and_returns_has_crossed_twice() {
        assert_eq!(
            walk(Side::Above, &[0.0, 0.0, 1.0]),
            [Some(Falling), None, Some(Rising)]
        );
        assert_eq!(
            walk(Side::Below, &[0.0, -1.0]),
            [Some(Rising), Some(Falling)]
        );
    }

    #[test]
    fn the_first_value_after_a_reset_is_no_crossing_but_leaving_a_flat_zero_is() {
        assert_eq!(
            walk(Side::Unknown, &[0.0, 1.0, -1.0]),
            [None, None, Some(Falling)]
        );
        assert_eq!(
            walk(Side::Zero(Origin::Nowhere), &[0.0, 1.0]),
            [None, Some(Rising)]
        );
        assert_eq!(walk(Side::Zero(Origin::Nowhere), &[-1.0]), [Some(Falling)]);
    }

    #[test]
    fn under_is_below_zero_and_not_at_it() {
        let fired = |start: Side, g: f64| {
            let (side, met) = start.next(g);
            side != start && fires(Direction::Under, met, side)
        };
        assert!(fired(Side::Above, -1.0));
        assert!(!fired(Side::Above, 0.0));
        assert!(fired(Side::Zero(Origin::Above), -1.0));
        assert!(!fired(Side::Zero(Origin::Above), 1.0));
        assert!(!fired(Side::Below, -2.0));
    }

    #[test]
    fn not_a_number_is_no_news() {
        assert_eq!(walk(Side::Above, &[f64::NAN, 1.0]), [None, None]);
    }
}
