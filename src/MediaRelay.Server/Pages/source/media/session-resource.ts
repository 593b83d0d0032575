import { ProblemError } from "../wire/rest";

/** The relay's refusal of an offer, and when it is worth asking again. */
export class RefusedError extends ProblemError {
  constructor(problem: ProblemError, readonly retryAfterMs: number) {
    super(problem.status, problem.message);
    this.name = "RefusedError";
  }

  /** Full, draining or failing for now; anything else stays refused until the link changes. */
  get isTemporary(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** A relay that takes this long to answer is stuck or gone; waiting on would keep the page from trying again. */
const answerWithinMs = 15_000;

/** One session of WHIP (RFC 9725) or WHEP: made by POST of an offer, ended by DELETE of what `Location` names. */
export class SessionResource {
  private constructor(
    private readonly location: string,
    private readonly token: string | undefined,
    readonly answer: string,
  ) {}

  /** Throws `RefusedError` when the relay does not take the offer; the browser's own error when it cannot be reached. */
  static async create(endpoint: string, token: string | undefined, offer: string): Promise<SessionResource> {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: authorized(token, { "Content-Type": "application/sdp" }),
      body: offer,
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!response.ok) {
      const seconds = Number(response.headers.get("Retry-After") ?? 0);
      throw new RefusedError(await ProblemError.from(response), Number.isFinite(seconds) ? seconds * 1000 : 0);
    }

    const location = new URL(response.headers.get("Location") ?? endpoint, new URL(endpoint, window.location.href)).href;
    return new SessionResource(location, token, await response.text());
  }

  /** Asks for an ICE restart; the server's fragment, or undefined when it wants a new session instead. */
  async restartIce(fragment: string): Promise<string | undefined> {
    const response = await fetch(this.location, {
      method: "PATCH",
      headers: authorized(this.token, { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": '"*"' }),
      body: fragment,
      signal: AbortSignal.timeout(answerWithinMs),
    });
    return response.status === 200 ? response.text() : undefined;
  }

  /** Ends the session; `keepalive` lets the request outlive a page that is closing. */
  async delete(): Promise<void> {
    await fetch(this.location, { method: "DELETE", headers: authorized(this.token, {}), keepalive: true });
  }
}

function authorized(token: string | undefined, headers: Record<string, string>): Record<string, string> {
  return token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` };
}
