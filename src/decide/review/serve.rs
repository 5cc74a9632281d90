//! The page, live: served to this machine alone, decisions written to the file.

use std::collections::VecDeque;
use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;

use super::Store;
use super::html::{Live, page};
use super::http::{Request, read, respond};
use super::store::Step;
use super::terminal::Subjects;
use crate::decide::change::{Changes, edited};
use crate::decide::decision::{State, Verdict};
use crate::decide::settle::Settled;
use crate::plan::pipeline::Plan;
use crate::rule::{RuleSet, Subject, check_key};

/// Connections at one time; browsers open a handful.
const CONNECTIONS: usize = 16;
/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A port that is bound and waits.
pub struct Server {
    listener: TcpListener,
    port: u16,
    token: String,
}

/// One plan, as it is served until somebody settles a name for the whole tree.
struct Serving<'p> {
    server: &'p Server,
    plan: &'p Plan,
    rules: &'p RuleSet,
    changes: Mutex<Changes<'p>>,
    store: Store,
    /// What was settled right before this plan was made.
    before: Option<Settled>,
    /// What was settled since: the plan is no longer that of the tree.
    settled: Mutex<Option<Settled>>,
}

/// An answer was kept: the plan has to be made anew, and somebody waits for its page.
pub struct Again {
    /// The answer.
    pub settled: Settled,
    waits: TcpStream,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: String,
    is: String,
    reason: Option<String>,
    text: Option<String>,
}

/// An answer for the whole tree.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    about: String,
    key: Option<String>,
}

impl Server {
    /// Binds to 127.0.0.1; port 0 takes any that is free.
    pub fn bind(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let token = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { listener, port, token })
    }

    /// The address to open; who knows it may decide.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.token)
    }

    /// Serves a plan until an answer makes it another one, or the process is ended. `again`: the answer before this plan.
    pub fn run(
        &self,
        of: Subjects<'_>,
        changes: Changes<'_>,
        store: Store,
        again: Option<Again>,
    ) -> std::io::Result<Again> {
        let (before, waits) = again.map(|again| (again.settled, again.waits)).unzip();
        let settled = Mutex::default();
        let changes = Mutex::new(changes);
        let serving = Serving { server: self, plan: of.plan, rules: of.rules, changes, store, before, settled };
        serving.run(waits)
    }
}

impl Serving<'_> {
    fn run(&self, mut waits: Option<TcpStream>) -> std::io::Result<Again> {
        let open = AtomicUsize::new(0);
        let mut seen: VecDeque<TcpStream> = VecDeque::new();
        std::thread::scope(|scope| {
            loop {
                let stream = match waits.take() {
                    Some(stream) => stream,
                    None => self.server.listener.accept()?.0,
                };
                if let Some(settled) = self.settled.lock().ok().and_then(|mut settled| settled.take()) {
                    // Browsers open connections ahead of need: nobody waits for what they do not say.
                    seen.iter().for_each(|stream| drop(stream.shutdown(Shutdown::Read)));
                    return Ok(Again { settled, waits: stream });
                }
                if open.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS {
                    open.fetch_sub(1, Ordering::SeqCst);
                    continue;
                }
                seen.truncate(CONNECTIONS - 1);
                stream.try_clone().into_iter().for_each(|stream| seen.push_front(stream));
                let open = &open;
                scope.spawn(move || {
                    // One that fails is one that went away.
                    let _ = self.connection(stream);
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        })
    }

    fn connection(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let answer = match read(&mut stream) {
            Ok(request) => self.answer(&request),
            Err(message) => (400, "text/plain", message),
        };
        respond(&mut stream, answer.0, answer.1, answer.2.as_bytes())?;
        stream.flush()?;
        // What is kept of it to end it early would hold it open.
        stream.shutdown(Shutdown::Both)
    }

    fn answer(&self, request: &Request) -> (u16, &'static str, String) {
        let refuse = |status, text: &str| (status, "text/plain", text.to_owned());
        // A name that leads here from elsewhere is how other pages would reach this one.
        let hosts = [format!("127.0.0.1:{}", self.server.port), format!("localhost:{}", self.server.port)];
        if !request.host.as_ref().is_some_and(|host| hosts.contains(host)) {
            return refuse(403, "this server answers to 127.0.0.1 only");
        }
        let foreign = |origin: &String| !hosts.iter().any(|host| *origin == format!("http://{host}"));
        if request.origin.as_ref().is_some_and(foreign) {
            return refuse(403, "another site's page may not speak to this server");
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") if !same(request.query_token().unwrap_or_default(), &self.server.token) => {
                refuse(403, "open the address that klogmod printed: it holds a token")
            }
            ("GET", "/") => self.show(),
            ("POST", "/decide" | "/settle") if request.origin.is_none() => {
                refuse(403, "a decision must come from the page")
            }
            ("POST", "/decide" | "/settle")
                if !same(request.token.as_deref().unwrap_or_default(), &self.server.token) =>
            {
                refuse(403, "the token is wrong: open the address that klogmod printed")
            }
            ("POST", "/decide") => match self.decide(&request.body) {
                Ok(()) => refuse(200, "ok"),
                Err(message) => refuse(422, &message),
            },
            ("POST", "/settle") => match self.settle(&request.body) {
                Ok(said) => refuse(200, &said),
                Err(message) => refuse(422, &message),
            },
            ("GET" | "HEAD" | "POST", _) => refuse(404, "nothing is here"),
            _ => refuse(405, "only GET and POST are known"),
        }
    }

    fn show(&self) -> (u16, &'static str, String) {
        let failed = |message: String| (500, "text/plain", message);
        let decisions = match self.store.load() {
            Ok(decisions) => decisions,
            Err(error) => return failed(error.to_string()),
        };
        match self.changes.lock() {
            Ok(changes) => {
                let live = Live { settled: self.before.as_ref() };
                let page = page(self.plan, &changes, &decisions, self.rules, Some(live));
                (200, "text/html; charset=utf-8", page)
            }
            Err(_) => failed("klogmod failed; start it again, nothing is lost".to_owned()),
        }
    }

    /// Keeps an answer; the next page is one of a plan that heeds it.
    fn settle(&self, body: &[u8]) -> Result<String, String> {
        let answer: Answer = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let about = Subject::parse(&answer.about).ok_or("that is nothing that can be settled")?;
        let reserved = &self.rules.keys.reserved;
        answer.key.as_ref().map_or(Ok(()), |key| check_key(key, reserved))?;
        let mut settled = self.settled.lock().map_err(|_| "klogmod failed; start it again".to_owned())?;
        let kept = Settled::keep(about, answer.key, self.plan, reserved).map_err(|error| error.to_string())?;
        let said = kept.to_string();
        *settled = Some(kept);
        Ok(said)
    }

    fn decide(&self, body: &[u8]) -> Result<(), String> {
        let order: Order = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let mut changes = self.changes.lock().map_err(|_| "klogmod failed; start it again".to_owned())?;
        let found = changes.list.iter_mut().find(|change| change.subject.fingerprint.as_str() == order.id);
        let change = found.ok_or("there is no such proposal")?;
        let verdict = match (order.is.as_str(), order.text) {
            ("accepted", _) => Some(Verdict::Accepted),
            ("rejected", _) => Some(Verdict::Rejected { reason: order.reason.unwrap_or_default() }),
            ("edited", Some(text)) => {
                edited(change.file, change.site, change.fix, change.log_calls, &text)
                    .map_err(|error| error.to_string())?;
                Some(Verdict::Edited { text })
            }
            ("new", _) => None,
            _ => return Err(format!("{} is no decision", order.is)),
        };
        let mut step = Step::new();
        if let State::Changed { fingerprint, .. } = &change.state {
            step.push((fingerprint.clone(), None));
        }
        let decision = verdict.as_ref().map(|verdict| change.decide(verdict.clone()));
        step.push((change.subject.fingerprint.clone(), decision));
        self.store.step(step).map_err(|error| error.to_string())?;
        change.state = verdict.map_or(State::New, State::Decided);
        Ok(())
    }
}

/// Compares in a time that tells nothing of where two texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}
