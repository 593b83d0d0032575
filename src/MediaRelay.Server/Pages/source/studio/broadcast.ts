import { cameraSource } from "../media/camera-source";
import type { PeerSession, PeerState } from "../media/peer-session";
import { testSource, type HostSource } from "../media/test-source";
import { publish } from "../media/whip";
import type { StudioOptions } from "./studio-options";

export interface BroadcastRoom {
  readonly roomId: string;
  readonly orientation: "portrait" | "landscape";
  readonly videoCodec: string | undefined;
  /** Written into the test picture. */
  readonly name: string;
}

/** The host's own stream and its way to the relay. */
export class Broadcast {
  private source: HostSource | undefined;
  private session: PeerSession | undefined;

  constructor(
    private readonly token: string | undefined,
    private readonly options: StudioOptions,
    private readonly onState: (state: PeerState) => void,
  ) {}

  get stream(): MediaStream | undefined {
    return this.source?.stream;
  }

  get connection(): RTCPeerConnection | undefined {
    return this.session?.connection;
  }

  get isOn(): boolean {
    return this.session !== undefined;
  }

  /** Opens camera or test picture for the preview; rejects with the browser's reason. */
  async open(kind: "camera" | "test", room: BroadcastRoom): Promise<MediaStream> {
    this.release();
    const { options } = this;
    const longer = (options.size * 16) / 9;
    const [width, height] = room.orientation === "portrait" ? [options.size, longer] : [longer, options.size];
    this.source = kind === "camera"
      ? await cameraSource(room.orientation, options.fps)
      : testSource({ color: options.color, tone: options.tone, fps: options.fps, name: room.name, width, height });
    return this.source.stream;
  }

  start(room: BroadcastRoom): void {
    if (this.source === undefined || this.session !== undefined) return;
    this.session = publish({
      endpoint: `/whip/${encodeURIComponent(room.roomId)}`,
      token: this.token,
      stream: this.source.stream,
      videoCodec: room.videoCodec,
      maxBitrate: this.options.maxBitrate,
      onState: this.onState,
    });
  }

  /** Ends the session; the preview stays. */
  stop(): void {
    this.session?.close();
    this.session = undefined;
  }

  release(): void {
    this.stop();
    this.source?.stop();
    this.source = undefined;
  }
}
