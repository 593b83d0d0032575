const keptSamples = 8;

/** Estimates the relay's clock against this page's from ping/pong; the sample with the shortest round trip counts. */
export class ClockOffset {
  private readonly samples: { readonly offset: number; readonly roundTrip: number }[] = [];

  /** Relay time minus page time in µs; 0 until the first answer. */
  get micros(): number {
    return this.best?.offset ?? 0;
  }

  /** Shortest recent round trip in µs. */
  get roundTripMicros(): number | undefined {
    return this.best?.roundTrip;
  }

  /** `sent` and `received` are page times, `at` is the relay's time between them; all Unix time in µs. */
  add(sent: number, at: number, received: number): void {
    if (received < sent) return;
    this.samples.push({ offset: at - (sent + received) / 2, roundTrip: received - sent });
    if (this.samples.length > keptSamples) this.samples.shift();
  }

  private get best() {
    return this.samples.reduce<{ offset: number; roundTrip: number } | undefined>(
      (best, sample) => (best === undefined || sample.roundTrip < best.roundTrip ? sample : best), undefined);
  }
}
