//! The server of `osmocyte explore`, attacked: whoever has no business there is refused, whoever asks for too much is
//! bounded, and the server lives on. What the page itself does is tested in a browser: tests/page.
#![cfg(feature = "explorer")]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use osmocyte::explorer::{Limits, RTOL, Server, Shelf};
use osmocyte::{RunOptions, Simulation};
use serde_json::{Value, json};

const READING: Duration = Duration::from_millis(800);
const SOLVING: Duration = Duration::from_millis(400);

fn limits() -> Limits {
    Limits {
        connections: 16,
        reading: READING,
        solving: SOLVING,
        steps: u64::MAX,
        ..Limits::default()
    }
}

fn shelf() -> Shelf {
    Shelf::new(Vec::new(), ("red-blood-cell".to_string(), None))
}

/// One server for all tests that do it no lasting harm, which is the point.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(shelf(), 0, limits()).unwrap())
}

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    stream
}

/// Everything until the other side closes: the status, 0 if there was none, and the body.
fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    // A reset ends it as well.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    (status.unwrap_or(0), body.to_string())
}

fn raw(bytes: &[u8]) -> (u16, String) {
    let mut stream = connect(server().address());
    let _ = stream.write_all(bytes);
    answer(&mut stream)
}

fn get(path: &str) -> (u16, String) {
    let host = server().address();
    raw(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())
}

fn request(server: &Server, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nX-Osmocyte-Token: {}\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
        server.address(),
        server.token().text()
    )
}

fn post_to(server: &Server, path: &str, question: &Value) -> (u16, String) {
    let mut stream = connect(server.address());
    let _ = stream.write_all(request(server, path, "", &question.to_string()).as_bytes());
    answer(&mut stream)
}

fn post(path: &str, question: &Value) -> (u16, Value) {
    let (status, body) = post_to(server(), path, question);
    let value = serde_json::from_str(&body).unwrap_or_else(|_| Value::String(body));
    (status, value)
}

fn lives() {
    let (status, body) = post("/api/models", &json!({}));
    assert_eq!(status, 200, "{body}");
}

/// What a refusal says.
fn refused(path: &str, question: &Value, status: u16) -> String {
    let (found, body) = post(path, question);
    assert_eq!(found, status, "{question}: {body}");
    body["error"].as_str().unwrap().to_string()
}

// ---- who may ask -------------------------------------------------------------------------------------------------

#[test]
fn only_who_knows_the_token_is_answered() {
    let (host, token) = (server().address(), server().token().text());
    let with = |header: &str| {
        raw(format!(
            "POST /api/models HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n{header}\r\n{{}}"
        )
        .as_bytes())
    };
    let last = if token.ends_with('0') { "1" } else { "0" };
    let nearly = format!("{}{last}", &token[..token.len() - 1]);
    for wrong in ["", &nearly, &token[..10], &format!("{token}{token}")] {
        let (status, body) = with(&format!("X-Osmocyte-Token: {wrong}\r\n"));
        assert_eq!(status, 401, "{wrong}: {body}");
        assert!(!body.contains(token) && !body.contains("red-blood-cell"));
    }
    assert_eq!(with("").0, 401);
    assert_eq!(with(&format!("X-Osmocyte-Token: {token}\r\n")).0, 200);
    let twice = format!("X-Osmocyte-Token: {nearly}\r\nX-Osmocyte-Token: {token}\r\n");
    assert_eq!(with(&twice).0, 400);
    // In the address a token would get into histories and logs: it is not looked for there.
    let (status, _) = raw(format!(
        "POST /api/models?token={token} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"
    )
    .as_bytes());
    assert_eq!(status, 404);
    let (status, page) = get("/");
    assert_eq!(status, 200);
    assert!(!page.contains(token));
    assert!(server().url().ends_with(&format!("/#token={token}")));
}

#[test]
fn a_foreign_host_or_origin_is_refused() {
    let port = server().address().port();
    let page = |host: &str| raw(format!("GET / HTTP/1.1\r\n{host}\r\n").as_bytes()).0;
    for ours in [
        format!("Host: 127.0.0.1:{port}\r\n"),
        format!("Host: localhost:{port}\r\n"),
    ] {
        assert_eq!(page(&ours), 200, "{ours}");
    }
    for foreign in [
        String::new(),
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1.evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1@evil.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n".to_string(),
        "Host: 127.0.0.1:1\r\n".to_string(),
        "Host: \r\n".to_string(),
    ] {
        assert_eq!(page(&foreign), 403, "{foreign}");
    }
    let twice = format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n");
    assert_eq!(page(&twice), 400);
    let asks = |headers: &str| {
        let mut stream = connect(server().address());
        let text = request(server(), "/api/models", headers, "{}");
        stream.write_all(text.as_bytes()).unwrap();
        answer(&mut stream).0
    };
    assert_eq!(
        asks(&format!(
            "Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        )),
        200
    );
    for foreign in [
        "Origin: http://evil.example\r\n".to_string(),
        format!("Origin: https://127.0.0.1:{port}\r\n"),
        "Origin: null\r\n".to_string(),
        "Sec-Fetch-Site: cross-site\r\n".to_string(),
        "Sec-Fetch-Site: same-site\r\n".to_string(),
    ] {
        assert_eq!(asks(&foreign), 403, "{foreign}");
    }
}

#[test]
fn answers_carry_a_strict_policy_and_are_not_kept() {
    let mut stream = connect(server().address());
    let host = server().address();
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    for needed in [
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';",
        "frame-ancestors 'none'",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
    ] {
        assert!(head.contains(needed), "{needed}: {head}");
    }
    assert!(!head.contains("unsafe") && !head.contains("Access-Control"));
}

#[test]
fn no_path_leads_to_a_file() {
    for path in [
        "/../etc/passwd",
        "/../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2fetc%2fpasswd",
        "//etc/passwd",
        "/page.css/../../../Cargo.toml",
        "/page.css%00",
        "/page/index.html",
        "/Cargo.toml",
        "/index.html",
        "/api",
        "/api/",
        "/api/models/../file",
    ] {
        let (status, body) = get(path);
        assert_eq!(status, 404, "{path}");
        assert_eq!(body, r#"{"error":"there is nothing here"}"#, "{path}");
    }
    let address = server().address();
    for path in [
        format!("http://{address}/"),
        "http://evil.example/".into(),
        "*".into(),
        "etc/passwd".into(),
        "".into(),
    ] {
        assert_eq!(get(&path).0, 400, "{path}");
    }
    // What a question names is a model, not a file.
    for model in [
        "../Cargo.toml",
        "/etc/passwd",
        "models/red-blood-cell.toml",
        "red-blood-cell.toml",
    ] {
        let said = refused("/api/file", &json!({ "model": model }), 404);
        assert!(
            said.starts_with(&format!("error: there is no model `{model}`")),
            "{said}"
        );
    }
}

#[test]
fn only_the_right_method_will_do() {
    assert_eq!(get("/api/models").0, 401);
    let host = server().address();
    let token = server().token().text();
    let with = |method: &str, path: &str| {
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nX-Osmocyte-Token: {token}\r\nContent-Length: 0\r\n\r\n"
        );
        raw(text.as_bytes()).0
    };
    assert_eq!(with("GET", "/api/models"), 405);
    assert_eq!(with("DELETE", "/api/models"), 405);
    assert_eq!(with("POST", "/"), 405);
    assert_eq!(with("OPTIONS", "/api/run"), 405);
}

// ---- who asks for too much ---------------------------------------------------------------------------------------

#[test]
fn a_body_of_a_gigabyte_is_refused_at_once() {
    let begun = Instant::now();
    let host = server().address();
    let token = server().token().text();
    let head = |length: &str| {
        format!(
            "POST /api/run HTTP/1.1\r\nHost: {host}\r\nX-Osmocyte-Token: {token}\r\n{length}\r\n"
        )
    };
    assert_eq!(
        raw(head("Content-Length: 1000000000\r\n").as_bytes()).0,
        413
    );
    assert_eq!(raw(head("Content-Length: 65537\r\n").as_bytes()).0, 413);
    assert_eq!(
        raw(head("Content-Length: 99999999999999999999999\r\n").as_bytes()).0,
        413
    );
    assert_eq!(raw(head("Content-Length: -1\r\n").as_bytes()).0, 400);
    assert_eq!(raw(head("Content-Length: 1e3\r\n").as_bytes()).0, 400);
    assert_eq!(
        raw(head("Content-Length: 2\r\nContent-Length: 3\r\n").as_bytes()).0,
        400
    );
    assert_eq!(raw(head("").as_bytes()).0, 411);
    assert_eq!(
        raw(head("Transfer-Encoding: chunked\r\n").as_bytes()).0,
        411
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
    // Announced and sent, or sent without end: the connection is closed long before it is through.
    for announced in [
        "Content-Length: 1000000000\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\n",
    ] {
        let mut stream = connect(host);
        stream
            .set_write_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        stream.write_all(head(announced).as_bytes()).unwrap();
        let piece = vec![b'x'; 1 << 16];
        let sent = (0..16_000)
            .take_while(|_| stream.write_all(&piece).is_ok())
            .count();
        assert!(sent < 4_000, "{announced}: {sent} pieces were taken");
    }
    lives();
}

#[test]
fn headers_without_end_are_refused() {
    let host = server().address();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    assert_eq!(raw(long.as_bytes()).0, 431);
    let many = format!(
        "GET / HTTP/1.1\r\nHost: {host}\r\n{}\r\n",
        "X: y\r\n".repeat(200)
    );
    assert_eq!(raw(many.as_bytes()).0, 431);
    let endless = format!("GET /{} HTTP/1.1\r\n", "a".repeat(300_000));
    assert_eq!(raw(endless.as_bytes()).0, 431);
    for nonsense in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        assert_eq!(raw(nonsense).0, 400, "{nonsense:?}");
    }
    lives();
}

#[test]
fn a_slow_client_is_cut_off_and_holds_nobody_up() {
    let begun = Instant::now();
    let host = server().address();
    // Nothing at all, half a request, and a byte now and then.
    let mut silent = connect(host);
    let mut half = connect(host);
    half.write_all(b"POST /api/run HTTP/1.1\r\nHo").unwrap();
    let mut dripping = connect(host);
    dripping.write_all(b"GET / HTTP/1.1\r\nX: ").unwrap();
    let dripped = thread::spawn(move || {
        while begun.elapsed() < 10 * READING {
            if dripping.write_all(b"x").is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(40));
        }
        begun.elapsed()
    });
    lives();
    assert!(begun.elapsed() < READING, "others have to wait");
    assert_eq!(answer(&mut silent).0, 408);
    assert_eq!(answer(&mut half).0, 408);
    let dripped = dripped.join().unwrap();
    assert!(dripped < 5 * READING, "{dripped:?}");
    lives();
}

#[test]
fn two_hundred_at_once_are_answered_or_told_to_wait() {
    let own = Server::start(shelf(), 0, limits()).unwrap();
    let begun = Instant::now();
    let question = json!({ "model": "red-blood-cell" });
    let ends: Vec<u16> = thread::scope(|scope| {
        let ask = || post_to(&own, "/api/run", &question).0;
        let all: Vec<_> = (0..200).map(|_| scope.spawn(ask)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let count = |status: u16| ends.iter().filter(|s| **s == status).count();
    // A connection that is turned away may be reset before its answer is read: 0.
    assert_eq!(count(200) + count(503) + count(0), 200, "{ends:?}");
    assert!(count(200) >= 16, "{ends:?}");
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(post_to(&own, "/api/run", &question).0, 200);
}

#[test]
fn connections_that_say_nothing_give_their_places_back() {
    let own = Server::start(shelf(), 0, limits()).unwrap();
    let silent: Vec<TcpStream> = (0..16).map(|_| connect(own.address())).collect();
    let begun = Instant::now();
    let answered = (0..40).find(|_| {
        let answered = post_to(&own, "/api/models", &json!({})).0 == 200;
        if !answered {
            thread::sleep(Duration::from_millis(100));
        }
        answered
    });
    assert!(answered.is_some(), "all places stay taken");
    assert!(begun.elapsed() < 10 * READING, "{:?}", begun.elapsed());
    drop(silent);
}

#[test]
fn a_run_without_end_is_cut_and_says_so() {
    let begun = Instant::now();
    let question = json!({ "model": "lorenz", "settings": { "duration": "1e9 s" } });
    let (status, answer) = post("/api/run", &question);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["status"]["kind"], "cut");
    let said = answer["status"]["text"].as_str().unwrap();
    assert!(
        said.starts_with("stopped after 0.4 s of computing"),
        "{said}"
    );
    assert!(begun.elapsed() < 10 * SOLVING, "{:?}", begun.elapsed());
    // The limit of steps ends it as well.
    let few = Server::start(
        shelf(),
        0,
        Limits {
            steps: 100,
            ..limits()
        },
    )
    .unwrap();
    let (status, body) = post_to(&few, "/api/run", &question);
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &answer["status"]["kind"]), (200, &json!("failed")));
    lives();
}

#[test]
fn a_run_that_nobody_waits_for_makes_room() {
    let slow = Limits {
        solving: Duration::from_secs(60),
        runs: 1,
        waiting: Duration::from_secs(20),
        ..limits()
    };
    let own = Server::start(shelf(), 0, slow).unwrap();
    let endless = json!({ "model": "lorenz", "settings": { "duration": "1e9 s" } }).to_string();
    let mut stream = connect(own.address());
    stream
        .write_all(request(&own, "/api/run", "", &endless).as_bytes())
        .unwrap();
    thread::sleep(Duration::from_millis(300));
    stream.shutdown(Shutdown::Both).unwrap();
    drop(stream);
    let begun = Instant::now();
    assert_eq!(
        post_to(&own, "/api/run", &json!({ "model": "red-blood-cell" })).0,
        200
    );
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn copies_without_end_are_refused() {
    let question = |n: &str| json!({ "model": "root-water-uptake", "settings": { "N": n } });
    for n in ["100000", "1e9", "inf", "50 * 1000"] {
        let said = refused("/api/run", &question(n), 422);
        assert_eq!(said, "`N` is a whole number up to 50 on this page", "{n}");
    }
    let (status, answer) = post("/api/run", &question("12"));
    assert_eq!(status, 200, "{answer}");
    // The slider ends where the refusals begin.
    let (_, sheet) = post("/api/model", &json!({ "model": "root-water-uptake" }));
    let sliders = sheet["sliders"].as_array().unwrap();
    let copies = sliders.iter().find(|s| s["name"] == "N").unwrap();
    assert_eq!(copies["high"], 50.0);
    // More saved times than a picture has pixels are not made.
    let many = json!({ "model": "red-blood-cell", "settings": { "points": "10000000" } });
    let begun = Instant::now();
    let (status, body) = post_to(server(), "/api/csv", &many);
    assert_eq!(status, 200);
    assert!(body.lines().count() < 6000 && begun.elapsed() < Duration::from_secs(5));
}

// ---- who asks for what is not there ------------------------------------------------------------------------------

#[test]
fn slips_are_told_what_would_be_right() {
    let said = refused("/api/model", &json!({ "model": "red-blod-cell" }), 404);
    assert_eq!(
        said,
        "error: there is no model `red-blod-cell`\nhelp: did you mean `red-blood-cell`?"
    );
    let cell = |key: &str, value: Value| json!({ "model": "red-blood-cell", key: value });
    let said = refused(
        "/api/run",
        &cell("settings", json!({ "pf": "20 um/s" })),
        422,
    );
    assert!(
        said.contains("there is no parameter `pf`") && said.contains("did you mean `Pf`?"),
        "{said}"
    );
    let said = refused("/api/run", &cell("settings", json!({ "Pf": "20 um" })), 422);
    assert!(said.contains("`Pf` is [µm/s], not [µm]"), "{said}");
    let said = refused("/api/run", &cell("variant", json!("isotonik")), 422);
    assert!(
        said.contains("did you mean `red-blood-cell@isotonic`?"),
        "{said}"
    );
    let said = refused(
        "/api/run",
        &cell("steps", json!(["at 1 s: plasma.osmolarty = 1 mOsm"])),
        422,
    );
    assert!(
        said.contains("plasma.osmolarty") && said.contains("plasma.osmolarity"),
        "{said}"
    );
    let said = refused(
        "/api/run",
        &cell("steps", json!(["at 1 s plasma.osmolarity = 1 mOsm"])),
        422,
    );
    assert!(said.contains("step of the experiment:1:"), "{said}");
    let said = refused(
        "/api/run",
        &cell(
            "steps",
            json!(["plasma.osmolarity follows a of \"/etc/passwd\""]),
        ),
        422,
    );
    assert!(
        said.contains("a series is read from the file of a model only"),
        "{said}"
    );
    // All mistakes at once.
    let both =
        json!({ "model": "red-blood-cell", "settings": { "Q": "1" }, "steps": ["at 1 s: Q2 = 1"] });
    let said = refused("/api/run", &both, 422);
    assert!(said.contains("`Q`") && said.contains("`Q2`"), "{said}");
}

#[test]
fn what_is_no_question_is_refused() {
    let ask = |body: &str| {
        let mut stream = connect(server().address());
        stream
            .write_all(request(server(), "/api/run", "", body).as_bytes())
            .unwrap();
        answer(&mut stream)
    };
    for (body, words) in [
        ("", "this is not JSON"),
        ("{", "this is not JSON"),
        (&"[".repeat(60_000), "this is not JSON"),
        ("{\"model\": \"\u{1}\"}", "this is not JSON"),
        ("null", "the question is an object"),
        ("{\"model\": 5}", "`model` of the question is a text"),
        (
            "{\"model\": \"red-blood-cell\", \"width\": 1e300}",
            "`width` of the question is a number from 200 to 2000",
        ),
        (
            "{\"model\": \"red-blood-cell\", \"rtol\": 1}",
            "the question has no `rtol`",
        ),
    ] {
        let (status, said) = ask(body);
        assert_eq!(status, 400, "{body}");
        assert!(said.contains(words), "{said}");
    }
    let nested = format!(
        "{{\"model\":\"red-blood-cell\",\"settings\":{{\"Pf\":\"{}\"}}}}",
        "(".repeat(900)
    );
    assert_eq!(ask(&nested).0, 422);
    lives();
}

// ---- what comes back ---------------------------------------------------------------------------------------------

#[test]
fn a_run_is_the_one_of_the_library() {
    let question =
        json!({ "model": "red-blood-cell", "settings": { "Pf": "100 µm/s" }, "width": 600 });
    let (status, answer) = post("/api/run", &question);
    assert_eq!(status, 200, "{answer}");
    let cell = Simulation::shipped("red-blood-cell")
        .unwrap()
        .with("Pf", "100 um/s")
        .unwrap();
    let options = RunOptions {
        rtol: Some(RTOL),
        ..RunOptions::default()
    };
    let run = cell.run(&options).unwrap();
    let found = answer["outcomes"].as_array().unwrap();
    assert_eq!(found.len(), run.trajectory.outcomes.len());
    for (found, own) in found.iter().zip(&run.trajectory.outcomes) {
        assert_eq!(found["name"], own.name.as_str());
        assert_eq!(found["value"].as_f64(), own.value, "{}", own.name);
    }
    assert_eq!(
        answer["status"],
        json!({ "kind": "stopped", "text": "lysis" })
    );
    assert_eq!(answer["ledger"][0]["holds"], true);
    let svg = answer["charts"][0]["svg"].as_str().unwrap();
    roxmltree::Document::parse(svg).unwrap();
    assert!(
        svg.contains("width=\"600\"") && !svg.contains("style="),
        "a strict policy knows no styles in a text"
    );
    // Another width is another picture, another value other numbers.
    let (_, other) = post(
        "/api/run",
        &json!({ "model": "red-blood-cell", "settings": { "Pf": "90 µm/s" }, "width": 600 }),
    );
    assert_ne!(other["charts"][0]["svg"], answer["charts"][0]["svg"]);
    let pinned = json!({ "model": "red-blood-cell", "settings": { "Pf": "100 µm/s" } });
    let (_, both) = post(
        "/api/run",
        &json!({ "model": "red-blood-cell", "variant": "spherocyte", "pinned": pinned }),
    );
    assert_eq!(
        both["outcomes"][0]["pinned"],
        answer["outcomes"][0]["value"]
    );
    assert_ne!(both["outcomes"][0]["value"], both["outcomes"][0]["pinned"]);
    // The curves of this run keep their colours; the pinned ones are paler, and add no colour of their own.
    let svg = both["charts"][0]["svg"].as_str().unwrap();
    for wanted in ["pinned", "#0072b2", "#d55e00", "#66aad1"] {
        assert!(svg.contains(wanted), "{wanted}");
    }
    assert!(!svg.contains("#009e73"));
}

#[test]
fn table_and_file_are_those_of_the_model() {
    let (status, table) = post_to(server(), "/api/csv", &json!({ "model": "red-blood-cell" }));
    assert_eq!(status, 200);
    assert!(table.starts_with("t,cell.volume,"), "{}", &table[..200]);
    let (status, file) = post_to(server(), "/api/file", &json!({ "model": "red-blood-cell" }));
    let text = include_str!("../models/red-blood-cell.toml");
    assert_eq!((status, file.as_str()), (200, text));
}

#[test]
fn every_model_opens_and_runs() {
    let (_, all) = post("/api/models", &json!({}));
    let models = all["models"].as_array().unwrap();
    assert!(models.len() >= 79, "{}", models.len());
    for model in models {
        let id = &model["id"];
        let (status, sheet) = post("/api/model", &json!({ "model": id }));
        assert_eq!(status, 200, "{id}: {sheet}");
        assert!(!sheet["sliders"].as_array().unwrap().is_empty(), "{id}");
        let (status, answer) = post("/api/run", &json!({ "model": id }));
        assert_eq!(status, 200, "{id}: {answer}");
        for chart in answer["charts"].as_array().unwrap() {
            assert!(chart["error"].is_null(), "{id}: {chart}");
        }
    }
}

/// What the page copies is run in a shell: the same numbers.
#[cfg(unix)]
#[test]
fn the_command_line_gives_the_same_run() {
    let question = json!({
        "model": "red-blood-cell", "variant": "isotonic", "settings": { "Pf": "100 µm/s", "duration": "4 s" },
        "own_steps": false, "steps": ["at 1 s: plasma.osmolarity = 250 mOsm", "from 2 s to 3 s: plasma.osmolarity ramps to 600 mOsm"],
    });
    let (_, answer) = post("/api/run", &question);
    let command = answer["command"].as_str().unwrap();
    let binary = env!("CARGO_BIN_EXE_osmocyte");
    let rest = command.strip_prefix("osmocyte ").unwrap();
    let shell = Command::new("sh")
        .args(["-c", &format!("'{binary}' {rest} --rtol 1e-6 -q -o -")])
        .output()
        .unwrap();
    assert!(
        shell.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&shell.stderr)
    );
    let (_, table) = post_to(server(), "/api/csv", &question);
    assert_eq!(String::from_utf8(shell.stdout).unwrap(), table, "{command}");
    let (_, plain) = post_to(server(), "/api/csv", &json!({ "model": "red-blood-cell" }));
    assert_ne!(plain, table);
}

// ---- the program -------------------------------------------------------------------------------------------------

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_osmocyte"))
        .arg("explore")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The address that it prints, its port, and its token.
fn address(child: &mut Child) -> (String, u16, String) {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line.trim().to_string();
    let rest = url
        .strip_prefix("http://127.0.0.1:")
        .unwrap_or_else(|| panic!("{url}"));
    let (port, token) = rest.split_once("/#token=").unwrap();
    (url.clone(), port.parse().unwrap(), token.to_string())
}

fn fails(arguments: &[&str]) -> String {
    let output = start(arguments).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_port_that_is_taken_is_said() {
    let port = server().address().port().to_string();
    let said = fails(&["--port", &port]);
    assert_eq!(
        said,
        format!(
            "error: port {port} is taken, perhaps by another `osmocyte explore`\nhelp: choose another one, or leave out --port\n"
        )
    );
    assert!(fails(&["--port", "70000"]).contains("70000"));
}

#[test]
fn models_that_are_not_there_are_said_before_anything_is_served() {
    let said = fails(&["red-blod-cell", "no-such.toml"]);
    assert!(
        said.contains("did you mean `red-blood-cell`?") && said.contains("no-such.toml"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_files_of_the_command_line_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my cell.toml");
    let text = "title = \"Mine\"\n[state.x]\ninitial = 1\nrate = \"-x / 1 s\"\n[experiment]\nduration = \"3 s\"\n";
    std::fs::write(&path, text).unwrap();
    let id = path.to_str().unwrap();
    let mut child = start(&[id, "plant-cell@sea-water"]);
    let (_, port, token) = address(&mut child);
    let ask = |path: &str, question: Value| {
        let body = question.to_string();
        let mut stream = connect(SocketAddr::from(([127, 0, 0, 1], port)));
        let length = body.len();
        write!(stream, "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nX-Osmocyte-Token: {token}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        answer(&mut stream)
    };
    let (status, models) = ask("/api/models", json!({}));
    assert_eq!(status, 200);
    let models: Value = serde_json::from_str(&models).unwrap();
    assert_eq!(models["first"], json!({ "model": id, "variant": null }));
    assert_eq!(models["models"][0]["group"], "Your models");
    // Read at the start: what became of the file since does not matter.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(ask("/api/run", json!({ "model": id })).0, 200);
    assert_eq!(
        ask("/api/file", json!({ "model": id })),
        (200, text.to_string())
    );
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let refused = TcpStream::connect(("127.0.0.1", port)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}
