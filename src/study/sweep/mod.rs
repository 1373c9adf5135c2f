//! Many runs of one model, each with other values of some parameters.

mod axis;
mod engine;
mod request;
mod survey;
mod worker;

pub use axis::{Axis, Values};
pub use engine::{DEFAULT_RTOL, Engine, Rows, SweepOptions, SweepStatus};
pub use request::Request;
pub use survey::{Answer, Hand, Survey};
pub use worker::{LANES, Single, Worker};
