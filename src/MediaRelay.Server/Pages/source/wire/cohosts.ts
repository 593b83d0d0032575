import { asFields, booleanOf, stringOf, type Fields } from "./fields";

export interface CoHostMember {
  readonly roomId: string;
  readonly merchantId: string | undefined;
  readonly name: string;
  readonly accepted: boolean | undefined;
}

export interface CoHostSession {
  readonly cohostId: string;
  /** invited, active, declined, cancelled, expired or ended. */
  readonly state: string;
  readonly members: readonly CoHostMember[];
  readonly layout: string | undefined;
  /** Merchant that asked; undefined for the platform. */
  readonly invitedBy: string | undefined;
}

export function coHostSession(value: unknown): CoHostSession | undefined {
  const fields = asFields(value);
  const cohostId = stringOf(fields, "cohostId");
  if (cohostId === undefined) return undefined;
  return {
    cohostId,
    state: stringOf(fields, "state") ?? "",
    members: members(fields["members"] ?? fields["rooms"]),
    layout: stringOf(fields, "layout") ?? stringOf(asFields(fields["layout"]), "name"),
    invitedBy: stringOf(fields, "invitedBy"),
  };
}

/** What a session asks of the host of `roomId`. */
export type CoHostRole = "active" | "incoming" | "accepted" | "outgoing" | "over";

export function roleIn(session: CoHostSession, roomId: string, merchantId: string): CoHostRole {
  if (session.state === "active") return "active";
  if (session.state !== "invited") return "over";

  if (session.invitedBy === merchantId) return "outgoing";
  return session.members.find((member) => member.roomId === roomId)?.accepted === true ? "accepted" : "incoming";
}

function members(value: unknown): CoHostMember[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry === "string") return [{ roomId: entry, merchantId: undefined, name: entry, accepted: undefined }];
    const member = memberOf(asFields(entry));
    return member === undefined ? [] : [member];
  });
}

function memberOf(fields: Fields): CoHostMember | undefined {
  const roomId = stringOf(fields, "roomId");
  if (roomId === undefined) return undefined;
  return {
    roomId,
    merchantId: stringOf(fields, "merchantId"),
    name: stringOf(fields, "merchantName") ?? stringOf(fields, "title") ?? stringOf(fields, "merchantId") ?? roomId,
    accepted: booleanOf(fields, "accepted"),
  };
}
