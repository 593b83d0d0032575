import assert from "node:assert/strict";
import { test } from "node:test";
import { MediaClock } from "../source/media/media-clock";
import { ClockOffset } from "../source/overlays/clock-offset";
import { SequenceTracker } from "../source/overlays/sequence-tracker";
import { offerBody, offerTypes } from "../source/studio/offer-form";
import { nextLookMs, offerMoment } from "../source/watch/offer-timing";

const startAt = 1_781_640_000_000;
const body = { flashSaleId: "f", startAt: startAt * 1000, endAt: (startAt + 60_000) * 1000 };

/** A page with a wrong clock on a slow, lopsided line; gives the relay's time at which its sale began and ended. */
function watchSale(skewMs: number, upMs: () => number, downMs: () => number): { began: number; ended: number } {
  const clock = new ClockOffset();
  let relay = startAt - 5_000;
  const pageNow = () => relay + skewMs;
  for (let i = 0; i < 5; i++) {
    const sent = pageNow() * 1000;
    relay += upMs();
    const at = relay * 1000;
    relay += downMs();
    clock.add(sent, at, pageNow() * 1000);
    relay += 200;
  }

  const seen: Partial<Record<string, number>> = {};
  while (seen["over"] === undefined) {
    const now = pageNow() + clock.micros / 1000;
    const moment = offerMoment(body, now);
    seen[moment.phase] ??= relay;
    const wait = nextLookMs(moment, now);
    if (wait === undefined) break;
    // A timer fires a few ms late.
    relay += Math.max(1, wait) + 3;
  }

  return { began: seen["on"] ?? NaN, ended: seen["over"] ?? NaN };
}

test("FlashSale_PagesWithWrongClocksOnSlowLines_BeginAndEndWithin100Ms", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (const skew of [-86_400_000, -3_000, -250, 0, 400, 7_200_000]) {
    const { began, ended } = watchSale(skew, () => 10 + random() * 140, () => 10 + random() * 60);
    assert.ok(Math.abs(began - startAt) <= 100, `${skew}: began ${began - startAt} ms late`);
    assert.ok(Math.abs(ended - startAt - 60_000) <= 100, `${skew}: ended ${ended - startAt - 60_000} ms late`);
  }
});

test("offerMoment_ClosedOrWithoutTimes_IsOverOrOn", () => {
  assert.deepEqual(offerMoment({ state: "closed" }, 0), { phase: "over", until: undefined });
  assert.deepEqual(offerMoment({ state: "open" }, 0), { phase: "on", until: undefined });
  assert.equal(nextLookMs({ phase: "on", until: undefined }, 0), undefined);
});

test("SequenceTracker_PartsBehindASnapshot_AllPassThoughTheyShareItsNumber", () => {
  const sequence = new SequenceTracker();
  const message = (type: string, seq: number) =>
    ({ version: 1, type, seq, sentAt: 0, mediaTime: undefined, body: {}, receivedAt: 0 });
  sequence.restart(10);
  assert.deepEqual([1, 2, 3].map(() => sequence.accept(message("shelf", 10))), [true, true, true]);
  assert.deepEqual([11, 11].map((seq) => sequence.accept(message("shelf", seq))), [true, false]);
});

test("MediaClock_FrameOnTheScreen_IsUnwrappedByTheLastMessage", () => {
  const clock = new MediaClock();
  assert.equal(clock.shownMediaTime, undefined);
  clock.mediaOffset = 1_000;
  clock.note(2 ** 32 + 90_000);
  clock.show((90_000 + 1_000 - 45_000) % 2 ** 32);
  assert.equal(clock.shownMediaTime, 2 ** 32 + 45_000);
});

test("offerBody_FilledIn_IsWhatTheRelayTakes", () => {
  const type = (name: string) => offerTypes.find((candidate) => candidate.type === name) ?? assert.fail(name);
  const values = (entries: Record<string, string>) => new Map(Object.entries(entries));
  assert.deepEqual(
    offerBody(type("flashSale"), values({ title: "Tea", itemId: "tea", priceMinor: "990", startIn: "10", minutes: "5" }), "f1", 1e15),
    { flashSaleId: "f1", title: "Tea", itemId: "tea", priceMinor: 990, startAt: 1e15 + 10e6, endAt: 1e15 + 310e6, currency: "CNY" });
  assert.deepEqual(offerBody(type("draw"), values({ title: "", prizes: "2" }), "d1", 1e15), { drawId: "d1", prizes: 2 });
  assert.deepEqual(offerBody(type("notice"), values({ text: "Hi" }), "n1", 1e15), { text: "Hi" });
});
