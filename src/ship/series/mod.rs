//! Fixes become patches: unified diffs, mails that `git am` reads, and the directory that holds them.

mod encode;
mod error;
mod inert;
mod mail;
mod patch;
mod path;
mod stat;
mod unified;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use error::SeriesError;
pub use inert::{inert_body, inert_subject};
pub use mail::Sender;
pub use patch::Patch;
pub use path::check_path;
pub use unified::{LineCounts, line_counts, unified};

use crate::text::FileChange;

use mail::Mail;
use patch::{COVER, Companion, PULL_REQUEST};
use stat::{Row, diffstat};

/// Bytes of the subject in a file name, so that the name has 64 at most, as git has it.
const SLUG: usize = 52;

/// One patch to be: its text, which may hold anything, and its files.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The first line of the commit message.
    pub subject: &'a str,
    /// The rest of it.
    pub body: &'a str,
    /// The files; their order does not matter.
    pub changes: Vec<FileChange>,
}

/// What the mail before the first patch says.
#[derive(Clone, Copy, Debug)]
pub struct CoverLetter<'a> {
    /// The subject of the series.
    pub subject: &'a str,
    /// What reviewers should know about all of it.
    pub body: &'a str,
}

/// Patches that apply one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    patches: Vec<Patch>,
    companions: Vec<Companion>,
}

impl Series {
    /// Renders the drafts in the order given, with the cover letter, if any, in front as number zero.
    pub fn new(sender: &Sender, cover: Option<&CoverLetter>, drafts: &[Draft]) -> Result<Self, SeriesError> {
        Self::with_notes(sender, cover, drafts, &[])
    }

    /// As [`Series::new`], with notes for each draft that stand in its mail but not in its commit message.
    pub fn with_notes(
        sender: &Sender,
        cover: Option<&CoverLetter>,
        drafts: &[Draft],
        notes: &[String],
    ) -> Result<Self, SeriesError> {
        sender.check()?;
        let in_order: Vec<Draft> = drafts.iter().map(effective).collect::<Result<_, _>>()?;
        check_steps(&in_order)?;
        let mut patches = Vec::new();
        if let Some(cover) = cover {
            patches.push(cover_patch(sender, cover, &in_order));
        }
        for (index, draft) in in_order.iter().enumerate() {
            let label = label(index + 1, drafts.len(), cover.is_some());
            let notes = notes.get(index).map_or("", String::as_str);
            patches.push(patch(sender, draft, notes, &label, index + 1)?);
        }
        Ok(Self { patches, companions: Vec::new() })
    }

    /// Puts a pull request's text beside each patch, and one for all of them under its own name.
    pub fn set_pull_requests(&mut self, texts: Vec<String>, whole: String) {
        let patches = self.patches.iter().filter(|patch| patch.file_name != COVER);
        self.companions = patches
            .zip(texts)
            .map(|(patch, text)| Companion { name: patch.file_name.replace(".patch", ".md"), text })
            .chain([Companion { name: PULL_REQUEST.to_owned(), text: whole }])
            .collect();
    }

    /// The mails, the cover letter first.
    pub fn patches(&self) -> &[Patch] {
        &self.patches
    }

    /// Writes the series to a directory of its own and removes the patches of an earlier run; the paths come back in
    /// order.
    ///
    /// The directory is created where it does not exist. One that is a symbolic link, or that holds anything but what an earlier run wrote,
    /// is refused untouched.
    pub fn write(&self, dir: &Path) -> Result<Vec<PathBuf>, SeriesError> {
        write::write(dir, &self.patches, &self.companions)
    }
}

/// The draft with its real changes only, by path.
fn effective<'a>(draft: &Draft<'a>) -> Result<Draft<'a>, SeriesError> {
    let mut changes: Vec<_> = draft.changes.iter().filter(|change| change.is_real()).cloned().collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    if changes.is_empty() {
        return Err(SeriesError::Empty { subject: draft.subject.to_owned() });
    }
    match changes.windows(2).find(|pair| pair[0].path == pair[1].path) {
        Some(pair) => Err(SeriesError::Twice { subject: draft.subject.to_owned(), path: pair[0].path.to_string() }),
        None => Ok(Draft { changes, ..*draft }),
    }
}

/// Refuses a series in which a patch is not built on the ones before it.
fn check_steps(drafts: &[Draft]) -> Result<(), SeriesError> {
    let mut state: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for draft in drafts {
        for change in &draft.changes {
            let made = state.insert(&change.path, &change.after);
            if made.is_some() && made != change.before.as_deref() {
                let (subject, path) = (draft.subject.to_owned(), change.path.to_string());
                return Err(SeriesError::OutOfStep { subject, path });
            }
        }
    }
    Ok(())
}

/// `PATCH 01/12`; a lone patch has no number, as with git.
fn label(number: usize, total: usize, cover: bool) -> String {
    if total == 1 && !cover {
        return "PATCH".to_owned();
    }
    let width = total.to_string().len();
    format!("PATCH {number:0width$}/{total}")
}

fn patch(sender: &Sender, draft: &Draft, notes: &str, label: &str, number: usize) -> Result<Patch, SeriesError> {
    let mut diffs = Vec::new();
    let mut counts = LineCounts::default();
    let mut rows = Vec::new();
    for change in &draft.changes {
        diffs.extend_from_slice(&unified(change)?);
        let row =
            Row { path: &change.path, counts: line_counts(change), new: change.before.is_none(), gone: change.gone };
        counts += row.counts;
        rows.push(row);
    }
    let stat = diffstat(&rows);
    let mail =
        Mail { sender, label, subject: draft.subject, body: draft.body, notes, stat: &stat, diffs: Some(&diffs) };
    let subject = inert_subject(draft.subject);
    Ok(Patch { file_name: format!("{number:04}-{}.patch", slug(&subject)), subject, bytes: mail.render(), counts })
}

fn cover_patch(sender: &Sender, cover: &CoverLetter, drafts: &[Draft]) -> Patch {
    let mut files: BTreeMap<&str, LineCounts> = BTreeMap::new();
    let mut counts = LineCounts::default();
    for change in drafts.iter().flat_map(|draft| &draft.changes) {
        let lines = line_counts(change);
        *files.entry(&*change.path).or_default() += lines;
        counts += lines;
    }
    let all = || drafts.iter().flat_map(|draft| &draft.changes);
    let created: BTreeSet<&str> = all().filter(|change| change.before.is_none()).map(|change| &*change.path).collect();
    let gone: BTreeSet<&str> = all().filter(|change| change.gone).map(|change| &*change.path).collect();
    let rows: Vec<Row> = files
        .into_iter()
        .map(|(path, counts)| Row { path, counts, new: created.contains(path), gone: gone.contains(path) })
        .collect();
    let stat = diffstat(&rows);
    let label = label(0, drafts.len(), true);
    let mail =
        Mail { sender, label: &label, subject: cover.subject, body: cover.body, notes: "", stat: &stat, diffs: None };
    let subject = inert_subject(cover.subject);
    Patch { file_name: COVER.to_owned(), subject, bytes: mail.render(), counts }
}

/// The subject as part of a file name, as git makes it: letters, digits, `.` and `_`; dashes for the rest.
fn slug(subject: &str) -> String {
    let mut out = String::new();
    for c in subject.chars() {
        let kept = c.is_ascii_alphanumeric() || c == '_' || c == '.';
        match (kept, out.chars().last()) {
            (true, last) if c != '.' || last != Some('.') => out.push(c),
            (false, Some(last)) if last != '-' => out.push('-'),
            _ => {}
        }
    }
    out.truncate(SLUG);
    let slug = out.trim_end_matches(['-', '.']);
    if slug.is_empty() { "patch".to_owned() } else { slug.to_owned() }
}
