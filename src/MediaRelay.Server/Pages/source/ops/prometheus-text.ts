/** One sample of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

const line = /^([A-Za-z_:][A-Za-z0-9_:]*)(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)/;

/** Reads `/metrics`; comments and lines that are no sample are passed over. */
export function parsePrometheusText(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const row of text.split("\n")) {
    const match = line.exec(row);
    const value = match?.[3] === undefined ? NaN : numberOf(match[3]);
    if (match?.[1] !== undefined && !Number.isNaN(value)) samples.push({ name: match[1], labels: match[2] ?? "", value });
  }

  return samples;
}

/** Samples of the first of `patterns` that names a reported metric; undefined when none does. */
export function matching(samples: readonly Sample[], patterns: readonly RegExp[]): Sample[] | undefined {
  for (const pattern of patterns) {
    const found = samples.filter((sample) => pattern.test(sample.name));
    if (found.length > 0) return found;
  }

  return undefined;
}

function numberOf(text: string): number {
  if (text === "+Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}
