//! The editor at the other end: what it can do, and what is said to it.

use std::cell::Cell;

use crossbeam_channel::Sender;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{Notification as _, PublishDiagnostics, ShowMessage};
use lsp_types::request::{ApplyWorkspaceEdit, RegisterCapability, Request as _};
use lsp_types::{
    ApplyWorkspaceEditParams, ClientCapabilities, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher,
    GlobPattern, MessageType, PublishDiagnosticsParams, Registration, RegistrationParams, ResourceOperationKind,
    ShowMessageParams, WorkspaceEdit,
};
use serde::Serialize;

use super::position::Encoding;
use crate::cli::args::CONFIG;

/// What is watched: all that a plan is made from.
const WATCHED: [&str; 5] = ["**/*.go", "**/go.mod", "**/go.work", "**/klogmod.*.toml", "**/rules/*.toml"];

/// The editor.
pub struct Client {
    sender: Sender<Message>,
    next: Cell<i32>,
    /// What it counts columns in.
    pub encoding: Encoding,
    /// Whether its edits may name the version of a document that they are for.
    pub has_versions: bool,
    /// Whether its edits may make files.
    pub creates: bool,
    watches: bool,
}

impl Client {
    /// As it introduces itself.
    pub fn new(sender: Sender<Message>, can: &ClientCapabilities) -> Self {
        let workspace = can.workspace.as_ref();
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let operations = edits.and_then(|edits| edits.resource_operations.as_deref()).unwrap_or_default();
        let watching = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let offered = can.general.as_ref().and_then(|general| general.position_encodings.as_deref());
        Self {
            sender,
            next: Cell::new(0),
            encoding: Encoding::chosen(offered),
            has_versions: edits.and_then(|edits| edits.document_changes).unwrap_or(false),
            creates: operations.contains(&ResourceOperationKind::Create),
            watches: watching.and_then(|watching| watching.dynamic_registration).unwrap_or(false),
        }
    }

    /// An editor that is gone reads nothing; its connection ends the session.
    fn send(&self, message: Message) {
        let _ = self.sender.send(message);
    }

    fn tell(&self, method: &str, params: impl Serialize) {
        self.send(Notification::new(method.to_owned(), params).into());
    }

    fn ask(&self, method: &str, params: impl Serialize) {
        let number = self.next.replace(self.next.get() + 1);
        self.send(Request::new(RequestId::from(format!("klogmod-{number}")), method.to_owned(), params).into());
    }

    /// Answers a request.
    pub fn answer(&self, id: RequestId, answer: impl Serialize) {
        self.send(Response::new_ok(id, answer).into());
    }

    /// Refuses a request.
    pub fn refuse(&self, id: RequestId, code: ErrorCode, why: &str) {
        self.send(Response::new_err(id, code as i32, why.to_owned()).into());
    }

    /// Shows what is wrong in a document.
    pub fn publish(&self, params: PublishDiagnosticsParams) {
        self.tell(PublishDiagnostics::METHOD, params);
    }

    /// Shows a person a message.
    pub fn show(&self, typ: MessageType, message: &str) {
        self.tell(ShowMessage::METHOD, ShowMessageParams { typ, message: format!("klogmod: {message}") });
    }

    /// Has an edit made that it did not ask for.
    pub fn apply(&self, label: &str, edit: WorkspaceEdit) {
        self.ask(ApplyWorkspaceEdit::METHOD, ApplyWorkspaceEditParams { label: Some(label.to_owned()), edit });
    }

    /// Asks to be told when files change that a plan is made from, if it can.
    pub fn watch(&self) {
        if !self.watches {
            return;
        }
        let glob =
            |pattern: &str| FileSystemWatcher { glob_pattern: GlobPattern::String(pattern.to_owned()), kind: None };
        let own = format!("**/{CONFIG}");
        let watchers = WATCHED.into_iter().chain([own.as_str()]).map(glob).collect();
        let options = serde_json::to_value(DidChangeWatchedFilesRegistrationOptions { watchers }).ok();
        let registration = Registration {
            id: "klogmod-files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: options,
        };
        self.ask(RegisterCapability::METHOD, RegistrationParams { registrations: vec![registration] });
    }
}
