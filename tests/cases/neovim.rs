//! The language server with a real editor: Neovim without a screen, with the lines of docs/editors.md for its settings.

use crate::common;

use std::process::Command;

use libtest_mimic::{Failed, Trial};

use common::checkout::{Checkout, isolate};
use common::repository;

use crate::needs::{self, Need};

const SOURCE: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(name, pod string) {\n\tklog.Infof(\"Started worker %s\", name)\n\tklog.Errorf(\"Lost pod %s\", pod)\n}\n\nfunc g() {}\n";

/// One session.
pub fn trials() -> Vec<Trial> {
    vec![needs::test("neovim::a_session".to_owned(), &[Need::Program("nvim")], session)]
}

/// The first Lua of the documentation.
fn settings() -> String {
    let text = std::fs::read_to_string(repository().join("docs/editors.md")).unwrap();
    let (_, rest) = text.split_once("```lua\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

fn session() -> Result<(), Failed> {
    let checkout =
        Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.100.1\n"), ("a.go", SOURCE)]);
    let home = Checkout::with([("init.lua", settings())]);
    let bin = home.join("bin");
    std::fs::create_dir_all(&bin)?;
    let server = format!("#!/bin/sh\nexec {} \"$@\" --edits=s\n", env!("CARGO_BIN_EXE_klogmod"));
    home.write("bin/klogmod", server);
    let executable: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bin.join("klogmod"), executable)?;
    let mut command = Command::new("nvim");
    isolate(&mut command, checkout.path());
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&paths)))?;
    command.env("PATH", path).env("HOME", home.path()).env("KLOGMOD_SEEN", home.join("seen.json"));
    let script = repository().join("tests/editor/session.lua");
    command.args(["--headless", "-n", "-i", "NONE", "-u"]).arg(home.join("init.lua")).arg("-S").arg(script);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let seen = std::fs::read(home.join("seen.json")).map_err(|error| format!("{error}: {said}"))?;
    let seen: serde_json::Value = serde_json::from_slice(&seen)?;
    if let Some(failed) = seen["failed"].as_str() {
        return Err(format!("{failed}\n{said}").into());
    }
    let place = |at: usize| (seen["findings"][at][0].as_u64(), seen["findings"][at][1].as_u64());
    assert_eq!((place(0), place(1)), ((Some(5), Some(1)), (Some(6), Some(1))), "{seen}");
    let hover = seen["hover"].as_str().unwrap_or_default();
    assert!(hover.contains("+ klog.InfoS") && hover.contains("before I"), "{hover}");
    let text = seen["text"].as_str().unwrap_or_default();
    let typed = SOURCE.replace("\nfunc g", "\n\nfunc h(n int) {\n\tklog.Warningf(\"Late by %d\", n)\n}\nfunc g");
    let lines = typed.lines().zip(text.lines()).filter(|(was, is)| was != is).collect::<Vec<_>>();
    assert!(matches!(lines.as_slice(), [(_, is)] if is.starts_with("\tklog.InfoS(\"Started worker\", ")), "{text}");
    assert_eq!(typed.lines().count(), text.lines().count(), "{text}");
    assert!(checkout.text("klogmod.decisions.toml").contains("rejected"), "the decision is written");
    assert_eq!(checkout.text("a.go"), SOURCE, "nothing was saved");
    Ok(())
}
