/**
 * The `application/trickle-ice-sdpfrag` bodies of an ICE restart (RFC 9725 §4.3.2, RFC 8840 §9): credentials of the
 * new ICE generation, written under the first section because everything is bundled onto it.
 */
export function restartFragment(offer: string): string | undefined {
  const ufrag = attribute(offer, "ice-ufrag");
  const pwd = attribute(offer, "ice-pwd");
  const section = /^m=.*$/m.exec(offer)?.[0];
  const mid = attribute(offer, "mid");
  if (ufrag === undefined || pwd === undefined || section === undefined || mid === undefined) return undefined;

  const group = attribute(offer, "group");
  const lines = ["a=ice-options:trickle", section.trim(), `a=mid:${mid}`, `a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`];
  if (group !== undefined) lines.splice(1, 0, `a=group:${group}`);
  return lines.join("\r\n") + "\r\n";
}

/** `answer` with the credentials and candidates of the server's fragment; undefined when the fragment has none. */
export function withFragment(answer: string, fragment: string): string | undefined {
  const ufrag = attribute(fragment, "ice-ufrag");
  const pwd = attribute(fragment, "ice-pwd");
  if (ufrag === undefined || pwd === undefined) return undefined;

  const candidates = [...fragment.matchAll(/^a=candidate:.*$/gm)].map((match) => match[0].trim());
  const lines = answer
    .split(/\r?\n/)
    .filter((line) => line !== "" && !(candidates.length > 0 && /^a=(candidate:|end-of-candidates)/.test(line)))
    .map((line) => line
      .replace(/^a=ice-ufrag:.*$/, () => `a=ice-ufrag:${ufrag}`)
      .replace(/^a=ice-pwd:.*$/, () => `a=ice-pwd:${pwd}`));

  if (candidates.length > 0) {
    const first = lines.findIndex((line) => line.startsWith("m="));
    const next = lines.findIndex((line, index) => index > first && line.startsWith("m="));
    lines.splice(next === -1 ? lines.length : next, 0, ...candidates, "a=end-of-candidates");
  }

  return lines.join("\r\n") + "\r\n";
}

function attribute(sdp: string, name: string): string | undefined {
  return new RegExp(`^a=${name}:(.*)$`, "m").exec(sdp)?.[1]?.trim();
}
