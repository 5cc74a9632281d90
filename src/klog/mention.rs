//! Whether a file's text can hold calls with keys and values: asked of every file before one is parsed.

use memchr::memmem;

use crate::go::index::default_name;
use crate::go::syntax::head::head;
use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::word::words;
use crate::rule::LogCalls;

/// Whether a file can hold a call with keys and values that shows a habit of the tree: it logs with klog, and names a structured
/// function, a logger that klog makes, or the type of one.
pub fn can_be_structured(source: &[u8], rules: &LogCalls) -> bool {
    let called = |name: &&String| memmem::find(source, format!("{name}(").as_bytes()).is_some();
    let structured = || rules.structured.info.iter().chain(&rules.structured.error).any(|name| called(&name));
    // Other packages have a `Background()`, too.
    let of_package = |path: &str, name: &str| {
        qualifiers(source, path).any(|qualifier| qualifier.is_none_or(|package| names(source, package, name)))
    };
    let made = || {
        let constructors = &rules.logger.constructors;
        rules.import_paths.iter().any(|path| constructors.iter().any(|name| of_package(path, name)))
    };
    let typed = || {
        let types = rules.logger.types.iter().filter_map(|ty| ty.rsplit_once('.'));
        types.into_iter().any(|(path, name)| of_package(path, name))
    };
    rules.are_in(source) && (structured() || made() || typed())
}

/// Whether a file can hold a klog call at all: it imports klog, however the path is written, or calls something that may be a
/// `klog.Verbose` or a logger from elsewhere.
pub fn may_log(source: &[u8], rules: &LogCalls) -> bool {
    rules.are_in(source) || imports_escaped(source, rules) || may_borrow(source, rules)
}

/// Whether a part of a file that may log can hold a klog call: a function of klog's or a logger's method is named, and not
/// called without arguments.
pub fn can_hold_call(part: &[u8], rules: &LogCalls) -> bool {
    let mut lexer = Lexer::new(part, 0);
    loop {
        let token = lexer.token();
        let name = lexer.text(token);
        match token.tok {
            Tok::Eof => return false,
            Tok::Ident if rules.function(name).is_some() || rules.logger_method(name).is_some() => {
                let mut ahead = lexer;
                if ahead.token().tok != Tok::LParen || ahead.token().tok != Tok::RParen {
                    return true;
                }
            }
            _ => {}
        }
    }
}

/// How a file can mention klog.
pub struct Mentions<'r> {
    rules: &'r LogCalls,
    /// What the file calls klog's packages; none where a mention need not name one.
    packages: Option<Vec<&'r [u8]>>,
}

impl<'r> Mentions<'r> {
    /// Of a file with this text.
    pub fn of(source: &'r [u8], rules: &'r LogCalls) -> Self {
        let packages = rules.import_paths.iter().flat_map(|path| qualifiers(source, path)).collect::<Option<Vec<_>>>();
        Self { rules, packages: packages.filter(|_| !imports_otherwise(source, rules)) }
    }

    /// Whether a part of the file can mention a klog function: it names a klog package, or the type of a logger, or calls what loggers have.
    pub fn are_in(&self, code: &[u8]) -> bool {
        let Some(packages) = &self.packages else { return true };
        can_mention(code, packages.iter().copied(), self.rules)
    }
}

/// Whether code can mention a klog function: it names one of these packages or the type of a logger, or calls what loggers have.
pub fn can_mention<'p>(code: &[u8], mut packages: impl Iterator<Item = &'p [u8]>, rules: &LogCalls) -> bool {
    let is_named = |name: &[u8]| memmem::find(code, name).is_some();
    let mut types = rules.logger.types.iter().map(|name| name.rsplit('.').next().unwrap_or(name));
    may_borrow(code, rules) || packages.any(is_named) || types.any(|name| is_named(name.as_bytes()))
}

fn imports_escaped(source: &[u8], rules: &LogCalls) -> bool {
    // Few files have an escape, and heads are short.
    let escapes = memchr::memchr(b'\\', source).is_some();
    escapes && head(source).imports.iter().any(|path| rules.import_paths.iter().any(|klog| klog == path))
}

/// Whether klog's path is written in another way than between plain quotes, so that nobody finds the name that stands before it.
fn imports_otherwise(source: &[u8], rules: &LogCalls) -> bool {
    let is_plain = |path: &str| memmem::find(source, format!("\"{path}\"").as_bytes()).is_some();
    head(source).imports.iter().any(|path| rules.import_paths.iter().any(|klog| klog == path) && !is_plain(path))
}

/// Whether a method is called that `klog.Verbose` or a logger has and few other types do.
pub fn may_borrow(source: &[u8], rules: &LogCalls) -> bool {
    const CALLS: [&[u8]; 5] = [b"f(", b"ln(", b"(", b"S(", b"Depth("];
    let prints =
        memmem::find_iter(source, b".Info").any(|at| CALLS.iter().any(|call| source[at + 5..].starts_with(call)));
    // What an error's own method is called with is nothing.
    let given = |name: &String| {
        let call = format!(".{name}(");
        memmem::find_iter(source, &call).any(|at| !source[at + call.len()..].trim_ascii_start().starts_with(b")"))
    };
    prints || rules.logger.error.iter().any(given)
}

/// How a file refers to a package, once for each import of it; `None`: without a name.
fn qualifiers<'s>(source: &'s [u8], path: &'s str) -> impl Iterator<Item = Option<&'s [u8]>> {
    let quoted = format!("\"{path}\"");
    let found: Vec<usize> = memmem::find_iter(source, quoted.as_bytes()).collect();
    found.into_iter().map(move |at| {
        let line = memchr::memrchr(b'\n', &source[..at]).map_or(0, |line| line + 1);
        let before = source[line..at].trim_ascii();
        let alias = before.strip_prefix(b"import").map_or(before, <[u8]>::trim_ascii_start);
        match alias {
            b"" | b"(" => Some(default_name(path).as_bytes()),
            b"." => None,
            alias => Some(alias),
        }
    })
}

/// Whether `package.name` stands in a text.
fn names(source: &[u8], package: &[u8], name: &str) -> bool {
    words(source, &[package, b".", name.as_bytes()].concat()).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    #[test]
    fn what_names_no_klog_is_told_however_klog_is_imported() {
        let rules = RuleSet::builtin().unwrap();
        let wants = |import: &str, code: &str| {
            let source = format!("package p\n\nimport {import}\n\nvar tab = \"\\t\"\n");
            Mentions::of(source.as_bytes(), &rules.log_calls).are_in(code.as_bytes())
        };
        for (import, code, want) in [
            ("\"k8s.io/klog/v2\"", "klog.Info(x)", true),
            ("\"k8s.io/klog/v2\"", "log.Warning(x)", false),
            ("log \"k8s.io/klog/v2\"", "log.Warning(x)", true),
            ("log `k8s.io/klog/v2`", "log.Warning(x)", true),
            ("log \"k8s.io/klo\\x67\"", "log.Warning(x)", true),
            (". \"k8s.io/klog/v2\"", "Warning(x)", true),
        ] {
            assert_eq!(wants(import, code), want, "{import} {code}");
        }
    }

    #[test]
    fn files_that_can_show_habits_are_told_by_their_text() {
        let rules = RuleSet::load(None).unwrap();
        let file = |import: &str, code: &str| {
            let source = format!("package p\n\nimport {import}\n\nfunc f() {{\n\t{code}\n}}\n");
            can_be_structured(source.as_bytes(), &rules.log_calls)
        };
        let klog = "\"k8s.io/klog/v2\"";
        for (import, code, want) in [
            (klog, "klog.InfoS(x)", true),
            (klog, "klog.InfoSDepth(1, x)", true),
            (klog, "klog.V(2).ErrorSDepth(1, err, x)", true),
            (klog, "klog.Infof(x)", false),
            (klog, "klog.Background().Info(x)", true),
            (klog, "g(context.Background())", false),
            (klog, "klog.FromContext(ctx).Info(x)", true),
            (klog, "klog.LoggerWithNames(l)", false),
            (klog, "var l klog.Logger", true),
            ("log \"k8s.io/klog/v2\"", "var l log.Logger", true),
            ("log \"k8s.io/klog/v2\"", "var l klog.Logger", false),
            (". \"k8s.io/klog/v2\"", "Background().Info(x)", true),
            ("(\n\t\"github.com/go-logr/logr\"\n\t\"k8s.io/klog\"\n)", "var l logr.Logger", true),
            ("\"example.com/log\"", "log.InfoS(x)", false),
        ] {
            assert_eq!(file(import, code), want, "{import} {code}");
        }
    }
}
