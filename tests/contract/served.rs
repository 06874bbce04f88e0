//! The real binary as a server, on a database of a test's own: started, killed, stopped, and started again at the same address.

use crate::backend::{ROOM, TENANT};
use crate::cluster;
use crate::desk::Desk;
use crate::http::Visitor;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ExitStatus, Stdio};

/// What a server keeps its rooms in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    /// And captured bytes in a folder.
    SqliteAndFolder,
    Postgres,
}

/// All that this machine has.
pub fn everywhere() -> Vec<On> {
    let mut all = vec![On::Sqlite, On::SqliteAndFolder];
    all.extend(cluster::shared().map(|_| On::Postgres));
    all
}

/// A server, and the machine it runs on.
pub struct Served {
    pub desk: Desk,
    pub database: String,
    more: Vec<String>,
    process: Option<Process>,
    pub address: SocketAddr,
}

struct Process {
    child: Child,
    /// Kept open, so that it can go on saying what it says.
    _out: BufReader<std::process::ChildStdout>,
}

impl Served {
    /// With one small room in it.
    pub fn on(on: On) -> Self {
        let served = Self::empty(on);
        served.bring_in(TENANT)
    }

    /// Without a room.
    pub fn empty(on: On) -> Self {
        let desk = Desk::empty();
        let database = match on {
            On::Sqlite | On::SqliteAndFolder => desk.path("rooms.db").display().to_string(),
            On::Postgres => cluster::shared().unwrap().database(),
        };
        let folder = (on == On::SqliteAndFolder).then(|| ["--blobs".to_owned(), desk.path("blobs").display().to_string()]);
        Self::at(desk, database, folder.into_iter().flatten().collect())
    }

    /// Any database, not started.
    pub fn at(desk: Desk, database: String, more: Vec<String>) -> Self {
        Self { desk, database, more, process: None, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
    }

    /// Starts with a room of this tenant brought in.
    pub fn bring_in(mut self, tenant: &str) -> Self {
        let room = format!("{tenant}/launchroom.toml");
        std::fs::create_dir_all(self.desk.path(tenant)).unwrap();
        self.desk.write(&room, ROOM.replace(TENANT, tenant));
        self.stop();
        self.start(&["--import", &room]);
        self
    }

    pub fn start(&mut self, arguments: &[&str]) {
        let bind = self.address.to_string();
        let mut all = vec!["serve", "--bind", &bind, "--database", &self.database];
        all.extend(self.more.iter().map(String::as_str));
        all.extend(arguments);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_launchroom"));
        command.args(&all).env_clear().current_dir(self.desk.home());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.desk.home());
        command.env("XDG_CONFIG_HOME", self.desk.path("config")).env("XDG_DATA_HOME", self.desk.path("data"));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.desk.path("log")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let status = child.wait().unwrap();
                panic!("{all:?} ended: {status}\n{}", self.log());
            }
            if let Some(address) = line.strip_prefix("http://").and_then(|rest| rest.split(' ').next()) {
                self.address = address.parse().unwrap();
                break;
            }
        }
        self.process = Some(Process { child, _out: out });
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.desk.path("log")).unwrap_or_default()
    }

    fn end(&mut self, signal: Signal) -> Option<ExitStatus> {
        let mut process = self.process.take()?;
        kill_process(Pid::from_child(&process.child), signal).unwrap();
        Some(process.child.wait().unwrap())
    }

    /// With no warning.
    pub fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    /// As an operator does.
    pub fn stop(&mut self) -> Option<ExitStatus> {
        self.end(Signal::TERM)
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Somebody without a token.
    pub fn visitor(&self) -> Visitor {
        Visitor { to: self.address, token: None, from: Ipv4Addr::LOCALHOST }
    }

    pub fn token(&self, role: &str, name: &str, more: &[&str]) -> String {
        let mut arguments = vec!["token", "create", "--role", role, "--name", name, "--database", &self.database];
        arguments.extend(more);
        self.desk.ok(&arguments).out.trim().to_owned()
    }

    /// Somebody with a token for the small room.
    pub fn somebody(&self, role: &str, name: &str) -> Visitor {
        self.visitor().with(&self.token(role, name, &["--tenant", TENANT]))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}
