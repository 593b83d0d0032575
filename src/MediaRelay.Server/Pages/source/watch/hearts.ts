import { element } from "../dom/element";
import { icon } from "../dom/icons";

/** More hearts at once cost frames on small phones and show nothing new. */
const mostHearts = 24;
const flightMs = 1800;
const colors = ["#ff3d6e", "#ff7a4d", "#ff8fb1", "#ffb648"];

/** Hearts that rise over the picture. */
export class Hearts {
  readonly root = element("div", { class: "hearts", attributes: { "aria-hidden": "true" } });

  /** Lets one rise, from a point in the picture (CSS pixels) or from its corner. */
  rise(x?: number, y?: number): void {
    if (this.root.childElementCount >= mostHearts) return;

    const heart = element("span", { class: "heart" }, icon("heart"));
    heart.style.color = colors[Math.floor(Math.random() * colors.length)] ?? "";
    if (x !== undefined && y !== undefined) {
      heart.style.left = `${x}px`;
      heart.style.top = `${y}px`;
    } else {
      heart.classList.add("from-corner");
    }

    heart.style.setProperty("--drift", `${Math.round(Math.random() * 60 - 30)}px`);
    this.root.append(heart);
    setTimeout(() => heart.remove(), flightMs);
  }

  /** A few for what others liked since the last tally. */
  riseForOthers(count: number): void {
    for (let i = 0; i < Math.min(5, count); i++) setTimeout(() => this.rise(), i * 160);
  }
}
