import { Backoff } from "../media/backoff";
import { unixMillis } from "../wire/instants";
import type { OverlaySession } from "./overlay-session";

/** The room's messages over WebSocket, for a page that plays no feed of the room (the host's own studio). */
export class EventSocket {
  private readonly backoff = new Backoff();
  private socket: WebSocket | undefined;
  private retry: number | undefined;
  private isClosed = false;

  constructor(
    private readonly roomId: string,
    private readonly token: string | undefined,
    private readonly session: OverlaySession,
  ) {
    this.open();
  }

  close(): void {
    this.isClosed = true;
    window.clearTimeout(this.retry);
    this.socket?.close();
  }

  private open(): void {
    const url = new URL(`/v1/rooms/${encodeURIComponent(this.roomId)}/events`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (this.token !== undefined) url.searchParams.set("access_token", this.token);

    const socket = new WebSocket(url);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.backoff.reset();
      this.session.attach({ send: (bytes) => socket.send(bytes) });
    };
    socket.onmessage = (event) => {
      if (event.data instanceof ArrayBuffer) this.session.receive(event.data, unixMillis());
    };
    socket.onclose = () => {
      this.session.detach();
      if (!this.isClosed) this.retry = window.setTimeout(() => this.open(), this.backoff.next());
    };
  }
}
