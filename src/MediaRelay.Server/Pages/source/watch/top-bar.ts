import { languageSwitch } from "../dom/header";
import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import type { RoomState } from "../overlays/room-state";
import { formatCount } from "../text/format";
import { locale, t } from "../text/language";

/** Who is on, how many watch; over the top of the picture. */
export class TopBar {
  readonly root: HTMLElement;
  private readonly avatar = element("span", { class: "avatar", attributes: { "aria-hidden": "true" } });
  private readonly names = element("strong", {});
  private readonly detail = element("span", { class: "detail" });
  private readonly viewers = element("span", { class: "chip viewers" });
  private readonly follow = button({ class: "follow", t: "watch.follow", onClick: () => this.onFollow() });
  private readonly followed = new Set<string>();
  private merchantId: string | undefined;
  private viewerCount: number | undefined;
  private likeCount: number | undefined;
  private isCoHosted = false;

  constructor(private readonly sendFollow: (merchantId: string) => boolean) {
    const text = element("span", { class: "who-text" }, this.names, this.detail);
    const who = element("div", { class: "who" }, this.avatar, text, this.follow);
    const home = element("a", { class: "round", label: "action.close", attributes: { href: "/" } }, icon("close"));
    this.root = element("div", { class: "stage-top" }, who, element("span", { class: "spacer" }), this.viewers,
      languageSwitch(), home);
    this.viewers.hidden = true;
    this.follow.hidden = true;
  }

  render(state: RoomState): void {
    const first = state.merchants[0];
    this.merchantId = first?.merchantId;
    this.isCoHosted = state.cohost !== undefined;
    const names = (this.isCoHosted ? state.merchants : state.merchants.slice(0, 1)).map((merchant) => merchant.name);
    this.names.textContent = names.join(" × ");
    this.avatar.textContent = firstLetter(first?.name ?? "");
    document.title = [names.join(" × "), "MediaRelay"].filter((part) => part !== "").join(" · ");
    this.drawFollow();
    this.drawCounts();
  }

  /** The latest tally; either count may be absent. */
  count(viewers: number | undefined, likes: number | undefined): void {
    this.viewerCount = viewers ?? this.viewerCount;
    this.likeCount = likes ?? this.likeCount;
    this.drawCounts();
  }

  drawCounts(): void {
    const likes = this.likeCount === undefined ? "" : t("watch.likes", { count: formatCount(this.likeCount, locale()) });
    this.detail.textContent = this.isCoHosted ? [t("watch.cohost"), likes].filter(Boolean).join(" · ") : likes;
    this.viewers.hidden = this.viewerCount === undefined;
    if (this.viewerCount === undefined) return;
    const count = formatCount(this.viewerCount, locale());
    this.viewers.replaceChildren(icon("eye"), count);
    this.viewers.title = t("watch.viewers", { count });
  }

  private onFollow(): void {
    if (this.merchantId === undefined || !this.sendFollow(this.merchantId)) return;
    this.followed.add(this.merchantId);
    this.drawFollow();
  }

  private drawFollow(): void {
    this.follow.hidden = this.merchantId === undefined || this.followed.has(this.merchantId);
  }
}

export function firstLetter(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "";
}
