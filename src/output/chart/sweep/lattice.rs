//! Plots in rows and columns that share their axes.

use super::super::Size;
use super::super::layout::snap;
use super::super::panel::Frame;

/// Where the plots are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lattice {
    left: f64,
    top: f64,
    /// Of one plot.
    width: f64,
    height: f64,
    /// Between two columns, and from the bottom of one plot to the top of the next.
    gap: (f64, f64),
}

/// What lies around the plots \[px\].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    /// Of the picture.
    pub margin: f64,
    /// Where the title ends.
    pub top: f64,
    /// Above each row of plots.
    pub header: f64,
    /// Left of the first column, without the margin of the picture.
    pub left: f64,
    /// Right of the last column, without the margin.
    pub right: f64,
    /// Below the last row, without the margin.
    pub foot: f64,
    /// Between two columns.
    pub between: f64,
}

impl Lattice {
    pub fn new((columns, rows): (usize, usize), size: Size, around: Around) -> Lattice {
        let margin = around.margin;
        let (n, m) = (columns.max(1) as f64, rows.max(1) as f64);
        let left = margin + around.left;
        let wide = size.width - left - margin - around.right - (n - 1.0) * around.between;
        let high = size.height - around.top - 0.8 * margin - around.foot - m * around.header;
        Lattice {
            left,
            top: around.top + around.header,
            // Too many plots for the picture: they leave it rather than turn inside out.
            width: (wide / n).max(size.text),
            height: (high / m).max(size.text),
            gap: (around.between, around.header),
        }
    }

    pub fn frame(&self, column: usize, row: usize) -> Frame {
        let left = self.left + column as f64 * (self.width + self.gap.0);
        let top = self.top + row as f64 * (self.height + self.gap.1);
        Frame {
            left: snap(left),
            right: snap(left + self.width),
            top: snap(top),
            bottom: snap(top + self.height),
        }
    }

    pub fn width(&self) -> f64 {
        self.width
    }

    pub fn height(&self) -> f64 {
        self.height
    }
}
