/**
 * `fwctl record FILE -- COMMAND…`: runs a command and keeps what it said with
 * the machine. The command's output and its exit code are its own.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { machineNames } from "../../bundle/machine.ts";
import type { Host } from "../../host/host.ts";
import type { RecordingSink } from "../../recording/line.ts";
import { Recorder } from "../../recording/record.ts";
import type {
  RecordingEnd,
  RecordingRedaction,
} from "../../recording/types.ts";
import { count } from "../../view/words.ts";
import type { Context, Globals } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import { RecordingFile } from "./file.ts";
import { VERSION } from "../version.ts";

/** The command's options. */
export interface RecordOptions {
  /** Replace what identifies a customer. */
  readonly redact?: boolean | undefined;
  /** Texts to replace, too. */
  readonly hide?: readonly string[] | undefined;
  /** Replace a file that is there. */
  readonly force?: boolean | undefined;
}

/** Commands that ask no machine, or have one of their own. */
const REFUSED: readonly string[] = ["record", "serve"];

/** Runs the command. */
export async function record(
  context: Context,
  path: string,
  command: readonly string[],
  options: RecordOptions,
): Promise<ExitCode> {
  const [first] = command;
  if (first === undefined || context.again === undefined) {
    throw new UsageError("There is no command to record", {
      hint: `Name one: fwctl record ${path} -- list`,
    });
  }
  if (REFUSED.includes(first) || context.globals.recorder) {
    throw new UsageError(`fwctl ${first} cannot be recorded`, {
      hint: "Record the command that speaks to the devices",
    });
  }
  using file = new RecordingFile(path, options.force ?? false);
  const redact = options.redact || options.hide !== undefined;
  const kept = new KeptLines();
  const recorder = new NamingRecorder(redact ? kept : file, {
    tool: `fwctl ${VERSION}`,
    command,
    started: new Date(),
  });
  const code = await context.again(command, { ...context.globals, recorder });
  if (recorder.exchanges === 0) {
    context.output.warn(
      `${path} is not written: the command asked no machine anything`,
    );
    return code;
  }
  const end = recorder.end(code);
  const redaction = redact
    ? await writeRedacted(context.globals, kept.text, file, {
      hosts: recorder.names,
      hide: options.hide ?? [],
    })
    : null;
  report(context, path, recorder, end, redaction);
  return code;
}

/** Lines in memory: what is to be redacted is never on the disk as it was. */
class KeptLines implements RecordingSink {
  text = "";

  write(line: string): void {
    this.text += line;
  }
}

/** Remembers what the machine is called, to hide it. */
class NamingRecorder extends Recorder {
  readonly names: string[] = [];

  override host(host: Host): Host {
    this.names.push(...machineNames(host));
    return super.host(host);
  }
}

async function writeRedacted(
  globals: Globals,
  text: string,
  file: RecordingFile,
  hidden: {
    readonly hosts: readonly string[];
    readonly hide: readonly string[];
  },
): Promise<RecordingRedaction | null> {
  const { redactRecording } = await import("../../recording/redact.ts");
  const { readRecording } = await import("../../recording/read.ts");
  const { driversOf } = await import("../drivers.ts");
  const { writeRecording } = await import("../../recording/line.ts");
  const redacted = redactRecording(readRecording(text, file.path), {
    ...hidden,
    drivers: await driversOf(globals),
  });
  writeRecording(redacted, file);
  return redacted.header.redacted;
}

function report(
  { output }: Context,
  path: string,
  { requests, exchanges }: Recorder,
  { cut }: RecordingEnd,
  redaction: RecordingRedaction | null,
): void {
  const style = output.errorStyle;
  output.note(
    style(
      `recorded in ${path}: ${count(requests, "request")} to devices, ${
        count(exchanges - requests, "other call")
      }`,
    ) + "\n",
  );
  if (redaction) {
    const kinds = redaction.kinds.map(({ kind, values, places }) =>
      `${kind} ${values} in ${count(places, "place")}`
    );
    output.note(
      `${style(`replaced: ${kinds.join(", ") || "nothing was found"}`)}\n`,
    );
    for (const limit of redaction.limits) {
      output.note(`${style(`not redacted: ${limit}`)}\n`);
    }
  }
  if (cut !== null) {
    output.warn(`${path} does not hold all that happened: ${cut}`);
  }
}
