import { asFields, stringOf } from "./fields";

/** An answer other than 2xx, with the problem details' own words (RFC 9457). */
export class ProblemError extends Error {
  constructor(readonly status: number, detail: string) {
    super(detail);
    this.name = "ProblemError";
  }

  static async from(response: Response): Promise<ProblemError> {
    const problem = asFields(await jsonOrNothing(response));
    const detail = stringOf(problem, "detail") ?? stringOf(problem, "title") ?? response.statusText;
    return new ProblemError(response.status, detail === "" ? String(response.status) : detail);
  }
}

/** Calls under one token. Every answer is JSON or empty; anything but 2xx throws `ProblemError`. */
export class RestClient {
  constructor(private readonly token: string | undefined) {}

  get(path: string): Promise<unknown> {
    return this.call("GET", path);
  }

  put(path: string, body: unknown): Promise<unknown> {
    return this.call("PUT", path, body);
  }

  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<unknown> {
    return this.call("POST", path, body, headers);
  }

  patch(path: string, body: unknown): Promise<unknown> {
    return this.call("PATCH", path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.call("DELETE", path);
  }

  private async call(
    method: string, path: string, body?: unknown, extra?: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    const headers = new Headers(extra);
    if (this.token !== undefined) headers.set("Authorization", `Bearer ${this.token}`);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const response = await fetch(path, {
      method, headers, cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw await ProblemError.from(response);
    return jsonOrNothing(response);
  }
}

/** A path under /v1 with its parts escaped. */
export function path(...parts: string[]): string {
  return "/v1/" + parts.map(encodeURIComponent).join("/");
}

async function jsonOrNothing(response: Response): Promise<unknown> {
  const type = response.headers.get("Content-Type") ?? "";
  return type.includes("json") ? response.json() : undefined;
}
