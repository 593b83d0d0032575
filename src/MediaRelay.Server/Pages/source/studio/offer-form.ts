import { button, element } from "../dom/element";
import type { StringKey } from "../text/strings";
import { unixMicros } from "../wire/instants";
import type { Fields } from "../wire/fields";

export interface OfferField {
  readonly name: string;
  readonly key: StringKey;
  readonly value: string;
  readonly isNumber: boolean;
}

export interface OfferType {
  readonly type: string;
  readonly name: StringKey;
  /** The field that names it; undefined for what is shown once. */
  readonly idField: string | undefined;
  readonly fields: readonly OfferField[];
}

const text = (name: string, key: StringKey, value = ""): OfferField => ({ name, key, value, isNumber: false });
const number = (name: string, key: StringKey, value: string): OfferField => ({ name, key, value, isNumber: true });
const minutes = number("minutes", "studio.offers.minutes", "5");

export const offerTypes: readonly OfferType[] = [
  {
    type: "coupon", name: "card.coupon", idField: "couponId",
    fields: [text("title", "studio.offers.title"), number("limit", "studio.offers.limit", "100"), minutes],
  },
  {
    type: "flashSale", name: "card.flashSale", idField: "flashSaleId",
    fields: [
      text("title", "studio.offers.title"), text("itemId", "studio.offers.item"), number("priceMinor", "studio.offers.startPrice", "9900"),
      number("startIn", "studio.offers.startIn", "10"), minutes,
    ],
  },
  {
    type: "bargain", name: "card.bargain", idField: "bargainId",
    fields: [
      text("title", "studio.offers.title"), number("target", "studio.offers.target", "50"),
      number("startMinor", "studio.offers.startPrice", "9900"), number("floorMinor", "studio.offers.floorPrice", "4900"), minutes,
    ],
  },
  {
    type: "draw", name: "card.draw", idField: "drawId",
    fields: [text("title", "studio.offers.title"), number("prizes", "studio.offers.prizes", "1")],
  },
  { type: "notice", name: "studio.offers.notice", idField: undefined, fields: [text("text", "studio.offers.title")] },
];

/** The body that the relay is sent for what was filled in; `now` is the relay's Unix time in µs. */
export function offerBody(type: OfferType, values: ReadonlyMap<string, string>, id: string, now: number): Fields {
  const body: Record<string, unknown> = type.idField === undefined ? {} : { [type.idField]: id };
  for (const { name, isNumber } of type.fields) {
    const value = values.get(name)?.trim() ?? "";
    if (value === "" || name === "minutes" || name === "startIn") continue;
    body[name] = isNumber ? Number(value) : value;
  }

  const startAt = now + Number(values.get("startIn") ?? "0") * 1e6;
  if (values.has("startIn")) body["startAt"] = Math.round(startAt);
  if (values.has("minutes")) body["endAt"] = Math.round(startAt + Number(values.get("minutes")) * 60e6);
  if (type.type === "bargain" || type.type === "flashSale") body["currency"] = "CNY";
  return body;
}

/** The dialog in which a coupon, flash sale, bargain, draw or notice is made. */
export class OfferForm {
  readonly root = element("dialog", { class: "item-form" });

  /** `publish` says whether the relay took it; only then does the dialog close. */
  constructor(
    private readonly publish: (type: OfferType, body: Fields) => Promise<boolean>, private readonly clockOffsetMicros: () => number,
  ) {}

  open(type: OfferType): void {
    const inputs = new Map<string, HTMLInputElement>();
    const form = element("form", {},
      element("h2", { t: type.name }),
      ...type.fields.map(({ name, key, value, isNumber }) => {
        const input = element("input", { attributes: { name, type: isNumber ? "number" : "text", value, ...(isNumber ? { required: "", min: "0" } : {}) } });
        inputs.set(name, input);
        return element("label", {}, element("span", { t: key }), input);
      }),
      element("div", { class: "row" },
        button({ t: "action.cancel", onClick: () => this.root.close() }),
        element("button", { class: "primary", t: "studio.offers.publish", attributes: { type: "submit" } })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = new Map([...inputs].map(([name, input]) => [name, input.value]));
      const id = `${type.type}-${Date.now().toString(36)}`;
      void this.submit(type, offerBody(type, values, id, unixMicros() + this.clockOffsetMicros()));
    });
    this.root.replaceChildren(form);
    this.root.showModal();
  }

  private async submit(type: OfferType, body: Fields): Promise<void> {
    if (await this.publish(type, body)) this.root.close();
  }
}
