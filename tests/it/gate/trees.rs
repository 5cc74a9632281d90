//! Random trees: every kind of call, in files and directories of any kind, with owners, decisions and rules.

use crate::common::checkout::Checkout;

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}

const CALLS: [&str; 17] = [
    "klog.Infof(\"Started worker %s\", name)",
    "klog.V(4).Infof(\"Started worker %s in %d ms\", name, count)",
    "klog.Errorf(\"Failed to start: %v\", err)",
    "klog.Warning(\"No worker \", name)",
    "klog.Fatalf(\"No worker: %v\", err)",
    "klog.Infof(name)",
    "klog.Infof(\"%d workers\", name, count, err)",
    "klog.Info()",
    "klog.InfoS(\"Started worker\", \"worker\", name)",
    "klog.InfoS(\"Started worker\", \"worker\", name, \"requestID\", requestid.FromContext(ctx))",
    "klog.ErrorS(err, \"Failed to start\", \"requestID\", name)",
    "klog.V(2).InfoS(\"Started worker\", \"bad key\", name, \"worker\")",
    "klog.Infof(\"Kept %s\", name) //klogmod:ignore the tests want it",
    "klog.InfoS(\"Started %s\", \"name\", name) //klogmod:ignore so it is",
    "retry(klog.Warningf)",
    "klog.FromContext(ctx).Info(\"Started worker\", \"worker\", name)",
    "klog.Infof(\"Two %d\", count); klog.InfoS(\"Two\", \"requestID\", name, \"requestID\", name)",
];
const DIRS: [&str; 8] =
    ["", "pkg/kubelet/", "pkg/proxy/", "cmd/agent/", "staging/src/k8s.io/api/x/", "pkg/a b/", "pkg/=1+1/", "vendor/v/"];

const PATHS: &str = "[[operation]]
operations = [\"create\"]
resources = [\"pod\"]
functions = [\"example.com/m/pkg/kubelet.f0\", \"example.com/m.f0\"]

[[callgraph.batch]]
reason = \"all at once\"
functions = [\"example.com/m/pkg/kubelet.f1\", \"example.com/m/cmd/agent.f0\", \"example.com/m.f1\"]
";

fn file(dice: &mut Dice) -> String {
    let mut text =
        "package a\n\nimport (\n\t\"context\"\n\t\"example.com/m/internal/requestid\"\n\t\"k8s.io/klog/v2\"\n)\n"
            .to_owned();
    for function in 0..1 + dice.below(3) {
        text.push_str(&format!("\nfunc f{function}(ctx context.Context, name string, count int, err error) {{\n"));
        for _ in 0..dice.below(5) {
            text.push_str(&format!("\t{}\n", dice.pick(&CALLS)));
        }
        text.push_str("}\n");
    }
    if dice.below(9) == 0 {
        text.push_str("\nfunc {\n");
    }
    text
}

/// A tree, its configuration, and whether something in it cannot be analysed.
pub fn random(seed: u64) -> (Checkout, bool) {
    let mut dice = Dice::new(seed);
    let checkout = Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n")]);
    let mut broken = false;
    for number in 0..2 + dice.below(9) {
        let (dir, text) = (*dice.pick(&DIRS), file(&mut dice));
        broken |= text.ends_with("func {\n") && !dir.starts_with("vendor");
        checkout.write(format!("{dir}f{number}.go"), text);
    }
    for dir in ["", "pkg/", "pkg/kubelet/"] {
        if dice.below(2) == 0 {
            let text = format!("approvers:\n- ann\nlabels:\n- sig/{}\n", dice.pick(&["node", "network"]));
            checkout.write(format!("{dir}OWNERS"), text);
        }
    }
    if dice.below(3) == 0 {
        let scope = *dice.pick(&["[scope]\nexclude = [\"pkg/proxy\"]\n", PATHS]);
        checkout.write("klogmod.toml", scope);
        broken = false;
        let run = checkout.run(["coverage", "-o", "badge"]);
        broken |= run.code == 3;
    }
    if dice.below(2) == 0 {
        let pattern = *dice.pick(&["pkg/**", "*.go", "cmd/**"]);
        checkout.run(["reject", "--path", pattern, "--reason", "=not ours"]).sane();
    }
    (checkout, broken)
}
