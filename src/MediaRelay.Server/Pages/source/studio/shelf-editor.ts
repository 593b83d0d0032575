import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import { readItems, type ShelfItem } from "../overlays/room-state";
import { languageChanged } from "../text/language";
import { collection } from "../wire/fields";
import { path, type RestClient } from "../wire/rest";
import { itemPicture } from "../watch/item-picture";
import { priceOf } from "../watch/shelf-panel";
import { ItemForm } from "./item-form";
import { attempt } from "../dom/attempt";

export interface ShelfEditorOptions {
  readonly roomId: string;
  readonly merchantId: string;
  readonly rest: RestClient;
}

/** The merchant's own shelf: what is on it, what is shown now. */
export class ShelfEditor {
  readonly root: HTMLElement;
  private readonly list = element("ul", { class: "own-shelf" });
  private readonly form: ItemForm;
  private items: readonly ShelfItem[] = [];
  private spotlight: string | undefined;

  constructor(private readonly options: ShelfEditorOptions) {
    this.form = new ItemForm((item) => this.save(item));
    const add = button({ class: "chip add", onClick: () => this.form.open(undefined) }, icon("plus"),
      element("span", { t: "studio.shelf.add" }));
    this.root = element("section", { class: "card" },
      element("h2", {}, element("span", { t: "studio.shelf" }), add), this.list, this.form.root);
    document.addEventListener(languageChanged, () => this.draw());
    void this.refresh();
  }

  /** What the room's messages say is shown now. */
  setSpotlight(itemId: string | undefined): void {
    if (itemId === this.spotlight) return;
    this.spotlight = itemId;
    this.draw();
  }

  async refresh(): Promise<void> {
    const { merchantId, rest } = this.options;
    await attempt("studio.shelf", async () => {
      this.items = readItems(collection(await rest.get(path("merchants", merchantId, "shelf")), "items"), merchantId);
    });
    this.draw();
  }

  private draw(): void {
    this.list.replaceChildren(...this.items.map((item) => this.row(item)));
    if (this.items.length === 0) this.list.append(element("li", { class: "quiet", t: "watch.shelfEmpty" }));
  }

  private row(item: ShelfItem): HTMLElement {
    const isShown = item.itemId === this.spotlight;
    return element("li", { class: isShown ? "own-item is-spotlight" : "own-item", data: { itemId: item.itemId } },
      itemPicture(item),
      element("span", { class: "item-text" },
        element("span", { class: "item-title" }, item.title),
        element("span", { class: "quiet" }, `${priceOf(item)} · ${item.stock ?? "∞"}`)),
      button({
        class: isShown ? "show is-on" : "show", t: isShown ? "studio.shelf.hide" : "studio.shelf.show",
        onClick: () => void this.show(isShown ? undefined : item),
      }),
      button({ class: "edit", t: "studio.shelf.edit", onClick: () => this.form.open(item) }),
      button({ class: "remove", t: "studio.shelf.remove", onClick: () => void this.remove(item) }));
  }

  private async show(item: ShelfItem | undefined): Promise<void> {
    const { roomId, merchantId, rest } = this.options;
    const target = path("rooms", roomId, "spotlight", merchantId);
    const isDone = item === undefined
      ? await attempt("studio.shelf.hide", () => rest.delete(target))
      : await attempt("studio.shelf.show", () => rest.put(target, { itemId: item.itemId }));
    if (isDone) this.setSpotlight(item?.itemId);
  }

  private async save(item: ShelfItem): Promise<boolean> {
    const { merchantId, rest } = this.options;
    const { itemId, title, priceMinor, currency, stock, imageUrl, url, position } = item;
    const isDone = await attempt("action.save", () => rest.put(
      path("merchants", merchantId, "shelf", itemId), { title, priceMinor, currency, stock, imageUrl, url, position }));
    await this.refresh();
    return isDone;
  }

  private async remove(item: ShelfItem): Promise<void> {
    const { merchantId, rest } = this.options;
    await attempt("studio.shelf.remove", () => rest.delete(path("merchants", merchantId, "shelf", item.itemId)));
    await this.refresh();
  }
}
