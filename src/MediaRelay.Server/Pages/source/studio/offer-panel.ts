import { attempt } from "../dom/attempt";
import { button, element } from "../dom/element";
import type { OverlayMessage } from "../overlays/envelope";
import { languageChanged, t } from "../text/language";
import { listOf, numberOf, stringOf, type Fields } from "../wire/fields";
import { path, type RestClient } from "../wire/rest";
import { OfferForm, offerTypes, type OfferType } from "./offer-form";

export interface OfferPanelOptions {
  readonly roomId: string;
  readonly merchantId: string;
  readonly rest: RestClient;
  readonly clockOffsetMicros: () => number;
}

/** The merchant's own coupons, flash sales, bargains and draws: publish, close, draw. */
export class OfferPanel {
  readonly root: HTMLElement;
  private readonly list = element("ul", { class: "running-offers" });
  private readonly running = new Map<string, { readonly type: OfferType; readonly id: string; body: Fields }>();

  constructor(private readonly options: OfferPanelOptions) {
    const form = new OfferForm((type, body) => this.publish(type, body), options.clockOffsetMicros);
    this.root = element("section", { class: "card offers-panel" }, element("h2", { t: "studio.offers" }),
      element("div", { class: "offer-kinds" }, ...offerTypes.map((type) =>
        button({ class: "chip", t: type.name, data: { type: type.type }, onClick: () => form.open(type) }))),
      this.list, form.root);
    document.addEventListener(languageChanged, () => this.draw());
  }

  follow(message: OverlayMessage): void {
    const shown: readonly [string, Fields][] = message.type === "snapshot"
      ? (listOf(message.body, "campaigns") ?? []).map((body) => [stringOf(body, "type") ?? "", body])
      : [[message.type, message.body]];
    for (const [name, body] of shown) this.note(name, body);
  }

  private note(name: string, body: Fields): void {
    const type = offerTypes.find((candidate) => candidate.type === name);
    const id = type?.idField === undefined ? undefined : stringOf(body, type.idField);
    if (type === undefined || id === undefined || stringOf(body, "merchantId") !== this.options.merchantId) return;

    const key = `${name}/${id}`;
    this.running.set(key, { type, id, body: { ...this.running.get(key)?.body, ...body } });
    this.draw();
  }

  private draw(): void {
    this.list.replaceChildren(...[...this.running.values()].flatMap((offer) => {
      const state = stringOf(offer.body, "state");
      const isDraw = offer.type.type === "draw";
      if (state === "revealed" || (state === "closed" && !isDraw)) return [];
      const count = numberOf(offer.body, "claimed") ?? numberOf(offer.body, "helpers") ?? numberOf(offer.body, "entered");
      const action = state === "closed" ? "reveal" : "close";
      return [element("li", { data: { id: offer.id } },
        element("b", {}, t(offer.type.name)),
        element("span", {}, `${stringOf(offer.body, "title") ?? offer.id}${count === undefined ? "" : ` · ${count}`}`),
        button({
          t: action === "reveal" ? "studio.offers.reveal" : "studio.offers.close",
          onClick: () => void this.publish(offer.type, { [offer.type.idField ?? ""]: offer.id, action }),
        }))];
    }));
  }

  private publish(type: OfferType, body: Fields): Promise<boolean> {
    const { roomId, merchantId, rest } = this.options;
    return attempt(type.name, () => rest.post(path("rooms", roomId, "overlays"), { type: type.type, merchantId, body }));
  }
}
