// Draws a MediaRelay draw again, from what is public: the answer of GET /v1/rooms/{room}/draws/{merchant}/{draw}.
//
//   curl -s https://relay.example/v1/rooms/tea-live/draws/tea/gift-1 | node redraw.mjs
//
// Ends with 0 when everything fits, with 1 and what does not fit otherwise. The rules: draws.md.
import { createHash } from "node:crypto";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** The hash of the list and the winners, first prize first. */
function redraw(seedHex, entries, prizes) {
  const seed = Buffer.from(seedHex, "hex");
  const list = entries.map((entry) => Buffer.from(entry, "hex"));
  const entriesHash = sha256(...list);
  const scores = list.map((entry, index) => ({ entry: entries[index], score: sha256(seed, entriesHash, entry) }));
  scores.sort((a, b) => Buffer.compare(a.score, b.score));
  return { entriesHash: entriesHash.toString("hex"), winners: scores.slice(0, prizes).map(({ entry }) => entry) };
}

/** What does not fit; empty when all does. */
function check(draw) {
  if (draw.state !== "revealed") return [`the draw is ${draw.state}; it can be drawn again once it is revealed`];
  const problems = [];
  if (sha256(Buffer.from(draw.seed, "hex")).toString("hex") !== draw.commit) problems.push("the seed is not the one that was committed to");
  if (new Set(draw.entries).size !== draw.entries.length) problems.push("an entry stands in the list twice");
  if (draw.entries.length !== draw.entered) problems.push(`the list has ${draw.entries.length} entries and not ${draw.entered}`);
  const again = redraw(draw.seed, draw.entries, draw.prizes);
  if (again.entriesHash !== draw.entriesHash) problems.push("the list is not the one whose hash was published");
  if (JSON.stringify(again.winners) !== JSON.stringify(draw.winners)) problems.push(`the winners are ${again.winners.join(", ")}`);
  return problems;
}

let text = "";
for await (const part of process.stdin) text += part;
const draw = JSON.parse(text);
const problems = check(draw);
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${draw.entered} entries, ${draw.winners.length} winners: as drawn`);
process.exitCode = problems.length === 0 ? 0 : 1;
