/**
 * Programs of the machine, run with a clear error when they fail.
 *
 * @module
 */

/** What is special about a run. */
export interface ShellOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file that gets all that the program says. */
  readonly log?: string;
}

/** Runs a program. @throws `Error` with the end of what it said */
export async function run(
  [program = "", ...args]: readonly string[],
  options: ShellOptions = {},
): Promise<void> {
  await ended(program, args, options);
}

/** Runs a program and gives what it printed. @throws as `run` */
export async function text(
  [program = "", ...args]: readonly string[],
  options: ShellOptions = {},
): Promise<string> {
  return new TextDecoder().decode(await ended(program, args, options));
}

async function ended(
  program: string,
  args: readonly string[],
  { env = {}, cwd, log }: ShellOptions,
): Promise<Uint8Array> {
  const { success, code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env,
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  if (log !== undefined) await Deno.writeTextFile(log, said, { append: true });
  if (!success) {
    throw new Error(
      `${program} ${args.slice(0, 6).join(" ")} ended with ${code}${
        log === undefined ? "" : ` (all of it: ${log})`
      }:\n${said.split("\n").slice(-25).join("\n")}`,
    );
  }
  return stdout;
}
