import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "@msgpack/msgpack";
import { encodeEnvelope, type OverlayMessage } from "../source/overlays/envelope";
import { OverlaySession } from "../source/overlays/overlay-session";

class Room {
  readonly received: OverlayMessage[] = [];
  readonly sent: unknown[][] = [];
  malformed = 0;
  readonly session = new OverlaySession({
    onMessage: (message) => this.received.push(message),
    onMalformed: () => this.malformed++,
  });

  connect(): void {
    this.sent.length = 0;
    this.session.attach({ send: (bytes) => this.sent.push(decode(bytes) as unknown[]) });
  }

  tell(type: string, seq: number, body: Record<string, unknown> = {}, receivedAt = 0): void {
    this.session.receive(new Uint8Array(encodeEnvelope(type, seq, 0, body)).buffer, receivedAt);
  }

  sentOf(type: string): unknown[] {
    return this.sent.filter((message) => message[1] === type).map((message) => message[5]);
  }
}

test("Session_AfterReconnect_ResumesFromTheLastNeverShedMessage", () => {
  const room = new Room();
  room.connect();
  room.tell("snapshot", 10, { roomId: "a" });
  room.tell("purchase", 11);
  room.tell("tally", 15);
  room.session.detach();

  room.connect();
  room.tell("snapshot", 20, { roomId: "a" });
  assert.deepEqual(room.sentOf("resume"), [{ afterSeq: 11 }]);
  room.tell("purchase", 11);
  room.tell("purchase", 14);
  room.session.detach();
  assert.deepEqual(room.received.filter((m) => m.type === "purchase").map((m) => m.seq), [11, 14]);
});

test("Session_FirstConnection_AsksForNothing", () => {
  const room = new Room();
  room.connect();
  room.tell("snapshot", 10, { roomId: "a" });
  room.session.detach();
  assert.deepEqual(room.sentOf("resume"), []);
});

test("Session_HandedToAnotherRoom_CountsThatRoomsNumbers", () => {
  const room = new Room();
  room.connect();
  room.tell("snapshot", 100, { roomId: "a" });
  room.tell("purchase", 101);
  room.tell("handOff", 102);
  room.tell("snapshot", 3, { roomId: "b" });
  room.tell("purchase", 4);
  room.session.detach();
  assert.deepEqual(room.received.map((m) => m.seq), [100, 101, 102, 3, 4]);
  assert.equal(room.session.sequence.missing, 0);
  assert.deepEqual(room.sentOf("resume"), []);
});

test("Session_RelayRestarted_TakesItsNumbersFromTheStart", () => {
  const room = new Room();
  room.connect();
  room.tell("snapshot", 100, { roomId: "a" });
  room.tell("purchase", 101);
  room.session.detach();

  room.connect();
  room.tell("snapshot", 100, { roomId: "a" });
  room.tell("purchase", 101);
  room.session.detach();
  assert.deepEqual(room.received.map((m) => m.seq), [100, 101, 100, 101]);
  assert.deepEqual(room.sentOf("resume"), []);
});

test("Session_Pong_GivesTheClockOffset", () => {
  const room = new Room();
  room.connect();
  const sent = 1_000_000_000_000_000;
  room.tell("pong", 0, { t: sent, at: sent + 7_000_000 }, (sent + 4000) / 1000);
  room.session.detach();
  assert.equal(room.session.clock.micros, 7_000_000 - 2000);
  assert.equal(room.session.clock.roundTripMicros, 4000);
});

test("Session_Offer_IsAcknowledgedAndGarbageIsCounted", () => {
  const room = new Room();
  room.connect();
  room.tell("coupon", 5, { couponId: "c" });
  room.session.receive(new Uint8Array([0xc1, 0xff]).buffer, 0);
  room.session.detach();
  assert.deepEqual(room.sentOf("receipt"), [{ seq: 5 }]);
  assert.equal(room.malformed, 1);
  assert.equal(room.session.send("like", { count: 1 }), false);
});
