/** Now as Unix time in µs, the unit of the overlay envelope. */
export function unixMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Now as Unix time in ms with the monotonic clock's resolution. */
export function unixMillis(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * A point in time from a message body as Unix ms: Unix µs, ms or s, or an RFC 3339 text. The three integer units
 * cannot be confused for dates between 1973 and 5138.
 */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === "string") {
    const parsed = Date.parse(value);
    return Number.isNaN(parsed) ? undefined : parsed;
  }

  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) return undefined;
  if (value >= 1e14) return value / 1000;
  return value >= 1e11 ? value : value * 1000;
}
