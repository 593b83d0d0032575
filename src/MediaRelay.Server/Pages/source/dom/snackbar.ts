import { element } from "./element";

const shownMs = 3500;

/** A line at the bottom that goes by itself: the outcome of what the user just did. */
export function snackbar(text: string): void {
  let stack = document.querySelector(".snackbars");
  if (stack === null) {
    stack = element("div", { class: "snackbars", attributes: { role: "status", "aria-live": "polite" } });
    document.body.append(stack);
  }

  const line = element("div", { class: "snackbar" }, text);
  stack.append(line);
  setTimeout(() => line.remove(), shownMs);
}
