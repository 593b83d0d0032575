/**
 * An address from a message, if it may be opened: http, https or a path of this server. Everything else
 * (javascript:, data:, file:) is refused, because merchants' links are shown to other merchants' viewers.
 */
export function safeLink(address: string | undefined, base: string): string | undefined {
  if (address === undefined || !URL.canParse(address, base)) return undefined;
  const url = new URL(address, base);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

/** `link` with the relay's signed click token, which the shop gives back with the order. */
export function withClickToken(link: string, token: string): string {
  const url = new URL(link);
  url.searchParams.set("clickToken", token);
  return url.href;
}
