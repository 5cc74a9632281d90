//! `explain`: which call of a line is meant.

use crate::common::checkout::Checkout;

const TWO_ON_A_LINE: &str = r#"package a

import "k8s.io/klog/v2"

func f(name string) {
	klog.Infof("Started %s", name); klog.Infof("Stopped %s", name)
}
"#;

#[test]
fn a_column_says_which_call_of_a_line_is_meant() {
    let checkout = Checkout::with([("go.mod", "module example.com/m\n"), ("a.go", TWO_ON_A_LINE)]);
    let explained = |place: &str| {
        let told = checkout.run(["explain", place]).expect(0).stdout;
        [told.contains("Started"), told.contains("Stopped")]
    };
    assert_eq!(explained("a.go:6"), [true, true]);
    assert_eq!(explained("a.go:6:2"), [true, false]);
    assert_eq!(explained("a.go:6:50"), [false, true]);
    assert_eq!(explained("a.go:6:1"), [true, true], "no call stands there: all of the line");
}
