//! The header of klog's text lines: `Lmmdd hh:mm:ss.uuuuuu threadid file:line] `.

use super::stamp::Stamp;

/// How bad a line says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Information, at any verbosity.
    Info,
    /// A warning.
    Warning,
    /// An error.
    Error,
    /// The process ended with it.
    Fatal,
}

impl Severity {
    /// klog's letter.
    pub fn letter(self) -> char {
        match self {
            Self::Info => 'I',
            Self::Warning => 'W',
            Self::Error => 'E',
            Self::Fatal => 'F',
        }
    }

    /// What loggers call so: `warn`, `ERROR`, `ERROR+2`; none for a word that is no level.
    pub fn of_level(name: &str) -> Option<Self> {
        match name.split(['+', '-']).next()?.to_ascii_lowercase().as_str() {
            "trace" | "debug" | "info" | "notice" | "i" => Some(Self::Info),
            "warn" | "warning" | "w" => Some(Self::Warning),
            "error" | "err" | "e" | "critical" => Some(Self::Error),
            "fatal" | "panic" | "dpanic" | "f" => Some(Self::Fatal),
            _ => None,
        }
    }

    /// Whether somebody should look at it first.
    pub fn is_error(self) -> bool {
        self >= Self::Error
    }
}

/// What a header says, and where the message starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'t> {
    /// The severity.
    pub severity: Severity,
    /// The time.
    pub stamp: Stamp,
    /// `file.go:12`, or `dir/file.go:12` with -add_dir_header.
    pub caller: &'t str,
    /// Bytes before the message.
    pub length: usize,
}

/// Longest header that is looked for: file names are not longer.
const LONGEST: usize = 512;

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |sum, byte| match byte {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u32::from(byte - b'0')),
        _ => None,
    })
}

/// Whether a line starts as klog's headers do: a letter, four digits, a time.
pub fn is_head(line: &[u8]) -> bool {
    line.len() > 21
        && matches!(line[0], b'I' | b'W' | b'E' | b'F')
        && line[1..5].iter().all(u8::is_ascii_digit)
        && (line[5], line[8], line[11], line[14]) == (b' ', b':', b':', b'.')
        && line[6].is_ascii_digit()
}

/// The header that a line starts with; none where it is no header or is cut.
pub fn klog_header(line: &[u8]) -> Option<Header<'_>> {
    if !is_head(line) {
        return None;
    }
    let severity = match line[0] {
        b'W' => Severity::Warning,
        b'E' => Severity::Error,
        b'F' => Severity::Fatal,
        _ => Severity::Info,
    };
    let number = |at: std::ops::Range<usize>| digits(line.get(at)?);
    let (month, day) = (number(1..3)?, number(3..5)?);
    let (hour, minute, second, micros) = (number(6..8)?, number(9..11)?, number(12..14)?, number(15..21)?);
    let stamp = Stamp::yearless(month, day, hour, minute, second, micros)?;
    let rest = &line[21..line.len().min(LONGEST)];
    let close = memchr::memmem::find(rest, b"] ").or_else(|| rest.ends_with(b"]").then(|| rest.len() - 1))?;
    let caller = std::str::from_utf8(&rest[..close]).ok()?.trim_start();
    let caller = caller.split_once(' ').map_or(caller, |(_, caller)| caller);
    let (file, line_number) = caller.rsplit_once(':')?;
    let is_place = !file.is_empty() && digits(line_number.as_bytes()).is_some() && !line_number.is_empty();
    let length = (21 + close + 2).min(line.len());
    is_place.then_some(Header { severity, stamp, caller, length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let line = b"I0102 03:04:05.000006   31813 flags.go:64] FLAG: x";
        let header = klog_header(line).unwrap();
        assert_eq!((header.severity, header.caller), (Severity::Info, "flags.go:64"));
        assert_eq!(&line[header.length..], b"FLAG: x");
        assert_eq!(klog_header(b"E1231 23:59:59.999999 1234567 a/b.go:1] \"x\"").unwrap().caller, "a/b.go:1");
        assert_eq!(klog_header(b"E1231 23:59:59.999999       1 b.go:1]").unwrap().length, 37);
    }

    #[test]
    fn what_is_no_header_is_none() {
        for line in [
            &b"I0102 03:04:05.000006   31813 flags.go"[..],
            b"I1302 03:04:05.000006   31813 flags.go:64] x",
            b"I0102 25:04:05.000006   31813 flags.go:64] x",
            b"X0102 03:04:05.000006   31813 flags.go:64] x",
            b"I0102 03:04:05.000006   31813 flags] x",
            b"I01",
            b"",
        ] {
            assert_eq!(klog_header(line), None, "{}", String::from_utf8_lossy(line));
        }
    }
}
