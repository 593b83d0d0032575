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
  cohost: { readonly cohostId: string | undefined; readonly rooms: readonly CoHostRoom[] } | undefined;
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
    const whole = listOf(body, "items") ?? listOf(body, "shelf");
    const one = fieldsOf(body, "item");
    const removed = stringOf(body, "removed") ?? (booleanOf(body, "removed") ? stringOf(body, "itemId") : undefined);

    if (whole !== undefined) {
      const items = readItems(whole, merchantId);
      merchant.items = ordered(booleanOf(body, "more") ? merged(merchant.items, items) : items);
    } else if (one !== undefined) {
      merchant.items = ordered(merged(merchant.items, readItems([one], merchantId)));
    } else if (removed !== undefined) {
      merchant.items = merchant.items.filter((item) => item.itemId !== removed);
    }

    if ("spotlight" in body) merchant.spotlight = spotlightOf(body);
    return true;
  }

  private applySpotlight(body: Fields): boolean {
    const merchantId = stringOf(body, "merchantId");
    if (merchantId === undefined) return false;

    const merchant = this.merchantOrNew(merchantId, undefined);
    const item = fieldsOf(body, "item");
    if (item !== undefined) merchant.items = ordered(merged(merchant.items, readItems([item], merchantId)));
    merchant.spotlight = stringOf(body, "itemId") ?? (item === undefined ? undefined : stringOf(item, "itemId"));
    return true;
  }

  private applyCoHost(body: Fields): boolean {
    const state = stringOf(body, "state") ?? "active";
    if (state !== "active") {
      if (state === "invited") return false;
      this.cohost = undefined;
      this.layout = undefined;
      this.merchants = this.merchants.slice(0, 1);
      return true;
    }

    this.cohost = { cohostId: stringOf(body, "cohostId"), rooms: readRooms(body["rooms"]) };
    for (const fields of listOf(body, "merchants") ?? []) {
      const merchant = readMerchant(fields);
      if (merchant !== undefined && this.merchant(merchant.merchantId) === undefined) this.merchants.push(merchant);
    }

    if (body["layout"] !== undefined) this.layout = readLayout(body["layout"]);
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
    items: ordered(readItems(listOf(fields, "shelf") ?? listOf(fields, "items") ?? [], merchantId)),
    spotlight: spotlightOf(fields),
  };
}

/** A spotlight is given as the item's id or as a map that holds it. */
function spotlightOf(fields: Fields): string | undefined {
  const nested = fieldsOf(fields, "spotlight");
  return nested === undefined ? stringOf(fields, "spotlight") : stringOf(nested, "itemId");
}

function merged(items: readonly ShelfItem[], newer: readonly ShelfItem[]): ShelfItem[] {
  const byId = new Map(items.map((item) => [item.itemId, item]));
  for (const item of newer) byId.set(item.itemId, item);
  return [...byId.values()];
}

// Sorting is stable: items without a position keep the relay's order, behind those that have one.
function ordered(items: ShelfItem[]): ShelfItem[] {
  return items.sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || 0);
}
