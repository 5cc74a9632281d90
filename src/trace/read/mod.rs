//! Log files as records: found, unpacked, cut into lines and put together again, in bounded memory.

mod assemble;
mod block;
mod counts;
mod input;
mod journal;
mod scan;
mod unpack;

pub use assemble::Record;
pub use counts::Counts;
pub use input::{Input, Inputs};
pub use scan::{Scanned, Search, scan};
