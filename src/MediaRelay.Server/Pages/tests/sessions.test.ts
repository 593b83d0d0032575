import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../source/media/backoff";
import { MediaClock } from "../source/media/media-clock";
import { restartFragment, withFragment } from "../source/media/sdp-fragment";
import { bitsPerSecond, senderSnapshot } from "../source/media/sender-statistics";
import { readStudioOptions } from "../source/studio/studio-options";
import { readFragment } from "../source/wire/fragment";

const offer = [
  "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=ice-ufrag:new1", "a=ice-pwd:newpassword", "a=mid:0",
  "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=ice-ufrag:new1", "a=ice-pwd:newpassword", "a=mid:1", "",
].join("\r\n");

const answer = [
  "v=0", "a=ice-lite", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=ice-ufrag:old", "a=ice-pwd:oldpw", "a=mid:0",
  "a=candidate:1 1 udp 1 127.0.0.1 7882 typ host", "a=end-of-candidates",
  "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=ice-ufrag:old", "a=ice-pwd:oldpw", "a=mid:1", "",
].join("\r\n");

test("restartFragment_Offer_NamesCredentialsUnderTheFirstSection", () => {
  assert.equal(restartFragment(offer), [
    "a=ice-options:trickle", "a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=ice-ufrag:new1",
    "a=ice-pwd:newpassword", "",
  ].join("\r\n"));
  assert.equal(restartFragment("v=0\r\n"), undefined);
});

test("withFragment_NewCredentialsAndCandidates_ReplaceTheOldInEverySection", () => {
  const fragment = "a=ice-lite\r\na=ice-ufrag:$&srv\r\na=ice-pwd:srvpw\r\na=candidate:9 1 udp 1 10.0.0.1 7882 typ host\r\n";
  const restarted = withFragment(answer, fragment) ?? "";
  assert.equal(restarted.match(/a=ice-ufrag:\$&srv\r\n/g)?.length, 2);
  assert.equal(restarted.match(/a=ice-pwd:srvpw/g)?.length, 2);
  assert.deepEqual(restarted.match(/a=candidate:.*/g)?.map((line) => line.trim()), ["a=candidate:9 1 udp 1 10.0.0.1 7882 typ host"]);
  assert.ok(restarted.indexOf("a=candidate") < restarted.indexOf("m=video"));
});

test("withFragment_WithoutCandidates_KeepsThoseOfTheAnswer", () => {
  assert.match(withFragment(answer, "a=ice-ufrag:x\r\na=ice-pwd:y\r\n") ?? "", /a=candidate:1 1 udp/);
  assert.equal(withFragment(answer, "nothing"), undefined);
});

test("Backoff_Attempts_DoubleUpToTheLimitAndHonourRetryAfter", () => {
  const backoff = new Backoff(() => 0.5);
  assert.deepEqual([backoff.next(), backoff.next(), backoff.next()], [500, 1000, 2000]);
  for (let i = 0; i < 20; i++) backoff.next();
  assert.equal(backoff.next(), 15_000);
  assert.equal(backoff.next(3000), 18_000);
  backoff.reset();
  assert.equal(backoff.next(), 500);
});

test("MediaClock_MessageAhead_WaitsForItsFrameAcrossTheWrap", () => {
  const clock = new MediaClock();
  const done: string[] = [];
  clock.at(1000, () => done.push("no frame yet"));
  clock.show(2 ** 32 - 90);
  clock.at(2 ** 32 + 90, () => done.push("after the wrap"));
  clock.at(2 ** 32 - 200, () => done.push("past"));
  clock.at(2 ** 32 + 90 * 60_000, () => done.push("too far ahead"));
  assert.deepEqual(done, ["no frame yet", "past", "too far ahead"]);
  clock.show(89);
  assert.equal(done.length, 3);
  clock.show(90);
  assert.equal(done.at(-1), "after the wrap");
});

test("MediaClock_Offset_MapsFeedTimeToTheViewersTimestamps", () => {
  const clock = new MediaClock();
  let isDone = false;
  clock.mediaOffset = 5000;
  clock.show(6000);
  clock.at(2000, () => { isDone = true; });
  assert.equal(isDone, false);
  clock.show(7000);
  assert.equal(isDone, true);
});

test("senderSnapshot_Statistics_GiveRateAndRoundTrip", () => {
  const entries = (bytes: number, timestamp: number) => [
    { type: "outbound-rtp", kind: "video", bytesSent: bytes, packetsSent: 10, timestamp, codecId: "c", frameWidth: 720, frameHeight: 1280 },
    { type: "outbound-rtp", kind: "audio", bytesSent: 0, packetsSent: 5, timestamp },
    { type: "codec", id: "c", mimeType: "video/H264" },
    { type: "remote-inbound-rtp", packetsLost: 2 },
    { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.025 },
  ];
  const before = senderSnapshot(entries(1000, 1000));
  const now = senderSnapshot(entries(126_000, 2000));
  assert.equal(bitsPerSecond(before, now), 1_000_000);
  assert.equal(bitsPerSecond(now, before), undefined);
  assert.equal(now.codec, "H264");
  assert.equal(now.roundTripMs, 25);
  assert.equal(now.packetsSent, 15);
  assert.equal(now.packetsLost, 2);
});

test("readStudioOptions_Address_IsReadWithinBounds", () => {
  const options = readStudioOptions("?source=test&color=red&tone=99999&fps=abc&size=365&name=A&bitrate=800&autostart=1");
  assert.deepEqual(options, {
    source: "test", color: "red", tone: 20_000, fps: 30, size: 360, name: "A", orientation: undefined, maxBitrate: 800_000,
    isAutomatic: true,
  });
});

test("readFragment_Tokens_AreFound", () => {
  assert.deepEqual(readFragment("#token=a.b.c&merchant=m&share=g1"), { token: "a.b.c", merchant: "m", shareCode: "g1" });
  assert.deepEqual(readFragment(""), { token: undefined, merchant: undefined, shareCode: undefined });
});
