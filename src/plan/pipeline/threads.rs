//! Threads for the calls of a plan that nothing in scope gives a request ID.

use super::error::PlanError;
use super::file::FilePlan;
use super::options::{Options, pool};
use super::site::SitePlan;
use super::stage::Stage;
use super::whole::Plan;
use crate::go::module::modules;
use crate::klog::call::Class;
use crate::klog::lint::IdPair;
use crate::rule::RuleSet;
use crate::write::edit::{Outcome, RequestId, Target};
use crate::write::reason::{Doubt, NoId};
use crate::write::thread::{self, Ground, Lone, Threads, Wanted};

/// Finds threads for the calls of a plan; they are no part of it. A plan of [`Threads::overlay`] shows what they bring.
/// Those that are not wanted are no part of that. `break_api`: what published modules export may change, too.
pub fn threads(
    options: &Options,
    rules: &RuleSet,
    plan: &Plan,
    wanted: Wanted<'_>,
    break_api: bool,
) -> Result<Threads, PlanError> {
    let options = &Options { edits: options.edits.settled(&plan.conventions), ..options.clone() };
    let mut stage = Stage::new(options, rules);
    let pool = pool(options)?;
    pool.install(|| stage.learn_absent(&plan.conventions, plan.absent.as_ref()));
    let stage = &stage;
    let lone = plan.files.iter().flat_map(|file| {
        let may = std::cell::OnceCell::new();
        let may = move || {
            *may.get_or_init(|| match options.edits.target {
                Target::Infos => stage.runtime(directory(&file.path)).refusal.is_none(),
                Target::Contextual => rules.log_calls.has(&rules.log_calls.logger.from_context, file.klog),
            })
        };
        file.sites.iter().filter(move |site| is_lone(file, site, options) && may()).map(|plan| Lone {
            path: plan.site.path.clone(),
            offset: plan.site.span.start,
            line: plan.site.position.line,
            function: plan.site.function.clone(),
        })
    });
    let lone = lone.collect();
    let own = stage.ground();
    let ground = &Ground { world: plan.left.as_ref().map_or(own.world, |left| &left.world), ..own };
    Ok(pool.install(|| match options.edits.target {
        Target::Infos => thread::threads(ground, lone, wanted),
        Target::Contextual => {
            let modules = nested(&options.root.dir);
            let published = |dir: &str| !break_api && is_published(dir, &modules);
            thread::carry(ground, lone, wanted, &published)
        }
    }))
}

/// Directories of the checkout's modules below its root.
fn nested(root: &std::path::Path) -> Vec<String> {
    modules(root).into_iter().map(|(dir, _)| dir).filter(|dir| !dir.is_empty()).collect()
}

/// Whether other modules than the checkout's may name what a package exports: it belongs to a module that is published on its own.
fn is_published(dir: &str, modules: &[String]) -> bool {
    let is_internal = dir.split('/').any(|part| part == "internal");
    !is_internal
        && modules.iter().any(|module| {
            dir.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Whether nothing but a carrier is missing for a call to get the pair, or to go through a logger: as a fix says, or as a structured call
/// shows.
fn is_lone(file: &FilePlan, plan: &SitePlan, options: &Options) -> bool {
    if options.edits.target == Target::Contextual {
        return wants_logger(plan, options);
    }
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

/// Whether a call could go through a logger of its callers, and does not.
fn wants_logger(plan: &SitePlan, options: &Options) -> bool {
    !plan.site.method.ends_with("Depth")
        && match &plan.outcome {
            Outcome::Fix(fix) => {
                let is_own = fix.doubts.has(&Doubt::LoggerOfProgram);
                // A call of a logger has one, wherever that comes from.
                let made = fix.rules.iter().any(|rule| rule == "target-contextual");
                plan.site.class != Class::Contextual && (is_own || !made)
            }
            Outcome::Structured => options.edits.structural && plan.site.class == Class::Structured,
            _ => false,
        }
}
