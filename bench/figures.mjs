// Prints one line of bench/figures as a Markdown table row: node figures.mjs KIND NAME FLOOR REPORT
import { readFileSync } from "node:fs";

const [kind, name, floorText, file] = process.argv.slice(2);
const floor = Number(floorText);

const headings = {
    throughput: ["load", "packets per server CPU-second", "of the floor's GSO line", "server cores", "loss", "B allocated per packet"],
    latency: ["load", "sent → complete p50 / p99 / max, ms", "in the server p50 / p99, ms", "floor: a frame to N, ms", "server cores", "loss"],
    capacity: ["load", "in / refused", "packets/s", "loss", "sent → complete p50 / p99 / max, ms", "server cores"],
    storm: ["load", "joins, failed", "first key frame p50 / p95 / p99 / max, ms", "server cores", "loss"],
    orders: ["store", "events: accepted, repeated, cancelled, refused as meant", "failed", "call → answer p50 / p95 / p99 / max, ms",
        "arrival → attributed and on disk p50 / p99, ms", "server cores"],
    memory: ["load", "KiB per viewer", "RSS before → after, MiB"],
};

function row(cells) { console.log(`| ${cells.join(" | ")} |`); }
function whole(value) { return Math.round(value).toLocaleString("en-US"); }
function two(value) { return value.toFixed(2); }
function percent(value) { return `${(value * 100).toFixed(3)} %`; }
function times(histogram) { return `${two(histogram.p50Ms)} / ${two(histogram.p99Ms)} / ${two(histogram.maxMs)}`; }

// The server's own histogram of a picture's way, if it tells one.
function forwarded(server) {
    const found = server?.times?.mediarelay_forward_latency_seconds;
    return found ? `${two(found.p50Ms)} / ${two(found.p99Ms)}` : "–";
}

if (kind === "heading") {
    console.log();
    row(headings[name]);
    row(headings[name].map(() => "---"));
} else {
    const report = JSON.parse(readFileSync(file, "utf8"));
    const { media, server, joins } = report;
    const mark = report.generator.wasBottleneck ? `${name} (the generator was too slow)` : name;
    const perViewerFrame = media.packets / Math.max(1, media.pictures);
    switch (kind) {
        case "throughput":
            row([mark, whole(server.packetsPerCpuSecond), `${Math.round(server.packetsPerCpuSecond / floor * 100)} % of ${whole(floor)}`,
                two(server.cpuCores), percent(media.loss), two(server.allocatedBytesPerPacket ?? NaN)]);
            break;
        case "latency":
            row([mark, times(media.sentLatency), forwarded(server), two(media.viewers / report.rooms * perViewerFrame / floor * 1000),
                two(server.cpuCores), percent(media.loss)]);
            break;
        case "capacity":
            row([mark, `${whole(joins.connected)} / ${JSON.stringify(joins.failures)}`, whole(media.packetsPerSecond), percent(media.loss),
                times(media.sentLatency), two(server.cpuCores)]);
            break;
        case "storm": {
            const all = report.storm ?? joins;
            const first = all.firstKeyFrame;
            row([mark, `${whole(all.attempted)}, ${whole(all.failed)}`,
                `${two(first.p50Ms)} / ${two(first.p95Ms)} / ${two(first.p99Ms)} / ${two(first.maxMs)}`, two(server.cpuCores), percent(media.loss)]);
            break;
        }
        case "orders": {
            const { orders } = report;
            const accepted = server.times.mediarelay_order_accept_seconds;
            const { p50Ms, p95Ms, p99Ms, maxMs } = orders.latency;
            row([mark, [orders.accepted, orders.repeated, orders.cancelled, orders.refusedWrongOwner]
                .map(whole).join(", "), orders.failed,
                `${two(p50Ms)} / ${two(p95Ms)} / ${two(p99Ms)} / ${two(maxMs)}`,
                `${two(accepted.p50Ms)} / ${two(accepted.p99Ms)}`, two(server.cpuCores)]);
            break;
        }
        case "memory":
            row([mark, ((server.rssAfterBytes - server.rssBeforeBytes) / media.viewers / 1024).toFixed(1),
                `${(server.rssBeforeBytes / 1048576).toFixed(1)} → ${(server.rssAfterBytes / 1048576).toFixed(1)}`]);
            break;
        default:
            throw new Error(`unknown kind '${kind}'`);
    }
}
