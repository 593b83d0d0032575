import type { StringKey } from "../text/strings";
import { matching, type Sample } from "./prometheus-text";

/** One figure of the console: where it is in /metrics and how it reads. */
export interface Figure {
  readonly key: StringKey;
  /** Names in order of preference. */
  readonly metrics: readonly RegExp[];
  /** Labels that count; the samples that have them are summed. */
  readonly labels?: RegExp;
  readonly kind: "gauge" | "rate" | "conservation" | "bytes";
  /** bits from a byte counter: 8. */
  readonly factor?: number;
  readonly color: string;
}

/** The value of a figure at one moment, before a rate is made of it; undefined when the node does not report it. */
export function total(figure: Figure, samples: readonly Sample[]): number | undefined {
  const { labels } = figure;
  const found = matching(samples, figure.metrics)?.filter((sample) => labels === undefined || labels.test(sample.labels));
  // Two currencies that are off in opposite directions must not look balanced.
  return found?.reduce((sum, { value }) => sum + (figure.kind === "conservation" ? Math.abs(value) : value), 0);
}

export const figures: readonly Figure[] = [
  { key: "ops.rooms", metrics: [/^mediarelay_rooms_live$/, /^mediarelay_rooms$/], kind: "gauge", color: "#ff5a76" },
  { key: "ops.viewers", metrics: [/^mediarelay_viewers$/, /^mediarelay_.*viewers$/, /^mediarelay_subscribers$/], kind: "gauge", color: "#5c9bff" },
  { key: "ops.publishers", metrics: [/^mediarelay_(hosts|publishers)$/, /^mediarelay_.*(hosts|publishers)$/], kind: "gauge", color: "#2cc9a6" },
  { key: "ops.cohosts", metrics: [/^mediarelay_cohost_sessions$/], labels: /active/, kind: "gauge", color: "#f0b03f" },
  { key: "ops.packets", metrics: [/^mediarelay_packets_sent_total$/, /^mediarelay_.*packets_sent_total$/], kind: "rate", color: "#5c9bff" },
  { key: "ops.bytes", metrics: [/^mediarelay_bytes_sent_total$/, /^mediarelay_.*(sent_bytes|bytes_sent)_total$/], kind: "rate", factor: 8, color: "#2cc9a6" },
  { key: "ops.joins", metrics: [/^mediarelay_joins_total$/], labels: /result="accepted"/, kind: "rate", color: "#ff5a76" },
  { key: "ops.overlays", metrics: [/^mediarelay_overlays_(delivered|sent)_total$/, /^mediarelay_overlay_.*(delivered|sent|deliveries)_total$/, /^mediarelay_overlay.*_total$/], kind: "rate", color: "#f0b03f" },
  { key: "ops.orders", metrics: [/^mediarelay_orders_total$/], kind: "rate", color: "#ff5a76" },
  { key: "ops.drops", metrics: [/^mediarelay_packets_dropped_total$/, /^mediarelay_.*(dropped|drops)_total$/], kind: "rate", color: "#ff8f5c" },
  { key: "ops.conservation", metrics: [/^mediarelay_ledger_conservation_difference$/], kind: "conservation", color: "#2fd07f" },
  { key: "ops.memory", metrics: [/^mediarelay_process_resident_memory_bytes$/], kind: "bytes", color: "#9a8cff" },
  { key: "ops.cpu", metrics: [/^mediarelay_process_cpu_seconds_total$/], kind: "rate", color: "#9a8cff" },
];
