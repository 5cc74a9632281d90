//! Coverage and the gate: parts add up in every format, each gate bites and says what mends it, shards and threads change nothing,
//! history is what separate runs say, and what `init` writes works.

mod evasions;
mod formats;
mod gates;
mod history;
mod marked;
mod newer;
mod parts;
mod paths;
mod pictures;
mod recipes;
mod set_again;
mod shards;
mod spellings;
mod sums;
mod trees;
mod volume;
mod wiring;
