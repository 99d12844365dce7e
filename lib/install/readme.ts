/**
 * What stands in /etc/fwctl for whoever comes by.
 *
 * @module
 */
import { madeLine } from "./mark.ts";
import { CONFIG_DIR, type HostWish, LOG_FILE } from "./types.ts";

/** A policy to begin with: what is so without one, written down, and a bound. */
export const EXAMPLE_POLICY = {
  format: "fwctl-policy/1",
  max: { scope: "configuration", effect: "runtime", devices: 8 },
} as const;

/**
 * The text, without its mark.
 *
 * @param made folders that were made for all this, which go with it
 */
export function readme(wish: HostWish, made: readonly string[]): string {
  const policy = JSON.stringify(EXAMPLE_POLICY, null, 2)
    .split("\n").map((line) => `  ${line}`).join("\n");
  return `# Made with: ${wish.command}
${madeLine(made)}What this host's fwctl devices are to be.

${CONFIG_DIR}/recipes/NAME.ts      a recipe: \`fwctl plan FILE --params-help\` says
                                what it takes
${CONFIG_DIR}/recipes/NAME.json    its parameters, where it has any: a JSON object
${CONFIG_DIR}/policy.json          what may be sent; used when it is there
${CONFIG_DIR}/definitions/*.json   names for what a vendor keeps to itself

Recipes are applied in the order of their names (10-sriov.ts before
20-queues.ts). One that fails does not keep the others from being applied, and
the service fails. None of these files may be writable by everybody.

  fwctl host drift                 how it stands; nothing is written
  fwctl host apply                 as at boot, but it asks first
  fwctl host status                what is installed
  systemctl status fwctl-apply     what happened at boot
  fwctl journal list               every run, in /var/lib/fwctl/journal
  ${LOG_FILE}        a line for each recipe and run

A policy to begin with. Nobody is asked at boot: what it does not allow is
refused.

${policy}

Change a unit by a drop-in (systemctl edit fwctl-apply), and the rest by
\`fwctl host install\` with other options. Files that were edited are left alone.
\`fwctl host uninstall\` takes away what it wrote, never recipes, policy, journals
or seals.
`;
}
