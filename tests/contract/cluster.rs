//! A PostgreSQL of the tests' own: real, with fsync on, in a folder that is gone with the tests, however they end.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// One cluster on a socket in a folder of its own.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    /// Ends the server and removes the folder once its input ends: with this process, even when that is killed.
    keeper: Child,
}

/// The one that tests share; each takes a database of its own. `None` without PostgreSQL on the machine, which is said.
pub fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED.get_or_init(Cluster::start).as_ref()
}

/// Where Debian, or the path, has the newest.
fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or_default();
    let newest = versions.map(|entry| entry.path()).max_by_key(|path| number(path)).map(|path| path.join("bin"));
    let on_path = std::env::var_os("PATH");
    let on_path = on_path.iter().flat_map(std::env::split_paths);
    newest.into_iter().chain(on_path).find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

impl Cluster {
    /// A fresh one.
    pub fn start() -> Option<Self> {
        let Some(bin) = bin() else {
            // Not through the macro, which a passing test keeps to itself.
            let said = "NOT TESTED: there is no PostgreSQL here, so nothing of it was run (apt-get install postgresql)\n";
            let _ = std::io::stderr().write_all(said.as_bytes());
            return None;
        };
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("launchroom-pg-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        if rustix::process::geteuid().is_root() {
            let chowned = Command::new("chown").arg("nobody").arg(&folder).status().unwrap();
            assert!(chowned.success());
        }
        let keeper = keeper(&folder);
        let cluster = Self { bin, folder, keeper };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        cluster.up();
        Some(cluster)
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.as_its_user(program).args(arguments).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(output.status.success(), "{program} {arguments:?}\n{out}{err}\n{log}");
    }

    /// PostgreSQL does not run as root.
    fn as_its_user(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    /// Starts it, also after it was killed.
    pub fn up(&self) {
        let (data, log) = (self.data(), self.folder.join("log").display().to_string());
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=on -c shared_buffers=32MB -c max_connections=200",
            self.folder.display()
        );
        // Its output is a file: a pipe of ours would stay open with it.
        let start = Instant::now();
        loop {
            let mut command = self.as_its_user("pg_ctl");
            command.args(["-D", &data, "-l", &log, "-w", "-t", "30", "-o", &options, "start"]);
            if command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success() {
                return;
            }
            // Killed, it leaves children that go a moment later, and keep its memory until then.
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(30), "PostgreSQL does not start\n{log}");
        }
    }

    /// Kills it and everything it started, with no warning.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        let children = Command::new("pgrep").args(["-P", pid]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        let status = Command::new("kill").arg("-KILL").arg(pid).args(children.split_whitespace()).stderr(Stdio::null()).status();
        status.unwrap();
    }

    /// The address of a fresh database.
    pub fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("rooms_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.client("postgres", "postgres").batch_execute(&format!("create database {name}")).unwrap();
        self.address(&name, "postgres")
    }

    pub fn address(&self, database: &str, user: &str) -> String {
        format!("postgres:///{database}?host={}&user={user}", self.folder.display())
    }

    pub fn client(&self, database: &str, user: &str) -> postgres::Client {
        connect(&self.address(database, user))
    }
}

/// What any program with that address could do.
pub fn connect(address: &str) -> postgres::Client {
    postgres::Client::connect(address, postgres::NoTls).unwrap()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn keeper(folder: &Path) -> Child {
    let script = r#"cat >/dev/null; pid=$(head -1 "$1/data/postmaster.pid" 2>/dev/null)
        [ -n "$pid" ] && { kill -INT "$pid"; for n in $(seq 100); do kill -0 "$pid" || break; sleep 0.05; done; } 2>/dev/null
        rm -rf "$1""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(folder).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().unwrap()
}
