//! Why an answer is refused.

use crate::text::reason::reasons;

reasons! {
    /// Why a wording that came from outside is not taken.
    pub enum Refused {
        /// The line is longer than any honest answer.
        "line-too-long" LineTooLong { bytes: usize, most: usize }
            "the line has {bytes} bytes; {most} are read",
        /// The line is no JSON object with the fields fingerprint, message and keys, each once.
        "no-answer" NoAnswer { why: String }
            "this is no answer: {why}",
        /// No call that waits for a decision has this name.
        "unknown-call" UnknownCall { fingerprint: String }
            "no proposal that can be worded has the fingerprint {fingerprint}; export again where the tree has changed",
        /// An earlier line has worded this call.
        "answered-twice" AnsweredTwice { line: usize }
            "line {line} has worded this call already",
        /// Somebody has decided on it.
        "decided" Decided { verdict: String }
            "the call is {verdict} already; --decided words it anew",
        /// The message has no words.
        "message-empty" MessageEmpty
            "the message has no words",
        /// The message is longer than a line should be.
        "message-too-long" MessageTooLong { length: usize, most: usize }
            "the message has {length} characters; {most} are enough",
        /// A control character, a direction mark, a letter that the old line does not have, or a sign of code that the proposal does not have.
        "message-character" MessageCharacter { character: String }
            "the message has the character {character}",
        /// White space at an end, or two in a row.
        "message-space" MessageSpace
            "the message has white space at its ends, or more than one in a row",
        /// Verbs are printed as they stand.
        "message-verb" MessageVerb { verb: String }
            "the message has the format verb {verb}, which is printed as it stands",
        /// Values belong into pairs.
        "message-value" MessageValue { value: String }
            "the message has `{value}` in it; values stand behind the message",
        /// What reads as a call, and is none of the proposal's words.
        "message-expression" MessageExpression { text: String }
            "the message has `{text}` in it, which reads as code",
        /// It goes on where nothing follows.
        "message-end" MessageEnd { mark: String }
            "the message ends in {mark}",
        /// A sentence by the rules of grammar that are checked.
        "message-no-sentence" MessageNoSentence { fault: String }
            "the message is no sentence: {fault}",
        /// Each value is asked for by name.
        "key-missing" KeyMissing { value: String }
            "there is no key for {value}",
        /// No such value was given out.
        "key-of-nothing" KeyOfNothing { value: String }
            "there is no value {value}",
        /// Letters and digits in lowerCamelCase.
        "key-invalid" KeyInvalid { key: String }
            "{key} is no key: letters and digits in lowerCamelCase, 40 of them at most",
        /// A field that log formats or klogmod use themselves.
        "key-reserved" KeyReserved { key: String }
            "the key {key} is taken: log lines have a field of this name already",
        /// Keys of a line are distinct.
        "key-twice" KeyTwice { key: String }
            "the key {key} occurs twice",
        /// The proposal can no longer be put together with these words.
        "not-words-alone" NotWordsAlone { why: String }
            "more than words would change: {why}",
    }
}
