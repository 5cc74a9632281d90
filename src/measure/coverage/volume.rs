//! How often each call printed: counts by source position, from a profile or from klog's own output.

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::record::FileRecord;

/// Printed lines by position; positions from logs have only a file's last name.
pub type Profile = BTreeMap<(String, u32), u64>;

/// What became of a profile's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VolumeSummary {
    /// All of them.
    pub lines: u64,
    /// Lines of calls.
    pub matched: u64,
    /// Lines whose file name and line fit calls in several files: they are given to none.
    pub ambiguous: u64,
    /// Lines that fit no call.
    pub unmatched: u64,
}

/// A line of a profile that is none.
#[derive(Debug, thiserror::Error)]
#[error("line {0}: neither `file.go:line count` nor a line that klog printed")]
pub struct ProfileError(usize);

/// Reads `file:line count` lines, or klog's text or JSON output. In logs, lines without a position are of others.
pub fn parse(text: &str) -> Result<Profile, ProfileError> {
    // Container runtimes put their own words in front of klog's header.
    let header = Regex::new(r"[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d+\s+\d+ ([^\s:\]]+\.go):(\d+)\]");
    let caller = Regex::new(r#""caller":\s*"([^"]+\.go):(\d+)""#);
    let plain = Regex::new(r"^\s*(\S+\.go):(\d+)(?::\d+)?[\s,]+(\d+)\s*$");
    let (Ok(header), Ok(caller), Ok(plain)) = (header, caller, plain) else { return Ok(Profile::new()) };
    let mut profile = Profile::new();
    let mut logs = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(found) = header.captures(line).or_else(|| caller.captures(line)) {
            logs = true;
            add(&mut profile, &found[1], &found[2], 1);
        } else if let Some(found) = plain.captures(line).filter(|_| !logs) {
            add(&mut profile, &found[1], &found[2], found[3].parse().unwrap_or(u64::MAX));
        } else if !logs && number > 1000 || (!logs && profile.is_empty() && !line.contains([':', '{'])) {
            return Err(ProfileError(number + 1));
        }
    }
    if profile.is_empty() && !text.trim().is_empty() {
        return Err(ProfileError(1));
    }
    Ok(profile)
}

fn add(profile: &mut Profile, file: &str, line: &str, count: u64) {
    let Ok(line) = line.parse() else { return };
    let file = file.trim_start_matches("./").to_owned();
    let sum = profile.entry((file, line)).or_default();
    *sum = sum.saturating_add(count);
}

/// Gives each call the lines that it printed.
pub fn apply(profile: &Profile, files: &mut [FileRecord]) -> VolumeSummary {
    let mut summary = VolumeSummary::default();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, file) in files.iter_mut().enumerate() {
        file.calls.iter_mut().for_each(|call| call.volume = Some(0));
        let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
        by_name.entry(name).or_default().push(at);
    }
    for ((place, line), count) in profile {
        summary.lines = summary.lines.saturating_add(*count);
        let name = place.rsplit('/').next().unwrap_or_default();
        let candidates = by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut hits = Vec::new();
        for &at in candidates.iter().filter(|at| is_place(&files[**at].path, place)) {
            let calls = files[at].calls.iter().enumerate();
            // Go gives the line of the call's name, which may stand below its start.
            let mut fits = calls.filter(|(_, call)| (call.line..=call.end_line).contains(line)).map(|(call, _)| call);
            hits.extend(fits.next_back().map(|call| (at, call)));
        }
        let sum = match hits.as_slice() {
            [] => &mut summary.unmatched,
            [(file, call)] => {
                let volume = files[*file].calls[*call].volume.get_or_insert_default();
                *volume = volume.saturating_add(*count);
                &mut summary.matched
            }
            _ => &mut summary.ambiguous,
        };
        *sum = sum.saturating_add(*count);
    }
    summary
}

/// Whether a path is the place, or ends with it behind a slash.
pub fn is_place(path: &str, place: &str) -> bool {
    let (longer, shorter) = if path.len() >= place.len() { (path, place) } else { (place, path) };
    longer.strip_suffix(shorter).is_some_and(|rest| rest.is_empty() || rest.ends_with('/') || shorter.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_and_logs_are_read() {
        let get =
            |text: &str| parse(text).unwrap().into_iter().map(|((f, l), n)| format!("{f}:{l} {n}")).collect::<Vec<_>>();
        assert_eq!(get("pkg/a.go:12 30\n./pkg/a.go:12 1\n"), ["pkg/a.go:12 31"]);
        let text = "I1123 17:25:58.898581   26810 main.go:17] \"Updated pod\" pod=\"a\"\npanic: other\nE1123 17:25:58.898581 1 x_test.go:3] b\n";
        assert_eq!(get(text), ["main.go:17 1", "x_test.go:3 1"]);
        let json = "{\"ts\":1.5,\"caller\":\"f.go:17\",\"msg\":\"m\"}\n{\"ts\":1.5,\"caller\":\"sub/f.go:17\",\"msg\":\"m\"}\n";
        assert_eq!(get(json), ["f.go:17 1", "sub/f.go:17 1"]);
        assert!(parse("nonsense\n").is_err());
        assert!(parse("").unwrap().is_empty());
    }
}
