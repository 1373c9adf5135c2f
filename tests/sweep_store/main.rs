//! The store of a sweep: repaired after every kill, refused where it does not fit, merged whatever happened.

#[cfg(unix)]
mod kill;
mod made_up;
mod merge;
mod refuse;
mod repair;
