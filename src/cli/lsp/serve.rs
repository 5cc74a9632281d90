//! The server's life: it meets the editor, serves one checkout, starts anew when the settings change, and leaves.

use std::path::PathBuf;
use std::thread::Builder;

use anyhow::{Context, Result, anyhow, bail};
use lsp_server::{Connection, Message};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, ExecuteCommandOptions, HoverProviderCapability,
    InitializeParams, MessageType, SaveOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
};

use super::actions::commands;
pub use super::asked::Args;
use super::asked::Asked;
use super::client::Client;
use super::documents::Documents;
use super::frames;
use super::session::{self, Ended, STACK};
use super::uri;
use crate::cli::args::Status;

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (connection, threads) = frames::connect().context("no thread could be started")?;
    let ended = std::thread::scope(|scope| {
        let serve = || serve(args, &connection);
        let session =
            Builder::new().stack_size(STACK).spawn_scoped(scope, serve).context("no thread could be started")?;
        session.join().map_err(|_| anyhow!("the session broke; please report it"))?
    });
    // Its threads end with the connection.
    drop(connection);
    let status = ended?;
    threads.join().context("the connection to the editor broke")?;
    Ok(status)
}

fn serve(args: &Args, connection: &Connection) -> Result<Status> {
    let (id, params) = connection.initialize_start().context("the editor did not introduce itself")?;
    let params: InitializeParams =
        serde_json::from_value(params).context("the editor's introduction cannot be read")?;
    let client = Client::new(connection.sender.clone(), &params.capabilities);
    let answer = serde_json::json!({
        "capabilities": capabilities(&client),
        "serverInfo": { "name": "klogmod", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).context("the editor left before it was greeted")?;
    client.watch();
    let folders = folders(&params);
    let mut documents = Documents::default();
    loop {
        let ended = match Asked::of(args, folders.clone()) {
            Ok(asked) => session::run(&asked, &client, connection, &mut documents),
            Err(error) => {
                client.show(MessageType::ERROR, &format!("{error:#}"));
                wait(connection)?
            }
        };
        match ended {
            Ended::Restart => {}
            Ended::Exit { announced: true } => return Ok(Status::Fine),
            // The protocol has another status for who just goes.
            Ended::Exit { announced: false } => return Ok(Status::Policy),
        }
    }
}

/// Waits until settings that cannot be used change, or the editor goes; what is opened meanwhile is not answered.
fn wait(connection: &Connection) -> Result<Ended> {
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request).context("the editor left out of turn")? {
                    return Ok(Ended::Exit { announced: true });
                }
            }
            Message::Notification(note) if note.method == "workspace/didChangeWatchedFiles" => {
                return Ok(Ended::Restart);
            }
            Message::Notification(note) if note.method == "exit" => return Ok(Ended::Exit { announced: false }),
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
    bail!("the editor is gone")
}

/// The editor's first folder; none: where the server was started.
#[allow(deprecated)] // Editors that know no folders name a root.
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let first = params.workspace_folders.iter().flatten().map(|folder| &folder.uri).next();
    first.or(params.root_uri.as_ref()).and_then(uri::to_path).into_iter().collect()
}

fn capabilities(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands(),
            ..ExecuteCommandOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}
