//! A list as every screen has one: rows that stand for subjects, one of them selected.

use super::Subject;

/// One row. Headings have no subject and cannot be selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub subject: Option<Subject>,
    pub kind: Kind,
    /// Not in order: stays when only problems are shown.
    pub problem: bool,
}

/// What sort of row.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A line between rules, e.g. `Stages`.
    Heading(String),
    /// A smaller heading inside a section, e.g. `CUSTOMER`.
    Group(String),
    /// Says something, stands for nothing.
    Note(String),
    /// Indented this deep.
    Row(u8),
}

impl Item {
    /// A row for a subject.
    #[must_use]
    pub fn row(subject: Subject, problem: bool) -> Self {
        Self { subject: Some(subject), kind: Kind::Row(0), problem }
    }

    /// A row beneath another.
    #[must_use]
    pub fn below(subject: Subject, problem: bool) -> Self {
        Self { subject: Some(subject), kind: Kind::Row(1), problem }
    }

    /// A heading.
    pub fn heading(text: impl Into<String>) -> Self {
        Self { subject: None, kind: Kind::Heading(text.into()), problem: false }
    }

    /// A smaller heading.
    pub fn group(text: impl Into<String>) -> Self {
        Self { subject: None, kind: Kind::Group(text.into()), problem: false }
    }

    /// A line that says something.
    pub fn note(text: impl Into<String>) -> Self {
        Self { subject: None, kind: Kind::Note(text.into()), problem: false }
    }
}

/// Where somebody is in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub selected: Option<Subject>,
    /// The row it was in, for when the subject is gone.
    pub row: usize,
    /// The first row shown.
    pub top: usize,
    /// Keys go to the detail beside the list.
    pub in_detail: bool,
    /// The first line of the detail shown.
    pub detail_top: usize,
}

impl Place {
    /// Follows the list after it, or the space for it, changed: same subject if it is still there, else the nearest row;
    /// scrolled no further than needed to see it.
    pub fn settle(&mut self, items: &[Item], height: usize) {
        let found =
            self.selected.as_ref().and_then(|subject| items.iter().position(|item| item.subject.as_ref() == Some(subject)));
        let row = found.or_else(|| nearest(items, self.row));
        self.selected = row.and_then(|row| items.get(row)?.subject.clone());
        self.row = row.unwrap_or(0);
        self.top = scrolled(self.top, self.row, items.len(), height);
        // A heading right above the first row belongs to it.
        if self.top > 0 && items.iter().take(self.row).all(|item| item.subject.is_none()) && self.row < height {
            self.top = 0;
        }
    }

    /// Moves by so many rows that can be selected, stopping at the ends.
    pub fn step(&mut self, items: &[Item], by: isize) {
        let rows: Vec<usize> = items.iter().enumerate().filter(|(_, item)| item.subject.is_some()).map(|(at, _)| at).collect();
        let at = rows.iter().position(|row| *row >= self.row).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
        self.go(items, rows.get(to).copied());
    }

    /// To the first or the last row.
    pub fn end(&mut self, items: &[Item], last: bool) {
        let mut rows = items.iter().enumerate().filter(|(_, item)| item.subject.is_some()).map(|(at, _)| at);
        let row = if last { rows.next_back() } else { rows.next() };
        self.go(items, row);
    }

    /// To this row, when it stands for something.
    pub fn go(&mut self, items: &[Item], row: Option<usize>) {
        if let Some((row, subject)) = row.and_then(|row| Some((row, items.get(row)?.subject.clone()?))) {
            if self.selected.as_ref() != Some(&subject) {
                self.detail_top = 0;
            }
            (self.row, self.selected) = (row, Some(subject));
        }
    }
}

fn nearest(items: &[Item], row: usize) -> Option<usize> {
    let selectable = |at: &usize| items.get(*at).is_some_and(|item| item.subject.is_some());
    (row..items.len()).find(selectable).or_else(|| (0..row.min(items.len())).rev().find(selectable))
}

/// The first line to show so that `row` is in sight, moving as little as possible.
#[must_use]
pub fn scrolled(top: usize, row: usize, length: usize, height: usize) -> usize {
    let top = top.min(length.saturating_sub(height));
    if height == 0 || row < top {
        row
    } else if row >= top + height {
        row + 1 - height
    } else {
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(ids: &[&str]) -> Vec<Item> {
        let mut items = vec![Item::heading("Roles")];
        items.extend(ids.iter().map(|id| Item::row(Subject::Role((*id).into()), false)));
        items
    }

    #[test]
    fn a_reload_keeps_the_subject_not_the_row() {
        let mut place = Place::default();
        place.settle(&items(&["a", "b"]), 10);
        place.step(&items(&["a", "b"]), 1);
        place.settle(&items(&["new", "a", "b"]), 10);
        assert_eq!(place.selected, Some(Subject::Role("b".into())));
        assert_eq!(place.row, 3);
    }

    #[test]
    fn when_the_subject_is_gone_the_nearest_row_takes_over() {
        let mut place = Place::default();
        place.settle(&items(&["a", "b", "c"]), 10);
        place.end(&items(&["a", "b", "c"]), true);
        place.settle(&items(&["a", "b"]), 10);
        assert_eq!(place.selected, Some(Subject::Role("b".into())));
    }

    #[test]
    fn a_list_scrolls_no_further_than_needed() {
        assert_eq!(scrolled(0, 9, 20, 10), 0);
        assert_eq!(scrolled(0, 10, 20, 10), 1);
        assert_eq!(scrolled(5, 3, 20, 10), 3);
        assert_eq!(scrolled(15, 12, 20, 10), 10);
        assert_eq!(scrolled(3, 2, 20, 0), 2);
    }
}
