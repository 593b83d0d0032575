import type { FrameStatistics } from "../media/frame-watch";
import type { OverlayMessage } from "../overlays/envelope";

/** Messages kept for tests and the console. */
const keptMessages = 500;

export interface WatchStatistics extends FrameStatistics {
  /** When the page asked for the feed, Unix time in ms. */
  startedAt: number;
  firstMessageAt: number | undefined;
  messagesReceived: number;
  malformedMessages: number;
  /** Numbers of the room's counter that never came: shed tallies and comments. */
  missingMessages: number;
  reconnects: number;
  /** Relay clock minus this page's, in µs. */
  clockOffsetMicros: number;
}

/** What `window.mediarelay` shows of a viewer page. */
export interface WatchDebug {
  pc: RTCPeerConnection | undefined;
  readonly video: HTMLVideoElement;
  /** Last snapshot message. */
  snapshot: OverlayMessage | undefined;
  /** The last 500 messages, oldest first. */
  readonly messages: OverlayMessage[];
  readonly stats: WatchStatistics;
  /** Sends a viewer message as the page's buttons do. */
  readonly send: (type: string, body: Readonly<Record<string, unknown>>) => boolean;
}

declare global {
  interface Window {
    mediarelay?: unknown;
  }
}

export function makeDebug(video: HTMLVideoElement, startedAt: number, send: WatchDebug["send"]): WatchDebug {
  const debug: WatchDebug = {
    pc: undefined,
    video,
    snapshot: undefined,
    messages: [],
    send,
    stats: {
      startedAt,
      frames: 0,
      firstFrameAt: undefined,
      lastFrameAt: undefined,
      longestFrameGapMs: 0,
      rtpTimestamp: undefined,
      firstMessageAt: undefined,
      messagesReceived: 0,
      malformedMessages: 0,
      missingMessages: 0,
      reconnects: 0,
      clockOffsetMicros: 0,
    },
  };
  window.mediarelay = debug;
  return debug;
}

export function noteMessage(debug: WatchDebug, message: OverlayMessage): void {
  debug.stats.messagesReceived++;
  debug.stats.firstMessageAt ??= message.receivedAt;
  if (message.type === "snapshot") debug.snapshot = message;
  debug.messages.push(message);
  if (debug.messages.length > keptMessages) debug.messages.shift();
}
