//! What a verb of fmt makes of a placeholder: flags, width and precision included, as fmt itself does it.

use super::printed::Kind;
use crate::klog::format::{Verb, quote};

/// The width and the precision that a verb names, and its flags.
#[derive(Default)]
struct Shape {
    left: bool,
    zero: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
}

/// What `verb` prints for a value of `kind` whose text is `text`; `None` where fmt would complain, or prints what a placeholder
/// cannot stand for.
pub(super) fn printed(kind: Kind, text: &str, verb: &Verb) -> Option<String> {
    let shape = shape(verb)?;
    let body = match kind {
        Kind::Text | Kind::NamedText | Kind::OwnText | Kind::Error | Kind::Time => of_text(kind, text, verb, &shape)?,
        Kind::Duration => match verb.letter {
            'd' => "3000000000".to_owned(),
            _ => of_text(kind, text, verb, &shape)?,
        },
        Kind::Texts => match verb.letter {
            'v' if verb.sharp => format!("[]string{{{}}}", quote(text)),
            'v' | 's' => return Some(format!("[{}]", padded(text, &shape, false))),
            'q' => return Some(format!("[{}]", padded(&quote(text), &shape, false))),
            _ => return None,
        },
        Kind::Int | Kind::Unsigned => {
            return Some(padded(&signed(of_integer(kind, verb)?, verb, &shape), &shape, true));
        }
        Kind::Float => return Some(padded(&signed(of_float(verb, &shape)?, verb, &shape), &shape, true)),
        Kind::Bool if matches!(verb.letter, 'v' | 't') => text.to_owned(),
        Kind::Bool => return None,
    };
    Some(padded(&body, &shape, false))
}

/// Reads `%-08.3f`; `None` where a width or a precision is an operand.
fn shape(verb: &Verb) -> Option<Shape> {
    if !verb.stars.is_empty() {
        return None;
    }
    let mut shape = Shape::default();
    let end = verb.text.find('[').unwrap_or(verb.text.len().saturating_sub(verb.letter.len_utf8()));
    let flags = verb.text.get(1..end)?;
    let numbers = flags.trim_start_matches(['+', '-', '#', ' ', '0']);
    let flags = &flags[..flags.len() - numbers.len()];
    shape.left = flags.contains('-');
    shape.zero = flags.contains('0') && !shape.left;
    shape.space = flags.contains(' ');
    let (width, precision) = match numbers.split_once('.') {
        Some((width, precision)) => (width, Some(precision)),
        None => (numbers, None),
    };
    let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<usize>().ok().filter(|n| *n < 1000) };
    shape.width = number(width)?;
    shape.precision = precision.map(number).map_or(Some(None), |n| n.map(Some))?;
    Some(shape)
}

fn of_text(kind: Kind, text: &str, verb: &Verb, shape: &Shape) -> Option<String> {
    let cut: String = text.chars().take(shape.precision.unwrap_or(usize::MAX)).collect();
    let hex = || cut.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    Some(match verb.letter {
        'v' if verb.sharp => match kind {
            Kind::Text | Kind::NamedText => quote(&cut),
            Kind::Error => format!("&errors.errorString{{s:{}}}", quote(text)),
            _ => return None,
        },
        'v' | 's' => cut,
        'q' if verb.sharp && !cut.contains('`') && !cut.chars().any(char::is_control) => format!("`{cut}`"),
        'q' => quote(&cut),
        'x' if !verb.sharp && !shape.space => hex(),
        'X' if !verb.sharp && !shape.space => hex().to_uppercase(),
        'w' if kind == Kind::Error => format!("%!w(*errors.errorString=&{{{text}}})"),
        _ => return None,
    })
}

/// Of 3.
fn of_integer(kind: Kind, verb: &Verb) -> Option<String> {
    let (plain, sharp) = match verb.letter {
        'v' if verb.sharp && kind == Kind::Unsigned => ("3", "0x3"),
        'v' | 'd' => ("3", "3"),
        'b' => ("11", "0b11"),
        'o' => ("3", "03"),
        'O' => ("0o3", "0o3"),
        'x' => ("3", "0x3"),
        'X' => ("3", "0X3"),
        'c' => ("\u{3}", "\u{3}"),
        'q' => ("'\\x03'", "'\\x03'"),
        _ => return None,
    };
    Some(if verb.sharp { sharp } else { plain }.to_owned())
}

/// Of 3.
fn of_float(verb: &Verb, shape: &Shape) -> Option<String> {
    if verb.sharp {
        return None;
    }
    let digits = shape.precision.unwrap_or(6);
    Some(match verb.letter {
        'v' | 'g' | 'G' => "3".to_owned(),
        'f' | 'F' => format!("{:.digits$}", 3.0),
        'e' | 'E' => format!("{:.digits$}{}+00", 3.0, verb.letter),
        _ => return None,
    })
}

fn signed(number: String, verb: &Verb, shape: &Shape) -> String {
    match () {
        () if matches!(verb.letter, 'c' | 'q') => number,
        () if verb.plus => format!("+{number}"),
        () if shape.space => format!(" {number}"),
        () => number,
    }
}

fn padded(text: &str, shape: &Shape, number: bool) -> String {
    let missing = shape.width.saturating_sub(text.chars().count());
    match () {
        () if shape.left => format!("{text}{}", " ".repeat(missing)),
        () if shape.zero && number => match text.strip_prefix(['+', ' ']) {
            Some(digits) => format!("{}{}{digits}", &text[..1], "0".repeat(missing)),
            None => format!("{}{text}", "0".repeat(missing)),
        },
        () if shape.zero => format!("{}{text}", "0".repeat(missing)),
        () => format!("{}{text}", " ".repeat(missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::klog::format::{Piece, parse};

    #[test]
    fn verbs_print_as_fmt_does() {
        let print = |kind, text: &str, format: &str| match &parse(format, 1).unwrap()[..] {
            [Piece::Verb(verb)] => printed(kind, text, verb),
            _ => None,
        };
        for (kind, text, format, wanted) in [
            (Kind::Text, "<a>", "%-5s", Some("<a>  ")),
            (Kind::Text, "<a>", "%5v", Some("  <a>")),
            (Kind::Text, "<a>", "%.2s", Some("<a")),
            (Kind::Text, "<a>", "%x", Some("3c613e")),
            (Kind::NamedText, "<a>", "%#v", Some("\"<a>\"")),
            (Kind::Text, "<a>", "%#q", Some("`<a>`")),
            (Kind::Error, "<a>", "%#v", Some("&errors.errorString{s:\"<a>\"}")),
            (Kind::Int, "3", "%04d", Some("0003")),
            (Kind::Int, "3", "%+05d", Some("+0003")),
            (Kind::Unsigned, "3", "%#x", Some("0x3")),
            (Kind::Float, "3", "%6.2f", Some("  3.00")),
            (Kind::Float, "3", "%e", Some("3.000000e+00")),
            (Kind::Duration, "3s", "%d", Some("3000000000")),
            (Kind::Texts, "<a>", "%q", Some("[\"<a>\"]")),
            (Kind::Bool, "true", "%t", Some("true")),
            (Kind::Text, "<a>", "%d", None),
        ] {
            assert_eq!(print(kind, text, format).as_deref(), wanted, "{format}");
        }
    }
}
