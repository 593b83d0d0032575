import "../styles/base.css";
import "../styles/studio.css";
import { appRoot, button, element } from "../dom/element";
import { header } from "../dom/header";
import type { PeerState } from "../media/peer-session";
import { EventSocket } from "../overlays/event-socket";
import { OverlaySession } from "../overlays/overlay-session";
import { RoomState } from "../overlays/room-state";
import { languageChanged, t } from "../text/language";
import type { CoHostSession } from "../wire/cohosts";
import { readFragment, roomOfPath } from "../wire/fragment";
import { path, RestClient } from "../wire/rest";
import { roomSummary } from "../wire/rooms";
import { AudiencePanel } from "./audience-panel";
import { Broadcast, type BroadcastRoom } from "./broadcast";
import { CoHostPanel } from "./cohost-panel";
import { attempt } from "../dom/attempt";
import { OfferPanel } from "./offer-panel";
import { ReturnFeed } from "./return-feed";
import { ShelfEditor } from "./shelf-editor";
import { StatisticsPanel } from "./statistics-panel";
import { readStudioOptions } from "./studio-options";

const roomId = roomOfPath(location.pathname);
const tokens = readFragment(location.hash);
const options = readStudioOptions(location.search);

let room: BroadcastRoom = {
  roomId, orientation: options.orientation ?? "portrait", videoCodec: undefined, name: options.name ?? roomId,
};
let peerState: PeerState = { kind: "closed" };
let activeCoHost: CoHostSession | undefined;

const broadcast = new Broadcast(tokens.token, options, followPeer);
const returnFeed = new ReturnFeed(roomId, tokens.token);
const preview = element("video", { class: "preview", attributes: { playsinline: "", autoplay: "" } });
preview.muted = true;
const badge = element("span", { class: "live-badge off" });
const stateLine = element("p", { class: "state", attributes: { role: "status" } });
const toggle = button({ class: "primary toggle", onClick: () => void (broadcast.isOn ? stop() : start()) });
const source = sourceSelect();
const title = element("h1", {}, roomId);
const side = element("div", { class: "studio-side" }, new StatisticsPanel(() => broadcast.connection).root);

appRoot().append(
  header(element("a", { class: "chip", t: "rooms.watch", attributes: { href: `/watch/${encodeURIComponent(roomId)}`, target: "_blank" } })),
  element("main", { class: "studio" },
    element("section", { class: "studio-main" }, title,
      element("div", { class: "pictures" },
        element("figure", { class: "own" }, preview, badge, element("figcaption", { t: "studio.preview" })), returnFeed.root),
      element("div", { class: "controls" }, source, toggle), stateLine),
    side));
document.addEventListener(languageChanged, drawState);
source.addEventListener("change", () => {
  if (!broadcast.isOn) void openSource();
});

window.mediarelay = {
  get pc() { return broadcast.connection; },
  get stream() { return broadcast.stream; },
  get state() { return peerState.kind; },
  get cohost() { return activeCoHost; },
  get returnPc() { return returnFeed.connection; },
  returnVideo: returnFeed.video,
};

drawState();
void open();

async function open(): Promise<void> {
  await openMerchantPanels();
  if (options.source === "test" || options.isAutomatic) await openSource();
  if (options.isAutomatic) await start();
}

async function openMerchantPanels(): Promise<void> {
  if (tokens.merchant === undefined) {
    side.append(element("p", { class: "card quiet", t: "studio.noMerchantToken" }));
    return;
  }

  const rest = new RestClient(tokens.merchant);
  await attempt("studio.title", async () => {
    const summary = roomSummary(await rest.get(path("rooms", roomId)));
    if (summary === undefined) return;

    title.textContent = summary.title;
    document.title = `${summary.title} · MediaRelay`;
    room = {
      roomId,
      orientation: options.orientation ?? summary.orientation,
      videoCodec: summary.videoCodec,
      name: options.name ?? summary.merchantName,
    };
    const shelf = new ShelfEditor({ roomId, merchantId: summary.merchantId, rest });
    const cohosts = new CoHostPanel({ roomId, merchantId: summary.merchantId, rest, onActive: followCoHost });
    side.prepend(cohosts.root);
    side.append(shelf.root, ...openEvents(summary.merchantId, rest, shelf, cohosts));
  });
}

/** Follows the room's messages, so that the host sees orders and comments, and invitations without waiting for a poll. */
function openEvents(merchantId: string, rest: RestClient, shelf: ShelfEditor, cohosts: CoHostPanel): HTMLElement[] {
  const state = new RoomState();
  const audience = new AudiencePanel(state);
  const offers = new OfferPanel({ roomId, merchantId, rest, clockOffsetMicros: () => session.clock.micros });
  const session: OverlaySession = new OverlaySession({
    onMessage: (message) => {
      if (state.apply(message)) shelf.setSpotlight(state.merchant(merchantId)?.spotlight);
      if (message.type === "cohost") void cohosts.refresh();
      audience.follow(message);
      offers.follow(message);
    },
    onMalformed: () => console.warn("MediaRelay: an overlay message could not be read."),
  });
  new EventSocket(roomId, tokens.merchant, session);
  return [offers.root, audience.root];
}

async function openSource(): Promise<boolean> {
  try {
    preview.srcObject = await broadcast.open(source.value === "test" ? "test" : "camera", room);
    preview.classList.toggle("is-mirrored", source.value !== "test");
    stateLine.textContent = "";
    return true;
  } catch (error) {
    console.warn("MediaRelay: the source cannot be opened.", error);
    stateLine.textContent = t("studio.cameraDenied", { reason: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

async function start(): Promise<void> {
  if (tokens.token === undefined) {
    stateLine.textContent = t("studio.noToken");
    return;
  }

  if (broadcast.stream === undefined && !(await openSource())) return;
  broadcast.start(room);
}

function stop(): void {
  broadcast.stop();
}

function followPeer(next: PeerState): void {
  // A refused offer leaves nothing to end: the button is for trying again.
  if (next.kind === "refused") broadcast.stop();
  peerState = next;
  drawState();
  returnFeed.setActive(activeCoHost !== undefined && next.kind === "live");
}

function followCoHost(session: CoHostSession | undefined): void {
  activeCoHost = session;
  returnFeed.setActive(session !== undefined && peerState.kind === "live");
}

function drawState(): void {
  const isLive = peerState.kind === "live";
  const isOn = peerState.kind !== "closed" && peerState.kind !== "refused";
  document.body.dataset["state"] = peerState.kind;
  badge.className = isLive ? "live-badge" : "live-badge off";
  badge.textContent = stateText();
  toggle.textContent = t(isOn ? "studio.stop" : "studio.start");
  toggle.classList.toggle("danger", isOn);
  toggle.classList.toggle("primary", !isOn);
  source.disabled = isOn;
  if (peerState.kind === "refused") stateLine.textContent = t("studio.state.refused", peerState);
  else if (isOn) stateLine.textContent = "";
}

function stateText(): string {
  switch (peerState.kind) {
    case "live": return t("studio.state.live");
    case "connecting": return t("studio.state.connecting");
    case "reconnecting":
    case "busy": return t("studio.state.reconnecting");
    default: return t("studio.state.idle");
  }
}

function sourceSelect(): HTMLSelectElement {
  const select = element("select", { label: "studio.source" },
    element("option", { t: "studio.camera", attributes: { value: "camera" } }),
    element("option", { t: "studio.testPicture", attributes: { value: "test" } }));
  select.value = options.source;
  return select;
}
