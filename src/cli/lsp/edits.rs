//! Changes of files as edits of an editor: the engine's bytes before and after, as far as they differ.

use std::collections::HashMap;
use std::path::Path;

use lsp_types::{
    CreateFile, DocumentChangeOperation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Position,
    Range, ResourceOp, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::client::Client;
use super::documents::Documents;
use super::position::{Encoding, Positions};
use super::uri;
use crate::measure::coverage::replacements;
use crate::text::{FileChange, LineIndex, Span};

/// Changes as a client makes them; `None` where it cannot: it makes no files, and one is missing.
pub fn workspace_edit(
    changes: &[FileChange],
    root: &Path,
    documents: &Documents,
    client: &Client,
) -> Option<WorkspaceEdit> {
    let creates = changes.iter().any(|change| change.before.is_none());
    if creates && !(client.creates && client.has_versions) {
        return None;
    }
    let mut files = Vec::new();
    for change in changes {
        let open = documents.at(root, &change.path);
        let uri = match open {
            Some(document) => document.uri.clone(),
            None => uri::of_path(&root.join(&*change.path))?,
        };
        files.push((
            uri,
            open.map(|document| document.version),
            change.before.is_none(),
            text_edits(change, client.encoding),
        ));
    }
    if !client.has_versions {
        // The type is the protocol's; nothing in an address changes.
        #[allow(clippy::mutable_key_type)]
        let changes: HashMap<Uri, Vec<TextEdit>> = files.into_iter().map(|(uri, _, _, edits)| (uri, edits)).collect();
        return Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() });
    }
    let mut operations = Vec::new();
    for (uri, version, is_new, edits) in files {
        if is_new {
            let create = CreateFile { uri: uri.clone(), options: None, annotation_id: None };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        }
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        }));
    }
    let document_changes = Some(DocumentChanges::Operations(operations));
    Some(WorkspaceEdit { document_changes, ..WorkspaceEdit::default() })
}

/// What differs, by lines.
fn text_edits(change: &FileChange, encoding: Encoding) -> Vec<TextEdit> {
    let base = change.base();
    let (lines, positions) = (LineIndex::new(base), Positions::new(base, encoding));
    if change.before.is_none() {
        let text = String::from_utf8_lossy(&change.after).into_owned();
        return vec![TextEdit { range: Range::new(Position::default(), Position::default()), new_text: text }];
    }
    let start = |line| lines.line_start(line).unwrap_or(base.len());
    let edit = |span: Span, new_text| TextEdit { range: positions.range(span), new_text };
    let found = replacements(base, &change.after).into_iter();
    found.map(|one| edit(Span::new(start(one.line), start(one.line + one.lines)), one.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_make_the_new_text_of_the_old() {
        let old = "package a\n\nfunc f() {\n\tg(\"ß\")\n\th()\n}";
        for new in [
            "package a\n\nfunc f() {\n\tg(\"x\")\n\th()\n}",
            "package a\n\nimport \"b\"\n\nfunc f() {\n\th()\n}\n",
            "",
            old,
        ] {
            let change = FileChange::edited("a.go", old.as_bytes(), new.as_bytes());
            let mut text = old.as_bytes().to_vec();
            for edit in text_edits(&change, Encoding::Utf16).into_iter().rev() {
                let span = Positions::new(&text, Encoding::Utf16).span(edit.range);
                text.splice(span.start..span.end, edit.new_text.into_bytes());
            }
            assert_eq!(String::from_utf8(text).unwrap(), new);
        }
    }
}
