//! `osmocyte explore`: a local page where a slider moves and the cell answers at once.
//!
//! ```text
//! browser ─HTTP→ server (threads, limits) → http (one request) → guard (Host, Origin, token) → route
//!                                                                   ↓
//!    page (files inside the binary) · shelf (models, read once) → sliders · run → charts → JSON
//! ```
//!
//! | File | What it does |
//! |---|---|
//! | `server` | listens on 127.0.0.1, one thread for a connection, only so many at once |
//! | `http` | reads one request within limits of size and time, writes one answer |
//! | `guard` | who may ask: the right token, the right Host, the right Origin |
//! | `route` | from a path to an answer |
//! | `shelf` | the models, and their simulations once they are compiled |
//! | `sheet`, `sliders` | what the page needs to know of a model |
//! | `ask`, `run`, `answer` | a run: what was asked, the work within its limits, what comes back |
//! | `cell` | the cell as it looks at a moment of the run |
//! | `command` | the same run as a line for a shell |
//! | `page/` | the page itself: HTML, CSS and JavaScript without a framework and without the network |
//!
//! Nothing that arrives over the network names a file: models are found by name among those that were read at the start.
//! Every run is solved by the engine of the command line, with a tolerance fit for pictures ([`RTOL`]).

mod answer;
mod ask;
mod cell;
mod command;
mod guard;
mod http;
mod recent;
mod route;
mod run;
mod server;
mod sheet;
mod shelf;
mod sliders;

pub use server::{Limits, Server};
pub use shelf::{Offer, Shelf};

/// The relative tolerance of the page: a hundredth of a pixel is far more than this.
pub const RTOL: f64 = 1e-6;
