//! The parts of a tree that people speak of.

/// Under staging a module is a part of its own.
const STAGING: &str = "staging/src/";

/// The directory of the part that a file belongs to: a staging module, elsewhere the second level, as in `cmd/kubelet`. Empty for files of the
/// root.
pub fn component(path: &str) -> &str {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    let levels = if dir.starts_with(STAGING) { 4 } else { 2 };
    dir.match_indices('/').nth(levels - 1).map_or(dir, |(at, _)| &dir[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_a_staging_module_or_the_second_level() {
        assert_eq!(component("cluster/x/y/z.go"), "cluster/x");
        assert_eq!(component("pkg/x.go"), "pkg");
        assert_eq!(component("x.go"), "");
        assert_eq!(component("staging/src/k8s.io/client-go/rest/x.go"), "staging/src/k8s.io/client-go");
        assert_eq!(component("staging/src/k8s.io/x.go"), "staging/src/k8s.io");
    }
}
