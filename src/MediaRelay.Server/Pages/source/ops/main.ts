import "../styles/base.css";
import "../styles/ops.css";
import { appRoot, element } from "../dom/element";
import { header } from "../dom/header";
import { languageChanged, t } from "../text/language";
import { readFragment } from "../wire/fragment";
import { ProblemError, RestClient } from "../wire/rest";
import { FigureTile } from "./figure-tile";
import { figures } from "./figures";
import { MetricTable } from "./metric-table";
import { NodePanel } from "./node-panel";
import { parsePrometheusText } from "./prometheus-text";

const refreshEveryMs = 2000;

let token = readFragment(location.hash).token;
const node = new NodePanel(() => new RestClient(token));
const tiles = figures.map((figure) => new FigureTile(figure));
const table = new MetricTable();
const problem = element("p", { class: "card problem", attributes: { role: "status" } });
const tokenForm = makeTokenForm();
problem.hidden = true;

appRoot().append(header(), element("main", { class: "ops" },
  element("h1", { t: "ops.title" }), problem, tokenForm, node.root,
  element("div", { class: "figures" }, ...tiles.map((tile) => tile.root)), table.root));
document.title = `${t("ops.title")} · MediaRelay`;
document.addEventListener(languageChanged, () => {
  document.title = `${t("ops.title")} · MediaRelay`;
});
void refresh();
setInterval(() => void refresh(), refreshEveryMs);

async function refresh(): Promise<void> {
  const [nodeResult, metricsResult] = await Promise.allSettled([node.refresh(), refreshMetrics()]);
  if (nodeResult.status === "rejected") {
    if (!isRefusal(nodeResult.reason)) node.showUnreachable();
    console.warn("MediaRelay: the node does not tell its state.", nodeResult.reason);
  }

  tokenForm.hidden = ![nodeResult, metricsResult].some((result) => result.status === "rejected" && isRefusal(result.reason));
  problem.hidden = metricsResult.status === "fulfilled";
  if (metricsResult.status === "rejected") {
    const { reason } = metricsResult;
    problem.textContent = reason instanceof ProblemError ? t("ops.metricsFailed", { status: reason.status }) : t("ops.unreachable");
  }
}

async function refreshMetrics(): Promise<void> {
  const headers = token === undefined ? undefined : { Authorization: `Bearer ${token}` };
  const response = await fetch("/metrics", { headers, cache: "no-store" });
  if (!response.ok) throw await ProblemError.from(response);

  const samples = parsePrometheusText(await response.text());
  const at = Date.now();
  for (const tile of tiles) tile.update(samples, at);
  table.update(samples, at);
}

function isRefusal(reason: unknown): boolean {
  return reason instanceof ProblemError && (reason.status === 401 || reason.status === 403);
}

function makeTokenForm(): HTMLFormElement {
  const input = element("input", {
    hint: "ops.token", label: "ops.token", attributes: { type: "password", autocomplete: "off" },
  });
  const form = element("form", { class: "card row" }, input,
    element("button", { class: "primary", t: "ops.use", attributes: { type: "submit" } }));
  form.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    token = input.value.trim() || undefined;
    void refresh();
  });
  return form;
}
