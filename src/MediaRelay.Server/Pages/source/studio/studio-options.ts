/** What the studio's address asks for: `?source=test&color=red&tone=440&fps=30&size=720&name=…`. */
export interface StudioOptions {
  readonly source: "camera" | "test";
  readonly color: string;
  /** Hz. */
  readonly tone: number;
  readonly fps: number;
  /** Shorter side of the test picture, in pixels. */
  readonly size: number;
  readonly name: string | undefined;
  readonly orientation: "portrait" | "landscape" | undefined;
  /** bit/s. */
  readonly maxBitrate: number;
  /** Goes live without a click; for unattended hosts. */
  readonly isAutomatic: boolean;
}

export function readStudioOptions(search: string): StudioOptions {
  const values = new URLSearchParams(search);
  const orientation = values.get("orientation");
  return {
    source: values.get("source") === "test" ? "test" : "camera",
    color: values.get("color") ?? "#c2255c",
    tone: within(values.get("tone"), 440, 20, 20_000),
    fps: within(values.get("fps"), 30, 1, 60),
    // Encoders want even sides, and 16 : 9 of a multiple of 18 has them.
    size: Math.round(within(values.get("size"), 720, 90, 1080) / 18) * 18,
    name: values.get("name") ?? undefined,
    orientation: orientation === "portrait" || orientation === "landscape" ? orientation : undefined,
    maxBitrate: within(values.get("bitrate"), 2500, 50, 20_000) * 1000,
    isAutomatic: values.get("autostart") === "1",
  };
}

function within(text: string | null, fallback: number, least: number, most: number): number {
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : fallback;
}
