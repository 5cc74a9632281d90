//! The engine and the program, on what is here: tests that need nothing but git, patch and a shell.
//!
//! They are one program, as linking thirty takes longer than running them. `cargo test --test it cli::` runs one file's.

#[path = "../common/mod.rs"]
mod common;
mod grammar;

mod along;
mod bad_input;
mod cache;
mod certify;
mod cli;
mod codegen;
mod corpus;
mod counts;
mod docs;
mod explain;
mod fleet;
mod gate;
mod hostile;
mod kept;
mod lsp;
mod modules;
mod outline;
mod packages;
mod paths;
mod proofs;
mod review;
mod review_corpus;
mod rule_fields;
mod rules;
mod runtime_tree;
mod schema;
mod series;
mod settle;
mod std_stubs;
mod sure;
mod target;
mod trace;
mod types;
mod vendored;
mod vet;
mod wordings;

/// A file that no program names is not compiled, and an attribute that a program of its own harness does not heed is no test.
#[test]
fn every_file_of_tests_is_run() {
    let tests = common::repository().join("tests");
    for program in ["it", "it/gate", "cases"] {
        let main = [format!("{program}/main.rs"), format!("{program}.rs")].map(|path| tests.join(path));
        let main = std::fs::read_to_string(main.iter().find(|path| path.is_file()).unwrap()).unwrap();
        for path in common::files(&format!("tests/{program}"), "rs") {
            let name = common::stem(&path);
            assert!(
                name == "main" || main.contains(&format!("\nmod {name};\n")),
                "tests/{program}: mod {name}; is missing"
            );
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(program != "cases" || !text.contains("#[test]"), "tests/cases/{name}.rs: `trials` names the tests");
        }
    }
}
