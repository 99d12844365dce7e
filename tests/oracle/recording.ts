/**
 * Recordings of the real kernel: one JSON line a case, plain or gzipped.
 *
 * @module
 */

/** Fields that say what came of a call; so does `text`, but of a `write` it is what is written. */
const OUTCOMES: ReadonlySet<string> = new Set([
  ...["ret", "errno", "struct", "out", "outRest", "out2", "out2Rest"],
  ...["error", "exists", "devices", "sameName", "code", "stderr"],
  ...["fwctl", "tainted", "warnings", "unbindWaitedForTheCall"],
]);

/** One call and what came of it. The fields depend on `op`; they are checked where used. */
export class Step {
  readonly #fields: Readonly<Record<string, unknown>>;

  /** `fields` is the JSON object. */
  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  /** What was called. */
  get op(): string {
    return this.text("op");
  }

  /** Whether the field is there. */
  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  /** An integer. @throws {TypeError} when it is something else */
  number(name: string): number {
    const value = this.#fields[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw new TypeError(`"${name}" is not an integer`);
    }
    return value;
  }

  /** A text; `otherwise` where the field is absent. @throws {TypeError} */
  text(name: string, otherwise?: string): string {
    const value = this.#fields[name] ?? otherwise;
    if (typeof value !== "string") {
      throw new TypeError(`"${name}" is not a text`);
    }
    return value;
  }

  /** A list of texts. @throws {TypeError} */
  texts(name: string): string[] {
    const value = this.#fields[name];
    if (!Array.isArray(value) || value.some((x) => typeof x !== "string")) {
      throw new TypeError(`"${name}" is not a list of texts`);
    }
    return value;
  }

  /** A pointer: a name as in the recordings' README, or a number as text. @throws {TypeError} */
  pointer(name: string, otherwise?: string): string {
    const value = this.#fields[name];
    return typeof value === "number"
      ? String(value)
      : this.text(name, otherwise);
  }

  /** The fields without those that say what came of it, for the same call again. */
  inputs(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.#fields).filter(([name]) =>
        !OUTCOMES.has(name) && !(name === "text" && this.op !== "write")
      ),
    );
  }

  /** The field as it stands. */
  value(name: string): unknown {
    return this.#fields[name];
  }
}

/** A case, or why its line cannot be read. */
export interface Case {
  /** `mlx5`, `cxl`, `bnxt` or `pds`. */
  readonly type: string;
  /** Unique per type in a file. */
  readonly id: string;
  /** In order. */
  readonly steps: readonly Step[];
}

/** Reads a file; a line that is no case becomes a {@linkcode SyntaxError}. */
export async function* readRecording(
  path: string,
): AsyncGenerator<Case | SyntaxError> {
  const bytes = await Deno.readFile(path);
  let stream: ReadableStream<Uint8Array<ArrayBuffer>> = new Blob([bytes])
    .stream();
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    stream = stream.pipeThrough(new DecompressionStream("gzip"));
  }
  const lines = (await new Response(stream).text()).split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    try {
      yield parseCase(JSON.parse(line));
    } catch (error) {
      yield new SyntaxError(`${path}:${i + 1}: ${reason(error)}`);
    }
  }
}

/** The message of whatever was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseCase(value: unknown): Case {
  if (!isRecord(value)) throw new TypeError("the line is not an object");
  const { device_type, caseId, steps } = value;
  if (typeof device_type !== "string" || typeof caseId !== "string") {
    throw new TypeError("device_type or caseId is missing");
  }
  if (!Array.isArray(steps) || !steps.every(isRecord)) {
    throw new TypeError("steps is not a list of objects");
  }
  const parsed = steps.map((step) => new Step(step));
  for (const step of parsed) step.text("op");
  return { type: device_type, id: caseId, steps: parsed };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
