import { PeerSession, type PeerState } from "./peer-session";

export interface PublishOptions {
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly stream: MediaStream;
  /** The room's codec when the room fixes one (`h264` or `vp8`), to stand first in the offer. */
  readonly videoCodec: string | undefined;
  readonly maxBitrate: number;
  readonly onState: (state: PeerState) => void;
}

/** Publishes a stream; its tracks stay the caller's. */
export function publish(options: PublishOptions): PeerSession {
  return new PeerSession({
    endpoint: options.endpoint,
    token: options.token,
    onState: options.onState,
    prepare: (pc) => {
      for (const track of options.stream.getTracks()) {
        const transceiver = pc.addTransceiver(track, {
          direction: "sendonly",
          streams: [options.stream],
          sendEncodings: track.kind === "video" ? [{ maxBitrate: options.maxBitrate }] : [],
        });
        if (track.kind === "video") preferCodec(transceiver, options.videoCodec);
      }
    },
  });
}

function preferCodec(transceiver: RTCRtpTransceiver, videoCodec: string | undefined): void {
  const codecs = RTCRtpSender.getCapabilities("video")?.codecs;
  if (videoCodec === undefined || codecs === undefined) return;

  const wanted = `video/${videoCodec}`.toLowerCase();
  const isWanted = (codec: RTCRtpCodec) => codec.mimeType.toLowerCase() === wanted;
  transceiver.setCodecPreferences([...codecs.filter(isWanted), ...codecs.filter((codec) => !isWanted(codec))]);
}
