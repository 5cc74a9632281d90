//! Kinds of changes that keep every name and say something else: each has its reason, and what only looks like one has none.

use std::collections::BTreeSet;

use super::{certified, reasons};

/// A file with a function that has something to log.
fn file(body: &str) -> String {
    format!(
        "package a\n\nimport (\n\t\"fmt\"\n\t\"reflect\"\n\n\t\"k8s.io/klog/v2\"\n)\n\ntype Share struct {{\n\tName, Zone string\n\tSize int\n\
         \tBackup *Share\n}}\n\nfunc (s *Share) GenerateMsgDetailed(what, more string) string {{ return what + s.Name + more }}\n\n\
         func label(name, zone string) string {{ return name + zone }}\n\nfunc probe(zone string) error {{ return nil }}\n\n\
         func grow(share *Share, full bool, oldSize, newSize int, limit *int, zone string, held interface{{}}) {{\n\
         \t_, _ = fmt.Sprint(share.Name), reflect.TypeOf(held)\n{body}\n}}\n"
    )
}

/// The reasons of all calls for refusing a change.
#[track_caller]
fn refusals(old: &str, new: &str) -> BTreeSet<String> {
    let (_, document) = certified(&file(old), &file(new));
    assert_eq!(document["others"].as_array().unwrap().len(), 0, "{old} → {new}\n{document:#}");
    assert_eq!(document["unread"].as_array().unwrap().len(), 0, "{old} → {new}\n{document:#}");
    let calls = document["calls"].as_array().unwrap().iter();
    calls
        .flat_map(|call| reasons(&call["findings"]))
        .filter_map(|reason| reason.strip_prefix("refusal:").map(str::to_owned))
        .collect()
}

#[track_caller]
fn refused(old: &str, new: &str, want: &str) {
    let found = refusals(old, new);
    assert!(found.contains(want), "{old}\n→ {new}: {want} is not among {found:?}");
}

#[track_caller]
fn kept(old: &str, new: &str) {
    assert_eq!(refusals(old, new), BTreeSet::new(), "{old}\n→ {new}");
}

/// Two branches, each with its statement.
fn branches(first: &str, second: &str) -> String {
    format!("if full {{\n{first}\n}} else {{\n{second}\n}}")
}

/// Two cases of a switch, each with its statement.
fn cases(first: &str, second: &str) -> String {
    format!("switch zone {{\ncase \"north\":\n{first}\ncase \"south\":\n{second}\n}}")
}

/// Two statements, one behind the other.
fn lines(first: &str, second: &str) -> String {
    format!("{first}\n{second}")
}

#[test]
fn messages_of_two_calls_stay_where_they_were() {
    for place in [branches, cases, lines] {
        for (olds, news) in [
            (
                [
                    r#"klog.Infof("growing share %s", share.Name)"#,
                    r#"klog.Infof("leaving share %s alone", share.Name)"#,
                ],
                [
                    r#"klog.InfoS("Growing share", "share", share.Name)"#,
                    r#"klog.InfoS("Leaving share alone", "share", share.Name)"#,
                ],
            ),
            (
                [r#"klog.Warning("quota is reached")"#, r#"klog.Warning("quota is not reached")"#],
                [r#"klog.InfoS("Quota is reached")"#, r#"klog.InfoS("Quota is not reached")"#],
            ),
            (
                [
                    r#"klog.V(4).Infof("mirrored %s to %s", share.Name, zone)"#,
                    r#"klog.V(4).Infof("dropped mirror of %s in %s", share.Name, zone)"#,
                ],
                [
                    r#"klog.V(4).InfoS("Mirrored share", "share", share.Name, "zone", zone)"#,
                    r#"klog.V(4).InfoS("Dropped mirror", "share", share.Name, "zone", zone)"#,
                ],
            ),
        ] {
            kept(&place(olds[0], olds[1]), &place(news[0], news[1]));
            refused(&place(olds[0], olds[1]), &place(news[1], news[0]), "message-swapped");
        }
    }
    // Wordings may change, and two calls may come to say the same.
    let old = lines(r#"klog.Infof("cannot mirror %s", share.Name)"#, r#"klog.Infof("zone of %s is gone", share.Name)"#);
    let new = lines(
        r#"klog.InfoS("Failed to mirror share", "share", share.Name)"#,
        r#"klog.InfoS("Zone disappeared, share cannot be mirrored", "share", share.Name)"#,
    );
    // What the second says beside is another matter.
    assert_eq!(refusals(&old, &new).into_iter().collect::<Vec<_>>(), ["word-added"]);
    kept(&old, &new.replace("disappeared, share cannot be mirrored", "of share disappeared"));
}

#[test]
fn constants_keep_their_values() {
    for (old, new) in [
        (r#"klog.Infof("waiting %d rounds", 5)"#, r#"klog.InfoS("Waiting", "rounds", 6)"#),
        (r#"klog.Infof("mode %s", "thin")"#, r#"klog.InfoS("Mode", "mode", "thick")"#),
        (r#"klog.InfoS("Waiting", "rounds", 5)"#, r#"klog.InfoS("Waiting", "rounds", 6)"#),
        (r#"klog.InfoS("Grown", "mode", "a")"#, r#"klog.InfoS("Grown", "mode", "b")"#),
        (r#"klog.InfoS("Grown", "again", true)"#, r#"klog.InfoS("Grown", "again", false)"#),
        (r#"klog.InfoS("Grown", "first", 1, "second", 2)"#, r#"klog.InfoS("Grown", "first", 2, "second", 1)"#),
        (r#"klog.InfoS("Grown", "rate", 0.5)"#, r#"klog.InfoS("Grown", "rate", 0.25)"#),
    ] {
        refused(old, new, "value-dropped");
    }
    for (old, new) in [
        (r#"klog.Infof("waiting %d rounds", 5)"#, r#"klog.InfoS("Waiting", "rounds", 5)"#),
        (r#"klog.Infof("waiting %d rounds", 5)"#, r#"klog.InfoS("Waiting 5 rounds")"#),
        (r#"klog.Infof("share is %s", "thin")"#, r#"klog.InfoS("Share is thin")"#),
        (r#"klog.InfoS("Grown", "mode", "a")"#, r#"klog.InfoS("Grown", "kind", "a")"#),
    ] {
        kept(old, new);
    }
}

#[test]
fn a_value_stands_under_no_key_that_says_the_opposite() {
    let old = r#"klog.Infof("size goes from %d to %d", oldSize, newSize)"#;
    refused(old, r#"klog.InfoS("Size changes", "oldSize", newSize, "newSize", oldSize)"#, "value-swapped");
    refused(old, r#"klog.InfoS("Size changes", "newSize", oldSize, "oldSize", newSize)"#, "value-misnamed");
    refused(r#"klog.Infof("size was %d", oldSize)"#, r#"klog.InfoS("Size was", "newSize", oldSize)"#, "value-misnamed");
    kept(old, r#"klog.InfoS("Size changes", "oldSize", oldSize, "newSize", newSize)"#);
    kept(old, r#"klog.InfoS("Size changes", "from", oldSize, "to", newSize)"#);
    kept(r#"klog.Infof("size is %d", share.Size)"#, r#"klog.InfoS("Size", "newSize", share.Size)"#);
}

#[test]
fn a_type_is_no_value() {
    let typed = r#"klog.Infof("holding a %T", held)"#;
    let valued = r#"klog.Infof("holding %v", held)"#;
    refused(typed, r#"klog.InfoS("Holding", "held", held)"#, "value-dropped");
    refused(valued, r#"klog.InfoS("Holding", "held", fmt.Sprintf("%T", held))"#, "value-dropped");
    refused(valued, r#"klog.InfoS("Holding", "held", reflect.TypeOf(held))"#, "value-dropped");
    kept(typed, r#"klog.InfoS("Holding", "type", fmt.Sprintf("%T", held))"#);
    kept(typed, r#"klog.InfoS("Holding", "type", reflect.TypeOf(held))"#);
    kept(valued, r#"klog.InfoS("Holding", "held", fmt.Sprintf("%v", held))"#);
}

#[test]
fn a_pointer_to_a_number_is_no_number() {
    let old = "if limit != nil {\nklog.Infof(\"at most %d\", *limit)\n}";
    refused(old, "if limit != nil {\nklog.InfoS(\"At most\", \"limit\", limit)\n}", "value-dropped");
    kept(old, "if limit != nil {\nklog.InfoS(\"At most\", \"limit\", *limit)\n}");
}

#[test]
fn what_is_made_of_values_is_shown_by_them_and_what_is_looked_up_is_not() {
    let made = r#"klog.Infof("on %s", label(share.Name, zone))"#;
    kept(made, r#"klog.InfoS("There", "share", share.Name, "zone", zone)"#);
    refused(made, r#"klog.InfoS("There", "share", share.Name)"#, "value-dropped");
    let failed = "if err := probe(zone); err != nil {\nklog.Errorf(\"probing %s failed: %v\", zone, err)\n}";
    let lost = "if err := probe(zone); err != nil {\nklog.ErrorS(nil, \"Probing failed\", \"zone\", zone)\n}";
    refused(failed, lost, "error-lost");
    let method = r#"klog.Info(share.GenerateMsgDetailed("growing", ""))"#;
    kept(method, r#"klog.InfoS("Growing", "share", share.Name)"#);
    refused(method, r#"klog.InfoS("Growing")"#, "value-dropped");
}

#[test]
fn one_value_under_two_keys_is_one_too_many() {
    let old = r#"klog.Infof("share %s", share.Name)"#;
    refused(old, r#"klog.InfoS("Share", "share", share.Name, "zone", share.Name)"#, "value-twice");
    let old = r#"klog.Infof("share %s in place of %s", zone, zone)"#;
    kept(old, r#"klog.InfoS("Share in place", "share", zone, "zone", zone)"#);
}

#[test]
fn a_context_that_a_condition_hands_on_is_no_other_condition() {
    let within = |given: &str, statement: &str| {
        format!(
            "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc probe({given}zone string) error {{ return nil }}\n\n\
                 func grow(ctx context.Context, zone string) {{\n\tif err := probe({}zone); err != nil {{\n\t\t{statement}\n\t}}\n}}\n",
            if given.is_empty() { "" } else { "ctx, " }
        )
    };
    let old = within("", r#"klog.Errorf("no %s: %v", zone, err)"#);
    let new = within("ctx context.Context, ", r#"klog.FromContext(ctx).Error(err, "None", "zone", zone)"#);
    let (run, document) = certified(&old, &new);
    assert_eq!(run.code, 0, "{document:#}");
    let (run, document) = certified(&old, &new.replace("ctx, zone)", "ctx, \"\")"));
    assert_eq!(run.code, 1, "{document:#}");
}

#[test]
fn a_message_says_no_other_thing() {
    for (old, new) in [
        (r#"klog.Errorf("failed to grow %s", zone)"#, r#"klog.ErrorS(nil, "Succeeded to grow", "zone", zone)"#),
        (r#"klog.Infof("attaching %s", zone)"#, r#"klog.InfoS("Detaching zone", "zone", zone)"#),
        (r#"klog.Infof("%s is not mirrored", zone)"#, r#"klog.InfoS("Zone is mirrored", "zone", zone)"#),
        (r#"klog.Infof("quota of %s holds", zone)"#, r#"klog.InfoS("Quota never holds", "zone", zone)"#),
        (r#"klog.Infof("quota of %s holds", zone)"#, r#"klog.InfoS("Backups verified", "zone", zone)"#),
        (r#"klog.Infof("quota of %s holds", zone)"#, "klog.InfoS(\"Quota \u{202e}holds\", \"zone\", zone)"),
        (r#"klog.Infof("quota of %s holds", zone)"#, "klog.InfoS(\"Quot\u{430} holds\", \"zone\", zone)"),
    ] {
        refused(old, new, "message-changed");
    }
    for (old, new) in [
        (r#"klog.Errorf("could not grow %s", zone)"#, r#"klog.ErrorS(nil, "Failed to grow", "zone", zone)"#),
        (r#"klog.Errorf("growing %s", zone)"#, r#"klog.ErrorS(nil, "Could not grow", "zone", zone)"#),
        (r#"klog.Infof("%s isn't there", zone)"#, r#"klog.InfoS("Zone is missing", "zone", zone)"#),
        (r#"klog.Infof("zone: %s", zone)"#, r#"klog.InfoS("Got zone", "zone", zone)"#),
    ] {
        kept(old, new);
    }
}

#[test]
fn a_part_of_a_value_is_not_the_value() {
    for (old, new) in [
        (r#"klog.Infof("%d sizes", len(zone))"#, r#"klog.InfoS("Sizes", "zone", zone)"#),
        (r#"klog.Infof("size %d", newSize)"#, r#"klog.InfoS("Size", "size", int8(newSize))"#),
        (r#"klog.Infof("zone %s", zone)"#, r#"klog.InfoS("Zone", "zone", fmt.Sprintf("%.0s", zone))"#),
        (r#"klog.Infof("zone %s", zone)"#, r#"klog.InfoS("Zone", "zone", fmt.Sprintf("zone", zone))"#),
    ] {
        refused(old, new, "value-dropped");
    }
    kept(r#"klog.Infof("size %d", newSize)"#, r#"klog.InfoS("Size", "size", int64(newSize))"#);
    let old = r#"klog.Infof("share %s/%s", share.Zone, share.Name)"#;
    kept(old, r#"klog.InfoS("Share", "share", klog.KRef(share.Zone, share.Name))"#);
    let old = "name, namespace := share.Name, share.Zone\nklog.Infof(\"share %s/%s\", namespace, name)";
    let new = "name, namespace := share.Name, share.Zone\nklog.InfoS(\"Share\", \"share\", klog.KRef(name, namespace))";
    refused(old, new, "value-swapped");
}

#[test]
fn a_logger_prints_where_the_old_line_did() {
    let old = r#"klog.V(2).Infof("growing %s", zone)"#;
    let on = |logger: &str| format!("{logger}.Info(\"Growing\", \"zone\", zone)");
    kept(old, &on("klog.Background().V(2)"));
    refused(old, &on("(klog.Logger{}).V(2)"), "logger-changed");
    refused(old, &on("klog.FromContext(elsewhere).V(2)"), "logger-changed");
    refused(old, &on("klog.Background().V(1).V(2)"), "level-changed");
    refused(old, &on("klog.Background().V(2).WithCallDepth(1)"), "depth-changed");
    refused(old, &on("klog.Background().V(2).WithValues(\"first\", share.Backup.Name)"), "new-evaluation");
}
