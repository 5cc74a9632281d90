//! Threads and shards change nothing.

use super::trees::{Dice, random};
use crate::common::checkout::Checkout;

const KINDS: [&str; 4] = ["json", "csv", "sarif", "html"];

fn outputs(checkout: &Checkout, args: &[String], code: i32) -> Vec<String> {
    KINDS
        .map(|kind| {
            let mut args = args.to_vec();
            args.extend(["--output".to_owned(), kind.to_owned()]);
            checkout.run(&args).expect(code).stdout
        })
        .to_vec()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[test]
fn threads_change_nothing() {
    for seed in 1..=6 {
        let (checkout, broken) = random(seed);
        let code = if broken { 3 } else { 0 };
        let one = outputs(&checkout, &words("coverage -j 1"), code);
        assert_eq!(one, outputs(&checkout, &words("coverage -j 2"), code), "seed {seed}");
        assert_eq!(one, outputs(&checkout, &words("coverage --shard 1/1"), code), "seed {seed}");
    }
}

#[test]
fn shards_in_any_order_and_grouping_are_the_whole() {
    for seed in 1..=8 {
        let (checkout, broken) = random(seed);
        checkout.commit();
        let code = if broken { 3 } else { 0 };
        let whole = outputs(&checkout, &words("coverage"), code);
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(format!("{name}.json")).display().to_string();
        let mut names: Vec<String> = (1..=7).map(|number| path(&number.to_string())).collect();
        for number in 1..=7 {
            let run =
                checkout.run(words(&format!("coverage --shard {number}/7 -o json={}", path(&number.to_string()))));
            assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
        }
        let mut dice = Dice::new(seed);
        for _ in 0..3 {
            for at in (1..names.len()).rev() {
                names.swap(at, dice.below(at + 1));
            }
            let split = 1 + dice.below(5);
            let part = path("part");
            let mut args = words("merge");
            args.extend(names[..=split].iter().cloned().chain(words(&format!("-o json={part}"))));
            checkout.run(&args).expect(3);
            let mut args = words("merge");
            args.extend(names[split + 1..].iter().cloned().chain([part]));
            assert_eq!(whole, outputs(&checkout, &args, code), "seed {seed}");
        }
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let (checkout, _) = random(1);
    checkout.commit();
    let json = |name: &str, args: &str| {
        let path = checkout.join(format!("../{}-{name}.json", checkout.path().file_name().unwrap().to_string_lossy()));
        checkout.run(words(&format!("{args} -o json={}", path.display()))).sane();
        path.display().to_string()
    };
    let one = json("one", "coverage --shard 1/2");
    let two = json("two", "coverage --shard 2/2");
    let tests = json("tests", "coverage --shard 2/2 --tests");
    let third = json("third", "coverage --shard 2/3");
    checkout.write("rules/scope.toml", "[suppress]\nothers = [\"nolint:other\"]\n");
    let rules = json("rules", "coverage --shard 2/2 --rules rules");
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "More"]);
    let revision = json("revision", "coverage --shard 2/2");
    let mut version: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&two).unwrap()).unwrap();
    version["version"] = "9.9.9".into();
    let newer = one.replace("one.json", "newer.json");
    std::fs::write(&newer, version.to_string()).unwrap();
    for (other, word) in [
        (&tests, "settings"),
        (&third, "shards"),
        (&rules, "rules"),
        (&revision, "revisions"),
        (&newer, "versions"),
        (&one, "repeats shard 1/2"),
    ] {
        let run = checkout.run(["merge", &one, other]).expect(2);
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    let half = checkout.run(["merge", &one]).expect(3);
    assert!(
        half.stderr.contains("shards 2 of 2 are missing") && half.stdout.contains("shards 1 of 2 only"),
        "{half:?}"
    );
    checkout.run(["coverage", "--shard", "0/2"]).expect(2);
    for path in [one, two, tests, third, rules, revision, newer] {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_file_stays_in_its_shard() {
    let (checkout, _) = random(3);
    let files = |checkout: &Checkout| -> Vec<String> {
        let json = checkout.run(["coverage", "--shard", "2/3", "-o", "json"]).json();
        json["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect()
    };
    let before = files(&checkout);
    for number in 0..9 {
        checkout
            .write(format!("aaa{number}.go"), "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc g() { klog.Info(1) }\n");
    }
    let after = files(&checkout);
    assert!(before.iter().all(|path| after.contains(path)), "{before:?} {after:?}");
}
