import type { OverlayMessage } from "./envelope";

/** Types that the relay never sheds and replays for 60 s, each exactly once and in order. */
const neverShed: ReadonlySet<string> = new Set([
  "purchase", "snapshot", "shelf", "spotlight", "coupon", "flashSale", "bargain", "draw", "cohost", "layout", "handOff",
  "clickToken",
]);

/** Replayed messages are compared against this many numbers; at 400 a second it spans more than a reconnect. */
const rememberedNumbers = 4096;

/**
 * Follows a room's one counter: finds what is missing and what came twice. Classes overtake each other on the way (a
 * comment waits while purchases pass), so a lower number is late, not wrong, and only never-shed types are in order.
 */
export class SequenceTracker {
  private readonly recent = new Set<number>();
  private highestSeen = 0;
  private missingCount = 0;
  private resumePoint: number | undefined;
  private restartedAt: number | undefined;

  /** Highest number seen; 0 before the first. */
  get highest(): number {
    return this.highestSeen;
  }

  /** Numbers not seen so far: shed tallies and comments, or messages still under way. */
  get missing(): number {
    return this.missingCount;
  }

  /** Last never-shed number, from which a new connection resumes; undefined before the first message. */
  get resumeAfter(): number | undefined {
    return this.resumePoint;
  }

  /** Starts over at a snapshot: everything up to its number is contained in it. */
  restart(seq: number): void {
    this.highestSeen = seq;
    this.resumePoint = seq;
    this.restartedAt = seq;
  }

  /** Forgets the room's numbers, because the next ones count another room's. */
  clear(): void {
    this.recent.clear();
    this.highestSeen = 0;
    this.missingCount = 0;
    this.restartedAt = undefined;
    this.resumePoint = undefined;
  }

  /** Notes a message other than a snapshot; false when this never-shed message was here before. */
  accept(message: OverlayMessage): boolean {
    const { seq } = message;
    // The shelf that did not fit into a snapshot has the snapshot's number, in as many parts as it takes.
    const ordered = neverShed.has(message.type) && seq !== this.restartedAt;
    if (ordered && this.recent.has(seq)) return false;
    if (ordered) this.remember(seq);

    if (seq > this.highestSeen) {
      this.missingCount += seq - this.highestSeen - 1;
      this.highestSeen = seq;
    } else if (this.missingCount > 0) {
      this.missingCount--;
    }

    if (ordered && seq > (this.resumePoint ?? -1)) this.resumePoint = seq;
    return true;
  }

  private remember(seq: number): void {
    this.recent.add(seq);
    if (this.recent.size <= rememberedNumbers) return;
    for (const oldest of this.recent) {
      this.recent.delete(oldest);
      return;
    }
  }
}
