import { button, element } from "../dom/element";
import type { RoomState, ShelfItem } from "../overlays/room-state";
import { language } from "../text/language";
import { itemPicture } from "./item-picture";
import { priceOf } from "./shelf-panel";

/** Over the picture: the product that each merchant shows now. */
export class SpotlightCards {
  readonly root = element("div", { class: "spotlights" });
  private signature = "";

  constructor(private readonly onItem: (item: ShelfItem) => void) {}

  render(state: RoomState): void {
    const shown = state.merchants.flatMap((merchant, index) => {
      const item = merchant.items.find((entry) => entry.itemId === merchant.spotlight);
      return item === undefined ? [] : [{ item, index, name: merchant.name }];
    });

    const signature = JSON.stringify([shown, language()]);
    if (signature === this.signature) return;
    this.signature = signature;
    this.root.replaceChildren(...shown.map(({ item, index, name }) =>
      button({
        class: `spotlight owner-${index % 4}`,
        data: { merchantId: item.merchantId, itemId: item.itemId },
        onClick: () => this.onItem(item),
      },
      itemPicture(item),
      element("span", { class: "spotlight-text" },
        element("span", { class: "spotlight-owner" }, name),
        element("span", { class: "spotlight-title" }, item.title),
        element("b", { class: "price" }, priceOf(item))))));
  }
}
