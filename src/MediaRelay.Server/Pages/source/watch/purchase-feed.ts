import { element } from "../dom/element";
import type { OverlayMessage } from "../overlays/envelope";
import type { RoomState } from "../overlays/room-state";
import { formatMoney } from "../text/format";
import { locale, t } from "../text/language";
import { listOf, numberOf, stringOf, type Fields } from "../wire/fields";

const shownAtOnce = 3;
const shownMs = 4000;
/** While purchases come faster than they can be read, each is on show at least this long before the next replaces it. */
const leastShownMs = 350;
/** Waiting lines beyond this are told as a count: nobody reads a flash minute line by line. */
const mostWaiting = 12;

/** Lines over the picture that say who sold what: the owner, the product, how many, for how much. */
export class PurchaseFeed {
  readonly root = element("div", { class: "purchases", attributes: { "aria-live": "polite", role: "log" } });
  private readonly waiting: HTMLElement[] = [];
  private skipped = 0;
  private lastShownAt = 0;
  private pump: number | undefined;

  show(message: OverlayMessage, state: RoomState): void {
    for (const line of listOf(message.body, "items") ?? [message.body]) {
      if (this.waiting.length >= mostWaiting) this.skipped++;
      else this.waiting.push(this.line(line, message, state));
    }

    this.run();
  }

  private run(): void {
    if (this.pump !== undefined || this.waiting.length === 0) return;
    const wait = Math.max(0, this.lastShownAt + leastShownMs - performance.now());
    this.pump = window.setTimeout(() => {
      this.pump = undefined;
      this.showNext();
      this.run();
    }, wait);
  }

  private showNext(): void {
    const next = this.waiting.shift();
    if (next === undefined) return;

    this.lastShownAt = performance.now();
    this.append(next);
    if (this.waiting.length > 0 || this.skipped === 0) return;
    this.append(element("div", { class: "purchase more" }, t("watch.purchaseMore", { count: this.skipped })));
    this.skipped = 0;
  }

  private append(line: HTMLElement): void {
    this.root.append(line);
    while (this.root.childElementCount > shownAtOnce) this.root.firstElementChild?.remove();
    setTimeout(() => line.remove(), shownMs);
  }

  private line(fields: Fields, message: OverlayMessage, state: RoomState): HTMLElement {
    const merchantId = stringOf(fields, "merchantId") ?? stringOf(message.body, "merchantId") ?? "";
    const itemId = stringOf(fields, "itemId") ?? "";
    const title = stringOf(fields, "title") ?? state.item(merchantId, itemId)?.title ?? itemId;
    const quantity = numberOf(fields, "quantity") ?? 1;
    const amount = numberOf(fields, "amountMinor");
    const currency = stringOf(fields, "currency") ?? "";
    const owner = Math.max(0, state.merchants.findIndex((merchant) => merchant.merchantId === merchantId));

    return element("div", {
      class: `purchase owner-${owner % 4}`,
      data: { merchantId, itemId, seq: String(message.seq) },
    },
    element("span", { class: "purchase-owner" }, state.merchantName(merchantId)),
    element("span", { class: "purchase-what" }, t("watch.purchase", { title, quantity })),
    amount === undefined ? null : element("b", {}, formatMoney(amount, currency, locale())));
  }
}
