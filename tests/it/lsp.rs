//! The language server as an editor meets it: the protocol, findings, edits, decisions, and what it does with text that is not saved.

mod hostile;

use std::io::BufReader;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use crate::common::checkout::{Checkout, klogmod};

const CALLS: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(name string, pod string) {\n\tklog.Infof(\"Started worker %s\", name)\n\t_ = \"𝄞\"; klog.Errorf(\"Lost pod %s\", pod)\n}\n\nfunc g(node string) {\n\tklog.Infof(\"Found node %s\", node)\n}\n";

/// An editor with one checkout.
struct Editor {
    checkout: Checkout,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: i32,
    /// Requests and notifications of the server's that nobody waited for.
    kept: Vec<(String, Value)>,
}

impl Editor {
    /// Starts the server with these arguments, as an editor that can make files.
    fn start(checkout: Checkout, args: &[&str]) -> Self {
        Self::start_as(checkout, args, &["create"])
    }

    fn start_as(checkout: Checkout, args: &[&str], operations: &[&str]) -> Self {
        let mut command = klogmod(checkout.path());
        command.arg("lsp").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut editor = Self { input: child.stdin.take(), child, output, checkout, asked: 0, kept: Vec::new() };
        let edits = json!({ "documentChanges": true, "resourceOperations": operations });
        let capabilities = json!({ "workspace": { "workspaceEdit": edits } });
        let folder = json!([{ "uri": editor.uri(""), "name": "a" }]);
        let answer = editor.ask("initialize", json!({ "capabilities": capabilities, "workspaceFolders": folder }));
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, path: &str) -> String {
        let root = self.checkout.path().canonicalize().unwrap();
        format!("file://{}/{path}", root.display()).trim_end_matches('/').to_owned()
    }

    fn send(&mut self, message: Message) {
        message.write(self.input.as_mut().unwrap()).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(Notification::new(method.to_owned(), params).into());
    }

    /// The answer to a request; an error is the answer as well.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.send(Request::new(RequestId::from(self.asked), method.to_owned(), params).into());
        loop {
            match Message::read(&mut self.output).unwrap().expect("the server is there") {
                Message::Response(Response { id, response_result }) if id == RequestId::from(self.asked) => {
                    return response_result.unwrap_or_else(|error| json!({ "error": error.message }));
                }
                Message::Notification(note) => self.kept.push((note.method, note.params)),
                Message::Request(request) => self.kept.push((request.method, request.params)),
                Message::Response(_) => {}
            }
        }
    }

    /// What the server says of its own accord.
    fn await_(&mut self, method: &str, wanted: &dyn Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(at) = self.kept.iter().position(|(name, params)| name == method && wanted(params)) {
                return self.kept.remove(at).1;
            }
            match Message::read(&mut self.output).unwrap().expect("the server is there") {
                Message::Notification(note) => self.kept.push((note.method, note.params)),
                Message::Request(request) => self.kept.push((request.method, request.params)),
                Message::Response(_) => {}
            }
        }
    }

    /// The findings of a version: rule, line, first and last column, message.
    fn findings(&mut self, path: &str, version: i32) -> Vec<(String, u64, u64, u64, String)> {
        let uri = self.uri(path);
        let found = self
            .await_("textDocument/publishDiagnostics", &|params| params["uri"] == *uri && params["version"] == version);
        let row = |one: &Value| {
            let (start, end) = (&one["range"]["start"], &one["range"]["end"]);
            let number = |value: &Value| value.as_u64().unwrap();
            let code = one["code"].as_str().unwrap_or("note").to_owned();
            let message = one["message"].as_str().unwrap().to_owned();
            (code, number(&start["line"]), number(&start["character"]), number(&end["character"]), message)
        };
        found["diagnostics"].as_array().unwrap().iter().map(row).collect()
    }

    fn open(&mut self, path: &str, text: &str) {
        let document = json!({ "uri": self.uri(path), "languageId": "go", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, path: &str, version: i32, text: &str) {
        let document = json!({ "uri": self.uri(path), "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    fn actions(&mut self, path: &str, line: u64, only: Option<&str>) -> Vec<Value> {
        let place = json!({ "line": line, "character": 3 });
        let mut context = json!({ "diagnostics": [] });
        if let Some(only) = only {
            context["only"] = json!([only]);
        }
        let params = json!({ "textDocument": { "uri": self.uri(path) }, "range": { "start": place, "end": place }, "context": context });
        self.ask("textDocument/codeAction", params).as_array().cloned().unwrap_or_default()
    }

    fn action(&mut self, path: &str, line: u64, title: &str) -> Value {
        let actions = self.actions(path, line, None);
        let titles: Vec<_> = actions.iter().map(|action| action["title"].as_str().unwrap().to_owned()).collect();
        let found = actions.into_iter().find(|action| action["title"].as_str().unwrap().starts_with(title));
        found.unwrap_or_else(|| panic!("{title}: {titles:#?}"))
    }

    fn hover(&mut self, path: &str, line: u64) -> String {
        let params = json!({ "textDocument": { "uri": self.uri(path) }, "position": { "line": line, "character": 3 } });
        self.ask("textDocument/hover", params)["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    fn leave(mut self) -> (i32, Checkout) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        self.end()
    }

    fn end(mut self) -> (i32, Checkout) {
        drop(self.input.take());
        let output = self.child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        (output.status.code().unwrap(), self.checkout)
    }
}

/// The text after an action's edits of a file, and the files that they make.
fn applied(action: &Value, uri: &str, text: &str) -> (String, Vec<String>) {
    let (mut text, mut made) = (text.to_owned(), Vec::new());
    for operation in action["edit"]["documentChanges"].as_array().unwrap() {
        if operation["kind"] == "create" {
            made.push(operation["uri"].as_str().unwrap().to_owned());
        } else if operation["textDocument"]["uri"] == *uri {
            // Columns are 0 throughout: whole lines change.
            for edit in operation["edits"].as_array().unwrap().iter().rev() {
                let line = |place: &Value| {
                    assert_eq!(place["character"], 0, "{operation}");
                    let line = place["line"].as_u64().unwrap() as usize;
                    text.split_inclusive('\n').take(line).map(str::len).sum::<usize>()
                };
                let (start, end) = (line(&edit["range"]["start"]), line(&edit["range"]["end"]));
                text.replace_range(start..end, edit["newText"].as_str().unwrap());
            }
        }
    }
    (text, made)
}

fn small() -> Checkout {
    Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.100.1\n"), ("a.go", CALLS)])
}

#[test]
fn calls_are_found_where_the_editor_counts_them() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    let found = editor.findings("a.go", 1);
    let places: Vec<_> = found.iter().map(|(rule, line, from, to, _)| (rule.as_str(), *line, *from, *to)).collect();
    // Behind the clef, which is one character, two units and four bytes.
    assert_eq!(places, [("unstructured", 5, 1, 38), ("unstructured", 6, 11, 42), ("unstructured", 10, 1, 34)]);
    assert!(
        found[0].4.starts_with("this call is not structured\nproposed: klog.InfoS(\"Started worker\""),
        "{found:?}"
    );
    let hover = editor.hover("a.go", 5);
    for part in
        ["severity info", "- klog.Infof", "+ klog.InfoS", "rules:", "before I", "] Started worker", "Decision: new"]
    {
        assert!(hover.contains(part), "{part}: {hover}");
    }
    assert_eq!(editor.hover("a.go", 0), "");
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn edits_are_what_apply_writes() {
    let written = small();
    written.run(["apply", "--edits=s", "--allow-no-vcs", "--all"]).expect(0);
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    editor.findings("a.go", 1);
    let uri = editor.uri("a.go");
    let all = editor.action("a.go", 5, "Rewrite all 3 calls of this file");
    assert_eq!(applied(&all, &uri, CALLS), (written.text("a.go"), vec![]));
    let function = applied(&editor.action("a.go", 5, "Rewrite all 2 calls of f"), &uri, CALLS).0;
    assert!(function.contains("klog.ErrorS") && function.contains("klog.Infof(\"Found node"), "{function}");
    let one = applied(&editor.action("a.go", 10, "Rewrite: klog.InfoS(\"Found node\""), &uri, CALLS).0;
    assert_eq!(one, CALLS.replace("klog.Infof(\"Found node %s\", node)", "klog.InfoS(\"Found node\", \"node\", node)"));
    // What runs on saving makes what needs no review.
    let saving = editor.actions("a.go", 10, Some("source.fixAll"));
    assert!(saving.iter().all(|action| action["kind"] == "source.fixAll"), "{saving:?}");
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn the_other_target_is_offered_as_well() {
    let source = "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc f(ctx context.Context, node string) {\n\tklog.Infof(\"Found node %s\", node)\n}\n";
    let checkout = |target: &str| {
        let gomod = "module example.com/m\n\nrequire k8s.io/klog/v2 v2.100.1\n";
        let checkout = Checkout::with([("go.mod", gomod), ("a.go", source)]);
        checkout.run(["apply", "--edits=s", "--allow-no-vcs", target]).expect(0);
        checkout.text("a.go")
    };
    for (own, title, other) in
        [("infos", "Rewrite for a logger: ", "contextual"), ("contextual", "Rewrite for klog", "infos")]
    {
        let gomod = "module example.com/m\n\nrequire k8s.io/klog/v2 v2.100.1\n";
        let files = Checkout::with([("go.mod", gomod), ("a.go", source)]);
        let mut editor = Editor::start(files, &["--edits=s", &format!("--target={own}")]);
        editor.open("a.go", source);
        editor.findings("a.go", 1);
        let uri = editor.uri("a.go");
        for (title, target) in [("Rewrite: ", own), (title, other)] {
            let text = applied(&editor.action("a.go", 9, title), &uri, source).0;
            assert_eq!(text, checkout(&format!("--target={target}")));
        }
        assert_eq!(editor.leave().0, 0);
    }
}

#[test]
fn what_a_rewrite_names_is_made_with_it() {
    let source = "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc f(ctx context.Context, name string) {\n\tklog.Infof(\"Started worker %s\", name)\n}\n";
    let checkout = || {
        let gomod = "module example.com/m\n\nrequire k8s.io/klog/v2 v2.100.1\nrequire k8s.io/apimachinery v0.30.0\n";
        Checkout::with([("go.mod", gomod), ("a.go", source)])
    };
    let mut editor = Editor::start(checkout(), &["--process-ids"]);
    editor.open("a.go", source);
    editor.findings("a.go", 1);
    let uri = editor.uri("a.go");
    let (text, made) = applied(&editor.action("a.go", 9, "Rewrite: klog.InfoS"), &uri, source);
    assert!(text.contains("requestid.FromContext(ctx)"), "{text}");
    assert!(made.iter().any(|uri| uri.ends_with("/requestid.go")), "{made:?}");
    assert_eq!(editor.leave().0, 0);
    // An editor that makes no files is told why it cannot.
    let mut editor = Editor::start_as(checkout(), &["--process-ids"], &[]);
    editor.open("a.go", source);
    editor.findings("a.go", 1);
    let action = editor.action("a.go", 9, "Rewrite: klog.InfoS");
    assert!(action["disabled"]["reason"].as_str().unwrap().contains("klogmod runtime"), "{action}");
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn unsaved_text_is_what_counts() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    editor.findings("a.go", 1);
    let more =
        CALLS.replace("func g(", "func h() {\n\tklog.Warningf(\"Late by %d\", late)\n}\n\nvar late = 3\n\nfunc g(");
    editor.change("a.go", 2, &more);
    let found = editor.findings("a.go", 2);
    assert_eq!(found.len(), 4);
    assert!(
        found[2].4.contains("klog.InfoS(\"Late\", \"late\", late)") || found[2].4.contains("\"late\", late"),
        "{found:?}"
    );
    // Half a call is said to be unread, and is whole again.
    editor.change("a.go", 3, &more.replace("%d\", late)", "%d\", late"));
    let found = editor.findings("a.go", 3);
    assert!(
        matches!(found.as_slice(), [(rule, .., message)] if rule == "note" && message.contains("not analysed")),
        "{found:?}"
    );
    editor.change("a.go", 4, CALLS);
    assert_eq!(editor.findings("a.go", 4).len(), 3);
    // A file that is on no disk, which uses what another unsaved text declares.
    editor
        .open("b.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc k() {\n\tklog.Infof(\"Late by %d\", late)\n}\n");
    assert_eq!(editor.findings("b.go", 1).len(), 1);
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": editor.uri("b.go") } }));
    let closed = editor.uri("b.go");
    editor.await_("textDocument/publishDiagnostics", &|params| {
        params["uri"] == *closed && params["diagnostics"] == json!([])
    });
    let (code, checkout) = editor.leave();
    assert_eq!((code, checkout.text("a.go").as_str()), (0, CALLS), "nothing is written");
}

#[test]
fn decisions_are_those_of_the_command_line() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    editor.findings("a.go", 1);
    for (line, title) in [(5, "Accept this proposal"), (10, "Reject this proposal")] {
        let command = editor.action("a.go", line, title)["command"].clone();
        assert_eq!(editor.ask("workspace/executeCommand", command), Value::Null);
        editor.findings("a.go", 1);
    }
    editor.change("a.go", 2, CALLS);
    // What was rejected is no longer reported.
    assert_eq!(editor.findings("a.go", 2).iter().map(|(_, line, ..)| *line).collect::<Vec<_>>(), [5, 6]);
    assert!(editor.hover("a.go", 5).contains("Decision: accepted"));
    let gone = json!({ "command": "klogmod.decide", "arguments": [{ "uri": editor.uri("a.go"), "fingerprint": "0", "verdict": "accepted" }] });
    assert!(editor.ask("workspace/executeCommand", gone)["error"].as_str().unwrap().contains("any more"));
    let (_, checkout) = editor.leave();
    let same = small();
    same.run(["accept", "--edits=s", "--all", "--rule=message-constant", "--everything"]).sane();
    let pending = checkout.run(["pending", "--edits=s", "--all"]).expect(0).stdout;
    assert!(pending.contains("1 new, 2 decided and unchanged"), "{pending}");
}

#[test]
fn a_call_is_kept_for_a_reason() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    editor.findings("a.go", 1);
    let uri = editor.uri("a.go");
    let (text, _) = applied(&editor.action("a.go", 10, "Keep this call"), &uri, CALLS);
    editor.change("a.go", 2, &text);
    let found = editor.findings("a.go", 2);
    assert!(found.iter().any(|(.., message)| message.contains("say why behind it")), "{found:?}");
    // With a reason at once.
    editor.change("a.go", 3, CALLS);
    editor.findings("a.go", 3);
    let about = editor.action("a.go", 10, "Accept")["command"]["arguments"][0]["fingerprint"].clone();
    let keep = json!({ "uri": uri, "fingerprint": about, "justification": "a script reads it" });
    editor.ask("workspace/executeCommand", json!({ "command": "klogmod.ignore", "arguments": [keep] }));
    let edit = editor.await_("workspace/applyEdit", &|_| true);
    let (text, _) = applied(&edit, &uri, CALLS);
    assert!(text.contains("\t//klogmod:ignore a script reads it\n\tklog.Infof(\"Found node"), "{text}");
    editor.change("a.go", 4, &text);
    assert_eq!(editor.findings("a.go", 4).len(), 2);
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn a_broken_rule_is_mended() {
    let source = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(n int) {\n\tklog.InfoS(\"Started worker\", \"worker number\", n)\n}\n";
    let mut editor = Editor::start(Checkout::with([("go.mod", "module example.com/m\n"), ("a.go", source)]), &[]);
    editor.open("a.go", source);
    let found = editor.findings("a.go", 1);
    assert!(found.iter().any(|(rule, ..)| rule.starts_with("lint-")), "{found:?}");
    let uri = editor.uri("a.go");
    let (text, _) = applied(&editor.action("a.go", 5, "Mend: "), &uri, source);
    assert_eq!(text, source.replace("worker number", "workerNumber"));
    assert_eq!(editor.leave().0, 0);
}

/// A controller whose worker an operation reaches, and a function that none does.
const PATHS: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc Sync(name string) {\n\tklog.Infof(\"Syncing %s\", name)\n\tstep(name)\n}\n\nfunc step(name string) {\n\tklog.Infof(\"Stepping %s\", name)\n}\n\nfunc idle(name string) {\n\tklog.Infof(\"Idling %s\", name)\n}\n";

#[test]
fn calls_on_paths_are_reported_and_others_may_be_asked_about() {
    let settings =
        "[[operation]]\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = [\"example.com/m.Sync\"]\n";
    let checkout = Checkout::with([("go.mod", "module example.com/m\n"), ("klogmod.toml", settings), ("a.go", PATHS)]);
    let mut editor = Editor::start(checkout, &["--edits=s"]);
    editor.open("a.go", PATHS);
    let lines =
        |found: Vec<(String, u64, u64, u64, String)>| found.iter().map(|(_, line, ..)| *line).collect::<Vec<_>>();
    let found = editor.findings("a.go", 1);
    assert!(found[1].4.contains("it serves create pod"), "{found:?}");
    assert_eq!(lines(found), [5, 10]);
    let hover = editor.hover("a.go", 10);
    assert!(hover.contains("serves: create pod") && hover.contains("step call a.go:7"), "{hover}");
    assert!(editor.hover("a.go", 14).contains("serves no operation"));
    editor.action("a.go", 14, "Rewrite: klog.InfoS(\"Idling\"");
    // An edit moves what is below it, and its path with it.
    let moved = PATHS.replace("func Sync", "// Syncs.\nfunc Sync");
    editor.change("a.go", 2, &moved);
    assert_eq!(lines(editor.findings("a.go", 2)), [6, 11]);
    assert!(editor.hover("a.go", 11).contains("step call a.go:8"));
    // A call more leads elsewhere once it is saved.
    let called = PATHS.replace("\tstep(name)\n", "\tstep(name)\n\tidle(name)\n");
    editor.change("a.go", 3, &called);
    assert_eq!(lines(editor.findings("a.go", 3)), [5, 11]);
    editor.checkout.write("a.go", &called);
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": editor.uri("a.go") } }));
    assert_eq!(lines(editor.findings("a.go", 3)), [5, 11, 15]);
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn settings_that_change_are_heeded() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    assert_eq!(editor.findings("a.go", 1).len(), 3);
    let changed = |editor: &mut Editor, settings: &str| {
        editor.checkout.write("klogmod.toml", settings);
        let change = json!([{ "uri": editor.uri("klogmod.toml"), "type": 2 }]);
        editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": change }));
    };
    changed(&mut editor, "[scope]\nexclude = [\"a.go\"]\n");
    assert_eq!(editor.findings("a.go", 1).len(), 0);
    changed(&mut editor, "[scope]\nexclud = []\n");
    let message = editor.await_("window/showMessage", &|_| true);
    assert!(message["message"].as_str().unwrap().contains("exclud"), "{message}");
    changed(&mut editor, "");
    assert_eq!(editor.findings("a.go", 1).len(), 3);
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn the_session_ends_as_the_protocol_says() {
    let mut editor = Editor::start(small(), &[]);
    let unknown = editor.ask("textDocument/rename", json!({}));
    assert!(unknown["error"].as_str().unwrap().contains("there is no textDocument/rename"), "{unknown}");
    editor.ask("shutdown", Value::Null);
    assert!(editor.ask("textDocument/hover", json!({}))["error"].is_string());
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end().0, 0);
    let mut editor = Editor::start(small(), &[]);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end().0, 1);
    // An editor that is gone ends it as well.
    let editor = Editor::start(small(), &[]);
    assert_eq!(editor.end().0, 1);
}
