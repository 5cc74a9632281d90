//! One file at a time: read, learned from, gone through.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use tree_sitter::Node;

use super::aim;
use super::applied::Applied;
use super::beside::{self, Beside};
use super::calling::{Search, called};
use super::error::{PlanError, guarded};
use super::file::{FilePlan, FileResult};
use super::gaps;
use super::left::{Called, Left};
use super::options::Options;
use super::recall::Recall;
use super::scope::Scope;
use super::seen::{FileSamples, FileSeen};
use super::settle::{name, retract_broken, retract_outer, suppress};
use super::site::SitePlan;
use super::unseen;
use super::visit::{FileVisitor, Purpose, Visited};
use crate::go::calls::{Anchor, Kept, Shape};
use crate::go::files::{self, GeneratedFiles, Overlay};
use crate::go::index::{Imports, OutlineSeen};
use crate::go::module::Modules;
use crate::go::parse::{self, ParsedFile, SourceFile};
use crate::go::syntax::head::{Head, head};
use crate::go::syntax::sure::is_surely_go;
use crate::go::types::{self, Absent, World};
use crate::klog::borrowed::borrowed;
use crate::klog::call::{Class, Recognizer};
use crate::klog::convention::Conventions;
use crate::klog::lint;
use crate::klog::mention::{can_be_structured, may_log};
use crate::klog::sought::{FileTexts, SoughtTexts};
use crate::klog::suppress::suppressions;
use crate::path::{Engine, Served, Standing};
use crate::rule::{RuleSet, Version};
use crate::text::diagnostic::{Diagnostic, Level, RelPath};
use crate::write::edit::{Edits, Proposer, Runtime};
use crate::write::reason::Refusal;
use crate::write::runtime::Homes;
use crate::write::thread::Ground;

/// Files larger than this are not analysed: 8 MiB, three times kubernetes' largest.
pub const MAX_FILE_SIZE: u64 = 8 << 20;
/// klog's version where no go.mod names one: the oldest with structured calls.
pub const OLDEST_KLOG: Version = Version(2, 0, 0);

/// Bytes of files whose declarations are remembered before they are looked up anew: about what kubernetes has.
pub(super) const MAX_WORLD: usize = 64 << 20;

/// A file that was looked at: done with, or to be gone through.
pub enum Load {
    /// Nothing more to do.
    Done(FileResult),
    /// It may hold klog calls, none of which shows a habit: its tree can wait.
    Read(SourceFile),
    /// It may hold klog calls.
    Parsed(Box<ParsedFile>),
}

impl Load {
    /// The file's tree, if it may hold klog calls and parses.
    pub fn parsed(self) -> Option<Box<ParsedFile>> {
        match self {
            Self::Parsed(file) => Some(file),
            Self::Read(source) => parse::parse(source).ok().map(Box::new),
            Self::Done(_) => None,
        }
    }
}

/// What all files share.
pub struct Stage<'a> {
    pub(super) options: &'a Options,
    pub(super) rules: &'a RuleSet,
    generated: GeneratedFiles,
    modules: Modules<'a>,
    pub(super) world: World,
    pub(super) edits: Edits,
    homes: Homes<'a>,
    idle: BTreeSet<String>,
    served: Option<Served>,
    /// What the paths were found by.
    kept: Kept,
    recall: Option<Recall>,
    /// What was taken from files whose declarations are forgotten.
    forgotten: Vec<OutlineSeen>,
    /// Files that were read beside those that are gone through.
    beside: Mutex<BTreeSet<RelPath>>,
    /// What the checkout looks for in logs.
    sought: SoughtTexts,
    /// Functions that are called without a context, where that matters.
    pub(super) absent: Option<Arc<Absent>>,
}

impl<'a> Stage<'a> {
    /// Reads what concerns all files.
    pub fn new(options: &'a Options, rules: &'a RuleSet) -> Self {
        let klog = rules.log_calls.import_paths.last().map_or("", String::as_str);
        Self {
            options,
            homes: Homes::read(&options.root.dir, options.id_source, &rules.carriers.key),
            idle: super::idle::idle(options, rules),
            rules,
            generated: GeneratedFiles::load(&options.root.dir),
            modules: Modules::new(&options.root.dir, klog),
            world: options.world(),
            edits: options.edits,
            served: None,
            kept: Kept::default(),
            recall: None,
            forgotten: Vec::new(),
            beside: Mutex::default(),
            sought: SoughtTexts::default(),
            absent: None,
        }
    }

    /// Whether the tree's habits are learned.
    pub fn learns(&self) -> bool {
        self.options.habits
    }

    /// Takes what the checkout looks for in logs.
    pub fn seek(&mut self, texts: &[FileTexts]) {
        self.sought = SoughtTexts::new(texts);
    }

    /// The tree's declarations, none of which is known yet.
    fn renew(&mut self) {
        self.world = self.options.world();
        self.world.know(self.absent.clone().unwrap_or_default());
    }

    /// Proposes these edits from now on.
    pub fn ask(&mut self, edits: Edits) {
        self.edits = edits;
    }

    /// Sees files as `overlay` has them from now on. `changed`: a directory in which declarations are others now.
    pub fn see(&mut self, overlay: Overlay, changed: Option<&str>) {
        if self.world.index().stats().bytes > MAX_WORLD {
            self.renew();
        }
        self.world.see(overlay, changed);
    }

    /// What is needed when nothing more is planned: by a search for callers, or by threads.
    pub(super) fn leave(self) -> (Option<Self>, Option<Box<Left>>) {
        match self.options.edits.last_resort {
            true => (None, Some(Box::new(Left { world: self.world, kept: self.kept }))),
            false => (self.options.callers.then_some(self), None),
        }
    }

    /// Takes what an older plan left, whose files are seen otherwise now.
    pub(super) fn take(&mut self, left: Left) {
        let changed: BTreeSet<&str> = self.options.overlay.paths().map(|path| dir_of(path)).collect();
        (self.world, self.kept) = (left.world, left.kept);
        self.world.see(self.options.overlay.clone(), changed);
    }

    /// Takes standings from an older run.
    pub fn recall(&mut self, recall: Option<Recall>) {
        self.recall = recall;
    }

    /// Whether standings come from an older run.
    pub fn recalls(&self) -> bool {
        self.recall.is_some()
    }

    /// Whether the older run did not answer everything.
    pub fn is_lost(&self) -> bool {
        self.recall.as_ref().is_some_and(Recall::is_lost)
    }

    /// The files that paths were read from.
    pub fn shapes(&self) -> BTreeMap<RelPath, Shape> {
        self.served.iter().flat_map(Served::shapes).cloned().collect()
    }

    /// Finds the paths that the run is about.
    pub fn aim(&mut self) -> Result<Option<Scope>, PlanError> {
        let Some(options) = &self.options.scope else { return Ok(None) };
        let within = aim::directories(self.options, self.rules, self.world.index());
        let engine = Engine::new(self.rules, &self.world).with(std::mem::take(&mut self.kept));
        let served = engine.serve(&options.selection, within.as_ref())?;
        if self.options.edits.last_resort {
            self.kept = engine.into_kept();
        }
        aim::check(options, &served)?;
        let found = Scope::of(options, &served, self.rules);
        self.served = (!found.is_whole).then_some(served);
        Ok(Some(found))
    }

    /// The runtime package, as files of a directory import it.
    pub fn runtime(&self, dir: &str) -> Runtime<'_> {
        // A path in one module is that module's alone.
        let is_for = |import: &&String| {
            let holding = self.homes.holding(import).map(|home| &home.dir);
            holding.is_none_or(|holding| self.homes.of(dir).is_some_and(|home| home.dir == *holding))
        };
        let (import, filters, refusal) = match self.options.runtime.as_ref().filter(is_for) {
            // What the owners set is theirs to answer for.
            Some(import) => (Some(&**import), true, None),
            // In a GOPATH there is no telling who requires what.
            None if self.homes.is_empty() => (None, true, None),
            None => match self.homes.check(dir) {
                Ok(package) => (Some(&*package.import_path), package.filters, None),
                Err(refusal) => (None, true, Some(refusal)),
            },
        };
        Runtime {
            import: import.unwrap_or(&self.rules.carriers.import),
            filters,
            refusal: refusal.or_else(|| self.idle.contains(dir).then_some(Refusal::NoOperation)),
            source: self.options.id_source,
            process_ids: self.options.process_ids,
        }
    }

    /// Reads a file, and parses it if it can hold a klog call.
    pub fn load(&self, path: &RelPath) -> (Load, FileSeen) {
        guarded(path, || self.read(path))
            .unwrap_or_else(|failed| (Load::Done(FileResult::failed(failed)), FileSeen::Unread))
    }

    /// As [`Stage::load`], and says what the file calls, if that is asked: by the run, or by who made it once the plan is there.
    pub fn load_calling(&self, path: &RelPath) -> (Load, FileSeen, Called) {
        let calls = Cell::default();
        let asks = self.options.callers || self.options.edits.parts_alone;
        let also = |bytes: &[u8]| calls.set(if asks { called(bytes) } else { Called::default() });
        let (load, seen) = guarded(path, || self.read_with(path, &also))
            .unwrap_or_else(|failed| (Load::Done(FileResult::failed(failed)), FileSeen::Unread));
        (load, seen, calls.take())
    }

    fn read(&self, path: &RelPath) -> (Load, FileSeen) {
        self.read_with(path, &|_| ())
    }

    fn read_with(&self, path: &RelPath, also: &dyn Fn(&[u8])) -> (Load, FileSeen) {
        let look = |bytes: &[u8]| {
            also(bytes);
            self.look(path, bytes)
        };
        self.world.index().lend(path, look).unwrap_or_else(|error| {
            let diagnostic = Diagnostic::error(path.clone(), format!("not analysed: {error}"));
            (Load::Done(FileResult::failed(diagnostic)), FileSeen::Unread)
        })
    }

    fn look(&self, path: &RelPath, bytes: &[u8]) -> (Load, FileSeen) {
        let done = |diagnostic| Load::Done(FileResult::failed(diagnostic));
        let head = head(bytes);
        let mut notes = self.notes(path, bytes, &head);
        let seen = FileSeen::of(
            self.generated.contains(path) || head.is_generated,
            bytes,
            !notes.is_empty() || FileSeen::is_notable(&head),
            self.rules,
        );
        match seen {
            FileSeen::Generated(_) => {
                notes.clear();
                notes.extend(unseen::generated(path, bytes, &self.rules.log_calls));
                let result = FileResult { left_alone: Some(files::GENERATED), diagnostics: notes, plan: None };
                return (Load::Done(result), seen);
            }
            FileSeen::Speaking(_) if may_log(bytes, &self.rules.log_calls) || lint::is_held(bytes, self.rules) => {}
            FileSeen::Speaking(_) | FileSeen::Quiet | FileSeen::Unread => {
                return (Load::Done(FileResult { diagnostics: notes, ..FileResult::default() }), seen);
            }
        }
        if bytes.len() as u64 > MAX_FILE_SIZE {
            let message = format!("not analysed: {} bytes are more than {MAX_FILE_SIZE}", bytes.len());
            return (done(Diagnostic::error(path.clone(), message).help("split the file or exclude it")), seen);
        }
        let shows_habits = self.options.proposes && can_be_structured(bytes, &self.rules.log_calls);
        let source = SourceFile { path: path.clone(), bytes: bytes.into() };
        if !shows_habits {
            return (Load::Read(source), seen);
        }
        match self.parse(source) {
            Ok(file) => (Load::Parsed(Box::new(file)), seen),
            Err(diagnostic) => (done(diagnostic), seen),
        }
    }

    /// Parses what of a file can hold klog calls, or says that they stay as they are; all of it where the tree asks more of it.
    fn parse(&self, source: SourceFile) -> Result<ParsedFile, Diagnostic> {
        if lint::asks_of_all(self.rules) || lint::is_held(&source.bytes, self.rules) {
            return gaps::parse(source, &self.rules.log_calls);
        }
        let suppress = &self.rules.scope.suppress;
        let directives: Vec<&str> =
            std::iter::once(&suppress.directive).chain(&suppress.others).map(String::as_str).collect();
        gaps::parse_part(source, &self.rules.log_calls, &directives)
    }

    /// What keeps a file from being analysed. Most files are surely Go, so that most of a tree costs next to nothing.
    pub(super) fn failures(&self, path: &RelPath, (bytes, head): (&[u8], &Head<'_>)) -> Vec<Diagnostic> {
        let speaks = || may_log(bytes, &self.rules.log_calls) || lint::is_held(bytes, self.rules);
        if self.generated.contains(path) || head.is_generated || !speaks() {
            return Vec::new();
        }
        // What its module's file lacks is told with the others' complaints.
        self.modules.version(dir_of(path));
        if bytes.len() as u64 <= MAX_FILE_SIZE && is_surely_go(bytes) {
            return Vec::new();
        }
        let mut failures = self.finish(self.look(path, bytes).0, &Conventions::default()).diagnostics;
        failures.retain(|diagnostic| diagnostic.level == Level::Error);
        failures
    }

    /// What the file's head tells of what is not seen.
    pub(super) fn notes(&self, path: &RelPath, bytes: &[u8], head: &Head<'_>) -> Vec<Diagnostic> {
        unseen::of_head(path, (bytes, head), (self.world.index(), self.rules), &self.beside)
    }

    /// Files that were read beside those that are gone through.
    pub fn beside(&self) -> BTreeSet<RelPath> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the structured calls in files that were loaded show.
    pub fn samples_of(&self, loaded: &[(Load, FileSeen)]) -> Vec<FileSamples> {
        let none = Conventions::default();
        let of_file = |(load, _): &(Load, FileSeen)| match load {
            Load::Parsed(file) => self.samples(file, &none),
            Load::Read(_) | Load::Done(_) => None,
        };
        loaded.par_iter().filter_map(of_file).collect()
    }

    /// What the structured calls in files show that are looked at for this alone.
    pub fn samples_elsewhere(&self, elsewhere: &[RelPath]) -> (Vec<(RelPath, FileSeen)>, Vec<FileSamples>) {
        let none = Conventions::default();
        let look = |bytes: &[u8]| FileSeen::elsewhere(bytes, &self.rules.log_calls);
        let of_file = |path: &RelPath| {
            let seen = self.world.index().lend(path, look).unwrap_or(FileSeen::Unread);
            let may = matches!(seen, FileSeen::Speaking(_));
            let samples = match if may { self.load(path).0 } else { Load::Done(FileResult::default()) } {
                Load::Parsed(file) => self.samples(&file, &none),
                Load::Read(_) | Load::Done(_) => None,
            };
            ((path.clone(), seen), samples)
        };
        let found: Vec<_> = elsewhere.par_iter().map(of_file).collect();
        let (seen, samples): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        (seen, samples.into_iter().flatten().collect())
    }

    fn samples(&self, file: &ParsedFile, none: &Conventions) -> Option<FileSamples> {
        if !self.options.proposes || !can_be_structured(&file.source.bytes, &self.rules.log_calls) {
            return None;
        }
        let path = &file.source.path;
        let sampled = guarded(path, || self.visit(file, none, Purpose::Learn).map(|visited| visited.samples));
        let samples = sampled.ok().and_then(Result::ok).unwrap_or_default();
        (!samples.is_empty()).then(|| (path.clone(), samples))
    }

    /// Forgets declarations, if they come from files of more than so many bytes.
    pub fn forget(&mut self, most: usize) {
        if self.world.index().stats().bytes > most {
            self.forgotten.extend(self.world.index().seen());
            self.world.forget();
        }
    }

    /// What the run took from files whose declarations it may need.
    pub fn outlines(&self) -> Vec<OutlineSeen> {
        let mut seen = self.world.index().seen();
        seen.extend(self.forgotten.iter().cloned());
        seen.extend(self.served.iter().flat_map(|served| served.seen.iter().cloned()));
        seen.sort();
        seen.dedup();
        seen
    }

    /// Proposes a file's rewrites.
    pub fn finish(&self, load: Load, conventions: &Conventions) -> FileResult {
        match load {
            Load::Done(result) => result,
            Load::Read(source) => {
                guarded(&source.path.clone(), || self.read_on(source, conventions)).unwrap_or_else(FileResult::failed)
            }
            Load::Parsed(file) => guarded(&file.source.path, || self.parsed(&file, conventions, Vec::new(), None))
                .unwrap_or_else(FileResult::failed),
        }
    }

    /// What a file holds.
    fn read_on(&self, source: SourceFile, conventions: &Conventions) -> FileResult {
        if let Some(result) = self.apart(&source, conventions) {
            return result;
        }
        match self.parse(source) {
            Ok(file) => self.parsed(&file, conventions, Vec::new(), None),
            Err(diagnostic) => FileResult::failed(diagnostic),
        }
    }

    /// What becomes of a file's calls; of those alone in declarations that start at one of some places, if any are given: what became of
    /// the others is known.
    pub(super) fn parsed(
        &self,
        file: &ParsedFile,
        conventions: &Conventions,
        known: Vec<SitePlan>,
        among: Option<&BTreeSet<usize>>,
    ) -> FileResult {
        let purpose = if self.options.proposes { Purpose::Propose } else { Purpose::List };
        let head = head(&file.source.bytes);
        let mut notes = self.notes(&file.source.path, &file.source.bytes, &head);
        let visited = match self.visit_among(file, conventions, purpose, among) {
            Ok(visited) => visited,
            Err(diagnostic) => return FileResult::failed(diagnostic),
        };
        let Visited { mut sites, beside: mut besides, has_klog, notes: seen, .. } = visited;
        notes.extend(seen);
        sites.extend(known);
        if !has_klog && sites.is_empty() {
            return FileResult { diagnostics: notes, ..FileResult::default() };
        }
        sites.sort_by_key(|s| (s.site.span.start, s.site.span.end));
        if self.options.proposes {
            name(&mut sites, &file.source);
        }
        beside::name(&mut besides, file);
        let suppressions = suppressions(file, &self.rules.scope.suppress);
        let mut diagnostics = suppress(&mut sites, &mut besides, suppressions, file);
        let mut plan = FilePlan {
            path: file.source.path.clone(),
            source: file.source.bytes.clone(),
            klog: self.klog(&file.source.path),
            sites,
            beside: besides,
            applied: Applied::default(),
        };
        diagnostics.extend(notes);
        gaps::doubt(&mut plan.sites, file);
        retract_outer(&mut plan.sites);
        self.place(&mut plan);
        retract_broken(&mut plan, &file.tree);
        FileResult { plan: Some(plan), left_alone: None, diagnostics }
    }

    /// Leaves out what the run is not about.
    pub(super) fn place(&self, plan: &mut FilePlan) {
        aim::place(plan, &|path, source, offset| self.standing(path, source, offset), self.narrows());
    }

    /// Gives each call of an older plan the standing that it has now. `false` where the run is about a call that it was
    /// not about then, so that the file has to be planned anew.
    pub fn place_anew(&self, plan: &mut FilePlan) -> bool {
        let was_out: Vec<bool> = plan.sites.iter().map(|site| site.out_of_scope().is_some()).collect();
        plan.sites.iter_mut().for_each(|site| site.standing = None);
        self.place(plan);
        let is_on = |site: &SitePlan| !matches!(site.standing, Some(Standing::Off(_)));
        !plan.sites.iter().zip(was_out).any(|(site, was_out)| was_out && is_on(site))
    }

    /// Whether calls elsewhere are left out.
    pub(super) fn narrows(&self) -> bool {
        self.options.scope.as_ref().is_some_and(|scope| scope.narrows)
    }

    /// Where a call stands among the operations, if the run asks.
    pub(super) fn standing(&self, path: &RelPath, source: &[u8], offset: usize) -> Option<(Standing, Option<Anchor>)> {
        match (&self.recall, &self.served) {
            (Some(recall), _) => recall.standing(path, offset),
            (None, Some(served)) => Some((served.standing(path, source, offset), served.anchor(path, offset))),
            (None, None) => None,
        }
    }

    /// Why a file's calls are skipped, if its owners declined.
    fn declined(&self, path: &RelPath) -> Option<&'a str> {
        let declined = self.rules.scope.declined.iter().filter(|_| self.options.declined);
        declined.into_iter().find(|declined| declined.paths.is_match(&**path)).map(|declined| declined.reason.as_str())
    }

    /// The klog that a file is compiled against.
    pub(super) fn klog(&self, path: &RelPath) -> Version {
        self.options.klog_version.or_else(|| self.modules.version(dir_of(path))).unwrap_or(OLDEST_KLOG)
    }

    /// What could not be read beside the Go files.
    pub fn complaints(&self) -> Vec<Diagnostic> {
        let mut complaints = self.modules.complaints();
        complaints.extend(self.generated.complaints().iter().cloned());
        complaints
    }

    /// The declarations that types come from.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// A search for the calls of what hands on what it is given.
    pub(super) fn search(&self) -> Search<'_> {
        Search { world: &self.world, rules: &self.rules.log_calls }
    }

    /// What threading looks at.
    pub fn ground(&self) -> Ground<'_> {
        Ground { world: &self.world, rules: self.rules, generated: &self.generated }
    }

    /// Where a file's calls are.
    pub fn places(&self, file: &ParsedFile) -> Vec<crate::path::Place> {
        let none = Conventions::default();
        let path = &file.source.path;
        let visited = guarded(path, || self.visit(file, &none, Purpose::List)).ok().and_then(Result::ok);
        let mut sites = visited.unwrap_or_default().sites;
        sites.retain(|plan| plan.site.class != Class::FunctionValue);
        sites.sort_by_key(|s| (s.site.span.start, s.site.span.end));
        let place = |plan: SitePlan| crate::path::Place {
            path: path.clone(),
            line: plan.site.position.line,
            offset: plan.site.span.start,
        };
        sites.into_iter().map(place).collect()
    }

    /// Goes through a file's calls.
    fn visit(&self, file: &ParsedFile, conventions: &Conventions, purpose: Purpose) -> Result<Visited, Diagnostic> {
        self.visit_among(file, conventions, purpose, None)
    }

    /// As [`Stage::visit`], of those declarations alone that start at one of these places.
    fn visit_among(
        &self,
        file: &ParsedFile,
        conventions: &Conventions,
        purpose: Purpose,
        among: Option<&BTreeSet<usize>>,
    ) -> Result<Visited, Diagnostic> {
        let root = file.tree.root_node();
        let source = &file.source.bytes;
        let imports = Imports::of(root, source);
        let types = OnceCell::new();
        let log_calls = &self.rules.log_calls;
        // Who only counts asks for types where nothing else tells.
        let of_file = || types.get_or_init(|| self.world.file(file));
        let typed = |node: Node<'_>| borrowed(node, of_file(), log_calls);
        let recognizer = Recognizer::new(log_calls, file, &imports, &typed);
        let path = &file.source.path;
        let has_klog = recognizer.has_klog();
        let untyped = self.world.untyped(source);
        let types = if purpose == Purpose::List { &untyped } else { of_file() };
        let runtime = self.runtime(dir_of(path));
        let edits = self.edits.settled(conventions);
        let mut visitor = FileVisitor {
            rules: self.rules,
            standing: &|path, source, offset| self.standing(path, source, offset),
            narrows: self.narrows(),
            purpose,
            file,
            imports: &imports,
            recognizer: recognizer.with(types, runtime.import),
            proposer: Proposer { rules: self.rules, edits, runtime: &runtime, sought: &self.sought },
            conventions,
            types,
            klog: self.klog(&file.source.path),
            declined: self.declined(path),
            among,
            visited: Visited::default(),
        };
        types::walk(root, source, &mut visitor).map_err(|unwalked| {
            let message = format!("not analysed: {unwalked}");
            Diagnostic::error(path.clone(), message).at(file.lines.line_col(unwalked.at()))
        })?;
        if purpose == Purpose::Propose {
            let marks = lint::marks(file, self.rules).into_iter();
            visitor.visited.beside.extend(marks.map(Beside::outside));
        }
        let Visited { sites, beside, .. } = &visitor.visited;
        visitor.visited.has_klog = has_klog || !sites.is_empty() || !beside.is_empty();
        Ok(visitor.visited)
    }
}

fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
