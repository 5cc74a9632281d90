//! The calls of a declaration as the reader of bodies finds them, for who counts them: no syntax tree is made.
//!
//! It says what [`super::Recognizer`] says, or that the tree has to be asked: of calls about which something is to be noted, and where
//! a level is followed through names.

mod uses;
mod value;

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use super::site::{CallSite, Class};
use crate::go::index::default_name;
use crate::go::syntax::body::{ExprId, ExprKind, parse_decl, split_params};
use crate::go::syntax::lex::Lexer;
use crate::go::syntax::outline::{Decl, DeclKind, Outline};
use crate::klog::borrowed::Borrowed;
use crate::klog::mention::can_mention;
use crate::rule::{Function, LogCalls};
use crate::text::diagnostic::RelPath;
use crate::text::{LineIndex, Span};
use uses::Uses;
pub use value::Unlisted;
use value::{Code, Known, Listed, Value};

/// Lists the calls of one file.
pub struct Listing<'a> {
    path: &'a RelPath,
    known: Known<'a>,
    /// Names of functions and methods that log.
    logging: FxHashSet<&'a str>,
    lines: OnceCell<LineIndex>,
}

impl<'a> Listing<'a> {
    /// Looks up how the file imports klog. `typed` is asked where names do not tell: what an expression is by its type. `None` where
    /// klog's functions have no package before them.
    pub fn new(
        rules: &'a LogCalls,
        path: &'a RelPath,
        (source, outline): (&'a [u8], &'a Outline),
        typed: &'a dyn Fn(Span) -> Option<Borrowed>,
    ) -> Option<Self> {
        let mut packages = Vec::new();
        for import in
            outline.imports.iter().filter(|import| rules.import_paths.iter().any(|klog| **klog == *import.path))
        {
            match import.alias.as_deref().unwrap_or_else(|| default_name(&import.path)) {
                "." => return None,
                "_" => {}
                name => packages.push(name),
            }
        }
        let logging = rules.logging().collect();
        let known = Known { rules, source, outline, packages, typed };
        Some(Self { path, known, logging, lines: OnceCell::new() })
    }

    /// Whether the file imports klog by a name that it can use.
    pub fn has_klog(&self) -> bool {
        !self.known.packages.is_empty()
    }

    /// The mentions of klog functions in a declaration, which may declare several names.
    pub fn of(&self, declaration: &[Decl]) -> Listed<Vec<CallSite>> {
        let has_code = |decl: &&Decl| decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
        let whole = declaration.first().map_or((0, 0), |decl| decl.whole);
        if !self.can_be_in(self.known.source.get(whole.0 as usize..whole.1 as usize).unwrap_or_default()) {
            return Ok(Vec::new());
        }
        let mut sites = Vec::new();
        for decl in declaration.iter().filter(has_code) {
            let body = parse_decl(self.known.source, decl.span.0 as usize).map_err(|_| Unlisted::Unread)?;
            let (code, uses) = (Code { known: &self.known, body: &body }, Uses::of(&body));
            Reading { listing: self, decl, code, uses }.list(&mut sites)?;
        }
        Ok(sites)
    }

    fn can_be_in(&self, code: &[u8]) -> bool {
        can_mention(code, self.known.packages.iter().map(|package| package.as_bytes()), self.known.rules)
    }

    fn function_of(&self, decl: &Decl) -> String {
        let name = self.known.outline.text(decl.name);
        if decl.kind != DeclKind::Method {
            return name.to_owned();
        }
        let mut lexer = Lexer::new(self.known.source, decl.span.0 as usize);
        // `func` and the parenthesis behind it.
        lexer.token();
        lexer.token();
        let receiver = split_params(&mut lexer).and_then(|receiver| Some(receiver.first()?.ty));
        format!("({}).{name}", receiver.map_or("", |ty| self.known.text(ty)))
    }
}

/// A body that is gone through.
struct Reading<'l, 'a> {
    listing: &'l Listing<'a>,
    decl: &'l Decl,
    code: Code<'l, 'a>,
    uses: Uses,
}

impl<'a> Reading<'_, 'a> {
    fn list(&self, sites: &mut Vec<CallSite>) -> Listed<()> {
        let declares =
            |name: &str| self.code.body.locals().any(|(_, local)| self.listing.known.text(local.name) == name);
        if self.listing.known.packages.iter().any(|package| declares(package)) {
            return Err(Unlisted::AskTree);
        }
        for (id, expr) in self.code.body.exprs() {
            match expr.kind {
                ExprKind::Call { function, .. } => {
                    let selector = self.code.peel(function);
                    if let ExprKind::Selector { operand, .. } = self.code.body.expr(selector).kind {
                        self.level(id, operand, self.code.name(selector))?;
                        sites.extend(self.call(id, selector)?);
                    }
                }
                ExprKind::Selector { .. } => sites.extend(self.function_value(id)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// Of a level that is given away, something may have to be noted.
    fn level(&self, call: ExprId, operand: ExprId, name: &str) -> Listed<()> {
        let makes = self.listing.known.rules.verbose.functions.contains_key(name) && self.code.is_package(operand);
        if makes && self.uses.is_given(call) { Err(Unlisted::AskTree) } else { Ok(()) }
    }

    fn call(&self, id: ExprId, selector: ExprId) -> Listed<Option<CallSite>> {
        let ExprKind::Call { args, spread, .. } = self.code.body.expr(id).kind else { return Ok(None) };
        let Some(found) = self.callee(selector, !args.is_empty())? else { return Ok(None) };
        let class = found.class();
        // Notes are made of lists, and of values that are put together from text.
        let is_open =
            || class != Class::Unstructured && self.code.body.list(args).iter().any(|arg| self.may_be_composed(*arg));
        if spread || is_open() {
            return Err(Unlisted::AskTree);
        }
        self.site(id, &found, class).map(Some)
    }

    /// A klog function that is passed or stored.
    fn function_value(&self, id: ExprId) -> Listed<Option<CallSite>> {
        let name = self.code.name(id);
        let rules = self.listing.known.rules;
        if rules.standard_loggers.iter().chain(&rules.past_loggers).any(|known| known == name) {
            return Err(Unlisted::AskTree);
        }
        if !self.listing.logging.contains(name) || self.uses.is_called(id) || self.uses.is_operand(id) {
            return Ok(None);
        }
        let Some(found) = self.callee(id, true)? else { return Ok(None) };
        if self.uses.is_in_brackets(id) {
            return Err(Unlisted::AskTree);
        }
        self.site(id, &found, Class::FunctionValue).map(Some)
    }

    fn site(&self, id: ExprId, found: &Callee<'a>, class: Class) -> Listed<CallSite> {
        if self.decl.kind == DeclKind::Const {
            return Err(Unlisted::AskTree);
        }
        let (Function::Printing { severity, .. } | Function::Structured { severity, .. }) = found.function;
        let method = match &found.verbosity {
            Some(level) => format!("V({level}).{}", found.name),
            None => found.name.to_owned(),
        };
        let listing = self.listing;
        let (start, end) = self.code.body.expr(id).range;
        let span = Span::new(start as usize, end as usize);
        Ok(CallSite {
            path: listing.path.clone(),
            position: listing.lines.get_or_init(|| LineIndex::new(listing.known.source)).line_col(span.start),
            span,
            function: listing.function_of(self.decl),
            method,
            class,
            severity,
            verbosity: found.verbosity.clone(),
        })
    }

    /// What is called, or would be. `given`: whether it gets an argument; an error's own method gets none.
    fn callee(&self, selector: ExprId, given: bool) -> Listed<Option<Callee<'a>>> {
        let ExprKind::Selector { operand, .. } = self.code.body.expr(selector).kind else { return Ok(None) };
        let (name, rules) = (self.code.name(selector), self.listing.known.rules);
        if !self.listing.logging.contains(name) {
            return Ok(None);
        }
        let found = |function: Option<Function<'a>>, verbosity, of_logger| {
            Ok(function.map(|function| Callee { function, name, verbosity, of_logger }))
        };
        if self.code.is_package(operand) {
            return found(rules.function(name), None, false);
        }
        let value = match self.code.value(operand, 0)? {
            None if self.prints(name, given) => self.code.borrowed(operand, 0),
            value => value,
        };
        match value {
            None => Ok(None),
            Some(Value::Verbose(level)) => found(rules.function(name), level, false),
            Some(Value::Logger(level)) => found(rules.logger_method(name), level, true),
        }
    }

    fn prints(&self, method: &str, given: bool) -> bool {
        method.starts_with(super::find::VERBOSE) || given && self.listing.known.rules.logger_method(method).is_some()
    }

    /// Whether a value may be one that is put together from text: a sum, or what fmt makes.
    fn may_be_composed(&self, id: ExprId) -> bool {
        match self.code.body.expr(self.code.peel(id)).kind {
            ExprKind::Binary(..) => true,
            ExprKind::Call { function, .. } => match self.code.body.expr(self.code.peel(function)).kind {
                ExprKind::Selector { operand, .. } => self.code.imported(operand) == Some("fmt"),
                _ => false,
            },
            _ => false,
        }
    }
}

/// A function that logs, as it is named.
struct Callee<'a> {
    function: Function<'a>,
    name: &'a str,
    verbosity: Option<String>,
    of_logger: bool,
}

impl Callee<'_> {
    fn class(&self) -> Class {
        match self.function {
            Function::Printing { .. } => Class::Unstructured,
            Function::Structured { .. } if self.of_logger => Class::Contextual,
            Function::Structured { .. } => Class::Structured,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::syntax::outline::outline;
    use crate::rule::RuleSet;

    /// The methods of what is listed in a function with this body.
    fn listed(body: &str) -> Listed<Vec<String>> {
        let rules = RuleSet::builtin().unwrap();
        let source = format!(
            "package p\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc (t *T) f(ctx context.Context, args ...any) {{\n\t{body}\n}}\n"
        );
        let outline = outline(source.as_bytes()).unwrap();
        let path = RelPath::from("a.go");
        let listing = Listing::new(&rules.log_calls, &path, (source.as_bytes(), &outline), &|_| None).unwrap();
        let sites = listing.of(outline.declarations().next().unwrap())?;
        assert!(sites.iter().all(|site| site.function == "(*T).f" && site.position.line >= 10));
        Ok(sites.into_iter().map(|site| site.method).collect())
    }

    #[test]
    fn calls_are_listed_with_their_levels() {
        let methods = |body: &str| listed(body).unwrap();
        assert_eq!(methods("klog.V(2).Infof(\"a\")\n\t(klog.Error)(err)"), ["V(2).Infof", "Error"]);
        assert_eq!(methods("l := klog.FromContext(ctx).WithName(\"a\")\n\tl.V(3).Info(\"a\")"), ["V(3).Info"]);
        assert_eq!(methods("retry(klog.Warningf)"), ["Warningf"]);
        assert_eq!(methods("if klog.V(4) {\n\t\treturn\n\t}\n\tklog.Flush()\n\tt.Error(err)"), [""; 0]);
    }

    #[test]
    fn the_tree_is_asked_where_more_has_to_be_known() {
        for body in [
            "klog := g()\n\tklog.Infof(\"a\")",
            "v := klog.V(2)\n\tv.Info(\"a\")",
            "klog.Info(args...)",
            "klog.InfoS(\"a\", \"b\", \"c\"+d)",
            "print(klog.V(2))",
            "klog.NewStandardLogger(\"INFO\")",
        ] {
            assert_eq!(listed(body), Err(Unlisted::AskTree), "{body}");
        }
    }
}
