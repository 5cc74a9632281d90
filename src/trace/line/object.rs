//! Objects of the API that a line names: by references, by keys with `namespace/name`, by paths of requests.

use super::pairs::{Pair, Value};

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
pub struct Object {
    /// Its kind in small letters, as `replicaset`.
    pub kind: String,
    /// Its namespace; empty where it has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Object {
    /// Reads `kind/namespace/name`, or `kind/name` for one without a namespace.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let (kind, namespace, name) = match parts[..] {
            [kind, namespace, name] => (kind, namespace, name),
            [kind, name] => (kind, "", name),
            _ => return None,
        };
        let fits = !kind.is_empty() && !name.is_empty();
        fits.then(|| Self { kind: singular(kind), namespace: namespace.to_owned(), name: name.to_owned() })
    }
}

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.namespace.as_str() {
            "" => write!(f, "{} {}", self.kind, self.name),
            namespace => write!(f, "{} {namespace}/{}", self.kind, self.name),
        }
    }
}

/// A kind as one word in small letters, from a key or a resource's name: `replicaSet`, `replicasets`, `Policies`.
pub fn singular(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    for (end, with) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ss", "ss"), ("s", "")] {
        if let Some(stem) = name.strip_suffix(end).filter(|stem| !stem.is_empty()) {
            return format!("{stem}{with}");
        }
    }
    name
}

/// The objects that pairs name, each once.
pub fn objects(pairs: &[Pair]) -> Vec<Object> {
    let mut found = Vec::new();
    for pair in pairs {
        match &pair.value {
            Value::Reference { namespace, name } => {
                let kind = singular(&pair.key);
                found.push(Object { kind, namespace: namespace.clone(), name: name.clone() });
            }
            Value::Text(text) if text.starts_with('/') || text.starts_with("http") => found.extend(of_path(text)),
            Value::Text(text) => {
                found.extend(named(&pair.key, text).or_else(|| unnamespaced(&pair.key, text)));
            }
            Value::Bare(text) if text.starts_with("[\"") || text.starts_with("[{") => {
                found.extend(listed(&pair.key, text));
            }
            Value::Bare(text) => {
                let list = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
                found.extend(list.split(' ').take(64).filter_map(|item| named(&pair.key, item)));
            }
            Value::Json(text) => found.extend(listed(&pair.key, text)),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|object| seen.insert(object.clone()));
    found
}

/// Whether pairs name an object. One without a namespace is also what klog prints of it: its name under its kind.
pub fn names(pairs: &[Pair], object: &Object) -> bool {
    let is_bare = |pair: &Pair| {
        matches!(&pair.value, Value::Text(text) if *text == object.name) && singular(&pair.key) == object.kind
    };
    object.namespace.is_empty() && pairs.iter().any(is_bare) || objects(pairs).contains(object)
}

/// What a list of JSON names: objects, or texts as klog prints them.
fn listed(key: &str, json: &str) -> Vec<Object> {
    use serde_json::Value as Json;
    let list: Vec<Json> = serde_json::from_str(json).unwrap_or_default();
    let object = |item: &Json| match item {
        Json::String(text) => named(key, text),
        Json::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Json::as_str).map(str::to_owned);
            Some(Object { kind: singular(key), namespace: text("namespace").unwrap_or_default(), name: text("name")? })
        }
        _ => None,
    };
    list.iter().take(64).filter_map(object).collect()
}

/// Kinds without a namespace that are common in logs, whose name alone tells one: under other keys it may be anything.
const UNNAMESPACED: [&str; 5] = ["node", "namespace", "persistentvolume", "storageclass", "clusterrole"];

fn unnamespaced(key: &str, text: &str) -> Option<Object> {
    let kind = singular(key);
    let fits = UNNAMESPACED.contains(&kind.as_str()) && is_name(text);
    fits.then(|| Object { kind, namespace: String::new(), name: text.to_owned() })
}

/// Whether a text is a label of DNS: what namespaces are called.
fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.len() <= 63 && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// `namespace/name` under a key that is a kind's name.
fn named(key: &str, text: &str) -> Option<Object> {
    let (namespace, name) = text.split_once('/')?;
    let is_kind = key.bytes().all(|b| b.is_ascii_alphabetic())
        && !["type", "path", "image", "source", "key"].iter().any(|end| key.to_ascii_lowercase().ends_with(end));
    let fits = is_kind && is_label(namespace) && is_name(name) && !is_version(name);
    fits.then(|| Object { kind: singular(key), namespace: namespace.to_owned(), name: name.to_owned() })
}

/// The object that a request's path is about.
pub fn of_path(text: &str) -> Option<Object> {
    let path = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = &path[path.find('/')?..];
    let path = path.split(['?', '#']).next()?;
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let rest = match parts[..] {
        ["api", _, ref rest @ ..] | ["apis", _, _, ref rest @ ..] => rest,
        _ => return None,
    };
    let (namespace, resource, name) = match *rest {
        ["namespaces", namespace, resource, name, ..] if !matches!(resource, "status" | "finalize") => {
            (namespace, resource, name)
        }
        ["namespaces", _, _] => return None,
        [resource, name, ..] => ("", resource, name),
        _ => return None,
    };
    let fits = !resource.is_empty() && is_name(name) && (namespace.is_empty() || is_label(namespace));
    fits.then(|| Object { kind: singular(resource), namespace: namespace.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_objects() {
        let shown = |path: &str| of_path(path).map(|object| object.to_string()).unwrap_or_default();
        assert_eq!(shown("/api/v1/namespaces/a/pods/b/status?x=/y"), "pod a/b");
        assert_eq!(shown("https://[::1]:6443/apis/apps/v1/namespaces/a/replicasets/b"), "replicaset a/b");
        assert_eq!(shown("/api/v1/nodes/n1"), "node n1");
        assert_eq!(shown("/api/v1/namespaces/a"), "namespace a");
        for path in ["/api/v1/namespaces/a/pods", "/healthz", "https://x", "/apis/apps/v1/deployments", ""] {
            assert_eq!(shown(path), "", "{path}");
        }
    }

    #[test]
    fn kinds_have_one_name() {
        for (name, kind) in [
            ("pods", "pod"),
            ("networkPolicies", "networkpolicy"),
            ("ingresses", "ingress"),
            ("StorageClass", "storageclass"),
        ] {
            assert_eq!(singular(name), kind);
        }
    }

    #[test]
    fn pairs_name_objects() {
        let super::super::pairs::Said { pairs, .. } = super::super::pairs::of_text(
            "\"x\" pod=\"a/b\" pods=[a/b c/d] more=[\"a/e\",\"f/g\"] node=\"n.1\" verb=\"get\" image=\"lib/nginx\" groupVersion=\"apps/v1\" label=\"example.org/x\" URI=\"/api/v1/nodes/n\"",
        );
        let shown: Vec<String> = objects(&pairs).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["pod a/b", "pod c/d", "more a/e", "more f/g", "node n.1", "node n"]);
        let drained = super::super::pairs::of_text("\"Drained\" node=\"n1\" volume=\"v1\" pod=\"a/n1\"").pairs;
        let named = |text: &str| names(&drained, &Object::parse(text).unwrap());
        assert!(named("node/n1") && named("volumes/v1") && named("pod/a/n1") && !named("pod/n1") && !named("node/v1"));
    }
}
