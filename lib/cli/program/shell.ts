/**
 * The commands about the command itself: completion, man, version.
 *
 * @module
 */
import {
  Argument,
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import { withExamples } from "./examples.ts";
import type { Run } from "./options.ts";

/** The shells there are completion scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

const PLACES = `
Where the shells look for it:
  bash  /usr/share/bash-completion/completions/fwctl, or for one user
        ~/.local/share/bash-completion/completions/fwctl; without the package
        bash-completion, a line in ~/.bashrc: . <(fwctl completion bash)
  zsh   /usr/share/zsh/vendor-completions/_fwctl (Debian), or any folder of
        $fpath, such as /usr/local/share/zsh/site-functions/_fwctl
  fish  /usr/share/fish/vendor_completions.d/fwctl.fish, or for one user
        ~/.config/fish/completions/fwctl.fish
It completes device names, virtual functions, recipe parameters and more by
asking the fwctl that is typed. It opens no device and writes nothing.`;

/** The commands. */
export function shellCommands(run: Run): CommandUnknownOpts[] {
  return [
    withExamples(
      new Command("completion")
        .description("print the completion script of a shell")
        .addArgument(
          new Argument("<shell>", "the shell")
            .choices(SHELLS),
        )
        .addHelpText("after", PLACES)
        .action((shell) =>
          run(async (context) =>
            (await import("../shell/completion.ts")).completion(context, shell)
          )
        ),
      `
fwctl completion bash  # for bash
fwctl completion fish > fwctl.fish  # for fish, into a file
`,
    ),
    withExamples(
      new Command("man")
        .description("print the manual, or the page of a command, as roff")
        .argument("[command]", "a command; the manual's first page without it")
        .option("--dir <dir>", "write all pages into this folder")
        .option("--force", "replace files that are there")
        .action((command, options) =>
          run(async (context) =>
            (await import("../shell/man.ts")).man(context, command, options)
          )
        ),
      `
fwctl man plan | man -l -  # the page of fwctl plan
fwctl man --dir man1  # all pages, into a folder
`,
    ),
    withExamples(
      new Command("version")
        .description("print versions: of Deno, the kernel's ABI, file formats")
        .action(() =>
          run(async (context) =>
            (await import("../shell/version.ts")).version(context)
          )
        ),
      `
fwctl version  # what it was made for, and this machine
fwctl version --json  # the same for programs
`,
    ),
  ];
}
