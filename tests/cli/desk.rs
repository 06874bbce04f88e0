//! A folder of one's own to run the binary in, with nothing of this machine's user in it.

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a new room in it.
    pub fn with_room() -> Self {
        let desk = Self::empty();
        desk.ok(&["init", "--tenant", "Northwind Logistics", "--kickoff", "2026-11-02"]);
        desk
    }

    /// A room whose public proofs are replaced by a command of the test's own.
    pub fn with_command(proof: &str, command: &str) -> Self {
        let desk = Self::with_room();
        let text = desk.read("launchroom.toml");
        desk.write("launchroom.toml", format!("{text}\n[commands]\n{proof} = '{command}'\n"));
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The binary, in this folder and in a bare environment.
    pub fn launchroom(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("launchroom").unwrap();
        command.env_clear().current_dir(self.home()).args(arguments);
        let beyond = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{beyond}", self.path("bin").display()));
        command.env("HOME", self.home()).env("USER", "ada").env("LC_ALL", "C.UTF-8");
        command.env("XDG_CONFIG_HOME", self.path("config")).env("XDG_DATA_HOME", self.path("data"));
        command.timeout(std::time::Duration::from_mins(1));
        command
    }

    /// What a run came to.
    pub fn run(&self, arguments: &[&str]) -> Told {
        Told::of(self.launchroom(arguments).output().unwrap())
    }

    /// A run that must end well.
    pub fn ok(&self, arguments: &[&str]) -> Told {
        let told = self.run(arguments);
        assert_eq!(told.code, 0, "{arguments:?}\n{}\n{}", told.out, told.err);
        told
    }

    /// What a command says as JSON, however it ends.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let told = self.run(arguments);
        serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}\n{}", told.out, told.err))
    }
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Told {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
