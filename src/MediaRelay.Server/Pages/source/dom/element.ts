import { retranslate } from "../text/language";
import type { StringKey } from "../text/strings";

type Child = Node | string | null | undefined;

export interface ElementOptions {
  readonly class?: string;
  /** Text content by key; follows the language. */
  readonly t?: StringKey;
  /** Accessible name and tooltip by key. */
  readonly label?: StringKey;
  /** Placeholder by key. */
  readonly hint?: StringKey;
  readonly data?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: (event: MouseEvent) => void;
}

/** Makes an element. Text always goes in as text, never as markup: most of it comes from other people. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  for (const [name, value] of Object.entries(options.data ?? {})) made.dataset[name] = value;
  if (options.t !== undefined) made.dataset["t"] = options.t;
  if (options.label !== undefined) made.dataset["tLabel"] = options.label;
  if (options.hint !== undefined) made.dataset["tHint"] = options.hint;
  if (options.onClick !== undefined) made.addEventListener("click", options.onClick as (event: Event) => void);
  retranslate(made);
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined));
  return made;
}

/** A push button; `type=button` so that it never submits the form around it. */
export function button(options: ElementOptions, ...children: Child[]): HTMLButtonElement {
  return element("button", { ...options, attributes: { type: "button", ...options.attributes } }, ...children);
}

/** Where the page puts itself. */
export function appRoot(): HTMLElement {
  const root = document.getElementById("app");
  if (root === null) throw new Error("The page has no element #app.");
  return root;
}
