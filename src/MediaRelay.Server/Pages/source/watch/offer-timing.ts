import { instantOf } from "../wire/instants";
import { stringOf, type Fields } from "../wire/fields";

/** Before its first instant, between its instants, after the last one or closed. */
export type OfferPhase = "upcoming" | "on" | "over";

const closedStates: ReadonlySet<string> = new Set(["closed", "ended", "cancelled", "removed", "expired"]);

export interface OfferMoment {
  readonly phase: OfferPhase;
  /** When the phase ends by itself, as the relay's Unix ms; undefined when only a message ends it. */
  readonly until: number | undefined;
}

/** Where an offer is at the relay's time `now` (Unix ms): every page that knows the relay's clock says the same. */
export function offerMoment(body: Fields, now: number): OfferMoment {
  const startAt = instantOf(body["startAt"]);
  const endAt = instantOf(body["endAt"]);
  if (closedStates.has(stringOf(body, "state") ?? "") || (endAt !== undefined && endAt <= now)) return { phase: "over", until: undefined };
  if (startAt !== undefined && startAt > now) return { phase: "upcoming", until: startAt };
  return { phase: "on", until: endAt };
}

/** A timer never waits longer than this: the estimate of the relay's clock gets better meanwhile. */
const longestWaitMs = 500;

/** How long to wait, in ms, before looking at an offer again; undefined when nothing comes by itself. */
export function nextLookMs(moment: OfferMoment, now: number): number | undefined {
  return moment.until === undefined ? undefined : Math.min(longestWaitMs, Math.max(0, moment.until - now));
}
