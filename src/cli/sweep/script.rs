//! Job scripts for batch systems: an array of processes, each with a part of a sweep.

/// Who runs the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Slurm,
    HyperQueue,
}

/// What the script has to know.
pub(super) struct Script<'a> {
    pub system: System,
    pub name: &'a str,
    /// Absolute paths, of the program and of the folder.
    pub program: &'a str,
    pub folder: &'a str,
    pub jobs: u64,
    pub cores: u16,
    pub time: Option<&'a str>,
    pub memory: Option<&'a str>,
    pub partition: Option<&'a str>,
    pub failed_ok: bool,
    /// As what the rows are put together.
    pub format: Option<&'a str>,
}

impl Script<'_> {
    /// The text of the script.
    pub fn text(&self) -> String {
        let mut lines = vec!["#!/bin/bash".to_string()];
        lines.extend(self.directives());
        lines.push(String::new());
        lines.push("# Each task does the chunks of its part. A task that is run again goes on where it ended, so a".to_string());
        lines.push("# task that was killed may just be submitted again. The one that finds all parts done puts".to_string());
        lines.push("# the rows together; should none have done so, this command does it (and does what is missing):".to_string());
        let format = self.format.map(|f| format!(" --format {f}"));
        let format = format.unwrap_or_default();
        lines.push(format!(
            "#   osmocyte sweep run {}{format}",
            quoted(self.folder)
        ));
        lines.push("set -u".to_string());
        lines.push(format!("folder={}", quoted(self.folder)));
        lines.push(format!("osmocyte={}", quoted(self.program)));
        // Said, not left to the surroundings: an array of a few tasks only, submitted again, has the same parts.
        let (task, threads) = match self.system {
            System::Slurm => (
                "SLURM_ARRAY_TASK_ID",
                format!("${{SLURM_CPUS_PER_TASK:-{}}}", self.cores),
            ),
            System::HyperQueue => ("HQ_TASK_ID", self.cores.to_string()),
        };
        lines.push(format!("part=\"${task}/{}\"", self.jobs));
        let accept = if self.failed_ok { " --failed-ok" } else { "" };
        // In the place of the shell: then signals reach it, and it ends after the chunk in hand.
        lines.push(format!(
            "exec \"$osmocyte\" sweep run \"$folder\" --shard \"$part\" --threads \"{threads}\"{format}{accept} --quiet"
        ));
        lines.join("\n") + "\n"
    }

    fn directives(&self) -> Vec<String> {
        let (mark, mut options) = match self.system {
            System::Slurm => (
                "#SBATCH",
                vec![
                    format!("--job-name={}", self.name),
                    format!("--array=1-{}", self.jobs),
                    "--ntasks=1".to_string(),
                    format!("--cpus-per-task={}", self.cores),
                    // A minute before its time is over, it is asked to end.
                    "--signal=B:TERM@60".to_string(),
                ],
            ),
            System::HyperQueue => (
                "#HQ",
                vec![
                    format!("--name {}", self.name),
                    format!("--array 1-{}", self.jobs),
                    format!("--cpus {}", self.cores),
                ],
            ),
        };
        match self.system {
            System::Slurm => {
                options.extend(self.time.map(|t| format!("--time={t}")));
                options.extend(self.memory.map(|m| format!("--mem={m}")));
                options.extend(self.partition.map(|p| format!("--partition={p}")));
            }
            System::HyperQueue => {
                // It knows neither 2:00:00 nor 2G.
                options.extend(self.time.map(|t| {
                    let t = seconds(t).map_or_else(|| t.to_string(), |s| format!("{s}s"));
                    format!("--time-request {t} --time-limit {t}")
                }));
                options.extend(self.memory.map(|m| {
                    let m = megabytes(m).map_or_else(|| m.to_string(), |n| n.to_string());
                    format!("--resource mem={m}")
                }));
            }
        }
        options.iter().map(|o| format!("{mark} {o}")).collect()
    }

    /// The command that submits it.
    pub fn submission(&self, script: &str) -> Vec<String> {
        let words: &[&str] = match self.system {
            System::Slurm => &["sbatch"],
            System::HyperQueue => &["hq", "submit"],
        };
        let mut command: Vec<String> = words.iter().map(ToString::to_string).collect();
        command.push(script.to_string());
        command
    }
}

/// A time as Slurm takes it [s]: `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M`, `D-H:M:S`.
fn seconds(text: &str) -> Option<u64> {
    let (days, time) = match text.split_once('-') {
        Some((days, time)) => (Some(days.parse::<u64>().ok()?), time),
        None => (None, text),
    };
    let parts: Option<Vec<u64>> = time.split(':').map(|p| p.parse().ok()).collect();
    let (h, m, s) = match (days, parts?.as_slice()) {
        (None, [m]) => (0, *m, 0),
        (None, [m, s]) => (0, *m, *s),
        (Some(_), [h]) => (*h, 0, 0),
        (Some(_), [h, m]) => (*h, *m, 0),
        (_, [h, m, s]) => (*h, *m, *s),
        _ => return None,
    };
    let add = |sum: u64, n: u64, of: u64| sum.checked_add(n.checked_mul(of)?);
    add(add(add(s, m, 60)?, h, 3600)?, days.unwrap_or(0), 86_400)
}

/// A memory as Slurm takes it [MB, of 1024² bytes]: a whole number with `K`, `M`, `G`, `T` or nothing, which is `M`.
fn megabytes(text: &str) -> Option<u64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    match unit {
        "K" | "k" => Some(number.div_ceil(1024)),
        "" | "M" | "m" => Some(number),
        "G" | "g" => number.checked_mul(1024),
        "T" | "t" => number.checked_mul(1024 * 1024),
        _ => None,
    }
}

/// A word as a shell reads it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@%+=:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(system: System) -> Script<'static> {
        Script {
            system,
            name: "cell-sweep",
            program: "/opt/osmo cyte",
            folder: "/data/it's",
            jobs: 8,
            cores: 4,
            time: Some("1:00:00"),
            memory: Some("2G"),
            partition: Some("short"),
            failed_ok: false,
            format: Some("both"),
        }
    }

    #[test]
    fn a_script_for_slurm() {
        let text = script(System::Slurm).text();
        for line in [
            "#SBATCH --array=1-8",
            "part=\"$SLURM_ARRAY_TASK_ID/8\"",
            "#SBATCH --cpus-per-task=4",
            "#SBATCH --time=1:00:00",
            "#SBATCH --mem=2G",
            "#SBATCH --partition=short",
            "#   osmocyte sweep run '/data/it'\\''s' --format both",
            "folder='/data/it'\\''s'",
            "osmocyte='/opt/osmo cyte'",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_script_for_hyperqueue() {
        let text = script(System::HyperQueue).text();
        for line in [
            "#HQ --array 1-8",
            "#HQ --cpus 4",
            "part=\"$HQ_TASK_ID/8\"",
            // Its own notation: a number of megabytes, a time with its unit.
            "#HQ --time-request 3600s --time-limit 3600s",
            "#HQ --resource mem=2048",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert!(!text.contains("short") && !text.contains("--failed-ok"));
        let accepting = Script {
            time: Some("90min"),
            failed_ok: true,
            ..script(System::HyperQueue)
        };
        let text = accepting.text();
        assert!(text.contains("--time-limit 90min\n") && text.contains(" --failed-ok --quiet\n"));
    }

    #[test]
    fn times_and_memories_of_slurm() {
        for (text, s) in [
            ("30", Some(1800)),
            ("1:30", Some(90)),
            ("2:00:00", Some(7200)),
            ("1-0", Some(86_400)),
            ("1-12:30", Some(131_400)),
            ("1-12:30:01", Some(131_401)),
            ("2h", None),
            ("1:2:3:4", None),
            ("9999999999999999999", None),
        ] {
            assert_eq!(seconds(text), s, "{text}");
        }
        for (text, mb) in [
            ("2G", Some(2048)),
            ("100", Some(100)),
            ("500M", Some(500)),
            ("1k", Some(1)),
            ("1T", Some(1_048_576)),
            ("1.5G", None),
            ("G", None),
            ("", None),
        ] {
            assert_eq!(megabytes(text), mb, "{text}");
        }
    }

    #[test]
    fn words_are_quoted_where_they_must() {
        assert_eq!(quoted("out/a-b"), "out/a-b");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
