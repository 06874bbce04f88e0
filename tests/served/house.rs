//! A server of a test's own, and what one can throw at it.

use crate::desk::Desk;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub const ROOM: &str = "/api/platform/launch-room";
pub const CHANGES: &str = "/api/platform/launch-room/changes";
/// Longer than any answer takes.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// A server, and the machine it runs on.
pub struct House {
    pub desk: Desk,
    pub address: SocketAddr,
    child: Child,
    _out: BufReader<ChildStdout>,
}

/// An answer, as far as it came.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Told {
    pub fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// An answer that is no says what, why and what to do.
    pub fn is_problem(&self) -> bool {
        self.head.contains("content-type: application/problem+json") && self.json()["status"] == self.status
    }

    pub fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }
}

/// A machine with a room file on it.
pub fn desk() -> Desk {
    Desk::with_room()
}

/// `launchroom serve` on a desk, not started.
pub fn serve(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_launchroom"));
    command.arg("serve").args(arguments).env_clear().current_dir(desk.home());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", desk.home());
    command.env("XDG_CONFIG_HOME", desk.path("config")).env("XDG_DATA_HOME", desk.path("data"));
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

impl House {
    /// With the one room in it.
    pub fn open() -> Self {
        Self::with(desk(), &["--import", "launchroom.toml"])
    }

    pub fn with(desk: Desk, arguments: &[&str]) -> Self {
        let log = std::fs::File::create(desk.path("log")).unwrap();
        Self::start(desk, arguments, log.into())
    }

    /// Its log goes where `log` says.
    pub fn start(desk: Desk, arguments: &[&str], log: Stdio) -> Self {
        let all: Vec<&str> = ["--bind", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
        let mut child = serve(&desk, &all).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let address = loop {
            let mut line = String::new();
            let said = out.read_line(&mut line).unwrap();
            let log = || std::fs::read_to_string(desk.path("log")).unwrap_or_default();
            assert!(said > 0, "it ended: {}\n{}", child.wait().unwrap(), log());
            let served = line.split_once("://").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
            if let Some(address) = served {
                break address;
            }
        };
        Self { desk, address, child, _out: out }
    }

    pub fn token(&self, role: &str) -> String {
        let room = self.desk.read("launchroom.toml");
        let tenant = room.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).unwrap();
        self.desk.ok(&["token", "create", "--tenant", tenant, "--role", role, "--name", "Ada"]).out.trim().to_owned()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.desk.path("log")).unwrap()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Says these bytes and listens until the server has said all; the side that speaks stays open.
    pub fn say(&self, bytes: impl AsRef<[u8]>) -> Told {
        let mut stream = self.connect();
        // A server that has heard enough may not take all of it.
        let _ = stream.write_all(bytes.as_ref());
        rest(&mut stream)
    }

    /// The same, and says no more afterwards.
    pub fn say_and_leave(&self, bytes: impl AsRef<[u8]>) -> Told {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        rest(&mut stream)
    }

    pub fn ask(&self, method: &str, path: &str, token: &str, more: &str, body: &str) -> Told {
        self.say(request(method, path, token, more, body))
    }

    pub fn get(&self, path: &str, token: &str) -> Told {
        self.ask("GET", path, token, "", "")
    }

    pub fn revision(&self, token: &str) -> String {
        self.get(ROOM, token).text("revision")
    }

    /// Asks for one change on the room as it is.
    pub fn change(&self, token: &str, change: &Value) -> Told {
        let body = serde_json::json!({ "base_revision": self.revision(token), "changes": [change] }).to_string();
        self.ask("POST", CHANGES, token, "content-type: application/json\r\n", &body)
    }

    /// What its process has used of all cores.
    #[allow(dead_code, reason = "only the bench asks")]
    pub fn cpu(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let of = |thread: std::fs::DirEntry| {
            let told = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            told.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
        };
        Duration::from_nanos(threads.map(|thread| of(thread.unwrap())).sum())
    }

    pub fn is_alive(&self) -> bool {
        self.get("/api/health", "").status == 200
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// How it ended, and how long that took.
    pub fn stop(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        self.signal(Signal::TERM);
        (self.child.wait().unwrap(), start.elapsed())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(self.desk.path("log")).unwrap_or_default());
        }
    }
}

pub fn request(method: &str, path: &str, token: &str, more: &str, body: &str) -> String {
    let bearer = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    format!("{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{bearer}{length}{more}\r\n{body}")
}

/// All that is still said.
pub fn rest(stream: &mut TcpStream) -> Told {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    Told::of(&bytes)
}

/// Waits for something that has to come.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never came: {what}");
        std::thread::yield_now();
    }
}
