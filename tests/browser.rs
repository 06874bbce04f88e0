//! The page of a dossier in a real browser: nothing is asked of anybody, nothing is complained about, nothing locked is in
//! it. Without Debian's chromium the tests say that they showed nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // a test may stop where it stands, and say why

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// A browser that can reach nobody but us.
struct Browser {
    home: tempfile::TempDir,
    asked: Arc<Mutex<Vec<String>>>,
    proxy: String,
}

/// What a page came to.
struct Shown {
    dom: String,
    console: Vec<String>,
    asked: Vec<String>,
}

impl Browser {
    /// `None` when there is none on this machine.
    fn start() -> Option<Self> {
        let there = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().any(|path| Path::new(path).exists());
        if !there {
            eprintln!(
                "NOT TESTED: there is no chromium here, so the dossier's page was opened in no browser (apt-get install chromium)"
            );
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = listener.local_addr().unwrap().to_string();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let noted = Arc::clone(&noted);
                thread::spawn(move || note(stream, &noted));
            }
        });
        Some(Self { home: tempfile::tempdir().unwrap(), asked, proxy })
    }

    fn show(&self, page: &Path) -> Shown {
        let output = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"])
            .args(["--enable-logging=stderr", "--log-level=0", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", self.home.path().join("profile").display()))
            .arg(format!("--proxy-server={}", self.proxy))
            .arg("--proxy-bypass-list=<-loopback>")
            .arg("--dump-dom")
            .arg(format!("file://{}", page.display()))
            .env("HOME", self.home.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let dom = String::from_utf8_lossy(&output.stdout).into_owned();
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(dom.contains("</html>"), "the browser showed nothing: {log}");
        // Browsers call home by themselves; that is none of the page's doing.
        let own = |line: &String| !["google", "gvt1", "chrome"].iter().any(|host| line.contains(host));
        let asked = std::mem::take(&mut *self.asked.lock().unwrap()).into_iter().filter(own).collect();
        Shown { dom, console: log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(), asked }
    }
}

fn note(mut stream: TcpStream, noted: &Mutex<Vec<String>>) {
    let mut bytes = [0; 1024];
    let read = stream.read(&mut bytes).unwrap_or_default();
    let line = String::from_utf8_lossy(&bytes[..read]).lines().next().unwrap_or_default().to_owned();
    noted.lock().unwrap().push(line);
    let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

fn launchroom(home: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_launchroom"));
    command.env_clear().current_dir(home).args(arguments).env("PATH", "/usr/bin:/bin").env("HOME", home).env("USER", "ada");
    command.env("XDG_DATA_HOME", home.join("data")).env("XDG_CONFIG_HOME", home.join("config"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
}

/// Markup wherever people type, and something locked.
fn page(home: &Path, audience: &str) -> PathBuf {
    const EVIL: &str =
        "<img src=http://tracker.example.test/x.png onerror=document.title='ran'><script>document.title='ran'</script>";
    launchroom(home, &["init", "--tenant", "Northwind & Sons <b>Ltd</b>", "--kickoff", "2026-11-02"]);
    launchroom(home, &["assign", "tenant-owner", "--name", EVIL, "--contact", "mara@private.example.test"]);
    launchroom(home, &["set", "cohort", EVIL]);
    std::fs::write(home.join("locked.txt"), "the locked text of a fixture\n").unwrap();
    launchroom(home, &["attach", "--target", "fixture-evidence", "--class", "locked", "locked.txt"]);
    launchroom(home, &["decide", "--stage", "hold", "--outcome", "deferred", "--customer", EVIL, "--operator", EVIL]);
    launchroom(home, &["dossier", "--audience", audience, "--format", "html", "-o", "page.html"]);
    home.join("page.html")
}

#[test]
fn a_browser_that_asks_and_complains_is_heard() {
    let Some(browser) = Browser::start() else { return };
    let page = browser.home.path().join("evil.html");
    let text = "<!DOCTYPE html><html><head><title>x</title></head><body><img src=\"http://tracker.example.test/x.png\">\
                <script>console.error('heard')</script></body></html>";
    std::fs::write(&page, text).unwrap();
    let shown = browser.show(&page);
    assert!(shown.asked.iter().any(|line| line.contains("tracker.example.test")), "{:?}", shown.asked);
    assert!(shown.console.iter().any(|line| line.contains("heard")), "{:?}", shown.console);
}

#[test]
fn the_page_asks_nobody_complains_of_nothing_and_holds_nothing_locked() {
    for audience in ["buyer", "customer", "operator"] {
        let Some(browser) = Browser::start() else { return };
        let home = tempfile::tempdir().unwrap();
        let shown = browser.show(&page(home.path(), audience));
        assert!(shown.asked.is_empty(), "{audience} {:?}", shown.asked);
        assert!(shown.console.is_empty(), "{audience} {:?}", shown.console);
        assert!(!shown.dom.contains("locked text of a fixture"), "{audience}");
        assert!(!shown.dom.contains("mara@private.example.test"), "{audience}");
        assert!(shown.dom.contains("<h1>Northwind &amp; Sons &lt;b&gt;Ltd&lt;/b&gt;</h1>"), "{audience}");
        assert!(!shown.dom.contains("<script") && !shown.dom.contains("<img"), "{audience}");
        for landmark in ["<header>", "<main id=\"main\">", "<nav aria-label", "<svg ", "lang=\"en\""] {
            assert!(shown.dom.contains(landmark), "{audience} {landmark}");
        }
    }
}
