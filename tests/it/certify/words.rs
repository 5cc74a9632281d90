//! Words, keys and values by which a message would say something that the old line did not.

use super::{certified, reasons};

fn file(body: &str) -> String {
    format!(
        "package shelf\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"fmt\"\n\t\"time\"\n\n\t\"k8s.io/klog/v2\"\n)\n\n\
         type Box struct {{\n\tName, Namespace, Row string\n\tSize int\n\tLimit *int\n}}\n\n\
         var _, _ = errors.New(\"x\"), time.Now\n\nvar _ context.Context\n\n\
         func move(box, lid *Box, row, shelf string, count int, wait time.Duration, err, late error) {{\n\
         \t_ = fmt.Sprint(box.Name, lid.Name)\n{body}\n}}\n"
    )
}

/// The reasons for refusing a change of the function.
fn refusals(old: &str, new: &str) -> Vec<String> {
    let (_, document) = certified(&file(old), &file(new));
    assert!(document["unread"].as_array().unwrap().is_empty(), "{new}\n{document:#}");
    let calls = document["calls"].as_array().unwrap().iter();
    let all = calls.chain(document["others"].as_array().unwrap()).flat_map(|part| {
        let of_call = reasons_of(&part["findings"]);
        of_call.into_iter().chain(reasons_of(&serde_json::json!([part])))
    });
    all.filter_map(|reason| reason.strip_prefix("refusal:").map(str::to_owned)).collect()
}

fn reasons_of(findings: &serde_json::Value) -> Vec<String> {
    let is_one = |said: &&serde_json::Value| said["weight"].is_string();
    let said: Vec<_> = findings.as_array().into_iter().flatten().filter(is_one).cloned().collect();
    reasons(&serde_json::Value::Array(said)).into_iter().collect()
}

#[track_caller]
fn refused(old: &str, new: &str, want: &str) {
    let found = refusals(old, new);
    assert!(found.iter().any(|reason| reason == want), "{old}\n→ {new}: {want} is not among {found:?}");
}

#[track_caller]
fn kept(old: &str, new: &str) {
    assert_eq!(refusals(old, new), Vec::<String>::new(), "{old}\n→ {new}");
}

#[test]
fn no_word_of_a_message_comes_from_nowhere() {
    let old = "klog.Infof(\"putting box %s on shelf\", box.Name)";
    kept(old, "klog.InfoS(\"Putting box on shelf\", \"box\", box.Name)");
    for said in [
        "Putting box on shelf permanently",
        "Putting all on shelf",
        "Putting box on shelf again",
        "Putting box on table",
    ] {
        refused(old, &format!("klog.InfoS({said:?}, \"box\", box.Name)"), "word-added");
    }
    refused(old, "klog.InfoS(\"Putting box on shelf\", \"box\", box.Name, \"reason\", \"nightfall\")", "word-added");
    for pair in ["\"sealed\", true", "\"height\", 3", "\"way\", row+\"-x\""] {
        let new = format!("klog.InfoS(\"Putting box on shelf\", \"box\", box.Name, {pair})");
        refused(old, &new, "word-added");
    }
    kept(
        "klog.Infof(\"removing the last cpuset of row %s\", row)",
        "klog.InfoS(\"Removing the last CPU set of row\", \"row\", row)",
    );
    kept("klog.Infof(\"VA %s is there\", row)", "klog.InfoS(\"VolumeAttachment is there\", \"row\", row)");
}

#[test]
fn no_word_of_the_old_text_is_lost() {
    let old = "klog.Infof(\"carrying every box of shelf %s to another hall\", shelf)";
    kept(old, "klog.InfoS(\"Carrying every box to another hall\", \"shelf\", shelf)");
    for said in ["Carrying every box", "Box to another hall", "Carrying"] {
        refused(old, &format!("klog.InfoS({said:?}, \"shelf\", shelf)"), "word-lost");
    }
    refused(
        "klog.Infof(\"row %s is below height %d\", row, count)",
        "klog.InfoS(\"Row is at height\", \"row\", row, \"height\", count)",
        "word-lost",
    );
    kept("klog.Infof(\"move: carrying %s\", row)", "klog.InfoS(\"Carrying\", \"row\", row)");
}

#[test]
fn what_is_denied_and_what_is_done_to_what_stays() {
    refused(
        "klog.Info(\"box is packed but not sealed\")",
        "klog.InfoS(\"Box is not packed but sealed\")",
        "message-changed",
    );
    refused("klog.Info(\"moving pod to node\")", "klog.InfoS(\"Moving node to pod\")", "message-changed");
    kept("klog.Info(\"moving pod to node failed\")", "klog.InfoS(\"Failed to move pod to node\")");
}

#[test]
fn a_reference_is_of_one_object() {
    let old = "klog.Infof(\"box %s/%s under %s/%s\", box.Namespace, box.Name, lid.Namespace, lid.Name)";
    kept(
        old,
        "klog.InfoS(\"Box under\", \"box\", klog.KRef(box.Namespace, box.Name), \"lid\", klog.KRef(lid.Namespace, lid.Name))",
    );
    refused(
        old,
        "klog.InfoS(\"Box under\", \"box\", klog.KRef(lid.Namespace, box.Name), \"lid\", klog.KRef(box.Namespace, lid.Name))",
        "object-mixed",
    );
}

#[test]
fn values_within_values_keep_their_places() {
    let old = "klog.Infof(\"from %s to %s\", row, shelf)";
    kept(old, "klog.InfoS(\"From, to\", \"way\", fmt.Sprintf(\"%s-%s\", row, shelf))");
    for way in [
        "fmt.Sprintf(\"%s-%s\", shelf, row)",
        "[]string{shelf, row}",
        "map[string]string{\"row\": shelf, \"shelf\": row}",
    ] {
        refused(old, &format!("klog.InfoS(\"From, to\", \"way\", {way})"), "value-swapped");
    }
}

#[test]
fn a_key_counts_as_the_old_text_did() {
    let old = "klog.Infof(\"waited %d ms\", count)";
    kept(old, "klog.InfoS(\"Waited\", \"milliseconds\", count)");
    refused(old, "klog.InfoS(\"Waited\", \"waitedSeconds\", count)", "value-misnamed");
    let old = "klog.Infof(\"waited %v\", wait.Seconds())";
    kept(old, "klog.InfoS(\"Waited\", \"seconds\", wait.Seconds())");
    refused(old, "klog.InfoS(\"Waited\", \"milliseconds\", wait.Seconds())", "value-misnamed");
}

#[test]
fn a_key_names_what_its_value_is() {
    let old = "klog.Infof(\"row %s of %d\", row, count)";
    kept(old, "klog.InfoS(\"Row\", \"row\", row, \"count\", count)");
    for key in ["node", "rowUID", "hash"] {
        refused(old, &format!("klog.InfoS(\"Row\", {key:?}, row, \"count\", count)"), "value-misnamed");
    }
    refused(old, "klog.InfoS(\"Row\", row, \"row\", \"count\", count)", "rule-broken");
    refused("klog.Infof(\"sealed %v\", box.Size)", "klog.InfoS(\"Sealed\", \"unsealed\", box.Size)", "value-misnamed");
    refused("klog.Infof(\"row %s\", row)", "klog.InfoS(\"Row\", \"oldRow\", row)", "value-misnamed");
}

#[test]
fn an_address_is_no_value() {
    let old = "klog.Infof(\"box %v, row %s\", box, row)";
    kept(old, "klog.InfoS(\"Box\", \"box\", box, \"row\", row)");
    for row in ["&row", "fmt.Sprintf(\"%p\", &row)", "[]interface{}{&row}"] {
        refused(old, &format!("klog.InfoS(\"Box\", \"box\", box, \"row\", {row})"), "value-dropped");
    }
    refused(old, "klog.InfoS(\"Box\", \"box\", fmt.Sprintf(\"%p\", box), \"row\", row)", "value-dropped");
    kept("klog.Infof(\"box %p\", box)", "klog.InfoS(\"Box\", \"box\", fmt.Sprintf(\"%p\", box))");
    refused("klog.Infof(\"limit %d\", *box.Limit)", "klog.InfoS(\"Limit\", \"limit\", box.Limit)", "value-dropped");
    refused("klog.Infof(\"count %d\", count)", "klog.InfoS(\"Count\", \"count\", string(count))", "value-dropped");
}

#[test]
fn a_logger_has_no_other_name_and_whole_pairs() {
    let old = "klog.Infof(\"moving %s\", row)";
    kept(old, "klog.LoggerWithName(klog.Background(), \"move\").Info(\"Moving\", \"row\", row)");
    refused(old, "klog.LoggerWithName(klog.Background(), \"cellar\").Info(\"Moving\", \"row\", row)", "logger-name");
    refused(old, "klog.Background().WithName(\"cellar\").Info(\"Moving\", \"row\", row)", "logger-name");
    refused(old, "klog.Background().WithValues(\"shelf\").Info(\"Moving\", \"row\", row)", "rule-broken");
}

#[test]
fn what_is_printed_last_is_written() {
    let old = "klog.Fatalf(\"no row: %v\", err)";
    kept(old, "klog.ErrorS(err, \"No row\")\nklog.FlushAndExit(klog.ExitFlushTimeout, 1)");
    refused(old, "klog.ErrorS(err, \"No row\")\nklog.FlushAndExit(0, 1)", "exit-hasty");
    refused(old, "klog.ErrorS(err, \"No row\")\nklog.FlushAndExit(klog.ExitFlushTimeout, 7)", "exit-changed");
}

#[test]
fn an_error_is_not_made_up() {
    let old = "klog.Error(\"no row is free\")";
    refused(old, "klog.ErrorS(errors.New(\"out of memory\"), \"No row is free\")", "error-added");
    let old = "klog.Errorf(\"no row: %v\", err)";
    kept(old, "klog.ErrorS(err, \"No row\")");
    refused(old, "klog.ErrorS(err, \"No row\", \"cause\", late)", "error-added");
    refused(old, "klog.ErrorS(fmt.Errorf(\"flood: %w\", err), \"No row\")", "word-added");
}

#[test]
fn a_line_is_printed_once_and_where_it_was() {
    let old = "klog.Infof(\"moving %s\", row)";
    refused(old, &format!("{old}\nklog.InfoS(\"Moving\", \"row\", row)"), "call-twice");
    let (run, document) = certified(&file(old), &file(&format!("//line other.go:7\n{old}")));
    assert_eq!(run.code, 1, "{document:#}");
}
