import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatScaled } from "../text/format";
import { element } from "./element";

const keptPoints = 150;
const height = 110;

/** A small line chart that moves with time. */
export class TimeChart {
  readonly root = element("div", { class: "chart" });
  private readonly times: number[] = [];
  private readonly values: (number | null)[] = [];
  private readonly plot: uPlot;

  /** `color` is any CSS colour. */
  constructor(color: string) {
    this.plot = new uPlot(
      {
        width: 240,
        height,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 6, 0, 0],
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] } },
        axes: [
          { stroke: "#7d8291", size: 22, font: "11px system-ui", grid: { show: false }, ticks: { show: false }, space: 70 },
          {
            stroke: "#7d8291", size: 46, font: "11px system-ui", grid: { stroke: "#262a35", width: 1 },
            ticks: { show: false }, space: 34, values: (_, ticks) => ticks.map(formatScaled),
          },
        ],
        series: [{}, { stroke: color, width: 2, fill: `color-mix(in srgb, ${color} 16%, transparent)`, points: { show: false } }],
      },
      [this.times, this.values], this.root);
    new ResizeObserver(() => this.plot.setSize({ width: Math.max(120, this.root.clientWidth), height })).observe(this.root);
  }

  /** `at` is Unix time in ms; an undefined value leaves a gap. */
  add(at: number, value: number | undefined): void {
    this.times.push(at / 1000);
    this.values.push(value ?? null);
    if (this.times.length > keptPoints) {
      this.times.shift();
      this.values.shift();
    }

    this.plot.setData([this.times, this.values]);
  }
}
