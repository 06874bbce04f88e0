//! A visitor of a server who hides nothing: raw requests out, raw answers back.

use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer takes on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where to ask, with which token, from which address.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub to: SocketAddr,
    pub token: Option<String>,
    /// Wrong tokens are counted by address.
    pub from: Ipv4Addr,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Told {
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {} {text}", self.status))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub fn rule(&self) -> String {
        self.json()["rule"].as_str().unwrap_or_default().to_owned()
    }
}

pub type Headers<'a> = &'a [(&'a str, &'a str)];

impl Visitor {
    pub fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Told {
        self.ask("GET", path, &[], b"")
    }

    pub fn get_with(&self, path: &str, headers: Headers<'_>) -> Told {
        self.ask("GET", path, headers, b"")
    }

    pub fn put(&self, path: &str, body: &[u8]) -> Told {
        self.ask("PUT", path, &[("content-type", "application/octet-stream")], body)
    }

    pub fn post(&self, path: &str, body: &Value, headers: Headers<'_>) -> Told {
        let headers: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        self.ask("POST", path, &headers, body.to_string().as_bytes())
    }

    pub fn ask(&self, method: &str, path: &str, headers: Headers<'_>, body: &[u8]) -> Told {
        self.try_to_ask(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// One request on a connection of its own.
    pub fn try_to_ask(&self, method: &str, path: &str, headers: Headers<'_>, body: &[u8]) -> std::io::Result<Told> {
        let mut stream = self.connect()?;
        stream.write_all(self.head(method, path, headers, Some(body.len())).as_bytes())?;
        // A server that has heard enough may answer, and shut, before all of it was sent.
        let sent = stream.write_all(body);
        match answer(&mut BufReader::new(stream)) {
            Ok(told) => Ok(told),
            Err(error) => Err(sent.err().unwrap_or(error)),
        }
    }

    pub fn head(&self, method: &str, path: &str, headers: Headers<'_>, length: Option<usize>) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.to);
        if let Some(token) = &self.token {
            let _ = write!(head, "authorization: Bearer {token}\r\n");
        }
        if let Some(length) = length {
            let _ = write!(head, "content-length: {length}\r\n");
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    pub fn connect(&self) -> std::io::Result<TcpStream> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind(SocketAddr::from((self.from, 0)))?;
            socket.connect(self.to).await?.into_std()
        })?;
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// How a stream begins, or why there is none.
    pub fn first_of(&self, path: &str) -> Told {
        let mut stream = self.connect().unwrap();
        stream.write_all(self.head("GET", path, &[], None).as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let (status, headers) = head(&mut reader).unwrap();
        let mut body = Vec::new();
        if status != 200 {
            reader.read_to_end(&mut body).unwrap();
        }
        Told { status, headers, body }
    }

    /// A stream of events, from after an entry.
    pub fn events(&self, path: &str, headers: Headers<'_>) -> Events {
        let mut stream = self.connect().unwrap();
        stream.write_all(self.head("GET", path, headers, None).as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let (status, headers) = head(&mut reader).unwrap();
        assert_eq!(status, 200, "{headers:?}");
        let chunks = Chunks { reader, left: 0, over: false };
        Events { lines: BufReader::new(chunks) }
    }
}

fn answer(reader: &mut BufReader<TcpStream>) -> std::io::Result<Told> {
    let (status, headers) = head(reader)?;
    let of = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let mut body = Vec::new();
    if of("transfer-encoding").is_some() {
        Chunks { reader, left: 0, over: false }.read_to_end(&mut body)?;
    } else if let Some(length) = of("content-length").filter(|_| status != 304) {
        body.resize(length.parse().unwrap(), 0);
        reader.read_exact(&mut body)?;
    } else if status != 304 && status != 204 {
        reader.read_to_end(&mut body)?;
    }
    Ok(Told { status, headers, body })
}

fn head(reader: &mut impl BufReadExact) -> std::io::Result<(u16, Vec<(String, String)>)> {
    let broken = |what: &str| std::io::Error::other(format!("no answer: {what:?}"));
    let first = reader.line()?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| broken(&first))?;
    let mut headers = Vec::new();
    loop {
        let line = reader.line()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok((status, headers))
}

/// Lines without their ends.
trait BufReadExact {
    fn line(&mut self) -> std::io::Result<String>;
}

impl<R: std::io::BufRead> BufReadExact for R {
    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

/// A chunked body as one.
struct Chunks<R> {
    reader: R,
    left: usize,
    over: bool,
}

impl<R: std::io::BufRead> Read for Chunks<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.over {
            return Ok(0);
        }
        if self.left == 0 {
            let size = self.reader.line()?;
            let odd = |_| std::io::Error::other(format!("no chunk: {size:?}"));
            self.left = usize::from_str_radix(&size, 16).map_err(odd)?;
            if self.left == 0 {
                self.over = true;
                return Ok(0);
            }
        }
        let most = to.len().min(self.left);
        let read = self.reader.read(&mut to[..most])?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read;
        if self.left == 0 {
            self.reader.line()?;
        }
        Ok(read)
    }
}

/// What somebody hears who listens.
pub struct Events {
    lines: BufReader<Chunks<BufReader<TcpStream>>>,
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    pub id: Option<u64>,
    pub kind: String,
    pub data: String,
}

impl Events {
    /// The next one; `None` when the stream ended.
    pub fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            match line.split_once(": ") {
                None if line.is_empty() && !event.data.is_empty() => return Some(event),
                Some(("id", id)) => event.id = id.parse().ok(),
                Some(("event", kind)) => kind.clone_into(&mut event.kind),
                Some(("data", data)) => event.data += data,
                _ => {}
            }
        }
    }

    /// The next entry.
    pub fn entry(&mut self) -> Option<(u64, String)> {
        loop {
            let event = self.next()?;
            if let Some(id) = event.id {
                return Some((id, event.data));
            }
        }
    }
}
