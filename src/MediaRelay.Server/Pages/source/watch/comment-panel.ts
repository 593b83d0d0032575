import { button, element } from "../dom/element";
import { icon } from "../dom/icons";
import { snackbar } from "../dom/snackbar";
import { t } from "../text/language";

const keptComments = 200;
const longestComment = 200;

export interface CommentActions {
  readonly send: (text: string) => boolean;
  readonly like: () => void;
  readonly share: () => void;
  readonly openShelf: () => void;
}

/** What viewers say, and the bar to say, like and share. */
export class CommentPanel {
  readonly root: HTMLElement;
  private readonly list = element("ol", { class: "comments", attributes: { role: "log", "aria-live": "polite" } });
  private readonly input = element("input", {
    hint: "watch.comment", label: "watch.comment",
    attributes: { type: "text", maxlength: String(longestComment), autocomplete: "off", enterkeyhint: "send" },
  });

  constructor(private readonly actions: CommentActions) {
    const send = element("button", { class: "round send", label: "watch.send", attributes: { type: "submit" } }, icon("send"));
    const form = element("form", { class: "say" }, this.input, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    const bar = element("div", { class: "bar" }, form,
      button({ class: "round bag", label: "watch.shelf", onClick: actions.openShelf }, icon("bag")),
      button({ class: "round like", label: "watch.like", onClick: actions.like }, icon("heart")),
      button({ class: "round", label: "watch.share", onClick: actions.share }, icon("share")));
    const title = element("h2", { class: "side-title", t: "watch.comments" });
    this.root = element("section", { class: "chat" }, title, this.list,
      element("p", { class: "quiet", t: "watch.noComments" }), bar);
  }

  add(name: string, text: string, isOwn: boolean): void {
    // Follow new lines only while the reader is at the end; who scrolled back wants to read.
    const isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    const who = element("b", { class: isOwn ? "own" : "" }, name);
    this.list.append(element("li", {}, who, element("span", {}, text)));
    while (this.list.childElementCount > keptComments) this.list.firstElementChild?.remove();
    if (isAtEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (text === "") return;
    if (this.actions.send(text)) this.input.value = "";
    else snackbar(t("watch.reconnecting"));
  }
}
