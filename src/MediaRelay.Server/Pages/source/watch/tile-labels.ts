import { element } from "../dom/element";
import { tilesOf, type Tile } from "../overlays/layout";
import type { RoomState } from "../overlays/room-state";
import { pictureRect } from "./picture-rect";

/** The merchants' names over their parts of a co-hosted picture. */
export class TileLabels {
  readonly root = element("div", { class: "tiles" });
  private signature = "";

  constructor(private readonly video: HTMLVideoElement, private readonly onMerchant: (merchantId: string) => void) {
    new ResizeObserver(() => this.place()).observe(video);
    video.addEventListener("resize", () => this.place());
  }

  private tiles: readonly { readonly tile: Tile; readonly label: HTMLElement }[] = [];

  render(state: RoomState): void {
    const tiles = state.cohost === undefined ? [] : tilesOf(state.layout, state.cohost.rooms, this.isPortrait());
    const named = tiles.map((tile, index) => {
      const merchantId = tile.merchantId ?? merchantOfRoom(state, tile.roomId, index);
      return { tile, merchantId, name: merchantId === undefined ? undefined : state.merchantName(merchantId) };
    });

    const signature = JSON.stringify(named);
    if (signature === this.signature) return;
    this.signature = signature;
    this.tiles = named.flatMap(({ tile, merchantId, name }) => {
      if (merchantId === undefined || name === undefined) return [];
      const owner = state.merchants.findIndex((merchant) => merchant.merchantId === merchantId);
      const label = element("button", {
        class: `tile-label owner-${Math.max(0, owner) % 4}`,
        data: { merchantId },
        attributes: { type: "button" },
        onClick: () => this.onMerchant(merchantId),
      }, name);
      return [{ tile, label }];
    });
    this.root.replaceChildren(...this.tiles.map(({ label }) => label));
    this.place();
  }

  private isPortrait(): boolean {
    return this.video.videoWidth <= this.video.videoHeight;
  }

  private place(): void {
    const { video } = this;
    const box = { width: video.clientWidth, height: video.clientHeight };
    const fit = getComputedStyle(video).objectFit === "cover" ? "cover" : "contain";
    const picture = pictureRect(box, { width: video.videoWidth, height: video.videoHeight }, fit);
    for (const { tile, label } of this.tiles) {
      label.style.left = `${Math.max(0, picture.left + tile.x * picture.width)}px`;
      label.style.top = `${Math.max(0, picture.top + tile.y * picture.height)}px`;
      label.classList.toggle("at-top", picture.top + tile.y * picture.height < 40);
    }
  }
}

/** The room's own merchant stands first in the snapshot, co-hosts after it in the session's order. */
function merchantOfRoom(state: RoomState, roomId: string | undefined, index: number): string | undefined {
  const room = state.cohost?.rooms.find((entry) => entry.roomId === roomId);
  if (room?.merchantId !== undefined) return room.merchantId;
  if (roomId === state.roomId) return state.merchants[0]?.merchantId;
  if (state.cohost?.rooms.length === 2) return state.merchants[1]?.merchantId;
  return state.merchants[index]?.merchantId;
}
