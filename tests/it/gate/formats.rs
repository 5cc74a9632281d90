//! Formats are valid: by their schema, by their consumer, and within their readers' limits.

use serde_json::Value;

use super::sums::all_formats;
use super::trees::random;
use crate::common::checkout::Checkout;
use crate::common::gated::gated;

fn schema() -> jsonschema::Validator {
    // OASIS's own file has a bracket too many here, which is no pattern.
    let text = include_str!("sarif-2.1.0.schema.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn valid_sarif(text: &str) -> Value {
    let sarif: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<_> = schema().iter_errors(&sarif).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        assert!(result["partialFingerprints"]["klogmod/v1"].as_str().unwrap().len() > 10);
        if let Some(fixes) = result["fixes"].as_array() {
            assert!(fixes.iter().all(|fix| !fix["artifactChanges"][0]["replacements"].as_array().unwrap().is_empty()));
        }
    }
    sarif
}

/// A tree with many findings of hostile names.
fn many(count: usize) -> Checkout {
    let mut text = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {\n".to_owned();
    for number in 0..count {
        text.push_str(&format!("\tklog.InfoS(\"Done %s\", \"a <b> & %25 {number}\", 1)\n"));
    }
    text.push_str("}\n");
    Checkout::with([("pkg/x, y: &'<z>/a.go", text)])
}

#[test]
fn sarif_keeps_to_its_schema() {
    for seed in 1..=6 {
        let (checkout, broken) = random(seed);
        let run = checkout.run(["check", "-o", "sarif"]);
        assert!(run.code == 3 || !broken, "{}", run.stderr);
        valid_sarif(&run.stdout);
    }
    let sarif = valid_sarif(&many(3).run(["check", "-o", "sarif"]).expect(1).stdout);
    let result = &sarif["runs"][0]["results"][0];
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "pkg/x%2C%20y%3A%20%26%27%3Cz%3E/a.go");
}

#[test]
fn pages_show_owners_and_operations() {
    let settings =
        "[[operation]]\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = [\"example.com/m/a.Sync\"]\n";
    let call = |name: &str| {
        format!(
            "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc {name}(s string) {{\n\tklog.Infof(\"At %s\", s)\n\tklog.InfoS(\"At\", \"s\", s)\n}}\n"
        )
    };
    let checkout = Checkout::with([
        ("go.mod", "module example.com/m\n"),
        ("klogmod.toml", settings),
        ("a/OWNERS", "approvers: [ann]\n"),
        ("b & <c>/OWNERS", "approvers: [bob]\n"),
    ]);
    checkout.write("a/a.go", call("Sync"));
    checkout.write("b & <c>/b.go", call("idle"));
    let page = checkout.run(["coverage", "--measure=structured", "-o", "html"]).expect(0).stdout;
    let pictures: Vec<&str> = page.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()).collect();
    let read = |picture: &str| {
        let text = format!("<svg{picture}</svg>");
        let tree = roxmltree::Document::parse(&text).unwrap();
        let nodes = tree.descendants().filter(|node| node.has_tag_name("text") || node.has_tag_name("title"));
        nodes.filter_map(|node| node.text().map(str::to_owned)).collect::<Vec<_>>()
    };
    let [owners, operations, matrix] = pictures.as_slice() else { panic!("{page}") };
    let owners = read(owners);
    assert_eq!(owners[0], "klog calls by owner");
    for said in ["a", "b & <c>", "2 calls, 50.0 %", "structured, without request ID: 1"] {
        assert!(owners.iter().any(|text| text == said), "{said}: {owners:?}");
    }
    assert!(read(operations).contains(&"create".to_owned()));
    let matrix = read(matrix);
    assert_eq!(matrix[1..5], ["pod", "create", "50.0 %", "1 of 2"], "{matrix:?}");
    assert!(matrix[0].starts_with("Operations on resources"), "{matrix:?}");
    assert!(!page.contains("<script"));
}

#[test]
fn sarif_has_no_more_results_than_github_reads() {
    let sarif = valid_sarif(&many(13_000).run(["check", "-o", "sarif"]).expect(1).stdout);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 25_000);
    assert_eq!(sarif["runs"][0]["properties"]["leftOut"], 1000);
}

#[test]
fn fingerprints_outlive_line_drift() {
    let names = |checkout: &Checkout| -> Vec<String> {
        let sarif = valid_sarif(&checkout.run(["check", "-o", "sarif"]).expect(1).stdout);
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect()
    };
    let checkout = many(4);
    let before = names(&checkout);
    let path = "pkg/x, y: &'<z>/a.go";
    checkout.write(path, checkout.text(path).replace("func f", "// Here.\n\nfunc f"));
    assert_eq!(before, names(&checkout));
}

#[test]
fn annotations_are_ten_of_a_kind_at_most_and_harmless() {
    let text = many(30).run(["check", "-o", "github"]).expect(1).stdout;
    let of = |kind: &str| text.lines().filter(|line| line.starts_with(kind)).count();
    assert_eq!((of("::error "), of("::notice ")), (10, 1), "{text}");
    assert!(text.contains("::error title=klogmod::51 more"), "{text}");
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("::error file=pkg/x%2C y%3A &'<z>/a.go,line=6,"), "{first}");
    assert!(first.contains("%0A") && text.lines().all(|line| line.starts_with("::")), "{text}");
}

#[test]
fn a_summary_stays_below_one_mebibyte() {
    let text = many(20_000).run(["check", "-o", "markdown"]).expect(1).stdout;
    assert!(text.len() < 1 << 20 && text.len() > 500_000, "{}", text.len());
    assert!(text.contains("more are left out"), "no count");
    assert!(!text.contains("<z>"), "markup");
}

#[test]
fn xml_is_well_formed() {
    for checkout in [many(2), random(2).0, random(5).0] {
        let code = checkout.run(["check"]).code;
        let texts = all_formats(&checkout, &["check"], code);
        for format in ["junit", "cobertura"] {
            let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
            let document = roxmltree::Document::parse_with_options(&texts[format], options).unwrap();
            assert!(document.root_element().has_children(), "{format}");
        }
        let junit = roxmltree::Document::parse(&texts["junit"]).unwrap();
        let number =
            |node: &roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<usize>().unwrap();
        for suite in junit.descendants().filter(|node| node.has_tag_name("testsuite")) {
            let count = |name: &str| suite.descendants().filter(|node| node.has_tag_name(name)).count();
            assert_eq!(number(&suite, "tests"), count("testcase"));
            assert_eq!((number(&suite, "failures"), number(&suite, "errors")), (count("failure"), count("error")));
        }
    }
}

#[test]
fn a_spreadsheet_finds_no_formula() {
    let (checkout, _) = random(4);
    checkout.write("=cmd|' /C calc'!A0.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() { klog.Info(1) }\n");
    let text = checkout.run(["coverage", "-o", "csv"]).stdout;
    for line in text.lines().skip(1) {
        for field in line.split(',') {
            let bare = field.trim_matches('"');
            assert!(!bare.starts_with(['=', '+', '-', '@']), "{line}");
        }
    }
    assert!(text.contains("\"'=cmd|"), "{text}");
}

#[test]
fn suggestions_are_the_fix() {
    let checkout = gated();
    let text = checkout.text("pkg/a/a.go").replacen("\"Deleted pod\", \"pod\"", "\"Deleted pod\", \"the pod\"", 1);
    checkout.write("pkg/a/a.go", &text);
    let document: Value = serde_json::from_str(&checkout.run(["check", "-o", "rdjson"]).expect(1).stdout).unwrap();
    let finding = &document["diagnostics"][0];
    assert_eq!(finding["code"]["value"], "lint-key-name");
    let suggestion = &finding["suggestions"][0];
    let line = suggestion["range"]["start"]["line"].as_u64().unwrap() as usize;
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines[line - 1] = suggestion["text"].as_str().unwrap();
    checkout.run(["check", "--fix", "--allow-dirty"]).sane();
    assert_eq!(checkout.text("pkg/a/a.go"), lines.concat());
}
