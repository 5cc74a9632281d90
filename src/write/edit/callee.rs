//! What the new call is made on: klog, or a logger.

/// What a call is made on.
pub(super) struct Callee {
    /// Where the call's text is replaced from.
    pub(super) start: usize,
    /// The new text up to the parenthesis of the arguments.
    pub(super) text: String,
    /// Whether it is a logger's method: the request ID comes with the logger.
    pub(super) logger: bool,
}
