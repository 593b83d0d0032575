import type { StringKey } from "../text/strings";

/** One figure of the console: where it is in /metrics and how it reads. */
export interface Figure {
  readonly key: StringKey;
  /** Names in order of preference; labels are summed. */
  readonly metrics: readonly RegExp[];
  readonly kind: "gauge" | "rate" | "conservation" | "bytes";
  /** bits from a byte counter: 8. */
  readonly factor?: number;
  readonly color: string;
}

export const figures: readonly Figure[] = [
  { key: "ops.rooms", metrics: [/^mediarelay_rooms(_live)?$/, /^mediarelay_.*live_rooms$/], kind: "gauge", color: "#ff5a76" },
  { key: "ops.viewers", metrics: [/^mediarelay_viewers$/, /^mediarelay_.*viewers$/, /^mediarelay_subscribers$/], kind: "gauge", color: "#5c9bff" },
  { key: "ops.publishers", metrics: [/^mediarelay_(hosts|publishers)$/, /^mediarelay_.*(hosts|publishers)$/], kind: "gauge", color: "#2cc9a6" },
  { key: "ops.cohosts", metrics: [/^mediarelay_cohost_sessions$/, /^mediarelay_cohost_.*sessions(_active)?$/, /^mediarelay_mixers$/], kind: "gauge", color: "#f0b03f" },
  { key: "ops.packets", metrics: [/^mediarelay_packets_sent_total$/, /^mediarelay_.*packets_sent_total$/], kind: "rate", color: "#5c9bff" },
  { key: "ops.bytes", metrics: [/^mediarelay_bytes_sent_total$/, /^mediarelay_.*(sent_bytes|bytes_sent)_total$/], kind: "rate", factor: 8, color: "#2cc9a6" },
  { key: "ops.joins", metrics: [/^mediarelay_joins_total$/, /^mediarelay_.*joins?_total$/, /^mediarelay_sessions_(opened|created)_total$/], kind: "rate", color: "#ff5a76" },
  { key: "ops.overlays", metrics: [/^mediarelay_overlays_(delivered|sent)_total$/, /^mediarelay_overlay_.*(delivered|sent|deliveries)_total$/, /^mediarelay_overlay.*_total$/], kind: "rate", color: "#f0b03f" },
  { key: "ops.orders", metrics: [/^mediarelay_orders_total$/, /^mediarelay_orders_.*accepted_total$/, /^mediarelay_order.*_total$/], kind: "rate", color: "#ff5a76" },
  { key: "ops.drops", metrics: [/^mediarelay_packets_dropped_total$/, /^mediarelay_.*(dropped|drops)_total$/], kind: "rate", color: "#ff8f5c" },
  { key: "ops.conservation", metrics: [/^mediarelay_ledger_conservation.*(?<!_total)$/, /^mediarelay_.*conservation.*$/], kind: "conservation", color: "#2fd07f" },
  { key: "ops.memory", metrics: [/^process_resident_memory_bytes$/, /^mediarelay_process_(resident_)?memory_bytes$/, /^mediarelay_.*resident.*bytes$/], kind: "bytes", color: "#9a8cff" },
  { key: "ops.cpu", metrics: [/^process_cpu_seconds_total$/, /^mediarelay_process_cpu_seconds_total$/], kind: "rate", color: "#9a8cff" },
];
