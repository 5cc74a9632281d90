//! Which calls an operator's operations meet: operation × resource → entries → paths → calls, each with its proof.
//!
//! In come a selection and the checkout's call graph, out come the calls that each cell reaches; what becomes of a call is not known here.

mod absent;
mod engine;
mod environment;
mod follow;
mod lines;
mod off;
mod selection;
mod served;
mod stops;
mod witness;

pub use absent::Absent;
pub use engine::Engine;
pub use environment::Environment;
pub use follow::{Follow, Place, Reached};
pub use off::Off;
pub use selection::{Cell, Cells, Selection, SelectionError};
pub use served::{OnPath, Served, Standing};
pub use witness::WitnessHop;
