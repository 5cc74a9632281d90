//! Log calls by the file and line that printed lines name: whose they are, what reaches them, what brings their request ID.

use std::collections::HashMap;
use std::fmt::{Display, Formatter};

use crate::decide::owners::Owners;
use crate::klog::call::Snippet;
use crate::klog::lint::IdPair;
use crate::plan::pipeline::{FilePlan, Plan, SitePlan};
use crate::rule::RuleSet;
use crate::text::LineIndex;
use crate::write::carrier::Accessor;
use crate::write::edit::{Outcome, RequestId};
use crate::write::reason::{NoId, SkipReason};

use super::coverage::volume::is_place;

/// A log call, as whoever reads logs wants to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPlace {
    /// Path below the root.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Line that it ends in.
    pub end_line: u32,
    /// The function around it.
    pub function: String,
    /// Its constant message, where it has one.
    pub message: Option<String>,
    /// The directory whose OWNERS names the approvers, and the SIG.
    pub owner: String,
    /// Whether the run is about it.
    pub in_scope: bool,
    /// Operations on resources that reach it, `create/pod`.
    pub operations: Vec<String>,
    /// What brings its request ID; none where nothing does.
    pub id_from: Option<String>,
    /// Why nothing does, or what would.
    pub id_none: Option<Without>,
}

/// Why a call carries no ID.
#[derive(Clone, Debug, PartialEq)]
pub enum Without {
    /// A fix would bring it.
    Proposed(Accessor),
    /// A fix has none, for this reason.
    Fix(NoId),
    /// The call is skipped, for this reason.
    Skipped(SkipReason),
    /// A comment keeps it as it is.
    Suppressed(String),
    /// Nothing in scope carries one.
    Nothing,
}

impl Display for Without {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Proposed(accessor) => write!(f, "klogmod proposes {}({})", accessor.function, accessor.argument),
            Self::Fix(none) => none.fmt(f),
            Self::Skipped(skip) => skip.fmt(f),
            Self::Suppressed(justification) => f.write_str(justification),
            Self::Nothing => f.write_str("nothing in scope carries one"),
        }
    }
}

/// All calls of a plan.
pub struct Places {
    list: Vec<CallPlace>,
    by_name: HashMap<String, Vec<usize>>,
    /// Calls that name another place than their own, which is their caller's, by their message.
    deep: HashMap<String, Vec<usize>>,
}

impl Places {
    /// Those of a plan.
    pub fn new(plan: &Plan, rules: &RuleSet) -> Self {
        let mut owners = Owners::load(&plan.root);
        let mut list = Vec::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut deep: HashMap<String, Vec<usize>> = HashMap::new();
        for file in &plan.files {
            let owned = owners.of(&file.path);
            let owner = match (owned.dir.is_empty(), owned.sig()) {
                (true, sig) => sig,
                (false, sig) => format!("{} {sig}", owned.dir),
            };
            let lines = LineIndex::new(&file.source);
            let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
            for site in &file.sites {
                by_name.entry(name.clone()).or_default().push(list.len());
                if let Some(message) = site.facts.message.as_ref().filter(|_| site.site.method.ends_with("Depth")) {
                    deep.entry(message.clone()).or_default().push(list.len());
                }
                list.push(place(file, site, &lines, owner.trim(), rules));
            }
        }
        Self { list, by_name, deep }
    }

    /// All of them, by path and position.
    pub fn list(&self) -> &[CallPlace] {
        &self.list
    }

    /// The call that printed a line with this place (`file.go:12`, `dir/file.go:12`) and message. Several where that does not tell, none
    /// where the tree has no such call.
    pub fn find(&self, caller: &str, message: &str) -> Vec<usize> {
        let Some((file, Ok(line))) = caller.rsplit_once(':').map(|(file, line)| (file, line.parse::<u32>())) else {
            return Vec::new();
        };
        let name = file.rsplit('/').next().unwrap_or_default();
        let candidates = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let fits = |at: &&usize| {
            let place = &self.list[**at];
            is_place(&place.path, file) && (place.line..=place.end_line).contains(&line)
        };
        let mut found: Vec<usize> = candidates.iter().filter(fits).copied().collect();
        // A call within another's arguments stands on its lines: the inner one printed.
        found.sort_by(|a, b| self.list[*a].path.cmp(&self.list[*b].path).then(a.cmp(b)));
        found.dedup_by(|later, first| {
            let same = self.list[*later].path == self.list[*first].path;
            if same {
                *first = *later;
            }
            same
        });
        // Another message is that of another tree: the line stood elsewhere when the program was built.
        let says =
            |at: &usize| self.list[*at].message.as_deref().map(|says| says.lines().next() == message.lines().next());
        found.retain(|at| says(at) != Some(false));
        if found.iter().any(|at| says(at) == Some(true)) {
            found.retain(|at| says(at) == Some(true));
        }
        if found.is_empty() {
            // The line names the place of a caller: only the message leads back.
            return self.deep.get(message).cloned().unwrap_or_default();
        }
        found
    }
}

fn place(file: &FilePlan, site: &SitePlan, lines: &LineIndex, owner: &str, rules: &RuleSet) -> CallPlace {
    let cells = site.on_path().map(|on| on.cells.as_slice()).unwrap_or_default();
    let text = String::from_utf8_lossy(site.site.span.of(&file.source)).into_owned();
    let (id_from, id_none) = id(site, &text, rules);
    CallPlace {
        path: file.path.to_string(),
        line: site.site.position.line,
        end_line: lines.line_col(site.site.span.end).line,
        function: site.site.function.clone(),
        message: site.facts.message.clone(),
        owner: owner.to_owned(),
        in_scope: site.out_of_scope().is_none(),
        operations: cells.iter().map(|(operation, resource)| format!("{operation}/{resource}")).collect(),
        id_from,
        id_none,
    }
}

/// What brings the ID, or else why nothing does.
fn id(site: &SitePlan, text: &str, rules: &RuleSet) -> (Option<String>, Option<Without>) {
    if site.facts.id == IdPair::Present {
        let value = Snippet::parse(text).and_then(|snippet| {
            let spoken = snippet.read(&rules.log_calls, true)?;
            let pair = spoken.parts.pairs.iter().find(|pair| pair.key.as_deref() == Some(&*rules.carriers.key))?;
            Some(String::from_utf8_lossy(&snippet.source()[pair.value?.byte_range()]).into_owned())
        });
        return (Some(value.unwrap_or_else(|| "its logger".to_owned())), None);
    }
    let none = match &site.outcome {
        Outcome::Fix(fix) => match &fix.request_id {
            Some(RequestId::From(accessor)) => Without::Proposed(accessor.clone()),
            Some(RequestId::None(none)) => Without::Fix(none.clone()),
            None => Without::Nothing,
        },
        Outcome::Skip(skip) => Without::Skipped(skip.reason.clone()),
        Outcome::Suppressed(suppression) => Without::Suppressed(suppression.justification.clone()),
        Outcome::Structured | Outcome::Counted => Without::Nothing,
    };
    (None, Some(none))
}
