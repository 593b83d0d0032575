/** Flushes at most this often: 5 messages a second and viewer, however fast the thumb. */
const flushEveryMs = 200;

/** Adds up likes and hands them on in bundles. */
export class LikeCounter {
  private pending = 0;
  private isScheduled = false;

  /** `send` gets a count and says whether it went out; `schedule` calls back after a time (setTimeout). */
  constructor(
    private readonly send: (count: number) => boolean,
    private readonly schedule: (action: () => void, ms: number) => void,
  ) {}

  add(): void {
    this.pending++;
    if (this.isScheduled) return;
    this.flush();
  }

  private flush(): void {
    this.isScheduled = false;
    if (this.pending === 0) return;

    // Likes made while there is no connection are kept and go with the next flush after it is back.
    if (this.send(this.pending)) this.pending = 0;
    this.isScheduled = true;
    this.schedule(() => this.flush(), flushEveryMs);
  }
}
