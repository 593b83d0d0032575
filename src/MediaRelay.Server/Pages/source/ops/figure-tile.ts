import { element } from "../dom/element";
import { TimeChart } from "../dom/time-chart";
import { formatScaled } from "../text/format";
import { t } from "../text/language";
import { total, type Figure } from "./figures";
import type { Sample } from "./prometheus-text";

/** One figure with its course over the last minutes. */
export class FigureTile {
  readonly root: HTMLElement;
  private readonly value = element("strong", { class: "figure-value" }, "–");
  private readonly chart: TimeChart;
  private before: { readonly at: number; readonly sum: number } | undefined;
  private current: number | undefined;

  constructor(private readonly figure: Figure) {
    this.chart = new TimeChart(figure.color);
    this.root = element("section", { class: "figure", data: { figure: figure.key } },
      element("h2", { t: figure.key }), this.value, this.chart.root);
  }

  /** `at` is when the samples were taken, Unix time in ms. */
  update(samples: readonly Sample[], at: number): void {
    const sum = total(this.figure, samples);
    this.current = this.valueOf(sum, at);
    this.before = sum === undefined ? undefined : { at, sum };
    this.chart.add(at, this.current);
    this.draw(sum !== undefined);
  }

  private valueOf(sum: number | undefined, at: number): number | undefined {
    if (sum === undefined || this.figure.kind !== "rate") return sum;
    // A counter that went back is a process that was restarted.
    const { before } = this;
    if (before === undefined || at <= before.at || sum < before.sum) return undefined;
    return ((sum - before.sum) * 1000 * (this.figure.factor ?? 1)) / (at - before.at);
  }

  private draw(isReported: boolean): void {
    this.root.classList.toggle("is-absent", !isReported);
    this.value.textContent = this.text(isReported);
    if (this.figure.kind !== "conservation") return;
    this.root.classList.toggle("is-good", this.current === 0);
    this.root.classList.toggle("is-bad", this.current !== undefined && this.current !== 0);
  }

  private text(isReported: boolean): string {
    if (!isReported) return t("ops.absent");
    if (this.current === undefined) return "–";
    if (this.figure.kind === "conservation") {
      return this.current === 0 ? t("ops.conserved") : t("ops.notConserved", { amount: formatScaled(this.current) });
    }

    return formatScaled(this.current) + (this.figure.kind === "bytes" ? "B" : "");
  }
}
