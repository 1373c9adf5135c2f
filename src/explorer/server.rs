//! The server: listens, gives each connection a thread, and no more than it can bear.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::ask::Recipe;
use super::guard::{Token, check_origin};
use super::http::{self, Answer, Request, Unread};
use super::recent::Recent;
use super::route;
use super::run::{Done, Undone};
use super::shelf::Shelf;

/// What one request, and all of them together, may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; more wait a moment, then are told that the server is busy.
    pub connections: usize,
    /// Runs at once.
    pub runs: usize,
    /// Time to send a request.
    pub reading: Duration,
    /// Time to wait for a connection or a run of others to end.
    pub waiting: Duration,
    /// Time to solve; what was reached by then is drawn.
    pub solving: Duration,
    /// Attempted steps.
    pub steps: u64,
    /// Saved times.
    pub points: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 48,
            runs: thread::available_parallelism().map_or(1, |n| n.get().min(4)),
            reading: Duration::from_secs(5),
            waiting: Duration::from_secs(2),
            solving: Duration::from_secs(2),
            steps: 200_000,
            points: 5_001,
        }
    }
}

/// Runs that are remembered.
const REMEMBERED: usize = 8;
/// Deeply nested expressions need more than a thread has by itself.
const STACK: usize = 8 << 20;

/// So many at once, the others wait.
#[derive(Debug)]
pub(super) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A place behind a gate, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Gate>);

impl Gate {
    fn new(places: usize) -> Arc<Gate> {
        Arc::new(Gate {
            free: Mutex::new(places),
            freed: Condvar::new(),
        })
    }

    /// A place, if one is free within that time and nobody gives up waiting.
    pub fn enter(self: &Arc<Self>, patience: Duration, gone: &dyn Fn() -> bool) -> Option<Place> {
        const LOOK: Duration = Duration::from_millis(50);
        let by = Instant::now() + patience;
        let mut free = self.lock();
        while *free == 0 {
            let left = by.checked_duration_since(Instant::now())?;
            let waited = self.freed.wait_timeout(free, left.min(LOOK));
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
            if *free == 0 && gone() {
                return None;
            }
        }
        *free -= 1;
        Some(Place(self.clone()))
    }

    /// A number can't be left half-changed.
    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.lock() += 1;
        self.0.freed.notify_one();
    }
}

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub shelf: Shelf,
    pub limits: Limits,
    pub token: Token,
    /// The last runs: a pinned one is drawn beside each new one.
    pub done: Recent<Recipe, Done>,
    runs: Arc<Gate>,
    port: u16,
    stopping: AtomicBool,
}

impl Shared {
    /// A place to work in, once one is free.
    pub fn place(&self, gone: &dyn Fn() -> bool) -> Result<Place, Undone> {
        match self.runs.enter(self.limits.waiting, gone) {
            Some(_) if gone() => Err(Undone::Gone),
            Some(place) => Ok(place),
            None if gone() => Err(Undone::Gone),
            None => Err(Undone::Refused(busy())),
        }
    }

    /// True once the server was told to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// A server that listens until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on 127.0.0.1, at that port or, for 0, at one that is free.
    ///
    /// # Errors
    /// When the port is taken, or the system has no random numbers or threads to give.
    pub fn start(shelf: Shelf, port: u16, limits: Limits) -> io::Result<Server> {
        let token = Token::new()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            shelf,
            limits,
            token,
            done: Recent::new(REMEMBERED),
            runs: Gate::new(limits.runs.max(1)),
            port: address.port(),
            stopping: AtomicBool::new(false),
        });
        let own = shared.clone();
        let listening = thread::Builder::new()
            .name("explore".to_string())
            .spawn(move || listen(&listener, &own))?;
        Ok(Server {
            address,
            shared,
            listening: Some(listening),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What requests must show.
    pub fn token(&self) -> &Token {
        &self.shared.token
    }

    /// The address of the page, with the token behind `#`, which browsers never send.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.token().text())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        // Whoever waits for a connection gets one, and looks up. If none can be made, the thread ends with the process.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(thread) = self.listening.take().filter(|_| woken) {
            let _ = thread.join();
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    let places = Gate::new(shared.limits.connections.max(1));
    for stream in listener.incoming() {
        if shared.is_stopping() {
            return;
        }
        let Ok(stream) = stream else {
            // Out of descriptors, say: it passes.
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        let Some(place) = places.enter(shared.limits.waiting / 8, &|| shared.is_stopping()) else {
            turn_away(stream);
            continue;
        };
        let own = shared.clone();
        // Without a thread the connection is dropped: its sender sees it closed.
        let _ = thread::Builder::new()
            .name("explore request".to_string())
            .stack_size(STACK)
            .spawn(move || {
                let _place = place;
                serve(stream, &own);
            });
    }
}

/// Tells one too many that it is.
fn turn_away(mut stream: TcpStream) {
    let _ = stream.set_nonblocking(false);
    let _ = http::write(&mut stream, &busy());
    // What was sent already, so that closing does not take the answer along; nobody waits for more.
    if stream.set_nonblocking(true).is_ok() {
        let _ = io::Read::read(&mut stream, &mut [0; 4096]);
    }
}

/// Said to whoever can't be served just now.
fn busy() -> Answer {
    Answer::refusal(503, "the server is busy: try again in a moment")
}

/// One connection: one request, one answer.
fn serve(mut stream: TcpStream, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let answer = match http::read(&mut stream, Instant::now() + shared.limits.reading) {
        Ok(request) => answer(&request, shared, &stream),
        Err(Unread::Refused(answer)) => Some(answer),
        Err(Unread::Gone) => None,
    };
    let Some(answer) = answer else { return };
    if http::write(&mut stream, &answer).is_ok() && answer.status != 200 {
        http::drain(&mut stream);
    }
}

/// The answer to a request; none if nobody waits for it any more. A panic is an answer, too: it must not end more than
/// this one request.
fn answer(request: &Request, shared: &Shared, stream: &TcpStream) -> Option<Answer> {
    if let Err(refusal) = check_origin(request, shared.port) {
        return Some(refusal);
    }
    let gone = || http::is_gone(stream) || shared.is_stopping();
    let work = || route::answer(request, shared, &gone);
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer,
        Err(_) => Some(Answer::refusal(
            500,
            "something went wrong inside osmocyte; please report what you asked for",
        )),
    }
}
