//! One request and one answer on a connection, within limits: nobody holds a thread by being slow, nobody fills the memory
//! by being large.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longest request line and headers \[bytes\].
const HEAD: usize = 16 << 10;
/// Most headers.
const HEADERS: usize = 64;
/// Longest body \[bytes\].
pub(super) const BODY: usize = 64 << 10;
/// Time to take an answer.
const TAKING: Duration = Duration::from_secs(10);
/// Time in which the rest of a refused request is thrown away, so that its sender gets to read the refusal.
const DRAINING: Duration = Duration::from_millis(300);
/// As much of it \[bytes\].
const DRAINED: usize = 1 << 20;

/// A request, whole.
#[derive(Debug)]
pub(super) struct Request {
    pub method: String,
    /// As sent: always begins with `/`.
    pub path: String,
    /// Names in small letters.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header; its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    kind: &'static str,
    body: Vec<u8>,
}

impl Answer {
    pub fn new(kind: &'static str, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: 200,
            kind,
            body: body.into(),
        }
    }

    pub fn json(value: &Value) -> Answer {
        Answer::new("application/json", value.to_string())
    }

    /// Why there is nothing else.
    pub fn refusal(status: u16, why: impl Into<String>) -> Answer {
        let why: String = why.into();
        Answer {
            status,
            ..Answer::json(&json!({ "error": why }))
        }
    }
}

/// Why there is no request.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is answered so.
    Refused(Answer),
    /// Nobody is left to answer to.
    Gone,
}

fn refused(status: u16, why: &str) -> Unread {
    Unread::Refused(Answer::refusal(status, why))
}

/// Reads a request that must be there by a moment.
pub(super) fn read(stream: &mut TcpStream, by: Instant) -> Result<Request, Unread> {
    let mut bytes = Vec::with_capacity(2048);
    let head = loop {
        // The end may lie across two pieces.
        let from = bytes.len().saturating_sub(3);
        more(stream, &mut bytes, HEAD + BODY, by)?;
        if let Some(at) = find(&bytes[from..], b"\r\n\r\n") {
            break from + at + 4;
        }
        if bytes.len() > HEAD {
            return Err(refused(431, "the headers are too long"));
        }
    };
    if head > HEAD {
        return Err(refused(431, "the headers are too long"));
    }
    let mut request = parse(&bytes[..head])?;
    let length = length(&request)?;
    let mut body = bytes.split_off(head);
    while body.len() < length {
        more(stream, &mut body, length, by)?;
    }
    body.truncate(length);
    request.body = body;
    Ok(request)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// Waits for more bytes, at most so many in all.
fn more(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    most: usize,
    by: Instant,
) -> Result<(), Unread> {
    let slow = || refused(408, "the request took too long");
    let left = by
        .checked_duration_since(Instant::now())
        .unwrap_or_default();
    if left.is_zero() {
        return Err(slow());
    }
    let mut piece = [0; 8192];
    let room = piece.len().min(most.saturating_sub(bytes.len()).max(1));
    (stream.set_read_timeout(Some(left))).map_err(|_| Unread::Gone)?;
    match stream.read(&mut piece[..room]) {
        Ok(0) => Err(Unread::Gone),
        Ok(n) => {
            bytes.extend_from_slice(&piece[..n]);
            Ok(())
        }
        Err(e) if e.kind() == ErrorKind::Interrupted => Ok(()),
        Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Err(slow()),
        Err(_) => Err(Unread::Gone),
    }
}

fn parse(head: &[u8]) -> Result<Request, Unread> {
    let bad = || refused(400, "this is no request that a browser sends");
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => {
            return Err(refused(431, "there are too many headers"));
        }
        _ => return Err(bad()),
    }
    let (Some(method), Some(path)) = (parsed.method, parsed.path) else {
        return Err(bad());
    };
    // A whole address is for a proxy, which this is not.
    if !path.starts_with('/') {
        return Err(bad());
    }
    let mut headers: Vec<(String, String)> = Vec::with_capacity(parsed.headers.len());
    for header in parsed.headers.iter() {
        let value = std::str::from_utf8(header.value).map_err(|_| bad())?;
        headers.push((header.name.to_ascii_lowercase(), value.trim().to_string()));
    }
    // Two of these could be read in two ways.
    for once in ["host", "content-length", "origin", super::guard::TOKEN] {
        if headers.iter().filter(|(name, _)| name == once).count() > 1 {
            return Err(bad());
        }
    }
    Ok(Request {
        method: method.to_string(),
        path: path.to_string(),
        headers,
        body: Vec::new(),
    })
}

/// How long the body is.
fn length(request: &Request) -> Result<usize, Unread> {
    if request.header("transfer-encoding").is_some() {
        return Err(refused(411, "a body must say its length"));
    }
    let Some(text) = request.header("content-length") else {
        return match request.method.as_str() {
            "POST" => Err(refused(411, "a body must say its length")),
            _ => Ok(0),
        };
    };
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(refused(400, "the length of the body is no number"));
    }
    match text.parse::<usize>() {
        Ok(length) if length <= BODY => Ok(length),
        _ => Err(refused(413, "a question may have 64 kB")),
    }
}

/// Only what comes from here, nothing inside the text of the page, and no other page around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Writes an answer and ends the connection.
pub(super) fn write(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    stream.set_write_timeout(Some(TAKING))?;
    let mut head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nContent-Security-Policy: {POLICY}\r\nX-Content-Type-Options: nosniff\r\n\
         Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n",
        answer.status,
        reason(answer.status),
        answer.kind,
        answer.body.len()
    );
    if answer.status == 503 {
        head.push_str("Retry-After: 1\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&answer.body);
    stream.write_all(&bytes)?;
    stream.shutdown(Shutdown::Write)
}

/// Throws away what is still coming, for a short while: closed with bytes unread, a connection is reset, and the answer is
/// lost on its way.
pub(super) fn drain(stream: &mut TcpStream) {
    let by = Instant::now() + DRAINING;
    let (mut piece, mut drained) = ([0; 8192], 0);
    while drained < DRAINED {
        let left = by
            .checked_duration_since(Instant::now())
            .unwrap_or_default();
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match stream.read(&mut piece) {
            Ok(0) => return,
            Ok(n) => drained += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// True when the other side has hung up: what it asked for is of no use to anybody.
pub(super) fn is_gone(stream: &TcpStream) -> bool {
    if stream.set_nonblocking(true).is_err() {
        return true;
    }
    let gone = match stream.peek(&mut [0]) {
        Ok(n) => n == 0,
        Err(e) => e.kind() != ErrorKind::WouldBlock,
    };
    stream.set_nonblocking(false).is_err() || gone
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
