//! Documents that are open in the editor: their text as it is there, saved or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::position::{Encoding, Positions};
use super::uri;
use crate::go::files::relative;
use crate::text::diagnostic::RelPath;

/// One document.
#[derive(Debug)]
pub struct Document {
    /// Its address, as the editor writes it.
    pub uri: Uri,
    /// Where it is, links resolved.
    path: PathBuf,
    /// Its version.
    pub version: i32,
    /// Its text.
    pub text: Arc<[u8]>,
}

/// Documents by their address.
#[derive(Debug, Default)]
pub struct Documents {
    open: BTreeMap<String, Document>,
}

impl Document {
    /// Its path below a root; `None` if it is elsewhere.
    pub fn below(&self, root: &Path) -> Option<RelPath> {
        relative(root, &self.path)
    }
}

impl Documents {
    /// Opens one. What is no file is of no interest.
    pub fn open(&mut self, uri: Uri, version: i32, text: String) {
        let Some(path) = uri::to_path(&uri) else { return };
        let name = uri.as_str().to_owned();
        self.open.insert(name, Document { uri, path: real(&path), version, text: text.into_bytes().into() });
    }

    /// Closes one.
    pub fn close(&mut self, uri: &Uri) -> Option<Document> {
        self.open.remove(uri.as_str())
    }

    /// Makes changes to one, in their order.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let Some(document) = self.open.get_mut(uri.as_str()) else { return };
        let mut text = document.text.to_vec();
        for change in changes {
            match change.range {
                None => text = change.text.into_bytes(),
                Some(range) => {
                    let span = Positions::new(&text, encoding).span(range);
                    text.splice(span.start..span.end, change.text.into_bytes());
                }
            }
        }
        document.version = version;
        document.text = text.into();
    }

    /// One.
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri.as_str())
    }

    /// The one at a path below a root.
    pub fn at(&self, root: &Path, path: &str) -> Option<&Document> {
        self.open.values().find(|document| document.below(root).as_deref() == Some(path))
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }
}

/// A path with its links resolved; of one that is not there yet, its directory's.
fn real(path: &Path) -> PathBuf {
    let of_directory = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(of_directory).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use lsp_types::{Position, Range};

    use super::*;

    #[test]
    fn changes_are_made_in_their_order() {
        let uri = Uri::from_str("file:///nowhere/a.go").unwrap();
        let mut documents = Documents::default();
        documents.open(uri.clone(), 1, "one 𝄞\ntwo\n".to_owned());
        let change = |line, from, to, text: &str| TextDocumentContentChangeEvent {
            range: Some(Range::new(Position::new(line, from), Position::new(line, to))),
            range_length: None,
            text: text.to_owned(),
        };
        documents.change(
            &uri,
            2,
            vec![change(0, 4, 6, "x"), change(0, 5, 5, "y"), change(1, 0, 3, "")],
            Encoding::Utf16,
        );
        let document = documents.get(&uri).unwrap();
        assert_eq!((document.version, &*document.text), (2, b"one xy\n\n".as_slice()));
        let whole = TextDocumentContentChangeEvent { range: None, range_length: None, text: "new".to_owned() };
        documents.change(&uri, 3, vec![whole], Encoding::Utf16);
        assert_eq!(&*documents.get(&uri).unwrap().text, b"new");
        assert!(documents.close(&uri).is_some() && documents.get(&uri).is_none());
    }
}
