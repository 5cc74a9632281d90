//! Threads for the calls of a plan that nothing in scope gives a request ID.

use super::stage::Stage;
use super::{Options, Plan, PlanError, STACK_SIZE};
use crate::rewrite::{NO_CARRIER, Outcome, RequestId};
use crate::rule::RuleSet;
use crate::thread::{self, Lone, Threads};

/// Finds threads for the calls of a plan; they are no part of it. A plan of [`Threads::overlay`] shows what they bring.
pub fn threads(options: &Options, rules: &RuleSet, plan: &Plan) -> Result<Threads, PlanError> {
    let stage = Stage::new(options, rules)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(STACK_SIZE).build()?;
    let lone = plan.sites().filter(|plan| is_lone(&plan.outcome)).map(|plan| Lone {
        path: plan.site.path.clone(),
        offset: plan.site.span.start,
        line: plan.site.position.line,
        function: plan.site.function.clone(),
    });
    let lone = lone.collect();
    Ok(pool.install(|| thread::threads(&stage.ground(), lone)))
}

fn is_lone(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Fix(fix) if matches!(&fix.request_id, Some(RequestId::None(why)) if why == NO_CARRIER))
}
