/**
 * Where output goes: results to standard output, everything else to standard
 * error.
 *
 * @module
 */
import { jsonText, type SchemaName } from "../view/json.ts";
import { ansiStyle, plainStyle, type Style } from "../view/style.ts";

/** The two ways out, and how text looks on each. */
export class Output {
  /** Whether results are JSON. */
  readonly json: boolean;
  /** For standard output: colour on a terminal unless NO_COLOR is set. */
  readonly style: Style;
  /** The same for standard error. */
  readonly errorStyle: Style;

  /** `json` is the option of that name. */
  constructor(json: boolean) {
    this.json = json;
    this.style = styleFor(Deno.stdout);
    this.errorStyle = styleFor(Deno.stderr);
  }

  /** Writes to standard output as it is. */
  text(text: string): void {
    write(Deno.stdout, text);
  }

  /** Writes bytes to standard output. */
  bytes(bytes: Uint8Array): void {
    writeBytes(Deno.stdout, bytes);
  }

  /** Writes the result: the JSON envelope, or what `text` gives. */
  result(
    name: SchemaName,
    body: () => Record<string, unknown>,
    text: (style: Style) => string,
  ): void {
    this.text(this.json ? jsonText(name, body()) : text(this.style));
  }

  /** Writes to standard error as it is. */
  note(text: string): void {
    write(Deno.stderr, text);
  }

  /** A warning line on standard error. */
  warn(text: string): void {
    const style = this.errorStyle;
    this.note(`${style("warning:", "yellow")} ${style(text)}\n`);
  }
}

function styleFor(stream: { isTerminal(): boolean }): Style {
  return !Deno.noColor && stream.isTerminal() ? ansiStyle : plainStyle;
}

function write(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  writeBytes(stream, new TextEncoder().encode(text));
}

/** Writes all of it; a reader that is gone (`fwctl list | head`) ends the command quietly. */
function writeBytes(
  stream: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw error;
  }
}
