import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "@msgpack/msgpack";
import { decodeEnvelope, encodeEnvelope } from "../source/overlays/envelope";

const sentAt = 1_790_000_000_123_456;

test("decodeEnvelope_WhatEncodeWrote_ReadsTheSame", () => {
  const message = decodeEnvelope(encodeEnvelope("like", 7, sentAt, { count: 3 }), 5);
  assert.deepEqual(message, {
    version: 1, type: "like", seq: 7, sentAt, mediaTime: undefined, body: { count: 3 }, receivedAt: 5,
  });
});

test("decodeEnvelope_ArrayBufferWithMediaTimePast32Bits_KeepsIt", () => {
  const bytes = encode([1, "purchase", 2 ** 33, sentAt, 2 ** 34, { itemId: "丝巾" }]);
  const message = decodeEnvelope(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), 0);
  assert.equal(message?.mediaTime, 2 ** 34);
  assert.equal(message?.seq, 2 ** 33);
  assert.equal(message?.body["itemId"], "丝巾");
});

test("decodeEnvelope_CutAtEveryLength_IsUndefined", () => {
  const bytes = encodeEnvelope("snapshot", 1, sentAt, { merchants: [{ merchantId: "a", shelf: [] }] });
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(decodeEnvelope(bytes.subarray(0, length), 0), undefined, `length ${length}`);
  }
});

test("decodeEnvelope_OtherVersionOrShape_IsUndefined", () => {
  for (const value of [
    [2, "x", 0, 0, null, {}], [1, 5, 0, 0, null, {}], [1, "x", -1, 0, null, {}], [1, "x", 0, 0.5, null, {}],
    [1, "x", 0, 0, null, []], [1, "x", 0, 0, null], {}, null, 3,
  ]) {
    assert.equal(decodeEnvelope(encode(value), 0), undefined, JSON.stringify(value));
  }
});

test("decodeEnvelope_LargerThanTheContractAllows_IsUndefined", () => {
  assert.equal(decodeEnvelope(encodeEnvelope("comment", 0, 0, { text: "x".repeat(61 * 1024) }), 0), undefined);
});
