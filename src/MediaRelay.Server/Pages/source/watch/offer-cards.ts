import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import type { OverlayMessage } from "../overlays/envelope";
import type { RoomState } from "../overlays/room-state";
import { formatCountdown, formatMoney } from "../text/format";
import { languageChanged, locale, t } from "../text/language";
import type { StringKey } from "../text/strings";
import { numberOf, stringOf, type Fields } from "../wire/fields";
import { instantOf, unixMillis } from "../wire/instants";
import { nextLookMs, offerMoment, type OfferPhase } from "./offer-timing";

/** Cards beyond this would cover the picture; the oldest gives way. */
const mostCards = 3;
const endedShownMs = 6000;
interface OfferKind {
  readonly idFields: readonly string[];
  readonly name: StringKey;
  /** What a viewer may do: message type, field of the relay's answer, button before and after. */
  readonly action?: { readonly type: string; readonly answer: string; readonly before: StringKey; readonly after: StringKey };
}

const kinds: Readonly<Record<string, OfferKind>> = {
  coupon: {
    idFields: ["couponId"], name: "card.coupon",
    action: { type: "claim", answer: "claim", before: "card.claim", after: "card.claimed" },
  },
  flashSale: { idFields: ["flashSaleId", "itemId"], name: "card.flashSale" },
  draw: {
    idFields: ["drawId"], name: "card.draw",
    action: { type: "enter", answer: "entry", before: "card.enter", after: "card.entered" },
  },
  bargain: {
    idFields: ["bargainId"], name: "card.bargain",
    action: { type: "help", answer: "help", before: "card.help", after: "card.helped" },
  },
};

/** Answers that need other words than "done". */
const answers: Readonly<Record<string, StringKey>> = { exhausted: "card.exhausted", closed: "card.ended", unknown: "card.ended" };

interface Card {
  readonly root: HTMLElement;
  readonly kind: OfferKind;
  readonly merchantId: string;
  readonly id: string;
  body: Fields;
  /** What became of this viewer's wish to take part: sent, or the relay's answer. */
  part: string | undefined;
  phase: OfferPhase | undefined;
  look: ReturnType<typeof setTimeout> | undefined;
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
    const id = kind.idFields.map((field) => stringOf(body, field)).find((value) => value !== undefined) ?? "";
    const key = JSON.stringify([message.type, merchantId, id]);
    const known = this.cards.get(key);
    const card = known ?? this.newCard(message.type, kind, merchantId, id, body);
    card.body = { ...card.body, ...body };
    card.part = kind.action === undefined ? undefined : stringOf(body, kind.action.answer) ?? card.part;
    if (known === undefined) this.add(key, card);
    this.look(card);
    this.draw(card);
    this.tick();
  }

  clear(): void {
    this.cards.forEach((card) => clearTimeout(card.look));
    this.cards.clear();
    this.root.replaceChildren();
  }

  private newCard(type: string, kind: OfferKind, merchantId: string, id: string, body: Fields): Card {
    const owner = Math.max(0, this.state.merchants.findIndex((merchant) => merchant.merchantId === merchantId));
    const root = element("article", { class: `offer owner-${owner % 4}`, data: { type, merchantId, id } });
    return { root, kind, merchantId, id, body, part: undefined, phase: undefined, look: undefined, endedAt: undefined };
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
    const card = this.cards.get(key);
    clearTimeout(card?.look);
    card?.root.remove();
    this.cards.delete(key);
  }

  /** Follows the relay's clock to the instant at which the offer begins or ends, within a few ms of every other page. */
  private look(card: Card): void {
    clearTimeout(card.look);
    const now = this.relayNow();
    const moment = offerMoment(card.body, now);
    const wait = nextLookMs(moment, now);
    if (wait !== undefined) card.look = setTimeout(() => this.look(card), wait);
    if (card.phase === moment.phase) return;

    card.phase = moment.phase;
    card.root.dataset["phase"] = moment.phase;
    card.root.dataset["phaseAt"] = String(Math.round(now));
    this.draw(card);
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
      ...progressOf(card), ...this.drawOf(card),
      ...this.actionsOf(card));
  }

  private timeOf(card: Card): HTMLElement {
    return element("span", { class: "offer-time" }, this.timeText(card));
  }

  private timeText(card: Card): string {
    const now = this.relayNow();
    const startAt = instantOf(card.body["startAt"]);
    const endAt = instantOf(card.body["endAt"]);
    if (this.isEnded(card, now)) return t(stringOf(card.body, "state") === "revealed" ? "card.drawn" : "card.ended");
    if (startAt !== undefined && startAt > now) return t("card.startsIn", { time: formatCountdown(startAt - now) });
    if (endAt !== undefined) return t("card.endsIn", { time: formatCountdown(endAt - now) });
    return startAt === undefined ? "" : t("card.now");
  }

  private isEnded(card: Card, now: number): boolean {
    return offerMoment(card.body, now).phase === "over" || stringOf(card.body, "state") === "revealed";
  }

  /** How a draw went: whether this viewer won, and what it was bound to. */
  private drawOf(card: Card): HTMLElement[] {
    const winners = card.body["winners"];
    const commit = stringOf(card.body, "commit");
    if (commit === undefined) return [];

    const bound = element("p", { class: "quiet offer-commit", attributes: { title: commit } }, t("card.commit", { commit: commit.slice(0, 12) }));
    if (!Array.isArray(winners)) return [bound];
    const own = stringOf(card.body, "entryHash");
    const key: StringKey = own !== undefined && winners.includes(own) ? "card.won" : own === undefined ? "card.drawnFor" : "card.lost";
    return [element("p", { class: "offer-result" }, t(key, { count: winners.length })), bound];
  }

  private actionsOf(card: Card): HTMLElement[] {
    const { action, idFields } = card.kind;
    if (action === undefined || card.phase !== "on" || this.isEnded(card, this.relayNow())) return [];

    const isDone = card.part !== undefined;
    const act = button({ class: "primary", t: isDone ? answers[card.part ?? ""] ?? action.after : action.before });
    act.disabled = isDone;
    act.addEventListener("click", () => {
      if (this.send(action.type, { merchantId: card.merchantId, [idFields[0] ?? ""]: card.id })) card.part = "sent";
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

/** A bar for how far a bargain, or a coupon with a limit, has come. */
function progressOf({ body, kind }: Card): HTMLElement[] {
  const done = numberOf(body, "helpers") ?? numberOf(body, "claimed");
  const all = numberOf(body, "target") ?? numberOf(body, "limit");
  if (done === undefined || all === undefined) {
    const entered = numberOf(body, "entered");
    return entered === undefined || kind.name !== "card.draw" ? [] : [element("p", { class: "quiet" }, t("card.entries", { count: entered }))];
  }

  const bar = element("progress", { attributes: { max: String(all), value: String(Math.min(done, all)) } });
  return [bar, element("p", { class: "quiet offer-progress" }, `${done} / ${all}`)];
}

/** The price or worth on the card: the current price of a bargain, a flash sale's price, a coupon's amount. */
function amountOf(body: Fields): string {
  const amount = numberOf(body, "currentMinor") ?? numberOf(body, "priceMinor") ?? numberOf(body, "amountMinor");
  return amount === undefined ? "" : formatMoney(amount, stringOf(body, "currency") ?? "", locale());
}
