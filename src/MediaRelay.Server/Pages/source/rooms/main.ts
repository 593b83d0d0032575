import "../styles/base.css";
import "../styles/rooms.css";
import { appRoot, element } from "../dom/element";
import { header } from "../dom/header";
import { icon } from "../dom/icons";
import { formatCount } from "../text/format";
import { languageChanged, locale } from "../text/language";
import { asFields, collection, stringOf } from "../wire/fields";
import { readFragment } from "../wire/fragment";
import { ProblemError, RestClient, path } from "../wire/rest";
import { roomSummary, type RoomSummary } from "../wire/rooms";

const refreshEveryMs = 4000;

const rest = new RestClient(readFragment(location.hash).token);
const list = element("div", {});
const opsLink = element("a", { class: "chip", t: "rooms.ops", attributes: { href: "/ops" } });
let rooms: readonly RoomSummary[] = [];
let hasDevelopmentLinks = true;
let shown = "";

appRoot().append(
  header(opsLink),
  element("main", { class: "rooms" },
    element("div", { class: "hero" }, element("h1", {}, element("span", { t: "app.tagline" }))), list));
document.addEventListener(languageChanged, draw);
document.addEventListener("visibilitychange", () => void refresh());
void refresh();
setInterval(() => void refresh(), refreshEveryMs);

async function refresh(): Promise<void> {
  if (document.hidden) return;
  try {
    rooms = await load();
  } catch (error) {
    console.warn("MediaRelay: the rooms cannot be listed.", error);
    shown = "";
    list.replaceChildren(element("p", { class: "empty", t: "rooms.failed" }));
    return;
  }

  const signature = JSON.stringify(rooms);
  if (signature === shown) return;
  shown = signature;
  draw();
}

/** In Development the server lists every room with links that carry tokens; elsewhere only what the API lists. */
async function load(): Promise<RoomSummary[]> {
  if (hasDevelopmentLinks) {
    try {
      const links = asFields(await rest.get("/dev/links"));
      opsLink.href = stringOf(links, "opsUrl") ?? "/ops";
      return summaries(links);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      hasDevelopmentLinks = false;
    }
  }

  return summaries(await rest.get(path("rooms")));
}

function summaries(answer: unknown): RoomSummary[] {
  return collection(answer, "rooms").map(roomSummary).filter((room) => room !== undefined);
}

function draw(): void {
  const live = rooms.filter((room) => room.live);
  const offline = rooms.filter((room) => !room.live);
  if (rooms.length === 0) {
    list.replaceChildren(element("div", { class: "empty" },
      element("strong", { t: "rooms.none" }), element("p", { class: "quiet", t: "rooms.noneHint" })));
    return;
  }

  list.replaceChildren(
    ...(live.length > 0 ? [element("h2", { t: "rooms.title" }), grid(live)] : []),
    ...(offline.length > 0 ? [element("h2", { t: "rooms.upcoming" }), grid(offline)] : []));
}

function grid(entries: readonly RoomSummary[]): HTMLElement {
  return element("div", { class: "room-grid" }, ...entries.map(card));
}

function card(room: RoomSummary): HTMLElement {
  const cover = element("a", {
    class: "room-cover", attributes: { href: room.watchUrl, "aria-label": `${room.merchantName}: ${room.title}` },
  }, [...room.merchantName][0]?.toUpperCase() ?? "");
  const hue = hueOf(room.merchantId);
  cover.style.background = `linear-gradient(150deg, hsl(${hue} 78% 52%), hsl(${(hue + 40) % 360} 70% 28%))`;
  cover.append(element("span", { class: room.live ? "live-badge" : "live-badge off", t: room.live ? "rooms.live" : "rooms.offline" }));
  if (room.viewers !== undefined) cover.append(element("span", { class: "chip" }, icon("eye"), formatCount(room.viewers, locale())));

  return element("article", { class: room.live ? "room" : "room is-offline", data: { roomId: room.roomId } }, cover,
    element("div", { class: "room-text" },
      element("div", {},
        element("div", { class: "room-title" }, room.title), element("div", { class: "quiet" }, room.merchantName)),
      element("div", { class: "room-links" },
        element("a", { class: "primary", t: "rooms.watch", attributes: { href: room.watchUrl } }),
        room.studioUrl === undefined
          ? null
          : element("a", { class: "studio", t: "rooms.studio", attributes: { href: room.studioUrl } }))));
}

/** A merchant keeps its colour over visits. */
function hueOf(merchantId: string): number {
  let hash = 0;
  for (const character of merchantId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return (hash * 47) % 360;
}
