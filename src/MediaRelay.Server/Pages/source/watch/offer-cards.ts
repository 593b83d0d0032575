import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import type { OverlayMessage } from "../overlays/envelope";
import type { RoomState } from "../overlays/room-state";
import { formatCountdown, formatMoney } from "../text/format";
import { languageChanged, locale, t } from "../text/language";
import type { StringKey } from "../text/strings";
import { numberOf, stringOf, type Fields } from "../wire/fields";
import { instantOf, unixMillis } from "../wire/instants";

/** Cards beyond this would cover the picture; the oldest gives way. */
const mostCards = 3;
const endedShownMs = 6000;
const closedStates: ReadonlySet<string> = new Set(["closed", "ended", "cancelled", "removed", "expired"]);

interface OfferKind {
  readonly idField: string;
  readonly name: StringKey;
  /** What a viewer may do: message type, button before and after. */
  readonly action?: { readonly type: string; readonly before: StringKey; readonly after: StringKey };
}

const kinds: Readonly<Record<string, OfferKind>> = {
  coupon: {
    idField: "couponId", name: "card.coupon",
    action: { type: "claim", before: "card.claim", after: "card.claimed" },
  },
  flashSale: { idField: "itemId", name: "card.flashSale" },
  draw: {
    idField: "drawId", name: "card.draw",
    action: { type: "enter", before: "card.enter", after: "card.entered" },
  },
  bargain: {
    idField: "bargainId", name: "card.bargain",
    action: { type: "help", before: "card.help", after: "card.helped" },
  },
};

interface Card {
  readonly root: HTMLElement;
  readonly kind: OfferKind;
  readonly merchantId: string;
  readonly id: string;
  body: Fields;
  isDone: boolean;
  endedAt: number | undefined;
}

/** Flash sales, coupons, draws and bargains, each as one card that later messages about it bring up to date. */
export class OfferCards {
  readonly root = element("div", { class: "offers" });
  private readonly cards = new Map<string, Card>();
  private ticking: number | undefined;

  /** `relayNow` is the relay's time in Unix ms, so that every viewer's countdown ends at once. */
  constructor(
    private readonly state: RoomState,
    private readonly send: (type: string, body: Fields) => boolean,
    private readonly relayNow: () => number,
  ) {
    document.addEventListener(languageChanged, () => this.cards.forEach((card) => this.draw(card)));
  }

  static handles(type: string): boolean {
    return type in kinds;
  }

  show(message: OverlayMessage): void {
    const kind = kinds[message.type];
    if (kind === undefined) return;

    const { body } = message;
    const merchantId = stringOf(body, "merchantId") ?? "";
    const id = stringOf(body, kind.idField) ?? "";
    const key = JSON.stringify([message.type, merchantId, id]);
    const known = this.cards.get(key);
    const card = known ?? this.newCard(message.type, kind, merchantId, id, body);
    card.body = { ...card.body, ...body };
    if (known === undefined) this.add(key, card);
    this.draw(card);
    this.tick();
  }

  clear(): void {
    this.cards.clear();
    this.root.replaceChildren();
  }

  private newCard(type: string, kind: OfferKind, merchantId: string, id: string, body: Fields): Card {
    const owner = Math.max(0, this.state.merchants.findIndex((merchant) => merchant.merchantId === merchantId));
    const root = element("article", { class: `offer owner-${owner % 4}`, data: { type, merchantId, id } });
    return { root, kind, merchantId, id, body, isDone: false, endedAt: undefined };
  }

  private add(key: string, card: Card): void {
    this.cards.set(key, card);
    this.root.append(card.root);
    for (const oldest of this.cards.keys()) {
      if (this.cards.size <= mostCards) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    this.cards.get(key)?.root.remove();
    this.cards.delete(key);
  }

  private draw(card: Card): void {
    const { body, kind } = card;
    const itemId = stringOf(body, "itemId");
    const item = itemId === undefined ? undefined : this.state.item(card.merchantId, itemId);
    const title = stringOf(body, "title") ?? stringOf(body, "text") ?? item?.title ?? card.id;
    card.root.replaceChildren(
      element("header", {},
        element("b", { t: kind.name }),
        element("span", {}, this.state.merchantName(card.merchantId)),
        button({ class: "offer-close", label: "action.close", onClick: () => this.removeCard(card) }, icon("close"))),
      element("p", {}, title),
      element("p", { class: "offer-line" }, element("b", { class: "price" }, amountOf(body)), this.timeOf(card)),
      ...this.actionsOf(card));
  }

  private timeOf(card: Card): HTMLElement {
    return element("span", { class: "offer-time" }, this.timeText(card));
  }

  private timeText(card: Card): string {
    const now = this.relayNow();
    const startAt = instantOf(card.body["startAt"]);
    const endAt = instantOf(card.body["endAt"]);
    if (this.isEnded(card, now)) return t("card.ended");
    if (startAt !== undefined && startAt > now) return t("card.startsIn", { time: formatCountdown(startAt - now) });
    if (endAt !== undefined) return t("card.endsIn", { time: formatCountdown(endAt - now) });
    return startAt === undefined ? "" : t("card.now");
  }

  private isEnded(card: Card, now: number): boolean {
    const endAt = instantOf(card.body["endAt"]);
    return closedStates.has(stringOf(card.body, "state") ?? "") || (endAt !== undefined && endAt <= now);
  }

  private actionsOf(card: Card): HTMLElement[] {
    const { action, idField } = card.kind;
    if (action === undefined || this.isEnded(card, this.relayNow())) return [];

    const act = button({ class: "primary", t: card.isDone ? action.after : action.before });
    act.disabled = card.isDone;
    act.addEventListener("click", () => {
      card.isDone = this.send(action.type, { merchantId: card.merchantId, [idField]: card.id });
      this.draw(card);
    });
    return [act];
  }

  private tick(): void {
    if (this.ticking !== undefined) return;
    this.ticking = window.setInterval(() => {
      for (const card of this.cards.values()) this.tickCard(card);
      if (this.cards.size > 0) return;
      window.clearInterval(this.ticking);
      this.ticking = undefined;
    }, 250);
  }

  private tickCard(card: Card): void {
    const time = card.root.querySelector(".offer-time");
    if (time !== null) time.textContent = this.timeText(card);
    if (!this.isEnded(card, this.relayNow())) return;

    if (card.endedAt === undefined) {
      card.endedAt = unixMillis();
      this.draw(card);
    } else if (unixMillis() - card.endedAt > endedShownMs) {
      this.removeCard(card);
    }
  }

  private removeCard(card: Card): void {
    for (const [key, value] of this.cards) if (value === card) this.remove(key);
  }
}

/** The price or worth on the card: the current price of a bargain, a flash sale's price, a coupon's amount. */
function amountOf(body: Fields): string {
  const amount = numberOf(body, "currentMinor") ?? numberOf(body, "priceMinor") ?? numberOf(body, "amountMinor");
  return amount === undefined ? "" : formatMoney(amount, stringOf(body, "currency") ?? "", locale());
}
