//! Tags, entities and link targets: what a reader of the page does not see. Every text is walked once, whatever is in it.

use super::words::Markup;

/// What a piece of markup is to a reader.
pub enum Skip {
    /// A space.
    Gap(usize),
    /// The end of a line.
    Line(usize),
    /// The end of a paragraph.
    Break(usize),
    Letter(char, usize),
}

/// A tag with quoted values is no longer than this; longer ones end at the next `>`.
const QUOTED: usize = 1 << 10;
/// No tag is longer.
const TAG: usize = 1 << 20;
const LINK: usize = 2 << 10;

/// Tags in which ends of line are shown.
const AS_IS: [&str; 3] = ["listing", "pre", "textarea"];
/// Attributes that people see or hear.
const SHOWN: &[&str] = &["alt", "aria-label", "content", "label", "placeholder", "summary", "title", "value"];
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("hyphen", '-'),
    ("lt", '<'),
    ("gt", '>'),
    ("mdash", '-'),
    ("nbsp", ' '),
    ("ndash", '-'),
    ("quot", '"'),
    ("apos", '\''),
    ("rsquo", '\''),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("NoBreak", '\u{2060}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("fflig", '\u{fb00}'),
    ("filig", '\u{fb01}'),
    ("fllig", '\u{fb02}'),
];

/// Finds markup in one text.
pub struct Tags<'t> {
    text: &'t str,
    markup: Markup,
    /// What was looked for and is not there from here on, so that nobody looks again.
    missing: Vec<&'static str>,
    /// Where the next `>`, `)` and `]` are; beyond the text when there is none.
    next: [(u8, usize); 3],
    /// Whether ends of line are shown as they are.
    as_is: bool,
}

impl<'t> Tags<'t> {
    pub fn new(text: &'t str, markup: Markup) -> Self {
        Self { text, markup, missing: Vec::new(), next: [(b'>', 0), (b')', 0), (b']', 0)], as_is: false }
    }

    /// Whether this is inside of `<pre>`, where an end of line is one.
    pub fn is_set_as_is(&self) -> bool {
        self.as_is
    }

    /// The markup at this place; what it shows in attributes is added to `shown`.
    pub fn at(&mut self, at: usize, to: usize, shown: &mut Vec<(usize, usize)>) -> Option<Skip> {
        let rest = &self.text[at..to];
        match rest.as_bytes().first()? {
            b'<' if rest.starts_with("<!--") => self.find(at + 4, "-->").map(|end| Skip::Gap(end.min(to))),
            b'<' => self.tag(at, to, shown),
            b'&' => entity(rest).map(|(c, len)| Skip::Letter(c, at + len)),
            b'[' => footnote(rest).map(|len| Skip::Gap(at + len)),
            _ => self.link(at, to).map(Skip::Gap),
        }
    }

    fn tag(&mut self, at: usize, to: usize, shown: &mut Vec<(usize, usize)>) -> Option<Skip> {
        let rest = &self.text[at + 1..to];
        let inner = rest.strip_prefix('/').unwrap_or(rest);
        let named = inner.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':')).count();
        let name = inner[..named].to_ascii_lowercase();
        let after = inner.as_bytes().get(named).copied().unwrap_or(b'>');
        let is_tag = match self.markup {
            Markup::Html => !name.is_empty() || rest.starts_with(['!', '?']),
            Markup::Text => (is_inline(&name) || is_block(&name)) && matches!(after, b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'),
        };
        if !is_tag {
            return None;
        }
        let next = self.next(at, b'>') + 1;
        let quoted = if next - at <= QUOTED { closed(rest) } else { None };
        let end = quoted.map_or(next, |len| at + 1 + len);
        if end > to || end - at > TAG {
            return None;
        }
        attributes(&self.text[at..end], at, shown);
        let opens = !rest.starts_with('/');
        let hidden = match name.as_str() {
            "script" if opens => self.find(end, "</script"),
            "style" if opens => self.find(end, "</style"),
            "sup" if opens => numbered(&self.text[end..to]).map(|len| end + len),
            _ => None,
        };
        let end = hidden.unwrap_or(end);
        if AS_IS.contains(&name.as_str()) {
            self.as_is = opens;
        }
        Some(match name.as_str() {
            "br" => Skip::Line(end),
            block if is_block(block) => Skip::Break(end),
            _ => Skip::Gap(end),
        })
    }

    /// Where this byte is next. It is looked for again only when it was passed.
    fn next(&mut self, from: usize, byte: u8) -> usize {
        let text = self.text.as_bytes();
        let Some(known) = self.next.iter_mut().find(|known| known.0 == byte) else { return text.len() };
        if known.1 < from || from == 0 {
            let found = text.get(from..).and_then(|rest| memchr::memchr(byte, rest));
            known.1 = found.map_or(text.len(), |found| from + found);
        }
        known.1
    }

    /// The end of the `](target "title")` or `][name]` that ends a link.
    fn link(&mut self, at: usize, to: usize) -> Option<usize> {
        let close = match self.text.as_bytes()[..to].get(at + 1)? {
            b'(' => b')',
            b'[' => b']',
            _ => return None,
        };
        let end = self.next(at + 2, close);
        if end >= to || end - at > LINK {
            return None;
        }
        let target = &self.text[at + 2..end];
        // A target has no space but the one before its title; words in brackets are words.
        let title = target.split_once([' ', '\t', '\n']).map(|(_, title)| title.trim_start());
        title.is_none_or(|title| title.starts_with(['"', '\'', '('])).then_some(end + 1)
    }

    /// Where this ends next, whatever its case.
    fn find(&mut self, from: usize, what: &'static str) -> Option<usize> {
        if self.missing.contains(&what) {
            return None;
        }
        let (bytes, what_bytes) = (self.text.as_bytes().get(from..)?, what.as_bytes());
        let mut starts = memchr::memchr_iter(what_bytes[0], bytes);
        let found = starts.find(|start| {
            bytes[*start..].len() >= what.len() && bytes[*start..start + what.len()].eq_ignore_ascii_case(what_bytes)
        });
        if found.is_none() {
            self.missing.push(what);
        }
        found.map(|start| from + start + what.len())
    }
}

/// Tags inside of a sentence. With the blocks, all that HTML knows: in a text, any other `<` may be a `<`.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "br"
            | "cite"
            | "code"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "iframe"
            | "img"
            | "input"
            | "ins"
            | "kbd"
            | "label"
            | "link"
            | "mark"
            | "meta"
            | "picture"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "svg"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
    )
}

/// Tags between which no sentence goes on: blocks, items, cells, and what stands in a box of its own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "audio"
            | "blockquote"
            | "body"
            | "button"
            | "canvas"
            | "caption"
            | "center"
            | "col"
            | "colgroup"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "noscript"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "script"
            | "section"
            | "select"
            | "style"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "template"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
            | "video"
    )
}

/// Bytes up to the `>` that stands in no quotes.
fn closed(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(QUOTED) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if at > 0 && rest.as_bytes()[at - 1] == b'=' => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Where the tag holds text that people see.
fn attributes(tag: &str, at: usize, shown: &mut Vec<(usize, usize)>) {
    let mut from = 0;
    while let Some(equals) = tag[from..].find('=').map(|found| from + found) {
        let before = tag[from..equals].trim_end();
        let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        from = equals + 1;
        let Some(quote) = tag[from..].chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some(len) = tag[from + 1..].find(quote) else { return };
        if SHOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            shown.push((at + from + 1, at + from + 1 + len));
        }
        from += len + 2;
    }
}

/// The length of a footnote's `[^1]`.
fn footnote(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix("[^")?;
    let len = name.bytes().take(32).position(|byte| byte == b']')?;
    let is_name = len > 0 && name.bytes().take(len).all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name.then_some(len + 3)
}

/// The length of the number that is all of what is raised here.
fn numbered(rest: &str) -> Option<usize> {
    let len = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    ((1..4).contains(&len) && rest[len..].starts_with("</")).then_some(len)
}

/// The character of `&#115;`, `&shy;`, `&eacute;`, and its length as written.
fn entity(rest: &str) -> Option<(char, usize)> {
    let end = rest.bytes().take(16).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let c = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => number(&hex[1..], 16)?,
        Some(digits) => number(digits, 10)?,
        None => named(name)?,
    };
    Some((c, end + 1))
}

fn named(name: &str) -> Option<char> {
    if let Some((_, c)) = ENTITIES.iter().find(|(known, _)| *known == name) {
        return Some(*c);
    }
    let accents = ["acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "slash", "caron"];
    if accents.iter().any(|accent| name.strip_suffix(accent).is_some_and(|letter| letter.len() == 1)) {
        return name.chars().next();
    }
    // Whatever else it names, it is no letter of the alphabet.
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(' ')
}
