import { button, element } from "../dom/element";
import { layoutNames, type LayoutName } from "../overlays/layout";
import { languageChanged, t } from "../text/language";
import { coHostSession, roleIn, type CoHostSession } from "../wire/cohosts";
import { collection } from "../wire/fields";
import { ProblemError, path, RestClient } from "../wire/rest";
import { roomSummary, type RoomSummary } from "../wire/rooms";
import { attempt } from "../dom/attempt";

const refreshEveryMs = 2000;

export interface CoHostPanelOptions {
  readonly roomId: string;
  readonly merchantId: string;
  readonly rest: RestClient;
  /** Told whenever this room enters or leaves an active session. */
  readonly onActive: (session: CoHostSession | undefined) => void;
}

/** Asking other hosts, being asked, arranging the picture and parting again. */
export class CoHostPanel {
  readonly root: HTMLElement;
  private readonly sessions = element("div", { class: "sessions" });
  private readonly others = element("ul", { class: "others" });
  private readonly anonymous = new RestClient(undefined);
  private readonly names = new Map<string, string>();
  private current: readonly CoHostSession[] = [];
  private rooms: readonly RoomSummary[] = [];
  private signature = "";
  private turn = 0;

  constructor(private readonly options: CoHostPanelOptions) {
    const roomId = element("input", {
      hint: "studio.cohost.roomId", label: "studio.cohost.roomId", attributes: { name: "roomId", autocomplete: "off" },
    });
    const form = element("form", { class: "row" }, roomId,
      element("button", { t: "studio.cohost.invite", attributes: { type: "submit" } }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (roomId.value.trim() !== "") void this.invite(roomId.value.trim());
    });

    this.root = element("section", { class: "card cohost" },
      element("h2", { t: "studio.cohost" }), this.sessions,
      element("h3", { t: "studio.cohost.rooms" }), this.others, form);
    document.addEventListener(languageChanged, () => this.draw());
    void this.poll();
  }

  /** Reads the sessions and rooms anew. */
  async refresh(): Promise<void> {
    const turn = ++this.turn;
    try {
      const [sessions, own, open] = await Promise.all([
        this.options.rest.get(`${path("cohosts")}?roomId=${encodeURIComponent(this.options.roomId)}`),
        this.options.rest.get(path("rooms")),
        this.anonymous.get(path("rooms")),
      ]);
      if (turn !== this.turn) return;
      this.current = collection(sessions, "cohosts").map(coHostSession).filter((session) => session !== undefined);
      this.rooms = merged([...collection(own, "rooms"), ...collection(open, "rooms")]);
    } catch (error) {
      // The next poll comes in two seconds; what is on show stays until then.
      console.warn("MediaRelay: the co-host sessions cannot be read.", error);
      if (error instanceof ProblemError && error.status === 403) this.current = [];
      return;
    }

    for (const room of this.rooms) this.names.set(room.roomId, room.merchantName === "" ? room.title : room.merchantName);
    const signature = JSON.stringify([this.current, this.rooms]);
    if (signature === this.signature) return;
    this.signature = signature;
    this.options.onActive(this.current.find((session) => session.state === "active"));
    this.draw();
  }

  // One poll after the other: answers that overtake each other would bring back a session that is over.
  private async poll(): Promise<void> {
    await this.refresh();
    setTimeout(() => void this.poll(), refreshEveryMs);
  }

  private draw(): void {
    const { roomId } = this.options;
    const running = this.current.filter((session) => roleIn(session, roomId, this.options.merchantId) !== "over");
    this.sessions.replaceChildren(...running.map((session) => this.session(session)));

    const busy = new Set(running.flatMap((session) => session.members.map((member) => member.roomId)));
    const free = this.rooms.filter((room) => room.live && room.roomId !== roomId && !busy.has(room.roomId));
    this.others.replaceChildren(...free.map((room) => this.other(room)));
    if (free.length === 0) this.others.replaceChildren(element("li", { class: "quiet", t: "studio.cohost.none" }));
  }

  private session(session: CoHostSession): HTMLElement {
    const { roomId, merchantId } = this.options;
    const role = roleIn(session, roomId, merchantId);
    const others = session.members.filter((member) => member.roomId !== roomId);
    const room = others.map((member) => this.names.get(member.roomId) ?? member.name).join(", ");
    const key = ({
      active: "studio.cohost.active", incoming: "studio.cohost.incoming", outgoing: "studio.cohost.outgoing",
      accepted: "studio.cohost.accepted", over: "studio.cohost.accepted",
    } as const)[role];

    return element("div", { class: `session is-${role}`, data: { cohostId: session.cohostId, role } },
      element("p", {}, t(key, { room })),
      role === "active" ? this.layouts(session) : null,
      element("div", { class: "row" }, ...this.actions(session, role)));
  }

  private actions(session: CoHostSession, role: ReturnType<typeof roleIn>): HTMLElement[] {
    const { cohostId } = session;
    const { rest } = this.options;
    switch (role) {
      case "incoming":
        return [
          button({
            class: "primary accept", t: "studio.cohost.accept",
            onClick: () => void this.act("studio.cohost.accept", () => rest.post(path("cohosts", cohostId, "accept"))),
          }),
          button({
            class: "decline", t: "studio.cohost.decline",
            onClick: () => void this.act("studio.cohost.decline", () => rest.post(path("cohosts", cohostId, "decline"))),
          }),
        ];
      case "active":
        return [this.ending(cohostId, "studio.cohost.end")];
      case "outgoing":
        return [this.ending(cohostId, "studio.cohost.withdraw")];
      default:
        return [];
    }
  }

  private ending(cohostId: string, key: "studio.cohost.end" | "studio.cohost.withdraw"): HTMLElement {
    return button({
      class: "danger end", t: key,
      onClick: () => void this.act(key, () => this.options.rest.delete(path("cohosts", cohostId))),
    });
  }

  private layouts(session: CoHostSession): HTMLElement {
    const choose = (layout: LayoutName) =>
      void this.act("studio.layout", () => this.options.rest.patch(path("cohosts", session.cohostId), { layout }));
    const chosen = session.layout ?? "auto";
    return element("div", { class: "layouts", attributes: { role: "group" }, label: "studio.layout" },
      ...layoutNames.map((name) => button({
        class: name === chosen ? `layout is-chosen layout-${name}` : `layout layout-${name}`,
        label: `studio.layout.${name}`,
        attributes: { "aria-pressed": String(name === chosen) },
        data: { layout: name },
        onClick: () => choose(name),
      }, element("span", { class: "layout-picture", attributes: { "aria-hidden": "true" } },
        element("i", {}), element("i", {})), element("span", { t: `studio.layout.${name}` }))));
  }

  private other(room: RoomSummary): HTMLElement {
    return element("li", { data: { roomId: room.roomId } },
      element("span", { class: "live-badge", t: "rooms.live" }),
      element("span", { class: "other-name" }, element("b", {}, room.merchantName), element("span", { class: "quiet" }, room.title)),
      button({ class: "invite", t: "studio.cohost.invite", onClick: () => void this.invite(room.roomId) }));
  }

  private invite(roomId: string): Promise<void> {
    const key = crypto.randomUUID();
    return this.act("studio.cohost.invite", () =>
      this.options.rest.post(path("cohosts"), { rooms: [this.options.roomId, roomId] }, { "Idempotency-Key": key }));
  }

  private async act(what: Parameters<typeof attempt>[0], action: () => Promise<unknown>): Promise<void> {
    await attempt(what, action);
    await this.refresh();
  }
}

/** The merchant's own rooms and the public ones, each once. */
function merged(answers: readonly unknown[]): RoomSummary[] {
  const rooms = answers.map(roomSummary).filter((room) => room !== undefined);
  return [...new Map(rooms.map((room) => [room.roomId, room])).values()];
}
