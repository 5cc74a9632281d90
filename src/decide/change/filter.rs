//! Which changes and threads a person means: by rule, path, applicability, SIG, operation, state or name.

use crate::rule::Patterns;

use super::Change;
use crate::decide::decision::State;
use crate::plan::report::kebab;
use crate::write::thread::Thread;

/// What to look for; what is empty matches all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Names of rules: one of them made the change.
    pub rules: Vec<String>,
    /// Patterns of paths.
    pub paths: Option<Patterns>,
    /// `safe`, `needs-review` or `display-only`.
    pub applicability: Vec<String>,
    /// SIGs, with or without `sig/`.
    pub sigs: Vec<String>,
    /// Operations.
    pub operations: Vec<String>,
    /// `new`, `changed`, `accepted`, `rejected` or `edited`; `pending` for the first two.
    pub states: Vec<String>,
    /// Starts of fingerprints.
    pub ids: Vec<String>,
    /// A text that stands in the path, the function, or either call, whatever its case.
    pub text: String,
}

impl Filter {
    /// Whether it leaves anything out.
    pub fn is_empty(&self) -> bool {
        let lists = [&self.rules, &self.applicability, &self.sigs, &self.operations, &self.states, &self.ids];
        lists.iter().all(|list| list.is_empty()) && self.paths.is_none() && self.text.is_empty()
    }

    /// Whether changes that are shown only are asked for by name.
    pub fn names_display_only(&self) -> bool {
        !self.ids.is_empty() || self.applicability.iter().any(|level| level == "display-only")
    }

    /// Whether a change is meant.
    pub fn takes(&self, change: &Change<'_>) -> bool {
        let any =
            |list: &[String], found: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|want| found(want));
        let sig = |want: &str| {
            change.owners.sigs.iter().any(|sig| sig.trim_start_matches("sig/") == want.trim_start_matches("sig/"))
        };
        let state = |want: &str| want == change.state.name() || (want == "pending" && change.state.is_pending());
        any(&self.rules, &|want| change.fix.rules.iter().any(|rule| rule == want))
            && self.paths.as_ref().is_none_or(|paths| paths.is_match(&*change.file.path))
            && any(&self.applicability, &|want| kebab(&change.fix.applicability) == want)
            && any(&self.sigs, &sig)
            && any(&self.operations, &|want| change.priority.operations.iter().any(|known| known == want))
            && any(&self.states, &state)
            && any(&self.ids, &|want| change.subject.fingerprint.as_str().starts_with(want))
            && (self.text.is_empty() || self.finds(change))
    }

    /// Whether a thread is meant: by the rule `thread`, a file of one of its functions, its applicability, its state, its
    /// fingerprint or a text. No thread belongs to a SIG or an operation.
    pub fn takes_thread(&self, thread: &Thread, state: &State) -> bool {
        let any =
            |list: &[String], found: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|want| found(want));
        let in_path = |paths: &crate::rule::Patterns| thread.functions.iter().any(|f| paths.is_match(&*f.path));
        let stands = |want: &str| want == state.name() || (want == "pending" && state.is_pending());
        any(&self.rules, &|want| want == "thread")
            && self.paths.as_ref().is_none_or(in_path)
            && any(&self.applicability, &|want| kebab(&thread.applicability) == want)
            && self.sigs.is_empty()
            && self.operations.is_empty()
            && any(&self.states, &stands)
            && any(&self.ids, &|want| thread.fingerprint.as_str().starts_with(want))
            && (self.text.is_empty() || thread.statement().to_lowercase().contains(&self.text.to_lowercase()))
    }

    fn finds(&self, change: &Change<'_>) -> bool {
        let want = self.text.to_lowercase();
        [&*change.file.path, &change.subject.function, change.before(), change.after()]
            .iter()
            .any(|text| text.to_lowercase().contains(&want))
    }

    /// Reads a line such as `sig:node rule:message-constant applicability:safe some text`.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        let mut words: Vec<&str> = Vec::new();
        let mut paths: Vec<String> = Vec::new();
        for word in line.split_whitespace() {
            let Some((name, value)) = word.split_once(':').filter(|(_, value)| !value.is_empty()) else {
                words.push(word);
                continue;
            };
            let list = match name {
                "rule" => &mut filter.rules,
                "applicability" | "is" => &mut filter.applicability,
                "sig" => &mut filter.sigs,
                "operation" | "op" => &mut filter.operations,
                "state" => &mut filter.states,
                "id" => &mut filter.ids,
                "path" => &mut paths,
                _ => {
                    words.push(word);
                    continue;
                }
            };
            list.push(value.to_owned());
        }
        if !paths.is_empty() {
            filter.paths = Some(Patterns::new(paths).map_err(|error| error.to_string())?);
        }
        filter.text = words.join(" ");
        Ok(filter)
    }
}
