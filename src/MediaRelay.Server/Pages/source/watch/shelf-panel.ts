import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import type { MerchantShelf, RoomState, ShelfItem } from "../overlays/room-state";
import { formatMoney } from "../text/format";
import { language, locale, t } from "../text/language";
import { itemPicture } from "./item-picture";

/** Stock at or below this is worth telling. */
const scarce = 20;

/** Both sides' products, one group for each owner; the item that is shown now stands out. */
export class ShelfPanel {
  readonly root: HTMLElement;
  private readonly groups = element("div", { class: "groups" });
  private readonly rows = new Map<string, { readonly signature: string; readonly row: HTMLElement }>();

  constructor(private readonly onItem: (item: ShelfItem) => void) {
    const close = button({ class: "round sheet-close", label: "action.close", onClick: () => this.close() }, icon("close"));
    const title = element("h2", { class: "side-title" }, element("span", { t: "watch.shelf" }), close);
    this.root = element("aside", { class: "shelves", label: "watch.shelf" }, title, this.groups);
    // The accessible name is enough: as a tooltip it would follow the pointer over the whole panel.
    this.root.removeAttribute("title");
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  open(merchantId?: string): void {
    this.root.classList.add("is-open");
    if (merchantId === undefined) return;
    this.groups.querySelector(`[data-merchant-id="${CSS.escape(merchantId)}"]`)?.scrollIntoView({ behavior: "smooth" });
  }

  close(): void {
    this.root.classList.remove("is-open");
  }

  render(state: RoomState): void {
    const used = new Set<string>();
    const groups = state.merchants.map((merchant, index) => this.group(merchant, index, used));
    for (const key of this.rows.keys()) if (!used.has(key)) this.rows.delete(key);
    replaceWhenDifferent(this.groups, groups);
  }

  private group(merchant: MerchantShelf, index: number, used: Set<string>): HTMLElement {
    const known = this.groups.querySelector<HTMLElement>(`:scope > [data-merchant-id="${CSS.escape(merchant.merchantId)}"]`);
    const group = known ?? element("section", { data: { merchantId: merchant.merchantId } },
      element("h3", {}), element("ul", {}));
    group.className = `group owner-${index % 4}`;

    const [name, list] = group.children;
    if (name !== undefined) name.textContent = merchant.name;
    const rows = merchant.items.map((item) => this.row(item, item.itemId === merchant.spotlight, used));
    if (rows.length === 0) rows.push(element("li", { class: "quiet", t: "watch.shelfEmpty" }));
    if (list !== undefined) replaceWhenDifferent(list, rows);
    return group;
  }

  private row(item: ShelfItem, isSpotlight: boolean, used: Set<string>): HTMLElement {
    const key = JSON.stringify([item.merchantId, item.itemId]);
    const signature = JSON.stringify([item, isSpotlight, language()]);
    used.add(key);
    const known = this.rows.get(key);
    if (known?.signature === signature) return known.row;

    const row = this.newRow(item, isSpotlight);
    this.rows.set(key, { signature, row });
    return row;
  }

  private newRow(item: ShelfItem, isSpotlight: boolean): HTMLElement {
    const isSoldOut = item.stock === 0;
    const open = button({ class: "item-open", onClick: () => this.onItem(item) },
      itemPicture(item),
      element("span", { class: "item-text" },
        isSpotlight ? element("span", { class: "badge", t: "watch.spotlight" }) : null,
        element("span", { class: "item-title" }, item.title),
        element("span", { class: "item-line" },
          element("b", { class: "price" }, priceOf(item)),
          element("span", { class: "stock" }, stockOf(item)))),
      element("span", { class: isSoldOut ? "buy sold-out" : "buy", t: isSoldOut ? "watch.soldOut" : "watch.buy" }));
    return element("li", {
      class: isSpotlight ? "item is-spotlight" : "item",
      data: { merchantId: item.merchantId, itemId: item.itemId },
    }, open);
  }
}

export function priceOf(item: ShelfItem): string {
  return item.priceMinor === undefined ? "" : formatMoney(item.priceMinor, item.currency, locale());
}

function stockOf(item: ShelfItem): string {
  return item.stock !== undefined && item.stock > 0 && item.stock <= scarce ? t("watch.stock", { count: item.stock }) : "";
}

/** Leaves the elements alone when they already stand there, so that focus and scrolling survive a stock change. */
function replaceWhenDifferent(parent: Element, children: readonly HTMLElement[]): void {
  const isSame = parent.childElementCount === children.length
    && children.every((child, index) => parent.children[index] === child);
  if (!isSame) parent.replaceChildren(...children);
}
