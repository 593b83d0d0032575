import { element } from "../dom/element";
import { formatScaled } from "../text/format";
import type { Sample } from "./prometheus-text";

const mostRows = 400;

/** Every sample as it stands, with its rate, filtered by name. */
export class MetricTable {
  readonly root: HTMLElement;
  private readonly filter = element("input", {
    hint: "ops.filter", label: "ops.filter", attributes: { type: "search", value: "mediarelay_" },
  });
  private readonly rows = element("tbody", {});
  private samples: readonly Sample[] = [];
  private rates = new Map<string, number>();
  private takenAt = 0;

  constructor() {
    this.filter.addEventListener("input", () => this.draw());
    this.root = element("details", { class: "card metrics" }, element("summary", { t: "ops.all" }), this.filter,
      element("table", {},
        element("thead", {}, element("tr", {},
          element("th", { t: "ops.metric" }), element("th", { t: "ops.value" }), element("th", { t: "ops.rate" }))),
        this.rows));
    this.root.addEventListener("toggle", () => this.draw());
  }

  update(samples: readonly Sample[], at: number): void {
    const before = new Map(this.samples.map((sample) => [sample.name + sample.labels, sample.value]));
    const seconds = (at - this.takenAt) / 1000;
    this.rates = new Map(samples.flatMap((sample) => {
      const last = before.get(sample.name + sample.labels);
      const isCounter = /_(total|count|sum|bucket)$/.test(sample.name);
      return last === undefined || !isCounter ? [] : [[sample.name + sample.labels, (sample.value - last) / seconds]];
    }));
    this.samples = samples;
    this.takenAt = at;
    this.draw();
  }

  private draw(): void {
    if (!(this.root as HTMLDetailsElement).open) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const shown = this.samples.filter((sample) => (sample.name + sample.labels).toLowerCase().includes(wanted));
    this.rows.replaceChildren(...shown.slice(0, mostRows).map((sample) => {
      const rate = this.rates.get(sample.name + sample.labels);
      return element("tr", {},
        element("td", {}, sample.name, element("span", { class: "quiet" }, sample.labels)),
        element("td", {}, formatScaled(sample.value)),
        element("td", {}, rate === undefined ? "" : formatScaled(rate)));
    }));
  }
}
