//! Threads for the calls of a plan that nothing in scope gives a request ID.

use super::error::PlanError;
use super::file::FilePlan;
use super::options::{Options, pool};
use super::site::SitePlan;
use super::stage::Stage;
use super::whole::Plan;
use crate::klog::call::Class;
use crate::klog::lint::IdPair;
use crate::rule::RuleSet;
use crate::write::edit::{Outcome, RequestId};
use crate::write::reason::NoId;
use crate::write::thread::{self, Lone, Threads, Wanted};

/// Finds threads for the calls of a plan; they are no part of it. A plan of [`Threads::overlay`] shows what they bring.
/// Those that are not wanted are no part of that.
pub fn threads(options: &Options, rules: &RuleSet, plan: &Plan, wanted: Wanted<'_>) -> Result<Threads, PlanError> {
    let stage = &Stage::new(options, rules);
    let pool = pool(options)?;
    let lone = plan.files.iter().flat_map(|file| {
        let refused = std::cell::OnceCell::new();
        let may = move || !*refused.get_or_init(|| stage.runtime(directory(&file.path)).refusal.is_some());
        file.sites.iter().filter(move |site| is_lone(file, site, options) && may()).map(|plan| Lone {
            path: plan.site.path.clone(),
            offset: plan.site.span.start,
            line: plan.site.position.line,
            function: plan.site.function.clone(),
        })
    });
    let lone = lone.collect();
    Ok(pool.install(|| thread::threads(&stage.ground(), lone, wanted)))
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Whether nothing but a carrier is missing for a call to get the pair: as a fix says, or as a structured call shows.
fn is_lone(file: &FilePlan, plan: &SitePlan, options: &Options) -> bool {
    match &plan.outcome {
        Outcome::Fix(fix) => fix.request_id == Some(RequestId::None(NoId::NoCarrier)),
        Outcome::Structured => {
            let spread = || plan.site.span.of(&file.source).ends_with(b"...)");
            options.edits.request_id
                && plan.site.class == Class::Structured
                && plan.facts.id == IdPair::Absent
                && !spread()
        }
        _ => false,
    }
}
