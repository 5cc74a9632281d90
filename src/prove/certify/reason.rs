//! Why a changed call is not certified, or is so with a remark; and what else a change touches.

use crate::text::reason::reasons;

use super::evaluated::Hazard;

/// What a finding means for the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// The reader is told; the call is certified all the same.
    Remark,
    /// The call is not certified.
    Refusal,
}

reasons! {
    /// What is to be said of a log call that a change touches, or of what the change touches beside log calls.
    pub enum Finding by weight: Weight {
        /// The line is gone, and with it all that it showed.
        "call-removed" Refusal CallRemoved
            "the log call is gone, and no other has taken its place",
        /// A new line, which replaces none.
        "call-added" Remark CallAdded
            "the log call is new: no old one corresponds to it",
        /// The same call with the same values stands in the same place already: the line is printed twice.
        "call-twice" Refusal CallTwice { line: u32 }
            "the same log call stands at line {line}",
        /// The call stands in another function or another order than before.
        "call-moved" Refusal CallMoved
            "the log call stands elsewhere than before",
        /// What the old line showed is not in the new one.
        "value-dropped" Refusal ValueDropped { value: String }
            "`{value}` was printed and is not any more",
        /// Two values have changed places under their keys.
        "value-swapped" Refusal ValueSwapped { value: String, key: String, other: String }
            "`{value}` stands under the key {key}, which is that of {other}",
        /// The key says the opposite of what the value is called: `old` under a key that says `new`.
        "value-misnamed" Refusal ValueMisnamed { value: String, key: String }
            "`{value}` stands under the key {key}, which says the opposite",
        /// One value stands under two keys: one of them wants another value.
        "value-twice" Refusal ValueTwice { value: String, key: String, other: String }
            "`{value}` stands under {key} and under {other}",
        /// Two calls of a function have changed messages.
        "message-swapped" Refusal MessageSwapped { message: String, line: u32 }
            "\"{message}\" is what the call at line {line} said before",
        /// The message says the opposite of the old one, has no word in common with it or lacks most of its words, ends in one that wants
        /// another behind it, or has a number, or characters not seen as they are, that the old one had not.
        "message-changed" Refusal MessageChanged { old: String, new: String }
            "\"{old}\" has become \"{new}\"",
        /// A word of the message, or a constant beside it, is neither of the old text nor of a name that the call or its place has.
        "word-added" Refusal WordAdded { words: String }
            "the line says {words}, which nothing of the old one does",
        /// A word of the old text is neither in the message nor in a key or a value's name.
        "word-lost" Refusal WordLost { words: String }
            "the old line said {words}, which nothing of the new one does",
        /// A reference has the namespace of one object and the name of another.
        "object-mixed" Refusal ObjectMixed { namespace: String, name: String }
            "`{namespace}` and `{name}` are of two objects",
        /// The request ID is not read from anything that the line speaks of, or is none.
        "request-id-other" Refusal RequestIdOther { value: String }
            "`{value}` is no request ID of what the line is about",
        /// The logger has a name that neither the place nor the old text says, or has lost its own.
        "logger-name" Refusal LoggerName { name: String }
            "the logger's name {name} has come or gone",
        /// The line goes to a logger that drops it, or that nothing is known of here.
        "logger-changed" Refusal LoggerChanged { logger: String }
            "`{logger}` prints nothing, or elsewhere",
        /// The package that the logger is of is not read: it may be one that drops its lines.
        "logger-unread" Remark LoggerUnread { logger: String }
            "`{logger}` is taken for a logger by its name: its package is not read",
        /// A logger is handed on, kept or put into a context at a level or for a frame of its own: so are all lines of whoever gets it.
        "logger-altered" Refusal LoggerAltered { logger: String }
            "`{logger}` is handed on, and those who get it print at another level or depth",
        /// A logger or a context is made of itself in a loop: what it is given piles up.
        "logger-grows" Refusal LoggerGrows { logger: String }
            "`{logger}` is made of itself in a loop, and carries more each time",
        /// A value is shown that the old line did not show.
        "value-added" Remark ValueAdded { key: String, value: String }
            "`{value}` is shown as {key}; the old line did not show it",
        /// The error that the old line printed, or that the code around has found, is not given to the new call.
        "error-lost" Refusal ErrorLost { error: String }
            "the error `{error}` is not in the line",
        /// `ErrorS` has the error as its first argument, and printers show it as `err`.
        "error-not-first" Refusal ErrorNotFirst { error: String }
            "the error `{error}` belongs before the message",
        /// An expression is evaluated that was not, and it may panic, block or change something. It is evaluated even where the line
        /// is not printed.
        "new-evaluation" Refusal NewEvaluation { hazard: Hazard, expression: String }
            "`{expression}` was not evaluated before: {hazard}",
        /// An error is given that the old line did not print and the code around has not found.
        "error-added" Refusal ErrorAdded { error: String }
            "the error `{error}` was not printed, and is none that the code around has found",
        /// The level at which the line is printed is another one.
        "level-changed" Refusal LevelChanged { old: String, new: String }
            "the line was printed {old} and is now printed {new}",
        /// The severity is not what the rules make of the old one: a warning becomes Info.
        "severity-changed" Refusal SeverityChanged { old: String, new: String }
            "{old} becomes {new}",
        /// The old call ended the process; the new one does not, nor does the statement behind it.
        "exit-lost" Refusal ExitLost
            "the old call ended the process, and nothing behind the new one does",
        /// The process ends where it went on.
        "exit-added" Refusal ExitAdded
            "the process ends here, where the old call let it go on",
        /// The exit code behind the call is another one.
        "exit-changed" Refusal ExitChanged { old: String, new: String }
            "the exit code was {old} and is {new}",
        /// The process ends before what is buffered can be written.
        "exit-hasty" Refusal ExitHasty { timeout: String }
            "the process ends after {timeout}, and the line may not be written by then",
        /// A condition, a loop or a case around the call is another one.
        "condition-changed" Refusal ConditionChanged { old: String, new: String }
            "the call stood under `{old}` and stands under `{new}`",
        /// The call breaks a rule that structured calls are held to.
        "rule-broken" Refusal RuleBroken { rule: String, what: String }
            "{rule}: {what}",
        /// The same, but the old call broke it as well.
        "rule-broken-before" Remark RuleBrokenBefore { rule: String, what: String }
            "{rule}: {what}, as before",
        /// The call prints one text, as the old one did.
        "unstructured" Remark Unstructured
            "the call has no keys and values",
        /// A call that knows no keys is given them: they are printed as text, one behind the other.
        "pairs-printed" Refusal PairsPrinted
            "keys and values are given to a call that prints them as text",
        /// The old call printed one text and the new one prints another: free text is not compared.
        "text-changed" Remark TextChanged
            "what is printed has changed, and it is still one text without keys",
        /// Keys that readers of the old line look for have changed.
        "key-changed" Remark KeyChanged { old: String, new: String }
            "the value of {old} stands under {new} now",
        /// Collectors have a field of this name, or loggers do.
        "key-mistaken" Remark KeyMistaken { key: String }
            "readers of logs may take the key {key} for a field of theirs",
        /// The depth says from which function the line is; it is another one.
        "depth-changed" Refusal DepthChanged { old: String, new: String }
            "the depth was {old} and is {new}",
        /// A list of pairs is handed on; what is in it is not known.
        "pairs-unread" Refusal PairsUnread { list: String }
            "what `{list}` holds is not known",
        /// The path and a carrier want a request ID.
        "request-id-absent" Remark RequestIdAbsent { carrier: String }
            "an operation leads here, and {carrier} carries a request ID, which the call does not have",
        /// A logger or a context is made here although one is in scope.
        "thread-broken" Remark ThreadBroken { made: String, near: String }
            "`{made}` is made here although `{near}` is in scope",
        /// A condition that no changed log call stands under.
        "other-condition" Refusal OtherCondition { old: String, new: String }
            "a condition is changed, which no log call needs: `{old}` → `{new}`",
        /// Something else than a log call.
        "other-code" Refusal OtherCode { old: String, new: String }
            "something is changed that no log call needs: `{old}` → `{new}`",
        /// What is built is made of the file as well: modules and their versions, what is embedded, other languages, Go code that klogmod
        /// leaves alone.
        "other-built" Refusal OtherBuilt
            "the file is not read, and what is built is made of it",
        /// A file of another kind.
        "other-file" Remark OtherFile
            "the file is not read: it is no Go file",
        /// A generated file, or one that klogmod leaves alone.
        "left-alone" Remark LeftAlone { why: String }
            "the file is left alone: {why}",
    }
}
