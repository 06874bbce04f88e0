//! The text of one page, in the order in which it is drawn. Owns where a line or a block of it ends: by the page's own tags
//! where it has them, else by how far the pen moves.

use super::UNPACKED;
use super::tags::Tags;
use lopdf::content::{Content, Operation};
use lopdf::{Document, Encoding, Error, Object, ObjectId};
use std::collections::BTreeMap;

/// The end of a block: no wording runs across it, and it ends the line.
const BLOCK: &str = "\u{2029}\n";
/// Between two letters of a `TJ`, in thousandths of the size: from here on it is a space.
const SPACE: f32 = -150.0;
/// So many lines say how far apart the lines of this page are.
const MANY: usize = 4;

/// What a page shows, and whether that is all of it.
///
/// # Errors
/// When nothing of it can be read.
pub fn text(pdf: &Document, page: ObjectId, tags: &Tags) -> Result<(String, bool), Error> {
    let (mut encodings, mut whole) = (BTreeMap::new(), true);
    for (name, font) in pdf.get_page_fonts(page)? {
        match font.get_font_encoding_with_limit(pdf, UNPACKED) {
            Ok(encoding) => drop(encodings.insert(name, encoding)),
            Err(_) => whole = false,
        }
    }
    let content = Content::decode(&pdf.get_page_content_with_limit(page, UNPACKED)?)?;
    let blocks = tags.of_page(pdf, page);
    let mut pen = Pen::new(&encodings, &blocks);
    for operation in &content.operations {
        pen.take(operation);
    }
    Ok((joined(&pen.pieces), whole && pen.whole))
}

/// Text that was shown at one place.
struct Piece {
    text: String,
    at: (f32, f32),
    /// Which way it is written; a length of one.
    along: (f32, f32),
    height: f32,
    block: Option<ObjectId>,
}

/// How far one piece is from the one before, in the direction that that is written.
struct Step {
    along: f32,
    /// Down is more than nothing.
    down: f32,
}

impl Piece {
    fn step_to(&self, next: &Self) -> Step {
        let (dx, dy) = (next.at.0 - self.at.0, next.at.1 - self.at.1);
        let (ux, uy) = self.along;
        Step { along: dx * ux + dy * uy, down: dx * uy - dy * ux }
    }

    fn is_line_of(&self, step: &Step) -> bool {
        step.down.abs() < self.height.max(0.1) * 0.3
    }
}

/// The pieces after each other, parted as they stand on the page.
fn joined(pieces: &[Piece]) -> String {
    let steps = pieces.windows(2).filter_map(|two| {
        let step = two[0].step_to(&two[1]);
        (step.down > 0.0 && !two[0].is_line_of(&step)).then_some(step.down)
    });
    let mut steps: Vec<f32> = steps.collect();
    steps.sort_by(f32::total_cmp);
    // Most pages have more lines within paragraphs than between them.
    let usual = steps.get(steps.len() / 4).copied().filter(|_| steps.len() >= MANY);
    let mut out = pieces.first().map_or_else(String::new, |first| first.text.clone());
    for two in pieces.windows(2) {
        out.push_str(between(&two[0], &two[1], usual));
        out.push_str(&two[1].text);
    }
    out
}

fn between(one: &Piece, next: &Piece, usual: Option<f32>) -> &'static str {
    let step = one.step_to(next);
    let is_line = one.is_line_of(&step);
    let parted = match (one.block, next.block) {
        (Some(block), Some(other)) => block != other,
        // What is tagged nowhere is an ornament, a header, a footer.
        (Some(_), None) | (None, Some(_)) => true,
        (None, None) if is_line => {
            let written = one.text.chars().count() as f32 * one.height * 0.6;
            step.along < -one.height || step.along - written > one.height * 2.5
        }
        (None, None) => {
            let most = usual.map_or(one.height * 1.7, |usual| usual * 1.4).min(one.height * 3.0);
            let other_size = (one.height - next.height).abs() > one.height.max(next.height) * 0.15;
            step.down < 0.0 || step.down > most || other_size
        }
    };
    match (parted, is_line) {
        (true, _) => BLOCK,
        (false, true) => " ",
        (false, false) => "\n",
    }
}

/// `a b c d e f` of a PDF.
type Matrix = [f32; 6];
const SAME: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First one, then the other.
fn after(one: &Matrix, other: &Matrix) -> Matrix {
    let turned = |x: f32, y: f32| (x * other[0] + y * other[2], x * other[1] + y * other[3]);
    let (along, up, at) = (turned(one[0], one[1]), turned(one[2], one[3]), turned(one[4], one[5]));
    [along.0, along.1, up.0, up.1, at.0 + other[4], at.1 + other[5]]
}

/// What the operators of a page have come to.
struct Pen<'p> {
    encodings: &'p BTreeMap<Vec<u8>, Encoding<'p>>,
    blocks: &'p BTreeMap<i64, ObjectId>,
    encoding: Option<&'p Encoding<'p>>,
    page: Matrix,
    saved: Vec<Matrix>,
    line: Matrix,
    size: f32,
    leading: f32,
    /// The block of each mark that is open.
    marks: Vec<Option<ObjectId>>,
    /// It was moved since it last wrote.
    moved: bool,
    pieces: Vec<Piece>,
    whole: bool,
}

impl<'p> Pen<'p> {
    fn new(encodings: &'p BTreeMap<Vec<u8>, Encoding<'p>>, blocks: &'p BTreeMap<i64, ObjectId>) -> Self {
        Self {
            encodings,
            blocks,
            encoding: None,
            page: SAME,
            saved: Vec::new(),
            line: SAME,
            size: 1.0,
            leading: 0.0,
            marks: Vec::new(),
            moved: true,
            pieces: Vec::new(),
            whole: true,
        }
    }

    fn take(&mut self, operation: &Operation) {
        let operands = &operation.operands;
        let number = |at: usize| operands.get(at).and_then(|operand| operand.as_float().ok()).unwrap_or_default();
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operation.operator.as_str() {
            "q" => self.saved.push(self.page),
            "Q" => self.page = self.saved.pop().unwrap_or(self.page),
            "cm" => self.page = after(&matrix(), &self.page),
            "BT" => self.place(SAME),
            "Tm" => self.place(matrix()),
            "Td" => self.go(number(0), number(1)),
            "TD" => {
                self.leading = -number(1);
                self.go(number(0), number(1));
            }
            "T*" => self.go(0.0, -self.leading),
            "TL" => self.leading = number(0),
            "Tf" => {
                let name = operands.first().and_then(|name| name.as_name().ok());
                (self.encoding, self.size) = (name.and_then(|name| self.encodings.get(name)), number(1));
            }
            "Tj" | "TJ" => self.show(operands),
            "'" => {
                self.go(0.0, -self.leading);
                self.show(operands);
            }
            "\"" => {
                self.go(0.0, -self.leading);
                self.show(operands.get(2..).unwrap_or_default());
            }
            "BMC" | "BDC" => {
                let outer = self.marks.last().copied().flatten();
                let mark = operands.get(1).and_then(|of| of.as_dict().ok()?.get(b"MCID").ok()?.as_i64().ok());
                let block = mark.and_then(|mark| self.blocks.get(&mark).copied());
                self.marks.push(block.or(outer));
            }
            "EMC" => drop(self.marks.pop()),
            _ => {}
        }
    }

    fn place(&mut self, line: Matrix) {
        (self.line, self.moved) = (line, true);
    }

    fn go(&mut self, x: f32, y: f32) {
        self.place(after(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line));
    }

    fn show(&mut self, operands: &[Object]) {
        let Some(encoding) = self.encoding else { return };
        let mut text = String::new();
        self.whole &= written(&mut text, encoding, operands);
        if text.is_empty() {
            return;
        }
        let block = self.marks.last().copied().flatten();
        if let Some(last) = self.pieces.last_mut().filter(|last| !self.moved && last.block == block) {
            last.text.push_str(&text);
        } else {
            let place = after(&self.line, &self.page);
            let length = place[0].hypot(place[1]).max(f32::MIN_POSITIVE);
            let (along, height) = ((place[0] / length, place[1] / length), (self.size * place[2].hypot(place[3])).abs());
            self.pieces.push(Piece { text, at: (place[4], place[5]), along, height, block });
        }
        self.moved = false;
    }
}

/// Appends what is shown; `false`: not all of it can be read.
fn written(text: &mut String, encoding: &Encoding<'_>, operands: &[Object]) -> bool {
    let mut whole = true;
    for operand in operands {
        match operand {
            Object::String(bytes, _) => whole &= encoding.write_to_string(bytes, text).is_ok(),
            // No array is in another.
            Object::Array(parts) if !parts.iter().any(|part| part.as_array().is_ok()) => whole &= written(text, encoding, parts),
            number if number.as_float().is_ok_and(|number| number < SPACE) => text.push(' '),
            _ => {}
        }
    }
    whole
}
