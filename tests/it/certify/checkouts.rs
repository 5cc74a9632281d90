//! Commits are compared whatever of them lies on disk.

use super::{file, repository};

#[test]
fn a_checkout_that_lacks_files_and_has_others_touched_is_as_the_whole() {
    let checkout = repository(r#"klog.Infof("mounted on %s", node)"#, r#"klog.InfoS("Mounted", "node", node)"#);
    for name in ["b.go", "c.go", "d.go"] {
        checkout.write(name, format!("package a\n\nconst {} = 1\n", name.replace(".go", "")));
    }
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "More"]);
    let certificate = || checkout.run(["certify", "HEAD~2..HEAD~1", "--output", "json"]).expect(0).json();
    let whole = certificate();
    for name in ["a.go", "b.go", "go.mod"] {
        std::fs::remove_file(checkout.path().join(name)).unwrap();
    }
    checkout.write("go.mod", super::MODULE);
    checkout.write("c.go", "package a\n\nconst c = 1\n");
    checkout.write("d.go", file("klog.Fatal(node)"));
    assert_eq!(certificate(), whole);
}
