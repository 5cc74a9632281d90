//! The yardstick: what it costs to walk a tree, to read its Go files, and to parse those that mention klog, with nothing of
//! klogmod's own.
//!
//!     probe read|klog|all TREE [THREADS]
//!
//! `read` only reads; `klog` is R, which everything else is measured in; `all` parses every file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use memchr::memmem;
use walkdir::WalkDir;

/// Not part of what is measured, wherever they stand.
const LEFT_OUT: [&str; 4] = [".git", "vendor", "third_party", "_output"];

fn go_files(root: &Path) -> Vec<PathBuf> {
    let keep = |entry: &walkdir::DirEntry| {
        !entry.file_type().is_dir() || !LEFT_OUT.contains(&&*entry.file_name().to_string_lossy())
    };
    let entries = WalkDir::new(root).into_iter().filter_entry(keep).filter_map(Result::ok);
    let is_go = |entry: &walkdir::DirEntry| {
        entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "go")
    };
    entries.filter(is_go).map(walkdir::DirEntry::into_path).collect()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (Some(what), Some(root)) = (args.first(), args.get(1)) else {
        eprintln!("usage: probe read|klog|all TREE [THREADS]");
        std::process::exit(2);
    };
    let threads = args.get(2).and_then(|number| number.parse().ok()).unwrap_or(2);
    let files = go_files(Path::new(root));
    let [next, read, parsed, nodes] = [(); 4].map(|()| AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut parser = tree_sitter::Parser::new();
                parser.set_language(&tree_sitter_go::LANGUAGE.into()).expect("the grammar fits the library");
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(bytes) = std::fs::read(file) else { continue };
                    read.fetch_add(bytes.len(), Ordering::Relaxed);
                    let wanted = match what.as_str() {
                        "all" => true,
                        "klog" => memmem::find(&bytes, b"k8s.io/klog").is_some(),
                        _ => false,
                    };
                    if wanted && let Some(tree) = parser.parse(&bytes, None) {
                        parsed.fetch_add(bytes.len(), Ordering::Relaxed);
                        nodes.fetch_add(tree.root_node().descendant_count(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let get = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    println!("{} files, {} bytes read, {} parsed, {} nodes", files.len(), get(&read), get(&parsed), get(&nodes));
}
