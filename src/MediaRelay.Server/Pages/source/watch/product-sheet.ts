import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import { snackbar } from "../dom/snackbar";
import type { RoomState, ShelfItem } from "../overlays/room-state";
import { t } from "../text/language";
import { stringOf, type Fields } from "../wire/fields";
import { safeLink, withClickToken } from "../wire/links";
import { itemPicture } from "./item-picture";
import { priceOf } from "./shelf-panel";

/**
 * One product with its ways on: opening it is a click, which the relay answers with a signed token; the link to the
 * owner's shop carries that token, so an order can be traced back to this moment of the show.
 */
export class ProductSheet {
  readonly root = element("dialog", { class: "product" });
  private shown: ShelfItem | undefined;

  constructor(private readonly state: RoomState, private readonly send: (type: string, body: Fields) => boolean) {
    this.root.addEventListener("click", (event) => {
      if (event.target === this.root) this.root.close();
    });
  }

  open(item: ShelfItem): void {
    this.shown = item;
    const { merchantId, itemId } = item;
    this.send("click", { merchantId, itemId });
    this.draw(item, undefined);
    if (!this.root.open) this.root.showModal();
  }

  /**
   * The relay's answer to a click: the product that is open, or the one that was tapped in the picture. One for another product is of no
   * use any more.
   */
  acceptToken(body: Fields): void {
    const token = stringOf(body, "token");
    if (token === undefined) return;
    if (!this.root.open) {
      const tapped = this.state.item(stringOf(body, "merchantId") ?? "", stringOf(body, "itemId") ?? "");
      if (tapped === undefined) return;
      this.shown = tapped;
      this.draw(tapped, token);
      this.root.showModal();
      return;
    }

    const { shown } = this;
    if (shown === undefined) return;
    if (stringOf(body, "merchantId") === shown.merchantId && stringOf(body, "itemId") === shown.itemId) this.draw(shown, token);
  }

  private draw(item: ShelfItem, token: string | undefined): void {
    const merchant = this.state.merchantName(item.merchantId);
    const { merchantId, itemId } = item;
    this.root.dataset["clickToken"] = token ?? "";
    this.root.replaceChildren(
      button({ class: "round sheet-close", label: "action.close", onClick: () => this.root.close() }, icon("close")),
      element("div", { class: "product-head" }, itemPicture(item),
        element("div", {},
          element("h2", {}, item.title),
          element("p", { class: "price" }, priceOf(item)),
          element("p", { class: "quiet" }, t("watch.soldBy", { merchant })))),
      this.shopLink(item, merchant, token),
      element("div", { class: "product-actions" },
        button({ t: "watch.addToCart", onClick: () => this.tell("addToCart", { merchantId, itemId }, "watch.added") }),
        button({ t: "watch.favorite", onClick: () => this.tell("favorite", { merchantId, itemId }, "watch.favorited") })));
  }

  private shopLink(item: ShelfItem, merchant: string, token: string | undefined): HTMLElement {
    if (token === undefined) return element("span", { class: "primary is-waiting", t: "watch.preparing" });

    const link = safeLink(item.url, location.origin);
    if (link === undefined) {
      return element("p", { class: "quiet" }, `${t("watch.noShopLink")} ${t("watch.clickReady", { merchant })}`);
    }

    return element("a", {
      class: "primary",
      attributes: { href: withClickToken(link, token), target: "_blank", rel: "noopener noreferrer" },
    }, t("watch.openShop", { merchant }));
  }

  private tell(type: "addToCart" | "favorite", body: Fields, key: "watch.added" | "watch.favorited"): void {
    const merchant = this.state.merchantName(String(body["merchantId"]));
    snackbar(this.send(type, body) ? t(key, { merchant }) : t("watch.reconnecting"));
  }
}
