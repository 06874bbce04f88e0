//! What is packed inside of a file, unpacked as far as it is cheap: for searching it, never for keeping it.

use super::document;
use flate2::read::MultiGzDecoder;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// No more of one file is unpacked, all its parts together.
const MOST: u64 = 64 << 20;
/// Nor more parts than these.
const PARTS: usize = 4096;

/// The parts of a gzip, a ZIP (and so of a DOCX and its like) or a PDF; none of anything else. One level deep. What
/// cannot be unpacked is left out: whoever searches says that there was more than could be searched.
#[must_use]
pub fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    if bytes.starts_with(b"\x1f\x8b") {
        return Vec::from_iter(taken(MultiGzDecoder::new(bytes), MOST));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return members(bytes);
    }
    if bytes.starts_with(b"%PDF-") {
        return Vec::from_iter(document::read("", bytes).ok().map(|document| document.text.into_bytes()));
    }
    Vec::new()
}

fn members(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let (mut left, mut out) = (MOST, Vec::new());
    for at in 0..zip.len().min(PARTS) {
        let part = zip.by_index(at).ok().and_then(|member| taken(member, left));
        left = left.saturating_sub(part.as_ref().map_or(0, |part| part.len() as u64));
        out.extend(part);
    }
    out
}

/// What comes, up to so many bytes; also of one that breaks off.
fn taken(from: impl Read, most: u64) -> Option<Vec<u8>> {
    let mut part = Vec::new();
    let _ = from.take(most).read_to_end(&mut part);
    (!part.is_empty()).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    #[test]
    fn a_gzip_and_a_zip_are_unpacked_and_what_is_neither_has_no_parts() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(b"inside").unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(parts(&gzip), [b"inside"]);
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for text in ["one", "two"] {
            zip.start_file(text, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        assert_eq!(parts(&zip), [b"one", b"two"]);
        for bytes in [b"" as &[u8], b"text", b"\x1f\x8b", b"PK\x03\x04", b"%PDF-1.7 and no more", &zip[..20]] {
            assert_eq!(parts(bytes), Vec::<Vec<u8>>::new());
        }
    }

    #[test]
    fn what_is_enormous_when_unpacked_is_unpacked_in_part() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let piece = vec![0; 1 << 20];
        (0..70).for_each(|_| gzip.write_all(&piece).unwrap());
        assert_eq!(parts(&gzip.finish().unwrap())[0].len() as u64, MOST);
    }
}
