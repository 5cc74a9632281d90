//! Modules: whatever go.mod, go.sum, go.work and a file's head say, what is found lies in the checkout.
#![no_main]

use klogmod::go::index::Index;
use klogmod::go::module::{BuildContext, Constraint, Modules, Origin, ResolveOptions};
use klogmod::go::syntax::head::head;
use klogmod::go::syntax::outline::outline;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str, &[u8], &str)| {
    let (gomod, sum, work, source, import) = input;
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().join("root");
    std::fs::create_dir_all(root.join("sub/vendor/example.org/v")).expect("a directory");
    std::fs::create_dir_all(dir.path().join("beside")).expect("a directory");
    for (name, text) in [
        ("root/go.mod", gomod.as_bytes()),
        ("root/go.sum", sum.as_bytes()),
        ("root/go.work", work.as_bytes()),
        ("root/sub/go.mod", gomod.as_bytes()),
        ("root/a.go", source),
        ("root/sub/a_linux.go", source),
        ("beside/a.go", b"package beside\n"),
    ] {
        std::fs::write(dir.path().join(name), text).expect("a writable file");
    }
    let modules = Modules::new(&root, "k8s.io/klog/v2");
    assert_eq!(modules.version("sub"), modules.version("sub"));
    let options = ResolveOptions { module_cache: Some(dir.path().join("cache")) };
    let index = Index::new(&root, BuildContext::default(), options);
    let resolver = index.resolver();
    let imports = head(source).imports;
    for from in ["", "sub"] {
        let package = resolver.package_at(from);
        for path in imports.iter().map(|path| &**path).chain([import]) {
            let found = resolver.resolve(&package, path);
            if let Origin::Dir(_) = &found.origin {
                let real = resolver.location(&found).and_then(|dir| dir.canonicalize().ok()).expect("a directory");
                assert!(real.starts_with(resolver.root()), "{path}: {}", real.display());
            }
            assert_eq!(resolver.module_of(&package, path), resolver.module_of(&package, path));
        }
    }
    let constraint = Constraint::of_file("a_linux_test.go", source);
    if let Some(context) = constraint.nearest(&BuildContext::default()) {
        assert!(constraint.holds(&context));
    }
    let _ = outline(source);
});
