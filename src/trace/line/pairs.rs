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

/// A Go string literal at the start of a text: its content, and its length with quotes. One that does not end is none; bytes that
/// are not UTF-8 are shown as replacement characters.
pub fn quoted(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('"')?;
    let mut out = Vec::new();
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', &inner.as_bytes()[from..])?;
        let plain = &inner[from..at];
        if inner.as_bytes()[at] == b'"' {
            let content = match out.is_empty() {
                true => plain.to_owned(),
                false => String::from_utf8_lossy(&[&out[..], plain.as_bytes()].concat()).into_owned(),
            };
            return Some((content, at + 2));
        }
        out.extend_from_slice(plain.as_bytes());
        from = inner.len() - unescape(&inner[at + 1..], &mut out)?.len();
    }
}

/// Adds what an escape stands for, and gives what comes behind it.
fn unescape<'t>(text: &'t str, out: &mut Vec<u8>) -> Option<&'t str> {
    let escape = text.chars().next()?;
    let behind = &text[escape.len_utf8()..];
    let count = match escape {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let digits = behind.get(..count).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let number = u32::from_str_radix(digits, 16).unwrap_or_default();
    let plain = match escape {
        'x' => {
            out.push(u8::try_from(number).ok()?);
            return Some(&behind[count..]);
        }
        'u' | 'U' => char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER),
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        other => other,
    };
    out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
    Some(&behind[count..])
}

/// Most bytes of a key: who looks for one behind each space of a long value must not read to its end each time.
const KEY: usize = 256;

fn equals_sign(text: &str) -> Option<usize> {
    memchr::memchr(b'=', &text.as_bytes()[..text.len().min(KEY)]).filter(|end| *end > 0)
}

/// Where a key ends that a text starts with.
fn key_end(text: &str) -> Option<usize> {
    equals_sign(text).filter(|end| !text[..*end].contains([' ', '"', '\n', '\t', '{', '[', '(']))
}

/// The same of a key that klog printed as it was given, spaces and all.
fn odd_key_end(text: &str) -> Option<usize> {
    equals_sign(text).filter(|end| !text[..*end].contains(['"', '\t', '{', '[', '(']))
}

/// Where a value without quotes ends: JSON where it does; others before ` key=` outside of brackets and quotes, or at the end of the line.
fn bare_end(text: &str) -> usize {
    if text.starts_with(['{', '[']) {
        let mut json = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
        let end = json.next().and_then(|value| value.ok().map(|_| json.byte_offset()));
        if let Some(end) = end.filter(|end| matches!(text.as_bytes().get(*end), None | Some(b' ' | b'\n'))) {
            return end;
        }
    }
    let line = &text[..memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len())];
    balanced_end(line).unwrap_or_else(|| unbalanced_end(line))
}

/// The end of a value whose brackets and quotes are all shut.
fn balanced_end(line: &str) -> Option<usize> {
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'{' | b'[' | b'(' if !inside => depth += 1,
            b'}' | b']' | b')' if !inside => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && !inside && key_end(&line[at + 1..]).is_some() => return Some(at),
            _ => {}
        }
    }
    (depth == 0 && !inside).then_some(line.len())
}

/// The end of a value with text in it that opens what nobody shuts: behind the bracket that shuts its first one, else before the next key.
fn unbalanced_end(line: &str) -> usize {
    let shut = line.bytes().find_map(|byte| match byte {
        b'{' => Some(b'}'),
        b'[' => Some(b']'),
        b'(' => Some(b')'),
        _ => None,
    });
    let ends = || memchr::memchr_iter(b' ', line.as_bytes()).filter(|at| key_end(&line[at + 1..]).is_some());
    let behind = ends().find(|at| *at > 0 && shut == Some(line.as_bytes()[at - 1]));
    behind.or_else(|| ends().next()).unwrap_or(line.len())
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

/// What stands behind a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'t> {
    /// The message.
    pub message: String,
    /// The pairs.
    pub pairs: Vec<Pair>,
    /// What is neither.
    pub rest: &'t str,
}

/// The message and the pairs behind a header. A message without quotes, or one behind which no pairs stand, is one of Infof: it has none.
pub fn of_text(text: &str) -> Said<'_> {
    let infof = || Said { message: text.to_owned(), pairs: Vec::new(), rest: text };
    let Some((message, length)) = quoted(text) else { return infof() };
    let mut rest = &text[length..];
    let mut pairs = Vec::new();
    let mut is_odd = true;
    loop {
        let next = rest.trim_start_matches([' ', '\n']);
        // Text on a line of its own may be anybody's: klog writes no pair there.
        rest = if rest[..rest.len() - next.len()].contains('\n') { "" } else { next };
        let Some(end) = key_end(rest).or_else(|| odd_key_end(rest)) else {
            // Where every key has spaces, or there is text and no key, these are words of a sentence.
            return match is_odd && !(pairs.is_empty() && rest.is_empty()) {
                true => infof(),
                false => Said { message, pairs, rest },
            };
        };
        let (pair, behind) = value(rest, end);
        is_odd &= pair.key.contains([' ', '\n']);
        pairs.push(pair);
        rest = behind;
    }
}

/// The pair whose key ends at a place, and what comes behind it.
fn value(text: &str, end: usize) -> (Pair, &str) {
    let (key, value) = (&text[..end], &text[end + 1..]);
    let (shown, taken) = match quoted(value).or_else(|| multiline(value)) {
        Some((text, length)) => (Value::Text(text), length),
        None => {
            let end = bare_end(value);
            (Value::Bare(value[..end].to_owned()), end)
        }
    };
    (Pair { key: key.to_owned(), value: shown }, &value[taken..])
}

/// The pairs of a line of logfmt: words with or without `=`, values with quotes where they need some.
pub fn of_logfmt(line: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut rest = line.trim_start_matches(' ');
    while !rest.is_empty() {
        let word = rest.find([' ', '=', '"']).unwrap_or(rest.len());
        let Some(value) = rest[word..].strip_prefix('=') else {
            rest = rest[(word + 1).min(rest.len())..].trim_start_matches(' ');
            continue;
        };
        let (shown, taken) = match quoted(value) {
            Some((text, length)) => (Value::Text(text), length),
            None => {
                let end = value.find(' ').unwrap_or(value.len());
                (Value::Bare(value[..end].to_owned()), end)
            }
        };
        pairs.push(Pair { key: rest[..word].to_owned(), value: shown });
        rest = value[taken..].trim_start_matches(' ');
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<String>) {
        let Said { message, pairs, .. } = of_text(text);
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
        assert_eq!(shown("\"\\xc3\\xa9 \\xff\"").0, "é \u{fffd}");
    }

    #[test]
    fn values_end_where_klog_ended_them() {
        for (text, pairs) in [
            (r#""m" s={"A":"3\" pipe"} id="x""#, &[r#"s→{"A":"3\" pipe"}"#, "id→x"][..]),
            (r#""m" s=["a ]b","c\" {d"] id="x""#, &[r#"s→["a ]b","c\" {d"]"#, "id→x"]),
            (r#""m" s=&{Msg:is ( "up} id="x""#, &[r#"s→&{Msg:is ( "up}"#, "id→x"]),
            (r#""m" s=a(b id="x""#, &["s→a(b", "id→x"]),
            (r#""m" s={A:"b\" c=" d} id="x""#, &[r#"s→{A:"b\" c=" d}"#, "id→x"]),
            (r#""m" pod="p/q" its name="c" id="x""#, &["pod→p/q", "its name→c", "id→x"]),
            ("\"m\" a\nb=\"c\" id=\"x\"", &["a\nb→c", "id→x"]),
        ] {
            assert_eq!(shown(text), ("m".to_owned(), pairs.iter().map(ToString::to_string).collect()), "{text}");
        }
    }

    #[test]
    fn sentences_that_start_with_a_quote_are_kept_whole() {
        for text in ["\"a\" is gone", "\"a\" is gone, id=\"x\" too", "\"a\" has left with code=5"] {
            assert_eq!(of_text(text), Said { message: text.to_owned(), pairs: vec![], rest: text });
        }
    }

    #[test]
    fn what_stands_on_a_line_of_its_own_is_no_pair() {
        let said = of_text("\"m\" a=1\nsomebody else's id=\"x\"");
        assert_eq!((said.message.as_str(), said.pairs.len(), said.rest), ("m", 1, ""));
        for text in ["\"m\"\nsomebody else's id=\"x\"", "\"m\"\nid=\"x\""] {
            assert_eq!(of_text(text), Said { message: "m".to_owned(), pairs: vec![], rest: "" });
        }
    }

    #[test]
    fn long_values_are_read_once() {
        let text = format!("\"m\" a=({} id=\"x\"", "b c ".repeat(100_000));
        let began = std::time::Instant::now();
        assert_eq!(of_text(&text).pairs.len(), 2);
        assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    }

    #[test]
    fn logfmt_is_read() {
        let pairs = of_logfmt("time=1 loose  msg=\"a \\\"b\\\" c\" id=x,y =z k= \"q\"");
        let shown: Vec<String> = pairs.iter().map(|pair| format!("{}→{}", pair.key, pair.value.shown())).collect();
        assert_eq!(shown, ["time→1", "msg→a \"b\" c", "id→x,y", "→z", "k→"]);
    }
}
