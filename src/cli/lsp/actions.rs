//! What an editor offers to do at a place: rewrite a call, its function or its file, take the other target, mend, keep, accept, reject.

use lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, Command, Diagnostic, Range, WorkspaceEdit,
};

use super::asked::Asked;
use super::client::Client;
use super::decide::{About, DECIDE, KEEP, kept};
use super::documents::{Document, Documents};
use super::edits::workspace_edit;
use super::position::Positions;
use super::seen::Tree;
use crate::decide::decision::Decisions;
use crate::klog::lint::Violation;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::plan::report::style::harmless;
use crate::text::{FileChange, Span, apply_edits};
use crate::write::edit::{Applicability, Fix, Outcome};

/// Characters of a call that a title shows.
const SHOWN: usize = 90;

/// All that is needed to offer something.
pub struct Desk<'d, 'a> {
    /// What was asked for.
    pub asked: &'a Asked,
    /// The editor.
    pub client: &'d Client,
    /// What is open in it.
    pub documents: &'d Documents,
    /// What was decided.
    pub decisions: &'d Decisions,
}

/// What is offered for a range of a document.
pub fn offered(
    desk: &Desk<'_, '_>,
    tree: &mut Tree<'_>,
    document: &Document,
    range: Range,
    context: &CodeActionContext,
) -> Vec<CodeActionOrCommand> {
    let span = Positions::new(&document.text, desk.client.encoding).span(range);
    let Some(seen) = tree.look(document) else { return Vec::new() };
    let Some(file) = seen.file.clone() else { return Vec::new() };
    let mut offers = Offers { desk, document, file: &file, context, list: Vec::new() };
    let touches = |other: Span| other.start <= span.end && span.start <= other.end;
    let sites: Vec<&SitePlan> = file.sites.iter().filter(|site| touches(site.site.span)).collect();
    for site in &sites {
        offers.of_call(site, tree);
    }
    let of_sites = sites.iter().flat_map(|site| &site.facts.violations);
    let beside = file.beside.iter().map(|beside| &beside.violation).filter(|violation| touches(violation.span));
    for violation in of_sites.chain(beside) {
        offers.mend(violation);
    }
    offers.of_many(&sites, tree);
    for site in &sites {
        offers.decisions(site, tree);
    }
    offers.list
}

struct Offers<'o, 'a> {
    desk: &'o Desk<'o, 'a>,
    document: &'o Document,
    file: &'o FilePlan,
    context: &'o CodeActionContext,
    list: Vec<CodeActionOrCommand>,
}

/// A fix that may be made without being named: what ends the process otherwise than before is no quick fix.
fn fix(site: &SitePlan) -> Option<&Fix> {
    site.fix().filter(|fix| fix.applicability != Applicability::DisplayOnly)
}

impl Offers<'_, '_> {
    fn of_call(&mut self, site: &SitePlan, tree: &mut Tree<'_>) {
        if let Some(fix) = fix(site) {
            let changes = tree.changed(self.file, &[fix]);
            self.edit(&format!("Rewrite: {}", shown(&fix.after)), CodeActionKind::QUICKFIX, changes, Some(site));
        }
        // The other target has its own places, as it is a plan of its own.
        let Some(other) = tree.other(self.document).cloned() else { return };
        let twin = other.sites.iter().find(|other| other.site.span == site.site.span).and_then(fix);
        let is_new = |twin: &&Fix| fix(site).is_none_or(|fix| fix.after != twin.after);
        if let Some(twin) = twin.filter(is_new) {
            let changes = tree.changed(&other, &[twin]);
            let title = format!("Rewrite for {}: {}", target(tree), shown(&twin.after));
            self.edit(&title, CodeActionKind::QUICKFIX, changes, None);
        }
    }

    /// All calls of the function and of the file that are reported.
    fn of_many(&mut self, sites: &[&SitePlan], tree: &mut Tree<'_>) {
        let (asked, decisions) = (self.desk.asked, self.desk.decisions);
        let reported: Vec<&SitePlan> = self.file.sites.iter().filter(|site| asked.reports(site, decisions)).collect();
        let function = sites.first().map(|site| site.site.function.as_str());
        let of_function: Vec<&Fix> = reported
            .iter()
            .filter(|site| Some(&*site.site.function) == function)
            .filter_map(|site| fix(site))
            .collect();
        let of_file: Vec<&Fix> = reported.iter().filter_map(|site| fix(site)).collect();
        if of_function.len() > 1 {
            let title =
                format!("Rewrite all {} calls of {}", of_function.len(), harmless(function.unwrap_or_default()));
            let changes = tree.changed(self.file, &of_function);
            self.edit(&title, CodeActionKind::QUICKFIX, changes, None);
        }
        if of_file.len() > of_function.len() && !sites.is_empty() {
            let changes = tree.changed(self.file, &of_file);
            self.edit(
                &format!("Rewrite all {} calls of this file", of_file.len()),
                CodeActionKind::QUICKFIX,
                changes,
                None,
            );
        }
        // What runs on its own, as on saving, makes only what needs no review.
        let safe: Vec<&Fix> = of_file.into_iter().filter(|fix| fix.applicability == Applicability::Safe).collect();
        let is_asked = self.context.only.iter().flatten().any(|kind| kind.as_str().starts_with("source"));
        if is_asked && !safe.is_empty() {
            let changes = tree.changed(self.file, &safe);
            self.edit("Rewrite all calls that need no review", CodeActionKind::SOURCE_FIX_ALL, changes, None);
        }
    }

    fn mend(&mut self, violation: &Violation) {
        let mended = apply_edits(&self.file.source, &violation.edits).ok().filter(|_| !violation.edits.is_empty());
        let change =
            mended.map(|after| vec![FileChange::edited(self.file.path.clone(), self.file.source.clone(), after)]);
        self.edit(&format!("Mend: {}", shown(&violation.message)), CodeActionKind::QUICKFIX, change, None);
    }

    fn decisions(&mut self, site: &SitePlan, tree: &mut Tree<'_>) {
        let fingerprint = site.fingerprint.as_str().to_owned();
        let about = |verdict: &str| About {
            uri: self.document.uri.clone(),
            fingerprint: fingerprint.clone(),
            verdict: verdict.to_owned(),
            justification: String::new(),
        };
        if site.fix().is_some() {
            for (title, verdict) in [
                ("Accept this proposal", "accepted"),
                ("Reject this proposal", "rejected"),
                ("Leave this proposal undecided", "undecided"),
            ] {
                self.command(title, DECIDE, &about(verdict));
            }
        }
        let is_said = matches!(site.outcome, Outcome::Suppressed(_));
        let is_found =
            site.fix().is_some() || matches!(site.outcome, Outcome::Skip(_)) || !site.facts.violations.is_empty();
        if !is_said && is_found {
            let kept = tree.look(self.document).and_then(|seen| kept(&fingerprint, "", seen, self.desk.asked).ok());
            self.edit(
                "Keep this call as it is: say why behind the comment",
                CodeActionKind::QUICKFIX,
                kept.map(|kept| vec![kept]),
                None,
            );
        }
    }

    /// Whether the editor wants actions of a kind.
    fn wants(&self, kind: &CodeActionKind) -> bool {
        let covers = |only: &CodeActionKind| {
            kind.as_str().strip_prefix(only.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.context.only.as_ref().is_none_or(|only| only.iter().any(covers))
    }

    fn edit(&mut self, title: &str, kind: CodeActionKind, changes: Option<Vec<FileChange>>, site: Option<&SitePlan>) {
        let Some(changes) = changes.filter(|_| self.wants(&kind)) else { return };
        let root = &self.desk.asked.options.root.dir;
        let edit = workspace_edit(&changes, root, self.desk.documents, self.desk.client);
        let is_preferred = site.and_then(SitePlan::fix).map(|fix| fix.applicability == Applicability::Safe);
        let diagnostics = site.map(|site| self.about(site)).filter(|about| !about.is_empty());
        self.list.push(action(title, kind, edit, is_preferred, diagnostics));
    }

    /// Which of the editor's findings are about a call.
    fn about(&self, site: &SitePlan) -> Vec<Diagnostic> {
        let name = |diagnostic: &&Diagnostic| {
            let data = diagnostic.data.as_ref().and_then(|data| data.get("fingerprint")?.as_str());
            data == Some(site.fingerprint.as_str())
        };
        self.context.diagnostics.iter().filter(name).cloned().collect()
    }

    fn command(&mut self, title: &str, command: &str, about: &About) {
        if self.wants(&CodeActionKind::QUICKFIX) {
            let arguments = serde_json::to_value(about).ok().map(|about| vec![about]);
            let command = Command { title: title.to_owned(), command: command.to_owned(), arguments };
            self.list.push(CodeActionOrCommand::CodeAction(CodeAction {
                title: title.to_owned(),
                kind: Some(CodeActionKind::QUICKFIX),
                command: Some(command),
                ..CodeAction::default()
            }));
        }
    }
}

fn action(
    title: &str,
    kind: CodeActionKind,
    edit: Option<WorkspaceEdit>,
    is_preferred: Option<bool>,
    diagnostics: Option<Vec<Diagnostic>>,
) -> CodeActionOrCommand {
    // The one thing that stands in the way of an edit.
    let reason = "the checkout lacks the package that request IDs come from, and this editor makes no files: run klogmod runtime";
    let disabled = edit.is_none().then(|| lsp_types::CodeActionDisabled { reason: reason.to_owned() });
    CodeActionOrCommand::CodeAction(CodeAction {
        title: title.to_owned(),
        kind: Some(kind),
        diagnostics,
        edit,
        is_preferred,
        disabled,
        ..CodeAction::default()
    })
}

fn target(tree: &Tree<'_>) -> &'static str {
    match tree.other_target() {
        crate::write::edit::Target::Infos => "klog's own functions",
        crate::write::edit::Target::Contextual => "a logger",
    }
}

/// The start of a text on one line.
fn shown(text: &str) -> String {
    let line = harmless(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The commands that the server runs.
pub fn commands() -> Vec<String> {
    vec![DECIDE.to_owned(), KEEP.to_owned()]
}
