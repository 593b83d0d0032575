import { asFields, booleanOf, numberOf, stringOf, type Fields } from "./fields";

/** A room as the API lists it, or as the development page links to it. */
export interface RoomSummary {
  readonly roomId: string;
  readonly title: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly orientation: "portrait" | "landscape";
  readonly live: boolean;
  readonly viewers: number | undefined;
  readonly videoCodec: string | undefined;
  readonly watchUrl: string;
  readonly studioUrl: string | undefined;
}

export function roomSummary(value: unknown): RoomSummary | undefined {
  const fields = asFields(value);
  const roomId = stringOf(fields, "roomId");
  if (roomId === undefined) return undefined;

  const merchantId = stringOf(fields, "merchantId") ?? "";
  return {
    roomId,
    merchantId,
    title: stringOf(fields, "title") ?? roomId,
    merchantName: stringOf(fields, "merchantName") ?? merchantId,
    orientation: stringOf(fields, "orientation") === "landscape" ? "landscape" : "portrait",
    live: isLive(fields),
    viewers: numberOf(fields, "viewers"),
    videoCodec: stringOf(fields, "videoCodec"),
    watchUrl: stringOf(fields, "watchUrl") ?? `/watch/${encodeURIComponent(roomId)}`,
    studioUrl: stringOf(fields, "studioUrl"),
  };
}

function isLive(fields: Fields): boolean {
  return booleanOf(fields, "live") ?? stringOf(fields, "state") === "live";
}
