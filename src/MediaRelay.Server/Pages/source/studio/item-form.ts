import { button, element } from "../dom/element";
import type { ShelfItem } from "../overlays/room-state";
import { parsePrice, priceText } from "../text/format";
import { t } from "../text/language";
import type { StringKey } from "../text/strings";

const fields: readonly { readonly name: string; readonly key: StringKey; readonly type: string; readonly required: boolean }[] = [
  { name: "itemId", key: "studio.shelf.itemId", type: "text", required: true },
  { name: "title", key: "studio.shelf.title", type: "text", required: true },
  { name: "price", key: "studio.shelf.price", type: "text", required: true },
  { name: "currency", key: "studio.shelf.currency", type: "text", required: true },
  { name: "stock", key: "studio.shelf.stock", type: "number", required: true },
  { name: "url", key: "studio.shelf.url", type: "url", required: false },
  { name: "imageUrl", key: "studio.shelf.image", type: "url", required: false },
];

/** The dialog in which a product is put on the shelf or changed. */
export class ItemForm {
  readonly root = element("dialog", { class: "item-form" });
  private readonly inputs = new Map<string, HTMLInputElement>();
  private edited: ShelfItem | undefined;

  /** `save` says whether the relay took it; only then does the dialog close. */
  constructor(private readonly save: (item: ShelfItem) => Promise<boolean>) {
    const form = element("form", {},
      ...fields.map(({ name, key, type, required }) => {
        const input = element("input", { attributes: { name, type, ...(required ? { required: "" } : {}) } });
        if (type === "number") input.min = "0";
        this.inputs.set(name, input);
        return element("label", {}, element("span", { t: key }), input);
      }),
      element("div", { class: "row" },
        button({ t: "action.cancel", onClick: () => this.root.close() }),
        element("button", { class: "primary", t: "action.save", attributes: { type: "submit" } })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.root.append(form);
  }

  /** Without an item the form makes a new one. */
  open(item: ShelfItem | undefined): void {
    this.edited = item;
    const currency = item?.currency ?? "CNY";
    this.set("itemId", item?.itemId ?? `item-${Date.now().toString(36)}`);
    this.set("title", item?.title ?? "");
    this.set("price", item?.priceMinor === undefined ? "" : priceText(item.priceMinor, currency));
    this.set("currency", currency);
    this.set("stock", String(item?.stock ?? 100));
    this.set("url", item?.url ?? "");
    this.set("imageUrl", item?.imageUrl ?? "");
    this.input("itemId").readOnly = item !== undefined;
    this.input("price").setCustomValidity("");
    this.root.showModal();
  }

  private async submit(): Promise<void> {
    const currency = this.get("currency").toUpperCase();
    const priceMinor = parsePrice(this.get("price"), currency);
    if (priceMinor === undefined) {
      const price = this.input("price");
      price.setCustomValidity(t("studio.shelf.badPrice", { currency }));
      price.reportValidity();
      price.addEventListener("input", () => price.setCustomValidity(""), { once: true });
      return;
    }

    const isSaved = await this.save({
      merchantId: this.edited?.merchantId ?? "",
      itemId: this.get("itemId"),
      title: this.get("title"),
      priceMinor,
      currency,
      stock: Number(this.get("stock")),
      url: this.get("url") || undefined,
      imageUrl: this.get("imageUrl") || undefined,
      position: this.edited?.position,
      arrival: undefined,
    });
    if (isSaved) this.root.close();
  }

  private input(name: string): HTMLInputElement {
    const input = this.inputs.get(name);
    if (input === undefined) throw new Error(`The form has no field ${name}.`);
    return input;
  }

  private get(name: string): string {
    return this.input(name).value.trim();
  }

  private set(name: string, value: string): void {
    this.input(name).value = value;
  }
}
