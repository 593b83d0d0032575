import { element } from "../dom/element";
import type { OverlayMessage } from "../overlays/envelope";
import type { RoomState } from "../overlays/room-state";
import { formatCount, formatMoney } from "../text/format";
import { languageChanged, locale, t } from "../text/language";
import { listOf, numberOf, stringOf } from "../wire/fields";

const keptLines = 100;

/** What the host has to see of the room: how many are there, what they say, what they buy. */
export class AudiencePanel {
  readonly root: HTMLElement;
  private readonly counts = element("p", { class: "audience-counts" });
  private readonly lines = element("ol", { class: "audience-lines", attributes: { "aria-live": "polite", role: "log" } });
  private viewers = 0;
  private likes = 0;
  private orders = 0;

  constructor(private readonly state: RoomState) {
    this.root = element("section", { class: "card audience" }, element("h2", { t: "studio.audience" }), this.counts, this.lines);
    document.addEventListener(languageChanged, () => this.drawCounts());
    this.drawCounts();
  }

  follow({ type, body }: OverlayMessage): void {
    if (type === "tally") {
      this.viewers = numberOf(body, "viewers") ?? this.viewers;
      this.likes = numberOf(body, "likes") ?? this.likes;
    } else if (type === "comment") {
      this.add("comment", stringOf(body, "name") ?? stringOf(body, "viewerId")?.slice(0, 8) ?? "", stringOf(body, "text") ?? "");
    } else if (type === "purchase") {
      for (const line of listOf(body, "items") ?? [body]) {
        const merchantId = stringOf(line, "merchantId") ?? stringOf(body, "merchantId") ?? "";
        const title = stringOf(line, "title") ?? stringOf(line, "itemId") ?? "";
        const amount = formatMoney(numberOf(line, "amountMinor") ?? 0, stringOf(line, "currency") ?? "", locale());
        this.orders++;
        this.add("purchase", this.state.merchantName(merchantId), `${title} × ${numberOf(line, "quantity") ?? 1} · ${amount}`);
      }
    } else {
      return;
    }

    this.drawCounts();
  }

  private add(kind: string, who: string, text: string): void {
    this.lines.prepend(element("li", { class: `is-${kind}` }, element("b", {}, who), element("span", {}, text)));
    while (this.lines.childElementCount > keptLines) this.lines.lastElementChild?.remove();
  }

  private drawCounts(): void {
    this.counts.textContent = [
      t("watch.viewers", { count: formatCount(this.viewers, locale()) }),
      t("watch.likes", { count: formatCount(this.likes, locale()) }),
      `${t("studio.orders")}: ${formatCount(this.orders, locale())}`,
    ].join(" · ");
  }
}
