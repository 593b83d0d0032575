const ticksPerMs = 90;
/** A message that is due later than this is applied at once: the picture never gets there (other timeline, paused). */
const longestWaitTicks = 3000 * ticksPerMs;

/**
 * Holds what belongs to a later moment of the picture until that moment is shown. Media time is unwrapped 90 kHz; the
 * frames' RTP timestamps are the same modulo 2³² after adding the snapshot's offset.
 */
export class MediaClock {
  private readonly waiting: { readonly mediaTime: number; readonly action: () => void }[] = [];
  private shown: number | undefined;
  private reference: number | undefined;
  mediaOffset = 0;

  /** Runs `action` when the frame of `mediaTime` is on the screen: now, if that has passed or cannot be told. */
  at(mediaTime: number | undefined, action: () => void): void {
    const ahead = mediaTime === undefined ? 0 : this.ticksUntil(mediaTime);
    if (mediaTime === undefined || ahead <= 0 || ahead > longestWaitTicks) action();
    else this.waiting.push({ mediaTime, action });
  }

  /** Notes the frame that is shown now. */
  show(rtpTimestamp: number | undefined): void {
    if (rtpTimestamp === undefined) return;
    this.shown = rtpTimestamp;
    while (this.waiting[0] !== undefined && this.isDue(this.waiting[0].mediaTime)) this.waiting.shift()?.action();
  }

  /** Notes a media time of a message: frames carry 32 bits of it only. */
  note(mediaTime: number | undefined): void {
    this.reference = mediaTime ?? this.reference;
  }

  /** Unwrapped media time of the frame that is shown; undefined while that cannot be told. */
  get shownMediaTime(): number | undefined {
    if (this.reference === undefined || this.shown === undefined) return undefined;
    const time = this.reference - this.ticksUntil(this.reference);
    return time < 0 ? undefined : time;
  }

  private isDue(mediaTime: number): boolean {
    const ahead = this.ticksUntil(mediaTime);
    return ahead <= 0 || ahead > longestWaitTicks;
  }

  private ticksUntil(mediaTime: number): number {
    if (this.shown === undefined) return 0;
    // Numbers above 2³¹ after the modulo are differences into the past.
    const difference = modulo(mediaTime + this.mediaOffset - this.shown);
    return difference >= 2 ** 31 ? difference - 2 ** 32 : difference;
  }
}

function modulo(value: number): number {
  return ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
}
