//! What kubectl, container runtimes and journald put in front of a line, taken off.

use std::borrow::Cow;

/// A line without what others put in front of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped<'l> {
    /// What tells this stream of lines from others in the same file; empty where nothing does.
    pub stream: &'l [u8],
    /// The component that the wrapper names.
    pub component: Option<&'l str>,
    /// The time that the wrapper names, as RFC 3339.
    pub beside: Option<Cow<'l, str>>,
    /// What the component wrote.
    pub line: Cow<'l, [u8]>,
    /// Whether the runtime split a long line here, so that the next one of the stream goes on with it.
    pub is_partial: bool,
}

impl Wrapped<'_> {
    /// Whether the time may be the line's own: nothing tells who put it in front.
    pub fn may_be_its_own(&self) -> bool {
        let is_bare = self.stream.is_empty() && self.component.is_none() && matches!(self.line, Cow::Borrowed(_));
        self.beside.is_some() && (is_bare || self.stream.starts_with(b"[pod/"))
    }
}

/// Takes off what stands in front of a line.
pub fn unwrap(line: &[u8]) -> Wrapped<'_> {
    let bare = Wrapped { stream: b"", component: None, beside: None, line: Cow::Borrowed(line), is_partial: false };
    match line.first() {
        Some(b'[') if line.starts_with(b"[pod/") => prefixed(bare, line),
        Some(b'0'..=b'9') => timed(bare, line),
        Some(b'{') if line.starts_with(b"{\"log\":\"") => docker(bare, line),
        Some(b'A'..=b'Z') if line.get(3) == Some(&b' ') && line.get(9) == Some(&b':') => syslog(bare, line, 16),
        _ => bare,
    }
}

/// `[pod/name/container] ` or `[pod/namespace/name/container] `.
fn prefixed<'l>(bare: Wrapped<'l>, line: &'l [u8]) -> Wrapped<'l> {
    let Some(close) = memchr::memmem::find(&line[..line.len().min(1024)], b"] ") else { return bare };
    let stream = &line[..close];
    let last = memchr::memrchr(b'/', stream).unwrap_or_default();
    let inner = timed(Wrapped { line: Cow::Borrowed(&line[close + 2..]), ..bare }, &line[close + 2..]);
    Wrapped { stream, component: std::str::from_utf8(&stream[last + 1..]).ok(), ..inner }
}

/// A time with a year, and behind it what a container runtime, kubectl or journald has there.
fn timed<'l>(bare: Wrapped<'l>, line: &'l [u8]) -> Wrapped<'l> {
    let Some(end) = memchr::memchr(b' ', &line[..line.len().min(40)]).filter(|end| *end >= 20) else { return bare };
    // Behind a tab come fields of another program's own line.
    if line[4] != b'-' || line[10] != b'T' || memchr::memchr(b'\t', &line[..end]).is_some() {
        return bare;
    }
    let Ok(time) = std::str::from_utf8(&line[..end]) else { return bare };
    let rest = &line[end + 1..];
    let bare = Wrapped { beside: Some(Cow::Borrowed(time)), line: Cow::Borrowed(rest), ..bare };
    if let [b's', b't', b'd', b'o' | b'e', _, _, b' ', tag @ (b'F' | b'P'), b' ', line @ ..] = rest {
        // Both standard streams of a container are one component's, yet a split line goes on in its own.
        let stream = if *tag == b'P' || bare.stream.is_empty() { &rest[..6] } else { bare.stream };
        return Wrapped { stream, line: Cow::Borrowed(line), is_partial: *tag == b'P', ..bare };
    }
    syslog(bare, line, end + 1)
}

/// `host identifier[pid]: ` behind a time.
fn syslog<'l>(bare: Wrapped<'l>, line: &'l [u8], from: usize) -> Wrapped<'l> {
    let from =
        if line.get(15) == Some(&b'.') { memchr::memchr(b' ', &line[15..]).map_or(from, |at| 16 + at) } else { from };
    let Some(rest) = line.get(from..) else { return bare };
    let head = &rest[..rest.len().min(320)];
    let Some(colon) = memchr::memmem::find(head, b"]: ") else { return bare };
    let Ok(head) = std::str::from_utf8(&head[..colon]) else { return bare };
    let Some((host, program)) = head.split_once(' ') else { return bare };
    let Some((identifier, pid)) = program.rsplit_once('[') else { return bare };
    if pid.is_empty() || !pid.bytes().all(|b| b.is_ascii_digit()) || identifier.contains(' ') || host.contains('[') {
        return bare;
    }
    let stream = &rest[..colon];
    Wrapped { stream, component: Some(identifier), line: Cow::Borrowed(&rest[colon + 3..]), ..bare }
}

#[derive(serde::Deserialize)]
struct Docker<'l> {
    #[serde(borrow)]
    log: Cow<'l, str>,
    #[serde(borrow, default)]
    time: Option<Cow<'l, str>>,
}

/// `{"log":"…\n","stream":"stderr","time":"…"}`.
fn docker<'l>(bare: Wrapped<'l>, line: &'l [u8]) -> Wrapped<'l> {
    let Ok(docker) = serde_json::from_slice::<Docker<'l>>(line) else { return bare };
    let is_partial = !docker.log.ends_with('\n');
    let mut log = docker.log.into_owned().into_bytes();
    if !is_partial {
        log.pop();
    }
    Wrapped { beside: docker.time, line: Cow::Owned(log), is_partial, ..bare }
}

/// The component that wrote a file, by the file's path: as container runtimes, klog and people name them.
pub fn file_component(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let name = parts.last().copied().unwrap_or(path);
    let mut stem = name;
    loop {
        let cut = [".gz", ".zst", ".log", ".txt", ".json", ".out"].iter().find_map(|end| stem.strip_suffix(end));
        let counted = stem.rsplit_once('.').filter(|(rest, count)| {
            !rest.is_empty() && !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        });
        match cut.or(counted.map(|(rest, _)| rest)).filter(|rest| !rest.is_empty()) {
            Some(rest) => stem = rest,
            None => break,
        }
    }
    // /var/log/pods/NAMESPACE_NAME_UID/CONTAINER/0.log
    if stem.bytes().all(|b| b.is_ascii_digit()) && parts.len() > 1 {
        return parts[parts.len() - 2].to_owned();
    }
    // /var/log/containers/NAME_NAMESPACE_CONTAINER-HASH.log
    if let [_, _, container] = stem.split('_').collect::<Vec<_>>()[..]
        && let Some((container, hash)) = container.rsplit_once('-')
        && hash.len() == 64
        && hash.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return container.to_owned();
    }
    // klog's own: PROGRAM.HOST.USER.log.INFO.20240506-070809.123
    match stem.split_once(".log.") {
        Some((program, _)) => program.split('.').next().unwrap_or(program).to_owned(),
        None => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, component: Option<&str>, beside: Option<&str>, rest: &str) {
        let wrapped = unwrap(line.as_bytes());
        let text = String::from_utf8_lossy(&wrapped.line).into_owned();
        assert_eq!((wrapped.component, wrapped.beside.as_deref(), text.as_str()), (component, beside, rest), "{line}");
    }

    #[test]
    fn wrappers_are_taken_off() {
        let time = Some("2024-05-06T07:08:09.123456789Z");
        check("I0102 x", None, None, "I0102 x");
        check("[pod/api-1/kube-apiserver] I0102 x", Some("kube-apiserver"), None, "I0102 x");
        check("[pod/ns/api-1/server] 2024-05-06T07:08:09.123456789Z I0102 x", Some("server"), time, "I0102 x");
        check("2024-05-06T07:08:09.123456789Z stderr F I0102 x", None, time, "I0102 x");
        check("2024-05-06T07:08:09.123456789Z I0102 x", None, time, "I0102 x");
        let iso = Some("2024-05-06T07:08:09+0000");
        check("2024-05-06T07:08:09+0000 node-1 kubelet[12]: I0102 x", Some("kubelet"), iso, "I0102 x");
        check("May  6 07:08:09 node-1 kubelet[12]: I0102 x", Some("kubelet"), None, "I0102 x");
        check("May 06 07:08:09.123456 node-1 kubelet[12]: I0102 x", Some("kubelet"), None, "I0102 x");
        let docker = r#"{"log":"I0102 \"x\"\n","stream":"stderr","time":"2024-05-06T07:08:09.123456789Z"}"#;
        check(docker, None, time, "I0102 \"x\"");
        check("2024-05-06T07:08:09Z\tERROR\tIt broke", None, None, "2024-05-06T07:08:09Z\tERROR\tIt broke");
        for bare in ["[pod/x", "{\"log\":\"x", "2024-05-06", "May  6 07:08:09 node-1 kernel: x", "2024-05-06T07:08:09Z"]
        {
            check(bare, None, None, bare);
        }
    }

    #[test]
    fn split_lines_say_so() {
        assert!(unwrap(b"2024-05-06T07:08:09.123456789Z stdout P I0102 x").is_partial);
        assert!(unwrap(br#"{"log":"I0102"}"#).is_partial);
    }

    #[test]
    fn files_name_components() {
        let hash = "0123456789abcdef".repeat(4);
        for (path, component) in [
            ("/var/log/kube-scheduler.log", "kube-scheduler"),
            ("a/kubelet.log.1.gz", "kubelet"),
            ("kubelet-20240506.log.zst", "kubelet-20240506"),
            ("/var/log/pods/kube-system_etcd-a_1234/etcd/0.log", "etcd"),
            ("/var/log/pods/kube-system_etcd-a_1234/etcd/0.log.20240506-070809.gz", "etcd"),
            (&format!("/var/log/containers/api-1_kube-system_kube-apiserver-{hash}.log"), "kube-apiserver"),
            ("kube-proxy.node-1.root.log.INFO.20240506-070809.123", "kube-proxy"),
            (".log", ".log"),
            ("", ""),
        ] {
            assert_eq!(file_component(path), component, "{path}");
        }
    }
}
