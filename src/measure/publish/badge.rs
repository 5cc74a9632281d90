//! A badge: what shields.io's endpoint reads.

use std::io::{Result, Write};

use serde_json::json;

use super::{Document, words};
use crate::plan::report::inert_json;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let rate = document.rate();
    let colour = match rate.per_mille() {
        900.. => "brightgreen",
        750.. => "green",
        500.. => "yellow",
        250.. => "orange",
        _ => "red",
    };
    let colour = if rate.counted == 0 { "lightgrey" } else { colour };
    let mut message = if rate.counted == 0 { "no calls".to_owned() } else { rate.to_string().replace(' ', "") };
    if words::partial(document).is_some() {
        message.push_str(" (partial)");
    }
    let label = match document.measure {
        crate::measure::coverage::Measure::RequestId => "klog request IDs",
        crate::measure::coverage::Measure::Structured => "klog structured",
    };
    let badge = json!({ "schemaVersion": 1, "label": label, "message": message, "color": colour });
    inert_json::document(&badge, out)
}
