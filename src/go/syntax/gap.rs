//! Go that the grammar has no rule for: put in words that it has a rule for, or left out of the tree.
//!
//! Only what the strict reader, and those of outlines and bodies, take for Go is treated so: a file that is broken stays broken. Each
//! byte keeps its place, so that the tree fits the source; a line break may stand behind the last one.

use super::body::{Body, Expr, ExprId, ExprKind, parse_decl};
use super::lex::{Lexer, Tok};
use super::outline::{DeclKind, outline};
use super::sure::is_go;
use crate::text::Span;

/// Blocks within each other that are looked through for the statement that is to be left out; deeper ones go as a whole.
const MAX_BLOCKS: usize = 16;

/// A source that the grammar may have rules for. `None` if the source is no Go to the readers either.
/// `parses` tells whether the grammar reads a whole file.
pub fn readable(source: &[u8], parses: &dyn Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    if !is_go(source) {
        return None;
    }
    let mut gaps = Gaps { bytes: plainer(source)?, parses };
    if !parses(&gaps.bytes) {
        for span in declarations(source) {
            gaps.declaration(span);
        }
    }
    Some(gaps.bytes)
}

/// The source with other names for `new` and `make` where their arguments are not what the grammar wants: a type first.
fn plainer(source: &[u8]) -> Option<Vec<u8>> {
    let outline = outline(source).ok()?;
    let mut bytes = source.to_vec();
    // The grammar wants a line to end.
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    for decl in &outline.decls {
        if decl.index > 0 || matches!(decl.kind, DeclKind::Type | DeclKind::Alias) {
            continue;
        }
        let body = parse_decl(source, decl.span.0 as usize).ok()?;
        for (_, expr) in body.exprs() {
            rename(&body, expr, &mut bytes);
        }
    }
    Some(bytes)
}

fn rename(body: &Body, expr: &Expr, bytes: &mut [u8]) {
    let ExprKind::Call { function, args, spread } = expr.kind else { return };
    let name = body.expr(function);
    if name.kind != ExprKind::Ident {
        return;
    }
    let Some(name) = bytes.get_mut(name.range.0 as usize..name.range.1 as usize) else { return };
    let is_special = matches!(&*name, b"new" | b"make");
    if is_special && (spread || !body.list(args).first().is_some_and(|first| is_type(body, *first))) {
        name.make_ascii_uppercase();
    }
}

/// Whether the grammar can take an expression for a type.
fn is_type(body: &Body, id: ExprId) -> bool {
    match body.expr(id).kind {
        ExprKind::Ident | ExprKind::Type => true,
        ExprKind::Selector { operand, .. } => body.expr(operand).kind == ExprKind::Ident,
        ExprKind::Paren(inner) | ExprKind::Star(inner) => is_type(body, inner),
        ExprKind::Index { operand, index } => {
            is_type(body, operand) && body.list(index).iter().all(|argument| is_type(body, *argument))
        }
        _ => false,
    }
}

/// What stands between semicolons outside of all brackets, the package clause and imports left out.
fn declarations(source: &[u8]) -> Vec<Span> {
    let is_declaration = |span: &Span| {
        let first = Lexer::new(source, span.start).token().tok;
        matches!(first, Tok::Func | Tok::Const | Tok::Var | Tok::Type)
    };
    let mut parts = statements(source, Span::new(0, source.len()));
    parts.retain(is_declaration);
    parts
}

/// The statements of a block, which lies between two braces or is the whole file: parted by semicolons and behind what
/// `case` names.
fn statements(source: &[u8], block: Span) -> Vec<Span> {
    let mut lexer = Lexer::new(source, block.start);
    let (mut found, mut start, mut end, mut depth) = (Vec::new(), None, 0, 0usize);
    let (mut in_case, mut in_header) = (false, false);
    loop {
        let token = lexer.token();
        let is_over = token.tok == Tok::Eof || token.start as usize >= block.end;
        let parts = match token.tok {
            Tok::Semi => !in_header,
            Tok::Colon => in_case,
            _ => false,
        };
        if is_over || (depth == 0 && parts) {
            (in_case, in_header) = (false, false);
            found.extend(start.take().map(|start| Span::new(start, end)));
            if is_over {
                return found;
            }
            continue;
        }
        match token.tok {
            Tok::For | Tok::If | Tok::Switch if depth == 0 => in_header = true,
            Tok::LParen | Tok::LBrack | Tok::LBrace => {
                in_header &= depth > 0 || token.tok != Tok::LBrace;
                depth += 1;
            }
            Tok::RParen | Tok::RBrack | Tok::RBrace => depth = depth.saturating_sub(1),
            Tok::Case | Tok::Default if depth == 0 => {
                in_case = true;
                found.extend(start.take().map(|start| Span::new(start, end)));
            }
            _ => {}
        }
        if !in_case {
            start.get_or_insert(token.start as usize);
            end = token.end as usize;
        }
    }
}

/// What stands between the braces of a span that are within no other.
fn blocks(source: &[u8], span: Span) -> Vec<Span> {
    let mut lexer = Lexer::new(source, span.start);
    let mut found = Vec::new();
    loop {
        let token = lexer.token();
        if token.tok == Tok::Eof || token.start as usize >= span.end {
            return found;
        }
        if token.tok == Tok::LBrace {
            let Some(close) = lexer.skip_braces() else { return found };
            found.push(Span::new(token.end as usize, close as usize));
        }
    }
}

struct Gaps<'p> {
    bytes: Vec<u8>,
    parses: &'p dyn Fn(&[u8]) -> bool,
}

impl Gaps<'_> {
    /// Leaves out of a declaration what the grammar does not read of it.
    fn declaration(&mut self, span: Span) {
        if self.reads(span, ["package p;", "\n"]) {
            return;
        }
        if self.bytes.get(span.start..).is_some_and(|rest| rest.starts_with(b"func")) {
            self.blocks(span, 0);
            if self.reads(span, ["package p;", "\n"]) {
                return;
            }
        }
        self.blank(span);
    }

    fn blocks(&mut self, span: Span, depth: usize) {
        for block in blocks(&self.bytes, span) {
            for statement in statements(&self.bytes, block) {
                self.statement(statement, depth);
            }
        }
    }

    fn statement(&mut self, span: Span, depth: usize) {
        const AROUND: [&str; 2] = ["package p;func _() {", "\n}"];
        if self.reads(span, AROUND) {
            return;
        }
        if depth < MAX_BLOCKS {
            let before = self.bytes.get(span.start..span.end).map(<[u8]>::to_vec);
            self.blocks(span, depth + 1);
            if self.reads(span, AROUND) {
                return;
            }
            // All of it is left out, so that what it says can be read from the source in one piece.
            if let (Some(before), Some(now)) = (before, self.bytes.get_mut(span.start..span.end)) {
                now.copy_from_slice(&before);
            }
        }
        self.blank(span);
    }

    fn reads(&self, span: Span, [before, after]: [&str; 2]) -> bool {
        let text = self.bytes.get(span.start..span.end).unwrap_or_default();
        (self.parses)(&[before.as_bytes(), text, after.as_bytes()].concat())
    }

    fn blank(&mut self, span: Span) {
        let bytes = self.bytes.get_mut(span.start..span.end).unwrap_or_default();
        bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    }
}
