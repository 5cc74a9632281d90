//! What a reviewer is told of a fix or a thread: why it is not safe, or what changes with it.

use super::{Applicability, Loss};
use crate::klog::format::Note;
use crate::rule::Version;
use crate::text::reason::reasons;

reasons! {
    /// What a reviewer is told of a fix or a thread. Its group is how far a fix can still be trusted with it.
    pub enum Doubt by applicability: Applicability {
        /// The sentence had a value as its subject or object; a noun from the value's name stands there now.
        "value-replaced" NeedsReview ValueReplaced
            "a value in the middle of the sentence was replaced by a noun",
        /// `the %s pod`: the sentence says less than it did.
        "value-dropped" NeedsReview ValueDropped
            "a value that qualified a noun was dropped from the sentence",
        /// `%s-controller`: what is left may be no word.
        "value-in-word" NeedsReview ValueInWord
            "a value was part of a word",
        /// `throttling request took %v`: the verb may want its object back.
        "value-at-end" NeedsReview ValueAtEnd
            "the sentence may miss the value that it ended with",
        /// What is left of the text does not read as a sentence by the rules of grammar that are checked.
        "message-no-sentence" NeedsReview NoSentence { fault: String }
            "the message is no sentence: {fault}",
        /// `Info` was called with a format: the verbs are taken as what they were meant to be.
        "print-with-verbs" NeedsReview PrintWithVerbs
            "the old call printed its verbs as text: it was meant as a formatting call",
        /// `Error(err, "text", "key", value)`: it printed them as one text, without a space.
        "keys-printed" Safe KeysGiven
            "the old call printed its keys and values as text: it was meant as a structured call",
        /// `Info("text", "word", value)`: a key may be meant, and may not.
        "texts-adjoin" NeedsReview TextsAdjoin
            "texts stand side by side: a message and a key may be meant",
        /// `"text " + value`: where the sentence was put together, it may read otherwise.
        "message-glued" NeedsReview MessageGlued
            "the message was put together from text and values outside the format",
        /// A test, a script or a rule of the checkout finds the line by text that it no longer has.
        "text-sought" NeedsReview TextSought { places: String }
            "the line's old text is looked for in {places}, and the new line does not have it",
        /// Text from elsewhere in the function now stands in the call.
        "message-from-variable" NeedsReview MessageFromVariable
            "the message was built in a variable, whose text now stands in the call",
        /// A rule says which of the method's arguments is the message.
        "message-from-method" NeedsReview MessageFromMethod
            "the message was made by a method, whose text now stands in the call",
        /// The function takes a format and operands, as Sprintf does, and may add to them.
        "message-from-function" NeedsReview MessageFromFunction
            "the message was made by a function of the tree: what it adds to the text is gone",
        /// The old call printed an error alone, and the error was made of text right before.
        "message-of-error" NeedsReview MessageOfError
            "the message is the text of the error, which holds its values",
        /// The old call printed an error alone: the message is made of a function's name.
        "message-from-callee" NeedsReview MessageDerived
            "the message was derived from the call that returned the error",
        /// The message names a kind of object, and one of that kind is in scope.
        "object-added" NeedsReview ObjectAdded { object: String, word: String }
            "{object} was added: the message speaks of the {word}",
        /// The old call printed a UID: the object that it belongs to says more.
        "owner-added" NeedsReview OwnerAdded { key: String }
            "{key} was added: its UID is printed",
        /// KObj prints less than `%v` did.
        "contents-lost" NeedsReview ContentsLost
            "the object's namespace and name are printed, no longer its contents",
        /// Before klog 2.8.0 KObj calls methods of what it is given, and nothing shows that this is not nil.
        "kobj-nil" NeedsReview KObjNil { klog: Version }
            "klog {klog} panics in KObj if the object is nil",
        /// `%#v`, `%.2f`: a structured value has one form.
        "verb-lost" NeedsReview VerbLost { verb: String, operand: String }
            "{verb} printed {operand} otherwise than a structured value does",
        /// JSON logging and newer klogs show values without a text of their own as JSON.
        "shown-otherwise" NeedsReview ShownOtherwise { operand: String, loss: Loss }
            "{operand}: {loss}",
        /// Its package was not read, or its type could not be worked out.
        "type-unknown" NeedsReview TypeUnknown { operand: String }
            "the type of {operand} is not known, nor what JSON shows of it",
        /// fmt bears a nil pointer; klog prints a panic, and before 2.60.0 the process ends.
        "nil-text" NeedsReview NilText { operand: String }
            "a nil {operand} was printed as <nil>, and its own text does not bear that",
        /// The old call formatted only where its level was on.
        "formatted-early" NeedsReview FormattedEarly { operand: String }
            "{operand} is formatted before klog looks at the level",
        /// Names may be set, used or hidden there.
        "function-unread" NeedsReview FunctionUnread
            "a part of the function is Go that the grammar does not know",
        /// Nothing but its name says that it is an error.
        "error-by-name" NeedsReview ErrorByName { operand: String }
            "{operand} is taken for an error by its name alone",
        /// `%v` of two errors: one is the line's error, the other a value.
        "error-second" NeedsReview SecondError
            "there are two errors: somebody has to choose the line's",
        /// Errors with a stack print it by `%+v`.
        "error-verb" NeedsReview ErrorVerb { verb: String }
            "{verb} of an error may print more than its text, a stack for one",
        /// Two values of one call would have the same key; one has a number at its end.
        "key-taken" NeedsReview KeyTaken { key: String }
            "the key {key} was taken: a better name may be found",
        /// `job` of `job.Namespace, targetName`: the noun of the text need not be what the name names.
        "key-of-other" NeedsReview KeyOfOther { key: String, name: String }
            "the text speaks of {key}, and the value is called {name}",
        /// One or two letters, as a variable is called, or a word that fits anything: `name`, `key`.
        "key-says-little" NeedsReview KeySaysLittle { key: String }
            "the key {key} says little",
        /// Neither the operand nor the sentence names it.
        "value-unnamed" NeedsReview ValueUnnamed
            "no name was found for a value",
        /// What a maintainer would have called its values, or said, is less sure than the rules want.
        "words-unsure" NeedsReview WordsUnsure { p: u8 }
            "its words are {p} % sure",
        /// An error line without an error: this klog prints it as information.
        "nil-error" NeedsReview NilError { klog: Version }
            "klog {klog} logs ErrorS(nil, …) at severity I, not E",
        /// The call goes through a logger from the context.
        "logger-values" NeedsReview LoggerValues
            "the line gets what the caller attached to its logger",
        /// A logger's Error has no level.
        "error-with-level" NeedsReview ErrorWithLevel
            "a logger's Error has no level, so that the line stays under its level as an Info: its prefix changes from E to I",
        /// The thread changes signatures.
        "new-parameter" NeedsReview NewParameter
            "functions get one more parameter, which all their calls pass",
        /// The thread changes types.
        "new-field" NeedsReview NewField
            "types get a field, which all their literals set: what prints, compares or hashes a whole value of one sees it",
        /// The thread changes what other modules may call.
        "exported-changes" NeedsReview ExportedChanges
            "exported functions get another parameter: who calls them from outside of the checkout has to pass it, too",
        /// The thread passes a context that may carry no request.
        "run-loop-context" NeedsReview RunLoopContext
            "a context outside the API server and its client may belong to the component's run loop",
        /// The thread passes what a field holds.
        "object-in-field" NeedsReview ObjectInField
            "an object in a field may not be the one that the operation is about",
        /// What a rule says of the carrier that the ID comes from, where somebody has to look at it.
        "caveat" NeedsReview CaveatToReview { text: String }
            "{text}",
        /// What a rule says of the carrier that the ID comes from.
        "caveat" Safe Caveat { text: String }
            "{text}",
        /// Structured logging has no warnings.
        "severity-changes" Safe SeverityChanges
            "the line's severity changes from W to I",
        /// The tree's own calls name such a value so.
        "tree-habit" Safe TreeHabit { seen: usize, of: usize, part: String, key: String }
            "{seen} of {of} calls in {part} call it {key}",
        /// An added object says what a value said.
        "pair-dropped" Safe PairDropped { key: String, by: String }
            "{key} was dropped: it says the same as {by}",
        /// The message was built in it.
        "variable-dropped" Safe VariableDropped { variable: String }
            "{variable} is no longer set: nothing else reads it",
        /// Calls of one function share the logger.
        "logger-made" Safe LoggerMade { context: String }
            "the logger is taken from {context}, once for the function",
        /// There is no place for a variable, or no name.
        "logger-made" Safe LoggerInCall { context: String }
            "the logger is taken from {context} in the call itself",
        /// Nothing has read the receiver before, but the next statement does.
        "receiver-read-next" NeedsReview ReceiverReadNext
            "nothing has read the receiver before; were it nil, the next statement would panic, and this line would be missing",
        /// Nothing in scope has a logger.
        "logger-of-program" Safe LoggerOfProgram
            "the logger is klog's own: nothing brings another here",
        /// `Fatal` becomes ErrorS and an exit.
        "fatal-exit" DisplayOnly FatalExit
            "the exit code changes from 255 to 1 and the goroutines are not dumped: a release note must say so",
        /// `Exit` becomes ErrorS and an exit.
        "ends-process" DisplayOnly EndsProcess
            "the call ends the process",
    }
}

impl From<Note> for Doubt {
    fn from(note: Note) -> Self {
        match note {
            Note::PrintWithVerbs => Self::PrintWithVerbs,
            Note::Keyed => Self::KeysGiven,
            Note::Adjoining => Self::TextsAdjoin,
            Note::Glued => Self::MessageGlued,
            Note::Variable => Self::MessageFromVariable,
            Note::Wrapped => Self::MessageFromMethod,
            Note::Printer => Self::MessageFromFunction,
        }
    }
}
