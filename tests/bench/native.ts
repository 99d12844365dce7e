/**
 * C and python for the benchmarks that compare with them.
 *
 * @module
 */

/** Standard output of a program, or the reason why there is none. */
export async function outputOf(
  command: string,
  args: readonly string[],
): Promise<{ readonly text: string } | { readonly reason: string }> {
  try {
    const { success, code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
    }).output();
    const [text, errors] = [stdout, stderr].map((one) =>
      new TextDecoder().decode(one).trim()
    );
    return success
      ? { text: text ?? "" }
      : { reason: `${command} ended with ${code}: ${errors}` };
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? { reason: `there is no ${command} here` }
      : { reason: String(error) };
  }
}

/** Compiles a C file of this directory; the program's path, or why there is none. */
export async function compile(
  source: string,
  directory: string,
): Promise<{ readonly program: string } | { readonly reason: string }> {
  const program = `${directory}/${source.replace(/\.c$/, "")}`;
  const path = new URL(source, import.meta.url).pathname;
  const built = await outputOf("cc", ["-O2", "-o", program, path]);
  return "reason" in built ? built : { program };
}
