//! Coverage and the gate: parts add up in every format, each gate bites and says what mends it, shards and threads change nothing,
//! history is what separate runs say, and what `init` writes works.

mod common;

#[path = "gate/formats.rs"]
mod formats;
#[path = "gate/gates.rs"]
mod gates;
#[path = "gate/history.rs"]
mod history;
#[path = "gate/paths.rs"]
mod paths;
#[path = "gate/recipes.rs"]
mod recipes;
#[path = "gate/shards.rs"]
mod shards;
#[path = "gate/sums.rs"]
mod sums;
#[path = "gate/trees.rs"]
mod trees;
#[path = "gate/volume.rs"]
mod volume;
#[path = "gate/wiring.rs"]
mod wiring;
