import assert from "node:assert/strict";
import { test } from "node:test";
import type { OverlayMessage } from "../source/overlays/envelope";
import { tilesOf } from "../source/overlays/layout";
import { RoomState } from "../source/overlays/room-state";

function message(type: string, seq: number, body: Record<string, unknown>): OverlayMessage {
  return { version: 1, type, seq, sentAt: 0, mediaTime: undefined, body, receivedAt: 0 };
}

function stateWithTwoItems(): RoomState {
  const state = new RoomState();
  state.apply(message("snapshot", 10, {
    roomId: "room-a", viewerId: "v", mediaOffset: 0,
    merchants: [{
      merchantId: "a", name: "A", spotlight: "2",
      shelf: [
        { itemId: "2", title: "Two", priceMinor: 200, currency: "CNY", stock: 2, position: 2 },
        { itemId: "1", title: "One", priceMinor: 100, currency: "CNY", stock: 1, position: 1, novelty: true },
      ],
    }],
  }));
  return state;
}

function ids(state: RoomState, merchantId: string): string[] {
  return state.merchant(merchantId)?.items.map((item) => item.itemId) ?? [];
}

test("Snapshot_UnorderedShelf_IsOrderedByPosition", () => {
  const state = stateWithTwoItems();
  assert.deepEqual(ids(state, "a"), ["1", "2"]);
  assert.equal(state.merchant("a")?.spotlight, "2");
  assert.equal(state.item("a", "1")?.merchantId, "a");
});

test("Snapshot_WithoutSpotlightOrName_HasNone", () => {
  const state = new RoomState();
  state.apply(message("snapshot", 1, { merchants: [{ merchantId: "a", spotlight: null }] }));
  assert.equal(state.merchant("a")?.spotlight, undefined);
  assert.equal(state.merchantName("a"), "a");
});

test("Shelf_More_ContinuesAndFullReplaces", () => {
  const state = stateWithTwoItems();
  state.apply(message("shelf", 11, { merchantId: "a", more: true, items: [{ itemId: "3" }], removed: [] }));
  assert.deepEqual(ids(state, "a"), ["1", "2", "3"]);
  state.apply(message("shelf", 12, { merchantId: "a", full: true, items: [{ itemId: "4" }], removed: [] }));
  assert.deepEqual(ids(state, "a"), ["4"]);
});

test("Shelf_OneItemAndRemoval_ChangeOnlyThat", () => {
  const state = stateWithTwoItems();
  state.apply(message("shelf", 11, { merchantId: "a", items: [{ itemId: "1", title: "New", stock: 0, position: 1 }], removed: [] }));
  assert.equal(state.item("a", "1")?.title, "New");
  assert.equal(state.item("a", "2")?.title, "Two");
  state.apply(message("shelf", 12, { merchantId: "a", items: [], removed: ["2"] }));
  assert.deepEqual(ids(state, "a"), ["1"]);
});

test("Shelf_SamePosition_IsOrderedByArrival", () => {
  const state = stateWithTwoItems();
  const items = [{ itemId: "y", position: 3, arrival: 2 }, { itemId: "x", position: 3, arrival: 1 }];
  state.apply(message("shelf", 11, { merchantId: "a", full: true, items }));
  assert.deepEqual(ids(state, "a"), ["x", "y"]);
});

test("Replay_OlderThanTheSnapshot_ChangesNothing", () => {
  const state = stateWithTwoItems();
  assert.equal(state.apply(message("spotlight", 9, { merchantId: "a", itemId: "1" })), false);
  assert.equal(state.merchant("a")?.spotlight, "2");
  assert.equal(state.apply(message("spotlight", 11, { merchantId: "a" })), true);
  assert.equal(state.merchant("a")?.spotlight, undefined);
});

test("CoHost_StartAndEnd_BringsAndTakesTheOtherShelf", () => {
  const state = stateWithTwoItems();
  const rooms = [{ roomId: "room-a", merchantId: "a" }, { roomId: "room-b", merchantId: "b" }];
  state.apply(message("shelf", 11, { merchantId: "b", name: "B", full: true, items: [{ itemId: "1" }] }));
  state.apply(message("cohost", 12, { cohostId: "c", state: "active", rooms }));
  state.apply(message("layout", 13, { cohostId: "c", layout: "side-by-side", tiles: [] }));
  assert.deepEqual(state.merchants.map((merchant) => merchant.merchantId), ["a", "b"]);
  assert.equal(state.item("b", "1")?.merchantId, "b");
  assert.equal(state.item("a", "1")?.title, "One");
  assert.deepEqual(
    tilesOf(state.layout, state.cohost?.rooms ?? [], true).map((tile) => [tile.roomId, tile.x, tile.w]),
    [["room-a", 0, 0.5], ["room-b", 0.5, 0.5]]);

  assert.equal(state.apply(message("cohost", 14, { cohostId: "other", state: "declined", rooms })), false);
  assert.equal(state.merchants.length, 2);
  state.apply(message("cohost", 15, { cohostId: "c", state: "ended", rooms }));
  assert.deepEqual(state.merchants.map((merchant) => merchant.merchantId), ["a"]);
  assert.equal(state.cohost, undefined);
});

test("Body_OfWrongTypes_IsTolerated", () => {
  const state = stateWithTwoItems();
  for (const body of [{}, { merchantId: 5 }, { merchantId: "a", items: "no" }, { merchantId: "a", items: [null, 3, []] }]) {
    state.apply(message("shelf", 20, body));
    state.apply(message("spotlight", 20, body));
    state.apply(message("cohost", 20, body));
    state.apply(message("layout", 20, body));
  }

  assert.equal(state.roomId, "room-a");
});

test("Layout_Named_PlacesByOrientationAndTilesWin", () => {
  const rooms = [{ roomId: "a", merchantId: undefined }, { roomId: "b", merchantId: undefined }];
  assert.deepEqual(tilesOf(undefined, rooms, true).map(({ x, y, w, h }) => [x, y, w, h]), [[0, 0, 1, 0.5], [0, 0.5, 1, 0.5]]);
  assert.deepEqual(tilesOf(undefined, rooms, false).map(({ x, y, w, h }) => [x, y, w, h]), [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]]);
  const told = [{ roomId: "b", merchantId: undefined, x: 0, y: 0, w: 1, h: 1, z: 0 }];
  assert.deepEqual(tilesOf({ name: "auto", tiles: told }, rooms, true), told);
});
