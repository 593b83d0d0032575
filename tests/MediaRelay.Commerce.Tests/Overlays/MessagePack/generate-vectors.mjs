// Writes vectors.json: MessagePack as the npm package @msgpack/msgpack encodes it, which the tests compare in both directions.
// Usage, in this folder: npm install --no-save @msgpack/msgpack && node generate-vectors.mjs
import { writeFileSync } from "node:fs";
import { encode, decode, ExtData } from "@msgpack/msgpack";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const values = [];

// kind: nil, boolean, integer, float32, float64, string, binary, extension, or json for arrays and maps of plain values.
function add(kind, shown, value, options) {
  const bytes = encode(value, options);
  decode(bytes, options); // throws if the package does not read its own output
  values.push({ kind, value: shown, hex: hex(bytes) });
}

add("nil", null, null);
add("boolean", true, true);
add("boolean", false, false);

const integers = [
  0, 1, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, 9007199254740991,
  -1, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649, -9007199254740991,
];
for (const value of integers) add("integer", String(value), value);
const bigIntegers = [
  9007199254740993n, 9223372036854775807n, 9223372036854775808n, 18446744073709551615n, -9007199254740993n, -9223372036854775808n,
];
for (const value of bigIntegers) add("integer", String(value), value, { useBigInt64: true });

for (const value of [0.5, -0.1, 1.5e300, 5e-324, 3.141592653589793]) add("float64", value, value);
for (const value of [0.5, -2.25, 1.5]) add("float32", value, value, { forceFloat32: true });

for (const value of ["", "a", "商品货架", "x".repeat(31), "x".repeat(32), "é".repeat(127), "y".repeat(255), "y".repeat(256), "😀"]) {
  add("string", value, value);
}

for (const length of [0, 1, 255, 256]) {
  const value = new Uint8Array(length).map((_, index) => index & 0xff);
  add("binary", hex(value), value);
}

for (const length of [1, 2, 3, 4, 8, 16, 17, 255, 256]) {
  const data = new Uint8Array(length).fill(0x5a);
  add("extension", { type: -7, hex: hex(data) }, new ExtData(-7, data));
}

const json = [
  [], [1], [1, [2, [3, []]]], Array.from({ length: 15 }, (_, i) => i), Array.from({ length: 16 }, (_, i) => i),
  {}, { a: 1 }, { a: { b: { c: [true, null, "x"] } } },
  Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`k${i}`, i])),
  Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, -i])),
];
for (const value of json) add("json", value, value);

// The widest headers: only the first bytes and the length are kept. Elements are nil, keys "k0" and so on.
const large = [];
function addLarge(kind, length, value) {
  const bytes = encode(value);
  large.push({ kind, length, start: hex(bytes.subarray(0, 8)), total: bytes.length });
}

addLarge("string", 65536, "z".repeat(65536));
addLarge("binary", 65536, new Uint8Array(65536));
addLarge("extension", 65536, new ExtData(-7, new Uint8Array(65536)));
addLarge("array", 65536, Array.from({ length: 65536 }, () => null));
addLarge("map", 65536, Object.fromEntries(Array.from({ length: 65536 }, (_, i) => [`k${i}`, null])));

// What viewers send, and what the relay sends, as whole messages.
const at = 1592308800123456;
const envelope = (type, seq, mediaTime, body) => hex(encode([1, type, seq, at, mediaTime, body]));
const viewer = {
  like: envelope("like", 1, null, { count: 12 }),
  comment: envelope("comment", 2, 90000, { text: "多少钱？" }),
  share: envelope("share", 3, null, { shareCode: "guide-7" }),
  follow: envelope("follow", 4, null, { merchantId: "m-b" }),
  favorite: envelope("favorite", 5, null, { merchantId: "m-b", itemId: "i-1" }),
  addToCart: envelope("addToCart", 6, null, { merchantId: "m-b", itemId: "i-1" }),
  clickItem: envelope("click", 7, 123456789, { merchantId: "m-b", itemId: "i-1", overlaySeq: 42 }),
  clickPicture: envelope("click", 8, 123456789, { x: 0.25, y: 1 }),
  claim: envelope("claim", 9, null, { merchantId: "m-b", couponId: "c-1" }),
  enter: envelope("enter", 10, null, { merchantId: "m-b", drawId: "d-1" }),
  help: envelope("help", 11, null, { merchantId: "m-b", bargainId: "b-1" }),
  receipt: envelope("receipt", 12, null, { seq: 77 }),
  resume: envelope("resume", 13, null, { afterSeq: 70 }),
  ping: envelope("ping", 14, null, { t: 1234.5 }),
};
const relay = {
  purchase: envelope("purchase", 1, 90000, {
    merchantId: "m-b", itemId: "i-1", title: "拉菲 2016", quantity: 2, amountMinor: 19900, currency: "CNY", originRoomId: "room-a",
  }),
  tally: envelope("tally", 2, null, { likes: 280000, viewers: 150000 }),
  spotlight: envelope("spotlight", 3, null, { merchantId: "m-b", itemId: null }),
};

writeFileSync(new URL("vectors.json", import.meta.url), JSON.stringify({ values, large, viewer, relay }, null, 1) + "\n");
