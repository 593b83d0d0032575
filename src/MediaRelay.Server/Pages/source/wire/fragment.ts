/** Tokens from the URL fragment (`#token=…&merchant=…`), which browsers never send to a server or a log. */
export interface PageTokens {
  /** Viewer, host or operator token. */
  readonly token: string | undefined;
  /** Merchant token, for the studio's REST calls. */
  readonly merchant: string | undefined;
  /** Guide's share code under which the viewer came. */
  readonly shareCode: string | undefined;
}

export function readFragment(hash: string): PageTokens {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    token: values.get("token") || undefined,
    merchant: values.get("merchant") || undefined,
    shareCode: values.get("share") || undefined,
  };
}

/** The room of `/watch/{roomId}` or `/studio/{roomId}`. */
export function roomOfPath(pathname: string): string {
  return decodeURIComponent(pathname.split("/")[2] ?? "");
}
