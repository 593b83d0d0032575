// Bundles each *.test.ts with esbuild and runs the results with node's own test runner.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "..", "obj", "tests");
const names = readdirSync(here).filter((name) => name.endsWith(".test.ts"));

rmSync(output, { recursive: true, force: true });
await build({
  entryPoints: names.map((name) => join(here, name)),
  outdir: output,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  logLevel: "warning",
});

const files = names.map((name) => join(output, name.replace(/\.ts$/, ".mjs")));
const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
process.exit(run.status ?? 1);
