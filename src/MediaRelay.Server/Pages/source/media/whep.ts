import { PeerSession, type PeerState } from "./peer-session";

export interface WatchOptions {
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Whether the page opens the `overlays` channel; the host's return feed has none. */
  readonly overlays: boolean;
  readonly onStream: (stream: MediaStream, pc: RTCPeerConnection) => void;
  readonly onOverlays?: (channel: RTCDataChannel) => void;
  readonly onState: (state: PeerState) => void;
}

/** Plays a feed: sound and picture one way, and the channel that this side opens. */
export function watch(options: WatchOptions): PeerSession {
  return new PeerSession({
    endpoint: options.endpoint,
    token: options.token,
    onState: options.onState,
    prepare: (pc) => {
      const stream = new MediaStream();
      pc.addTransceiver("audio", { direction: "recvonly" });
      pc.addTransceiver("video", { direction: "recvonly" });
      pc.addEventListener("track", ({ track }) => {
        stream.addTrack(track);
        if (stream.getTracks().length === 1) options.onStream(stream, pc);
      });
      if (options.overlays) {
        const channel = pc.createDataChannel("overlays", { ordered: true });
        channel.binaryType = "arraybuffer";
        options.onOverlays?.(channel);
      }
    },
  });
}
