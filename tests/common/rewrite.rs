//! Cases of fixtures/rewrite: what `apply` makes of them, and the rules that hold for every fix in every case.

use serde_json::Value;

use super::checkout::Checkout;
use super::txtar::Archive;
use klogmod::go::parse::{first_error, parse_bytes};
use klogmod::go::syntax::Children;

/// A case: Go files, the arguments that it runs with, and what is expected of them.
pub struct Case {
    archive: Archive,
    /// Arguments, of the line `args:`.
    pub args: Vec<&'static str>,
}

/// One file before and after.
#[derive(Debug)]
struct Change {
    name: String,
    old: Vec<u8>,
    new: Vec<u8>,
}

/// A case after `apply`.
pub struct Applied {
    checkout: Checkout,
    plan: Value,
    args: Vec<&'static str>,
    changes: Vec<Change>,
}

const OUTCOMES: &str = "outcomes";
const WANT: &str = ".want";

impl Case {
    /// Reads a case.
    pub fn of(archive: &Archive) -> Self {
        let args = archive.directive("args").unwrap_or_default().split_whitespace();
        let args = args.map(|arg| &*Box::leak(arg.to_owned().into_boxed_str())).collect();
        Self { archive: archive.clone(), args }
    }

    fn inputs(&self) -> impl Iterator<Item = (&str, &str)> {
        let expected = |name: &str| name == OUTCOMES || name.ends_with(WANT);
        let files = self.archive.files.iter().filter(move |(name, _)| !expected(name));
        files.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Its files, Go files run through `encode`.
    pub fn checkout(&self, encode: impl Fn(&str) -> String) -> Checkout {
        let encoded = |name: &str, text: &str| if name.ends_with(".go") { encode(text) } else { text.to_owned() };
        Checkout::with(self.inputs().map(|(name, text)| (name.to_owned(), encoded(name, text))))
    }

    /// Applies every fix, those that are only shown included.
    pub fn apply(&self, encode: impl Fn(&str) -> String) -> Applied {
        let checkout = self.checkout(encode);
        let plan = checkout.run([&["plan", "--format", "json"], &*self.args].concat()).expect(0).json();
        let go_files: Vec<_> = self.inputs().map(|(name, _)| name).filter(|name| name.ends_with(".go")).collect();
        let old: Vec<_> = go_files.iter().map(|name| checkout.read(name)).collect();
        checkout
            .run([&["apply", "--allow-no-vcs", "--display-only", "--runtime=separate"], &*self.args].concat())
            .expect(0);
        let change = |(name, old): (&&str, Vec<u8>)| Change { name: name.to_string(), old, new: checkout.read(name) };
        let changes = go_files.iter().zip(old).map(change).collect();
        Applied { checkout, plan, args: self.args.clone(), changes }
    }

    /// The archive with what is expected of it replaced by what happened.
    pub fn expectation(&self, applied: &Applied) -> Archive {
        let mut wanted = Archive { files: Vec::new(), ..self.archive.clone() };
        wanted.files.extend(self.inputs().map(|(name, text)| (name.to_owned(), text.to_owned())));
        for change in applied.changes.iter().filter(|change| change.old != change.new) {
            wanted.set(&format!("{}{WANT}", change.name), String::from_utf8(change.new.clone()).unwrap());
        }
        wanted.set(OUTCOMES, outcomes(&applied.plan));
        wanted
    }

    /// The same calls in a file with other line endings, or with a byte order mark, become the same calls.
    #[track_caller]
    pub fn police_encodings(&self, applied: &Applied) {
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let marked = |text: &str| format!("\u{feff}{text}");
        for (encode, what) in [(&crlf as &dyn Fn(&str) -> String, "CRLF"), (&marked, "a byte order mark")] {
            let other = self.apply(encode);
            for (plain, encoded) in applied.changes.iter().zip(&other.changes) {
                let want = encode(std::str::from_utf8(&plain.new).unwrap());
                let got = String::from_utf8(encoded.new.clone()).unwrap();
                assert!(want == got, "{} with {what}\n{}", plain.name, super::diff(&want, &got));
            }
        }
    }
}

/// `file:line outcome reason`, and where the request ID comes from.
fn outcomes(plan: &Value) -> String {
    let mut out = String::new();
    for file in plan["files"].as_array().unwrap() {
        for entry in file["sites"].as_array().unwrap() {
            let place = format!("{}:{}", file["path"].as_str().unwrap(), entry["site"]["line"]);
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            let what = match text("outcome").as_str() {
                "fix" => fix(entry),
                "skip" => format!("skip {}: {}", text("reason"), text("detail")),
                "suppressed" => format!("suppressed: {}", text("justification")),
                other => other.to_owned(),
            };
            out.push_str(&format!("{place} {what}\n"));
        }
    }
    out
}

fn fix(entry: &Value) -> String {
    let mut out = entry["applicability"].as_str().unwrap().to_owned();
    let reasons = entry["reasons"].as_array().into_iter().flatten();
    let mut reasons: Vec<_> = reasons.map(|reason| reason.as_str().unwrap().to_owned()).collect();
    let request_id = &entry["request_id"];
    if let Some(from) = request_id.get("from") {
        let part = |name: &str| from[name].as_str().unwrap().to_owned();
        reasons.push(format!("request ID: {}({})", part("function"), part("argument")));
    }
    if let Some(none) = request_id.get("none") {
        reasons.push(format!("no request ID: {}", none.as_str().unwrap()));
    }
    if !reasons.is_empty() {
        out.push_str(&format!(": {}", reasons.join("; ")));
    }
    out
}

impl Applied {
    /// What holds for every fix.
    #[track_caller]
    pub fn police(&self) {
        for change in &self.changes {
            assert!(is_sound(&change.new), "{}: the result does not parse", change.name);
            self.outside(change);
        }
        self.converges();
    }

    /// A second run finds nothing to do, and what was left alone is as it was.
    #[track_caller]
    fn converges(&self) {
        let again = self.checkout.run([&["plan", "--format", "json"], &*self.args].concat()).expect(0).json();
        let count = |plan: &Value, name: &str| plan["totals"][name].as_u64().unwrap();
        assert_eq!(count(&again, "fixes"), 0, "a second run proposes more: {}", outcomes(&again));
        for name in ["inventory", "suppressed", "functionValues"] {
            assert_eq!(count(&self.plan, name), count(&again, name), "{name}");
        }
        assert_eq!(self.plan["totals"]["skipped"], again["totals"]["skipped"]);
    }

    /// Outside the edits that the plan states, the import declarations and the gaps before trailing comments, the values of
    /// literals and the columns of lists of variables no byte changes.
    #[track_caller]
    fn outside(&self, change: &Change) {
        let mut edits = Vec::new();
        for entry in self.sites(&change.name).filter(|entry| entry["outcome"] == "fix") {
            let at = |name: &str| entry["site"]["span"][name].as_u64().unwrap() as usize;
            edits.push((at("start"), at("end"), entry["after"].as_str().unwrap()));
            for edit in entry["elsewhere"].as_array().into_iter().flatten() {
                let at = |name: &str| edit["span"][name].as_u64().unwrap() as usize;
                edits.push((at("start"), at("end"), edit["text"].as_str().unwrap()));
            }
        }
        edits.sort_unstable();
        edits.dedup();
        let mut expected = Vec::new();
        let mut done = 0;
        for (start, end, text) in edits {
            expected.extend_from_slice(&change.old[done..start]);
            expected.extend_from_slice(text.as_bytes());
            done = end;
        }
        expected.extend_from_slice(&change.old[done..]);
        let (want, got) = (without_imports(&expected), without_imports(&change.new));
        assert!(want.rest == got.rest, "{}\n{}", change.name, super::diff(&want.rest, &got.rest));
        let lost: Vec<_> = want.comments.iter().filter(|comment| !got.comments.contains(comment)).collect();
        assert!(lost.is_empty(), "{}: comments among the imports are lost: {lost:?}", change.name);
    }

    fn sites(&self, name: &str) -> impl Iterator<Item = &Value> {
        let files = self.plan["files"].as_array().unwrap().iter().filter(move |file| file["path"] == name);
        files.flat_map(|file| file["sites"].as_array().unwrap())
    }
}

/// Whether a file is Go from end to end. The grammar takes statements at the top of a file; Go does not.
fn is_sound(bytes: &[u8]) -> bool {
    let Some(tree) = parse_bytes(bytes) else { return false };
    let declares =
        |kind: &str| kind.ends_with("_declaration") || matches!(kind, "package_clause" | "comment" | "\n" | ";");
    first_error(tree.root_node()).is_none() && Children::new(tree.root_node()).all(|node| declares(node.kind()))
}

struct Stripped {
    rest: String,
    comments: Vec<String>,
}

/// A file without its import declarations and the blank lines around them, one space before trailing comments, behind colons and
/// between the columns of lists of variables.
fn without_imports(bytes: &[u8]) -> Stripped {
    let tree = parse_bytes(bytes).unwrap();
    let text = std::str::from_utf8(bytes).unwrap();
    let imports = || Children::new(tree.root_node()).filter(|node| node.kind() == "import_declaration");
    let (Some(first), Some(last)) = (imports().next(), imports().last()) else { panic!("klog is not imported") };
    let (head, tail) = (&text[..first.start_byte()], &text[last.end_byte()..]);
    let rest = format!("{}\n\n{}", head.trim_end(), tail.trim_start());
    let own_lines = text[first.start_byte()..last.end_byte()].lines().map(str::trim);
    let comments = own_lines.filter(|line| line.starts_with("//")).map(str::to_owned).collect();
    let mut listed = false;
    let columns = rest.lines().map(|line| {
        listed = line.trim() == "var (" || listed && line.trim() != ")";
        let words = || line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if listed { words() } else { line.to_owned() }
    });
    let columns: Vec<String> = columns.collect();
    let aligned = columns.iter().map(|line| match line.find("//").into_iter().chain(line.find("/*")).min() {
        Some(at) if !line[..at].trim().is_empty() => format!("{} {}\n", line[..at].trim_end(), &line[at..]),
        _ => format!("{line}\n"),
    });
    let mut rest: String = aligned.collect();
    while rest.contains(":  ") {
        rest = rest.replace(":  ", ": ");
    }
    Stripped { rest, comments }
}
