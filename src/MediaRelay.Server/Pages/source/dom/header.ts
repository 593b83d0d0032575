import { language, setLanguage } from "../text/language";
import { button, element } from "./element";

/** The bar on top of the list, studio and operator pages; `tail` goes before the language switch. */
export function header(...tail: Node[]): HTMLElement {
  const home = element("a", { class: "brand", attributes: { href: "/" } },
    element("span", { class: "brand-mark", attributes: { "aria-hidden": "true" } }), "MediaRelay");
  return element("header", { class: "top" }, home, element("span", { class: "spacer" }), ...tail, languageSwitch());
}

export function languageSwitch(): HTMLButtonElement {
  return button({
    class: "chip", t: "language.switch", label: "language.label",
    onClick: () => setLanguage(language() === "zh" ? "en" : "zh"),
  });
}
