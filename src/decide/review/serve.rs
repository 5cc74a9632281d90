//! The page, live: served to this machine alone, decisions written to the file.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;

use super::Store;
use super::html::page;
use super::http::{Request, read, respond};
use super::store::Step;
use crate::decide::change::{Changes, edited};
use crate::decide::decision::{State, Verdict};
use crate::plan::pipeline::Plan;
use crate::rule::RuleSet;

/// Connections at one time; browsers open a handful.
const CONNECTIONS: usize = 16;
/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that is bound and waits.
pub struct Server<'p> {
    listener: TcpListener,
    port: u16,
    token: String,
    plan: &'p Plan,
    rules: &'p RuleSet,
    changes: Mutex<Changes<'p>>,
    store: Store,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: String,
    is: String,
    reason: Option<String>,
    text: Option<String>,
}

impl<'p> Server<'p> {
    /// Binds to 127.0.0.1; port 0 takes any that is free.
    pub fn bind(
        port: u16,
        plan: &'p Plan,
        changes: Changes<'p>,
        store: Store,
        rules: &'p RuleSet,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let token = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { listener, port, token, plan, rules, changes: Mutex::new(changes), store })
    }

    /// The address to open; who knows it may decide.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.token)
    }

    /// Serves until the process is ended.
    pub fn run(&self) -> std::io::Result<()> {
        let open = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            loop {
                let (stream, _) = self.listener.accept()?;
                if open.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS {
                    open.fetch_sub(1, Ordering::SeqCst);
                    continue;
                }
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
        stream.flush()
    }

    fn answer(&self, request: &Request) -> (u16, &'static str, String) {
        let refuse = |status, text: &str| (status, "text/plain", text.to_owned());
        // A name that leads here from elsewhere is how other pages would reach this one.
        let hosts = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        if !request.host.as_ref().is_some_and(|host| hosts.contains(host)) {
            return refuse(403, "this server answers to 127.0.0.1 only");
        }
        let foreign = |origin: &String| !hosts.iter().any(|host| *origin == format!("http://{host}"));
        if request.origin.as_ref().is_some_and(foreign) {
            return refuse(403, "another site's page may not speak to this server");
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") if !same(request.query_token().unwrap_or_default(), &self.token) => {
                refuse(403, "open the address that klogmod printed: it holds a token")
            }
            ("GET", "/") => self.show(),
            ("POST", "/decide") if request.origin.is_none() => refuse(403, "a decision must come from the page"),
            ("POST", "/decide") if !same(request.token.as_deref().unwrap_or_default(), &self.token) => {
                refuse(403, "the token is wrong: open the address that klogmod printed")
            }
            ("POST", "/decide") => match self.decide(&request.body) {
                Ok(()) => refuse(200, "ok"),
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
            Ok(changes) => (200, "text/html; charset=utf-8", page(self.plan, &changes, &decisions, self.rules, true)),
            Err(_) => failed("klogmod failed; start it again, nothing is lost".to_owned()),
        }
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
