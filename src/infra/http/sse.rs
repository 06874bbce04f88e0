//! Server-Sent Events: bytes in, whole events out, however the bytes are cut up.

/// A longer line or event is none of ours.
const LONGEST: usize = 1 << 20;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub data: String,
}

impl Event {
    /// Who has the room open, when that is what it says.
    #[must_use]
    pub fn here(&self) -> Option<Vec<String>> {
        if self.name != "here" {
            return None;
        }
        let value: serde_json::Value = serde_json::from_str(&self.data).ok()?;
        let names = value.get("here").unwrap_or(&value).as_array()?;
        Some(names.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect())
    }
}

/// What was read of the stream and is no whole event yet.
#[derive(Default)]
pub struct Reader {
    line: Vec<u8>,
    event: Event,
    /// The line before ended in a carriage return: a line feed that follows belongs to it.
    after_cr: bool,
}

impl Reader {
    /// The events that are whole now.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut out = Vec::new();
        for byte in bytes {
            let was_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if was_cr => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.line);
                    out.extend(self.take(&String::from_utf8_lossy(&line)));
                }
                byte if self.line.len() < LONGEST => self.line.push(*byte),
                _ => {}
            }
        }
        out
    }

    /// Bytes that are held of what is not whole yet.
    #[must_use]
    pub fn held(&self) -> usize {
        self.line.len() + self.event.name.len() + self.event.data.len()
    }

    fn take(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return (!event.data.is_empty()).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" if self.event.data.len() < LONGEST => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // Comments keep the line open; ids are the ledger's own numbers, which the copy knows.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_the_bytes_are_cut() {
        let stream =
            ": hello\r\nevent: here\r\ndata: [\"Mara\",\r\ndata: \"Jonas\"]\r\n\r\nid: 4\ndata: {\"seq\":4}\n\n: ping\n\n";
        let whole = Reader::default().feed(stream.as_bytes());
        assert_eq!(whole.len(), 2, "{whole:?}");
        assert_eq!(whole[0].here().unwrap(), ["Mara", "Jonas"]);
        assert_eq!((whole[1].data.as_str(), whole[1].here()), ("{\"seq\":4}", None));
        for size in 1..7 {
            let mut reader = Reader::default();
            let pieces: Vec<Event> = stream.as_bytes().chunks(size).flat_map(|piece| reader.feed(piece)).collect();
            assert_eq!(pieces, whole, "{size}");
        }
    }

    #[test]
    fn a_stream_without_an_end_of_line_fills_no_memory() {
        let mut reader = Reader::default();
        for _ in 0..40 {
            assert!(reader.feed(&vec![b'x'; 100_000]).is_empty());
        }
        assert!(reader.line.len() <= LONGEST);
    }
}
