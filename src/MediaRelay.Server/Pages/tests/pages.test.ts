import assert from "node:assert/strict";
import { test } from "node:test";
import { figures, total } from "../source/ops/figures";
import { matching, parsePrometheusText } from "../source/ops/prometheus-text";
import { LikeCounter } from "../source/watch/like-counter";
import { pictureRect } from "../source/watch/picture-rect";
import { coHostSession, roleIn } from "../source/wire/cohosts";
import { collection } from "../source/wire/fields";
import { roomSummary } from "../source/wire/rooms";

test("LikeCounter_ManyTaps_SendAtMostOneMessagePerInterval", () => {
  const sent: number[] = [];
  const due: (() => void)[] = [];
  const likes = new LikeCounter((count) => sent.push(count) > 0, (action, ms) => {
    assert.equal(ms, 200);
    due.push(action);
  });
  for (let i = 0; i < 10; i++) likes.add();
  assert.deepEqual(sent, [1]);
  due.shift()?.();
  assert.deepEqual(sent, [1, 9]);
  due.shift()?.();
  assert.equal(due.length, 0);
});

test("LikeCounter_NotConnected_KeepsTheLikes", () => {
  let isOpen = false;
  const sent: number[] = [];
  const due: (() => void)[] = [];
  const likes = new LikeCounter((count) => isOpen && sent.push(count) > 0, (action) => due.push(action));
  likes.add();
  likes.add();
  isOpen = true;
  due.shift()?.();
  assert.deepEqual(sent, [2]);
});

test("pictureRect_Fits_AreCentred", () => {
  const box = { width: 400, height: 800 };
  assert.deepEqual(pictureRect(box, { width: 100, height: 100 }, "contain"), { left: 0, top: 200, width: 400, height: 400 });
  assert.deepEqual(pictureRect(box, { width: 100, height: 100 }, "cover"), { left: -200, top: 0, width: 800, height: 800 });
  assert.deepEqual(pictureRect(box, { width: 0, height: 0 }, "cover"), { left: 0, top: 0, width: 400, height: 800 });
});

test("parsePrometheusText_Samples_AreReadAndSummed", () => {
  const samples = parsePrometheusText([
    "# HELP mediarelay_viewers Viewers.", "# TYPE mediarelay_viewers gauge", 'mediarelay_viewers{role="a"} 3',
    'mediarelay_viewers{role="b} \\" {"} 4', "mediarelay_up 1 1700000000", "broken", "mediarelay_nan NaN",
    'mediarelay_h_bucket{le="+Inf"} 9', "",
  ].join("\n"));
  assert.deepEqual(samples.map((sample) => [sample.name, sample.value]), [
    ["mediarelay_viewers", 3], ["mediarelay_viewers", 4], ["mediarelay_up", 1], ["mediarelay_h_bucket", 9],
  ]);
  assert.equal(matching(samples, [/^absent$/, /^mediarelay_viewers$/])?.length, 2);
  assert.equal(matching(samples, [/^absent$/]), undefined);
});

test("figures_Labels_AreSummedWhereTheyCount", () => {
  const samples = parsePrometheusText([
    'mediarelay_cohost_sessions{state="active"} 2', 'mediarelay_cohost_sessions{state="invited"} 5', "mediarelay_rooms 9",
    "mediarelay_rooms_live 4", 'mediarelay_ledger_conservation_difference{currency="CNY"} 3',
    'mediarelay_ledger_conservation_difference{currency="JPY"} -3',
  ].join("\n"));
  const value = (key: string) => figures.filter((figure) => figure.key === key).map((figure) => total(figure, samples))[0];
  assert.equal(value("ops.cohosts"), 2);
  assert.equal(value("ops.rooms"), 4);
  assert.equal(value("ops.conservation"), 6);
  assert.equal(value("ops.orders"), undefined);
});

test("roleIn_Invitation_DependsOnWhoAsked", () => {
  const members = [{ roomId: "a", merchantId: "ma", accepted: false }, { roomId: "b", merchantId: "mb", accepted: false }];
  const asked = coHostSession({ cohostId: "c", state: "invited", invitedBy: null, rooms: ["a", "b"], members });
  assert.ok(asked);
  assert.equal(roleIn(asked, "a", "ma"), "incoming");
  assert.equal(roleIn(asked, "b", "mb"), "incoming");

  const told = coHostSession({ cohostId: "c", state: "invited", invitedBy: "mb", members: [{ roomId: "a", accepted: true }, { roomId: "b" }] });
  assert.ok(told);
  assert.equal(roleIn(told, "b", "mb"), "outgoing");
  assert.equal(roleIn(told, "a", "ma"), "accepted");
  assert.equal(roleIn({ ...told, state: "active" }, "a", "ma"), "active");
  assert.equal(roleIn({ ...told, state: "declined" }, "a", "ma"), "over");
});

test("collection_ArrayOrMap_GivesTheSameList", () => {
  assert.deepEqual(collection([{ a: 1 }, 5, null], "rooms"), [{ a: 1 }]);
  assert.deepEqual(collection({ rooms: [{ a: 1 }] }, "rooms"), [{ a: 1 }]);
  assert.deepEqual(collection(undefined, "rooms"), []);
});

test("roomSummary_MissingFields_HaveDefaults", () => {
  assert.deepEqual(roomSummary({ roomId: "a/b", state: "live" }), {
    roomId: "a/b", title: "a/b", merchantId: "", merchantName: "", orientation: "portrait", live: true,
    viewers: undefined, videoCodec: undefined, watchUrl: "/watch/a%2Fb", studioUrl: undefined,
  });
  assert.equal(roomSummary({}), undefined);
});
