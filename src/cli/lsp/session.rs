//! One session in one checkout: messages are heeded in their order, edits are answered when no more of them wait, and the whole tree is
//! planned beside them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::thread::{Builder, Scope};

use crossbeam_channel::{Receiver, Sender, TryRecvError, select, unbounded};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument,
    Notification as _,
};
use lsp_types::request::{CodeActionRequest, ExecuteCommand, HoverRequest, Request as _};
use lsp_types::{CodeActionParams, ExecuteCommandParams, HoverParams, MessageType, PublishDiagnosticsParams, Uri};
use serde::de::DeserializeOwned;

use super::actions::{Desk, offered};
use super::asked::Asked;
use super::client::Client;
use super::decide::{About, DECIDE, KEEP, decide, kept};
use super::documents::Documents;
use super::edits::workspace_edit;
use super::findings;
use super::hover;
use super::position::Positions;
use super::seen::Tree;
use super::uri;
use crate::cli::args::CONFIG;
use crate::decide::decision::{self, Decisions, FILE_NAME};
use crate::plan::pipeline::Live;
use crate::rule::NAMES;

/// Deep expressions are walked recursively.
pub const STACK: usize = 64 << 20;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor said so, in the right order or not.
    Exit {
        /// Whether it announced it.
        announced: bool,
    },
    /// What it goes by has changed.
    Restart,
}

type Whole<'a> = Result<Live<'a>, String>;

struct Session<'s, 'scope, 'a> {
    asked: &'a Asked,
    client: &'s Client,
    documents: &'s mut Documents,
    decisions: Decisions,
    tree: Option<Tree<'a>>,
    /// Documents that changed since they were answered.
    changed: BTreeSet<String>,
    /// Documents whose next edit would wait for what they need.
    cold: BTreeSet<String>,
    scope: &'scope Scope<'scope, 'a>,
    wholes: Sender<Whole<'a>>,
    /// Whether the whole tree is being planned, and whether that is out of date already.
    planning: bool,
    outdated: bool,
    announced: bool,
}

/// Runs a session until it ends.
pub fn run(asked: &Asked, client: &Client, connection: &Connection, documents: &mut Documents) -> Ended {
    let (wholes, planned) = unbounded();
    std::thread::scope(|scope| {
        let mut session = Session {
            decisions: Decisions::new(),
            tree: None,
            changed: documents.iter().map(|document| document.uri.as_str().to_owned()).collect(),
            cold: BTreeSet::new(),
            planning: false,
            outdated: false,
            announced: false,
            asked,
            client,
            documents,
            scope,
            wholes,
        };
        session.load_decisions();
        session.plan();
        session.serve(connection, &planned)
    })
}

impl<'scope, 'a: 'scope> Session<'_, 'scope, 'a> {
    fn serve(&mut self, connection: &Connection, planned: &Receiver<Whole<'a>>) -> Ended {
        loop {
            let message = match connection.receiver.try_recv() {
                Ok(message) => Some(message),
                Err(TryRecvError::Disconnected) => return Ended::Exit { announced: self.announced },
                Err(TryRecvError::Empty) => None,
            };
            let ended = match message {
                Some(message) => self.heed(message),
                None if self.work() => ControlFlow::Continue(()),
                None => select! {
                    recv(connection.receiver) -> message => match message {
                        Ok(message) => self.heed(message),
                        Err(_) => ControlFlow::Break(Ended::Exit { announced: self.announced }),
                    },
                    recv(planned) -> whole => {
                        if let Ok(whole) = whole {
                            self.take(whole);
                        }
                        ControlFlow::Continue(())
                    }
                },
            };
            if let ControlFlow::Break(ended) = ended {
                return ended;
            }
        }
    }

    /// Does what waits while nobody asks: one document, and whether there was one.
    fn work(&mut self) -> bool {
        let Some(tree) = &mut self.tree else { return false };
        let document = |name: &String| self.documents.iter().find(|document| document.uri.as_str() == name);
        if let Some(name) = self.changed.pop_first() {
            if let Some(document) = document(&name)
                && let Some(seen) = tree.look(document)
            {
                let found = findings::of_document(seen, document, self.asked, &self.decisions, self.client.encoding);
                self.client.publish(found);
            }
            return true;
        }
        let Some(name) = self.cold.pop_first() else { return false };
        if let Some(document) = document(&name) {
            tree.warm(document);
        }
        true
    }

    /// Plans the whole tree beside what else goes on.
    fn plan(&mut self) {
        if self.planning {
            self.outdated = true;
            return;
        }
        let (asked, wholes) = (self.asked, self.wholes.clone());
        let is_first = self.tree.is_none();
        let root = &asked.options.root.dir;
        let open: Vec<_> =
            self.documents.iter().filter_map(|document| Some((document.below(root)?, document.text.clone()))).collect();
        let make = move || {
            let plan = asked.cache.plan(&asked.options, &asked.rules, &|_, _| {}).map_err(|error| error.to_string());
            let whole = plan.map(|plan| {
                let mut live = Live::new(&asked.options, &asked.rules, plan);
                // The first answer is waited for; later ones come with all that the next edit needs.
                for (path, text) in open.into_iter().filter(|_| !is_first) {
                    live.see(&path, Some(text));
                    live.anew(&path, asked.options.edits);
                }
                live
            });
            // A session that has ended wants none.
            let _ = wholes.send(whole);
        };
        self.planning = Builder::new().stack_size(STACK).spawn_scoped(self.scope, make).is_ok();
        if !self.planning {
            self.client.show(MessageType::ERROR, "the thread that plans could not be started");
        }
    }

    fn take(&mut self, whole: Whole<'a>) {
        self.planning = false;
        match whole {
            Ok(live) => {
                let is_first = self.tree.is_none();
                self.tree = Some(Tree::new(self.asked, live, self.documents));
                self.changed.extend(self.names());
                if is_first {
                    self.cold.extend(self.names());
                }
            }
            Err(error) => self.client.show(MessageType::ERROR, &error),
        }
        if std::mem::take(&mut self.outdated) {
            self.plan();
        }
    }

    fn names(&self) -> Vec<String> {
        self.documents.iter().map(|document| document.uri.as_str().to_owned()).collect()
    }

    fn load_decisions(&mut self) {
        match decision::load(&self.asked.decisions) {
            Ok(decisions) => self.decisions = decisions,
            Err(error) => self.client.show(MessageType::ERROR, &error.to_string()),
        }
        self.changed.extend(self.names());
    }

    fn heed(&mut self, message: Message) -> ControlFlow<Ended> {
        match message {
            Message::Request(request) => self.answer(request),
            Message::Notification(notification) => return self.note(notification),
            // Whatever the editor did with what it was asked, it tells by changing documents.
            Message::Response(_) => {}
        }
        ControlFlow::Continue(())
    }

    fn note(&mut self, notification: Notification) -> ControlFlow<Ended> {
        let Notification { method, params } = notification;
        match method.as_str() {
            "exit" => return ControlFlow::Break(Ended::Exit { announced: self.announced }),
            DidOpenTextDocument::METHOD => {
                if let Some(params) = read::<lsp_types::DidOpenTextDocumentParams>(params) {
                    let item = params.text_document;
                    let name = item.uri.as_str().to_owned();
                    self.documents.open(item.uri, item.version, item.text);
                    self.changed.insert(name.clone());
                    self.cold.insert(name);
                }
            }
            DidChangeTextDocument::METHOD => {
                if let Some(params) = read::<lsp_types::DidChangeTextDocumentParams>(params) {
                    let document = params.text_document;
                    self.documents.change(
                        &document.uri,
                        document.version,
                        params.content_changes,
                        self.client.encoding,
                    );
                    self.changed.insert(document.uri.as_str().to_owned());
                }
            }
            DidCloseTextDocument::METHOD => {
                if let Some(params) = read::<lsp_types::DidCloseTextDocumentParams>(params) {
                    self.close(params.text_document.uri);
                }
            }
            DidSaveTextDocument::METHOD => self.plan(),
            DidChangeWatchedFiles::METHOD => {
                if let Some(params) = read::<lsp_types::DidChangeWatchedFilesParams>(params) {
                    let names = params.changes.iter().filter_map(|change| uri::to_path(&change.uri));
                    let names = names.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
                    return self.files_changed(&names.collect());
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn files_changed(&mut self, names: &BTreeSet<String>) -> ControlFlow<Ended> {
        if names.contains(FILE_NAME) {
            self.load_decisions();
        }
        let is_setting = |name: &String| name == CONFIG || name == NAMES;
        let is_rule = |name: &String| name.ends_with(".toml") && name != FILE_NAME;
        if names.iter().any(|name| is_setting(name) || is_rule(name)) {
            return ControlFlow::Break(Ended::Restart);
        }
        if names.iter().any(|name| name.ends_with(".go") || matches!(name.as_str(), "go.mod" | "go.work")) {
            self.plan();
        }
        ControlFlow::Continue(())
    }

    fn close(&mut self, uri: Uri) {
        let document = self.documents.close(&uri);
        let path = document.and_then(|document| document.below(&self.asked.options.root.dir));
        if let Some(tree) = &mut self.tree {
            tree.close(&uri, path.as_ref());
        }
        self.client.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
    }

    fn answer(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if self.announced {
            return self.client.refuse(id, ErrorCode::InvalidRequest, "the session is over");
        }
        let answer = match method.as_str() {
            "shutdown" => {
                self.announced = true;
                Ok(serde_json::Value::Null)
            }
            HoverRequest::METHOD => self.hover(params),
            CodeActionRequest::METHOD => self.actions(params),
            ExecuteCommand::METHOD => self.execute(params),
            _ => return self.client.refuse(id, ErrorCode::MethodNotFound, &format!("there is no {method}")),
        };
        match answer {
            Ok(answer) => self.client.answer(id, answer),
            Err(error) => self.client.refuse(id, ErrorCode::RequestFailed, &format!("klogmod: {error:#}")),
        }
    }

    fn hover(&mut self, params: serde_json::Value) -> anyhow::Result<serde_json::Value> {
        let HoverParams { text_document_position_params: at, .. } = serde_json::from_value(params)?;
        let found = (self.tree.as_mut()).zip(self.documents.get(&at.text_document.uri));
        let Some((tree, document)) = found else { return Ok(serde_json::Value::Null) };
        let Some(seen) = tree.look(document) else { return Ok(serde_json::Value::Null) };
        let positions = Positions::new(&document.text, self.client.encoding);
        let offset = positions.offset(at.position);
        Ok(serde_json::to_value(hover::at(seen, offset, self.asked, &self.decisions, &positions)?)?)
    }

    fn actions(&mut self, params: serde_json::Value) -> anyhow::Result<serde_json::Value> {
        let params: CodeActionParams = serde_json::from_value(params)?;
        let found = (self.tree.as_mut()).zip(self.documents.get(&params.text_document.uri));
        let Some((tree, document)) = found else { return Ok(serde_json::Value::Null) };
        let desk =
            Desk { asked: self.asked, client: self.client, documents: self.documents, decisions: &self.decisions };
        Ok(serde_json::to_value(offered(&desk, tree, document, params.range, &params.context))?)
    }

    fn execute(&mut self, params: serde_json::Value) -> anyhow::Result<serde_json::Value> {
        let params: ExecuteCommandParams = serde_json::from_value(params)?;
        let command = params.command.clone();
        let about = About::of(params)?;
        let found = (self.tree.as_mut()).zip(self.documents.get(&about.uri));
        let Some((tree, document)) = found else { anyhow::bail!("this document is not open") };
        let root = tree.root().to_owned();
        let Some(seen) = tree.look(document) else { anyhow::bail!("this document lies outside of the checkout") };
        match command.as_str() {
            DECIDE => {
                self.decisions = decide(&about, seen, self.asked)?;
                self.changed.extend(self.names());
            }
            KEEP => {
                let change = kept(&about.fingerprint, &about.justification, seen, self.asked)?;
                if let Some(edit) = workspace_edit(&[change], &root, self.documents, self.client) {
                    self.client.apply("Keep this call as it is", edit);
                }
            }
            other => anyhow::bail!("there is no command {other}"),
        }
        Ok(serde_json::Value::Null)
    }
}

/// A notification's parameters; who sends others than the protocol's is not answered.
fn read<T: DeserializeOwned>(params: serde_json::Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
