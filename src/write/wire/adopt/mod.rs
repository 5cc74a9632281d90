//! Adoption: where work on an object begins under a context that knows of no request, the object's ID goes into the context.
//!
//! Work begins in a function that is given a context and no object, and gets one object by what it is given (a key, the name out of
//! it), or from a queue; and where a function that is given an object calls another under a context of nobody. What an item is added to a
//! queue for goes with it through the queue. Requests that are made under a context of nobody get the ID of their callers' (`given`).
//! From there contexts, loggers and clients carry the ID without further edits.

mod bare;
mod begin;
mod checks;
mod function;
mod given;
mod ground;
mod look;
mod queue;

use std::path::Path;

use super::place::nodes;
use crate::go::files::Overlay;
use crate::go::module::{BuildContext, ResolveOptions};
use crate::go::types::{World, is_function};

use function::Function;
pub(super) use given::{Sibling, find as given};
pub(super) use ground::{BARE, Begins, Ground};
pub(super) use look::Look;
pub(super) use queue::find as queues;

/// Types as they are once other changes have been made.
pub(super) fn world(root: &Path, overlay: &Overlay) -> World {
    World::new(root, BuildContext::default(), ResolveOptions::with_module_cache()).with_overlay(overlay.clone())
}

/// Where work on objects begins in the file, in its order.
pub(super) fn find(ground: &Ground<'_>) -> Vec<Begins> {
    let mut found = Vec::new();
    if !ground.rules.wires.adopt.on_behalf.is_match(&*ground.file.source.path) {
        let functions = nodes(ground.file.tree.root_node()).filter(|&node| is_function(node));
        let functions = functions.filter_map(|node| Function::read(node, ground));
        found.extend(functions.filter_map(|function| begin::of(&function, ground)));
        found.extend(bare::find(ground));
    }
    found
}
