//! What a change touches beside log calls and what they need: imports, loggers, levels, parameters.

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};
use tree_sitter::Node;

use super::around::{Ends, exit_of, made_with};
use super::guard::{asked as named_level, levelled};
use super::maker::Maker;
use super::missing::missing;
use super::reading::Reading;
use super::reason::Finding;
use super::token::{LOG, Token, directives, imports, unread};
use crate::go::index::{Import, Imports};
use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, AstNode, CallExpression, Children, SelectorExpression, kind, named_children, peel};
use crate::klog::operand::callee_name;
use crate::plan::pipeline::Read;
use crate::rule::{LogCalls, Loggers};
use crate::text::LineCol;

/// Bytes of a difference that are shown.
const SHOWN: usize = 80;
/// Tokens in which single differences are looked for.
const MAX_TOKENS: usize = 20_000;

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
    declarations: Vec<Declaration>,
}

/// A declaration, or something else of a file that is compared as a whole.
struct Declaration {
    name: String,
    tokens: Vec<Token>,
    /// What is left out of it, by the names that it sets.
    made: Vec<Made>,
    /// Its names that are neither loggers nor contexts.
    others: BTreeSet<String>,
}

impl Declaration {
    fn of(name: &str, tokens: Vec<Token>) -> Self {
        Self { name: name.to_owned(), tokens, made: Vec::new(), others: BTreeSet::new() }
    }
}

impl<'f> Rest<'f> {
    /// Of a file and its calls, of which `numbers` says which call of the other side each is; those without a partner are told as
    /// added or removed.
    pub fn of(read: &'f Read<Reading, Maker>, numbers: &[Option<usize>], rules: &LogCalls) -> Self {
        let Read { file, calls, makers } = read;
        let span = |call: &Reading| (call.site.span.start, call.site.span.end);
        let spans = calls.iter().map(span).zip(numbers.iter().copied().chain(std::iter::repeat(None))).collect();
        let statements = makers.iter().filter_map(|maker| maker.statement).collect();
        let imported = Imports::of(file.tree.root_node(), &file.source.bytes);
        let mut declarations = vec![
            Declaration::of("directives", directives(file)),
            Declaration::of("imports", imports(file)),
            Declaration::of("unread", unread(file)),
        ];
        for node in named_children(file.tree.root_node()) {
            if matches!(node.kind_id(), kind::IMPORT_DECLARATION | kind::COMMENT) {
                continue;
            }
            let mut walk = Walk {
                source: &file.source.bytes,
                rules,
                imports: &imported,
                spans: &spans,
                makers: &statements,
                names: BTreeMap::new(),
                others: BTreeSet::new(),
                made: Vec::new(),
                tokens: Vec::new(),
            };
            walk.names(node);
            walk.visit(node, false);
            let Walk { tokens, made, others, .. } = walk;
            declarations.push(Declaration { name: name_of(node, &file.source.bytes), tokens, made, others });
        }
        Self { file, declarations }
    }

    /// Where the new file differs from the old one.
    pub fn differences(old: Option<&Rest<'_>>, new: &Rest<'_>) -> Vec<Difference> {
        let mut found = old.map(|old| renamed(old.file, new.file)).unwrap_or_default();
        let gone = old.into_iter().flat_map(|old| missing(old.file, new.file));
        found.extend(gone.map(|(position, finding)| Difference { finding, position }));
        let olds: &[Declaration] = old.map_or(&[], |old| &old.declarations);
        let mut taken = vec![false; olds.len()];
        let mut last = 0;
        for declaration in &new.declarations {
            let Declaration { name, tokens, .. } = declaration;
            let same = olds.iter().enumerate().position(|(at, other)| !taken[at] && other.name == *name);
            let before = same.map(|at| {
                taken[at] = true;
                &olds[at]
            });
            match before {
                Some(before) if before.tokens == *tokens => {}
                before => compare(before.map_or(&[], |before| &before.tokens), tokens, new.file, &mut found),
            }
            found.extend(before.into_iter().flat_map(|before| new.hides(before, declaration)));
            // Variables are set in their order.
            if let (Some(at), Some(first)) = (same.filter(|_| name.starts_with("var")), tokens.first()) {
                if at < last {
                    let finding = Finding::OtherCode { old: name.clone(), new: name.clone() };
                    found.push(Difference { finding, position: new.file.lines.line_col(first.at) });
                }
                last = at;
            }
        }
        for (_, gone) in olds.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            if !gone.tokens.is_empty() {
                let finding = Finding::OtherCode { old: gone.name.clone(), new: String::new() };
                found.push(Difference { finding, position: LineCol { line: 1, col: 1 } });
            }
        }
        found
    }

    /// Loggers and contexts under names that stood for something else: what speaks of that speaks of them now.
    fn hides(&self, before: &Declaration, after: &Declaration) -> Vec<Difference> {
        let known = |made: &Made| before.made.iter().any(|old| old.name == made.name);
        let hides = |made: &&Made| !made.is_derived && before.others.contains(&made.name) && !known(made);
        let told = |made: &Made| Difference {
            finding: Finding::OtherCode { old: String::new(), new: made.name.clone() },
            position: self.file.lines.line_col(made.at),
        };
        // A context that was given a logger for those who get the context.
        let gone =
            before.made.iter().filter(|old| old.is_context && !after.made.iter().any(|new| new.name == old.name));
        let gone = gone.map(|old| Difference {
            finding: Finding::OtherCode { old: old.name.clone(), new: String::new() },
            position: LineCol { line: 1, col: 1 },
        });
        after.made.iter().filter(hides).map(told).chain(gone).collect()
    }
}

fn compare(old: &[Token], new: &[Token], file: &ParsedFile, found: &mut Vec<Difference>) {
    let ops = match old.len() + new.len() > MAX_TOKENS {
        true => vec![DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() }],
        false => capture_diff_slices(Algorithm::Myers, old, new),
    };
    for op in ops.into_iter().filter(|op| op.tag() != DiffTag::Equal) {
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
    let text = |token: &'_ Token| if token.is_log() { LOG.to_owned() } else { token.text.clone() };
    let text = tokens.iter().map(text).collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Whether a name is that of a parameter of a function around a statement.
fn given(statement: Node<'_>, name: &str, source: &[u8]) -> bool {
    let around = std::iter::successors(statement.parent(), Node::parent);
    let mut lists = around.flat_map(|node| {
        let field = |field: u16| node.child_by_field_id(field).into_iter();
        field(syntax::field::PARAMETERS).chain(field(syntax::field::RECEIVER)).collect::<Vec<_>>()
    });
    lists.any(|list| {
        let mut names =
            named_children(list).flat_map(|parameter| syntax::children_by_field(parameter, syntax::field::NAME));
        names.any(|parameter| syntax::text(parameter, source) == name)
    })
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
    imports: &'w Imports,
    /// The log calls, and which of the other side each is.
    spans: &'w BTreeMap<(usize, usize), Option<usize>>,
    makers: &'w BTreeSet<(usize, usize)>,
    /// Names of loggers and contexts in the declaration, and whether each is a context that the function was given.
    names: BTreeMap<String, bool>,
    /// The other names that it has.
    others: BTreeSet<String>,
    /// Statements that make a logger or a context and are left out: the name, its place, and whether it is made of what has that name.
    made: Vec<Made>,
    tokens: Vec<Token>,
}

/// A name that a statement sets to a logger, or to a context for one.
struct Made {
    name: String,
    at: usize,
    /// Whether it is made of what was called so before.
    is_derived: bool,
    /// Whether it is a context with a logger.
    is_context: bool,
}

/// A logger, or a context that was made, as an argument.
const THREAD: &str = "⟨logger⟩";
/// Before the name of a context that the function was given.
const CONTEXT: &str = "⟨context⟩ ";

impl Walk<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        syntax::text(node, self.source)
    }

    fn push(&mut self, text: impl Into<String>, node: Node<'_>, in_condition: bool) {
        self.tokens.push(Token { in_condition, ..Token::new(text, node.start_byte()) });
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
        let is_maker = self.makers.contains(&(node.start_byte(), node.end_byte()));
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
        let from = self.tokens.len();
        self.visit_inside(node, in_condition);
        let is_statement = node.parent().is_some_and(|around| {
            let in_clause = around.kind_id() == kind::FOR_CLAUSE && node.kind_id() != kind::BINARY_EXPRESSION;
            around.kind_id() == kind::STATEMENT_LIST || in_clause
        });
        if let Some(first) = self.tokens.get_mut(from).filter(|_| is_statement && node.is_named()) {
            first.starts = true;
        }
    }

    fn visit_inside(&mut self, node: Node<'_>, in_condition: bool) {
        match self.spans.get(&(node.start_byte(), node.end_byte())) {
            Some(Some(number)) if node.kind_id() == kind::CALL_EXPRESSION => {
                return self.push(format!("{LOG}{number}"), node, false);
            }
            Some(None) if node.kind_id() == kind::CALL_EXPRESSION => return,
            _ => {}
        }
        match node.kind_id() {
            kind::COMMENT => return,
            kind::PARAMETER_DECLARATION if self.is_thread(node) => return,
            kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT if self.leaves_out(node) => return,
            kind::VAR_DECLARATION if named_children(node).all(|spec| self.leaves_out(spec)) => return,
            kind::EXPRESSION_STATEMENT if self.is_exit(node) => return,
            kind::IF_STATEMENT => return self.branch(node),
            kind::IDENTIFIER if !self.names.contains_key(self.text(node)) => {
                self.others.insert(self.text(node).to_owned());
            }
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
        let is_list = node.kind_id() == kind::ARGUMENT_LIST && !self.is_builtins(node);
        let mut children = Children::new(node);
        while let Some(child) = children.next() {
            let field = children.field();
            if is_list && let Some(thread) = self.handed(child) {
                self.push(thread, child, in_condition);
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

    /// Whether a statement that makes a logger, or a context for one, is needed for log calls alone: it declares the name, or changes
    /// what was made before; what the function was given becomes no other one.
    fn leaves_out(&mut self, statement: Node<'_>) -> bool {
        let Some(names) = self.made(statement) else { return false };
        let value = [syntax::field::RIGHT, syntax::field::VALUE].into_iter();
        let values: Vec<Node<'_>> =
            value
                .filter_map(|field| statement.child_by_field_id(field))
                .flat_map(|list| {
                    if list.kind_id() == kind::EXPRESSION_LIST { named_children(list).collect() } else { vec![list] }
                })
                .collect();
        let roots: Vec<&str> = values.iter().filter_map(|value| self.root(*value)).collect();
        let declares = statement.kind_id() != kind::ASSIGNMENT_STATEMENT;
        let is_given = |name: &str| given(statement, name, self.source);
        let is_needed = |name: &String| {
            let is_derived = roots.contains(&name.as_str());
            let of_given = roots.iter().any(|root| is_given(root));
            name == "_" || is_derived || (declares || self.names.contains_key(name)) && (of_given || !is_given(name))
        };
        let is_name = |name: &String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !names.iter().all(|name| is_name(name) && is_needed(name)) {
            return false;
        }
        let at = statement.start_byte();
        let into = &self.rules.logger.into_context;
        let is_context = values.iter().any(|value| {
            let callee = CallExpression::cast(peel(*value)).and_then(|call| call.function());
            callee.is_some_and(|callee| into.iter().any(|name| name == callee_name(peel(callee.node()), self.source)))
        });
        let made = |name: String| Made { is_derived: roots.contains(&name.as_str()), name, at, is_context };
        let made: Vec<Made> = names.into_iter().map(made).collect();
        self.made.extend(made);
        true
    }

    /// The name that a logger or a context is made of.
    fn root(&self, value: Node<'_>) -> Option<&str> {
        let mut node = peel(value);
        loop {
            if node.kind_id() == kind::IDENTIFIER {
                return Some(self.text(node));
            }
            let call = CallExpression::cast(node)?;
            let operand = peel(SelectorExpression::cast(peel(call.function()?.node()))?.operand()?.node());
            let of_package =
                operand.kind_id() == kind::IDENTIFIER && self.imports.path_of(self.text(operand)).is_some();
            node = if of_package { peel(*made_with(call).first()?) } else { operand };
        }
    }

    /// Whether a list is that of a predeclared function: what it is given is data.
    fn is_builtins(&self, list: Node<'_>) -> bool {
        let callee = list.parent().and_then(CallExpression::cast).and_then(|call| call.function());
        callee.is_some_and(|callee| {
            let name = self.text(callee.node());
            matches!(name, "append" | "copy" | "panic" | "print" | "println")
        })
    }

    /// Whether a statement belongs to the exit behind a log call, which is compared with the call.
    fn is_exit(&self, statement: Node<'_>) -> bool {
        let ends = |statement: Node<'_>| exit_of(statement, self.source, self.imports, &self.rules.import_paths);
        let mut behind = std::iter::successors(statement.next_named_sibling(), Node::next_named_sibling);
        self.tokens.last().is_some_and(Token::is_log)
            && match ends(statement) {
                Some(Ends::Process) => true,
                // What is written out belongs to the exit behind it.
                Some(Ends::Buffers) => {
                    let goes_on =
                        |node: &Node<'_>| node.kind_id() == kind::COMMENT || ends(*node) == Some(Ends::Buffers);
                    behind.find(|node| !goes_on(node)).and_then(ends) == Some(Ends::Process)
                }
                None => false,
            }
    }

    /// An `if`: a level that it asks for is one token, however it does so.
    fn branch(&mut self, node: Node<'_>) {
        let part = |field: u16| node.child_by_field_id(field);
        let (first, condition) = (part(syntax::field::INITIALIZER), part(syntax::field::CONDITION));
        let text =
            |node: Option<Node<'_>>| node.map(|node| super::shown::normal(node, self.source)).unwrap_or_default();
        let (first_text, asked) = (text(first), text(condition));
        self.push("if", node, true);
        let named = named_level(&first_text, &asked).map(|level| levelled(&level, self.rules));
        first.into_iter().filter(|_| named.is_none()).for_each(|first| self.visit(first, true));
        match named.unwrap_or_else(|| levelled(&asked, self.rules)) {
            level if level != asked => self.push(level, node, true),
            _ => condition.into_iter().for_each(|condition| self.visit(condition, true)),
        }
        part(syntax::field::CONSEQUENCE).into_iter().for_each(|branch| self.visit(branch, false));
        if let Some(other) = part(syntax::field::ALTERNATIVE) {
            self.push("else", other, false);
            self.visit(other, false);
        }
    }
}
