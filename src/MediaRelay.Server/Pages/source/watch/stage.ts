import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import { t } from "../text/language";
import type { StringKey } from "../text/strings";
import type { PeerState } from "../media/peer-session";
import { pictureRect } from "./picture-rect";

/** The picture with its sound switch and what has to be said about the connection. */
export class Stage {
  readonly video = element("video", { attributes: { playsinline: "", autoplay: "" } });
  readonly root: HTMLElement;
  private readonly soundButton = button({ class: "sound-button", onClick: () => this.toggleSound() });
  private readonly message = element("div", { class: "stage-message", attributes: { role: "status" } });
  private readonly notice = element("div", { class: "stage-notice", attributes: { role: "status" } });

  /** `onTap` gets pixels of the element; `onPoint`, at a double tap, 0 to 1 of the picture. */
  constructor(onRetry: () => void, onTap: (x: number, y: number) => void, onPoint: (x: number, y: number) => void) {
    // The attribute alone is not enough: only the property mutes an element that script made.
    this.video.muted = true;
    this.video.addEventListener("playing", () => this.video.classList.add("has-picture"));
    this.video.addEventListener("volumechange", () => this.drawSound());
    this.video.addEventListener("click", (event) => onTap(event.offsetX, event.offsetY));
    this.video.addEventListener("dblclick", (event) => {
      const point = this.pointOf(event.offsetX, event.offsetY);
      if (point !== undefined) onPoint(point.x, point.y);
    });
    this.video.addEventListener("resize", () => this.followShape());
    this.retry = button({ class: "primary", t: "action.retry", onClick: onRetry });
    this.root = element("main", { class: "stage" }, this.video, this.message, this.notice, this.soundButton);
    this.drawSound();
    this.showState({ kind: "connecting" });
  }

  private readonly retry: HTMLButtonElement;

  play(stream: MediaStream): void {
    this.video.srcObject = stream;
    this.video.play().catch((error: unknown) => {
      // Power-saving phones refuse even muted autoplay; the sound button then starts the picture too.
      console.info("MediaRelay: the browser waits for a tap before it plays.", error);
      this.drawSound();
    });
  }

  showState(state: PeerState): void {
    this.root.dataset["state"] = state.kind;
    switch (state.kind) {
      case "connecting": this.say("watch.connecting"); break;
      case "reconnecting": this.say("watch.reconnecting"); break;
      case "busy": this.say("watch.busy"); break;
      case "refused": this.sayRefused(state.status); break;
      default: this.message.replaceChildren(); break;
    }
  }

  /** A lasting remark over the picture, as the codec notice; undefined takes it away. */
  showNotice(text: string | undefined): void {
    this.notice.textContent = text ?? "";
  }

  private pointOf(left: number, top: number): { x: number; y: number } | undefined {
    const { clientWidth, clientHeight, videoWidth, videoHeight } = this.video;
    const rect = pictureRect(
      { width: clientWidth, height: clientHeight }, { width: videoWidth, height: videoHeight },
      getComputedStyle(this.video).objectFit === "cover" ? "cover" : "contain");
    const [x, y] = [(left - rect.left) / rect.width, (top - rect.top) / rect.height];
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : undefined;
  }

  private say(key: StringKey): void {
    const spinner = element("span", { class: "spinner", attributes: { "aria-hidden": "true" } });
    this.message.replaceChildren(spinner, element("p", { t: key }));
  }

  private sayRefused(status: number): void {
    const keys: Partial<Record<number, StringKey>> = {
      401: "watch.notAllowed", 403: "watch.notAllowed", 404: "watch.notFound",
    };
    const key = keys[status];
    const line = key === undefined
      ? element("p", {}, t("watch.refused", { status }))
      : element("p", { t: key });
    this.message.replaceChildren(line, this.retry);
  }

  private toggleSound(): void {
    if (this.video.paused) void this.video.play();
    this.video.muted = !this.video.muted;
  }

  private drawSound(): void {
    const { muted } = this.video;
    const key: StringKey = muted ? "watch.unmute" : "watch.mute";
    this.soundButton.classList.toggle("is-muted", muted);
    this.soundButton.setAttribute("aria-pressed", String(!muted));
    this.soundButton.dataset["tLabel"] = key;
    this.soundButton.setAttribute("aria-label", t(key));
    this.soundButton.replaceChildren(
      icon(muted ? "muted" : "sound"), ...(muted ? [element("span", { t: "watch.unmute" })] : []));
  }

  private followShape(): void {
    this.root.dataset["orientation"] = this.video.videoWidth > this.video.videoHeight ? "landscape" : "portrait";
  }
}
