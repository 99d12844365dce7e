// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task offline`: one file for hosts that reach no registry, and its
 * checksum.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { contents, FOLDER } from "./contents.ts";
import { archive } from "./write.ts";

const HELP = `deno task offline [-o DIR] [--deno FILE]

Writes ${FOLDER}-linux-ARCH.tar.gz and its .sha256 to DIR (dist).
--deno FILE brings that Deno instead of the running one, and its ARCH.
SOURCE_DATE_EPOCH is the time of all files in it, else 1980.
`;

/** ELF's e_machine, as \`uname -m\` says it. */
const MACHINES: Readonly<Record<number, string>> = {
  62: "x86_64",
  183: "aarch64",
};

/** Which machine a program is for. @throws {Error} when it is no Linux program for one we know */
export function machineOf(program: string): string {
  using file = Deno.openSync(program);
  const head = new Uint8Array(20);
  const length = file.readSync(head) ?? 0;
  const elf = length === 20 && new DataView(head.buffer).getUint32(0);
  const machine = MACHINES[new DataView(head.buffer).getUint16(18, true)];
  if (elf === 0x7f454c46 && machine) return machine;
  throw new Error(`${program} is no Deno for Linux on x86_64 or aarch64`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      output: { type: "string", short: "o", default: "dist" },
      deno: { type: "string", default: Deno.execPath() },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const name = `${FOLDER}-linux-${machineOf(values.deno)}.tar.gz`;
  const file = `${values.output}/${name}`;
  const seconds = Number(Deno.env.get("SOURCE_DATE_EPOCH") ?? 315_532_800);
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new Error("SOURCE_DATE_EPOCH is not a number of seconds");
  }
  Deno.mkdirSync(values.output, { recursive: true });
  const entries = await contents(values.deno);
  const { sha256, bytes } = await archive(entries, file, seconds);
  Deno.writeTextFileSync(`${file}.sha256`, `${sha256}  ${name}\n`);
  const size = (bytes / 1e6).toFixed(1);
  console.log(`${file}  ${size} MB, ${entries.length} files`);
  console.log(`${file}.sha256`);
}

if (import.meta.main) await main();
