import { element } from "../dom/element";
import type { ShelfItem } from "../overlays/room-state";
import { safeLink } from "../wire/links";
import { firstLetter } from "./top-bar";

/** A product's picture, or its first letter where there is none or it does not load. */
export function itemPicture(item: ShelfItem): HTMLElement {
  const box = element("span", { class: "item-picture", attributes: { "aria-hidden": "true" } }, firstLetter(item.title));
  const address = safeLink(item.imageUrl, location.origin);
  if (address === undefined) return box;

  const image = element("img", { attributes: { src: address, alt: "", loading: "lazy", referrerpolicy: "no-referrer" } });
  image.addEventListener("error", () => image.remove());
  box.append(image);
  return box;
}
