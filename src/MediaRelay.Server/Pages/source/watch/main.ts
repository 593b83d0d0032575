import "../styles/base.css";
import "../styles/watch.css";
import { appRoot, element } from "../dom/element";
import { snackbar } from "../dom/snackbar";
import { watchFrames } from "../media/frame-watch";
import { MediaClock } from "../media/media-clock";
import type { PeerSession } from "../media/peer-session";
import { watch } from "../media/whep";
import type { OverlayMessage } from "../overlays/envelope";
import { OverlaySession } from "../overlays/overlay-session";
import { RoomState } from "../overlays/room-state";
import { languageChanged, t } from "../text/language";
import { listOf, numberOf, stringOf, type Fields } from "../wire/fields";
import { readFragment, roomOfPath } from "../wire/fragment";
import { unixMillis } from "../wire/instants";
import { CommentPanel } from "./comment-panel";
import { makeDebug, noteMessage } from "./debug";
import { Hearts } from "./hearts";
import { LikeCounter } from "./like-counter";
import { OfferCards } from "./offer-cards";
import { ProductSheet } from "./product-sheet";
import { PurchaseFeed } from "./purchase-feed";
import { ShelfPanel } from "./shelf-panel";
import { SpotlightCards } from "./spotlight-cards";
import { Stage } from "./stage";
import { TileLabels } from "./tile-labels";
import { TopBar } from "./top-bar";

const roomId = roomOfPath(location.pathname);
const tokens = readFragment(location.hash);

const state = new RoomState();
const mediaClock = new MediaClock();
const overlays = new OverlaySession({ onMessage: follow, onMalformed: () => void debug.stats.malformedMessages++ });
const send = (type: string, body: Fields) => overlays.send(type, body);

const hearts = new Hearts();
const likes = new LikeCounter((count) => send("like", { count }), (action, ms) => void setTimeout(action, ms));
const stage = new Stage(connect, (x, y) => like(x, y), (x, y) => tap(x, y));
const debug = makeDebug(stage.video, unixMillis(), send);
const product = new ProductSheet(state, send);
const shelf = new ShelfPanel((item) => product.open(item));
const spotlights = new SpotlightCards((item) => product.open(item));
const labels = new TileLabels(stage.video, (merchantId) => shelf.open(merchantId));
const topBar = new TopBar((merchantId) => send("follow", { merchantId }));
const purchases = new PurchaseFeed();
const offers = new OfferCards(state, send, () => unixMillis() + overlays.clock.micros / 1000);
const comments = new CommentPanel({
  send: (text) => send("comment", { text }),
  like: () => like(),
  share: () => void share(),
  openShelf: () => shelf.open(),
});

let session: PeerSession | undefined;
let isDrawScheduled = false;
let likesTold = 0;

stage.root.append(labels.root, hearts.root, topBar.root, purchases.root, spotlights.root, offers.root);
appRoot().append(element("div", { class: "watch" }, stage.root, shelf.root, comments.root), product.root);
document.addEventListener(languageChanged, draw);
// A page taken back from the browser's cache has closed its connection when it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) connect();
});
watchFrames(stage.video, debug.stats, () => mediaClock.show(debug.stats.rtpTimestamp));
connect();

function connect(): void {
  session?.close();
  const opened = watch({
    endpoint: `/whep/${encodeURIComponent(roomId)}`,
    token: tokens.token,
    overlays: true,
    onStream: (stream, pc) => {
      debug.pc = pc;
      stage.play(stream);
    },
    onOverlays: listen,
    onState: (peerState) => {
      stage.showState(peerState);
      debug.stats.reconnects = session?.reconnects ?? 0;
    },
  });
  session = opened;
}

function listen(channel: RTCDataChannel): void {
  channel.onopen = () => overlays.attach({ send: (bytes) => channel.send(bytes) });
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => overlays.receive(data, unixMillis());
  channel.onclose = () => overlays.detach();
}

function follow(message: OverlayMessage): void {
  noteMessage(debug, message);
  mediaClock.note(message.mediaTime);
  debug.stats.missingMessages = overlays.sequence.missing;
  debug.stats.clockOffsetMicros = overlays.clock.micros;

  switch (message.type) {
    case "purchase": purchases.show(message, state); break;
    case "comment": showComment(message.body); break;
    case "tally": showTally(message.body); break;
    case "notice": showNotice(message.body); break;
    case "clickToken": product.acceptToken(message.body); break;
    case "snapshot": followSnapshot(message); break;
    case "cohost":
    case "layout":
      // The names change when the picture does.
      mediaClock.at(message.mediaTime, () => applyToState(message));
      break;
    default:
      if (OfferCards.handles(message.type)) offers.show(message);
      else applyToState(message);
      break;
  }
}

function followSnapshot(message: OverlayMessage): void {
  const before = state.roomId;
  applyToState(message);
  mediaClock.mediaOffset = state.mediaOffset;
  stage.showNotice(undefined);
  if (before !== "" && before !== state.roomId) offers.clear();
  for (const body of listOf(message.body, "campaigns") ?? []) offers.show({ ...message, type: stringOf(body, "type") ?? "", body });
  if (before === "" || before === state.roomId) return;

  // Handed over to another room on the same connection: the address follows, for the share button and a reload.
  history.replaceState(null, "", `/watch/${encodeURIComponent(state.roomId)}${location.search}${location.hash}`);
  snackbar(t("watch.moved", { room: state.merchants[0]?.name ?? state.roomId }));
}

function applyToState(message: OverlayMessage): void {
  if (state.apply(message)) scheduleDraw();
}

// Stock ticks come many times a second in a flash sale; the eye needs one drawing per frame at most.
function scheduleDraw(): void {
  if (isDrawScheduled) return;
  isDrawScheduled = true;
  setTimeout(() => {
    isDrawScheduled = false;
    draw();
  }, 50);
}

function draw(): void {
  topBar.render(state);
  shelf.render(state);
  spotlights.render(state);
  labels.render(state);
}

function showComment(body: Fields): void {
  const viewerId = stringOf(body, "viewerId");
  const isOwn = viewerId !== undefined && viewerId === state.viewerId;
  const merchantId = stringOf(body, "merchantId");
  const others = merchantId === undefined ? viewerId?.slice(0, 8) ?? "" : state.merchantName(merchantId);
  const name = isOwn ? t("watch.you") : stringOf(body, "name") ?? others;
  comments.add(name, stringOf(body, "text") ?? "", isOwn);
}

function showTally(body: Fields): void {
  const count = numberOf(body, "likes");
  topBar.count(numberOf(body, "viewers"), count);
  if (count === undefined) return;
  if (likesTold > 0) hearts.riseForOthers(count - likesTold);
  likesTold = count;
}

function showNotice(body: Fields): void {
  const code = stringOf(body, "code");
  if (code === "codec") stage.showNotice(t("watch.notice.codec"));
  else snackbar(stringOf(body, "text") ?? stringOf(body, "message") ?? code ?? "");
}

function like(x?: number, y?: number): void {
  likes.add();
  hearts.rise(x, y);
}

/** A second tap on the same place asks for what is shown there: the relay knows whose tile it was in that frame. */
function tap(x: number, y: number): void {
  overlays.send("click", { x, y }, mediaClock.shownMediaTime);
}

async function share(): Promise<void> {
  // The token stays here: it names this viewer.
  const link = new URL(location.pathname, location.origin);
  if (tokens.shareCode !== undefined) link.hash = `share=${encodeURIComponent(tokens.shareCode)}`;
  try {
    if ("share" in navigator && matchMedia("(pointer: coarse)").matches) {
      await navigator.share({ title: document.title, url: link.href });
    } else {
      await navigator.clipboard.writeText(link.href);
      snackbar(t("watch.shared"));
    }

    if (tokens.shareCode !== undefined) send("share", { shareCode: tokens.shareCode });
  } catch (error) {
    // Closing the phone's share sheet is no failure.
    if (error instanceof DOMException && error.name === "AbortError") return;
    snackbar(t("watch.shareFailed", { link: link.href }));
  }
}
