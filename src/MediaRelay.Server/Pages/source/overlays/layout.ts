import { asFields, listOf, numberOf, stringOf } from "../wire/fields";

export const layoutNames = ["auto", "side-by-side", "top-bottom", "picture-in-picture", "main-strip"] as const;
export type LayoutName = (typeof layoutNames)[number];

/** One place in the picture, in parts (0..1) of its width and height from the top left. */
export interface Tile {
  readonly roomId: string | undefined;
  readonly merchantId: string | undefined;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly z: number;
}

export interface Layout {
  readonly name: string | undefined;
  readonly tiles: readonly Tile[];
}

/** Reads a layout: its name, or a map with `tiles` and perhaps the name it came from. */
export function readLayout(value: unknown): Layout {
  if (typeof value === "string") return { name: value, tiles: [] };

  const fields = asFields(value);
  const tiles = (listOf(fields, "tiles") ?? []).map((tile) => ({
    roomId: stringOf(tile, "roomId"),
    merchantId: stringOf(tile, "merchantId"),
    x: part(numberOf(tile, "x"), 0),
    y: part(numberOf(tile, "y"), 0),
    w: part(numberOf(tile, "w"), 1),
    h: part(numberOf(tile, "h"), 1),
    z: numberOf(tile, "z") ?? 0,
  }));
  return { name: stringOf(fields, "layout") ?? stringOf(fields, "name"), tiles };
}

/** Where the tiles of a session's rooms are: as told, else as the named layout places them. */
export function tilesOf(
  layout: Layout | undefined,
  rooms: readonly { readonly roomId: string; readonly merchantId: string | undefined }[],
  isPortrait: boolean,
): readonly Tile[] {
  if (layout !== undefined && layout.tiles.length > 0) return layout.tiles;

  const place = placement(layout?.name, isPortrait);
  return rooms.map(({ roomId, merchantId }, index) => ({ roomId, merchantId, ...place(index, rooms.length) }));
}

type Place = (index: number, count: number) => Pick<Tile, "x" | "y" | "w" | "h" | "z">;

function placement(name: string | undefined, isPortrait: boolean): Place {
  switch (name) {
    case "side-by-side": return sideBySide;
    case "top-bottom": return topBottom;
    case "picture-in-picture": return pictureInPicture;
    case "main-strip": return mainStrip;
    default: return isPortrait ? topBottom : sideBySide;
  }
}

const sideBySide: Place = (index, count) => ({ x: index / count, y: 0, w: 1 / count, h: 1, z: 0 });
const topBottom: Place = (index, count) => ({ x: 0, y: index / count, w: 1, h: 1 / count, z: 0 });

const pictureInPicture: Place = (index) =>
  index === 0 ? { x: 0, y: 0, w: 1, h: 1, z: 0 } : { x: 0.66, y: 0.04 + (index - 1) * 0.32, w: 0.3, h: 0.3, z: 1 };

const mainStrip: Place = (index, count) =>
  index === 0
    ? { x: 0, y: 0, w: 1, h: 0.75, z: 0 }
    : { x: (index - 1) / (count - 1), y: 0.75, w: 1 / (count - 1), h: 0.25, z: 0 };

function part(value: number | undefined, fallback: number): number {
  return value === undefined ? fallback : Math.min(1, Math.max(0, value));
}
