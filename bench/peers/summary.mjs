// Prints how the rounds of bench/peers/compare came out: medians of each server, and the median of the rounds' ratios.
//
//   node summary.mjs DIRECTORY ROUNDS     reads DIRECTORY/{janus,mediarelay}-ROUND.json and .ready-kib
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [directory, rounds] = [process.argv[2], Number(process.argv[3])];
const servers = ["janus", "mediarelay"];

function read(server, round) {
    const file = join(directory, `${server}-${round}`);
    if (!existsSync(`${file}.json`)) {
        return null;
    }

    const report = JSON.parse(readFileSync(`${file}.json`, "utf8"));
    const readyBytes = Number(readFileSync(`${file}.ready-kib`, "utf8")) * 1024;
    return { report, readyBytes };
}

// What is compared: how to get it, how to write it, and whether a ratio of it says something.
const lines = [
    ["packets per server CPU-second", run => run.report.server.packetsPerCpuSecond, whole, true],
    ["packets per second", run => run.report.media.packetsPerSecond, whole, true],
    ["server CPU, cores", run => run.report.server.cpuCores, two, true],
    ["loss, %", run => run.report.media.loss * 100, four, false],
    ["last packet sent → complete p50, ms", run => run.report.media.sentLatency.p50Ms, two, true],
    ["last packet sent → complete p95, ms", run => run.report.media.sentLatency.p95Ms, two, true],
    ["last packet sent → complete p99, ms", run => run.report.media.sentLatency.p99Ms, two, true],
    ["last packet sent → complete max, ms", run => run.report.media.sentLatency.maxMs, two, false],
    ["picture made → complete p50, ms", run => run.report.media.latency.p50Ms, two, true],
    ["join → connected p50, ms", run => run.report.joins.connectedAfter.p50Ms, two, true],
    ["join → first key frame p50, ms", run => run.report.joins.firstKeyFrame.p50Ms, two, true],
    ["join → first key frame p95, ms", run => run.report.joins.firstKeyFrame.p95Ms, two, true],
    ["joins failed", run => run.report.joins.failed, whole, false],
    ["memory from ready, KiB per viewer", run => (run.report.server.rssAfterBytes - run.readyBytes) / run.report.media.viewers / 1024, one, true],
    ["generator CPU, cores", run => run.report.generator.cpuCores, two, false],
];

function whole(value) { return Math.round(value).toLocaleString("en-US"); }
function one(value) { return value.toFixed(1); }
function two(value) { return value.toFixed(2); }
function four(value) { return value.toFixed(4); }

function median(values) {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length === 0 ? NaN : sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function ratioOf(runs, get) {
    const ratios = runs.filter(run => run.janus && run.mediarelay).map(run => get(run.mediarelay) / get(run.janus));
    const usable = ratios.filter(Number.isFinite);
    if (usable.length === 0) {
        return "";
    }

    const spread = usable.length === 1 ? "" : `  (${two(Math.min(...usable))} to ${two(Math.max(...usable))})`;
    return `${two(median(usable))} ×${spread}`;
}

const runs = [];
for (let round = 1; round <= rounds; round++) {
    runs.push(Object.fromEntries(servers.map(server => [server, read(server, round)])));
}

const table = [["median of " + rounds + (rounds === 1 ? " round" : " rounds"), "Janus", "MediaRelay", "MediaRelay ÷ Janus"]];
for (const [name, get, write, hasRatio] of lines) {
    const cells = servers.map(server => {
        const values = runs.flatMap(run => run[server] ? [get(run[server])] : []);
        return values.some(Number.isFinite) ? write(median(values)) : "–";
    });
    table.push([name, ...cells, hasRatio ? ratioOf(runs, get) : ""]);
}

const widths = table[0].map((_, column) => Math.max(...table.map(row => row[column].length)));
for (const row of table) {
    console.log(row.map((cell, column) => column === 0 || column === 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join("  ").trimEnd());
}

for (const [index, run] of runs.entries()) {
    for (const server of servers.filter(server => run[server]?.report.generator.limits.length > 0)) {
        console.log(`Round ${index + 1}, ${server}: the load generator itself was too slow (${run[server].report.generator.limits.join("; ")}).`);
    }
}

for (const [server, other] of [["janus", "mediarelay"], ["mediarelay", "janus"]]) {
    const short = runs.filter(run => run[server] && run[other]
        && run[server].report.media.packetsPerSecond < 0.98 * run[other].report.media.packetsPerSecond).length;
    if (short > 0) {
        console.log(`In ${short} of ${rounds} rounds ${server} delivered over 2 % fewer packets than ${other}: unless the generator was too slow there, it could not carry this load.`);
    }
}
