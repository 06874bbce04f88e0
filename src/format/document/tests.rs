use super::*;
use std::io::{Cursor, Write as _};

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let all = format!("<?xml version='1.0'?><w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &all)])
}

fn text(bytes: &[u8]) -> String {
    read("x", bytes).unwrap().text
}

fn why(name: &str, bytes: &[u8]) -> String {
    read(name, bytes).unwrap_err().why
}

#[test]
fn a_docx_is_a_line_a_paragraph_with_its_runs_joined() {
    let body = "<w:p><w:r><w:t>self-</w:t></w:r><w:r><w:rPr/><w:t xml:space='preserve'>serve </w:t></w:r><w:r><w:t>check&amp;out</w:t></w:r></w:p>\
        <w:p/><w:p><w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b&#8211;c</w:t><w:br/><w:t>d</w:t></w:r></w:p>";
    assert_eq!(text(&docx(body)), "self-serve check&out\u{2029}\n\u{2029}\na\u{2011}b\u{2013}c\u{2028}d\u{2029}\n");
}

#[test]
fn a_docx_parts_words_at_tabs_and_reads_a_box_after_its_paragraph() {
    let body = "<w:p><w:r><w:t>self-serve</w:t></w:r><w:r><w:drawing><w:txbxContent><w:p><w:r><w:t>aside</w:t></w:r></w:p></w:txbxContent>\
        </w:drawing></w:r><w:r><w:tab/><w:t>checkout</w:t></w:r></w:p><w:p/>";
    assert_eq!(text(&docx(body)), "self-serve\tcheckout\u{2029}\naside\u{2029}\n\u{2029}\n");
}

#[test]
fn cells_and_items_of_a_docx_are_paragraphs_of_their_own() {
    let cell = |words: &str| format!("<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>");
    let body = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("self-serve"), cell("checkout"));
    assert_eq!(text(&docx(&body)), "self-serve\u{2029}\ncheckout\u{2029}\n");
}

#[test]
fn what_a_docx_deleted_or_says_twice_is_read_as_it_is_shown() {
    let body = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>away</w:t></w:r></w:moveFrom>\
        <mc:Choice><w:r><w:t>once</w:t></w:r></mc:Choice><mc:Fallback><w:p><w:r><w:t>once</w:t></w:r></w:p></mc:Fallback></w:p>";
    assert_eq!(text(&docx(body)), "once\u{2029}\n");
}

#[test]
fn headers_notes_and_comments_are_read_after_the_body() {
    let part = |word: &str| format!("<w:x><w:p><w:r><w:t>{word}</w:t></w:r></w:p></w:x>");
    let bytes =
        zip(&[("word/footnotes.xml", &part("note")), ("word/header2.xml", &part("head")), ("word/document.xml", &part("body"))]);
    assert_eq!(text(&bytes).split_whitespace().collect::<String>(), "bodyheadnote");
}

#[test]
fn what_is_no_document_says_what_it_is_instead() {
    assert_eq!(why("a.docx", b""), "it is empty");
    assert_eq!(why("a.docx", b"text"), "it is named like a DOCX and is none");
    assert_eq!(why("a.pdf", b"text"), "it is named like a PDF and is none");
    assert_eq!(why("a.docx", b"PK\x03\x04broken"), "it is a ZIP or DOCX that is cut off or damaged");
    assert_eq!(why("a.zip", &zip(&[("a.txt", "a")])), "it is a ZIP, but no DOCX");
    assert_eq!(why("a.xlsx", &zip(&[("xl/workbook.xml", "a")])), "it is an Office file, but no DOCX");
    assert_eq!(why("a.doc", OLE), "it is an older Office file");
    assert_eq!(why("a.docx", &[OLE, OLE_ENCRYPTED].concat()), "it is protected by a password");
    assert_eq!(why("a.bin", b"a\0b"), "it is no text");
    assert_eq!(why("a.pdf", b"%PDF-1.7\ngarbage"), "it is a PDF that is cut off or damaged");
    let (whole, open) = (docx("<w:p/>"), docx("<w:p>"));
    assert_eq!(why("a.docx", &whole[..whole.len() / 2]), "it is a ZIP or DOCX that is cut off or damaged");
    assert_eq!(why("a.docx", &open), "word/document.xml in it is no XML");
}

#[test]
fn a_docx_that_unpacks_to_too_much_is_refused() {
    let bomb = docx(&" ".repeat(70 << 20));
    assert!(bomb.len() < 1 << 20, "it has to be small: {}", bomb.len());
    assert_eq!(why("a.docx", &bomb), "word/document.xml in it is larger than 64 MiB when unpacked");
}

#[test]
fn text_comes_in_whatever_set_it_was_saved() {
    assert_eq!(text(b""), "");
    assert_eq!(text(b"\xef\xbb\xbfa\xc3\xa9"), "a\u{e9}");
    assert_eq!(text(b"\xff\xfea\0\x11\x20"), "a\u{2011}");
    assert_eq!(text(b"\xfe\xff\0a"), "a");
    assert_eq!(text(b"self\x96serve caf\xe9"), "self\u{2013}serve caf\u{e9}");
    assert!(read("x", b"\xe9").unwrap().guess.is_some());
    assert_eq!(why("a.txt", b"\xff\xfe\x00\xd8"), "it says UTF-16 and is none");
}

#[test]
fn html_is_known_by_its_name_or_its_beginning() {
    assert_eq!(read("a.HTML", b"x").unwrap().markup, Markup::Html);
    assert_eq!(read("-", b"\n<!DOCTYPE html><p>x").unwrap().markup, Markup::Html);
    assert_eq!(read("a.md", b"<p>x").unwrap().markup, Markup::Text);
}

/// A PDF of one page a content stream.
fn pdf(pages: &[Vec<u8>], packed: bool) -> lopdf::Document {
    use lopdf::{Dictionary, Object, Stream, dictionary};
    let mut pdf = lopdf::Document::with_version("1.7");
    let font = pdf.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" },
    );
    let tree = pdf.new_object_id();
    let kids: Vec<Object> = pages
        .iter()
        .map(|content| {
            let mut stream = Stream::new(Dictionary::new(), content.clone());
            if packed {
                stream.compress().unwrap();
            }
            let content = pdf.add_object(stream);
            let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
            let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources };
            pdf.add_object(page).into()
        })
        .collect();
    let count = i64::try_from(kids.len()).unwrap();
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    let id = Object::string_literal("0123456789abcdef");
    pdf.trailer.set("ID", vec![id.clone(), id]);
    pdf
}

fn saved(mut pdf: lopdf::Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

fn shows(words: &str) -> Vec<u8> {
    format!("BT /F1 12 Tf 50 700 Td ({words}) Tj ET").into_bytes()
}

#[test]
fn a_pdf_is_read_page_after_page() {
    let bytes = saved(pdf(&[shows("self-serve"), shows("checkout")], true));
    assert_eq!(text(&bytes).split_whitespace().collect::<Vec<_>>(), ["self-serve", "checkout"]);
}

#[test]
fn a_pdf_parts_lines_and_paragraphs_by_how_far_they_are_apart() {
    let drawn = |content: &str| text(&saved(pdf(&[content.as_bytes().to_vec()], false)));
    let after = |moves: &str| drawn(&format!("BT /F1 12 Tf 50 700 Td (the self-serve) Tj {moves} (checkout) Tj ET"));
    assert_eq!(after("0 -14 Td"), "the self-serve\ncheckout\n");
    assert_eq!(after("14 TL T*"), "the self-serve\ncheckout\n");
    assert_eq!(after("1 0 0 1 50 682 Tm"), "the self-serve\ncheckout\n");
    assert_eq!(after(""), "the self-servecheckout\n");
    assert_eq!(after("80 0 Td"), "the self-serve checkout\n", "moved along the line");
    for moves in ["0 -40 Td", "0 14 Td", "250 0 Td", "ET BT 50 640 Td", "/F1 18 Tf 0 -20 Td"] {
        assert_eq!(after(moves), "the self-serve\u{2029}\ncheckout\n", "{moves}");
    }
    assert_eq!(drawn("0 1 -1 0 0 0 cm BT /F1 12 Tf 50 -700 Td (a) Tj 0 -14 Td (b) Tj ET"), "a\nb\n", "a page on its side");
    let lines = "0 -24 Td (line) Tj ".repeat(6);
    assert_eq!(drawn(&format!("BT /F1 12 Tf 50 700 Td (self-serve) Tj {lines} ET")).matches('\u{2029}').count(), 0, "set wide");
}

#[test]
fn a_tagged_pdf_parts_its_blocks_by_its_tags() {
    use lopdf::{Object, dictionary};
    let shows = "/P <</MCID 0>> BDC BT /F1 12 Tf 50 700 Td (self-serve) Tj ET EMC \
        /Span <</MCID 1>> BDC BT /F1 12 Tf 50 686 Td (checkout) Tj ET EMC /P <</MCID 2>> BDC BT 50 672 Td (checkout) Tj ET EMC";
    let mut tagged = pdf(&[shows.as_bytes().to_vec()], false);
    let page = *tagged.get_pages().get(&1).unwrap();
    let root = tagged.new_object_id();
    let one = tagged.add_object(dictionary! { "S" => "LI", "P" => root });
    let span = tagged.add_object(dictionary! { "S" => "Mine", "P" => one });
    let other = tagged.add_object(dictionary! { "S" => "LI", "P" => root });
    let marks: Vec<Object> = vec![one.into(), span.into(), other.into()];
    let leaf = tagged.add_object(dictionary! { "Limits" => vec![0.into(), 9.into()], "Nums" => vec![0.into(), marks.into()] });
    let tree = dictionary! { "Kids" => vec![leaf.into()] };
    let roles = dictionary! { "Mine" => "Span" };
    tagged.objects.insert(root, dictionary! { "Type" => "StructTreeRoot", "ParentTree" => tree, "RoleMap" => roles }.into());
    tagged.get_object_mut(page).unwrap().as_dict_mut().unwrap().set("StructParents", 0);
    tagged.catalog_mut().unwrap().set("StructTreeRoot", root);
    assert_eq!(text(&saved(tagged)), "self-serve\ncheckout\u{2029}\ncheckout\n");
}

#[test]
fn a_pdf_with_a_password_a_scan_and_a_bomb_say_so() {
    let mut locked = pdf(&[shows("self-serve")], false);
    let version = lopdf::EncryptionVersion::V2 {
        document: &locked,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    locked.encrypt(&state).unwrap();
    assert_eq!(why("a.pdf", &saved(locked)), "it is protected by a password");
    assert_eq!(why("a.pdf", &saved(pdf(&[b"q Q".to_vec()], false))), "no text is in it, perhaps it is a scan");
    let bomb = saved(pdf(&[vec![b' '; 70 << 20], shows("self-serve")], true));
    assert!(bomb.len() < 1 << 20, "it has to be small: {}", bomb.len());
    let read = read("a.pdf", &bomb).unwrap();
    assert_eq!((read.text.trim(), read.lacks.as_deref()), ("self-serve", Some("not all of page 1 could be read")));
}

#[test]
fn a_pdf_cut_anywhere_is_read_or_told_and_nothing_worse() {
    let whole = saved(pdf(&[shows("self-serve"), shows("checkout")], true));
    for at in (0..whole.len()).step_by(7) {
        if let Err(unreadable) = read("a.pdf", &whole[..at]) {
            assert!(!unreadable.why.is_empty());
        }
        let mut broken = whole.clone();
        broken[at] ^= 0x2a;
        let _ = read("a.pdf", &broken);
    }
}

#[test]
fn brackets_in_brackets_end_no_program() {
    let deep = format!("%PDF-1.7\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>\n", "[".repeat(200_000));
    assert!(read("a.pdf", deep.as_bytes()).is_err());
    let dictionaries = format!("%PDF-1.7\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>\n", "<</A".repeat(100_000));
    assert!(read("a.pdf", dictionaries.as_bytes()).is_err());
    assert_eq!(why("a.docx", &docx(&"<w:p>".repeat(100_000))), "word/document.xml in it is no XML");
}
