//! What bodies' own reader says of functions is what the grammar's tree says, in all fixtures of threads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::asked::Asked;
use super::becoming::Becoming;
use super::facts::{Call, Found};
use super::key::Key;
use super::outside::methods;
use super::read::read_as;
use super::sources::Sources;
use crate::go::files::GeneratedFiles;
use crate::go::module::{BuildContext, ResolveOptions};
use crate::go::syntax::outline::DeclKind;
use crate::go::types::World;
use crate::rule::RuleSet;
use crate::text::disk::read_text;
use crate::write::thread::ground::Ground;

/// The fixtures, by what they are threads for.
const FIXTURES: [&str; 2] = ["logger", "thread"];

/// A fixture's files, on disk.
fn checkout(archive: &Path) -> tempfile::TempDir {
    let (dir, text) = (tempfile::tempdir().unwrap(), read_text(archive, 1 << 20).unwrap());
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) {
            Some(name) => files.push((dir.path().join(name), String::new())),
            None => files.iter_mut().last().into_iter().for_each(|(_, text)| text.push_str(line)),
        }
    }
    for (path, text) in files.into_iter().filter(|(path, _)| !path.starts_with(dir.path().join("after"))) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// All functions of a checkout, and all methods that its interfaces ask for.
fn keys(world: &World, sources: &Sources) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for path in &sources.files {
        let source = world.index().source(path).unwrap();
        let types = world.file_at(path, &source);
        let Ok(package) = types.package() else { continue };
        for id in package.decls() {
            let key = |receiver: &str, name: &str, is_asked: bool| Key {
                package: package.name.clone(),
                receiver: receiver.into(),
                name: name.into(),
                is_asked,
            };
            let (name, code) = (package.name_of(id), package.text(id, |decl| decl.code));
            match package.decl(id).kind {
                DeclKind::Func | DeclKind::Method => {
                    keys.insert(key(package.receiver(id), name, false));
                }
                DeclKind::Type if code.trim_start().starts_with("interface") => {
                    keys.extend(methods(code).map(|method| key(name, method, true)));
                }
                _ => {}
            }
        }
    }
    keys
}

/// What both readers tell of a call.
fn told(call: &Call) -> String {
    let Call { callee, slot, caller, starts, is_test, spreads, .. } = call;
    let at_hand = (!is_test).then(|| call.has_any());
    let names = (callee.display(), caller.as_ref().map(Key::display));
    format!("{:>6} {names:?} starts {starts} test {is_test} spreads {spreads} has {at_hand:?}", slot.at)
}

/// What a file says, each on a line.
fn lines(found: &Found) -> BTreeSet<String> {
    let calls = found.calls.iter().map(|(_, call)| told(call));
    let declared = found.declared.iter().map(|(key, declared)| format!("{} {declared:?}", key.display()));
    let links = found.links.iter().map(|(a, b)| format!("{} ~ {}", a.display(), b.display()));
    let blocked = found.blocked.iter().map(|blocked| format!("{blocked:?}"));
    calls.chain(declared).chain(links).chain(blocked).collect()
}

#[test]
fn both_readers_say_the_same_of_all_functions() {
    let (mut files, mut light, mut with_context) = (0, 0, 0);
    for folder in FIXTURES {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
        for archive in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if archive.extension().is_none_or(|of| of != "txtar") {
                continue;
            }
            let (dir, rules) = (checkout(&archive), RuleSet::load(None).unwrap());
            let world = World::new(dir.path(), BuildContext::default(), ResolveOptions::default());
            let generated = GeneratedFiles::load(dir.path());
            let ground = Ground { world: &world, rules: &rules, generated: &generated };
            let sources = Sources::read(&ground);
            let (becoming, keys) = (Becoming::default(), keys(&world, &sources));
            // Of interfaces whose own methods nobody asks about no tree is made.
            let of_types = Asked::new(keys.iter().filter(|key| !key.is_asked));
            for asked in [Asked::new(&keys), of_types] {
                let files_with = sources.with(asked.names());
                for ((number, names), near) in files_with.iter().flat_map(|file| [(file, true), (file, false)]) {
                    let number = *number;
                    let file = (number, names.as_slice(), near);
                    let read = |by_trees| read_as(&ground, (&sources, &becoming), file, &asked, by_trees);
                    let (quick, whole) = (read(false), read(true));
                    let what = format!("{} {}", archive.display(), sources.files[number]);
                    assert_eq!(lines(&quick), lines(&whole), "{what}");
                    let calls = || quick.calls.iter().filter(|(_, call)| call.is_light);
                    (files, light) = (files + 1, light + calls().count());
                    with_context += calls().filter(|(_, call)| call.has_context).count();
                }
            }
        }
    }
    // Else nothing was compared.
    assert!(
        files > 100 && light > 100 && with_context > 20,
        "{files} files, {light} calls, {with_context} with a context"
    );
}
