import assert from "node:assert/strict";
import { test } from "node:test";
import type { OverlayMessage } from "../source/overlays/envelope";
import { SequenceTracker } from "../source/overlays/sequence-tracker";

function message(type: string, seq: number): OverlayMessage {
  return { version: 1, type, seq, sentAt: 0, mediaTime: undefined, body: {}, receivedAt: 0 };
}

test("Tracker_ShedTally_CountsAsMissing", () => {
  const tracker = new SequenceTracker();
  tracker.restart(5);
  tracker.accept(message("purchase", 6));
  tracker.accept(message("purchase", 9));
  assert.equal(tracker.missing, 2);
});

test("Tracker_CommentOvertakenByPurchase_IsNotMissingOnceItIsHere", () => {
  const tracker = new SequenceTracker();
  tracker.restart(5);
  tracker.accept(message("purchase", 7));
  assert.equal(tracker.missing, 1);
  assert.equal(tracker.accept(message("comment", 6)), true);
  assert.equal(tracker.missing, 0);
});

test("Tracker_NeverShedTwice_IsAcceptedOnce", () => {
  const tracker = new SequenceTracker();
  tracker.restart(0);
  assert.equal(tracker.accept(message("purchase", 1)), true);
  assert.equal(tracker.accept(message("purchase", 1)), false);
});

test("Tracker_ResumePoint_IgnoresWhatMayBeShed", () => {
  const tracker = new SequenceTracker();
  assert.equal(tracker.resumeAfter, undefined);
  tracker.restart(3);
  tracker.accept(message("shelf", 4));
  tracker.accept(message("comment", 8));
  assert.equal(tracker.resumeAfter, 4);
});
