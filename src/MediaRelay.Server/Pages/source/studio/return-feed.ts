import { element } from "../dom/element";
import type { PeerSession } from "../media/peer-session";
import { watch } from "../media/whep";

/** The co-hosts' picture and the mix without this host's own sound, while a session is active. */
export class ReturnFeed {
  readonly video = element("video", { attributes: { playsinline: "", autoplay: "" } });
  readonly root = element("figure", { class: "return-feed" }, this.video, element("figcaption", { t: "studio.return" }));
  private session: PeerSession | undefined;

  constructor(private readonly roomId: string, private readonly token: string | undefined) {
    this.root.hidden = true;
  }

  get connection(): RTCPeerConnection | undefined {
    return this.session?.connection;
  }

  setActive(isActive: boolean): void {
    if (isActive === (this.session !== undefined)) return;
    this.root.hidden = !isActive;
    if (isActive) this.open();
    else this.close();
  }

  private open(): void {
    this.session = watch({
      endpoint: `/whep/${encodeURIComponent(this.roomId)}/return`,
      token: this.token,
      overlays: false,
      onStream: (stream) => {
        this.video.srcObject = stream;
        this.video.play().catch(() => {
          // Sound needs a gesture where the studio was started by its address: play the picture at least.
          this.video.muted = true;
          this.video.controls = true;
          void this.video.play();
        });
      },
      onState: (state) => {
        this.root.dataset["state"] = state.kind;
      },
    });
  }

  private close(): void {
    this.session?.close();
    this.session = undefined;
    this.video.srcObject = null;
  }
}
