import { strings, type StringKey } from "./strings";

export type Language = "en" | "zh";
export type Parameters = Readonly<Record<string, string | number>>;

/** Sent to `document` after the language changed; what builds its own texts draws itself again. */
export const languageChanged = "mediarelay-language";

const storageKey = "mediarelay.language";
let current: Language = initialLanguage();

export function language(): Language {
  return current;
}

/** BCP 47 tag for Intl. */
export function locale(): string {
  return current === "zh" ? "zh-CN" : "en";
}

export function t(key: StringKey, parameters?: Parameters): string {
  const text: string = strings[key][current === "zh" ? 1 : 0];
  if (parameters === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

export function setLanguage(next: Language): void {
  current = next;
  store(next);
  document.documentElement.lang = locale();
  for (const element of document.querySelectorAll<HTMLElement>("[data-t],[data-t-label],[data-t-hint]")) retranslate(element);
  document.dispatchEvent(new Event(languageChanged));
}

/** Writes the texts of an element that names them in data-t (content), data-t-label (aria) or data-t-hint (placeholder). */
export function retranslate(element: HTMLElement): void {
  const { t: text, tLabel, tHint } = element.dataset;
  if (isKey(text)) element.textContent = t(text);
  if (isKey(tLabel)) {
    element.setAttribute("aria-label", t(tLabel));
    element.title = t(tLabel);
  }

  if (isKey(tHint)) element.setAttribute("placeholder", t(tHint));
}

function isKey(value: string | undefined): value is StringKey {
  return value !== undefined && value in strings;
}

function initialLanguage(): Language {
  if (typeof document === "undefined") return "en";
  const asked = new URLSearchParams(location.search).get("lang") ?? stored() ?? navigator.language;
  const chosen = asked.toLowerCase().startsWith("zh") ? "zh" : "en";
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  return chosen;
}

// Storage throws where cookies are blocked (an in-app browser, a sandboxed frame); the choice then lasts for this page.
function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function store(value: Language): void {
  try {
    localStorage.setItem(storageKey, value);
  } catch {
    return;
  }
}
