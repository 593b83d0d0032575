import { element } from "../dom/element";
import { TimeChart } from "../dom/time-chart";
import { bitsPerSecond, senderSnapshot, type SenderSnapshot } from "../media/sender-statistics";
import { t } from "../text/language";
import type { StringKey } from "../text/strings";

const everyMs = 1000;

/** How the host's stream gets through: bitrate and round trip over time, codec, size, loss. */
export class StatisticsPanel {
  readonly root: HTMLElement;
  private readonly bitrate = new TimeChart("#ff5a76");
  private readonly roundTrip = new TimeChart("#5c9bff");
  private readonly facts = element("dl", { class: "facts" });
  private before: SenderSnapshot | undefined;

  constructor(private readonly connection: () => RTCPeerConnection | undefined) {
    this.root = element("section", { class: "card" },
      element("h2", { t: "studio.statistics" }),
      element("div", { class: "charts" },
        element("figure", {}, element("figcaption", { t: "studio.bitrate" }), this.bitrate.root),
        element("figure", {}, element("figcaption", { t: "studio.rtt" }), this.roundTrip.root)),
      this.facts);
    setInterval(() => void this.measure(), everyMs);
  }

  private async measure(): Promise<void> {
    const pc = this.connection();
    if (pc === undefined || pc.connectionState !== "connected") {
      this.before = undefined;
      return;
    }

    const now = senderSnapshot((await pc.getStats()).values());
    const rate = bitsPerSecond(this.before, now);
    this.before = now;
    this.bitrate.add(Date.now(), rate === undefined ? undefined : rate / 1000);
    this.roundTrip.add(Date.now(), now.roundTripMs);
    this.draw(now);
  }

  private draw(now: SenderSnapshot): void {
    const size = now.width === undefined ? "–" : `${now.width}×${now.height} @ ${Math.round(now.framesPerSecond ?? 0)}`;
    const limits: Record<string, StringKey> = {
      none: "studio.limit.none", cpu: "studio.limit.cpu", bandwidth: "studio.limit.bandwidth",
    };
    const limit = now.limitedBy === undefined ? "–" : t(limits[now.limitedBy] ?? "studio.limit.other");
    this.facts.replaceChildren(
      ...fact("studio.stat.codec", now.codec ?? "–"),
      ...fact("studio.stat.size", size),
      ...fact("studio.stat.loss", `${now.packetsLost} / ${now.packetsSent}`),
      ...fact("studio.stat.limit", limit));
  }
}

function fact(key: StringKey, value: string): [HTMLElement, HTMLElement] {
  return [element("dt", { t: key }), element("dd", {}, value)];
}
