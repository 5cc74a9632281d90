//! Why a function cannot be given another parameter, and a type no field.

use crate::text::reason::reasons;

reasons! {
    /// Why a function cannot be given another parameter, and a type no field.
    pub enum Cause {
        /// Other packages may call it.
        "exported" Exported
            "it is exported, so that other packages may call it",
        /// The runtime calls it.
        "entry-point" EntryPoint
            "the runtime calls it",
        /// The log call, or a call on the way to it, stands in no function.
        "no-function" OutsideFunctions
            "the call stands in no function",
        /// A call on the way to the log call initialises a variable of the package.
        "no-function" Initialiser
            "it is called in the initialiser of a variable",
        /// It is passed or stored.
        "used-as-value" UsedAsValue
            "it is passed or stored, not called",
        /// An interface of the package asks for a method of its name.
        "interface-method" InterfaceMethod
            "an interface of the package has a method of this name",
        /// An interface that is declared where it is used asks for it: what implements that is not followed.
        "interface-method" NamelessInterface
            "an interface without a name of its own has a method of this name",
        /// An interface from outside of the checkout asks for it.
        "interface-method" OutsideInterface { interface: String }
            "{interface} asks for it",
        /// An interface that cannot be read may ask for it.
        "interface-method" UnseenInterface { package: String }
            "{package} is not at hand: one of its interfaces may ask for it",
        /// Whether a call is one of it is not known.
        "unknown-receiver" UnknownReceiver { operand: String }
            "the type of {operand} is not known",
        /// A program wrote a file that declares or calls it.
        "generated" DeclaredInGenerated
            "it is declared in a file that is left alone, as generated ones are",
        /// It is a mock's: it follows its interface when that has changed.
        "generated" DeclaredByMockgen
            "mockgen wrote it, and has to write it anew when its interface has changed",
        /// A program wrote a file that calls it.
        "generated" CalledInGenerated
            "it is called in a file that is left alone, as generated ones are",
        /// It is declared without a body, linked or exported to C.
        "linked" NoBody
            "it is declared without a body",
        /// A comment makes it known outside Go's own rules.
        "linked" Linked { directive: String }
            "{directive} names it",
        /// Something calls it that no compiler sees: package reflect, a template, assembly.
        "by-name" CalledByName { caller: String }
            "{caller} may call it by its name",
        /// A test puts another function in its place while it runs: that has to take the same parameters.
        "by-name" Replaced { file: String }
            "{file} puts another function in its place while it runs",
        /// A call gives it nil for its context, out of which nothing can be taken.
        "no-context" NilContext { caller: String }
            "{caller} calls it with nil for its context",
        /// It is called nowhere, or by tests alone.
        "no-caller" OnlyTests
            "nothing but tests calls it",
        /// It is called `_`.
        "no-caller" Unnamed
            "it has no name",
        /// All ways to it start in tests, or in functions without a carrier.
        "no-caller" NoCarrier
            "none of its callers has a carrier that is not a test's",
        /// Nothing but tests makes a value of a type.
        "no-caller" MadeByTests
            "nothing but tests makes a value of it",
        /// The chain of callers without a carrier is too long.
        "too-long" TooLong
            "the chain of callers without a carrier is too long",
        /// The new parameter's name means something in it.
        "name-taken" NameTaken { name: String, function: String }
            "{name} already means something in {function}",
        /// Two new imports of one file would go by the same name.
        "name-taken" ImportTaken { name: String }
            "its file would import two packages as {name}",
        /// What a test would pass cannot be written there.
        "name-taken" ContextUnnamed
            "a test calls it where package context cannot be named",
        /// What a call would pass cannot be written there.
        "name-taken" LoggerUnnamed
            "it is called where package klog cannot be named",
        /// The new parameter's type cannot be named in its file.
        "type-unnamed" TypeUnnamed
            "its file cannot name the parameter's type",
        /// It is no struct on lines of its own that is declared once for all values.
        "type-unnamed" NoStruct
            "it is no struct whose fields stand on lines of their own",
        /// Its parameters have no names.
        "unnamed-parameters" UnnamedParameters
            "its parameters have no names",
        /// A call passes on the results of another call.
        "several-values" SeveralValues
            "a call passes on the results of another call",
        /// It is called where several objects are in scope.
        "several-objects" SeveralObjects
            "it is called for an object of another type, or for one of several",
        /// Another thread gives it another carrier.
        "other-carrier" OtherCarrier
            "another thread gives it another carrier",
        /// A value of a type is made in a way that sets no field.
        "made-unset" MadeUnset
            "a value of it is made here without its fields",
        /// A value of a type becomes one of another that has the same fields.
        "made-unset" MadeOfAnother
            "values of it are made of another type's here, or the other way round",
        /// What reads or writes a type as it lies in memory.
        "made-unset" LaidOut
            "it is read or written here as it lies in memory",
        /// Values of a type are compared.
        "made-unset" Compared
            "values of it are compared here: those that are alike would not be with different loggers",
        /// A literal names no fields.
        "made-unset" FieldsUnnamed
            "a literal of it does not name its fields",
        /// A literal stands where the field has no name.
        "made-unset" MadeElsewhere
            "another package makes a value of it",
        /// What makes its values would need a logger from too far away.
        "field-too-dear" FieldTooDear { signatures: usize, calls: usize }
            "what makes its values needs a logger: {signatures} exported signatures would change for {calls} log calls",
        /// A log call stands where nothing has read the receiver: that may be nil.
        "receiver-unread" ReceiverUnread
            "nothing reads its receiver before the log calls, so that it may be nil there",
        /// A file of the package was not analysed.
        "unread" Unread
            "the file cannot be read or parsed",
        /// A file of the package was not analysed: its code nests deeper than is followed.
        "unread" TooDeep
            "the file is nested too deep",
        /// A file would not parse with it.
        "does-not-parse" DoesNotParse { error: String }
            "{error}",
    }
}
