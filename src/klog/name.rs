//! Words to keys: lowerCamelCase, initialisms in capitals, the guide's preferences.

use crate::rule::Keys;
pub use crate::rule::is_log_key as is_valid;

/// Splits an identifier or a phrase into words: `podUID` → pod, UID; `oom_score_adj` → oom, score, adj.
pub fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            continue;
        }
        let before = at.checked_sub(1).and_then(|b| chars.get(b));
        let after = chars.get(at + 1);
        let after_lower = before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let starts_word =
            before.is_some_and(|b| b.is_ascii_uppercase()) && after.is_some_and(|a| a.is_ascii_lowercase());
        // The plural of an initialism stays with it: podIPs.
        let plural = after == Some(&'s') && chars.get(at + 2).is_none_or(|c| !c.is_ascii_lowercase());
        if c.is_ascii_uppercase() && (after_lower || starts_word && !plural) && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// Joins words into a key.
pub fn camel(words: &[String], rules: &Keys) -> String {
    let mut key = String::new();
    for (index, word) in words.iter().enumerate() {
        let initialism = rules.initialisms.iter().find(|i| i.eq_ignore_ascii_case(word));
        match (index, initialism) {
            (0, Some(initialism)) if words.len() == 1 || keeps_capitals(initialism) => key.push_str(initialism),
            (0, _) => key.push_str(&word.to_lowercase()),
            (_, Some(initialism)) => key.push_str(initialism),
            (_, None) => {
                let mut chars = word.chars();
                key.extend(chars.next().map(|c| c.to_ascii_uppercase()));
                // CPUSet keeps its capitals, NAME loses them.
                let rest: String = chars.collect();
                let shouting = word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase());
                key.push_str(&if shouting { rest.to_lowercase() } else { rest });
            }
        }
    }
    let leading_digits = key.chars().take_while(char::is_ascii_digit).count();
    key.split_off(leading_digits)
}

/// A name in code: `attachEnabled`.
pub fn is_humped(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase)
}

/// `zones` → zone, `policies` → policy; what is no plural by its ending stays.
pub fn singular(name: &str) -> String {
    if name.len() < 4 {
        return name.to_owned();
    }
    for (end, with) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")] {
        if let Some(stem) = name.strip_suffix(end) {
            return format!("{stem}{with}");
        }
    }
    let whole = ["ss", "us", "is", "os", "DNS"].iter().any(|end| name.ends_with(end));
    name.strip_suffix('s').filter(|_| !whole).unwrap_or(name).to_owned()
}

/// Kinds that are initialisms stay in capitals at the head of a key: PVCName.
fn keeps_capitals(initialism: &str) -> bool {
    matches!(initialism, "PV" | "PVC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several() {
        for (several, one) in [
            ("zones", "zone"),
            ("policies", "policy"),
            ("boxes", "box"),
            ("status", "status"),
            ("ids", "ids"),
            ("nodeNames", "nodeName"),
        ] {
            assert_eq!(singular(several), one);
        }
    }

    #[test]
    fn identifiers_split_at_their_humps() {
        for (text, want) in [
            ("podUID", "pod UID"),
            ("oom_score_adj", "oom score adj"),
            ("IPs", "IPs"),
            ("podIPs", "pod IPs"),
            ("HTTPServer", "HTTP Server"),
            ("cpuset", "cpuset"),
            ("numCPUs", "num CPUs"),
            ("v1Pod", "v1 Pod"),
            ("container id", "container id"),
            ("cgroup-root", "cgroup root"),
        ] {
            assert_eq!(words(text).join(" "), want);
        }
    }

    #[test]
    fn keys_follow_logcheck() {
        for good in ["pod", "podUID", "PVC", "IP", "numCPUs"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", "Pod", "Request-ID", "audit ID", "é", "1st"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
