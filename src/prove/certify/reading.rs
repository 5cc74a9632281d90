//! A log call as certifying sees it: what it shows, what it evaluates, what it stands under, whether it ends the process.

use std::collections::{BTreeSet, VecDeque};

use tree_sitter::Node;

use super::around::{astray, beside, called, depth_of, exits_behind, logger_chain};
use super::composed;
use super::evaluated::{Evaluated, Evaluator};
use super::given::Given;
use super::guard::guards;
use super::klog::Klog;
use super::shown::{Atom, Atoms, Shower, normal};
use super::source::Source;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Bound, Type};
use crate::klog::call::{CallSite, Class, LogCall};
use crate::klog::error::{error_in_scope, is_error};
use crate::klog::fingerprint::Fingerprint;
use crate::klog::format::{Hole, Part, Template};
use crate::klog::lint::{self, Facts};
use crate::klog::name::words;
use crate::klog::operand::{callee_name, chain};
use crate::klog::place::Place;
use crate::plan::pipeline::Met;
use crate::rule::{Severity, Style};
use crate::write::edit::{Outcome, is_repeatable};
use crate::write::message::unprefixed;
use crate::write::value::inline;

/// Expressions that a logger is made by that are looked at.
const MAX_CHAIN: usize = 32;

/// A value of a line.
#[derive(Clone, Debug)]
pub struct Value {
    /// Its expression.
    pub text: String,
    /// The key that it stands under, where that is constant.
    pub key: Option<String>,
    /// Whether it is an error.
    pub error: bool,
    /// All that it shows.
    pub shows: Atoms,
    /// A name and a namespace that a reference has in each other's place.
    pub exchanged: Option<(String, String)>,
    /// The parts of a reference, as they are written.
    pub refers: Vec<String>,
    /// Whether a slash joins it to the value before it.
    pub joined: bool,
    /// The values that it is made of in place.
    pub parts: Vec<Value>,
    /// Constant texts in it.
    pub texts: Vec<String>,
    /// What it reads from.
    pub reads: Atoms,
    /// Each datum of it, as atoms of which one has to be shown.
    pub needs: Vec<Atoms>,
    /// Words of its expression and its type.
    pub words: BTreeSet<String>,
    /// Words that stand before it in printed text.
    pub said: BTreeSet<String>,
    /// The words of the label before it, where that is apart from the rest of the text.
    pub label: BTreeSet<String>,
    /// Words of its type, and of those of the objects that it refers to.
    pub kinds: BTreeSet<String>,
    /// Whether its key is the name of a variable that it does not speak of.
    pub homonym: bool,
    /// Whether its type is known, and holds no error.
    pub typed: bool,
    /// Whether it is several with nothing between them.
    pub run_together: bool,
    /// Whether it is a number, where that is known.
    pub number: Option<bool>,
    /// The verb that prints it.
    pub letter: Option<char>,
    /// Whether it is a name of a package that is not read: what it stands for is not known.
    pub unread: bool,
}

impl Value {
    /// What it shows, where that is the same in every run.
    pub fn constant(&self) -> Option<&str> {
        self.shows.iter().find_map(|atom| match atom {
            Atom::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }
}

/// A log call, read once for all comparisons.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Where it stands, and what it is.
    pub site: CallSite,
    /// Its name across runs.
    pub fingerprint: Fingerprint,
    /// Its source.
    pub text: String,
    /// Its tokens.
    pub normal: String,
    /// The severity that its structured form has by the rules.
    pub mapped: Severity,
    /// How deep a frame it names.
    pub depth: String,
    /// Its constant text.
    pub message: String,
    /// The same without what stands before a message.
    pub unprefixed: String,
    /// Whether it has keys and values.
    pub structured: bool,
    /// Its values in their order, without the error before the message.
    pub values: Vec<Value>,
    /// The error before the message, `nil` left out.
    pub error: Option<Value>,
    /// Whether `nil` stands there.
    pub nil_error: bool,
    /// The error that the code around has found.
    pub error_in_scope: Option<String>,
    /// What its logger carries, as far as its function tells.
    pub carried: Vec<Value>,
    /// What it shows where a constant should stand: its message, its keys.
    pub unconstant: Vec<Value>,
    /// A list of pairs that it hands on.
    pub spread: Option<String>,
    /// What evaluating it may do.
    pub evaluated: Vec<Evaluated>,
    /// What evaluating its logger, or the parts of its text, may do where a statement before does that.
    pub given: Vec<Evaluated>,
    /// What it stands under.
    pub guards: Vec<String>,
    /// The functions that the statements beside it call.
    pub beside: Vec<String>,
    /// Whether it prints keys and values as text.
    pub paired: bool,
    /// Whether the process ends here, and with which code where a statement behind the call says so.
    pub exit: Option<String>,
    /// What is wrong with it, and whether it has a request ID.
    pub facts: Facts,
    /// What klogmod would make of it.
    pub outcome: Outcome,
    /// How often a level is asked for in its logger.
    pub levels: usize,
    /// The expressions that its logger is made by.
    pub chain: Vec<String>,
    /// The logger or the context that its logger is of, where that is not klog's own.
    pub root: Option<String>,
    /// What it, its logger and its exit are given beside values.
    pub handed: Given,
    /// Where its logger comes from.
    pub source: Source,
    /// The loggers and contexts that are to be had in its place.
    pub near: Vec<String>,
    /// A logger that drops the line, or that is not known here.
    pub astray: Option<String>,
    /// What its logger is made by, where only its name says that this gives one.
    pub unread: Option<String>,
    /// The logger or context that it makes although one is in scope, and that one.
    pub made: Option<(String, String)>,
}

/// The statement that a call is, or the call where it is none.
fn statement<'t>(met: &Met<'_, 't>) -> Node<'t> {
    let around = met.place.scopes.ancestors().last().copied();
    around.filter(|around| around.kind_id() == kind::EXPRESSION_STATEMENT).unwrap_or(met.call.node())
}

/// The text of a call that prints one, with its holes.
fn template<'t>(met: &Met<'_, 't>) -> Option<Template<'t>> {
    let style = met.call.style.unwrap_or(Style::Print);
    met.proposer.template(&met.call.parts.printed, style, met.place).ok()
}

/// What a call says: its text with the texts in it, or its message.
fn spoken<'t>(template: Option<&Template<'t>>, facts: &Facts, place: &Place<'_, 't>) -> Option<Template<'t>> {
    let spoken = template.cloned().map(|template| inline(template, place));
    spoken.or_else(|| facts.message.clone().map(Template::of_text))
}

/// Reads a call in its place.
pub fn reading(met: &Met<'_, '_>, runtime: &str) -> Reading {
    let (call, place) = (met.call, met.place);
    let klog = Klog { recognizer: met.recognizer, place };
    let shower = Shower { place, klog: &klog };
    let structured = matches!(call.site.class, Class::Structured | Class::Contextual);
    let template = if structured { None } else { template(met) };
    let facts = lint::facts(call, place, met.proposer.key());
    let spoken = spoken(template.as_ref(), &facts, place);
    let reader = Reader { shower: &shower, call, place };
    let error = call.parts.error.filter(|error| error.kind_id() != kind::NIL);
    let mut evaluator = Evaluator { place, klog: &klog, runtime, found: Vec::new() };
    call.parts.brackets.into_iter().for_each(|brackets| evaluator.visit(brackets));
    call.callee().into_iter().for_each(|callee| reader.receiver(callee, &mut evaluator));
    let chain = reader.chain();
    let mut set_by = Evaluator { place, klog: &klog, runtime, found: Vec::new() };
    before(call, template.as_ref(), place, &mut set_by);
    let statement = statement(met);
    let own = call.site.severity.terminates().then(String::new);
    let behind = exits_behind(statement, place).filter(|_| own.is_none());
    behind.iter().flatten().for_each(|argument| evaluator.visit(*argument));
    let handed = Given::of(&chain, &klog, &call.parts.pairs, behind.as_deref().unwrap_or_default());
    let code = behind.and_then(|arguments| arguments.last().map(|code| reader.code(*code)));
    let root = reader.root(&chain);
    let is_by_name = |node: &&Node<'_>| met.recognizer.is_logger_by_name(**node, place.scopes);
    Reading {
        site: call.site.clone(),
        fingerprint: met.fingerprint.clone(),
        text: place.text(call.node()),
        normal: normal(call.node(), place.source()),
        mapped: mapped(call, place),
        depth: call.parts.depth.map(|depth| place.text(depth)).or_else(|| depth_of(&chain, place)).unwrap_or_default(),
        message: spoken.as_ref().map(message_of).unwrap_or_default(),
        unprefixed: spoken.as_ref().map(|spoken| unprefixed(spoken, &call.site.function)).unwrap_or_default(),
        structured,
        values: if structured { reader.pairs() } else { reader.holes(template.as_ref()) },
        error: error.map(|error| reader.value(error, None, &Printed::default())),
        nil_error: call.parts.error.is_some() && error.is_none(),
        error_in_scope: error_in_scope(place),
        carried: reader.carried(met),
        unconstant: reader.unconstant(),
        spread: call.parts.spread.map(|list| place.text(list)),
        evaluated: evaluator.found,
        given: set_by.found,
        guards: guards(place),
        beside: beside(statement, place),
        paired: reader.is_paired(),
        exit: own.or(code),
        outcome: met.proposer.propose(call, place),
        facts,
        made: reader.made(),
        levels: place.rules.log_calls.verbose.functions.keys().map(|name| called(&chain, name, place)).sum(),
        astray: (call.site.class == Class::Contextual).then(|| astray(&chain, place)).flatten(),
        unread: chain.iter().find(is_by_name).map(|node| place.text(*node)),
        chain: chain.iter().map(|node| normal(*node, place.source())).collect(),
        handed,
        source: Source::of(call, &klog),
        near: if root.is_some() { near(place) } else { Vec::new() },
        root,
    }
}

/// Goes through what has been done before a call, or in printing it, that it need not do: its logger's making, its text's.
fn before<'t>(
    call: &LogCall<'t>,
    template: Option<&Template<'t>>,
    place: &Place<'_, 't>,
    given: &mut Evaluator<'_, '_, 't>,
) {
    let is_contextual = call.site.class == Class::Contextual;
    let set = call.logger(place).filter(|_| is_contextual).and_then(|logger| logger.set);
    set.into_iter().for_each(|set| given.visit(set));
    let printed = template.into_iter().flat_map(|template| template.holes()).filter(|hole| prints_text(hole));
    printed.filter_map(|hole| is_error(hole.operand, place)).for_each(|error| given.print(error));
    put_together(call, template, place).into_iter().for_each(|operand| given.visit(operand));
}

/// Whether a value is printed by its own text.
fn prints_text(hole: &Hole<'_>) -> bool {
    hole.verb.as_ref().is_none_or(|verb| matches!(verb.letter, 's' | 'v' | 'q'))
}

/// The parts of a call's text that a statement before puts together, and that are the same when they are evaluated again.
fn put_together<'t>(call: &LogCall<'t>, template: Option<&Template<'t>>, place: &Place<'_, 't>) -> Vec<Node<'t>> {
    let parts = template.into_iter().flat_map(|template| template.holes());
    let operands = parts.flat_map(|hole| [Some(hole.operand), hole.name]).flatten();
    let own = call.node().byte_range();
    operands.filter(|node| !own.contains(&node.start_byte()) && is_repeatable(*node, place)).collect()
}

/// The names of loggers and contexts that are visible in a place.
fn near(place: &Place<'_, '_>) -> Vec<String> {
    let types = &place.rules.log_calls.logger.types;
    let is_thread = |ty: &String| ty == CONTEXT || types.contains(ty);
    let visible = place
        .scopes
        .visible()
        .filter(|binding| place.type_of_binding(binding).qualified().is_some_and(|ty| is_thread(&ty)));
    visible.map(|binding| binding.name.to_owned()).collect()
}

/// The type of contexts.
const CONTEXT: &str = "context.Context";

/// What a value is called, what it shows and what it needs. `printed` is how a text prints it.
fn read_value<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>, key: Option<String>, printed: &Printed) -> Value {
    let place = shower.place;
    // A reference is called what its object is called.
    let named = std::iter::once(node).chain(shower.reference(peel(node)).into_iter().flatten());
    let names: Vec<String> = named.flat_map(|node| chain(node, place.source()).names).collect();
    let own = names.iter().flat_map(|name| words(name));
    let kind = place.type_of(node).stripped().named().map(|named| named.name.to_string());
    let kind = kind.iter().flat_map(|kind| words(kind));
    let (reads, shows) = shower.shows(node).into_iter().partition(|atom| matches!(atom, Atom::Of(_)));
    let ty = place.type_of(node);
    let is_open = matches!(place.types.view().underlying(&ty), Type::Interface(_));
    Value {
        text: place.text(node),
        homonym: key.as_deref().is_some_and(|key| is_homonym(key, node, place)),
        typed: !ty.is_unknown() && !is_open,
        run_together: composed::is_run_together(shower, node),
        number: is_number(&ty, place),
        letter: printed.letter,
        unread: ty.is_unknown() && SelectorExpression::cast(peel(node)).is_some_and(|name| is_of_package(name, place)),
        key,
        error: is_error(node, place).is_some(),
        shows,
        reads,
        exchanged: exchanged(shower, node),
        refers: shower.reference(peel(node)).into_iter().flatten().map(|part| place.text(part)).collect(),
        joined: printed.joined,
        parts: composed::parts(shower, node).into_iter().map(|(part, key)| value(shower, part, key)).collect(),
        texts: composed::texts(shower, node),
        needs: shower.needs(node, printed.letter),
        words: own.chain(kind).map(|word| word.to_lowercase()).collect(),
        said: printed.before.iter().map(|word| word.to_lowercase()).collect(),
        label: printed.label.iter().map(|word| word.to_lowercase()).collect(),
        kinds: composed::kinds(shower, node),
    }
}

/// Whether values of a type are numbers, where that is known.
fn is_number(ty: &Type, place: &Place<'_, '_>) -> Option<bool> {
    match place.types.view().underlying(ty).defaulted() {
        Type::Basic(basic) => Some(basic.is_numeric()),
        Type::Unknown(_) | Type::Interface(_) => None,
        _ => Some(false),
    }
}

/// Whether a key is the name of a variable in scope that a value does not speak of.
fn is_homonym(key: &str, value: Node<'_>, place: &Place<'_, '_>) -> bool {
    let spoken = place.text(value);
    let mut names = spoken.split(|c: char| !c.is_alphanumeric() && c != '_');
    place.scopes.lookup(key).is_some() && !names.any(|name| name == key)
}

/// Whether an expression names something of another package.
fn is_of_package(name: SelectorExpression<'_>, place: &Place<'_, '_>) -> bool {
    name.operand().is_some_and(|operand| place.imported(operand.node()).is_some())
}

/// A value under its key.
pub fn value<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>, key: Option<String>) -> Value {
    read_value(shower, node, key, &Printed::default())
}

/// The arguments of a reference that has the name first.
fn exchanged<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>) -> Option<(String, String)> {
    let args = shower.reference(peel(node))?;
    let [first, second] = args.as_slice() else { return None };
    let place = shower.place;
    let last = |node: Node<'t>| chain(node, place.source()).names.last().map(|name| words(name)).unwrap_or_default();
    let says = |node: Node<'t>, word: &str| last(node).iter().any(|own| own.eq_ignore_ascii_case(word));
    let is_space = |node: Node<'t>| says(node, "namespace") || says(node, "ns");
    let turned = says(*first, "name") && !is_space(*first) && is_space(*second);
    turned.then(|| (place.text(*first), place.text(*second)))
}

fn mapped(call: &LogCall<'_>, place: &Place<'_, '_>) -> Severity {
    match call.style {
        None => call.site.severity,
        Some(_) if place.rules.log_calls.structured.error.contains(&call.rewrite) => Severity::Error,
        Some(_) => Severity::Info,
    }
}

fn message_of(template: &Template<'_>) -> String {
    let text = |part: &Part<'_>| match part {
        Part::Text(text) => text.clone(),
        Part::Hole(_) => " ".to_owned(),
    };
    template.parts.iter().map(text).collect()
}

/// How a text prints a value.
#[derive(Default)]
struct Printed {
    /// The words before it.
    before: Vec<String>,
    /// Those of the label before it.
    label: Vec<String>,
    /// The verb.
    letter: Option<char>,
    /// Whether a slash joins it to the value before it.
    joined: bool,
}

/// Reads the parts of one call.
struct Reader<'s, 'a, 't> {
    shower: &'s Shower<'s, 'a, 't>,
    call: &'s LogCall<'t>,
    place: &'s Place<'a, 't>,
}

impl<'t> Reader<'_, '_, 't> {
    fn value(&self, node: Node<'t>, key: Option<String>, printed: &Printed) -> Value {
        read_value(self.shower, node, key, printed)
    }

    fn pairs(&self) -> Vec<Value> {
        let pairs = self.call.parts.pairs.iter();
        pairs.filter_map(|pair| Some(self.value(pair.value?, pair.key.clone(), &Printed::default()))).collect()
    }

    fn unconstant(&self) -> Vec<Value> {
        let parts = &self.call.parts;
        let keys = parts.pairs.iter().filter(|pair| pair.key.is_none()).map(|pair| pair.key_node);
        let constant = |node: &Node<'t>| self.place.types.is_constant(*node);
        parts
            .message
            .into_iter()
            .filter(|node| !constant(node))
            .chain(keys)
            .map(|node| self.value(node, None, &Printed::default()))
            .collect()
    }

    /// The values of a printing call; of one whose text is not known, its arguments.
    fn holes(&self, template: Option<&Template<'t>>) -> Vec<Value> {
        let Some(template) = template else {
            // What is a text by itself is no value.
            let values = self.call.parts.printed.iter().filter(|node| !self.place.types.is_constant(**node));
            return values.map(|node| self.value(*node, None, &Printed::default())).collect();
        };
        let mut found = Vec::new();
        let mut printed = Printed::default();
        for part in &template.parts {
            match part {
                // `%s/%s`: what is said of the first is said of the second.
                Part::Text(text) if !text.contains(char::is_alphabetic) => printed.joined = text == "/",
                Part::Text(text) => {
                    printed.before = words(text).into_iter().rev().take(2).collect();
                    printed.label = composed::label(text, found.is_empty());
                }
                Part::Hole(Hole { operand, verb, name, key, .. }) => {
                    printed.letter = verb.as_ref().map(|verb| verb.letter);
                    found.push(self.value(*operand, key.clone(), &printed));
                    printed.joined = false;
                    found.extend(name.map(|name| self.value(name, None, &printed)));
                }
            }
        }
        found.extend(template.subjects.iter().map(|subject| self.subject(*subject)));
        found.extend(self.texts());
        found
    }

    /// Constants that a format prints: they have become text of the message.
    fn texts(&self) -> Vec<Value> {
        let operands = self.call.parts.printed.iter().skip(1).filter(|_| self.call.style == Some(Style::Printf));
        let texts = operands
            .filter(|operand| matches!(operand.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL));
        texts.map(|text| self.value(*text, None, &Printed::default())).collect()
    }

    /// Whether the operands of a printing call are a text, and keys with values behind it.
    fn is_paired(&self) -> bool {
        let is_text =
            |node: &Node<'t>| matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL);
        let printed = &self.call.parts.printed;
        let from = printed.iter().position(is_text).filter(|at| *at <= 1);
        let pairs = from.and_then(|at| printed.get(at + 1..)).unwrap_or_default();
        let is_key =
            |node: &Node<'t>| is_text(node) && crate::rule::is_log_key(self.place.text(*node).trim_matches(['"', '`']));
        let is_format = self.call.style == Some(Style::Printf);
        !is_format
            && !pairs.is_empty()
            && pairs.len() % 2 == 0
            && pairs.chunks(2).all(|pair| is_key(&pair[0]) && !is_text(&pair[1]))
    }

    /// What a text was made from by a method: of it something has to be shown.
    fn subject(&self, node: Node<'t>) -> Value {
        let value = self.value(node, None, &Printed::default());
        let of_it = Atom::Of(normal(peel(node), self.place.source()));
        let needs = value.needs.iter().map(|need| need.iter().cloned().chain([of_it.clone()]).collect()).collect();
        Value { needs, ..value }
    }

    /// The pairs that the call's logger was given in this function.
    fn carried(&self, met: &Met<'_, 't>) -> Vec<Value> {
        if self.call.site.class != Class::Contextual {
            return Vec::new();
        }
        let given = self.chain().into_iter().filter_map(|node| met.recognizer.given(node, self.place.scopes));
        let pairs = given.flat_map(|parts| parts.pairs);
        pairs.filter_map(|pair| Some(self.value(pair.value?, pair.key, &Printed::default()))).collect()
    }

    /// The expressions that its logger is made by: in the call, where the logger is set, and where that is set which it is made of.
    fn chain(&self) -> Vec<Node<'t>> {
        let on = self.call.callee().and_then(|callee| SelectorExpression::cast(peel(callee))?.operand());
        let set = self.call.logger(self.place).and_then(|logger| logger.set);
        let mut next: VecDeque<Node<'t>> = on.map(AstNode::node).into_iter().chain(set).collect();
        let (mut chain, mut seen) = (Vec::new(), BTreeSet::new());
        // What is made in the call is what the logger was set to.
        while let Some(start) = next.pop_front().filter(|_| chain.len() < MAX_CHAIN) {
            for node in logger_chain(start, self.shower.klog) {
                if seen.insert(node.id()) {
                    chain.push(node);
                    next.extend(self.set(node));
                }
            }
        }
        chain
    }

    /// What a variable is set to, last and first, that is made of a logger, or of a context with one.
    fn set(&self, name: Node<'t>) -> Vec<Node<'t>> {
        let binding = Some(name).filter(|name| name.kind_id() == kind::IDENTIFIER);
        let binding = binding.and_then(|name| self.place.scopes.lookup_at(self.place.scopes.text(name), name));
        let assigned = binding.and_then(|binding| binding.assigned?.child_by_field_id(syntax::field::RIGHT));
        let declared = binding.and_then(|binding| match binding.bound {
            Bound::Value { values, index: 0, of: 1 } => Some(values),
            _ => None,
        });
        let values = assigned.into_iter().chain(declared).filter_map(|values| named_children(values).next());
        let makes = |value: &Node<'t>| {
            let callee = CallExpression::cast(peel(*value)).and_then(|call| call.function());
            let name = callee.map(|callee| callee_name(peel(callee.node()), self.place.source()));
            name.is_some_and(|name| self.place.rules.log_calls.logger.makes(name))
        };
        values.filter(|value| value.end_byte() <= self.call.node().start_byte() && makes(value)).collect()
    }

    /// The logger or the context that a chain starts with, unless it is klog's own.
    fn root(&self, chain: &[Node<'t>]) -> Option<String> {
        let rules = &self.place.rules.log_calls.logger;
        let is_own = |node: &Node<'t>| {
            let callee = CallExpression::cast(*node).and_then(|call| call.function());
            let name = callee.map(|callee| callee_name(peel(callee.node()), self.place.source()));
            name.is_some_and(|name| name == rules.background || matches!(name, "TODO" | "NewKlogr"))
        };
        if self.call.site.class != Class::Contextual || chain.iter().any(is_own) {
            return None;
        }
        chain.last().map(|root| self.place.text(*root))
    }

    /// An exit code, as a number where it is constant.
    fn code(&self, node: Node<'t>) -> String {
        self.place.types.integer_of(node).map_or_else(|| self.place.text(node), |code| code.to_string())
    }

    /// The receiver's own evaluation: the level's argument, and what yields the logger.
    fn receiver(&self, callee: Node<'t>, evaluator: &mut Evaluator<'_, '_, 't>) {
        let operand = SelectorExpression::cast(peel(callee)).and_then(|selector| selector.operand());
        operand.into_iter().for_each(|operand| evaluator.visit(operand.node()));
    }

    /// klog's own logger, made in the call's function where a logger or a context is in scope.
    fn made(&self) -> Option<(String, String)> {
        let place = self.place;
        let (made, _) = self.call.logger(place).filter(|_| self.call.site.class == Class::Contextual)?.made?;
        let rules = &place.rules.log_calls.logger;
        let callee = CallExpression::cast(peel(made))?.function()?.node();
        let name = crate::klog::operand::callee_name(peel(callee), place.source()).to_owned();
        let own = name == rules.background || name == "TODO";
        let near = own.then(|| {
            place.scopes.visible().find(|binding| {
                let ty = place.type_of_binding(binding).qualified();
                ty.as_deref() == Some("context.Context") && binding.at < made.start_byte()
            })
        })??;
        Some((place.text(made), near.name.to_owned()))
    }
}

/// A level without what makes it one of its type: a logger's `V` takes an int, klog's a level.
pub fn bare(level: &str) -> String {
    let inner = level.split_once('(').filter(|(of, _)| *of == "int" || of.rsplit('.').next() == Some("Level"));
    inner.and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(level).to_owned()
}

impl Reading {
    /// The level as people write it; nothing where the line is always printed.
    pub fn level(&self) -> String {
        match self.site.verbosity.as_deref() {
            // An error of a logger is printed at any level.
            _ if self.site.class == Class::Contextual && self.site.severity == Severity::Error => String::new(),
            // A logger's levels add up.
            Some(level) if self.levels > 1 && self.site.class == Class::Contextual => format!("{level} + …"),
            None | Some("0") => String::new(),
            Some(level) => bare(level),
        }
    }

    /// All values of the line: the error's, its own and its logger's.
    pub fn all(&self) -> impl Iterator<Item = &Value> {
        self.error.iter().chain(&self.values).chain(&self.carried).chain(&self.unconstant)
    }
}
