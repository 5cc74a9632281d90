#!/usr/bin/env node
// Runs the program of the package for this platform, which npm has installed as an optional dependency.
"use strict";
const { spawnSync } = require("child_process");

const platform = `${process.platform}-${process.arch}`;
const name = process.platform === "win32" ? "klogmod.exe" : "klogmod";
let program;
try {
  program = require.resolve(`@klogmod/${platform}/bin/${name}`);
} catch {
  console.error(`klogmod: the package @klogmod/${platform} is not installed: this platform has none, or optional dependencies were left out`);
  process.exit(2);
}
const run = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`klogmod: ${run.error.message}`);
  process.exit(2);
}
if (run.signal) {
  process.kill(process.pid, run.signal);
}
process.exit(run.status);
