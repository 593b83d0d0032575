import { asFields, numberOf, stringOf, type Fields } from "../wire/fields";

/** Counters of a sending connection at one moment. */
export interface SenderSnapshot {
  /** ms */
  readonly at: number;
  readonly bytesSent: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
  readonly roundTripMs: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly framesPerSecond: number | undefined;
  readonly codec: string | undefined;
  readonly limitedBy: string | undefined;
}

/** Reads the entries of `RTCPeerConnection.getStats()`. */
export function senderSnapshot(entries: Iterable<unknown>): SenderSnapshot {
  const all = [...entries].map(asFields);
  const ofType = (type: string) => all.filter((entry) => stringOf(entry, "type") === type);
  const outbound = ofType("outbound-rtp");
  const video = outbound.find((entry) => stringOf(entry, "kind") === "video");
  const pair = ofType("candidate-pair").find((entry) => entry["nominated"] === true);
  const codecId = video === undefined ? undefined : stringOf(video, "codecId");
  const codec = ofType("codec").find((entry) => codecId !== undefined && stringOf(entry, "id") === codecId);
  const seconds = pair === undefined ? undefined : numberOf(pair, "currentRoundTripTime");

  return {
    at: video === undefined ? 0 : numberOf(video, "timestamp") ?? 0,
    bytesSent: sum(outbound, "bytesSent"),
    packetsSent: sum(outbound, "packetsSent"),
    packetsLost: sum(ofType("remote-inbound-rtp"), "packetsLost"),
    roundTripMs: seconds === undefined ? undefined : seconds * 1000,
    width: video && numberOf(video, "frameWidth"),
    height: video && numberOf(video, "frameHeight"),
    framesPerSecond: video && numberOf(video, "framesPerSecond"),
    codec: codec === undefined ? undefined : stringOf(codec, "mimeType")?.replace(/^video\//, ""),
    limitedBy: video && stringOf(video, "qualityLimitationReason"),
  };
}

/** Rate between two snapshots in bit/s; undefined across a reconnect, where the counters start again. */
export function bitsPerSecond(before: SenderSnapshot | undefined, now: SenderSnapshot): number | undefined {
  if (before === undefined || now.at <= before.at || now.bytesSent < before.bytesSent) return undefined;
  return ((now.bytesSent - before.bytesSent) * 8000) / (now.at - before.at);
}

function sum(entries: readonly Fields[], name: string): number {
  return entries.reduce((total, entry) => total + (numberOf(entry, name) ?? 0), 0);
}
