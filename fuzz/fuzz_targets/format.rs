//! Format strings: whatever they hold, the pieces are all of it.
#![no_main]

use klogmod::klog::format::{Piece, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u8)| {
    let (text, operands) = input;
    if let Ok(pieces) = parse(text, usize::from(operands)) {
        let literal: usize = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Verb(_) => 0,
            })
            .sum();
        assert!(literal <= text.len(), "more text than there was");
    }
});
