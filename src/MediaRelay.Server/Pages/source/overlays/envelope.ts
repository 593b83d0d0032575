import { decode, encode } from "@msgpack/msgpack";
import { isFields, type Fields } from "../wire/fields";

/** One message of the `overlays` channel: `[version, type, seq, sentAt, mediaTime, body]` in MessagePack. */
export interface OverlayMessage {
  readonly version: number;
  readonly type: string;
  readonly seq: number;
  /** When the relay accepted the cause, Unix time in µs. */
  readonly sentAt: number;
  /** Unwrapped 90 kHz time on the room feed's timeline. */
  readonly mediaTime: number | undefined;
  readonly body: Fields;
  /** When it reached this page, Unix time in ms. */
  readonly receivedAt: number;
}

export const envelopeVersion = 1;
export const maxMessageBytes = 60 * 1024;

/** Reads one message; undefined when it is none, or of a version that this page does not know. */
export function decodeEnvelope(data: ArrayBuffer | Uint8Array, receivedAt: number): OverlayMessage | undefined {
  if (data.byteLength > maxMessageBytes) return undefined;

  let value: unknown;
  try {
    value = decode(data);
  } catch {
    // The decoder has no form that reports malformed input other than by throwing.
    return undefined;
  }

  if (!Array.isArray(value) || value.length < 6) return undefined;
  const [version, type, seq, sentAt, mediaTime, body] = value as unknown[];
  if (version !== envelopeVersion || typeof type !== "string" || !isCount(seq) || !isCount(sentAt) || !isFields(body)) {
    return undefined;
  }

  return { version, type, seq, sentAt, mediaTime: isCount(mediaTime) ? mediaTime : undefined, body, receivedAt };
}

export function encodeEnvelope(
  type: string, seq: number, sentAt: number, body: Fields, mediaTime?: number,
): Uint8Array<ArrayBuffer> {
  return encode([envelopeVersion, type, seq, sentAt, mediaTime ?? null, body]);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
