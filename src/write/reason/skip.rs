//! Why a call is not rewritten.

use crate::klog::format::{FormatError, TemplateError};
use crate::path::Off;
use crate::rule::Version;
use crate::text::reason::reasons;

reasons! {
    /// Why a call is not rewritten.
    pub enum SkipReason {
        /// klog v1 has no structured calls.
        "klog-v1" KlogV1
            "k8s.io/klog (v1) has no structured calls: import k8s.io/klog/v2 first",
        /// The format is computed at run time.
        "dynamic-format" DynamicFormat
            "the format is not constant",
        /// The format is what a variable holds, and the variable cannot be taken away.
        "dynamic-format" HeldInVariable
            "the message stands in a variable: without it, what it is made of would be unused",
        /// Format and operands do not fit.
        "format-mismatch" FormatMismatch { error: FormatError }
            "{error}",
        /// The operands are passed on as a slice.
        "spread-operands" SpreadOperands
            "the operands are passed on as a slice",
        /// Nothing is printed.
        "no-arguments" NoArguments
            "the call has no arguments",
        /// The text or the list of operands is longer than anyone reads.
        "too-long" TooLong { parts: usize, bytes: usize }
            "{parts} parts and {bytes} bytes of text are no message",
        /// A klog call stands in an argument, and is rewritten instead.
        "call-inside" CallInside
            "a klog call stands in its arguments, and is rewritten first",
        /// A comment inside the call would be lost.
        "comment-inside" CommentInside
            "a comment inside the call would be lost",
        /// The tree's klog has no such structured function.
        "klog-too-old" KlogTooOld { klog: Version, function: String }
            "klog {klog} has no {function}",
        /// The call ends the process where a second statement cannot stand.
        "not-a-statement" NotAStatement
            "the call ends the process where no second statement can stand",
        /// Nothing is left from which a message could be made.
        "no-message" OnlyError
            "only an error is printed: a message has to be found for it",
        /// Nothing is left from which a message could be made.
        "no-message" OnlyValues
            "only values are printed: a message has to be found for them",
        /// A package that the new call needs cannot be named where it stands.
        "name-taken" NameTaken { package: String }
            "the new call needs package {package}, and that name means something else here",
        /// A package that the new call needs cannot be named where it stands.
        "name-taken" NilTaken
            "the new call needs nil, and that name means something else here",
        /// A package that the new call needs cannot be named where it stands.
        "name-taken" KlogNotImported
            "the file does not import klog, which the new call may need",
        /// The owners declined the migration.
        "declined" Declined { why: String }
            "{why}",
        /// The structural edit was not asked for.
        "not-asked" NotAsked
            "the structural edit was not asked for",
        /// A value takes more than one line in a way that cannot be joined.
        "multiline-value" MultilineValue
            "a value takes several lines and cannot be joined",
        /// The new call would not parse: an error of klogmod's.
        "does-not-parse" DoesNotParse { error: String }
            "{error}",
        /// A change beside the call could meet what was not read.
        "function-unread" FunctionUnread
            "more than the call would change, and a part of the function is Go that the grammar does not know",
        /// A function that is passed or stored.
        "function-value" FunctionValue
            "the function is passed or stored, not called",
        /// The run is not about it.
        "out-of-scope" OutOfScope { off: Off }
            "{off}",
    }
}

impl From<TemplateError> for SkipReason {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Format(error) => Self::FormatMismatch { error },
            TemplateError::Spread => Self::SpreadOperands,
            TemplateError::Empty => Self::NoArguments,
            TemplateError::Dynamic => Self::DynamicFormat,
        }
    }
}
