import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// From where this test is bundled to, in the pages' obj/tests.
const program = fileURLToPath(new URL("../../../../../docs/redraw.mjs", import.meta.url));
const entryOf = (viewer: string) => createHash("sha256").update(`tea\ngift-1\n${viewer}`).digest("hex");

const seed = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const viewers = ["ann", "bob", "cai", "dan", "eva"];
const entries = viewers.map((viewer) => entryOf(viewer));
const draw = {
  state: "revealed", prizes: 2, entered: 5, seed, entries,
  commit: "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
  entriesHash: "1f6d1a8f092855606ba584e62beaa6f2cbf246a3f2016e9df4dab42da7e2d42c",
  winners: [entryOf("ann"), entryOf("cai")],
};

function check(changes: Partial<Record<keyof typeof draw, unknown>> = {}): { code: number | null; problems: string[] } {
  const run = spawnSync(process.execPath, [program], { input: JSON.stringify({ ...draw, ...changes }), encoding: "utf8" });
  return { code: run.status, problems: run.stderr.split("\n").filter((line) => line.length > 0) };
}

test("the program draws what the relay drew", () => {
  assert.deepEqual(check(), { code: 0, problems: [] });
});

test("the program finds another seed, another list and another winner", () => {
  for (const changes of [
    { seed: seed.replace("1f", "20") }, { entries: [...entries].reverse() }, { entered: 6 },
    { winners: [draw.winners[1], draw.winners[0]] }, { state: "closed" },
  ]) {
    const { code, problems } = check(changes);
    assert.equal(code, 1);
    assert.ok(problems.length > 0);
  }
});
