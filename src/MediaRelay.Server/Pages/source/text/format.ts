/** An amount in minor units (10 050 CNY → ¥100.50, 500 JPY → ¥500) as the locale writes it. */
export function formatMoney(amountMinor: number, currency: string, locale: string): string {
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${amountMinor} ${currency}`.trim();

  const format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}

/** Minor digits of `currency` by ISO 4217: 2 for CNY, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  if (!/^[A-Za-z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** A typed price ("199", "199.5") in minor units; undefined when it is no price. Decimal text, never floating point. */
export function parsePrice(typed: string, currency: string): number | undefined {
  const match = /^(\d{1,12})(?:[.,](\d*))?$/.exec(typed.trim());
  if (match === null) return undefined;

  const digits = minorDigits(currency);
  const fraction = match[2] ?? "";
  if (fraction.length > digits) return undefined;
  return Number(match[1] + fraction.padEnd(digits, "0"));
}

/** The text that `parsePrice` reads back. */
export function priceText(amountMinor: number, currency: string): string {
  return (amountMinor / 10 ** minorDigits(currency)).toFixed(minorDigits(currency));
}

/** 1 234 → 1.2K, in Chinese 12 345 → 1.2万. */
export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

/** Time left as m:ss or h:mm:ss; never negative. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A value with its SI prefix: 1 532 000 → "1.53 M". */
export function formatScaled(value: number): string {
  const magnitude = Math.abs(value);
  const steps: readonly [number, string][] = [[1e9, " G"], [1e6, " M"], [1e3, " k"]];
  for (const [size, prefix] of steps) {
    if (magnitude >= size) return trimmed(value / size) + prefix;
  }

  return trimmed(value);
}

function trimmed(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
