//! Messages that have the words of the old line and tell something else by them, and keys that say what their values are not.

use super::{certified, reasons};

fn file(body: &str) -> String {
    format!(
        "package shelf\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"time\"\n\n\t\"k8s.io/klog/v2\"\n)\n\n\
         type Box struct {{\n\tName, Namespace string\n\tSize int\n}}\n\n\
         func (b *Box) GetName() string      {{ return b.Name }}\nfunc (b *Box) GetNamespace() string {{ return b.Namespace }}\n\n\
         var _, _ = fmt.Sprint, time.Now\n\nfunc put(box *Box) {{}}\n\nfunc hand(logger klog.Logger) {{}}\n\n\
         func sealBox(ctx context.Context, box *Box, row, shelf, request string, count int, spent time.Duration, rows []string, err error) {{\n\
         \t_ = box.Name\n{body}\n}}\n"
    )
}

/// The reasons for refusing a change of the function.
fn refusals(old: &str, new: &str) -> Vec<String> {
    let (_, document) = certified(&file(old), &file(new));
    assert!(document["unread"].as_array().unwrap().is_empty(), "{new}\n{document:#}");
    let calls = document["calls"].as_array().unwrap().iter().flat_map(|call| reasons(&call["findings"]));
    let beside = reasons(&document["others"]);
    calls.chain(beside).filter_map(|reason| reason.strip_prefix("refusal:").map(str::to_owned)).collect()
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

/// A message in the place of another.
#[track_caller]
fn reworded(old: &str, new: &str) {
    refused(&format!("klog.Info({old:?})"), &format!("klog.InfoS({new:?})"), "message-changed");
}

#[test]
fn a_message_keeps_its_time() {
    reworded("Putting boxes onto the shelf", "Put boxes: putted onto the shelf");
    reworded("sending boxes to the shelf", "Sent boxes to the shelf");
    reworded("moved boxes to the shelf", "Moving boxes to the shelf");
    reworded("moved boxes to the shelf", "Will move boxes to the shelf");
    reworded("the shelf is full", "The shelf was full");
    kept("klog.Info(\"the shelf is full\")", "klog.InfoS(\"The shelf is full\")");
    kept("klog.Errorf(\"error moving box: %v\", err)", "klog.ErrorS(err, \"Failed to move box\")");
}

#[test]
fn a_message_keeps_its_order() {
    reworded("moving the last box of the shelf onto the truck", "Truck the onto shelf the of box last the moving");
    reworded("no label for the box of the shelf", "No box for the label of the shelf");
    reworded("boxes are moved from shelf to truck", "Boxes are moved of shelf to truck");
    reworded("box is sealed and shelf is full", "Box is sealed or shelf is full");
    kept("klog.Info(\"box was moved to the shelf\")", "klog.InfoS(\"Moved box to the shelf\")");
    kept("klog.Info(\"a box and a lid are gone\")", "klog.InfoS(\"A lid and a box are gone\")");
}

#[test]
fn a_message_is_whole() {
    reworded("waiting for 3 boxes of the row", "Waiting for boxes of the row");
    reworded("a row of the shelf has no boxes left", "has no boxes left, row of the shelf");
    for end in [":", " =", " -"] {
        reworded("moving the box", &format!("Moving the box{end}"));
    }
    refused(
        "klog.Infof(\"moving the box: %s\", row)",
        "klog.InfoS(\"Moving the box:\", \"row\", row)",
        "message-changed",
    );
    kept("klog.Infof(\"sealBox: called with args %v\", row)", "klog.InfoS(\"sealBox: called\", \"args\", row)");
}

#[test]
fn a_line_is_denied_or_fails_only_where_the_old_one_was() {
    let old = "klog.Error(\"only one of box and lid can be moved\")";
    refused(old, "klog.ErrorS(nil, \"Only one of box and lid can not be moved\")", "message-changed");
    refused(
        "klog.Infof(\"moving box %s\", row)",
        "klog.InfoS(\"Failed: moving box\", \"row\", row)",
        "message-changed",
    );
    refused("klog.Infof(\"%v already sealed\", row)", "klog.InfoS(\"Sealed\", \"row\", row)", "word-lost");
    kept("klog.Errorf(\"moving box: %v\", err)", "klog.ErrorS(err, \"Failed to move box\")");
}

#[test]
fn a_thing_stays_the_same_thing() {
    let old = "klog.Infof(\"adding port of node %s, node is full\", row)";
    refused(old, "klog.InfoS(\"Adding port of node, disk is full\", \"node\", row)", "word-added");
    let old = "klog.Infof(\"skip sealing box %s\", row)";
    refused(old, "klog.InfoS(\"Skip sealing box, ignoring it\", \"row\", row)", "word-added");
}

#[test]
fn what_was_misspelt_may_be_put_right() {
    for (old, new) in [("limts", "limits"), ("paring", "parsing"), ("recieving", "receiving"), ("occured", "occurred")]
    {
        kept(&format!("klog.Info(\"{old} of the shelf\")"), &format!("klog.InfoS(\"{new} of the shelf\")"));
    }
    for (old, new) in [("attaching", "detaching"), ("mounting", "unmounting"), ("loading", "leading")] {
        let found = refusals(&format!("klog.Info(\"{old} the shelf\")"), &format!("klog.InfoS(\"{new} the shelf\")"));
        assert!(!found.is_empty(), "{old} → {new}");
    }
}

#[test]
fn what_the_statements_beside_do_may_be_said() {
    kept("klog.Info(\"box\")\nput(box)", "klog.InfoS(\"Put box\")\nput(box)");
    kept("klog.Info(\"cleanup of boxes\")", "klog.InfoS(\"Cleaning up boxes\")");
    refused("klog.Info(\"box is there\")", "klog.InfoS(\"Put box is there\")", "word-added");
}

#[test]
fn a_value_is_written_so_that_it_can_be_read() {
    let of_count = |verb: &str| format!("klog.InfoS(\"Boxes\", \"count\", fmt.Sprintf(\"{verb}\", count))");
    for verb in ["%x", "%c", "%o", "%t", "%.0e"] {
        refused("klog.Infof(\"boxes %d\", count)", &of_count(verb), "value-dropped");
    }
    kept("klog.Infof(\"boxes %x\", count)", &of_count("%x"));
    kept("klog.Infof(\"boxes %d\", count)", &of_count("%d"));
    let of_row = |value: &str| format!("klog.InfoS(\"Row\", \"row\", {value})");
    for value in ["fmt.Sprintf(\"%x\", row)", "fmt.Sprintf(\"%d\", row)", "row+row", "row+\"-\"+row"] {
        refused("klog.Infof(\"row %s\", row)", &of_row(value), "value-dropped");
    }
    refused("klog.Infof(\"took %v\", spent)", "klog.InfoS(\"Took\", \"duration\", int64(spent))", "value-dropped");
    refused(
        "klog.Infof(\"boxes %d\", count)",
        "klog.InfoS(\"Boxes\", \"count\", time.Duration(count))",
        "value-dropped",
    );
    let old = "klog.Errorf(\"moving box: %v\", err)";
    refused(old, "klog.ErrorS(fmt.Errorf(\"%.0w\", err), \"Moving box failed\")", "error-lost");
}

#[test]
fn a_key_says_what_its_value_is() {
    let old = "klog.Infof(\"row %s of shelf %s\", row, shelf)";
    for (row, why) in [
        ("err", "an error"),
        ("shelfError", "an error"),
        ("rowCount", "a count"),
        ("failedRow", "how it fares"),
        ("request", "another"),
    ] {
        let new = format!("klog.InfoS(\"Row of shelf\", \"{row}\", row, \"shelf\", shelf)");
        assert!(refusals(old, &new).contains(&"value-misnamed".to_owned()), "{why}: {new}");
    }
    refused("klog.Infof(\"got %s\", request)", "klog.InfoS(\"Got\", \"response\", request)", "value-misnamed");
    refused("klog.Infof(\"took %v\", spent)", "klog.InfoS(\"Took\", \"timestamp\", spent)", "value-misnamed");
    kept("klog.Infof(\"rows: %d\", len(rows))", "klog.InfoS(\"Rows\", \"rowCount\", len(rows))");
    let old = "klog.Infof(\"box %s\", box.Name)";
    for reference in ["klog.KRef(box.Name, \"\")", "klog.KRef(box.Name, box.Name)"] {
        refused(old, &format!("klog.InfoS(\"Box\", \"box\", {reference})"), "object-mixed");
    }
}

#[test]
fn values_within_a_value_keep_their_names_and_their_order() {
    let old = "klog.Infof(\"row %s of shelf %s\", row, shelf)";
    let of = |value: &str| format!("klog.InfoS(\"Row of shelf\", \"details\", {value})");
    for value in [
        "fmt.Sprintf(\"row=%v shelf=%v\", shelf, row)",
        "struct{ row, shelf interface{} }{shelf, row}",
        "fmt.Sprint(row, shelf)",
        "row+shelf",
    ] {
        assert!(!refusals(old, &of(value)).is_empty(), "{value}");
    }
    let old = "klog.Infof(\"box %s/%s\", box.Namespace, box.Name)";
    let new = "klog.InfoS(\"Box\", \"box\", fmt.Sprintf(\"%s/%s\", box.GetName(), box.GetNamespace()))";
    refused(old, new, "value-swapped");
}

#[test]
fn keys_are_given_to_what_knows_them() {
    let old = "klog.Infof(\"moving box %s\", row)";
    for new in ["klog.Info(\"Moving box\", \"row\", row)", "klog.Infoln(\"Moving box\", \"row\", row)"] {
        refused(old, new, "pairs-printed");
    }
    kept(old, "klog.Info(\"moving box \", row)");
    refused("klog.Warning(\"shelf is full\")", "klog.Info(\"shelf is full\")", "severity-changed");
}

#[test]
fn a_level_may_be_asked_for_by_a_name() {
    let old = "if klog.V(5).Enabled() && count > 0 {\nklog.V(5).Infof(\"moving box %s\", row)\n}";
    kept(
        old,
        "logger := klog.FromContext(ctx)\nif l := logger.V(5); l.Enabled() && count > 0 {\nl.Info(\"Moving box\", \"row\", row)\n}",
    );
    let old = "if klog.V(5).Enabled() {\nklog.Infof(\"moving box %s\", row)\n}";
    kept(
        old,
        "logger := klog.FromContext(ctx)\nif l := logger.V(5); l.Enabled() {\nl.Info(\"Moving box\", \"row\", row)\n}",
    );
    refused(
        old,
        "logger := klog.FromContext(ctx)\nif l := logger.V(4); l.Enabled() {\nl.Info(\"Moving box\", \"row\", row)\n}",
        "condition-changed",
    );
}

#[test]
fn a_logger_at_a_level_is_not_handed_on_by_its_name() {
    let old = "klog.Info(\"moving box\")";
    let new = "logger := klog.FromContext(ctx)\nlogger.Info(\"Moving box\")";
    kept(old, new);
    let made = "logger := klog.FromContext(ctx)\nlouder := logger.V(5)\nlogger.Info(\"Moving box\")";
    refused(&format!("{old}\nhand(klog.Background())"), &format!("{made}\nhand(louder)"), "logger-altered");
}
