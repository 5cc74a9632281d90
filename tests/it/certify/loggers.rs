//! Loggers that come from elsewhere than the line did, ask for another level on the way, or carry what they should not.

use super::{certified, reasons};

/// A file with a function that is given a context, a loop and a helper.
fn file(body: &str) -> String {
    format!(
        "package quay\n\nimport (\n\t\"context\"\n\t\"os\"\n\n\t\"example.com/hooks\"\n\t\"k8s.io/klog/v2\"\n)\n\n\
         type Crane struct {{\n\tname string\n\tlogger klog.Logger\n}}\n\n\
         func lift(ctx context.Context, crane *Crane, loads []string) {{\n{body}\n}}\n\n\
         func end() {{ os.Exit(1) }}\n\nfunc quiet() klog.Logger {{ return hooks.Logger() }}\n"
    )
}

/// The reasons for refusing a change of whole files.
#[track_caller]
fn refusals_of(old: &str, new: &str) -> Vec<String> {
    let (_, document) = certified(old, new);
    assert!(document["unread"].as_array().unwrap().is_empty(), "{new}\n{document:#}");
    let of_calls = document["calls"].as_array().unwrap().iter().flat_map(|call| reasons(&call["findings"]));
    let others = reasons(&document["others"]);
    let all = of_calls.chain(others);
    all.filter_map(|reason| reason.strip_prefix("refusal:").map(str::to_owned)).collect()
}

#[track_caller]
fn refused(old: &str, new: &str, want: &str) {
    let found = refusals_of(&file(old), &file(new));
    assert!(found.iter().any(|reason| reason == want), "{old}\n→ {new}: {want} is not among {found:?}");
}

#[track_caller]
fn kept(old: &str, new: &str) {
    assert_eq!(refusals_of(&file(old), &file(new)), Vec::<String>::new(), "{old}\n→ {new}");
}

const OLD: &str = "klog.Infof(\"lifting %s\", crane.name)";

/// The new call, on a logger that statements before it make.
fn on(before: &str, logger: &str) -> String {
    format!("{before}\n{logger}.Info(\"Lifting\", \"crane\", crane.name)")
}

#[test]
fn a_logger_comes_from_where_loggers_come_from() {
    for (before, logger) in [
        ("logger := klog.FromContext(ctx)", "logger"),
        ("logger := klog.Background().WithName(\"lift\")", "logger"),
        ("logger := klog.LoggerWithValues(klog.FromContext(ctx), \"loads\", len(loads))", "logger"),
        ("logger := klog.TODO()\nif len(loads) > 1 {\nlogger = logger.WithValues(\"loads\", loads)\n}", "logger"),
        ("ctx = klog.NewContext(ctx, klog.FromContext(ctx))\nlogger := klog.FromContext(ctx)", "logger"),
        ("", "klog.FromContext(ctx)"),
    ] {
        let old = match before.contains("if ") {
            true => format!("if len(loads) > 1 {{\n}}\n{OLD}"),
            false => OLD.to_owned(),
        };
        let found = refusals_of(&file(&old), &file(&on(before, logger)));
        assert!(
            !found.iter().any(|reason| reason.starts_with("logger") || reason == "level-changed"),
            "{before}: {found:?}"
        );
    }
    for made in [
        "func() klog.Logger { return klog.Background() }()",
        "func() klog.Logger { panic(\"none\") }()",
        "func(l klog.Logger) klog.Logger { return l.V(8) }(klog.FromContext(ctx))",
        "klog.LoggerWithValues(func() klog.Logger { return quiet() }())",
        "[]func() klog.Logger{quiet}[0]()",
        "func() func() klog.Logger { return quiet }()()",
    ] {
        refused(OLD, &on(&format!("logger := {made}"), "logger"), "logger-changed");
    }
    let old = "logger := klog.FromContext(ctx)\nlogger.Info(\"Lifting\", \"crane\", crane.name)\nklog.Info(\"done\")";
    let new = "logger := klog.FromContext(ctx)\nlogger.Info(\"Lifting\", \"crane\", crane.name)\n\
               logger = func() klog.Logger { return quiet() }()\nlogger.Info(\"Done\")";
    refused(old, new, "logger-changed");
}

#[test]
fn a_function_of_the_file_gives_what_it_gives() {
    let whole = |gives: &str, call: &str| {
        let helper = format!("func made() klog.Logger {{\n\treturn {gives}\n}}\n");
        format!(
            "package quay\n\nimport (\n\t\"github.com/go-logr/logr\"\n\t\"k8s.io/klog/v2\"\n)\n\nvar _ logr.Logger\n\n{helper}\n\
                 func lift(crane string) {{\n{call}\n}}\n"
        )
    };
    let given = |gives: &str| {
        let new = "logger := made()\nlogger.Info(\"Lifting\", \"crane\", crane)";
        refusals_of(&whole(gives, "klog.Infof(\"lifting %s\", crane)"), &whole(gives, new))
    };
    assert_eq!(given("klog.Background()"), Vec::<String>::new());
    assert_eq!(given("klog.TODO().WithName(\"lift\")"), Vec::<String>::new());
    assert!(given("klog.Background().V(5)").contains(&"level-changed".to_owned()));
    assert!(given("logr.Discard()").contains(&"logger-changed".to_owned()));
}

#[test]
fn levels_on_the_way_to_a_logger_count() {
    let levelled = "klog.V(4).Infof(\"lifting %s\", crane.name)";
    kept(levelled, &on("logger := klog.FromContext(ctx).V(4)", "logger"));
    kept(levelled, &on("logger := klog.FromContext(ctx)", "logger.V(4)"));
    for before in [
        "logger := klog.FromContext(ctx)\nlogger = klog.LoggerWithName(logger, \"crane\").V(5)",
        "logger := klog.FromContext(ctx)\nlogger = logger.V(2).V(2)",
        "logger := klog.FromContext(ctx).V(3)",
    ] {
        refused(OLD, &on(before, "logger"), "level-changed");
    }
    let both = |statement: &str| format!("for range loads {{\n{statement}\n}}");
    refused(&both(OLD), &format!("logger := klog.Background().V(4)\n{}", both(&on("", "logger"))), "level-changed");
}

#[test]
fn a_logger_that_is_handed_on_has_no_level_of_its_own() {
    let whole = |parameter: &str, argument: &str, call: &str| {
        format!(
            "package quay\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\n\
             func lift({parameter}name string) {{\n{call}\n}}\n\nfunc all(ctx context.Context) {{\n\tlift({argument}\"a\")\n}}\n"
        )
    };
    let old = whole("", "", "klog.Infof(\"lifting %s\", name)");
    let call = "logger.Info(\"Lifting\", \"name\", name)";
    let given = |argument: &str| refusals_of(&old, &whole("logger klog.Logger, ", argument, call));
    assert_eq!(given("klog.FromContext(ctx), "), Vec::<String>::new());
    assert!(given("klog.FromContext(ctx).V(5), ").contains(&"logger-altered".to_owned()));
    assert!(given("klog.Background().WithCallDepth(3), ").contains(&"logger-altered".to_owned()));
    assert!(
        given("klog.LoggerWithValues(klog.Background(), \"err\", \"none\"), ").contains(&"value-misnamed".to_owned())
    );
    let call = "logger := klog.FromContext(ctx)\nlogger.Info(\"Lifting\", \"name\", name)";
    let given = |argument: &str| refusals_of(&old, &whole("ctx context.Context, ", argument, call));
    assert_eq!(given("ctx, "), Vec::<String>::new());
    assert!(given("klog.NewContext(ctx, klog.Background().V(6)), ").contains(&"logger-altered".to_owned()));
    assert!(given("klog.NewContext(nil, klog.Background()), ").contains(&"logger-changed".to_owned()));
    let of_package = |made: &str| {
        let new = old.replace("klog.Infof(\"lifting %s\", name)", "logger.Info(\"Lifting\", \"name\", name)");
        refusals_of(&old, &format!("{new}\nvar logger = {made}\n"))
    };
    assert_eq!(of_package("klog.Background()"), Vec::<String>::new());
    assert!(of_package("klog.Background().V(4)").contains(&"logger-altered".to_owned()));
    assert!(of_package("func() klog.Logger { return klog.TODO() }()").contains(&"logger-changed".to_owned()));
}

#[test]
fn what_a_logger_carries_is_not_there_twice_and_does_not_pile_up() {
    let each = |statement: &str| {
        format!("logger := klog.FromContext(ctx)\nfor _, load := range loads {{\n{statement}\n}}\n_ = logger")
    };
    let old = each("klog.Infof(\"lifting %s\", load)");
    let call = "logger.Info(\"Lifting\")";
    refused(&old, &each(&format!("logger = logger.WithValues(\"load\", load)\n{call}")), "logger-grows");
    refused(&old, &each(&format!("logger = klog.LoggerWithValues(logger, \"load\", load)\n{call}")), "logger-grows");
    kept(&old, &each(&format!("logger := klog.LoggerWithValues(logger, \"load\", load)\n{call}")));
    for (before, want) in [
        ("logger := klog.LoggerWithValues(klog.Background(), \"crane\", crane.name)", "rule-broken"),
        ("logger := klog.Background().WithValues(\"a\", crane.name, \"a\", crane.name)", "rule-broken"),
        ("logger := klog.LoggerWithValues(klog.FromContext(ctx), \"err\", nil)", "value-misnamed"),
    ] {
        refused(OLD, &on(before, "logger"), want);
    }
}

#[test]
fn what_is_used_stays_imported() {
    let new = file(&on("", "klog.FromContext(ctx)"));
    assert_eq!(refusals_of(&file(OLD), &new), Vec::<String>::new());
    for gone in ["\t\"os\"\n", "\t\"context\"\n"] {
        assert_eq!(refusals_of(&file(OLD), &new.replacen(gone, "", 1)), ["other-code"]);
    }
    let old = file(&format!("for range loads {{\n{OLD}\n}}")).replace("{ os.Exit(1) }", "{ print(os.Args) }");
    let new = old.replace("\t\"os\"\n", "").replace("os.Args", "1");
    assert!(!refusals_of(&old, &new).is_empty());
}

#[test]
fn an_error_says_what_happened_and_a_pointer_what_it_points_at() {
    let whole = |call: &str| {
        format!(
            "package quay\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/hooks\"\n\t\"k8s.io/klog/v2\"\n)\n\n\
             func lift(hook *hooks.Hook, err error) {{\n\tif err != nil {{\n{call}\n\t}}\n\tfmt.Print(hook)\n}}\n"
        )
    };
    let old = whole("klog.Errorf(\"lifting crate failed: %v\", err)");
    let with = |error: &str| refusals_of(&old, &whole(&format!("klog.ErrorS({error}, \"Lifting crate failed\")")));
    assert_eq!(with("err"), Vec::<String>::new());
    for error in ["fmt.Errorf(\"no permission: %w\", err)", "fmt.Errorf(\"attempt 3 of 3: %w\", err)"] {
        assert!(with(error).contains(&"word-added".to_owned()), "{error}");
    }
    assert!(with("fmt.Errorf(\"%d\", err)").contains(&"error-lost".to_owned()));
    let old = whole("klog.Infof(\"lifting %q\", *hook.Name)");
    let with = |value: &str| refusals_of(&old, &whole(&format!("klog.InfoS(\"Lifting\", \"hook\", {value})")));
    assert_eq!(with("*hook.Name"), Vec::<String>::new());
    assert_eq!(with("hook.Name"), ["value-dropped"]);
}
