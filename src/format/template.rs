//! What a printing call prints, as text with holes: one form for Info, Infof, Infoln, concatenation and Sprintf.

use tree_sitter::Node;

use super::{FormatError, Piece, Verb, constant_string, literal::concatenation, verbs};
use crate::rule::Style;
use crate::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children};

/// An operand where it is printed.
#[derive(Clone, Debug)]
pub struct Hole<'t> {
    /// The operand.
    pub operand: Node<'t>,
    /// The verb that prints it; `None` where it is printed as by `Sprint`.
    pub verb: Option<Verb>,
    /// The object's name, where the operand is its namespace and both are printed as one.
    pub name: Option<Node<'t>>,
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
    pub notes: Vec<&'static str>,
}

/// Why a call has no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Format and operands do not fit.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// The operands are a slice that is passed on.
    #[error("the operands are passed on as a slice")]
    Spread,
    /// There is nothing to print.
    #[error("the call has no arguments")]
    Empty,
    /// The format is computed at run time.
    #[error("the format is not constant")]
    Dynamic,
}

/// Note: a `Print` call whose text holds verbs, which it printed as they stand.
pub const PRINT_WITH_VERBS: &str = "the old call printed its verbs as text: it was meant as a formatting call";
/// Note: a formatting call whose format is glued from constants and values.
pub const GLUED: &str = "the message was glued together from constant text and values";

/// What is needed to read a call's arguments.
pub struct Reader<'a> {
    /// The file's bytes.
    pub source: &'a [u8],
    /// Values of constants that are visible at the call.
    pub constant: &'a dyn Fn(&str) -> Option<String>,
    /// Name by which the file refers to package fmt.
    pub fmt: Option<&'a str>,
}

impl<'t> Template<'t> {
    /// Reads the printed arguments of a call; a depth argument is not among them.
    pub fn of(args: &[Node<'t>], style: Style, reader: &Reader<'_>) -> Result<Self, TemplateError> {
        if args.is_empty() {
            return Err(TemplateError::Empty);
        }
        if args.iter().any(|arg| arg.kind_id() == kind::VARIADIC_ARGUMENT) {
            return Err(TemplateError::Spread);
        }
        let mut template = Self::default();
        match style {
            Style::Printf => template.printf(args, reader)?,
            Style::Print | Style::Println => template.print(args, style, reader)?,
        }
        Ok(template.merged())
    }

    /// Whether any constant text with a letter is in it.
    pub fn has_words(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(text) if text.chars().any(char::is_alphabetic)))
    }

    fn text(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    fn hole(&mut self, operand: Node<'t>, verb: Option<Verb>) {
        self.parts.push(Part::Hole(Hole { operand, verb, name: None }));
    }

    fn printf(&mut self, args: &[Node<'t>], reader: &Reader<'_>) -> Result<(), TemplateError> {
        let (format, operands) = (args[0], &args[1..]);
        if let Some(format) = constant_string(format, reader.source, reader.constant) {
            return self.format(&format, operands);
        }
        if let Some(inner) = sprintf_args(format, reader)
            && operands.is_empty()
        {
            return self.printf(&inner, reader);
        }
        self.glued(format, operands, reader)
    }

    /// `"text " + value`: the constant terms may hold verbs, the others print themselves.
    fn glued(&mut self, format: Node<'t>, operands: &[Node<'t>], reader: &Reader<'_>) -> Result<(), TemplateError> {
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
                    let verbs = count_verbs(&text);
                    let end = (used + verbs).min(operands.len());
                    self.format(&text, &operands[used..end])?;
                    used = end;
                }
                None => self.hole(*term, None),
            }
        }
        if used < operands.len() {
            return Err(FormatError::Extra(operands.len() - used).into());
        }
        self.notes.push(GLUED);
        Ok(())
    }

    fn format(&mut self, format: &str, operands: &[Node<'t>]) -> Result<(), TemplateError> {
        for piece in verbs::parse(format, operands.len())? {
            match piece {
                Piece::Text(text) => self.text(text),
                Piece::Verb(verb) => {
                    let operand = operands[verb.operand];
                    self.hole(operand, Some(verb));
                }
            }
        }
        Ok(())
    }

    fn print(&mut self, args: &[Node<'t>], style: Style, reader: &Reader<'_>) -> Result<(), TemplateError> {
        if let [only] = args
            && let Some(inner) = sprintf_args(*only, reader)
        {
            return self.printf(&inner, reader);
        }
        let texts: Vec<_> = args.iter().map(|arg| constant_string(*arg, reader.source, reader.constant)).collect();
        if let Some(Some(first)) = texts.first()
            && args.len() > 1
            && count_verbs(first) == args.len() - 1
            && texts[1..].iter().all(Option::is_none)
            && verbs::parse(first, args.len() - 1).is_ok()
        {
            self.notes.push(PRINT_WITH_VERBS);
            return self.format(first, &args[1..]);
        }
        for (index, (arg, text)) in args.iter().zip(&texts).enumerate() {
            let spaced = style == Style::Println || (text.is_none() && texts.get(index.wrapping_sub(1)) == Some(&None));
            if index > 0 && spaced {
                self.text(" ");
            }
            match text {
                Some(text) => self.text(text.clone()),
                None => self.unconstant(*arg, reader),
            }
        }
        Ok(())
    }

    /// An argument of `Print` that is not constant, taken apart where it is a concatenation with text.
    fn unconstant(&mut self, arg: Node<'t>, reader: &Reader<'_>) {
        let mut terms = Vec::new();
        let glued = concatenation(arg, reader.source, &mut terms).is_some()
            && terms.iter().any(|term| constant_string(*term, reader.source, reader.constant).is_some());
        if !glued {
            self.hole(arg, None);
            return;
        }
        self.notes.push(GLUED);
        for term in terms {
            match constant_string(term, reader.source, reader.constant) {
                Some(text) => self.text(text),
                None => self.hole(term, None),
            }
        }
    }

    /// Joins neighbouring texts.
    fn merged(mut self) -> Self {
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

/// Arguments of `fmt.Sprintf(…)`.
fn sprintf_args<'t>(node: Node<'t>, reader: &Reader<'_>) -> Option<Vec<Node<'t>>> {
    let call = CallExpression::cast(node)?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let is = |node: Node<'_>, name: &str| syntax::text(node, reader.source) == name;
    if !is(selector.operand()?.node(), reader.fmt?) || !is(selector.field()?.node(), "Sprintf") {
        return None;
    }
    let args: Vec<_> = named_children(call.arguments()?.node()).collect();
    let plain = !args.is_empty() && args.iter().all(|arg| arg.kind_id() != kind::VARIADIC_ARGUMENT);
    plain.then_some(args)
}

/// How many operands a text would read as a format; 0 where it is no valid format.
fn count_verbs(text: &str) -> usize {
    (0..=text.matches('%').count() * 3).find(|n| verbs::parse(text, *n).is_ok()).unwrap_or(0)
}
