//! Tests that tell a secret from words where no pattern can.

/// Digits and letters take turns at least three times. The digits of a UUID are everybody's.
pub(super) fn is_mixed(text: &[u8]) -> bool {
    let turns = text.windows(2).filter(|pair| pair[0].is_ascii_alphanumeric() && pair[1].is_ascii_alphanumeric());
    let turns = turns.filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    turns >= 3 && !is_uuid(text)
}

/// `550e8400-e29b-41d4-a716-446655440000`, alone or at the end of a name such as `urn:uuid:…`.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    let Some(start) = text.len().checked_sub(36) else { return false };
    let apart = start == 0 || matches!(text[start - 1], b':' | b'/' | b'#');
    let fits = |(at, byte): (usize, &u8)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
    apart && text[start..].iter().enumerate().all(fits)
}

/// Whether it is base64 of `name:password`.
pub(super) fn is_base64_pair(text: &[u8]) -> bool {
    let Some(plain) = decode(text) else { return false };
    std::str::from_utf8(&plain).is_ok_and(|plain| plain.contains(':') && !plain.contains(char::is_control))
}

/// Base64, both alphabets, with or without padding.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let (mut out, mut bits, mut held) = (Vec::with_capacity(end), 0_u32, 0);
    for byte in &text[..end] {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    Some(out)
}

/// Where a list of cookies that begins here is over: at the latest where its line is.
pub(super) fn cookies_end(text: &[u8], start: usize) -> usize {
    let end = memchr::memchr2(b'\r', b'\n', &text[start..]).map_or(text.len(), |found| start + found);
    each_cookie(text, start, end, |_, _| {})
}

/// Calls back with where each value of `name=value; name=value` stands, but for a cookie's attributes. Returns where the
/// list is over.
pub(super) fn each_cookie(text: &[u8], start: usize, end: usize, mut found: impl FnMut(usize, usize)) -> usize {
    const ATTRIBUTES: [&str; 7] = ["path", "domain", "expires", "max-age", "samesite", "version", "priority"];
    let mut at = start;
    while let Some(equals) = memchr::memchr(b'=', &text[at..end]).map(|found| at + found) {
        let name = text[at..equals].trim_ascii();
        let quote = text[equals + 1..end].iter().take_while(|byte| matches!(byte, b'"' | b'\\')).count();
        let value = equals + 1 + quote;
        let stop = |byte: &u8| matches!(byte, b';' | b'"' | b'\'' | b'\\' | b'\r' | b'\n');
        let close = text[value..end].iter().position(stop).map_or(end, |found| value + found);
        if !ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())) && value < close {
            found(value, close);
        }
        // The next one begins behind a semicolon; `Secure` and its like have no value.
        let behind = close + text[close..end].iter().take_while(|byte| quote > 0 && matches!(byte, b'"' | b'\\')).count();
        let gap = text[behind..end].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if text.get(behind + gap).is_none_or(|byte| *byte != b';') || behind + gap >= end {
            return behind + gap;
        }
        at = behind + gap + 1;
        while let Some(semicolon) = memchr::memchr2(b';', b'=', &text[at..end]).filter(|found| text[at + found] == b';') {
            at += semicolon + 1;
        }
    }
    end
}
