//! The choice of an instruction set when the program runs, and the only `unsafe` code behind it.
//!
//! # Audit
//!
//! A function with `#[target_feature]` may be called only on a processor that has the feature. [`Isa`] has one value for
//! each set beyond the one that the program is compiled for; [`Isa::available`] and [`Isa::named`] are the only makers of
//! such values, and they ask the processor first. So whoever holds an `Isa` may run on it, and the calls in
//! [`Isa::run`] are sound. Nothing else in this crate relies on this module being right.
#![allow(unsafe_code)]

/// Loops over lanes, to be compiled for each instruction set.
///
/// What an implementation calls must be `#[inline(always)]` to be compiled for the set; whatever is not still gives the
/// same numbers, only slower.
pub trait Task {
    /// What comes out.
    type Output;

    /// Runs the loops. To be marked `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

/// An instruction set that this processor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The set that the program is compiled for, which every processor that can start it has.
    pub const BASELINE: Isa = Isa(Kind::Baseline);

    /// The sets of this processor, the widest first.
    pub fn available() -> Vec<Isa> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let fused = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if fused && wide {
                sets.push(Isa(Kind::Avx512));
            }
            if fused {
                sets.push(Isa(Kind::Avx2));
            }
        }
        sets.push(Isa::BASELINE);
        sets
    }

    /// The widest set of this processor.
    pub fn best() -> Isa {
        Isa::available().first().copied().unwrap_or(Isa::BASELINE)
    }

    /// The set of this name, if this processor has it.
    pub fn named(name: &str) -> Option<Isa> {
        Isa::available().into_iter().find(|isa| isa.name() == name)
    }

    /// `avx512`, `avx2` or `baseline`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
        }
    }

    /// Runs the task, compiled for this set.
    #[inline]
    pub fn run<T: Task>(self, task: T) -> T::Output {
        match self.0 {
            Kind::Baseline => baseline(task),
            // SAFETY: this value exists only where the processor has the features (see the audit above).
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { avx2(task) },
            // SAFETY: the same.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { avx512(task) },
        }
    }
}

#[inline(never)]
fn baseline<T: Task>(task: T) -> T::Output {
    task.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T: Task>(task: T) -> T::Output {
    task.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512dq,avx512vl")]
fn avx512<T: Task>(task: T) -> T::Output {
    task.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum<'a>(&'a [[f64; 16]], &'a mut [f64; 16]);

    impl Task for Sum<'_> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            for block in self.0 {
                for (sum, x) in self.1.iter_mut().zip(block) {
                    *sum = x.mul_add(*x, *sum * 0.3) / 7.0;
                }
            }
        }
    }

    #[test]
    fn every_set_gives_the_same_bits() {
        let blocks: Vec<[f64; 16]> = (0..50)
            .map(|i| std::array::from_fn(|w| 1.0 / (1.0 + f64::from(i) + w as f64)))
            .collect();
        let all = Isa::available().into_iter().map(|isa| {
            let mut sum = [0.0; 16];
            isa.run(Sum(&blocks, &mut sum));
            sum.map(f64::to_bits)
        });
        let all: Vec<_> = all.collect();
        assert!(all.iter().all(|bits| *bits == all[0]));
    }

    #[test]
    fn sets_have_names_and_the_baseline_is_everywhere() {
        for isa in Isa::available() {
            assert_eq!(Isa::named(isa.name()), Some(isa));
        }
        assert_eq!(Isa::named("baseline"), Some(Isa::BASELINE));
        assert_eq!(Isa::named("mmx"), None);
    }
}
