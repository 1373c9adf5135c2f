//! Axes around a plot: ticks, numbers and a border, without lines through the plot.

use super::super::font::{self, Weight, wrap};
use super::super::layout::{snap, thin_line};
use super::super::palette::{FAINT, INK, SOFT};
use super::super::panel::Frame;
pub(super) use super::super::panel::corner;
use super::super::scene::{Anchor, Sheet};
use super::super::ticks::{Scale, Tick};
use super::super::{Axis, Size};
use super::stats::{place, unplace};

/// Size of the numbers, in text sizes.
pub(super) const SMALL: f64 = 0.92;

/// The range of values on an axis, with a part of it as room at both ends. `None` without values.
pub(super) fn range_of(axis: &Axis, values: impl Iterator<Item = f64>, room: f64) -> Option<Ends> {
    if !axis.names.is_empty() {
        return Some((0.0, 1.0));
    }
    let places = values.map(|v| place(axis, v)).filter(|p| p.is_finite());
    let ends = places.fold(None, |ends: Option<Ends>, p| match ends {
        None => Some((p, p)),
        Some((lo, hi)) => Some((lo.min(p), hi.max(p))),
    })?;
    let (lo, hi) = ends;
    let room = room * (hi / 2.0 - lo / 2.0);
    let wide = (
        unplace(axis, lo - 2.0 * room),
        unplace(axis, hi + 2.0 * room),
    );
    let usable = wide.0.is_finite() && wide.1.is_finite() && (!axis.log || wide.0 > 0.0);
    Some(if usable {
        wide
    } else {
        (unplace(axis, lo), unplace(axis, hi))
    })
}

/// Lower and upper end.
pub(super) type Ends = (f64, f64);

/// The scale between these ends with the most numbers, up to `most`, that fit beside each other.
pub(super) fn level(axis: &Axis, ends: Ends, size: Size, width: f64, most: usize) -> Option<Scale> {
    if !axis.names.is_empty() {
        let scale = Scale::tight(axis, ends, most)?;
        return Some(scale.fitted(width, SMALL * size.text));
    }
    let wide = |tick: &Tick| font::width(&tick.label, SMALL * size.text, Weight::Regular);
    let apart = |a: &Tick, b: &Tick| {
        (b.at - a.at) * width > (wide(a) + wide(b)) / 2.0 + 0.6 * SMALL * size.text
    };
    let free = |scale: &Scale| scale.ticks.windows(2).all(|w| apart(&w[0], &w[1]));
    let mut last = None;
    for wanted in (2..=most).rev() {
        let scale = Scale::tight(axis, ends, wanted)?;
        if free(&scale) {
            return Some(scale);
        }
        // Powers of ten and larger steps before uneven gaps.
        let widest = scale.ticks.iter().map(wide).fold(0.0, f64::max);
        if axis.log && scale.ticks.len() > 2 {
            let powers = powers(&scale);
            if powers.ticks.len() > 1 && free(&powers) {
                return Some(powers);
            }
            if powers.ticks.len() > 2 {
                // One in the middle says more than two that are no powers.
                let mut middle = powers;
                let n = middle.ticks.len();
                middle.ticks = middle
                    .ticks
                    .into_iter()
                    .skip((n - 1) / 2 % 2)
                    .step_by(2)
                    .collect();
                if free(&middle) {
                    last = last.or(Some(middle));
                }
                continue;
            }
        }
        let fewer = scale.spaced((widest + 0.6 * SMALL * size.text) / width);
        if free(&fewer) && fewer.ticks.len() > 1 {
            return Some(fewer);
        }
        last = Some(fewer);
    }
    // What stands too close to the one before gives way.
    let mut scale = last?;
    let mut kept: Option<Tick> = None;
    for tick in &mut scale.ticks {
        match &kept {
            Some(before) if !apart(before, tick) => tick.label.clear(),
            _ => kept = Some(tick.clone()),
        }
    }
    Some(scale)
}

/// The same scale with numbers at powers of ten only.
fn powers(scale: &Scale) -> Scale {
    let mut powers = scale.clone();
    let power = |tick: &Tick| {
        let log = scale.value(tick.at).log10();
        (log - log.round()).abs() < 1e-6
    };
    powers.ticks.retain(power);
    let dropped = scale.ticks.iter().filter(|tick| !power(tick));
    powers.minor.extend(dropped.map(|tick| tick.at));
    powers
}

/// The scale between these ends for an upright axis.
pub(super) fn upright(axis: &Axis, ends: Ends, size: Size, height: f64) -> Option<Scale> {
    let wanted = (height / (2.6 * size.text)).clamp(2.0, 6.0) as usize;
    let scale = Scale::tight(axis, ends, wanted)?;
    Some(match axis.names.is_empty() {
        true => scale.spaced(1.15 * size.text / height),
        false => scale,
    })
}

/// Width of the widest number.
pub(super) fn widest(scale: Option<&Scale>, size: f64) -> f64 {
    let ticks = scale.iter().flat_map(|scale| &scale.ticks);
    ticks
        .map(|tick| font::width(&tick.label, SMALL * size, Weight::Regular))
        .fold(0.0, f64::max)
}

/// Ticks below a plot, with those of their numbers that are between `from` and `to`. Gives where the last one ends.
pub(super) fn below(sheet: &mut Sheet, frame: Frame, x: &Scale, (from, to): Ends) -> f64 {
    let mut last = from;
    let (t, width) = (sheet.size.text, thin_line(sheet.size));
    for tick in &x.ticks {
        let at = snap(frame.x(tick.at));
        let end = frame.bottom + 0.3 * t;
        sheet.line((at, frame.bottom), (at, end), SOFT, width, &[]);
        let half = font::width(&tick.label, SMALL * t, Weight::Regular) / 2.0;
        if !tick.label.is_empty() && at - half >= from && at + half <= to {
            last = at + half;
            let place = (at, frame.bottom + 1.4 * t);
            sheet.text(place, &tick.label, SMALL * t, SOFT, Anchor::Middle);
        }
    }
    for at in &x.minor {
        let at = snap(frame.x(*at));
        let end = frame.bottom + 0.16 * t;
        sheet.line((at, frame.bottom), (at, end), SOFT, 0.8 * width, &[]);
    }
    last
}

/// Ticks at the left of a plot, with their numbers if wanted.
pub(super) fn left(sheet: &mut Sheet, frame: Frame, y: &Scale, numbers: bool) {
    let (t, width) = (sheet.size.text, thin_line(sheet.size));
    for tick in &y.ticks {
        let at = snap(frame.y(tick.at));
        let end = frame.left - 0.3 * t;
        sheet.line((frame.left, at), (end, at), SOFT, width, &[]);
        if numbers {
            let place = (frame.left - 0.5 * t, at + font::CAPITAL / 2.0 * SMALL * t);
            sheet.text(place, &tick.label, SMALL * t, SOFT, Anchor::End);
        }
    }
    for at in &y.minor {
        let at = snap(frame.y(*at));
        let end = frame.left - 0.16 * t;
        sheet.line((frame.left, at), (end, at), SOFT, 0.8 * width, &[]);
    }
}

/// A line around the plot.
pub(super) fn border(sheet: &mut Sheet, frame: Frame) {
    let width = thin_line(sheet.size);
    let points = vec![
        (frame.left, frame.top),
        (frame.left, frame.bottom),
        (frame.right, frame.bottom),
        (frame.right, frame.top),
        (frame.left - width / 2.0, frame.top),
    ];
    sheet.path(points, SOFT, width, &[]);
}

/// The name of the axis below a plot, in its middle as far as the picture allows.
pub(super) fn name_below(sheet: &mut Sheet, frame: Frame, name: &str, baseline: f64) {
    let t = sheet.size.text;
    let room = sheet.size.width - 2.0 * t;
    if let Some(name) = wrap(name, room, t, Weight::Regular, 1).first() {
        let half = font::width(name, t, Weight::Regular) / 2.0;
        let middle = (frame.left + frame.right) / 2.0;
        let middle = middle.clamp(half + t, (sheet.size.width - half - t).max(half + t));
        sheet.text((middle, baseline), name, t, INK, Anchor::Middle);
    }
}

/// Words in the middle of a plot that has nothing else to show.
pub(super) fn nothing(sheet: &mut Sheet, frame: Frame, why: &str) {
    let t = sheet.size.text;
    let at = (frame.x(0.5), frame.y(0.5) + 0.3 * t);
    let why = wrap(why, frame.right - frame.left, t, Weight::Regular, 1);
    if let Some(why) = why.first() {
        sheet.text(at, why, t, FAINT, Anchor::Middle);
    }
}

/// A text cut to a width.
pub(super) fn cut(text: &str, room: f64, size: f64, weight: Weight) -> String {
    let lines = wrap(text, room.max(size), size, weight, 1);
    lines.into_iter().next().unwrap_or_default()
}

/// Height of the line of remarks below the name of a panel, in text sizes.
pub(super) const NOTE: f64 = 1.15;

/// Whether there is room for a remark behind the name of a panel.
pub(super) fn fits(name: &str, note: &str, room: f64, size: Size) -> bool {
    let note = font::width(note, SMALL * size.text, Weight::Regular);
    note == 0.0 || behind(name, size.text) + note <= room
}

/// Where a remark behind a name begins.
fn behind(name: &str, t: f64) -> f64 {
    font::width(name, t, Weight::Bold) + 0.7 * t
}

/// The name above a panel, and a remark: behind it, or below it where the panels have a line for remarks.
pub(super) fn heading(
    sheet: &mut Sheet,
    at: (f64, f64),
    room: f64,
    (name, note): (&str, &str),
    below: bool,
) {
    let t = sheet.size.text;
    let lift = if below { NOTE * t } else { 0.0 };
    let name = cut(name, room, t, Weight::Bold);
    sheet.words(
        (at.0, at.1 - lift),
        &name,
        t,
        INK,
        Anchor::Start,
        Weight::Bold,
    );
    if !note.is_empty() {
        let from = if below { 0.0 } else { behind(&name, t) };
        let note = cut(note, room - from, SMALL * t, Weight::Regular);
        sheet.text((at.0 + from, at.1), &note, SMALL * t, FAINT, Anchor::Start);
    }
}

/// A name without its middle, if it is too long: names that begin alike often differ at the end.
pub(super) fn squeeze(text: &str, room: f64, size: f64, weight: Weight) -> String {
    without_middle(text, &|s| font::width(s, size, weight) <= room)
}

/// As much as fits of both ends of a text.
fn without_middle(text: &str, fits: &dyn Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_string();
    }
    let letters: Vec<char> = text.chars().collect();
    let shorter = |n: usize| {
        let (front, back) = letters.split_at(n.div_ceil(2));
        let back = &back[back.len() - n / 2..];
        front.iter().chain(&['…']).chain(back).collect::<String>()
    };
    let (mut fitting, mut too_many) = (0, letters.len());
    while too_many - fitting > 1 {
        let middle = (fitting + too_many) / 2;
        match fits(&shorter(middle)) {
            true => fitting = middle,
            false => too_many = middle,
        }
    }
    shorter(fitting)
}

/// Names at the left of rows: on one line, or smaller on two.
pub(super) struct RowNames(Vec<(Vec<String>, f64)>);

impl RowNames {
    pub fn new<'a>(names: impl Iterator<Item = &'a String>, room: f64, t: f64) -> RowNames {
        let lines = |name: &String| {
            let (one, two) = (0.95 * t, 0.78 * t);
            match font::width(name, one, Weight::Regular) <= room {
                true => (vec![name.clone()], one),
                false => {
                    let lines = |s: &str, most| wrap(s, room, two, Weight::Regular, most);
                    let name = without_middle(name, &|s| lines(s, 3).len() <= 2);
                    (lines(&name, 2), two)
                }
            }
        };
        RowNames(names.map(lines).collect())
    }

    /// Of the widest.
    pub fn width(&self) -> f64 {
        let lines = self.0.iter();
        let lines = lines.flat_map(|(lines, size)| lines.iter().map(move |line| (line, *size)));
        lines
            .map(|(line, size)| font::width(line, size, Weight::Regular))
            .fold(0.0, f64::max)
    }

    /// The name of a row whose middle is at that height, left of the plot.
    pub fn draw(&self, sheet: &mut Sheet, frame: Frame, row: usize, middle: f64) {
        let Some((lines, size)) = self.0.get(row) else {
            return;
        };
        for (k, line) in lines.iter().enumerate() {
            let y = middle + (k as f64 - (lines.len() - 1) as f64 / 2.0) * 1.08 * size;
            let at = (
                frame.left - 0.6 * sheet.size.text,
                y + font::CAPITAL / 2.0 * size,
            );
            sheet.text(at, line, *size, INK, Anchor::End);
        }
    }
}
