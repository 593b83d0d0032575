import { booleanOf, fieldsOf, listOf, numberOf, stringOf, type Fields } from "../wire/fields";
import type { OverlayMessage } from "./envelope";
import { readLayout, type Layout } from "./layout";

export interface ShelfItem {
  /** The owner: an item's identity is both. */
  readonly merchantId: string;
  readonly itemId: string;
  readonly title: string;
  readonly priceMinor: number | undefined;
  readonly currency: string;
  readonly stock: number | undefined;
  readonly imageUrl: string | undefined;
  readonly url: string | undefined;
  readonly position: number | undefined;
  /** Rank among items of one position, in order of arrival on the shelf. */
  readonly arrival: number | undefined;
}

export interface MerchantShelf {
  readonly merchantId: string;
  name: string;
  items: ShelfItem[];
  spotlight: string | undefined;
}

export interface CoHostRoom {
  readonly roomId: string;
  readonly merchantId: string | undefined;
}

/** What a viewer of the room sees now, kept up to date by the shelf class of messages. */
export class RoomState {
  roomId = "";
  title = "";
  viewerId: string | undefined;
  mediaOffset = 0;
  merchants: MerchantShelf[] = [];
  cohost: { readonly cohostId: string | undefined; readonly rooms: CoHostRoom[] } | undefined;
  layout: Layout | undefined;
  private snapshotSeq = -1;

  /** Applies a message; true when what is shown of shelves or layout changed. */
  apply(message: OverlayMessage): boolean {
    if (message.type === "snapshot") return this.applySnapshot(message);

    // A replay after a reconnect brings what the snapshot already holds; going back to it would show an old shelf.
    if (message.seq <= this.snapshotSeq) return false;
    switch (message.type) {
      case "shelf": return this.applyShelf(message.body);
      case "spotlight": return this.applySpotlight(message.body);
      case "cohost": return this.applyCoHost(message.body);
      case "layout": return this.applyLayout(message.body);
      default: return false;
    }
  }

  merchant(merchantId: string): MerchantShelf | undefined {
    return this.merchants.find((merchant) => merchant.merchantId === merchantId);
  }

  merchantName(merchantId: string): string {
    return this.merchant(merchantId)?.name ?? merchantId;
  }

  item(merchantId: string, itemId: string): ShelfItem | undefined {
    return this.merchant(merchantId)?.items.find((item) => item.itemId === itemId);
  }

  private applySnapshot({ seq, body }: OverlayMessage): boolean {
    this.snapshotSeq = seq;
    this.roomId = stringOf(body, "roomId") ?? this.roomId;
    this.title = stringOf(body, "title") ?? "";
    this.viewerId = stringOf(body, "viewerId") ?? this.viewerId;
    this.mediaOffset = numberOf(body, "mediaOffset") ?? 0;
    this.merchants = (listOf(body, "merchants") ?? []).map(readMerchant).filter((merchant) => merchant !== undefined);
    this.cohost = undefined;
    this.layout = undefined;
    const cohost = fieldsOf(body, "cohost");
    if (cohost !== undefined) this.applyCoHost(cohost);
    if (body["layout"] !== undefined) this.layout = readLayout(body["layout"]);
    return true;
  }

  private applyShelf(body: Fields): boolean {
    const merchantId = stringOf(body, "merchantId");
    if (merchantId === undefined) return false;

    const merchant = this.merchantOrNew(merchantId, stringOf(body, "name"));
    // `full` replaces the shelf; anything else changes single items or, with `more`, goes on behind the message before.
    const items = readItems(listOf(body, "items") ?? [], merchantId);
    const kept = booleanOf(body, "full") === true ? [] : merchant.items;
    const removed = new Set(Array.isArray(body["removed"]) ? body["removed"] : []);
    merchant.items = ordered(merged(kept, items).filter((item) => !removed.has(item.itemId)));
    return true;
  }

  private applySpotlight(body: Fields): boolean {
    const merchantId = stringOf(body, "merchantId");
    if (merchantId === undefined) return false;

    this.merchantOrNew(merchantId, undefined).spotlight = stringOf(body, "itemId");
    return true;
  }

  private applyCoHost(body: Fields): boolean {
    const state = stringOf(body, "state") ?? "active";
    const cohostId = stringOf(body, "cohostId");
    const rooms = readRooms(body["rooms"]);
    if (state === "active") {
      this.cohost = { cohostId, rooms };
      return true;
    }

    // An invitation that came to nothing changes no picture; only the session that is on can end.
    if (this.cohost === undefined || this.cohost.cohostId !== cohostId) return false;
    const leaving = new Set(this.cohost.rooms.concat(rooms).map((room) => room.merchantId));
    this.merchants = this.merchants.filter((merchant, index) => index === 0 || !leaving.has(merchant.merchantId));
    this.cohost = undefined;
    this.layout = undefined;
    return true;
  }

  private applyLayout(body: Fields): boolean {
    this.layout = readLayout(body["layout"] ?? body);
    return true;
  }

  private merchantOrNew(merchantId: string, name: string | undefined): MerchantShelf {
    const known = this.merchant(merchantId);
    if (known !== undefined) {
      known.name = name ?? known.name;
      return known;
    }

    const made: MerchantShelf = { merchantId, name: name ?? merchantId, items: [], spotlight: undefined };
    this.merchants.push(made);
    return made;
  }
}

export function readItem(fields: Fields, merchantId: string): ShelfItem | undefined {
  const itemId = stringOf(fields, "itemId");
  if (itemId === undefined) return undefined;
  return {
    merchantId: stringOf(fields, "merchantId") ?? merchantId,
    itemId,
    title: stringOf(fields, "title") ?? itemId,
    priceMinor: numberOf(fields, "priceMinor"),
    currency: stringOf(fields, "currency") ?? "",
    stock: numberOf(fields, "stock"),
    imageUrl: stringOf(fields, "imageUrl"),
    url: stringOf(fields, "url"),
    position: numberOf(fields, "position"),
    arrival: numberOf(fields, "arrival"),
  };
}

export function readItems(list: readonly Fields[], merchantId: string): ShelfItem[] {
  return list.map((fields) => readItem(fields, merchantId)).filter((item) => item !== undefined);
}

export function readRooms(value: unknown): CoHostRoom[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry === "string") return [{ roomId: entry, merchantId: undefined }];
    const fields = entry as Fields | null;
    const roomId = fields === null || typeof fields !== "object" ? undefined : stringOf(fields, "roomId");
    return roomId === undefined ? [] : [{ roomId, merchantId: stringOf(fields as Fields, "merchantId") }];
  });
}

function readMerchant(fields: Fields): MerchantShelf | undefined {
  const merchantId = stringOf(fields, "merchantId");
  if (merchantId === undefined) return undefined;
  return {
    merchantId,
    name: stringOf(fields, "name") ?? merchantId,
    items: ordered(readItems(listOf(fields, "shelf") ?? [], merchantId)),
    spotlight: stringOf(fields, "spotlight"),
  };
}

function merged(items: readonly ShelfItem[], newer: readonly ShelfItem[]): ShelfItem[] {
  const byId = new Map(items.map((item) => [item.itemId, item]));
  for (const item of newer) byId.set(item.itemId, item);
  return [...byId.values()];
}

// Sorting is stable: what has neither position nor arrival keeps the relay's order, behind the others.
function ordered(items: ShelfItem[]): ShelfItem[] {
  return items.sort((a, b) => compare(a.position, b.position) || compare(a.arrival, b.arrival));
}

function compare(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  return (a ?? Infinity) - (b ?? Infinity);
}
