import { Backoff } from "./backoff";
import { restartFragment, withFragment } from "./sdp-fragment";
import { RefusedError, SessionResource } from "./session-resource";

export type PeerState =
  | { readonly kind: "connecting" | "live" | "reconnecting" | "closed" }
  | { readonly kind: "busy"; readonly status: number }
  | { readonly kind: "refused"; readonly status: number; readonly reason: string };

export interface PeerSessionOptions {
  /** WHIP or WHEP address to which the offer goes. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Adds sections, tracks and channels to a new connection before its offer is made. */
  readonly prepare: (pc: RTCPeerConnection) => void;
  readonly onState: (state: PeerState) => void;
}

/** From answer to connected; a phone on a bad network needs several seconds for ICE and DTLS. */
const connectWithinMs = 10_000;
/** A disconnected pair often comes back by itself within two checks. */
const toleratedSilenceMs = 2000;
const restartWithinMs = 5000;

/**
 * Keeps one connection to the relay up: offer and answer over HTTP, an ICE restart when the path is lost (Wi-Fi to
 * mobile), a new session with back-off when that does not help or the relay was restarted.
 */
export class PeerSession {
  private readonly backoff = new Backoff();
  private pc: RTCPeerConnection | undefined;
  private resource: SessionResource | undefined;
  private timer: number | undefined;
  private hasConnected = false;
  private isRestarting = false;
  private isClosed = false;
  private reconnectCount = 0;

  constructor(private readonly options: PeerSessionOptions) {
    window.addEventListener("pagehide", this.onPageHide);
    window.addEventListener("online", this.onOnline);
    void this.connect();
  }

  /** The connection as it is now; a reconnect makes a new one. */
  get connection(): RTCPeerConnection | undefined {
    return this.pc;
  }

  get reconnects(): number {
    return this.reconnectCount;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    window.removeEventListener("pagehide", this.onPageHide);
    window.removeEventListener("online", this.onOnline);
    this.dispose();
    this.options.onState({ kind: "closed" });
  }

  private async connect(): Promise<void> {
    this.options.onState({ kind: this.hasConnected ? "reconnecting" : "connecting" });
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.pc = pc;
    pc.addEventListener("connectionstatechange", () => this.followConnection(pc));
    this.options.prepare(pc);

    try {
      // No candidates are waited for: the relay is ICE-lite and learns this side's addresses from its checks.
      await pc.setLocalDescription(await pc.createOffer());
      const { endpoint, token } = this.options;
      const resource = await SessionResource.create(endpoint, token, pc.localDescription?.sdp ?? "");
      if (pc !== this.pc) {
        await resource.delete();
        return;
      }

      this.resource = resource;
      await pc.setRemoteDescription({ type: "answer", sdp: resource.answer });
      if (pc === this.pc && pc.connectionState !== "connected") this.after(connectWithinMs, () => this.reconnect());
    } catch (error) {
      if (pc === this.pc) this.followFailure(error);
    }
  }

  private followFailure(error: unknown): void {
    if (error instanceof RefusedError && !error.isTemporary) {
      this.dispose();
      this.options.onState({ kind: "refused", status: error.status, reason: error.message });
      return;
    }

    console.warn("MediaRelay: the session could not be set up, trying again.", error);
    const isBusy = error instanceof RefusedError;
    this.reconnect(isBusy ? error.retryAfterMs : 0);
    if (isBusy) this.options.onState({ kind: "busy", status: error.status });
  }

  private followConnection(pc: RTCPeerConnection): void {
    if (pc !== this.pc) return;
    switch (pc.connectionState) {
      case "connected":
        this.followConnected();
        break;
      case "disconnected":
        this.options.onState({ kind: "reconnecting" });
        this.after(toleratedSilenceMs, () => void this.restartIce(pc));
        break;
      case "failed":
        void this.restartIce(pc);
        break;
      case "closed":
        // DTLS was closed by the relay: it ended the session, so only a new one helps.
        this.reconnect();
        break;
      default:
        break;
    }
  }

  private followConnected(): void {
    this.cancelTimer();
    this.backoff.reset();
    this.hasConnected = true;
    this.isRestarting = false;
    this.options.onState({ kind: "live" });
  }

  private async restartIce(pc: RTCPeerConnection): Promise<void> {
    if (pc !== this.pc) return;
    if (this.isRestarting || this.resource === undefined) {
      this.reconnect();
      return;
    }

    this.isRestarting = true;
    this.after(restartWithinMs, () => {
      // The old path may have come back meanwhile; then nothing changes and no event tells.
      if (pc.connectionState === "connected") this.followConnected();
      else this.reconnect();
    });
    try {
      const answer = pc.remoteDescription?.sdp ?? "";
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
      const fragment = restartFragment(pc.localDescription?.sdp ?? "");
      const reply = fragment === undefined ? undefined : await this.resource.restartIce(fragment);
      const restarted = reply === undefined ? undefined : withFragment(answer, reply);
      if (pc !== this.pc) return;
      if (restarted === undefined) this.reconnect();
      else await pc.setRemoteDescription({ type: "answer", sdp: restarted });
    } catch (error) {
      console.warn("MediaRelay: the ICE restart failed, making a new session.", error);
      if (pc === this.pc) this.reconnect();
    }
  }

  private reconnect(leastMs = 0): void {
    if (this.isClosed) return;
    this.dispose();
    this.reconnectCount++;
    this.options.onState({ kind: this.hasConnected ? "reconnecting" : "connecting" });
    this.after(this.backoff.next(leastMs), () => void this.connect());
  }

  private dispose(): void {
    this.cancelTimer();
    this.isRestarting = false;
    this.pc?.close();
    this.pc = undefined;
    const { resource } = this;
    this.resource = undefined;
    // A relay that is gone cannot be told; it expires the session by consent (RFC 7675) anyway.
    resource?.delete().catch((error: unknown) => console.debug("MediaRelay: the session was not deleted.", error));
  }

  private after(ms: number, action: () => void): void {
    this.cancelTimer();
    this.timer = window.setTimeout(action, ms);
  }

  private cancelTimer(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly onPageHide = () => this.close();

  private readonly onOnline = () => {
    const { pc } = this;
    if (pc !== undefined && pc.connectionState !== "connected" && this.hasConnected) void this.restartIce(pc);
  };
}
