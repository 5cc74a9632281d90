// Makes the npm packages: one that runs the program, and one for each platform that holds it.
//
//     node .github/npm/pack.mjs OUT VERSION MAN-DIRECTORY PLATFORM=PROGRAM...      linux-x64=target/release/klogmod
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [out, version, man, ...programs] = process.argv.slice(2);
if (!out || !version || !man || programs.length === 0) {
  console.error("usage: pack.mjs OUT VERSION MAN-DIRECTORY PLATFORM=PROGRAM...");
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const about = {
  version,
  description: "Proposes structured klog rewrites that carry a request ID, as patches for human review",
  license: "Apache-2.0",
};
const write = (directory, manifest) => {
  copyFileSync(join(here, "../../LICENSE"), join(directory, "LICENSE"));
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
};

const platforms = [];
for (const pair of programs) {
  const [platform, program] = pair.split("=");
  const [os, cpu] = platform.split("-");
  const name = `@klogmod/${platform}`;
  const directory = join(out, platform);
  mkdirSync(join(directory, "bin"), { recursive: true });
  const copy = join(directory, "bin", os === "win32" ? "klogmod.exe" : "klogmod");
  copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  write(directory, { name, ...about, os: [os], cpu: [cpu], preferUnplugged: true });
  platforms.push(name);
}
const directory = join(out, "klogmod");
mkdirSync(join(directory, "bin"), { recursive: true });
mkdirSync(join(directory, "man"), { recursive: true });
copyFileSync(join(here, "klogmod.js"), join(directory, "bin/klogmod.js"));
copyFileSync(join(here, "../../README.md"), join(directory, "README.md"));
const pages = readdirSync(man).filter((page) => page.endsWith(".1")).sort();
pages.forEach((page) => copyFileSync(join(man, page), join(directory, "man", basename(page))));
write(directory, {
  name: "klogmod",
  ...about,
  bin: { klogmod: "bin/klogmod.js" },
  man: pages.map((page) => `man/${page}`),
  engines: { node: ">=14" },
  optionalDependencies: Object.fromEntries(platforms.map((name) => [name, version])),
});
