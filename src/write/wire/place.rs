//! Places in a tree: functions, statements, and the code that goes there.

use tree_sitter::Node;

use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{Children, field, kind, named_children};
use crate::rule::{At, Place};
use crate::text::Edit;
use crate::write::reason::{Obstacle, ObstacleKind};

/// The standard library's package of flags.
const FLAG: &str = "flag";

/// One call on its way into a file.
#[derive(Clone, Debug)]
pub(super) struct Insertion {
    /// What changes: something is added, nothing taken away.
    pub(super) edits: Vec<Edit>,
    /// Line of the place, from 1.
    pub(super) line: u32,
    /// The call as it will stand there, without indentation.
    pub(super) code: String,
    /// What the code needs beside the package.
    pub(super) imports: Vec<String>,
}

/// Whether the file names anything so.
pub(super) fn names(file: &ParsedFile, name: &str) -> bool {
    // Most files do not have the word at all.
    let is_there = memchr::memmem::find(&file.source.bytes, name.as_bytes()).is_some();
    is_there
        && nodes(file.tree.root_node()).any(|node| {
            let named = matches!(node.kind_id(), kind::IDENTIFIER | kind::PACKAGE_IDENTIFIER);
            named && file.text(node) == name
        })
}

/// Where the place's code goes in the file, or why it goes nowhere. What is there already is left out.
pub(super) fn find(file: &ParsedFile, place: &Place, package: &str, each: bool) -> Result<Vec<Insertion>, Obstacle> {
    let mut found = Vec::new();
    let mut obstacle = match &place.function {
        Some(function) => Obstacle::NoFunction { function: function.clone() },
        None => Obstacle::NoFunctions,
    };
    let mut served = false;
    for function in functions(file, place.function.as_deref()) {
        let scopes = match &place.literal {
            Some(literal) => literals(file, function, literal),
            None => vec![function],
        };
        if scopes.is_empty() {
            let literal = place.literal.clone().unwrap_or_default();
            obstacle = Obstacle::NoLiteral { function: name(file, function), literal };
        }
        for scope in scopes {
            match in_function(file, place, package, scope, each) {
                Ok(mut some) => {
                    served = true;
                    found.append(&mut some);
                    if !each {
                        return Ok(found);
                    }
                }
                // That one function lacks the statement says nothing where another has it.
                Err(other) if other.kind() == ObstacleKind::Missing && obstacle.kind() == ObstacleKind::Blocked => {}
                Err(other) => obstacle = other,
            }
        }
    }
    match obstacle.kind() {
        ObstacleKind::Missing if served => Ok(found),
        ObstacleKind::Missing | ObstacleKind::Blocked => Err(obstacle),
    }
}

/// The code that a person adds and where, with usual names for what only the place tells.
pub(super) fn by_hand(place: &Place, package: &str) -> String {
    let usual = [
        ("{{package}}", package),
        ("{{parameter}}", "fs"),
        ("{{left}}", "config"),
        ("{{owner}}", "config"),
        ("{{arguments}}", "…"),
        ("{{argument}}", "…"),
        ("{{flags}}", "flag.CommandLine"),
        ("{{set}}", "flag.CommandLine"),
    ];
    let code = usual.into_iter().fold(place.code.trim().to_owned(), |code, (open, name)| code.replace(open, name));
    let position = position(place.at);
    match (&place.anchor, &place.literal) {
        (Some(anchor), _) => format!("`{code}` {position} `{anchor}`"),
        (None, Some(literal)) => format!("`{code}` {position} {literal}"),
        (None, None) => format!("`{code}` {position} the function"),
    }
}

pub(super) fn nodes(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut stack = vec![root];
    std::iter::from_fn(move || {
        let node = stack.pop()?;
        let at = stack.len();
        stack.extend(Children::new(node).filter(|child| child.is_named()));
        stack[at..].reverse();
        Some(node)
    })
}

/// Functions and methods with that name, in the order of the file.
fn functions<'t>(file: &'t ParsedFile, wanted: Option<&'t str>) -> impl Iterator<Item = Node<'t>> {
    named_children(file.tree.root_node()).filter(move |&node| {
        matches!(node.kind_id(), kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION)
            && wanted.is_none_or(|wanted| name(file, node) == wanted)
    })
}

/// `F` or `Type.Method`.
fn name(file: &ParsedFile, function: Node<'_>) -> String {
    let own = function.child_by_field_id(field::NAME).map_or("", |name| file.text(name));
    let receiver = function.child_by_field_id(field::RECEIVER).and_then(|receiver| {
        nodes(receiver).find(|node| node.kind_id() == kind::TYPE_IDENTIFIER).map(|name| file.text(name))
    });
    match receiver {
        Some(receiver) => format!("{receiver}.{own}"),
        None => own.to_owned(),
    }
}

/// Function literals that the function's composite literals have under that key.
fn literals<'t>(file: &'t ParsedFile, function: Node<'t>, key: &str) -> Vec<Node<'t>> {
    let pairs = nodes(function).filter(|node| node.kind_id() == kind::KEYED_ELEMENT);
    let values = pairs.filter_map(|pair| {
        let mut parts = named_children(pair);
        let (name, value) = (parts.next()?, parts.next()?);
        let value = if value.kind_id() == kind::LITERAL_ELEMENT { named_children(value).next()? } else { value };
        (file.text(name) == key && value.kind_id() == kind::FUNC_LITERAL).then_some(value)
    });
    values.collect()
}

fn in_function<'t>(
    file: &'t ParsedFile,
    place: &Place,
    package: &str,
    function: Node<'t>,
    each: bool,
) -> Result<Vec<Insertion>, Obstacle> {
    let nothing = || Obstacle::NoBody { function: name(file, function) };
    let body = function.child_by_field_id(field::BODY).ok_or_else(nothing)?;
    let mut fill = Fill { file, function, package, statement: None, anchor: place.anchor.as_deref() };
    let Some(anchor) = &place.anchor else {
        let code = fill.code(&place.code)?;
        if file.text(body).contains(&squeeze(&code)) {
            return Ok(Vec::new());
        }
        return Ok(vec![fill.at_edge(body, place.at, &code)?]);
    };
    let mut found = Vec::new();
    let mut lacking = Some(Obstacle::NoStatement { function: name(file, function), anchor: anchor.clone() });
    for statement in statements(file, body, anchor) {
        fill.statement = Some(statement);
        let code = fill.code(&place.code)?;
        lacking = None;
        match place.at {
            At::Argument => found.extend(fill.around(anchor, 0, Some(1), &code)?),
            At::Arguments => found.extend(fill.around(anchor, place.skip, None, &code)?),
            At::Hand => {
                let (line, callee) = (fill.line(statement), anchor.trim_end_matches('(').to_owned());
                return Err(Obstacle::TakesNone { line, callee });
            }
            // It is there if its lines stand beside the statement.
            at if !Fill::beside(file, statement, &code) => found.push(fill.beside_statement(statement, at, &code)?),
            _ => {}
        }
        if !each {
            break;
        }
    }
    lacking.map_or(Ok(found), Err)
}

/// Statements that hold the text, without those around them.
fn statements<'t>(file: &'t ParsedFile, body: Node<'t>, anchor: &str) -> Vec<Node<'t>> {
    let is_statement = |node: &Node<'_>| node.parent().is_some_and(|p| p.kind_id() == kind::STATEMENT_LIST);
    let holds = |node: Node<'_>| file.text(node).contains(anchor);
    let candidates: Vec<_> = nodes(body).filter(is_statement).filter(|&node| holds(node)).collect();
    let inner = |outer: &Node<'_>| {
        candidates.iter().any(|other| {
            other != outer && outer.start_byte() <= other.start_byte() && other.end_byte() <= outer.end_byte()
        })
    };
    candidates.iter().copied().filter(|node| !inner(node)).collect()
}

/// The first line of code, which stands on a line of its own.
fn squeeze(code: &str) -> String {
    code.lines().next().unwrap_or_default().trim().to_owned()
}

/// Fills placeholders and makes edits.
struct Fill<'t, 'p> {
    file: &'t ParsedFile,
    function: Node<'t>,
    package: &'p str,
    statement: Option<Node<'t>>,
    anchor: Option<&'p str>,
}

impl<'t> Fill<'t, '_> {
    fn code(&self, template: &str) -> Result<String, Obstacle> {
        let mut code = template.trim().replace("{{package}}", self.package);
        if code.contains("{{parameter}}") {
            code = code.replace("{{parameter}}", self.parameter()?);
        }
        if code.contains("{{left}}") {
            code = code.replace("{{left}}", self.file.text(self.result()?));
        }
        if code.contains("{{owner}}") {
            let owner = self.left()?.child_by_field_id(field::OPERAND);
            code = code.replace("{{owner}}", self.file.text(owner.ok_or(Obstacle::NoFieldSet)?));
        }
        if code.contains("{{set}}") {
            let statement = self.statement.map(|statement| self.file.text(statement)).unwrap_or_default();
            let package = statement.strip_suffix(".Parse()").filter(|name| name.ends_with("flag")).unwrap_or("flag");
            code = code.replace("{{set}}", &format!("{package}.CommandLine"));
        }
        if code.contains("{{flags}}") {
            let flags = self.argument("klog.InitFlags(")?;
            let flags = if flags == "nil" { format!("{}.CommandLine", self.flag()?) } else { flags.to_owned() };
            code = code.replace("{{flags}}", &flags);
        }
        Ok(code)
    }

    /// What the file calls the standard library's `flag`, or is to call it: a program may know pflag's sets only.
    fn flag(&self) -> Result<String, Obstacle> {
        let imports = Imports::of(self.file.tree.root_node(), &self.file.source.bytes);
        if let Some(flag) = imports.by_path(FLAG) {
            return Ok(flag.name().to_owned());
        }
        let taken = imports.by_name(FLAG).is_some() || nodes(self.function).any(|node| self.file.text(node) == FLAG);
        if taken { Err(Obstacle::NameTaken { package: FLAG.to_owned() }) } else { Ok(FLAG.to_owned()) }
    }

    /// The name of the first parameter.
    fn parameter(&self) -> Result<&'t str, Obstacle> {
        let parameters = self.function.child_by_field_id(field::PARAMETERS);
        let first = parameters.and_then(|list| named_children(list).next());
        let name = first.and_then(|first| first.child_by_field_id(field::NAME)).map(|name| self.file.text(name));
        name.filter(|name| *name != "_").ok_or(Obstacle::ParameterUnnamed)
    }

    /// The first thing that the statement assigns to.
    fn left(&self) -> Result<Node<'t>, Obstacle> {
        let statement = self.statement.ok_or(Obstacle::StatementUnnamed)?;
        let assigns = matches!(statement.kind_id(), kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT);
        let left = statement.child_by_field_id(field::LEFT).and_then(|list| named_children(list).next());
        let left = left.filter(|&left| assigns && self.file.text(left) != "_");
        left.ok_or_else(|| Obstacle::ResultDropped { line: self.line(statement) })
    }

    /// The first result of the call that the anchor names, where the statement keeps it, and checks the error that comes with it: without
    /// the check it may be nil.
    fn result(&self) -> Result<Node<'t>, Obstacle> {
        let left = self.left()?;
        let statement = self.statement.ok_or(Obstacle::StatementUnnamed)?;
        let callee = self.anchor.unwrap_or_default().trim_end_matches('(');
        let right = statement.child_by_field_id(field::RIGHT).and_then(|list| named_children(list).next());
        let function = right.and_then(|right| right.child_by_field_id(field::FUNCTION));
        if !function.is_some_and(|function| self.file.text(function).ends_with(callee)) {
            return Err(Obstacle::ResultDropped { line: self.line(statement) });
        }
        let names = statement.child_by_field_id(field::LEFT).map_or(0, |list| named_children(list).count());
        if names > 1 && !leaves_on_error(self.file, statement) {
            return Err(Obstacle::ErrorIgnored { line: self.line(statement) });
        }
        Ok(left)
    }

    /// The argument list of the call that the anchor names.
    fn list(&self, anchor: &str) -> Result<Node<'t>, Obstacle> {
        let statement = self.statement.ok_or(Obstacle::StatementUnnamed)?;
        let callee = anchor.trim_end_matches('(');
        let mut calls = nodes(statement).filter(|node| node.kind_id() == kind::CALL_EXPRESSION);
        let call = calls.find(|call| {
            call.child_by_field_id(field::FUNCTION).is_some_and(|function| self.file.text(function) == callee)
        });
        let list = call.and_then(|call| call.child_by_field_id(field::ARGUMENTS));
        list.ok_or_else(|| Obstacle::NoArgument { line: self.line(statement), callee: callee.to_owned() })
    }

    fn argument(&self, anchor: &str) -> Result<&'t str, Obstacle> {
        let list = self.list(anchor)?;
        let none = || Obstacle::NoArgument { line: self.line(list), callee: anchor.trim_end_matches('(').to_owned() };
        named_children(list).next().map(|argument| self.file.text(argument)).ok_or_else(none)
    }

    /// Code around arguments of the call that the anchor names: those behind the first `skip`, `take` of them or all, be it none.
    /// Nothing if one of them is such code.
    fn around(
        &self,
        anchor: &str,
        skip: usize,
        take: Option<usize>,
        code: &str,
    ) -> Result<Option<Insertion>, Obstacle> {
        let list = self.list(anchor)?;
        let all: Vec<_> = named_children(list).collect();
        let line = self.line(list);
        let none = || Obstacle::NoArgument { line, callee: anchor.trim_end_matches('(').to_owned() };
        let taken = all.get(skip..).map(|rest| rest.get(..take.unwrap_or(rest.len()))).ok_or_else(none)?;
        let taken = taken.ok_or_else(none)?;
        let own = format!("{}.", self.package);
        let is_own = |node: &Node<'t>| self.file.text(*node).starts_with(&own);
        let (before, after) =
            code.split_once("{{arguments}}").or_else(|| code.split_once("{{argument}}")).unwrap_or((code, ""));
        let (edits, shown) = match (taken.first(), taken.last()) {
            _ if taken.iter().any(is_own) => return Ok(None),
            (Some(first), Some(last)) => {
                let text =
                    &self.file.text(list)[first.start_byte() - list.start_byte()..last.end_byte() - list.start_byte()];
                let shown = if text.contains('\n') { "…" } else { text };
                (self.enclose(list, (*first, *last), before, after)?, shown)
            }
            _ => {
                let behind = all.last().map_or(list.start_byte() + 1, Node::end_byte);
                let comma = if all.is_empty() { "" } else { ", " };
                (vec![Edit::insert(behind, format!("{comma}{before}{after}"))], "")
            }
        };
        let code = format!("{before}{shown}{after}");
        Ok(Some(Insertion { edits, line, imports: self.imports(&code), code }))
    }

    /// Puts text before and behind arguments. Where they stand on lines of their own, so does the text.
    fn enclose(
        &self,
        list: Node<'t>,
        (first, last): (Node<'t>, Node<'t>),
        before: &str,
        after: &str,
    ) -> Result<Vec<Edit>, Obstacle> {
        let source: &[u8] = &self.file.source.bytes;
        let line = memchr::memrchr(b'\n', &source[..first.start_byte()]).map_or(0, |at| at + 1);
        let indent = &source[line..first.start_byte()];
        let own_lines = line > list.start_byte() && indent.iter().all(u8::is_ascii_whitespace);
        let alone = named_children(list).next() == Some(first) && named_children(list).last() == Some(last);
        if own_lines && alone {
            return Ok(vec![Edit::insert(list.start_byte() + 1, before), Edit::insert(list.end_byte() - 1, after)]);
        }
        if !own_lines {
            return Ok(vec![Edit::insert(first.start_byte(), before), Edit::insert(last.end_byte(), after)]);
        }
        let text = &source[first.start_byte()..last.end_byte()];
        // Lines of a raw string stay where they are.
        if memchr::memchr(b'`', text).is_some() {
            return Err(Obstacle::LineShared { line: self.line(list) });
        }
        let newline = if source[..line].ends_with(b"\r\n") { "\r\n" } else { "\n" };
        let indent = String::from_utf8_lossy(indent);
        let deeper = memchr::memchr_iter(b'\n', text).map(|at| first.start_byte() + at + 1);
        let is_blank = |at: &usize| matches!(source.get(*at), Some(b'\n' | b'\r'));
        let mut edits = vec![Edit::insert(first.start_byte(), format!("{before}{newline}{indent}\t"))];
        edits.extend(deeper.filter(|at| !is_blank(at)).map(|at| Edit::insert(at, "\t")));
        edits.push(Edit::insert(last.end_byte(), format!(",{newline}{indent}{after}")));
        Ok(edits)
    }

    fn line(&self, node: Node<'_>) -> u32 {
        self.file.position(node).line
    }

    fn insertion(&self, edit: Edit, node: Node<'_>, code: &str) -> Insertion {
        let imports = self.imports(code);
        Insertion { edits: vec![edit], line: self.line(node), code: code.to_owned(), imports }
    }

    /// `flag` of the standard library, where the code names it and the file does not.
    fn imports(&self, code: &str) -> Vec<String> {
        let imports = Imports::of(self.file.tree.root_node(), &self.file.source.bytes);
        let needs = code.contains("(flag.CommandLine)") && imports.by_name(FLAG).is_none();
        if needs { vec![FLAG.to_owned()] } else { Vec::new() }
    }

    /// At the start or the end of a function's body.
    fn at_edge(&self, body: Node<'t>, at: At, code: &str) -> Result<Insertion, Obstacle> {
        let list = named_children(body).find(|node| node.kind_id() == kind::STATEMENT_LIST);
        let mut statements = list.into_iter().flat_map(named_children);
        let empty = || Obstacle::EmptyFunction { line: self.line(body) };
        match at {
            At::Start => self.beside_statement(statements.next().ok_or_else(empty)?, At::Before, code),
            _ => {
                let last = statements.last().ok_or_else(empty)?;
                let before = last.kind_id() == kind::RETURN_STATEMENT;
                self.beside_statement(last, if before { At::Before } else { At::After }, code)
            }
        }
    }

    /// On lines of its own before or after a statement.
    fn beside_statement(&self, statement: Node<'t>, at: At, code: &str) -> Result<Insertion, Obstacle> {
        let source: &[u8] = &self.file.source.bytes;
        let start = memchr::memrchr(b'\n', &source[..statement.start_byte()]).map_or(0, |at| at + 1);
        let indent = &source[start..statement.start_byte()];
        let target = if at == At::After { checked(self.file, statement) } else { statement };
        let end = memchr::memchr(b'\n', &source[target.end_byte()..]).map(|at| target.end_byte() + at + 1);
        let rest = source[target.end_byte()..end.unwrap_or(source.len())].trim_ascii();
        let (Some(end), true) = (end, indent.iter().all(u8::is_ascii_whitespace)) else {
            return Err(Obstacle::LineShared { line: self.line(statement) });
        };
        if at == At::After && !rest.is_empty() && !rest.starts_with(b"//") {
            return Err(Obstacle::LineShared { line: self.line(target) });
        }
        let newline = if source[..end].ends_with(b"\r\n") { "\r\n" } else { "\n" };
        let indent = String::from_utf8_lossy(indent);
        let lines: String = code.lines().map(|line| format!("{indent}{line}{newline}")).collect();
        let offset = if at == At::After { end } else { start };
        Ok(self.insertion(Edit::insert(offset, lines), statement, code))
    }

    /// Whether the code stands next to the statement already, or anywhere in its block.
    fn beside(file: &ParsedFile, statement: Node<'_>, code: &str) -> bool {
        let first = squeeze(code);
        let block = statement.parent();
        block.into_iter().flat_map(named_children).any(|sibling| {
            let text = file.text(sibling);
            sibling.id() != statement.id()
                && text.starts_with(&first)
                && text.split_whitespace().zip(code.split_whitespace()).all(|(a, b)| a == b)
        })
    }
}

/// The statement, or the one after it that checks its error.
fn checked<'t>(file: &ParsedFile, statement: Node<'t>) -> Node<'t> {
    let next = statement.next_named_sibling().filter(|next| {
        let condition = next.child_by_field_id(field::CONDITION).map_or("", |condition| file.text(condition));
        next.kind_id() == kind::IF_STATEMENT
            && condition == "err != nil"
            && next.child_by_field_id(field::INITIALIZER).is_none()
    });
    next.unwrap_or(statement)
}

/// Where in words code goes.
fn position(at: At) -> &'static str {
    match at {
        At::Start => "at the start of",
        At::End => "at the end of",
        At::Before => "before",
        At::After => "after",
        At::Argument => "around the argument of",
        At::Arguments => "around the options of",
        At::Hand => "in the place of",
        At::Entry => "in the map, before",
    }
}

/// Whether the statement is followed by a check of its error that does not go on with nothing.
fn leaves_on_error(file: &ParsedFile, statement: Node<'_>) -> bool {
    let check = checked(file, statement);
    let body = check.child_by_field_id(field::CONSEQUENCE).filter(|_| check != statement);
    let list = body.and_then(|body| named_children(body).find(|node| node.kind_id() == kind::STATEMENT_LIST));
    let Some(last) = list.and_then(|list| named_children(list).last()) else { return false };
    let text = file.text(last);
    const LEAVING: [&str; 8] = ["return", "panic(", "Fatal", "Exit", "continue", "break", "goto", "if err != nil"];
    LEAVING.iter().any(|leaving| text.contains(leaving))
}
