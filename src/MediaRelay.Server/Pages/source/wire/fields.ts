/**
 * Reading of maps that came from outside (MessagePack bodies, JSON answers): unknown fields are ignored and missing or
 * wrongly typed ones read as absent, so a newer relay never breaks an older page.
 */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = Object.freeze({});

export function asFields(value: unknown): Fields {
  return isFields(value) ? value : none;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

export function stringOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function booleanOf(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  return typeof value === "boolean" ? value : undefined;
}

export function fieldsOf(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  return isFields(value) ? value : undefined;
}

/** The maps in the array `name`; anything else in it is left out. */
export function listOf(fields: Fields, name: string): Fields[] | undefined {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isFields) : undefined;
}

/** A collection answer: either the array itself or a map that holds it under `name`. */
export function collection(value: unknown, name: string): Fields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  return listOf(asFields(value), name) ?? [];
}
