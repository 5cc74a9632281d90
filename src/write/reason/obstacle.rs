//! Why a call that switches request IDs on is left to do by hand.

use super::Refusal;
use crate::text::reason::reasons;

/// What is in the way of a call that has a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObstacleKind {
    /// There is no such place.
    Missing,
    /// There is, but something stands in the way.
    Blocked,
}

reasons! {
    /// Why a call that switches request IDs on is left to do by hand.
    pub enum Obstacle by kind: ObstacleKind {
        /// The tree has no file at the place.
        "no-file" Missing NoFile
            "there is no such file",
        /// The file is not the one that the rule means.
        "other-file" Missing OtherFile { what: String }
            "the file does not have {what}",
        /// Nothing in the file is called so.
        "no-function" Missing NoFunction { function: String }
            "the file has no function {function}",
        /// The file holds no code.
        "no-function" Missing NoFunctions
            "the file has no function",
        /// The function that the rule means is a field of a literal.
        "no-literal" Missing NoLiteral { function: String, literal: String }
            "{function} sets no {literal}",
        /// The function is written elsewhere, in assembly or C.
        "no-body" Missing NoBody { function: String }
            "{function} has no body",
        /// The function does not do what the call belongs beside.
        "no-statement" Missing NoStatement { function: String, anchor: String }
            "{function} has no statement with {anchor}",
        /// The call belongs into programs, and none of them has its place.
        "no-main" Missing NoMain
            "no main package has it",
        /// The program has the place of another call, which does nothing without this one.
        "lonely" Blocked Lonely { with: String }
            "the program has {with}, which does nothing alone",
        /// One file of many that a place may be in.
        "wire-unparsed" Blocked Unparsed { reason: String }
            "the file is not analysed: {reason}",
        /// The runtime package's name means something else there.
        "wire-name-taken" Blocked NameTaken { package: String }
            "the name {package} has another meaning in the file",
        /// The file must not import the runtime package.
        "wire-refused" Blocked Refused { refusal: Refusal }
            "{refusal}",
        /// The call needs the parameter's name.
        "parameter-unnamed" Blocked ParameterUnnamed
            "the function's first parameter has no name",
        /// The call needs a statement, and the rule names none.
        "statement-unnamed" Blocked StatementUnnamed
            "there is no statement",
        /// The call needs the struct whose field is set.
        "no-field-set" Blocked NoFieldSet
            "the statement assigns to no field",
        /// The call needs what the statement makes.
        "result-dropped" Blocked ResultDropped { line: u32 }
            "line {line} does not keep the result",
        /// The program goes on where it has no result.
        "error-ignored" Blocked ErrorIgnored { line: u32 }
            "line {line} goes on after an error",
        /// The call goes around an argument, or takes it.
        "no-argument" Blocked NoArgument { line: u32, callee: String }
            "line {line} has no call of {callee} with an argument",
        /// What is called there cannot be given what a request ID needs.
        "takes-none" Blocked TakesNone { line: u32, callee: String }
            "line {line}: {callee} takes no options of that kind",
        /// Of two objects that are got alike, the rule does not know which one the work is about.
        "two-subjects" Blocked TwoSubjects { first: String, other: String }
            "{first} and {other} are got alike",
        /// The call goes to the start or the end of what a function does.
        "empty-function" Blocked EmptyFunction { line: u32 }
            "line {line} has an empty function",
        /// The package is used as klogmod does not use it.
        "other-use" Blocked OtherUse
            "klogmod writes no such use",
        /// The package is still named where it could not be taken out.
        "still-named" Blocked StillNamed
            "code still names the package",
        /// The package's directory holds what klogmod did not write.
        "foreign-file" Blocked ForeignFile { file: String }
            "klogmod does not write a file {file} there",
        /// The call gets a line of its own, before or behind the statement's.
        "line-shared" Blocked LineShared { line: u32 }
            "line {line} holds more than the statement",
    }
}
