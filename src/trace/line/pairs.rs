//! Keys and values, of klog's text lines and of JSON.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, without quotes and escapes.
    Text(String),
    /// What klog prints as it is: numbers, lists, structs.
    Bare(String),
    /// An object of JSON: `{"name":"…","namespace":"…"}`, or another.
    Json(String),
    /// An object of JSON that names an object of the API.
    Reference {
        /// Empty where it has none.
        namespace: String,
        /// The name.
        name: String,
    },
}

impl Value {
    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Bare(text) | Self::Json(text) => text.clone(),
            Self::Reference { namespace, name } if namespace.is_empty() => name.clone(),
            Self::Reference { namespace, name } => format!("{namespace}/{name}"),
        }
    }
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
}

/// A Go string literal at the start of a text: its content, and its length with quotes. One that does not end is none.
pub fn quoted(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, at + 2)),
            '\\' => {
                let (_, escape) = chars.next()?;
                let count = match escape {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    'n' => {
                        out.push('\n');
                        continue;
                    }
                    't' => {
                        out.push('\t');
                        continue;
                    }
                    'r' => {
                        out.push('\r');
                        continue;
                    }
                    'a' => {
                        out.push('\u{7}');
                        continue;
                    }
                    'b' => {
                        out.push('\u{8}');
                        continue;
                    }
                    'f' => {
                        out.push('\u{c}');
                        continue;
                    }
                    'v' => {
                        out.push('\u{b}');
                        continue;
                    }
                    other => {
                        out.push(other);
                        continue;
                    }
                };
                let mut number = 0_u32;
                for _ in 0..count {
                    number = number.checked_mul(16)?.checked_add(chars.next()?.1.to_digit(16)?)?;
                }
                out.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            c => out.push(c),
        }
    }
    None
}

fn key_end(text: &str) -> Option<usize> {
    let end = text.find('=')?;
    let is_key = end > 0 && !text[..end].contains([' ', '"', '\n', '\t', '{', '[', '(']);
    is_key.then_some(end)
}

/// Where a value without quotes ends: before ` key=` outside of brackets, or at the end of its line.
fn bare_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => inside = !inside,
            b'{' | b'[' | b'(' if !inside => depth += 1,
            b'}' | b']' | b')' if !inside => depth = depth.saturating_sub(1),
            b'\n' => return at,
            b' ' if depth == 0 && !inside && key_end(&text[at + 1..]).is_some() => return at,
            _ => {}
        }
    }
    text.len()
}

/// `<`, lines behind a tab, and ` >`: the value, and what it takes of the text.
fn multiline(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix("<\n")?;
    let mut lines = Vec::new();
    let mut at = 2;
    for line in body.split_inclusive('\n') {
        match line.strip_prefix('\t') {
            Some(line) => lines.push(line.trim_end_matches('\n')),
            None if line.starts_with(" >") => return Some((lines.join("\n"), at + 2)),
            None => return None,
        }
        at += line.len();
    }
    None
}

/// The message and the pairs behind a header. A message without quotes is one of Infof: it has no pairs.
pub fn of_text(text: &str) -> (String, Vec<Pair>) {
    let Some((message, length)) = quoted(text) else { return (text.to_owned(), Vec::new()) };
    let mut rest = &text[length..];
    let mut pairs = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\n']);
        let Some(end) = key_end(rest) else { break };
        let (key, value) = (&rest[..end], &rest[end + 1..]);
        let (value, taken) = if let Some((text, length)) = quoted(value) {
            (Value::Text(text), length)
        } else if let Some((text, length)) = multiline(value) {
            (Value::Text(text), length)
        } else {
            let end = bare_end(value);
            (Value::Bare(value[..end].to_owned()), end)
        };
        pairs.push(Pair { key: key.to_owned(), value });
        rest = &value_rest(rest, end)[taken..];
    }
    (message, pairs)
}

fn value_rest(rest: &str, end: usize) -> &str {
    &rest[end + 1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<String>) {
        let (message, pairs) = of_text(text);
        (message, pairs.iter().map(|pair| format!("{}→{}", pair.key, pair.value.shown())).collect())
    }

    #[test]
    fn pairs_are_those_that_klog_prints() {
        let text = "\"Pod \\\"a\\\" is up\" pod=\"ns/a\" count=3 pods=[ns/a ns/b] spec={A:1 B:x y} text=<\n\tone\n\t two=2\n > err=\"no\\u00e9\\n\" last=<nil>";
        let (message, pairs) = shown(text);
        assert_eq!(message, "Pod \"a\" is up");
        assert_eq!(
            pairs,
            [
                "pod→ns/a",
                "count→3",
                "pods→[ns/a ns/b]",
                "spec→{A:1 B:x y}",
                "text→one\n two=2",
                "err→noé\n",
                "last→<nil>"
            ]
        );
    }

    #[test]
    fn broken_text_has_what_can_be_read() {
        assert_eq!(shown("Created pod=\"x\"").1, Vec::<String>::new());
        assert_eq!(shown("\"cut").0, "\"cut");
        assert_eq!(shown("\"a\" k=\"cut").1, ["k→\"cut"]);
        assert_eq!(shown("\"a\" k=").1, ["k→"]);
        assert_eq!(shown("\"a\" loose text").1, Vec::<String>::new());
        assert_eq!(shown("\"a\" k=<\n\tcut").1, ["k→<"]);
        assert_eq!(shown("\"\\xff\\u12\"").0, "\"\\xff\\u12\"");
    }
}
