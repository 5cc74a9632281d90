//! Certifying: a change that somebody else made, by hand or by a program, held to what klogmod holds its own to.
//!
//! ```text
//! change ─▶ reading ─▶ pairing ─▶ judge ─▶ report
//!   files      calls      old and     what is      verdict of each
//!   before     as the     new, by     to be        call and of
//!   and after  engine     place and   said of      the whole
//!              reads      likeness    each
//!               └──▶ rest: everything else that differs
//! ```
//!
//! In come files before and after, out come verdicts with reasons; nothing is changed, and nothing of either side is run.

mod around;
mod built;
mod change;
mod composed;
mod defined;
mod evaluated;
mod given;
mod guard;
mod handed;
mod judge;
mod keyed;
mod klog;
mod level;
mod maker;
mod message;
mod missing;
mod pairing;
mod patch;
mod phrase;
mod publish;
mod reading;
mod reason;
mod report;
mod rest;
mod shown;
mod source;
mod swapped;
mod token;
mod wording;
mod words;
mod written;

use crate::go::files::{self, GeneratedFiles};
use crate::go::parse::{SourceFile, is_generated};
use crate::plan::pipeline::{Keep, Making, Met, Options, PlanError, Read, read};
use crate::rule::RuleSet;
use crate::text::LineCol;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::Outcome;

pub use change::{Change, ChangeError, Ground, Sides};
pub use evaluated::Hazard;
pub use publish::{Format, write};
pub use reason::{Finding, Weight};
pub use report::{Call, Certificate, Other, Said, Totals, Verdict};

use built::is_built;
use judge::{judge, judge_added};
use maker::Maker;
use message::exchanged;
use pairing::{Paired, pair};
use reading::{Reading, reading};
use rest::Rest;

/// Reads calls, and what makes loggers beside them.
struct Readings<'r> {
    /// What the request ID's package is called by import path.
    runtime: &'r str,
}

impl Keep for Readings<'_> {
    type Call = Reading;
    type Maker = Maker;

    fn call(&self, met: &Met<'_, '_>) -> Reading {
        reading(met, self.runtime)
    }

    fn maker(&self, making: &Making<'_, '_>) -> Maker {
        maker::making(making, self.runtime)
    }
}

/// One side of one file, read.
type Side = Option<Result<Read<Reading, Maker>, Diagnostic>>;

/// Certifies a change, or says of each of its calls why not. `options` are those of a run on the tree afterwards.
pub fn certify(change: &Change, options: &Options, rules: &RuleSet) -> Result<Certificate, PlanError> {
    let runtime = options.runtime.as_deref().unwrap_or(&rules.carriers.import);
    let mut certificate = Certificate::new(rules);
    certificate.unread.extend(change.unread.iter().cloned());
    // A change does not say itself which files are generated.
    let declares = |name: &str| change.others.iter().any(|path| &**path == name);
    let generated = match declares(".gitattributes") || declares(".generated_files") {
        true => GeneratedFiles::default(),
        false => GeneratedFiles::load(&change.old.root),
    };
    let mut read_files: Vec<&RelPath> = Vec::new();
    for (path, sides) in &change.files {
        let left = left_alone(path, rules, &generated).or_else(|| {
            // A change does not say itself that it is not to be looked at.
            let marked = sides.old.as_ref().or(sides.new.as_ref()).is_some_and(|bytes| is_generated(bytes));
            marked.then(|| files::GENERATED.to_owned())
        });
        match left {
            Some(_) if is_built(path, change) => {
                certificate.other(path, LineCol { line: 1, col: 1 }, Finding::OtherBuilt)
            }
            Some(why) => certificate.other(path, LineCol { line: 1, col: 1 }, Finding::LeftAlone { why }),
            None => read_files.push(path),
        }
    }
    for path in &change.others {
        let finding = if is_built(path, change) { Finding::OtherBuilt } else { Finding::OtherFile };
        certificate.other(path, LineCol { line: 1, col: 1 }, finding);
    }
    let readings = Readings { runtime };
    let side = |ground: &Ground, of: &dyn Fn(&Sides) -> Option<std::sync::Arc<[u8]>>| {
        let bytes: Vec<_> = read_files.iter().map(|path| change.files.get(*path).and_then(of)).collect();
        let sources = read_files
            .iter()
            .zip(&bytes)
            .filter_map(|(path, bytes)| Some(SourceFile { path: (*path).clone(), bytes: bytes.clone()? }));
        let root = files::Root { dir: ground.root.clone(), narrow: Vec::new() };
        let options = Options { root, overlay: ground.overlay.clone(), tests: true, ..options.clone() };
        let mut found = read(&options, rules, sources.collect(), &readings)?.into_iter();
        Ok::<Vec<Side>, PlanError>(bytes.iter().map(|bytes| bytes.as_ref().and_then(|_| found.next())).collect())
    };
    let (olds, news) = (side(&change.old, &|sides| sides.old.clone())?, side(&change.new, &|sides| sides.new.clone())?);
    for ((path, old), new) in read_files.into_iter().zip(olds).zip(news) {
        file(path, old, new, rules, &mut certificate);
    }
    certificate.finish();
    Ok(certificate)
}

/// Why a file is not looked at.
fn left_alone(path: &RelPath, rules: &RuleSet, generated: &GeneratedFiles) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let left = rules.scope.leaves_file(name).or_else(|| parts.iter().find_map(|part| rules.scope.leaves(part)));
    left.map(str::to_owned).or_else(|| generated.contains(path).then(|| files::GENERATED.to_owned()))
}

fn file(path: &RelPath, old: Side, new: Side, rules: &RuleSet, certificate: &mut Certificate) {
    let mut take = |side: Side| match side {
        Some(Err(diagnostic)) => {
            certificate.unread.push(diagnostic);
            Err(())
        }
        Some(Ok(read)) => Ok(Some(read)),
        None => Ok(None),
    };
    let (Ok(old), Ok(new)) = (take(old), take(new)) else { return };
    let none: &[Reading] = &[];
    let olds = old.as_ref().map_or(none, |read| &read.calls);
    let news = new.as_ref().map_or(none, |read| &read.calls);
    let pairs = pair(olds, news);
    let mut exchanged = exchanged(&pairs, olds, news);
    let none: &[Maker] = &[];
    let makers = [&old, &new].map(|side| side.as_ref().map_or(none, |read| &read.makers));
    let both: Vec<_> = pairs.iter().filter_map(|pair| Some((olds.get(pair.old?)?, news.get(pair.new?)?))).collect();
    for (position, finding) in maker::compare(makers[0], makers[1], &both) {
        certificate.other(path, position, finding);
    }
    let [old_numbers, new_numbers] = numbers(&pairs, olds.len(), news.len());
    for (at, paired) in pairs.into_iter().enumerate() {
        let of_it = exchanged.extract_if(.., |(of, _)| *of == at).map(|(_, finding)| finding).collect();
        certificate.calls.extend(call(path, paired, (olds, news), of_it, rules));
    }
    let before = old.as_ref().map(|read| Rest::of(read, &old_numbers, &rules.log_calls));
    match new.as_ref().map(|read| Rest::of(read, &new_numbers, &rules.log_calls)) {
        Some(after) => {
            for difference in Rest::differences(before.as_ref(), &after) {
                certificate.other(path, difference.position, difference.finding);
            }
        }
        None => {
            let finding = Finding::OtherCode { old: path.to_string(), new: String::new() };
            certificate.other(path, LineCol { line: 1, col: 1 }, finding);
        }
    }
}

/// The numbers of the calls of both sides by which those that belong together are known; what moved is told as that.
fn numbers(pairs: &[Paired], olds: usize, news: usize) -> [Vec<Option<usize>>; 2] {
    let mut numbers = [vec![None; olds], vec![None; news]];
    for (number, pair) in pairs.iter().enumerate().filter(|(_, pair)| !pair.moved) {
        if let (Some(old), Some(new)) = (pair.old, pair.new) {
            numbers[0][old] = Some(number);
            numbers[1][new] = Some(number);
        }
    }
    numbers
}

/// Whether two calls say the same words of the same values, in whatever form.
fn says_the_same(one: &Reading, other: &Reading) -> bool {
    let words = |reading: &Reading| wording::stems(&reading.message);
    let shows = |this: &Reading, that: &Reading| {
        let needs = this.all().flat_map(|value| &value.needs);
        needs.into_iter().all(|need| that.all().any(|value| !value.shows.is_disjoint(need)))
    };
    !words(one).is_empty() && words(one) == words(other) && (shows(one, other) || shows(other, one))
}

/// What is to be said of a pair; nothing of one that has not changed. `found` is what is known already.
fn call(
    path: &RelPath,
    paired: Paired,
    (olds, news): (&[Reading], &[Reading]),
    found: Vec<Finding>,
    rules: &RuleSet,
) -> Option<Call> {
    let old = paired.old.and_then(|at| olds.get(at));
    let new = paired.new.and_then(|at| news.get(at));
    let mut findings = match (old, new) {
        (Some(old), Some(new)) => {
            let same = old.normal == new.normal && old.guards == new.guards && old.exit == new.exit && !paired.moved;
            let same = same && old.chain == new.chain;
            if same && old.level() == new.level() && old.site.method == new.site.method {
                return None;
            }
            judge(old, new, rules)
        }
        (None, Some(new)) => {
            let is_same = |other: &&Reading| {
                let here = other.site.function == new.site.function && other.guards == new.guards;
                let is_it = other.normal == new.normal || says_the_same(other, new);
                here && is_it && other.site.span != new.site.span
            };
            let twice = news.iter().find(is_same).map(|same| Finding::CallTwice { line: same.site.position.line });
            judge_added(new, rules).into_iter().chain(twice).collect()
        }
        (Some(old), None) => {
            let exit = old.exit.as_ref().map(|_| Finding::ExitLost);
            std::iter::once(Finding::CallRemoved).chain(exit).collect()
        }
        (None, None) => return None,
    };
    findings.splice(..0, paired.moved.then_some(Finding::CallMoved).into_iter().chain(found));
    let refused = findings.iter().any(|finding| finding.weight() == Weight::Refusal);
    let better = old.filter(|_| refused).and_then(|old| match &old.outcome {
        Outcome::Fix(fix) => Some(fix.after.clone()),
        _ => None,
    });
    Some(Call::new(path, old, new, findings, better.filter(|better| new.is_none_or(|new| *better != new.text))))
}
