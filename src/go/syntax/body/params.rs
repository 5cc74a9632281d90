//! Parameter lists: names and types share one notation, `(a, b int)` and `(A, B)`.

use super::super::lex::{Lexer, Tok, Token};
use super::Range;

/// One parameter, or one result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Where its name stands; none in a list of types.
    pub name: Option<Range>,
    /// Where its type stands, without `...`.
    pub ty: Range,
    /// Whether `...` stands before the type.
    pub variadic: bool,
}

/// One part between commas.
struct Part {
    first: Token,
    second: Option<Token>,
    end: u32,
    /// Whether a bracket that comes second closes last: `List[int]`.
    instance: bool,
    count: usize,
}

/// Behind an opening parenthesis or bracket: its parameters, up to and including the closing one.
pub fn split_params(lexer: &mut Lexer<'_>) -> Option<Vec<Param>> {
    let mut parts = Vec::new();
    while let Some(part) = part(lexer)? {
        parts.push(part);
    }
    let named = |p: &Part| p.first.tok == Tok::Ident && p.count > 1 && !is_type(p);
    let any_named = parts.iter().any(named);
    let mut params: Vec<Param> = Vec::with_capacity(parts.len());
    for part in parts.iter().rev() {
        let name = any_named.then_some((part.first.start, part.first.end));
        params.push(match (name, part.second) {
            (None, _) => typed(None, part.first, part.end),
            (Some(_), Some(second)) if named(part) => typed(name, second, part.end),
            // A name alone has the type that follows in the list.
            _ => Param { name, ..*params.last()? },
        });
    }
    params.reverse();
    Some(params)
}

/// A parameter whose type starts with this token.
fn typed(name: Option<Range>, first: Token, end: u32) -> Param {
    let variadic = first.tok == Tok::Ellipsis;
    Param { name, ty: (if variadic { first.end } else { first.start }, end), variadic }
}

/// Whether a part that starts with a name and goes on is a type all the same: `pkg.T`, `List[int]`.
fn is_type(part: &Part) -> bool {
    part.second.is_some_and(|second| second.tok == Tok::Dot) || part.instance
}

/// The next part; none at the closing bracket, which is read then.
fn part(lexer: &mut Lexer<'_>) -> Option<Option<Part>> {
    let mut part: Option<Part> = None;
    let mut depth = 0u32;
    let mut bracket_closes = None;
    loop {
        let token = lexer.token();
        match token.tok {
            Tok::Eof | Tok::Bad => return None,
            Tok::RParen | Tok::RBrack | Tok::RBrace if depth == 0 => {
                return match part {
                    None => Some(None),
                    // The closing bracket is read again as an empty part.
                    Some(mut done) => {
                        done.instance = bracket_closes == Some(done.count);
                        *lexer = lexer.back_to(token);
                        Some(Some(done))
                    }
                };
            }
            Tok::Comma | Tok::Semi if depth == 0 => match part {
                Some(mut done) => {
                    done.instance = bracket_closes == Some(done.count);
                    return Some(Some(done));
                }
                None if token.tok == Tok::Semi => continue,
                None => return None,
            },
            Tok::LParen | Tok::LBrack | Tok::LBrace => depth += 1,
            Tok::RParen | Tok::RBrack | Tok::RBrace => depth -= 1,
            _ => {}
        }
        match &mut part {
            None => part = Some(Part { first: token, second: None, end: token.end, instance: false, count: 1 }),
            Some(part) => {
                part.second.get_or_insert(token);
                part.end = token.end;
                part.count += 1;
                let second = part.second.map(|t| t.tok);
                if second == Some(Tok::LBrack) && token.tok == Tok::RBrack && depth == 0 && bracket_closes.is_none() {
                    bracket_closes = Some(part.count);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(list: &str) -> String {
        let mut lexer = Lexer::new(list.as_bytes(), 0);
        lexer.token();
        let params = split_params(&mut lexer).unwrap_or_default();
        assert!(matches!(lexer.token().tok, Tok::Eof | Tok::Semi), "{list}");
        let text = |(start, end): Range| &list[start as usize..end as usize];
        let show =
            |p: &Param| format!("{}:{}{}", p.name.map_or("", text), if p.variadic { "..." } else { "" }, text(p.ty));
        params.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_and_types_are_told_apart() {
        let cases = [
            ("()", ""),
            ("(int, string)", ":int :string"),
            ("(a, b int, c string)", "a:int b:int c:string"),
            ("(p.T, []int)", ":p.T :[]int"),
            ("(x p.T, y []int, z [5]int)", "x:p.T y:[]int z:[5]int"),
            ("(List[int], Map[K, V])", ":List[int] :Map[K, V]"),
            ("(l List[int], m func(a, b int) error)", "l:List[int] m:func(a, b int) error"),
            ("(format string, args ...interface{})", "format:string args:...interface{}"),
            ("(...int)", ":...int"),
            ("(\n\ta int,\n\tb *T,\n)", "a:int b:*T"),
            ("(ctx context.Context, f func())", "ctx:context.Context f:func()"),
            ("[T any, U ~[]T]", "T:any U:~[]T"),
            ("(_ int, c <-chan struct{ a, b int })", "_:int c:<-chan struct{ a, b int }"),
        ];
        for (list, expected) in cases {
            assert_eq!(show(list), expected, "{list}");
        }
    }
}
