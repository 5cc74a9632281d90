//! Runs a program of Vector's remap language on each line of standard input, as Vector does with an event that has the line as its message.
//!
//! `vector PROGRAM < LINES`: a JSON object for each line, the event as the program leaves it; where the program ends with an error, `{"error": …}`.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::process::ExitCode;

use vrl::compiler::runtime::Runtime;
use vrl::compiler::{TargetValue, TimeZone, compile};
use vrl::diagnostic::Formatter;
use vrl::value::{KeyString, Secrets, Value};

fn main() -> ExitCode {
    let Some(source) = std::env::args().nth(1) else {
        eprintln!("usage: vector PROGRAM < LINES");
        return ExitCode::from(2);
    };
    let compiled = match compile(&source, &vrl::stdlib::all()) {
        Ok(compiled) => compiled,
        Err(diagnostics) => {
            eprintln!("{}", Formatter::new(&source, diagnostics));
            return ExitCode::FAILURE;
        }
    };
    let mut runtime = Runtime::default();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                eprintln!("standard input: {error}");
                return ExitCode::FAILURE;
            }
        };
        let event = BTreeMap::from([(KeyString::from("message"), Value::from(line))]);
        let mut target = TargetValue {
            value: Value::Object(event),
            metadata: Value::Object(BTreeMap::new()),
            secrets: Secrets::default(),
        };
        let shown = match runtime.resolve(&mut target, &compiled.program, &TimeZone::default()) {
            Ok(_) => serde_json::to_value(&target.value).unwrap_or_default(),
            Err(error) => serde_json::json!({"error": error.to_string()}),
        };
        runtime.clear();
        if writeln!(out, "{shown}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
