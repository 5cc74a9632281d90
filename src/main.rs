//! temporary
use klogmod::{pipeline::*, rule::*, walk::*, rewrite::*};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let rules = RuleSet::builtin().unwrap();
    let root = Root::find(&[a[1].clone().into()], None).unwrap();
    let o = Options { root, tests: false, exclude: vec![], edits: Edits{structural:true, request_id:false}, klog_version: a.get(2).map(|v| v.parse().unwrap()), declined: true, runtime: None, key: None, threads: 0 };
    let p = plan(&o, &rules, &|_,_|{}).unwrap();
    let mut counts = std::collections::BTreeMap::new();
    for s in p.sites() {
        *counts.entry(format!("{:?}", s.site.class)).or_insert(0) += 1;
        let k = match &s.outcome { Outcome::Fix(f) => format!("fix {:?}", f.applicability), Outcome::Skip(s) => format!("skip {:?}", s.reason), Outcome::Suppressed(_) => "suppressed".into(), Outcome::Structured => "structured".into() };
        *counts.entry(k).or_insert(0) += 1;
        if let Outcome::Fix(f) = &s.outcome {
            println!("{}", serde_json::json!({"path": &*s.site.path, "line": s.site.position.line, "col": s.site.position.col, "after": f.after}));
        }
    }
    eprintln!("{counts:#?} {:?} {}", p.left_alone, p.read);
    for d in &p.diagnostics { eprintln!("{d}"); }
}
