//! Which block of a tagged PDF each piece of a page belongs to: a paragraph, an item, a cell, a heading.

use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::BTreeMap;

/// Tags inside of a block.
const INLINE: [&[u8]; 17] = [
    b"Span",
    b"NonStruct",
    b"Link",
    b"Em",
    b"Strong",
    b"Quote",
    b"Reference",
    b"Code",
    b"Sub",
    b"Annot",
    b"BibEntry",
    b"Ruby",
    b"RB",
    b"RT",
    b"RP",
    b"Warichu",
    b"Artifact",
];
/// No tag stands deeper, no tree of numbers either.
const DEEP: usize = 64;
/// No page has more marks.
const MARKS: usize = 1 << 20;

/// The tags of a document, when it has some.
pub struct Tags<'p> {
    /// From the number of a page to the tags of its marks.
    pages: Option<&'p Dictionary>,
    /// What the document calls its tags, and what that is.
    roles: Option<&'p Dictionary>,
}

impl<'p> Tags<'p> {
    pub fn of(pdf: &'p Document) -> Self {
        let root = pdf.catalog().ok().and_then(|catalog| dictionary(pdf, catalog, b"StructTreeRoot"));
        let of = |name: &[u8]| root.and_then(|root| dictionary(pdf, root, name));
        Self { pages: of(b"ParentTree"), roles: of(b"RoleMap") }
    }

    /// The block of each mark on a page.
    pub fn of_page(&self, pdf: &Document, page: ObjectId) -> BTreeMap<i64, ObjectId> {
        let number = pdf.get_dictionary(page).and_then(|page| page.get(b"StructParents")).and_then(Object::as_i64);
        let marks = number.ok().zip(self.pages).and_then(|(number, tree)| looked_up(pdf, tree, number, DEEP));
        let marks = marks.and_then(|marks| marks.as_array().ok()).into_iter().flatten().take(MARKS);
        let numbered = (0..).zip(marks);
        numbered.filter_map(|(mark, tag)| Some((mark, self.block(pdf, tag.as_reference().ok()?)?))).collect()
    }

    /// The nearest block around a tag.
    fn block(&self, pdf: &Document, tag: ObjectId) -> Option<ObjectId> {
        let mut at = tag;
        for _ in 0..DEEP {
            let tag = pdf.get_dictionary(at).ok()?;
            if !self.is_inline(pdf, tag.get_deref(b"S", pdf).and_then(Object::as_name).ok()?) {
                return Some(at);
            }
            at = tag.get(b"P").and_then(Object::as_reference).ok()?;
        }
        None
    }

    fn is_inline(&self, pdf: &Document, name: &[u8]) -> bool {
        let role = self.roles.and_then(|roles| roles.get_deref(name, pdf).and_then(Object::as_name).ok());
        INLINE.contains(&role.unwrap_or(name))
    }
}

fn dictionary<'p>(pdf: &'p Document, of: &'p Dictionary, name: &[u8]) -> Option<&'p Dictionary> {
    of.get_deref(name, pdf).and_then(Object::as_dict).ok()
}

/// The value of a number in a tree of them.
fn looked_up<'p>(pdf: &'p Document, tree: &'p Dictionary, number: i64, deep: usize) -> Option<&'p Object> {
    if let Ok(pairs) = tree.get_deref(b"Nums", pdf).and_then(Object::as_array) {
        let (pairs, _) = pairs.as_chunks::<2>();
        let found = pairs.iter().find(|pair| pair[0].as_i64().is_ok_and(|known| known == number));
        return found.and_then(|pair| Some(pdf.dereference(&pair[1]).ok()?.1));
    }
    let deep = deep.checked_sub(1)?;
    let kids = tree.get_deref(b"Kids", pdf).and_then(Object::as_array).ok()?;
    let holds = |kid: &&Dictionary| {
        let limits = kid.get_deref(b"Limits", pdf).and_then(Object::as_array).ok();
        let limit = |at: usize| limits.and_then(|limits| limits.get(at)?.as_i64().ok());
        limit(0).zip(limit(1)).is_some_and(|(from, to)| from <= number && number <= to)
    };
    let kids = kids.iter().filter_map(|kid| pdf.dereference(kid).ok()?.1.as_dict().ok());
    kids.filter(holds).find_map(|kid| looked_up(pdf, kid, number, deep))
}
