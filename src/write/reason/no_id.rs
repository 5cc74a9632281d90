//! Why a fix carries no request ID.

use super::Refusal;
use crate::text::reason::reasons;

reasons! {
    /// Why a fix carries no request ID.
    pub enum NoId {
        /// Nothing but a carrier is missing: `--thread` may bring one.
        "no-carrier" NoCarrier
            "no context, HTTP request or API object is in scope",
        /// The logger is made where the function starts, and nothing there carries one.
        "no-carrier-at-logger" NoCarrierAtLogger
            "no context, HTTP request or API object is in scope where the logger is made",
        /// The context in scope would give the ID of the process: `--process-ids` takes it.
        "process-context" ProcessContext
            "the context in scope is made here for the process, not for an operation",
        /// The call says by itself which request it is about.
        "key-in-call" KeyInCall { key: String }
            "the call has a key {key} already",
        /// A call of the function says by itself which request it is about, and the logger would say it again.
        "key-in-function" KeyInFunction { key: String }
            "the function has a key {key} already",
        /// Whoever made the logger gave it what it carries.
        "logger-from-caller" LoggerFromCaller
            "the logger comes from the caller, and the request ID with it",
        /// It was given one where it is set: its lines say by themselves which request they are about.
        "logger-has-id" LoggerHasId
            "the logger carries the request ID already",
        /// The runtime package cannot be named where the call stands.
        "runtime-name-taken" NameTaken { package: String }
            "{package} means something else where the call stands",
        /// The file must not import the runtime package.
        "runtime-refused" Refused { refusal: Refusal }
            "{refusal}",
    }
}
