//! What a change touches beside log calls and what they need: imports, loggers, levels, parameters.

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};
use tree_sitter::Node;

use super::around::exit_of;
use super::guard::levelled;
use super::reading::Reading;
use super::reason::Finding;
use crate::go::index::{Import, Imports};
use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, AstNode, CallExpression, Children, SelectorExpression, kind, named_children, peel};
use crate::klog::operand::callee_name;
use crate::plan::pipeline::Read;
use crate::rule::{LogCalls, Loggers};
use crate::text::{LineCol, Span};

/// Bytes of a difference that are shown.
const SHOWN: usize = 80;
/// Tokens in which single differences are looked for.
const MAX_TOKENS: usize = 20_000;

/// A token of what is compared.
#[derive(Clone, Debug)]
struct Token {
    text: String,
    at: usize,
    in_condition: bool,
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Token {}

impl std::hash::Hash for Token {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for Token {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Token {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

/// A difference, with its place in the new file, or in the old one where that is gone.
pub struct Difference {
    /// What it is.
    pub finding: Finding,
    /// Where it is in the new file.
    pub position: LineCol,
}

/// One file as it is compared: its declarations, with what log calls need left out.
pub struct Rest<'f> {
    file: &'f ParsedFile,
    declarations: Vec<(String, Vec<Token>)>,
}

impl<'f> Rest<'f> {
    /// Of a file and its calls.
    pub fn of(read: &'f Read<Reading>, rules: &LogCalls) -> Self {
        let Read { file, calls, makers } = read;
        let spans: BTreeSet<(usize, usize)> =
            calls.iter().map(|call| (call.site.span.start, call.site.span.end)).collect();
        let mut declarations = vec![("directives".to_owned(), directives(file)), ("imports".to_owned(), imports(file))];
        for node in named_children(file.tree.root_node()) {
            if matches!(node.kind_id(), kind::IMPORT_DECLARATION | kind::COMMENT) {
                continue;
            }
            let mut walk = Walk {
                source: &file.source.bytes,
                rules,
                spans: &spans,
                makers,
                names: BTreeMap::new(),
                tokens: Vec::new(),
            };
            walk.names(node);
            walk.visit(node, false);
            declarations.push((name_of(node, &file.source.bytes), walk.tokens));
        }
        Self { file, declarations }
    }

    /// Where the new file differs from the old one.
    pub fn differences(old: Option<&Rest<'_>>, new: &Rest<'_>) -> Vec<Difference> {
        let mut found = old.map(|old| renamed(old.file, new.file)).unwrap_or_default();
        let empty = Vec::new();
        let olds = old.map_or(&empty, |old| &old.declarations);
        let mut taken = vec![false; olds.len()];
        for (name, tokens) in &new.declarations {
            let same = olds.iter().enumerate().position(|(at, (other, _))| !taken[at] && other == name);
            let before = same.map(|at| {
                taken[at] = true;
                &olds[at].1
            });
            match before {
                Some(before) if before == tokens => {}
                before => compare(before.unwrap_or(&Vec::new()), tokens, new.file, &mut found),
            }
        }
        for (_, (name, tokens)) in olds.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            if !tokens.is_empty() {
                let finding = Finding::OtherCode { old: name.clone(), new: String::new() };
                found.push(Difference { finding, position: LineCol { line: 1, col: 1 } });
            }
        }
        found
    }
}

fn compare(old: &[Token], new: &[Token], file: &ParsedFile, found: &mut Vec<Difference>) {
    let ops = match old.len() + new.len() > MAX_TOKENS {
        true => vec![DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() }],
        false => capture_diff_slices(Algorithm::Myers, old, new),
    };
    let calls = |tokens: &[Token]| tokens.iter().filter(|token| token.text == LOG).count();
    let (before, after) = (calls(old), calls(new));
    for op in ops.into_iter().filter(|op| op.tag() != DiffTag::Equal) {
        let alone = [&old[op.old_range()], &new[op.new_range()]].map(|side| calls(side) == side.len());
        // A call that comes or goes is told as one; where as many come as go, it stands elsewhere among the statements.
        if alone == [true, true] && before != after {
            continue;
        }
        let (before, after) = (&old[op.old_range()], &new[op.new_range()]);
        if is_threading(before, after) {
            continue;
        }
        let in_condition = before.iter().chain(after).any(|token| token.in_condition);
        let (old, new_text) = (shown(before), shown(after));
        let finding = match in_condition {
            true => Finding::OtherCondition { old, new: new_text },
            false => Finding::OtherCode { old, new: new_text },
        };
        let at = after.first().or(new.get(op.new_range().start)).or(new.last()).map_or(0, |token| token.at);
        found.push(Difference { finding, position: file.lines.line_col(at) });
    }
}

/// Whether nothing differs but loggers and contexts that are handed on, of which no context has become another one.
fn is_threading(before: &[Token], after: &[Token]) -> bool {
    let is_thread = |token: &Token| token.text == THREAD || token.text.starts_with(CONTEXT);
    let contexts = |side: &[Token]| side.iter().filter(|token| token.text.starts_with(CONTEXT)).count();
    before.iter().chain(after).all(is_thread) && (contexts(before) == 0 || after.is_empty())
}

/// What the compiler and other programs read in comments, and what stands before `import "C"`.
fn directives(file: &ParsedFile) -> Vec<Token> {
    let source = &file.source.bytes;
    let (mut found, mut stack) = (Vec::new(), vec![file.tree.root_node()]);
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::COMMENT {
            let text = syntax::text(node, source).trim();
            if is_directive(text) || before_c(node, source) {
                found.push(Token { text: text.to_owned(), at: node.start_byte(), in_condition: false });
            }
        }
        stack.extend(Children::new(node).collect::<Vec<_>>().into_iter().rev());
    }
    found
}

/// `//go:build x`, `//export F`, `// +marker`; not what linters are told of log calls.
fn is_directive(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("//") else { return false };
    let (word, behind) = rest.split_once(':').unwrap_or((rest, ""));
    let named = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let quiet = matches!(word, "nolint" | "klogmod" | "logcheck");
    named && !behind.starts_with(' ') && !behind.is_empty() && !quiet
        || rest.starts_with("export ")
        || rest.trim_start().strip_prefix('+').is_some_and(|marker| marker.starts_with(char::is_alphabetic))
        || rest.contains(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// Whether a comment is what cgo compiles.
fn before_c(comment: Node<'_>, source: &[u8]) -> bool {
    let mut next = comment.next_named_sibling();
    while let Some(node) = next.filter(|node| node.kind_id() == kind::COMMENT) {
        next = node.next_named_sibling();
    }
    next.is_some_and(|node| node.kind_id() == kind::IMPORT_DECLARATION && syntax::text(node, source).contains("\"C\""))
}

/// Imports for what they do, and what the names of others stand for: what log calls need comes and goes.
fn imports(file: &ParsedFile) -> Vec<Token> {
    let source = &file.source.bytes;
    let (mut found, mut stack) = (Vec::new(), vec![file.tree.root_node()]);
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::IMPORT_SPEC {
            let text = syntax::text(node, source).trim();
            if text.starts_with(['_', '.']) {
                found.push(Token { text: text.to_owned(), at: node.start_byte(), in_condition: false });
            }
        } else if matches!(node.kind_id(), kind::SOURCE_FILE | kind::IMPORT_DECLARATION | kind::IMPORT_SPEC_LIST) {
            stack.extend(named_children(node).collect::<Vec<_>>().into_iter().rev());
        }
    }
    found.sort();
    found
}

/// Names of imports that stand for another package now; a later major version is the same.
fn renamed(old: &ParsedFile, new: &ParsedFile) -> Vec<Difference> {
    let of = |file: &ParsedFile| Imports::of(file.tree.root_node(), &file.source.bytes);
    let (olds, news) = (of(old), of(new));
    let later = |old: &str, new: &str| new.strip_prefix(old).is_some_and(|version| version.starts_with("/v"));
    let named = news.list.iter().filter(|import| !matches!(import.name(), "_" | "."));
    let named = named.filter_map(|import| Some((olds.path_of(import.name())?, import)));
    let other = named.filter(|(old, import)| *old != import.path && !later(old, &import.path));
    let differs = |(old, import): (&str, &Import)| Difference {
        finding: Finding::OtherCode { old: old.to_owned(), new: import.path.to_string() },
        position: new.lines.line_col(import.span.start),
    };
    other.map(differs).collect()
}

fn shown(tokens: &[Token]) -> String {
    let text = tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What a declaration is called; those without a name of their own by their first tokens.
fn name_of(node: Node<'_>, source: &[u8]) -> String {
    let text = |node: Node<'_>| syntax::text(node, source).to_owned();
    let name = node.child_by_field_id(syntax::field::NAME).map(text).unwrap_or_default();
    let receiver = node.child_by_field_id(syntax::field::RECEIVER).map(text).unwrap_or_default();
    if !name.is_empty() {
        return format!("{receiver}{name}");
    }
    let start = text(node);
    let head: String = start.lines().next().unwrap_or_default().to_owned();
    let second = start.lines().nth(1).filter(|_| head.ends_with('(')).unwrap_or_default().trim().to_owned();
    let word = |line: &str| line.split(['=', ' ']).take(2).collect::<Vec<_>>().join(" ");
    if second.is_empty() { word(&head) } else { format!("{head}{}", word(&second)) }
}

struct Walk<'w> {
    source: &'w [u8],
    rules: &'w LogCalls,
    spans: &'w BTreeSet<(usize, usize)>,
    makers: &'w [Span],
    /// Names of loggers and contexts in the declaration, and whether each is a context that the function was given.
    names: BTreeMap<String, bool>,
    tokens: Vec<Token>,
}

const LOG: &str = "⟨log⟩";
/// A logger, or a context that was made, as an argument.
const THREAD: &str = "⟨logger⟩";
/// Before the name of a context that the function was given.
const CONTEXT: &str = "⟨context⟩ ";

impl Walk<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        syntax::text(node, self.source)
    }

    fn push(&mut self, text: impl Into<String>, node: Node<'_>, in_condition: bool) {
        self.tokens.push(Token { text: text.into(), at: node.start_byte(), in_condition });
    }

    /// Collects the names of parameters and variables that are loggers or contexts.
    fn names(&mut self, declaration: Node<'_>) {
        let mut stack = vec![declaration];
        while let Some(node) = stack.pop() {
            if node.kind_id() == kind::PARAMETER_DECLARATION && self.is_thread(node) {
                let names = syntax::children_by_field(node, syntax::field::NAME).map(|name| self.text(name).to_owned());
                let names: Vec<String> = names.collect();
                let is_context = self.is_context(node);
                self.names.extend(names.into_iter().map(|name| (name, is_context)));
            } else if let Some(names) = self.made(node) {
                for name in names {
                    self.names.entry(name).or_insert(false);
                }
            }
            stack.extend(named_children(node));
        }
    }

    fn is_context(&self, parameter: Node<'_>) -> bool {
        parameter.child_by_field_id(syntax::field::TYPE).is_some_and(|ty| self.text(ty) == "context.Context")
    }

    /// Whether a parameter is a logger or a context.
    fn is_thread(&self, parameter: Node<'_>) -> bool {
        let ty = parameter.child_by_field_id(syntax::field::TYPE).map(|ty| self.text(ty)).unwrap_or_default();
        ty == "context.Context" || matches!(ty, "klog.Logger" | "logr.Logger")
    }

    /// The names that a statement sets to a logger or a context that is made for one.
    fn made(&self, node: Node<'_>) -> Option<Vec<String>> {
        let is_maker = self.makers.contains(&node.byte_range().into());
        let names = [syntax::field::LEFT, syntax::field::NAME].into_iter().filter(|_| is_maker);
        let lists: Vec<_> = names.flat_map(|field| syntax::children_by_field(node, field)).collect();
        let name = |node: Node<'_>| self.text(node).to_owned();
        let of_list = |list: &Node<'_>| match list.kind_id() {
            kind::IDENTIFIER => vec![name(*list)],
            _ => named_children(*list).map(name).collect(),
        };
        is_maker.then(|| lists.iter().flat_map(of_list).collect())
    }

    /// Whether an expression makes a logger, or a context for one.
    fn makes(&self, node: Node<'_>) -> bool {
        let Some(callee) = CallExpression::cast(peel(node)).and_then(|call| call.function()) else { return false };
        let callee = peel(callee.node());
        let name = callee_name(callee, self.source);
        let Some(operand) = SelectorExpression::cast(callee).and_then(|s| s.operand()) else { return false };
        let operand = operand.node();
        let Loggers { constructors, methods, names, values, .. } = &self.rules.logger;
        let of_package = operand.kind_id() == kind::IDENTIFIER;
        let known = |list: &[String]| list.iter().any(|known| known == name);
        let of_context = self.text(operand) == "context" && matches!(name, "TODO" | "Background");
        let of_logger = || known(methods) && (self.makes(operand) || self.names.contains_key(self.text(operand)));
        of_context
            || of_package
                && (known(constructors)
                    || known(names)
                    || known(values)
                    || name == "NewContext" && self.text(operand).starts_with("klog"))
            || of_logger()
    }

    fn visit(&mut self, node: Node<'_>, in_condition: bool) {
        if self.spans.contains(&(node.start_byte(), node.end_byte())) && node.kind_id() == kind::CALL_EXPRESSION {
            return self.push(LOG, node, false);
        }
        match node.kind_id() {
            kind::COMMENT => return,
            kind::PARAMETER_DECLARATION if self.is_thread(node) => return,
            kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT if self.made(node).is_some() => return,
            kind::VAR_DECLARATION if named_children(node).all(|spec| self.made(spec).is_some()) => return,
            kind::EXPRESSION_STATEMENT if self.is_exit(node) => return,
            kind::IF_STATEMENT => return self.branch(node),
            _ => {}
        }
        let whole =
            matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL | kind::RUNE_LITERAL);
        if whole || node.child_count() == 0 {
            let text = self.text(node).trim().to_owned();
            if !text.is_empty() && text != "," && text != ";" {
                self.push(text, node, in_condition);
            }
            return;
        }
        let is_list = node.kind_id() == kind::ARGUMENT_LIST;
        let mut children = Children::new(node);
        while let Some(child) = children.next() {
            let field = children.field();
            if is_list && let Some(thread) = self.handed(child) {
                self.tokens.push(Token { text: thread, at: child.start_byte(), in_condition });
                continue;
            }
            let head = matches!(field, Some(syntax::field::CONDITION | syntax::field::VALUE))
                && matches!(
                    node.kind_id(),
                    kind::FOR_CLAUSE | kind::FOR_STATEMENT | kind::EXPRESSION_SWITCH_STATEMENT | kind::EXPRESSION_CASE
                );
            self.visit(child, in_condition || head || child.kind_id() == kind::RANGE_CLAUSE);
        }
    }

    /// A logger or a context that a call is given: what was given to the function by its name, what was made by what it is.
    fn handed(&self, argument: Node<'_>) -> Option<String> {
        let name = self.text(argument);
        match self.names.get(name).filter(|_| argument.kind_id() == kind::IDENTIFIER) {
            Some(true) => Some(format!("{CONTEXT}{name}")),
            Some(false) => Some(THREAD.to_owned()),
            None => self.makes(argument).then(|| THREAD.to_owned()),
        }
    }

    /// Whether a statement belongs to the exit behind a log call, which is compared with the call.
    fn is_exit(&self, statement: Node<'_>) -> bool {
        self.tokens.last().is_some_and(|last| last.text == LOG) && exit_of(statement, self.source).is_some()
    }

    /// An `if`: a level that it asks for is one token, however it does so.
    fn branch(&mut self, node: Node<'_>) {
        let part = |field: u16| node.child_by_field_id(field);
        let (first, condition) = (part(syntax::field::INITIALIZER), part(syntax::field::CONDITION));
        let text =
            |node: Option<Node<'_>>| node.map(|node| super::shown::normal(node, self.source)).unwrap_or_default();
        let (first_text, asked) = (text(first), text(condition));
        let named = first_text
            .split_once(":=")
            .filter(|(name, made)| made.contains("V(") && (asked == format!("{name}.Enabled()") || asked == *name));
        self.push("if", node, true);
        match (named, levelled(&asked, self.rules)) {
            (Some((_, made)), _) => {
                let level = levelled(made, self.rules);
                self.push(level, node, true);
            }
            (None, level) if level != asked => {
                first.into_iter().for_each(|first| self.visit(first, true));
                self.push(level, node, true);
            }
            _ => {
                first.into_iter().for_each(|first| self.visit(first, true));
                condition.into_iter().for_each(|condition| self.visit(condition, true));
            }
        }
        part(syntax::field::CONSEQUENCE).into_iter().for_each(|branch| self.visit(branch, false));
        if let Some(other) = part(syntax::field::ALTERNATIVE) {
            self.push("else", other, false);
            self.visit(other, false);
        }
    }
}
