import type { Fields } from "../wire/fields";
import { numberOf, stringOf } from "../wire/fields";
import { unixMicros } from "../wire/instants";
import { ClockOffset } from "./clock-offset";
import { decodeEnvelope, encodeEnvelope, type OverlayMessage } from "./envelope";
import { SequenceTracker } from "./sequence-tracker";

/** What carries the messages: the `overlays` data channel or the events WebSocket. */
export interface OverlayLink {
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

export interface OverlaySessionHandlers {
  /** Every message that is new to this page, in the order of arrival. */
  onMessage(message: OverlayMessage): void;
  /** A message that cannot be read. */
  onMalformed(): void;
}

const pingEveryMs = 5000;

/** The shortest round trip of a few tells the relay's clock best, and a flash sale may begin right after the page was opened. */
const firstPingsMs = [200, 400, 700, 1200];

/** Types whose arrival the publisher wants to know; the relay makes delivery receipts of it. */
const acknowledged: ReadonlySet<string> = new Set(["coupon", "flashSale", "bargain", "draw"]);

/** One viewer's conversation over `overlays`; outlives reconnects, after which it asks for what it missed. */
export class OverlaySession {
  readonly clock = new ClockOffset();
  readonly sequence = new SequenceTracker();
  private link: OverlayLink | undefined;
  private roomId: string | undefined;
  private resumeAfter: number | undefined;
  private firstPings: ReturnType<typeof setTimeout>[] = [];
  private pings: ReturnType<typeof setInterval> | undefined;
  private ownSeq = 0;

  constructor(private readonly handlers: OverlaySessionHandlers) {}

  get isOpen(): boolean {
    return this.link !== undefined;
  }

  attach(link: OverlayLink): void {
    this.detach();
    this.link = link;
    this.resumeAfter = this.sequence.resumeAfter;
    this.ping();
    this.firstPings = firstPingsMs.map((ms) => setTimeout(() => this.ping(), ms));
    this.pings = setInterval(() => this.ping(), pingEveryMs);
  }

  detach(): void {
    clearInterval(this.pings);
    this.firstPings.forEach(clearTimeout);
    this.link = undefined;
  }

  receive(data: ArrayBuffer, receivedAt: number): void {
    const message = decodeEnvelope(data, receivedAt);
    if (message === undefined) {
      this.handlers.onMalformed();
      return;
    }

    if (message.type === "snapshot") this.followSnapshot(message);
    else if (!this.sequence.accept(message)) return;

    if (message.type === "pong") this.followPong(message);
    if (acknowledged.has(message.type)) this.send("receipt", { seq: message.seq });
    this.handlers.onMessage(message);
  }

  /**
   * Sends a message of this viewer, with the media time of the frame that it saw if that matters; false when there is no connection to
   * carry it.
   */
  send(type: string, body: Fields, mediaTime?: number): boolean {
    if (this.link === undefined) return false;
    this.link.send(encodeEnvelope(type, this.ownSeq++, unixMicros(), body, mediaTime));
    return true;
  }

  private followSnapshot(message: OverlayMessage): void {
    const roomId = stringOf(message.body, "roomId");
    const after = this.resumeAfter;
    this.resumeAfter = undefined;

    // After a hand-off the numbers are another room's, and after the relay's restart they begin again: then nothing of
    // the old ones can be resumed or compared.
    const isSameCount = (this.roomId === undefined || this.roomId === roomId) && message.seq >= this.sequence.highest;
    if (!isSameCount) this.sequence.clear();
    this.roomId = roomId;
    this.sequence.restart(message.seq);
    if (isSameCount && after !== undefined && after < message.seq) this.send("resume", { afterSeq: after });
  }

  private followPong({ body, receivedAt }: OverlayMessage): void {
    const sent = numberOf(body, "t");
    const at = numberOf(body, "at");
    if (sent !== undefined && at !== undefined) this.clock.add(sent, at, receivedAt * 1000);
  }

  private ping(): void {
    this.send("ping", { t: unixMicros() });
  }
}
