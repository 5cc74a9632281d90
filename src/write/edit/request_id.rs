//! The request ID pair: at the end of a new call, or alone in a call that is structured already.

use tree_sitter::Node;

use super::draft::Draft;
use super::outcome::{Fix, RequestId};
use super::propose::{Proposer, Runtime};
use crate::go::syntax::named_children;
use crate::klog::call::{Class, LogCall, Pair, Parts};
use crate::klog::format::quote;
use crate::klog::place::Place;
use crate::text::{Edit, apply_edits};
use crate::write::carrier::{self, Accessor};
use crate::write::reason::NoId;
use crate::write::runtime::CallForm;
use crate::write::value::KeyValue;

impl Proposer<'_> {
    /// Finds where the pair comes from, or why there is none, if it was asked for.
    pub(super) fn request_id(&self, draft: &mut Draft<'_, '_, '_>) {
        draft.request_id = self.edits.request_id.then(|| match self.accessor(draft) {
            Ok(accessor) => RequestId::From(accessor),
            Err(reason) => RequestId::None(reason),
        });
    }

    fn accessor(&self, draft: &mut Draft<'_, '_, '_>) -> Result<Accessor, NoId> {
        let place = draft.place;
        if draft.pairs.iter().any(|pair| pair.key == self.key()) {
            return Err(NoId::KeyInCall { key: self.key().to_owned() });
        }
        self.can_name_runtime(place)?;
        let request_context = self.rules.carriers.request_contexts.is_match(&*place.file.source.path);
        let Runtime { source, process_ids, .. } = *self.runtime;
        let setting = carrier::Setting { context_first: request_context, source, process_ids };
        let of_process = || !process_ids && carrier::has_process_context(place);
        let reason = || if of_process() { NoId::ProcessContext } else { NoId::NoCarrier };
        let accessor = carrier::find(place, &draft.pairs, setting).ok_or_else(reason)?;
        draft.rule("request-id");
        draft.imports.push(self.runtime.import.to_owned());
        for caveat in carrier::caveats(&accessor, place, request_context) {
            draft.doubt(caveat);
        }
        Ok(accessor)
    }

    /// That the file may import the runtime package, and that its name is free where the call stands.
    pub(super) fn can_name_runtime(&self, place: &Place<'_, '_>) -> Result<(), NoId> {
        if place.package_name(self.runtime.import).is_none() {
            let package = crate::go::index::default_name(self.runtime.import).to_owned();
            return Err(NoId::NameTaken { package });
        }
        self.runtime.refusal.clone().map_or(Ok(()), |refusal| Err(NoId::Refused { refusal }))
    }

    /// `"requestID", requestid.FromObject(pod)`.
    pub(super) fn pair(&self, draft: &Draft<'_, '_, '_>) -> Option<String> {
        let Some(RequestId::From(accessor)) = &draft.request_id else { return None };
        let package = draft.place.package_name(self.runtime.import).unwrap_or_default();
        Some(format!("{}, {package}.{}({})", quote(self.key()), accessor.function, accessor.argument))
    }

    /// The pairs come in a list: `requestid.Append(list, requestid.FromContext(ctx))...`.
    fn appended(&self, list: Node<'_>, draft: &Draft<'_, '_, '_>) -> Option<Vec<Edit>> {
        let Some(RequestId::From(accessor)) = &draft.request_id else { return None };
        let package = draft.place.package_name(self.runtime.import)?;
        let append = &self.rules.log_calls.logger.append;
        let id = format!(", {package}.{}({}))", accessor.function, accessor.argument);
        let open = format!("{package}.{append}(");
        Some(vec![Edit::insert(list.start_byte(), open), Edit::insert(list.end_byte(), id)])
    }

    /// What the pairs go through where klog cannot leave one out.
    pub(super) fn wrapper(&self, place: &Place<'_, '_>) -> Option<String> {
        (CallForm::of(place.klog, self.runtime.filters) == CallForm::Pairs).then(|| self.pairs_function(place))
    }

    fn pairs_function(&self, place: &Place<'_, '_>) -> String {
        let package = place.package_name(self.runtime.import).unwrap_or_default();
        format!("{package}.{}", self.rules.log_calls.logger.pairs)
    }

    /// A structured call gets the pair alone, where it has none and a carrier is in scope.
    pub(super) fn request_id_alone<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Fix> {
        let v1 = self.rules.log_calls.is_first_version(&call.klog.path);
        let Parts { pairs, spread, .. } = &call.parts;
        // Behind a key without a value, the pair's own key would be that value.
        let is_open = call.parts.is_wrapped() || call.parts.is_odd() || spread.is_some() && !pairs.is_empty();
        let has_id = call.parts.has_id(self.key());
        let is_logger = call.site.class == Class::Contextual;
        let takes_pairs = is_logger || call.site.class == Class::Structured && !v1;
        if !self.edits.request_id || !takes_pairs || is_open || has_id {
            return None;
        }
        let mut draft = Draft::new(call, place);
        draft.pairs = logged(call, place);
        self.request_id(&mut draft);
        let pair = self.pair(&draft)?;
        let last = call.parts.end()?;
        // Loggers do not ask klog's filter.
        let wrapper = if is_logger { Some(self.pairs_function(place)) } else { self.wrapper(place) };
        let list = spread.and_then(|spread| named_children(spread).next());
        let edits = match (wrapper, pairs.first()) {
            _ if list.is_some() => self.appended(list?, &draft)?,
            (None, _) => vec![Edit::insert(last, format!(", {pair}"))],
            (Some(wrapper), None) => vec![Edit::insert(last, format!(", {wrapper}({pair})..."))],
            (Some(wrapper), Some(first)) => {
                let first = first.key_node.start_byte();
                vec![Edit::insert(first, format!("{wrapper}(")), Edit::insert(last, format!(", {pair})..."))]
            }
        };
        let span = call.site.span;
        let shifted: Vec<Edit> =
            edits.iter().map(|e| Edit::insert(e.span.start - span.start, e.text.clone())).collect();
        let after = apply_edits(span.of(place.source()), &shifted).ok()?;
        draft.edits = edits;
        Some(draft.fix(String::from_utf8_lossy(&after).into_owned()))
    }
}

/// The pairs of a structured call.
pub(super) fn logged<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Vec<KeyValue> {
    let text = |node: Node<'t>| place.text(node);
    let pair = |pair: &Pair<'t>| {
        let key = pair.key.clone().unwrap_or_else(|| text(pair.key_node));
        Some(KeyValue { key, value: text(pair.value?) })
    };
    call.parts.pairs.iter().filter_map(pair).collect()
}
