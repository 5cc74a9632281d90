//! What a printing call prints, as text with holes: one form for Info, Infof, Infoln, concatenation and Sprintf.

use std::collections::BTreeSet;

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children};
use crate::klog::format::FormatError;
use crate::klog::format::Note;
use crate::klog::format::Piece;
use crate::klog::format::Verb;
use crate::klog::format::constant_string;
use crate::klog::format::keyed::Keyed;
use crate::klog::format::literal::concatenation;
use crate::klog::format::verbs;
use crate::rule::{Style, Wrapper};

/// An operand where it is printed.
#[derive(Clone, Debug)]
pub struct Hole<'t> {
    /// The operand.
    pub operand: Node<'t>,
    /// The verb that prints it; `None` where it is printed as by `Sprint`.
    pub verb: Option<Verb>,
    /// The object's name, where the operand is its namespace and both are printed as one.
    pub name: Option<Node<'t>>,
    /// The key that the call itself gives it.
    pub key: Option<String>,
}

impl<'t> Hole<'t> {
    /// Where an operand is printed by itself.
    fn new(operand: Node<'t>, verb: Option<Verb>) -> Self {
        Self { operand, verb, name: None, key: None }
    }
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Part<'t> {
    /// Constant text.
    Text(String),
    /// A printed operand.
    Hole(Hole<'t>),
}

/// Text with holes.
#[derive(Clone, Debug, Default)]
pub struct Template<'t> {
    /// Its parts, in the order in which they are printed.
    pub parts: Vec<Part<'t>>,
    /// The parts that are not as the call wrote them: what was taken apart or repaired to get here.
    pub notes: Vec<Note>,
    /// What methods that made the message were called on: the message is about these.
    pub subjects: Vec<Node<'t>>,
    /// The variable whose text stands in its place.
    pub variable: Option<Node<'t>>,
}

/// Why a call has no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// Format and operands do not fit.
    Format(FormatError),
    /// The operands are a slice that is passed on.
    Spread,
    /// There is nothing to print.
    Empty,
    /// The format is computed at run time.
    Dynamic,
}

impl From<FormatError> for TemplateError {
    fn from(error: FormatError) -> Self {
        Self::Format(error)
    }
}

/// What is needed to read a call's arguments.
pub struct Reader<'a, 't> {
    /// The file's bytes.
    pub source: &'a [u8],
    /// Values of named constants and of constant expressions.
    pub constant: &'a dyn Fn(Node<'t>) -> Option<String>,
    /// Whether a call makes text of a format and operands, as Sprintf does.
    pub printer: &'a dyn Fn(Node<'t>) -> bool,
    /// The expression that a local variable was set from, where it may stand in the place of this mention.
    pub variable: &'a dyn Fn(Node<'t>) -> Option<Node<'t>>,
    /// Whether an expression is the text of an error.
    pub error: &'a dyn Fn(Node<'t>) -> bool,
    /// Name by which the file refers to package fmt.
    pub fmt: Option<&'a str>,
    /// Methods that make messages.
    pub wrappers: &'a [Wrapper],
    /// Words that are no part of a noun.
    pub closed: &'a BTreeSet<String>,
}

impl<'t> Template<'t> {
    /// Reads the printed arguments of a call; a depth argument is not among them.
    pub fn of(args: &[Node<'t>], style: Style, reader: &Reader<'_, 't>) -> Result<Self, TemplateError> {
        if args.is_empty() {
            return Err(TemplateError::Empty);
        }
        if args.iter().any(|arg| arg.kind_id() == kind::VARIADIC_ARGUMENT) {
            return Err(TemplateError::Spread);
        }
        let mut template = Self::default();
        let constant = |node: Node<'t>| constant_string(node, reader.source, reader.constant);
        if let Some(keyed) = Keyed::of(args, style, &constant, reader.error, reader.closed) {
            template.keyed(keyed);
            return Ok(template);
        }
        match style {
            Style::Printf => template.printf(args, reader)?,
            Style::Print | Style::Println => template.print(args, style, reader)?,
        }
        Ok(template.merged())
    }

    /// One text without holes.
    pub fn of_text(text: String) -> Self {
        Self { parts: vec![Part::Text(text)], notes: Vec::new(), subjects: Vec::new(), variable: None }
    }

    /// Its holes, in the order in which they are printed.
    pub fn holes(&self) -> impl Iterator<Item = &Hole<'t>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Text(_) => None,
        })
    }

    /// Whether any constant text with a letter is in it.
    pub fn has_words(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(text) if text.chars().any(char::is_alphabetic)))
    }

    /// The message alone, where the call gives its values keys.
    pub fn alone(&self) -> Option<Self> {
        let text = |part: &&Part<'t>| matches!(part, Part::Text(_));
        let parts = self.parts.iter().filter(text).cloned().collect();
        self.notes.contains(&Note::Keyed).then(|| Self { parts, ..Self::default() })
    }

    fn keyed(&mut self, keyed: Keyed<'t>) {
        self.text(keyed.message);
        for (key, operand) in keyed.pairs {
            self.parts.push(Part::Hole(Hole { key: Some(key), ..Hole::new(operand, None) }));
        }
        // The last error of all is the one that the line is about.
        self.parts.extend(keyed.error.map(|error| Part::Hole(Hole::new(error, None))));
        self.note(Note::Keyed);
        if keyed.phrased {
            self.note(Note::Adjoining);
        }
    }

    fn text(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn printf(&mut self, args: &[Node<'t>], reader: &Reader<'_, 't>) -> Result<(), TemplateError> {
        let (format, operands) = (args[0], &args[1..]);
        if let Some(format) = constant_string(format, reader.source, reader.constant) {
            // `Infof("%s", msg)` prints the variable and no more.
            if let (true, [only]) = (matches!(format.as_str(), "%s" | "%v"), operands)
                && self.variable(*only, reader)
            {
                return Ok(());
            }
            return self.format(&format, operands, reader);
        }
        if operands.is_empty() {
            if !(self.whole(format, reader) || self.variable(format, reader)) {
                if !(reader.error)(format) {
                    return Err(TemplateError::Dynamic);
                }
                // `Errorf(err.Error())` prints the error, as Error does.
                self.parts.push(Part::Hole(Hole::new(format, None)));
            }
            return Ok(());
        }
        self.glued_format(format, operands, reader)
    }

    /// `"text " + value + "%s"` with operands: the constant terms hold the verbs, the others print themselves.
    fn glued_format(
        &mut self,
        format: Node<'t>,
        operands: &[Node<'t>],
        reader: &Reader<'_, 't>,
    ) -> Result<(), TemplateError> {
        let mut terms = Vec::new();
        concatenation(format, reader.source, &mut terms).ok_or(TemplateError::Dynamic)?;
        let constants: Vec<_> =
            terms.iter().map(|term| constant_string(*term, reader.source, reader.constant)).collect();
        if constants.iter().all(Option::is_none) {
            return Err(TemplateError::Dynamic);
        }
        let mut used = 0;
        for (term, constant) in terms.iter().zip(constants) {
            match constant {
                Some(text) => {
                    let end = (used + count_verbs(&text)).min(operands.len());
                    self.format(&text, &operands[used..end], reader)?;
                    used = end;
                }
                None => self.value(*term, None, reader),
            }
        }
        self.note(Note::Glued);
        match used < operands.len() {
            true => Err(FormatError::Extra(operands.len() - used).into()),
            false => Ok(()),
        }
    }

    fn format(&mut self, format: &str, operands: &[Node<'t>], reader: &Reader<'_, 't>) -> Result<(), TemplateError> {
        for piece in verbs::parse(format, operands.len())? {
            match piece {
                Piece::Text(text) => self.text(text),
                Piece::Verb(verb) => {
                    let operand = operands[verb.operand];
                    self.value(operand, Some(verb), reader);
                }
            }
        }
        Ok(())
    }

    fn print(&mut self, args: &[Node<'t>], style: Style, reader: &Reader<'_, 't>) -> Result<(), TemplateError> {
        let texts: Vec<_> = args.iter().map(|arg| constant_string(*arg, reader.source, reader.constant)).collect();
        if let Some(Some(first)) = texts.first()
            && args.len() > 1
            && count_verbs(first) == args.len() - 1
            && texts[1..].iter().all(Option::is_none)
            && verbs::parse(first, args.len() - 1).is_ok()
        {
            self.note(Note::PrintWithVerbs);
            return self.format(first, &args[1..], reader);
        }
        if texts.windows(3).any(|three| matches!(three, [Some(_), Some(_), None])) {
            self.note(Note::Adjoining);
        }
        for (index, (arg, text)) in args.iter().zip(&texts).enumerate() {
            let spaced = style == Style::Println || (text.is_none() && texts.get(index.wrapping_sub(1)) == Some(&None));
            if index > 0 && spaced {
                self.text(" ");
            }
            match text {
                Some(text) => self.text(text.clone()),
                None if args.len() == 1 && (self.variable(*arg, reader) || self.whole(*arg, reader)) => {}
                None => self.value(*arg, None, reader),
            }
        }
        Ok(())
    }

    /// A printed operand: taken apart where it is text that was put together in place, a hole otherwise.
    fn value(&mut self, operand: Node<'t>, verb: Option<Verb>, reader: &Reader<'_, 't>) {
        let as_text = verb.as_ref().is_none_or(|v| v.is_plain() && matches!(v.letter, 'v' | 's'));
        let literal = matches!(operand.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL);
        let constant = if literal { crate::klog::format::unquote(syntax::text(operand, reader.source)) } else { None };
        if let Some(text) = constant.filter(|_| as_text) {
            self.text(text);
        } else if !(as_text && self.built(operand, reader)) {
            self.parts.push(Part::Hole(Hole::new(operand, verb)));
        }
    }

    /// Takes apart a string that is put together from words: by Sprintf or by `+`. Whether it was one.
    fn built(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        let before = (self.parts.len(), self.notes.len(), self.subjects.len());
        let done = match node.kind_id() {
            kind::PARENTHESIZED_EXPRESSION => {
                named_children(node).next().is_some_and(|inner| self.built(inner, reader))
            }
            kind::CALL_EXPRESSION => self.sprintf(node, reader) || self.wrapped(node, reader),
            kind::BINARY_EXPRESSION => self.concatenated(node, reader),
            _ => false,
        };
        if !done {
            self.parts.truncate(before.0);
            self.notes.truncate(before.1);
            self.subjects.truncate(before.2);
        }
        done
    }

    /// The same for all that a call prints: that is a message even where it is a single word, `f("GetPod(%s)", name)`.
    fn whole(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        let inner = if node.kind_id() == kind::PARENTHESIZED_EXPRESSION { named_children(node).next() } else { None };
        match inner {
            Some(inner) => self.whole(inner, reader),
            None => self.built(node, reader) || self.formatted(node, has_letters, reader) || self.error(node, reader),
        }
    }

    fn sprintf(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        self.formatted(node, is_sentence, reader)
    }

    /// Takes apart an error that is made to be printed alone: `Errorf(format, …)`.
    fn error(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        format_args(node, "Errorf", reader).is_some_and(|args| self.parted(&args, has_letters, reader))
    }

    /// Takes apart `Sprintf(format, …)` where the format has words enough.
    fn formatted(&mut self, node: Node<'t>, has_words: fn(&str) -> bool, reader: &Reader<'_, 't>) -> bool {
        let (args, own) = match format_args(node, "Sprintf", reader) {
            Some(args) => (args, false),
            None if (reader.printer)(node) => match call_args(node) {
                Some(args) => (args, true),
                None => return false,
            },
            None => return false,
        };
        let notes = self.notes.len();
        if own {
            self.note(Note::Printer);
        }
        let done = self.parted(&args, has_words, reader);
        if !done {
            self.notes.truncate(notes);
        }
        done
    }

    /// Takes apart a format with its operands.
    fn parted(&mut self, args: &[Node<'t>], has_words: fn(&str) -> bool, reader: &Reader<'_, 't>) -> bool {
        let before = (self.parts.len(), self.notes.len());
        let done = constant_string(args[0], reader.source, reader.constant).is_some_and(|text| has_words(&text))
            && self.printf(args, reader).is_ok();
        if !done {
            self.parts.truncate(before.0);
            self.notes.truncate(before.1);
        }
        done
    }

    /// `x.GenerateMsgDetailed("text", "")`, and `.Error()` of such a call.
    fn wrapped(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        self.wrapped_parts(node, reader).is_some()
    }

    fn wrapped_parts(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> Option<()> {
        let call = CallExpression::cast(node)?;
        let selector = SelectorExpression::cast(call.function()?.node())?;
        let receiver = selector.operand()?.node();
        let method = syntax::text(selector.field()?.node(), reader.source);
        let args: Vec<_> = named_children(call.arguments()?.node()).collect();
        if method == "Error" && args.is_empty() && receiver.kind_id() == kind::CALL_EXPRESSION {
            return self.wrapped_parts(receiver, reader);
        }
        let rule = reader.wrappers.iter().find(|w| w.method == method && w.arguments == args.len())?;
        self.worded(*args.get(rule.message)?, reader)?;
        if let Some(suffix) = rule.suffix.and_then(|at| args.get(at)) {
            self.text(", ");
            let constant = constant_string(*suffix, reader.source, reader.constant);
            match constant {
                Some(text) => self.text(text),
                None => self.value(*suffix, None, reader),
            }
        }
        if let Some(error) = rule.error.and_then(|at| args.get(at)) {
            self.text(": ");
            self.parts.push(Part::Hole(Hole::new(*error, None)));
        }
        self.subjects.push(receiver);
        self.note(Note::Wrapped);
        Some(())
    }

    /// Constant text, or text put together from some.
    fn worded(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> Option<()> {
        match constant_string(node, reader.source, reader.constant) {
            Some(text) => {
                self.text(text);
                Some(())
            }
            None => self.built(node, reader).then_some(()),
        }
    }

    fn concatenated(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        let mut terms = Vec::new();
        if concatenation(node, reader.source, &mut terms).is_none() {
            return false;
        }
        let mut worded = false;
        for term in terms {
            match constant_string(term, reader.source, reader.constant) {
                Some(text) => {
                    worded |= is_sentence(&text);
                    self.text(text);
                }
                None if self.built(term, reader) => worded = true,
                None => self.parts.push(Part::Hole(Hole::new(term, None))),
            }
        }
        self.note(Note::Glued);
        worded
    }

    fn variable(&mut self, node: Node<'t>, reader: &Reader<'_, 't>) -> bool {
        if node.kind_id() != kind::IDENTIFIER {
            return false;
        }
        let Some(value) = (reader.variable)(node) else { return false };
        let done = match constant_string(value, reader.source, reader.constant) {
            Some(text) => {
                self.text(text);
                true
            }
            None => self.built(value, reader),
        };
        if done {
            self.note(Note::Variable);
            self.variable = Some(node);
        }
        done
    }

    /// Joins neighbouring texts.
    pub fn merged(mut self) -> Self {
        let mut parts: Vec<Part<'t>> = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            match (parts.last_mut(), part) {
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (_, Part::Text(text)) if text.is_empty() => {}
                (_, part) => parts.push(part),
            }
        }
        self.parts = parts;
        self
    }
}

/// Names are put together from text as well; a sentence has words and white space.
fn is_sentence(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && text.contains(' ')
}

/// Whether a format has letters beside its verbs' own.
fn has_letters(format: &str) -> bool {
    let operands = count_verbs(format);
    let letters = |piece: &Piece| matches!(piece, Piece::Text(text) if text.chars().any(char::is_alphabetic));
    verbs::parse(format, operands).is_ok_and(|pieces| pieces.iter().any(letters))
}

/// Arguments of a call of package fmt's function, `fmt.Sprintf(…)`.
fn format_args<'t>(node: Node<'t>, function: &str, reader: &Reader<'_, 't>) -> Option<Vec<Node<'t>>> {
    let call = CallExpression::cast(node)?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let is = |node: Node<'_>, name: &str| syntax::text(node, reader.source) == name;
    if !is(selector.operand()?.node(), reader.fmt?) || !is(selector.field()?.node(), function) {
        return None;
    }
    call_args(node)
}

/// Arguments of a call that passes no slice on.
fn call_args(node: Node<'_>) -> Option<Vec<Node<'_>>> {
    let args: Vec<_> = named_children(CallExpression::cast(node)?.arguments()?.node()).collect();
    let plain = !args.is_empty() && args.iter().all(|arg| arg.kind_id() != kind::VARIADIC_ARGUMENT);
    plain.then_some(args)
}

/// How many operands a text would read as a format; 0 where it is no valid format.
fn count_verbs(text: &str) -> usize {
    (0..=text.matches('%').count() * 3).find(|n| verbs::parse(text, *n).is_ok()).unwrap_or(0)
}
