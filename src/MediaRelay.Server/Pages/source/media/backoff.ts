const firstMs = 500;
const longestMs = 15_000;

/** Waiting times between attempts: doubling from 0.5 s to 15 s, each spread by ±25 % so that viewers do not return at once. */
export class Backoff {
  private attempts = 0;

  constructor(private readonly random: () => number = Math.random) {}

  reset(): void {
    this.attempts = 0;
  }

  /** Next wait in ms, on top of `leastMs` (what the server asked for with Retry-After). */
  next(leastMs = 0): number {
    const base = Math.min(longestMs, firstMs * 2 ** this.attempts);
    this.attempts = Math.min(this.attempts + 1, 10);
    return leastMs + base * (0.75 + this.random() * 0.5);
  }
}
