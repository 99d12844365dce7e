/** Manual pages through the real groff and man: no warnings, and all of it readable. */
import { assert, assertEquals } from "@std/assert";
import { examplesOf } from "../../lib/cli/program/examples.ts";
import { manPage, pageName } from "../../lib/cli/shell/man_page.ts";
import { allCommands, commandTree } from "../cli/commands.ts";
import { ignored, lacking } from "./needs.ts";

async function through(
  program: string,
  args: readonly string[],
  input: string,
): Promise<{ out: string; err: string; code: number }> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { MANWIDTH: "100", LC_ALL: "C.UTF-8" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { stdout, stderr, code } = await child.output();
  const decoder = new TextDecoder();
  return { out: decoder.decode(stdout), err: decoder.decode(stderr), code };
}

const root = commandTree();

for (
  const [program, args] of [
    ["groff", ["-man", "-ww", "-Tutf8", "-P-cbou"]],
    ["man", ["--warnings", "-E", "UTF-8", "-P", "cat", "-l", "-"]],
  ] as const
) {
  Deno.test({
    name: `${program} reads every page without a warning`,
    ignore: ignored(`pages through ${program}`, lacking(program)),
    fn: async () => {
      for (const command of [root, ...root.commands]) {
        const { out, err, code } = await through(
          program,
          args,
          manPage(command),
        );
        assertEquals([code, err], [0, ""], pageName(command));
        // deno-lint-ignore no-control-regex -- overstrikes and colours
        const text = out.replace(/.\x08|\x1b\[[0-9;]*m/g, "")
          .replace(/\s+/g, " ");
        const shown = command === root
          ? [root]
          : [command, ...allCommands(command)];
        for (const each of shown) {
          for (const option of each.options) {
            assert(
              text.includes(option.long ?? ""),
              `${pageName(command)}: ${option.flags}`,
            );
          }
          for (const { line } of examplesOf(each)) {
            assert(
              // A long line is not broken: it is an example to be copied.
              text.includes(line.replace(/\s+/g, " ")),
              `${pageName(command)}: ${line}\n${text}`,
            );
          }
        }
      }
    },
  });
}
