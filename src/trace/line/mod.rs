//! One line: what stands in front of it, its header, its pairs, its request IDs, the objects that it names.

mod foreign;
mod header;
mod json;
mod object;
mod pairs;
mod parse;
mod stamp;
mod wrap;

pub use foreign::is_logfmt;
pub use header::{Severity, is_head, klog_header};
pub use json::{object as json_object, time_of as json_time};
pub use object::{Object, names, objects, singular};
pub use pairs::{Pair, Value};
pub use parse::{Line, Parsed, Parser, Shape, embedded_head};
pub use stamp::{Clock, Reference, Stamp, full_time, text_of_time, zone};
pub use wrap::{Wrapped, file_component, unwrap};
