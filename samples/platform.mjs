// A platform on MediaRelay, small but whole: two merchants with rooms and shelves, a co-host session, a webhook whose events are
// verified, orders that are reported until they are taken, and each merchant's report. Node 20 or newer, nothing to install.
//
//   node samples/platform.mjs        against tools/run --MediaRelay:Webhooks:AllowPrivateAddresses=true (the receiver is on loopback)
//
// RELAY_URL (http://127.0.0.1:8080), RELAY_KEY and RELAY_SECRET (an API key; by default the one of environment Development),
// RECEIVER_PORT (any) and RECEIVER_URL (where the relay reaches that port), ORDERS (20), LOSE_EVERY (3: the answer to every third
// report counts as lost, so it is sent again; 0: none is). Ends with 0 when all orders were told of as they were reported.
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

const { env } = process;
const { RELAY_URL: relay = "http://127.0.0.1:8080", RELAY_KEY: key = "devkey", RELAY_SECRET: secret = "devsecret-devsecret-devsecret-dev" } = env;
const [orders, loseEvery] = [Number(env.ORDERS ?? 20), Number(env.LOSE_EVERY ?? 3)];
const run = randomUUID().slice(0, 8); // in every order id, so that the program can be run again
const merchants = [
  { id: "tea", name: "Tea House", room: "tea-live", item: "oolong", title: "Oolong 100 g", priceMinor: 4900 },
  { id: "silk", name: "Silk Road", room: "silk-live", item: "scarf", title: "Silk scarf", priceMinor: 15900 },
];

/** A token of this role: a JWT, HS256, good for an hour. */
function mint(claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ iss: key, exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

const platform = mint({ role: "platform", sub: "shop" });
/**
 * One call of the API; gives { status, body }. Repeated when it is not known whether it was done (no answer, 5xx) or was too much (429):
 * every call here may be, because what is sent names itself (an id in the path, an eventId, an Idempotency-Key).
 */
async function call(method, path, body, { token = platform, headers = {} } = {}) {
  for (let attempt = 1; ; attempt++) {
    let problem;
    try {
      const response = await fetch(new URL(path, relay), {
        method,
        headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }), ...headers },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      if (response.ok) return { status: response.status, body: text && JSON.parse(text) };
      problem = `${response.status} ${text}`;
      if (response.status < 500 && response.status !== 429) attempt = Infinity;
    } catch (failure) {
      problem = failure.cause ?? failure;
    }
    if (attempt >= 8) throw new Error(`${method} ${path}: ${problem}`);
    await delay(Math.min(5_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
}

async function until(what, condition) {
  for (const deadline = Date.now() + 60_000; !condition(); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`After a minute still not: ${what}`);
  }
}

/** Whether a request is the relay's and of these minutes. The header may carry two signatures while a secret is exchanged. */
export function isSigned(header, body, webhookSecret, now = Date.now() / 1000) {
  const t = /(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header ?? "")?.[1];
  if (!t || Math.abs(now - t) > 300) return false;
  const expected = createHmac("sha256", webhookSecret).update(`${t}.`).update(body).digest();
  return [...header.matchAll(/,v1=([0-9a-f]{64})(?=,|$)/g)].some(([, v1]) => timingSafeEqual(Buffer.from(v1, "hex"), expected));
}

/** Takes events: keeps each once, by its id, and counts what was refused. */
class Receiver {
  events = new Map();
  refused = 0;
  secret = null; // known once the webhook is registered
  server = createServer((request, response) => this.#take(request)
    .catch((failure) => (console.error(`receiver: ${failure.message}`), 500))
    .then((status) => response.writeHead(status).end()));

  async listen() {
    await new Promise((resolve, reject) => this.server.once("error", reject).listen(Number(env.RECEIVER_PORT ?? 0), resolve));
    return env.RECEIVER_URL ?? `http://127.0.0.1:${this.server.address().port}/relay`;
  }

  of(type, merchant) {
    return [...this.events.values()].filter((event) => event.type === type && event.merchantId === merchant);
  }

  /** Gives the status to answer with: 2xx is taken, anything else is sent again. */
  async #take(request) {
    const body = Buffer.concat(await request.toArray()); // a real platform bounds its length
    if (this.secret === null) return 503;
    if (!isSigned(request.headers["mediarelay-signature"], body, this.secret)) return this.refused++, 401;
    const event = JSON.parse(body); // a real platform writes it down here, before it answers
    this.events.set(event.id, event);
    return 204;
  }
}

/** What was reported: sums by merchant, in minor units, and how many ledger entries they make. */
const reported = { events: 0, again: 0, lines: 0, net: Object.fromEntries(merchants.map(({ id }) => [id, 0])) };

/** Reports an order's event until it is taken; the same eventId each time, so it counts once however often it comes. */
async function report(event) {
  const first = await call("POST", "/v1/orders", event);
  reported.events++;
  if (loseEvery > 0 && reported.events % loseEvery === 0) {
    const again = await call("POST", "/v1/orders", event);
    reported.again++;
    if (again.status !== 200 || !isDeepStrictEqual(again.body, first.body)) throw new Error(`${event.eventId} was taken twice`);
  }
  for (const line of event.lines) {
    reported.lines++;
    reported.net[line.merchantId] += event.kind === "refunded" ? -line.amountMinor : line.amountMinor;
  }
}

/** Orders of viewers in both rooms, every third with the other merchant's item too; the first is refunded. */
async function sell() {
  const lineOf = ({ id, item, priceMinor }, lineNo) =>
    ({ lineNo, merchantId: id, itemId: item, quantity: 1, amountMinor: priceMinor, currency: "CNY" });
  const eventOf = (number, kind) => {
    const orderId = `o-${run}-${number}`;
    const [own, other] = number % 2 === 0 ? merchants : merchants.toReversed();
    const lines = number % 3 === 2 ? [lineOf(own, 1), lineOf(other, 2)] : [lineOf(own, 1)];
    const occurredAt = new Date().toISOString();
    return { orderId, eventId: `${orderId}-${kind}`, kind, roomId: own.room, viewerId: `viewer-${number}`, occurredAt, lines };
  };
  for (let number = 0; number < orders; number++) await report(eventOf(number, "paid"));
  await report(eventOf(0, "refunded"));
  console.log(`reported: ${reported.events} events, ${reported.again} of them again`);
}

/** What the ledgers got, as the events tell it, is what was reported. */
async function compare(receiver) {
  const isOurs = ({ data }) => data.orderId.startsWith(`o-${run}-`) && data.kind !== "referral";
  const told = (id) => receiver.of("order.attributed", id).filter(isOurs);
  await until("every line told", () => merchants.reduce((sum, { id }) => sum + told(id).length, 0) >= reported.lines);
  for (const { id } of merchants) {
    const net = told(id).reduce((sum, { data }) => sum + data.amountMinor, 0);
    console.log(`told of ${id}: ${told(id).length} ledger entries, net ${net} CNY`);
    if (net !== reported.net[id]) throw new Error(`${id}: ${reported.net[id]} was reported and ${net} told`);
  }
}

/** Closes the rooms and gives a merchant's figures of all shows: its own, and its part in the other's. */
async function closeAndFetchReports(receiver) {
  const shows = [];
  for (const { room } of merchants) shows.push((await call("GET", `/v1/rooms/${room}`)).body.showId);
  for (const { room } of merchants) await call("POST", `/v1/rooms/${room}/close`);
  const live = shows.filter((show) => show !== null);
  for (const { id } of merchants) {
    // Each show that ran tells when its report is whole; a room in which no host published has one all the same.
    const ready = () => receiver.of("report.ready", id).filter(({ showId }) => live.includes(showId));
    await until(`report.ready of ${live.length} shows for ${id}`, () => ready().length >= live.length);
    const latest = merchants.map(({ room }) => `/v1/merchants/${id}/report?roomId=${room}`);
    const paths = live.length > 0 ? ready().map(({ data }) => data.report) : latest;
    const token = mint({ role: "merchant", sub: `${id}-desk`, merchant: id, scope: "audit" });
    for (const path of paths.sort()) {
      const { body } = await call("GET", path, undefined, { token });
      const money = body.money.map(({ currency, grossMinor, netMinor }) => `gross ${grossMinor} net ${netMinor} ${currency}`).join(", ");
      console.log(`report of ${id} in ${body.roomId} (${body.showId ? "show" : "never live"}): ${body.orders} orders, ${money || "nothing sold"}`);
    }
  }
}

async function main() {
  for (const { id, name, room, item, title, priceMinor } of merchants) {
    await call("PUT", `/v1/merchants/${id}`, { name });
    await call("PUT", `/v1/rooms/${room}`, { merchantId: id, title: `${name} live`, public: true });
    await call("PUT", `/v1/merchants/${id}/shelf/${item}`, { title, priceMinor, currency: "CNY", stock: 1_000 });
  }
  const receiver = new Receiver();
  const hook = { url: await receiver.listen(), events: ["order.attributed", "cohost.*", "report.ready"], rotateSecret: true };
  receiver.secret = (await call("PUT", "/v1/webhooks/sample", hook)).body.secret;
  try {
    const rooms = merchants.map(({ room }) => room);
    const { cohostId } = (await call("POST", "/v1/cohosts", { rooms, state: "active" }, { headers: { "Idempotency-Key": run } })).body;
    try {
      const isLinked = ({ id }) => receiver.of("cohost.linked", id).some(({ data }) => data.cohostId === cohostId);
      await until("cohost.linked in both rooms", () => merchants.every(isLinked));
      console.log(`joined: ${rooms.join(" and ")}`);
      await sell();
      await compare(receiver);
    } finally {
      await call("DELETE", `/v1/cohosts/${cohostId}`);
    }
    await closeAndFetchReports(receiver);
    console.log(`received: ${receiver.events.size} events, ${receiver.refused} refused`);
  } finally {
    await call("DELETE", "/v1/webhooks/sample");
  }
  receiver.server.close().closeAllConnections();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
