//! Pictures: whole and readable whatever a tree has, by themselves and in a page, and the same in characters.

use std::collections::BTreeSet;

use crate::common::checkout::Checkout;
use crate::common::gated::gated;

const FILE: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(s string) {\n\tklog.Infof(\"Started worker %s\", s)\n\tklog.InfoS(\"Started worker\", \"s\", s)\n}\n";

/// Owners with very long names, more than a picture has room for.
fn many_owners() -> Checkout {
    let checkout = Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n")]);
    for at in 0..100 {
        let dir = format!("pkg/{}/{}<&{at}", "a-very-long-directory".repeat(3), "deep/".repeat(8));
        checkout.write(format!("{dir}/OWNERS"), "approvers: [ann]\n");
        checkout.write(format!("{dir}/a.go"), FILE);
    }
    checkout
}

/// The picture as XML: it has a title and a description with figures, its identifiers are its own, and all texts start inside it.
#[track_caller]
fn sound(svg: &str) -> Vec<String> {
    let tree = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let root = tree.root_element();
    for (said, name) in [("aria-labelledby", "title"), ("aria-describedby", "desc")] {
        let node = root.children().find(|node| node.has_tag_name(name)).unwrap();
        assert!(node.attribute("id").is_some() && node.attribute("id") == root.attribute(said), "{svg}");
    }
    let width: f64 = root.attribute("width").unwrap().parse().unwrap();
    let fills: BTreeSet<&str> = tree.descendants().filter_map(|node| node.attribute("fill")).collect();
    for reference in fills.iter().filter_map(|fill| fill.strip_prefix("url(#")?.strip_suffix(')')) {
        assert!(tree.descendants().any(|node| node.attribute("id") == Some(reference)), "{reference} is nowhere");
    }
    let texts: Vec<_> = tree.descendants().filter(|node| node.has_tag_name("text")).collect();
    for text in &texts {
        let x: f64 = text.attribute("x").unwrap().parse().unwrap();
        assert!((0.0..width).contains(&x), "{svg}");
        // Few fonts are narrower than this.
        let said: String = text.children().filter_map(|node| node.is_text().then(|| node.text())?).collect();
        let end = if text.attribute("text-anchor").is_some() { x } else { x + said.chars().count() as f64 * 5.5 };
        assert!(end < width, "{said} is cut: {svg}");
    }
    texts.iter().map(|text| text.children().filter_map(|node| node.is_text().then(|| node.text())?).collect()).collect()
}

#[test]
fn a_hundred_owners_fit() {
    let checkout = many_owners();
    let svg = checkout.run(["coverage", "--measure=structured", "-o", "svg-owner"]).expect(0).stdout;
    let texts = sound(&svg);
    let names: Vec<_> = texts.iter().filter(|text| text.starts_with('…')).collect();
    assert_eq!(names.len(), 20, "{texts:?}");
    assert!(names.iter().all(|name| name.chars().count() < 60 && name.contains("<&")), "{names:?}");
    assert!(texts.contains(&"In the tables of the report: 80 more, with 160 calls.".to_owned()), "{texts:?}");
    assert!(svg.contains("<title>pkg/a-very-long-directory"), "the whole name");
    assert!(svg.contains("2 calls, 50.0 % covered: 1 structured, without request ID, 1 fixable"), "{svg}");
    let markdown = checkout.run(["coverage", "--measure=structured", "-o", "markdown"]).expect(0).stdout;
    let bar = format!("`{}{}` | 2 | 50.0 % |", "▓".repeat(15), "▒".repeat(15));
    assert_eq!(markdown.matches(&bar).count(), 10, "{markdown}");
    assert!(markdown.contains("In the tables below: 90 more, with 180 calls."), "{markdown}");
}

#[test]
fn what_there_is_none_of_is_said() {
    let checkout = Checkout::with([("a.go", "package a\n")]);
    for (format, said) in [
        ("svg-owner", "No call has a value of owner."),
        ("svg-operation", "No call has a value of operation."),
        ("svg-matrix", "No operation starts in this tree, or its paths were not followed."),
    ] {
        let texts = sound(&checkout.run(["coverage", "-o", format]).expect(0).stdout);
        assert!(texts.iter().any(|text| text == said), "{texts:?}");
    }
    assert!(!checkout.run(["coverage", "-o", "markdown"]).expect(0).stdout.contains("Calls by"));
}

#[test]
fn resources_that_have_no_room_beside_each_other_stand_below_each_other() {
    let kinds: Vec<String> = (10..40).map(|at| format!("kind-of-some-name-{at}")).collect();
    let mut settings = "[[operation]]\noperations = [\"reconcile\"]\nfunctions = [\"example.com/m/a.f\"]\n".to_owned();
    settings.push_str(&format!("resources = {kinds:?}\n"));
    let checkout = Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n")]);
    checkout.write("a/a.go", FILE);
    checkout.write("klogmod.toml", settings);
    let svg = checkout.run(["coverage", "-o", "svg-matrix"]).expect(0).stdout;
    let texts = sound(&svg);
    assert!(kinds.iter().all(|kind| texts.contains(kind)), "{texts:?}");
    assert_eq!(texts.iter().filter(|text| *text == "reconcile").count(), 6, "{texts:?}");
    let width = roxmltree::Document::parse(&svg).unwrap().root_element().attribute("width").unwrap().to_owned();
    assert!(width.parse::<u64>().unwrap() < 1000, "{width}");
    let summary = checkout.run(["coverage", "-o", "markdown"]).expect(0).stdout;
    assert!(summary.contains("`▓▓▓▓▒▒▒▒`<br>0.0 % of 2"), "{summary}");
}

#[test]
fn one_commit_is_as_wide_as_many() {
    let checkout = gated();
    let svg = checkout.run(["coverage", "--at", "HEAD", "-o", "svg"]).expect(0).stdout;
    let texts = sound(&svg);
    assert!(texts.contains(&"structured, with request ID: 2".to_owned()), "{texts:?}");
    let widths = svg.split("points=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(|points| {
        let x = points.split(' ').filter_map(|point| point.split(',').next()?.parse::<u64>().ok());
        let all: BTreeSet<u64> = x.collect();
        all.last().unwrap() - all.first().unwrap()
    });
    assert_eq!(widths.collect::<BTreeSet<_>>(), BTreeSet::from([760]), "{svg}");
    checkout.git(["commit", "-q", "--allow-empty", "-m", "Next"]);
    let svg = checkout.run(["coverage", "--history", "2", "-o", "svg"]).expect(0).stdout;
    assert!(sound(&svg).contains(&"structured, with request ID: 2 → 2".to_owned()), "{svg}");
}

#[test]
fn a_page_has_all_of_them_and_no_name_twice() {
    let checkout = gated();
    checkout.write(
        "klogmod.toml",
        "[[operation]]\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = [\"example.com/m/pkg/a.f\"]\n",
    );
    let page = checkout.run(["coverage", "--history", "2", "-o", "html"]).expect(0).stdout;
    let titles: Vec<&str> = page.split("-title\">").skip(1).filter_map(|rest| rest.split("</title>").next()).collect();
    assert_eq!(titles[..3], ["klog calls over time", "klog calls by owner", "klog calls by operation"], "{titles:?}");
    assert!(titles[3].starts_with("Operations on resources"), "{titles:?}");
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{ids:?}");
    for picture in page.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()) {
        sound(&format!("<svg{picture}</svg>"));
    }
}
