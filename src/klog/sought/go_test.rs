//! Go tests: string literals that a test compares with what it captured.

use super::piece;
use super::text::Text;
use crate::go::syntax::lex::{Lexer, Tok, Token};
use crate::klog::format::unquote;
use crate::rule::SoughtByTests;
use crate::text::LineIndex;

/// Functions that call one that captures are found in so many steps.
const STEPS: usize = 4;

/// A top-level declaration.
#[derive(Default)]
struct Decl<'s> {
    name: &'s str,
    start: usize,
    calls: Vec<&'s str>,
    literals: Vec<Token>,
}

/// What a bracket opened.
enum Open<'s> {
    /// A call of this name.
    Call(&'s str),
    /// Statements, or the elements of a value.
    Block,
    /// An index.
    Index,
    /// Parentheses that only hold together.
    Group,
}

/// Literals of functions that capture what programs log.
pub fn texts(bytes: &[u8], rules: &SoughtByTests) -> Vec<Text> {
    let captures: Vec<usize> = rules.captures.find_iter(bytes).map(|found| found.start()).collect();
    let mut found = Vec::new();
    if captures.is_empty() {
        return found;
    }
    let decls = Reader::new(bytes, rules).read();
    let ends = decls.iter().skip(1).map(|decl| decl.start).chain([bytes.len()]);
    let listens: Vec<bool> =
        decls.iter().zip(ends).map(|(decl, end)| captures.iter().any(|at| (decl.start..end).contains(at))).collect();
    let listens = spread(&decls, listens);
    let lines = LineIndex::new(bytes);
    let lexer = Lexer::new(bytes, 0);
    for decl in decls.iter().zip(listens).filter_map(|(decl, listens)| listens.then_some(decl)) {
        for token in &decl.literals {
            let text = unquote(lexer.text(*token)).unwrap_or_default();
            piece::add(&mut found, lines.line_col(token.start as usize).line, &text);
        }
    }
    found
}

/// Who calls a function that listens listens; and all of the file, where it begins to before all tests.
fn spread(decls: &[Decl<'_>], mut listens: Vec<bool>) -> Vec<bool> {
    for _ in 0..STEPS {
        let listening = |name: &str| {
            !name.is_empty() && decls.iter().zip(&listens).any(|(decl, listens)| *listens && decl.name == name)
        };
        if listening("init") || listening("TestMain") {
            return vec![true; decls.len()];
        }
        let next: Vec<bool> = decls
            .iter()
            .zip(&listens)
            .map(|(decl, listens)| *listens || decl.calls.iter().any(|name| listening(name)))
            .collect();
        if next == listens {
            break;
        }
        listens = next;
    }
    listens
}

/// Goes through a file's tokens.
struct Reader<'s, 'r> {
    lexer: Lexer<'s>,
    rules: &'r SoughtByTests,
    open: Vec<Open<'s>>,
    /// The last two tokens.
    before: [Option<Token>; 2],
    /// Whether the last literal was taken: what is added to it goes along.
    taken: bool,
    decls: Vec<Decl<'s>>,
}

impl<'s, 'r> Reader<'s, 'r> {
    fn new(bytes: &'s [u8], rules: &'r SoughtByTests) -> Self {
        let lexer = Lexer::new(bytes, 0);
        Self { lexer, rules, open: Vec::new(), before: [None, None], taken: false, decls: vec![Decl::default()] }
    }

    fn read(mut self) -> Vec<Decl<'s>> {
        loop {
            let token = self.lexer.token();
            match token.tok {
                Tok::Eof => return self.decls,
                Tok::Func | Tok::Var | Tok::Const | Tok::Type if self.open.is_empty() => {
                    self.decls.push(Decl { start: token.start as usize, ..Decl::default() });
                }
                Tok::LParen => self.parenthesis(),
                Tok::LBrace => self.open.push(Open::Block),
                Tok::LBrack => self.open.push(Open::Index),
                Tok::RParen | Tok::RBrace | Tok::RBrack => drop(self.open.pop()),
                Tok::Str => self.literal(token),
                _ => {}
            }
            self.before = [self.before[1], Some(token)];
        }
    }

    fn tok(&self, back: usize) -> Option<Tok> {
        self.before[2 - back].map(|token| token.tok)
    }

    fn word(&self, back: usize) -> &'s str {
        self.before[2 - back].filter(|token| token.tok == Tok::Ident).map_or("", |token| self.lexer.text(token))
    }

    fn parenthesis(&mut self) {
        let name = self.word(1);
        let top = self.open.is_empty();
        self.open.push(if name.is_empty() { Open::Group } else { Open::Call(name) });
        let Some(decl) = self.decls.last_mut().filter(|_| !name.is_empty()) else { return };
        match top && decl.name.is_empty() {
            true => decl.name = name,
            false => decl.calls.push(name),
        }
    }

    fn literal(&mut self, token: Token) {
        let continues = self.tok(1) == Some(Tok::Add);
        self.taken = if continues { self.taken } else { self.is_compared() && !self.is_case(token) };
        if let Some(decl) = self.decls.last_mut().filter(|_| self.taken) {
            decl.literals.push(token);
        }
    }

    /// Whether a literal is what something is compared with, by the call that it is given to, or by the name that it gets.
    fn is_compared(&self) -> bool {
        for open in self.open.iter().rev() {
            match open {
                Open::Group => {}
                Open::Call(name) if self.rules.hands_on.iter().any(|known| known == name) => {}
                Open::Call(name) => {
                    let name = name.to_lowercase();
                    return self.rules.compares.iter().any(|part| name.contains(part.as_str()));
                }
                Open::Block => return !self.is_apart(),
                Open::Index => return false,
            }
        }
        !self.is_apart()
    }

    /// Whether it gets a name that no text of a line has.
    fn is_apart(&self) -> bool {
        let named = matches!(self.tok(1), Some(Tok::Colon | Tok::Define | Tok::Assign));
        let name = self.word(2).to_lowercase();
        named && self.rules.apart.contains(&name)
    }

    /// Whether it names a case: the key of a map, or a switch's.
    fn is_case(&self, token: Token) -> bool {
        let mut ahead = self.lexer.back_to(token);
        ahead.token();
        self.tok(1) == Some(Tok::Case) || ahead.token().tok == Tok::Colon
    }
}
