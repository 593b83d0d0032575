import { button, element } from "../dom/element";
import { languageChanged, t } from "../text/language";
import { attempt } from "../dom/attempt";
import { asFields, booleanOf, fieldsOf, stringOf, type Fields } from "../wire/fields";
import { path, type RestClient } from "../wire/rest";

/** What the node says of itself, and the switch that empties it before it is stopped. */
export class NodePanel {
  readonly root: HTMLElement;
  private readonly badge = element("span", { class: "node-state" });
  private readonly facts = element("dl", { class: "node-facts" });
  private readonly drainButton = button({ onClick: () => void this.toggleDrain() });
  private state: "ready" | "draining" | "unreachable" = "unreachable";

  constructor(private readonly rest: () => RestClient) {
    this.root = element("section", { class: "card node" },
      element("h2", {}, element("span", { t: "ops.node" }), this.badge, element("span", { class: "spacer" }), this.drainButton),
      this.facts);
    document.addEventListener(languageChanged, () => this.draw());
    this.draw();
  }

  async refresh(): Promise<void> {
    const node = asFields(await this.rest().get(path("nodes", "self")));
    this.state = isDraining(node) ? "draining" : "ready";
    this.facts.replaceChildren(...factsOf(node).map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value))));
    this.draw();
  }

  showUnreachable(): void {
    this.state = "unreachable";
    this.draw();
  }

  private draw(): void {
    this.badge.textContent = t(`ops.${this.state}`);
    this.badge.dataset["state"] = this.state;
    this.drainButton.textContent = t(this.state === "draining" ? "ops.undrain" : "ops.drain");
    this.drainButton.className = this.state === "draining" ? "undrain" : "danger drain";
  }

  private async toggleDrain(): Promise<void> {
    const target = path("admin", "drain");
    if (this.state === "draining") {
      await attempt("ops.undrain", () => this.rest().delete(target));
    } else {
      if (!confirm(t("ops.drainConfirm"))) return;
      await attempt("ops.drain", () => this.rest().post(target));
    }

    await attempt("ops.node", () => this.refresh());
  }
}

function isDraining(node: Fields): boolean {
  return booleanOf(node, "draining") ?? ["draining", "drained"].includes(stringOf(node, "state") ?? "");
}

/** Plain values, those one level down under their parent's name. */
function factsOf(node: Fields): [string, string][] {
  return Object.entries(node).flatMap(([name, value]): [string, string][] => {
    const nested = fieldsOf(node, name);
    if (nested !== undefined) {
      return Object.entries(nested).filter(([, inner]) => isPlain(inner)).map(([key, inner]) => [`${name}.${key}`, String(inner)]);
    }

    if (Array.isArray(value)) return value.every(isPlain) ? [[name, value.join(", ")]] : [];
    return isPlain(value) ? [[name, String(value)]] : [];
  });
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
