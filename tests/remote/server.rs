//! A room server for these tests: small, in this process, on a room file, and able to misbehave on request. It uses the same
//! bodies and the same rules as any other; what it does wrong, it does on purpose.

use jiff::Timestamp;
use launchroom::app::ports::{Clock, RoomStore};
use launchroom::domain::change::Change;
use launchroom::domain::ids::Digest;
use launchroom::domain::ledger::chain::Head;
use launchroom::domain::plan::Class;
use launchroom::format::api::{self, ChangesBody, RoomBody};
use launchroom::infra::file::FileStore;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// The token it takes.
pub const TOKEN: &str = "token-of-northwind-0123456789abcdef";

/// The time of this machine.
pub struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What it does wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fault {
    #[default]
    None,
    /// Takes the request and says nothing.
    Hang,
    /// The same, for changes alone.
    HangOnChanges,
    /// This status, and how many seconds to wait.
    Status(u16, Option<u64>),
    /// This status, for one request.
    StatusOnce(u16),
    /// One connection is shut without an answer.
    DropOnce,
    Html,
    Malformed,
    /// Half an answer.
    Truncated,
    /// Sends on to another address.
    Elsewhere(String),
    NewerSchema,
    /// Makes changes and says nothing of it.
    AckLost,
    /// Somebody else is first with a change, once.
    Overtaken(Box<Change>),
    /// The role of the token takes no changes.
    NoChanges,
    /// Another ledger than before.
    Rewritten,
    /// Other bytes than were asked for.
    WrongBytes,
    NoEvents,
}

/// One request that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub bearer: bool,
}

/// The server.
pub struct Server {
    pub address: SocketAddr,
    pub state: Arc<State>,
    stop: Arc<AtomicBool>,
}

pub struct State {
    pub room: FileStore,
    pub fault: Mutex<Fault>,
    pub asked: Mutex<Vec<Asked>>,
    answers: Mutex<BTreeMap<String, (u16, Value)>>,
    turn: Mutex<()>,
    moved: (Mutex<u64>, Condvar),
}

impl Server {
    /// Serves the room file at `room`.
    pub fn start(room: &Path) -> Self {
        Self::at(room, "127.0.0.1:0".parse().unwrap())
    }

    /// The same at an address where one ran before.
    pub fn at(room: &Path, address: SocketAddr) -> Self {
        let data = room.parent().unwrap().join("server-data");
        let state = Arc::new(State {
            room: FileStore::open(room, &data, false).unwrap(),
            fault: Mutex::default(),
            asked: Mutex::default(),
            answers: Mutex::default(),
            turn: Mutex::default(),
            moved: Default::default(),
        });
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (served, stopped) = (Arc::clone(&state), Arc::clone(&stop));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (state, stopped) = (Arc::clone(&served), Arc::clone(&stopped));
                std::thread::spawn(move || drop(serve(&state, stream.unwrap(), &stopped)));
            }
        });
        Self { address, state, stop }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn fault(&self, fault: Fault) {
        *self.state.fault.lock().unwrap() = fault;
    }

    /// Somebody else changes the room.
    pub fn change(&self, by: &str, change: &Change) {
        self.state.change(by, change).unwrap();
    }

    /// How often a route was asked.
    pub fn count(&self, method: &str, part: &str) -> usize {
        self.state.asked.lock().unwrap().iter().filter(|asked| asked.method == method && asked.path.contains(part)).count()
    }

    /// Ends it; who listens is cut off.
    pub fn stop(self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.state.moved.1.notify_all();
        // The listener waits for somebody to come.
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    fn change(&self, by: &str, change: &Change) -> Result<(), launchroom::app::error::Error> {
        self.room.change(by, Timestamp::now(), change)?;
        *self.moved.0.lock().unwrap() += 1;
        self.moved.1.notify_all();
        Ok(())
    }

    fn body(&self) -> RoomBody {
        let snapshot = self.room.load().unwrap();
        let head = Head::of(&snapshot.ledger.entries);
        let wanted: Vec<Digest> = snapshot
            .ledger
            .entries
            .iter()
            .filter_map(|entry| match &entry.body {
                launchroom::domain::ledger::Body::Attached(attached) => attached.digest,
                _ => None,
            })
            .collect();
        let held = self.room.check(&wanted).into_iter();
        let blobs: BTreeSet<Digest> =
            held.filter(|(_, state)| *state == launchroom::domain::ledger::BlobState::Intact).map(|(digest, _)| digest).collect();
        RoomBody {
            revision: Digest::of(format!("{}{}", snapshot.text, head.hash.to_hex()).as_bytes()).to_hex(),
            tenant: snapshot.room.tenant.id.to_string(),
            text: snapshot.text.to_string(),
            plan: None,
            head,
            blobs,
            here: Vec::new(),
        }
    }
}

struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body })
}

fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    stream.write_all(body)?;
    stream.flush()
}

fn json_answer(stream: &mut TcpStream, status: u16, value: &Value) -> std::io::Result<()> {
    let kind = if status < 400 { "application/json" } else { "application/problem+json" };
    answer(stream, status, &format!("content-type: {kind}\r\n"), value.to_string().as_bytes())
}

fn serve(state: &State, mut stream: TcpStream, stopped: &AtomicBool) -> std::io::Result<()> {
    let Some(request) = read(&stream) else { return Ok(()) };
    let bearer = request.headers.contains_key("authorization");
    let asked = Asked { method: request.method.clone(), path: request.path.clone(), bearer };
    state.asked.lock().unwrap().push(asked);
    let fault = state.fault.lock().unwrap().clone();
    match &fault {
        Fault::HangOnChanges if request.method == "POST" => {
            std::thread::sleep(Duration::from_secs(30));
            return Ok(());
        }
        Fault::Hang => {
            std::thread::sleep(Duration::from_secs(30));
            return Ok(());
        }
        Fault::Status(status, wait) => {
            let wait = wait.map(|wait| format!("retry-after: {wait}\r\n")).unwrap_or_default();
            return answer(&mut stream, *status, &wait, b"{}");
        }
        Fault::StatusOnce(status) => {
            *state.fault.lock().unwrap() = Fault::None;
            return answer(&mut stream, *status, "", b"{}");
        }
        Fault::DropOnce => {
            *state.fault.lock().unwrap() = Fault::None;
            return Ok(());
        }
        Fault::Html => return answer(&mut stream, 200, "content-type: text/html\r\n", b"<h1>Sign in</h1>"),
        Fault::Malformed => return answer(&mut stream, 200, "content-type: application/json\r\n", b"{\"schema\": 1, \"rev"),
        Fault::Truncated => {
            return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{\"a\":");
        }
        Fault::Elsewhere(there) => return answer(&mut stream, 302, &format!("location: {there}{}\r\n", request.path), b""),
        Fault::NewerSchema => return json_answer(&mut stream, 200, &json!({ "schema": 2 })),
        Fault::None
        | Fault::HangOnChanges
        | Fault::AckLost
        | Fault::Overtaken(_)
        | Fault::NoChanges
        | Fault::Rewritten
        | Fault::WrongBytes
        | Fault::NoEvents => {}
    }
    if request.headers.get("authorization").map(String::as_str) != Some(&format!("Bearer {TOKEN}")) {
        return json_answer(&mut stream, 401, &json!({ "title": "Unauthorized", "status": 401 }));
    }
    let path = request.path.split('?').next().unwrap_or_default().to_owned();
    match (request.method.as_str(), path.as_str()) {
        ("GET", "/api/platform/launch-room") => room(state, &mut stream, &request, &fault),
        ("GET", "/api/platform/launch-room/ledger") => {
            let after: usize = request.path.split("after=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
            let lines = state.room.lines().unwrap();
            // Small pages, so that there is more than one.
            let page: Vec<&str> = lines.lines().skip(after).take(3).collect();
            json_answer(&mut stream, 200, &api::page(&page.join("\n"), page.len() == 3))
        }
        ("GET", "/api/platform/launch-rooms") => {
            let opened = launchroom::app::open::open(&state.room, &Now).unwrap();
            let row = launchroom::app::portfolio::json::standing(&launchroom::app::portfolio::standing(&opened));
            json_answer(&mut stream, 200, &json!({ "schema": 1, "rooms": [row] }))
        }
        ("GET", "/api/platform/launch-room/events") if fault == Fault::NoEvents => json_answer(&mut stream, 404, &json!({})),
        ("GET", "/api/platform/launch-room/events") => events(state, stream, &request, stopped),
        ("POST", "/api/platform/launch-room/changes") if fault == Fault::NoChanges => {
            json_answer(&mut stream, 403, &json!({ "detail": "Ada has the role viewer; this takes the role operator." }))
        }
        ("POST", "/api/platform/launch-room/changes") => changes(state, &mut stream, &request, &fault),
        ("PUT", path) if path.contains("/evidence/blobs/") => {
            if !path.ends_with(&Digest::of(&request.body).to_hex()) {
                return json_answer(
                    &mut stream,
                    422,
                    &json!({ "detail": "The bytes have another digest.", "rule": "blob.digest" }),
                );
            }
            state.room.keep(Class::Tenant, &request.body).unwrap();
            answer(&mut stream, 204, "", b"")
        }
        ("GET", path) if path.contains("/evidence/blobs/") => {
            let digest = path.rsplit('/').next().and_then(Digest::from_hex).unwrap();
            match state.room.blob(&digest).unwrap() {
                Some(_) if fault == Fault::WrongBytes => answer(&mut stream, 200, "", b"other bytes"),
                Some(bytes) => answer(&mut stream, 200, "content-type: application/octet-stream\r\n", &bytes),
                None => json_answer(&mut stream, 404, &json!({})),
            }
        }
        _ => json_answer(&mut stream, 404, &json!({ "title": "Not found", "status": 404 })),
    }
}

fn room(state: &State, stream: &mut TcpStream, request: &Request, fault: &Fault) -> std::io::Result<()> {
    let mut body = state.body();
    if *fault == Fault::Rewritten {
        body.head.hash = Digest::of(b"another ledger");
        body.revision = "rewritten".into();
    }
    let tag = format!("\"{}\"", body.revision);
    if request.headers.get("if-none-match") == Some(&tag) {
        return answer(stream, 304, "", b"");
    }
    let headers = format!("content-type: application/json\r\netag: {tag}\r\n");
    answer(stream, 200, &headers, body.to_json(&json!({})).to_string().as_bytes())
}

fn changes(state: &State, stream: &mut TcpStream, request: &Request, fault: &Fault) -> std::io::Result<()> {
    let _turn = state.turn.lock().unwrap();
    let key = request.headers.get("idempotency-key").cloned().unwrap_or_default();
    let known = state.answers.lock().unwrap().get(&key).cloned();
    let (status, told) = known.unwrap_or_else(|| {
        let body: ChangesBody = serde_json::from_slice(&request.body).unwrap();
        if let Fault::Overtaken(change) = fault {
            *state.fault.lock().unwrap() = Fault::None;
            state.change("Bo", change).unwrap();
        }
        let before = state.room.load().unwrap().ledger.entries.len();
        if body.base_revision != state.body().revision {
            return (409, json!({ "title": "Somebody else was first", "status": 409 }));
        }
        let made = body.changes.iter().try_for_each(|change| state.change("Server Sam", change));
        let told = match made {
            Ok(()) => {
                let entries = &state.room.load().unwrap().ledger.entries;
                let made: Vec<Value> = entries[before..].iter().map(|entry| json!({ "seq": entry.seq })).collect();
                (200, json!({ "schema": 1, "revision": state.body().revision, "entries": made }))
            }
            Err(error) => (422, json!({ "detail": error.why, "rule": "x", "status": 422 })),
        };
        state.answers.lock().unwrap().insert(key, told.clone());
        told
    });
    if *fault == Fault::AckLost {
        return Ok(());
    }
    json_answer(stream, status, &told)
}

fn events(state: &State, mut stream: TcpStream, request: &Request, stopped: &AtomicBool) -> std::io::Result<()> {
    let mut seen: usize = request.headers.get("last-event-id").and_then(|id| id.parse().ok()).unwrap_or(0);
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n: hello\n\n")?;
    stream.write_all(b"event: here\ndata: [\"Mara Lindt\"]\n\n")?;
    while !stopped.load(Ordering::SeqCst) {
        let lines = state.room.lines().unwrap();
        for line in lines.lines().skip(seen) {
            seen += 1;
            write!(stream, "id: {seen}\ndata: {line}\n\n")?;
        }
        stream.flush()?;
        let moved = state.moved.0.lock().unwrap();
        // Long enough that nobody is told by the pause, short enough to end with the server.
        drop(state.moved.1.wait_timeout(moved, Duration::from_millis(200)).unwrap());
    }
    Ok(())
}
