//! How many digits our tightest runs have, beside what double precision is known to reach.

use crate::cli::table::align;
use crate::cli::terminal::{Style, Terminal};
use crate::study::accuracy::Report;
use crate::study::method_name;

/// Digits that others reach: problem, then Radau, LSODA and DOP853 of SciPy at rtol 3e-13, against end values computed
/// in 80-bit arithmetic. Measured by this project.
const OTHERS: [(&str, [Option<f64>; 3]); 7] = [
    (
        "robertson (duration = 1e11 s)",
        [Some(12.6), Some(10.6), None],
    ),
    ("hires", [Some(13.7), Some(10.1), None]),
    ("oregonator", [Some(14.0), Some(9.8), None]),
    ("van-der-pol-stiff", [Some(13.3), Some(10.8), None]),
    ("brusselator", [None, Some(11.0), Some(14.1)]),
    ("lotka-volterra", [None, Some(11.0), Some(12.5)]),
    ("lorenz", [None, Some(7.8), Some(8.8)]),
];

/// The table.
pub(super) fn digits(report: &Report, terminal: &Terminal) -> String {
    let head = [
        "problem",
        "method",
        "digits",
        "SciPy: Radau",
        "LSODA",
        "DOP853",
    ];
    let mut rows = vec![head.map(str::to_string).to_vec()];
    for problem in &report.problems {
        let others = OTHERS.iter().find(|o| o.0 == problem.name);
        let mut first = true;
        for candidate in &problem.reference.candidates {
            let Some(error) = candidate.error_known else {
                continue;
            };
            let mut row = vec![
                if first {
                    problem.name.clone()
                } else {
                    String::new()
                },
                format!("{} at {:e}", method_name(candidate.method), candidate.rtol),
                format!("{:.1}", -error.max(1e-17).log10()),
            ];
            if let (true, Some((_, theirs))) = (first, others) {
                let text = |d: &Option<f64>| d.map_or("–".to_string(), |d| format!("{d:.1}"));
                row.extend(theirs.iter().map(text));
            }
            rows.push(row);
            first = false;
        }
    }
    format!(
        "{}\n{}",
        terminal.paint(
            Style::Bold,
            "Digits of the tightest runs beside the values in the model files"
        ),
        align(&rows, 2, None)
    )
}
