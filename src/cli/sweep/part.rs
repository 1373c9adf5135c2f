//! Which part of a sweep this process does: as told, or as a batch system says.

use std::fmt;

use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::Shard;

/// The number of parts where HyperQueue starts the processes, which tells each its number only.
const PARTS: &str = "OSMOCYTE_PARTS";

/// A part, and who said so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub shard: Shard,
    by: Option<&'static str>,
}

/// Who told the part, for messages: `part 2/8 (SLURM_ARRAY_TASK_ID)`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "part {}", self.shard)?;
        match self.by {
            Some(by) => write!(f, " ({by})"),
            None => Ok(()),
        }
    }
}

impl Part {
    /// The part that was given, or else that of the surroundings; `None` for the whole.
    pub fn find(given: Option<Shard>, terminal: &Terminal) -> Result<Option<Part>, Stop> {
        if let Some(shard) = given {
            return Ok(Some(Part { shard, by: None }));
        }
        let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let found = of_environment(&variable).map_err(|e| terminal.invalid(e))?;
        if let Some(part) = found {
            terminal.remark(&part.to_string());
        } else if variable("HQ_TASK_ID").is_some() {
            terminal.remark(&format!("all parts, for {PARTS} is not set"));
        }
        Ok(found)
    }
}

/// The part that Slurm's or HyperQueue's variables speak of.
fn of_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Part>, String> {
    let number = |name: &str| match variable(name) {
        None => Ok(None),
        Some(text) => match text.trim().parse::<u64>() {
            Ok(n) => Ok(Some(n)),
            Err(_) => Err(format!("{name} is `{text}`, which is no number")),
        },
    };
    let part = |k: u64, n: u64, by: &'static str| match Shard::new(k, n) {
        Ok(shard) => Ok(Some(Part {
            shard,
            by: Some(by),
        })),
        Err(e) => Err(format!("{by}: {e}")),
    };
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        let by = "SLURM_ARRAY_TASK_ID";
        let needed = |name: &str| {
            number(name)?
                .ok_or_else(|| format!("{by} is set, but {name} is not\nhelp: say --shard K/N"))
        };
        let (least, most) = (
            needed("SLURM_ARRAY_TASK_MIN")?,
            needed("SLURM_ARRAY_TASK_MAX")?,
        );
        let count = needed("SLURM_ARRAY_TASK_COUNT")?;
        // Tasks 3, 7 and 11 are parts 1, 2 and 3.
        let step = (most.saturating_sub(least) / count.saturating_sub(1).max(1)).max(1);
        let behind = id.checked_sub(least).filter(|d| d % step == 0);
        let even = least.checked_add(step.saturating_mul(count.saturating_sub(1))) == Some(most);
        return match behind {
            Some(behind) if even => part(behind / step + 1, count, by),
            _ => Err(format!(
                "the tasks of this array are not evenly numbered, so that its part of the sweep is not known\n\
                 help: say --shard K/N, or submit an array like 1-{count}"
            )),
        };
    }
    match (number("HQ_TASK_ID")?, number(PARTS)?) {
        (Some(id), Some(parts)) => part(id, parts, "HQ_TASK_ID"),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable = |name: &str| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.to_string())
        };
        of_environment(&variable).map(|part| part.map(|p| p.shard.to_string()))
    }

    fn slurm(id: &str, least: &str, most: &str, count: &str) -> Result<Option<String>, String> {
        of(&[
            ("SLURM_ARRAY_TASK_ID", id),
            ("SLURM_ARRAY_TASK_MIN", least),
            ("SLURM_ARRAY_TASK_MAX", most),
            ("SLURM_ARRAY_TASK_COUNT", count),
        ])
    }

    #[test]
    fn parts_are_those_of_the_array() {
        let is = |part: &str| Ok(Some(part.to_string()));
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(slurm("1", "1", "8", "8"), is("1/8"));
        assert_eq!(slurm("8", "1", "8", "8"), is("8/8"));
        assert_eq!(slurm("0", "0", "3", "4"), is("1/4"));
        assert_eq!(slurm("7", "3", "11", "3"), is("2/3"));
        assert_eq!(slurm("5", "5", "5", "1"), is("1/1"));
        assert_eq!(
            of(&[("HQ_TASK_ID", "3"), ("OSMOCYTE_PARTS", "5")]),
            is("3/5")
        );
        assert_eq!(of(&[("HQ_TASK_ID", "3")]), Ok(None));
        // Slurm's variables stand in every job of an array, HyperQueue's in a job inside it.
        assert_eq!(of(&[("OSMOCYTE_PARTS", "5")]), Ok(None));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(slurm("2", "1", "7", "3").is_err());
        assert!(slurm("9", "1", "8", "8").is_err());
        assert!(slurm("4", "1", "9", "4").is_err());
        assert!(slurm("x", "1", "8", "8").unwrap_err().contains("no number"));
        let missing = of(&[("SLURM_ARRAY_TASK_ID", "1")]).unwrap_err();
        assert!(missing.contains("SLURM_ARRAY_TASK_MIN"), "{missing}");
        let none = of(&[("HQ_TASK_ID", "0"), ("OSMOCYTE_PARTS", "5")]).unwrap_err();
        assert!(none.contains("no part 0 of 5"), "{none}");
    }
}
