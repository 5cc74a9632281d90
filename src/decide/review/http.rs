//! As much HTTP as one page needs: a request, an answer, and the connection ends.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// Bytes that the head of a request may have.
const HEAD: usize = 16 << 10;
/// Bytes that its body may have.
const BODY: usize = 256 << 10;
/// How long a whole request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub host: Option<String>,
    pub origin: Option<String>,
    pub token: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    /// The token in the address.
    pub(super) fn query_token(&self) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix("token="))
    }
}

/// Reads a request, or says what is wrong with it.
pub(super) fn read(stream: &mut impl Read) -> Result<Request, String> {
    let started = Instant::now();
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let wanted = match parse(&bytes)? {
            Some((request, length, head)) if bytes.len() >= head + length => {
                return Ok(Request { body: bytes[head..head + length].to_vec(), ..request });
            }
            Some(_) => HEAD + BODY,
            None => HEAD,
        };
        if bytes.len() > wanted || started.elapsed() > PATIENCE {
            return Err("the request is too long".to_owned());
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Err("the request ends early".to_owned()),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// The request without its body, the body's length, and where it starts; `None` where the head is not whole yet.
fn parse(bytes: &[u8]) -> Result<Option<(Request, usize, usize)>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let head = match parsed.parse(bytes).map_err(|error| format!("this is no request: {error}"))? {
        httparse::Status::Complete(head) => head,
        httparse::Status::Partial => return Ok(None),
    };
    let target = parsed.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        ..Request::default()
    };
    let mut length = 0;
    for header in parsed.headers.iter() {
        let value = std::str::from_utf8(header.value).map_err(|_| "a header is no text".to_owned())?.trim();
        let slot = match header.name.to_ascii_lowercase().as_str() {
            "host" => &mut request.host,
            "origin" => &mut request.origin,
            "x-klogmod-token" => &mut request.token,
            "content-length" => {
                length = value.parse().map_err(|_| "the length is no number".to_owned())?;
                if length > BODY {
                    return Err("the body is too long".to_owned());
                }
                continue;
            }
            "transfer-encoding" => return Err("bodies in chunks are not read".to_owned()),
            _ => continue,
        };
        if slot.replace(value.to_owned()).is_some() {
            return Err("a header stands twice".to_owned());
        }
    }
    Ok(Some((request, length, head)))
}

/// Writes an answer.
pub(super) fn respond(stream: &mut impl Write, status: u16, kind: &str, body: &[u8]) -> std::io::Result<()> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        422 => "Unprocessable Content",
        _ => "Internal Server Error",
    };
    write!(
        stream,
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
         Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n\
         Cross-Origin-Opener-Policy: same-origin\r\nContent-Security-Policy: frame-ancestors 'none'\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_and_bounded() {
        let text =
            b"POST /decide?token=ab&x HTTP/1.1\r\nHost: 127.0.0.1:1\r\nOrigin: http://x\r\nContent-Length: 2\r\n\r\nhi";
        let request = read(&mut text.as_slice()).unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str(), request.body.as_slice()),
            ("POST", "/decide", &b"hi"[..])
        );
        assert_eq!((request.query_token(), request.origin.as_deref()), (Some("ab"), Some("http://x")));
        assert!(read(&mut b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".as_slice()).is_err());
        assert!(read(&mut b"GET / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n".as_slice()).is_err());
        assert!(read(&mut b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice()).is_err());
        assert!(read(&mut b"GET / HTTP/1.1\r\n".as_slice()).is_err());
        let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(2 * HEAD));
        assert!(read(&mut long.as_bytes()).is_err());
    }
}
