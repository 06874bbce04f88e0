//! The ledger file: one entry a line. Reading checks every hash and every link, so whoever holds entries holds a chain.

use crate::domain::ledger::{
    Body, Damage, DamageKind, Entry, canon,
    chain::{self, Fault, Head},
};
use serde_json::Value;
use std::thread;

/// Below this a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 256 * 1024;

/// The line of an entry, without its end. What this version does not know was not kept; `RoomStore::lines` has it all.
#[must_use]
pub fn encode(entry: &Entry) -> String {
    let mut line = chain::envelope(entry.seq, entry.at, &entry.by, &entry.body, entry.prev);
    if let Value::Object(members) = &mut line {
        members.insert("hash".into(), entry.hash.to_hex().into());
    }
    String::from_utf8_lossy(&canon::to_bytes(&line)).into_owned()
}

/// Reads a whole ledger: the entries that stand, and the first thing wrong, when something is.
#[must_use]
pub fn parse(bytes: &[u8]) -> (Vec<Entry>, Option<Damage>) {
    parse_after(Head::START, bytes)
}

/// Reads what was appended to a chain that ends in `head`.
#[must_use]
pub fn parse_after(mut head: Head, bytes: &[u8]) -> (Vec<Entry>, Option<Damage>) {
    let mut entries = Vec::new();
    for chunk in read_chunks(bytes) {
        if entries.is_empty() {
            entries.reserve(chunk.entries.len());
        }
        for entry in chunk.entries {
            if let Err(fault) = head.follow(&entry) {
                return (entries, Some(damage(head, fault, false)));
            }
            entries.push(entry);
        }
        if let Some((fault, is_last)) = chunk.fault {
            return (entries, Some(damage(head, fault, is_last)));
        }
    }
    (entries, None)
}

/// How many bytes of `bytes` are the first `lines` lines.
#[must_use]
pub fn length_of(bytes: &[u8], lines: usize) -> usize {
    match lines.checked_sub(1) {
        None => 0,
        Some(last) => memchr::memchr_iter(b'\n', bytes).nth(last).map_or(bytes.len(), |end| end + 1),
    }
}

/// Entries count from 1 without a gap, and so do lines.
fn damage(head: Head, fault: Fault, is_last: bool) -> Damage {
    let kind = if is_last && fault.is_torn() { DamageKind::TornTail } else { DamageKind::Broken };
    Damage { line: head.seq + 1, kind, what: fault.to_string() }
}

/// Some whole lines, read up to the first that is wrong.
struct Chunk {
    entries: Vec<Entry>,
    /// And whether it was the last line of all, and stops short of its end.
    fault: Option<(Fault, bool)>,
}

/// Hashing is most of the work and no line needs another for it, so every core takes a share. Links are checked after.
fn read_chunks(bytes: &[u8]) -> Vec<Chunk> {
    // Asking for the cores reads files; a small ledger is read before the answer is there.
    let worth = bytes.len() / WORTH_A_THREAD;
    let cores = if worth > 1 { thread::available_parallelism().map_or(1, usize::from) } else { 1 };
    let shares = split(bytes, cores.min(worth).max(1));
    let last = shares.len() - 1;
    if let [only] = shares.as_slice() {
        return vec![read_lines(only, true)];
    }
    thread::scope(|scope| {
        let read = |(i, share)| move || read_lines(share, i == last);
        let readers: Vec<_> = shares.into_iter().enumerate().map(|share| scope.spawn(read(share))).collect();
        // A reader does not panic; should one, its share counts as damage, not as absent.
        let lost = || Chunk { entries: Vec::new(), fault: Some((Fault::Shape("members"), false)) };
        readers.into_iter().map(|reader| reader.join().unwrap_or_else(|_| lost())).collect()
    })
}

/// Cuts behind line ends into shares of about the same size.
fn split(bytes: &[u8], count: usize) -> Vec<&[u8]> {
    let mut shares = Vec::with_capacity(count);
    let mut rest = bytes;
    for left in (2..=count).rev() {
        let from = rest.len() / left;
        let Some(end) = rest.get(from..).and_then(|tail| memchr::memchr(b'\n', tail)) else { break };
        let (share, tail) = rest.split_at(from + end + 1);
        shares.push(share);
        rest = tail;
    }
    shares.push(rest);
    shares
}

fn read_lines(mut bytes: &[u8], is_end: bool) -> Chunk {
    let mut chunk = Chunk { entries: Vec::with_capacity(bytes.len() / 600), fault: None };
    while !bytes.is_empty() {
        // Whole but for its end: a tool that takes off the last line feed takes no entry away.
        let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        let is_ended = end < bytes.len();
        let (line, rest) = bytes.split_at(end);
        bytes = rest.get(1..).unwrap_or_default();
        match read_line(line) {
            Ok(entry) => chunk.entries.push(entry),
            Err(fault) => {
                let can_be_torn = is_end && bytes.is_empty() && (!is_ended || fault == Fault::Zeros);
                chunk.fault = Some((fault, can_be_torn));
                break;
            }
        }
    }
    chunk
}

fn read_line(line: &[u8]) -> Result<Entry, Fault> {
    let line = chain::read(line)?;
    let body = Body::from_json(&line.kind, line.body).map_err(|_| Fault::Body)?;
    Ok(Entry { seq: line.seq, at: line.at, by: line.by, body, prev: line.prev, hash: line.hash })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Digest;
    use crate::domain::ledger::{Ask, RoomChanged, ValueChange, chain::seal};
    use crate::domain::room::Value as RoomValue;
    use jiff::Timestamp;

    /// A chain of `count` lines.
    fn chain_of(count: u64) -> Vec<Vec<u8>> {
        let mut prev = Digest::ZERO;
        let body = |seq| {
            let now = Some(RoomValue::Text(format!("value {seq}")));
            Body::RoomChanged(RoomChanged::new(vec![ValueChange { path: "scope.cohort".into(), was: None, now }]))
        };
        (1..=count)
            .map(|seq| {
                let at = Timestamp::from_second(1_700_000_000 + seq as i64).unwrap();
                let sealed = seal(prev, seq, at, "J. Okafor", body(seq)).unwrap();
                prev = sealed.entry.hash;
                sealed.line
            })
            .collect()
    }

    /// Entries that stand, the bad line, and whether it is a torn tail.
    fn verdict(bytes: &[u8]) -> (usize, Option<(u64, bool)>) {
        let (entries, damage) = parse(bytes);
        (entries.len(), damage.map(|damage| (damage.line, damage.kind == DamageKind::TornTail)))
    }

    #[test]
    fn what_is_encoded_parses_to_the_same_entries() {
        let bytes = chain_of(5).concat();
        let (entries, damage) = parse(&bytes);
        assert_eq!(damage, None);
        let again: String = entries.iter().map(|entry| encode(entry) + "\n").collect();
        assert_eq!(again.as_bytes(), bytes);
        assert_eq!(verdict(b""), (0, None));
    }

    #[test]
    fn a_file_cut_anywhere_keeps_every_whole_line_before_the_cut() {
        let lines = chain_of(4);
        let bytes = lines.concat();
        for cut in 0..=bytes.len() {
            let whole = memchr::memchr_iter(b'\n', &bytes[..cut]).count();
            let wants_its_end = bytes.get(cut) == Some(&b'\n');
            let whole = whole + usize::from(wants_its_end);
            let torn = cut > 0 && bytes[cut - 1] != b'\n' && !wants_its_end;
            assert_eq!(verdict(&bytes[..cut]), (whole, torn.then_some((whole as u64 + 1, true))), "cut at {cut}");
        }
    }

    #[test]
    fn a_last_line_that_a_crash_can_leave_is_torn() {
        let mut lines = chain_of(3);
        lines[2].fill(0);
        assert_eq!(verdict(&lines.concat()), (2, Some((3, true))));
        lines[2] = b"{\"at\":\"2026-11-19T08:14:00.000Z\",\"body\":{\"x\":\"\xc3".to_vec();
        assert_eq!(verdict(&lines.concat()), (2, Some((3, true))));
    }

    #[test]
    fn a_whole_but_wrong_line_is_broken_wherever_it_stands() {
        let good = chain_of(4);
        let swap = |line: usize, other: Vec<u8>| {
            let mut lines = good.clone();
            lines[line] = other;
            verdict(&lines.concat())
        };
        for (line, text) in good.iter().enumerate() {
            let broken = (line, Some((line as u64 + 1, false)));
            let text = String::from_utf8(text.clone()).unwrap();
            assert_eq!(swap(line, text.replace("value", "other").into()), broken);
            assert_eq!(swap(line, text.replace(",\"", ", \"").into()), broken);
            assert_eq!(swap(line, text.replace('\n', "\r\n").into()), broken);
            assert_eq!(swap(line, b"\n".to_vec()), broken);
            assert_eq!(swap(line, b"not an entry\n".to_vec()), broken);
            assert_eq!(swap(line, b"\xff\xfe\n".to_vec()), broken);
        }
        // Ended, so nobody was still writing it; and a whole ledger whose line ends became something else.
        assert_eq!(verdict(&[&good[0][..], b"{\"at\":\"2026\n"].concat()), (1, Some((2, false))));
        let mac: Vec<u8> = good.concat().iter().map(|byte| if *byte == b'\n' { b'\r' } else { *byte }).collect();
        assert_eq!(verdict(&mac), (0, Some((1, false))));
        assert_eq!(verdict(&[&good[0][..], b"a note of somebody"].concat()), (1, Some((2, false))));
        // A line taken out, a line twice, two lines the wrong way round, a chain sealed to another start.
        assert_eq!(verdict(&[&good[0][..], &good[2], &good[3]].concat()), (1, Some((2, false))));
        assert_eq!(verdict(&[&good[0][..], &good[1], &good[1]].concat()), (2, Some((3, false))));
        assert_eq!(verdict(&[&good[1][..], &good[0]].concat()), (0, Some((1, false))));
        let stranger = seal(Digest::of(b"other"), 1, Timestamp::UNIX_EPOCH, "x", Body::AskSent(ask())).unwrap().line;
        assert_eq!(verdict(&stranger), (0, Some((1, false))));
        let torn_in_the_middle = [&good[0][..], b"{\"at\":\n", &good[1]].concat();
        assert_eq!(verdict(&torn_in_the_middle), (1, Some((2, false))));
    }

    fn ask() -> Ask {
        Ask { about: vec![], role: None, to: "Mara".into() }
    }

    #[test]
    fn a_kind_of_a_later_version_stays_in_the_chain() {
        let first = chain_of(1).remove(0);
        let (entries, _) = parse(&first);
        let text = format!(
            "{{\"at\":\"2026-11-19T08:14:00.000Z\",\"body\":{{\"half\":0.5,\"é\":[]}},\"by\":\"x\",\"kind\":\"roll.called\",\
             \"prev\":\"{}\",\"seq\":2}}",
            entries[0].hash
        );
        let hash = Digest::of(text.as_bytes());
        let line = text.replace(",\"kind\"", &format!(",\"hash\":\"{hash}\",\"kind\"")) + "\n";
        let (entries, damage) = parse(&[&first[..], line.as_bytes()].concat());
        assert_eq!(damage, None);
        assert_eq!(entries[1].body, Body::Unknown("roll.called".into()));
    }

    #[test]
    fn a_member_of_a_later_version_is_covered_by_the_hash_and_otherwise_left_aside() {
        let mut line = chain::envelope(1, Timestamp::UNIX_EPOCH, "x", &Body::AskSent(ask()), Digest::ZERO);
        line["body"]["later"] = 7.into();
        line["hash"] = Digest::of(&canon::to_bytes(&line)).to_hex().into();
        let bytes = [canon::to_bytes(&line), b"\n".to_vec()].concat();
        assert_eq!(parse(&bytes).0[0].body, Body::AskSent(ask()));
        let without = String::from_utf8(bytes).unwrap().replace(",\"later\":7", "");
        assert_eq!(verdict(without.as_bytes()), (0, Some((1, false))));
    }

    #[test]
    fn a_body_that_does_not_fit_its_kind_is_damage() {
        let mut line = chain::envelope(1, Timestamp::UNIX_EPOCH, "x", &Body::AskSent(ask()), Digest::ZERO);
        line["body"] = serde_json::json!({ "to": 3 });
        line["hash"] = Digest::of(&canon::to_bytes(&line)).to_hex().into();
        assert_eq!(verdict(&[canon::to_bytes(&line), b"\n".to_vec()].concat()), (0, Some((1, false))));
    }

    #[test]
    fn shares_read_by_several_threads_come_to_the_same_as_one() {
        let mut lines = chain_of(4000);
        let bytes = lines.concat();
        assert!(bytes.len() > 4 * WORTH_A_THREAD);
        assert_eq!(verdict(&bytes), (4000, None));
        assert_eq!(split(&bytes, 3).concat(), bytes);
        for bad in [0, 1999, 2000, 3999] {
            let kept = std::mem::replace(&mut lines[bad], b"{}\n".to_vec());
            assert_eq!(verdict(&lines.concat()), (bad, Some((bad as u64 + 1, false))));
            lines[bad] = kept;
        }
        assert_eq!(verdict(&bytes[..bytes.len() - 1]), (4000, None));
        let cut = &bytes[..bytes.len() - 2];
        assert_eq!(verdict(cut), (3999, Some((4000, true))));
        assert_eq!(length_of(&bytes, 0), 0);
        assert_eq!(length_of(cut, 3999), lines[..3999].concat().len());
    }

    #[test]
    fn appended_lines_read_on_from_where_the_chain_ended() {
        let lines = chain_of(6);
        let (first, _) = parse(&lines[..4].concat());
        let (rest, damage) = parse_after(Head::of(&first), &lines[4..].concat());
        assert_eq!((rest.len(), damage), (2, None));
        let (none, damage) = parse_after(Head::of(&first), &lines[5]);
        assert_eq!((none.len(), damage.map(|damage| damage.line)), (0, Some(5)));
    }
}
