/**
 * Examples of the commands on a host as a whole; examples.ts says their form.
 *
 * @module
 */

/** By the command's path. */
export const HOST_EXAMPLES: Readonly<Record<string, string>> = {
  host: `
fwctl host install --root /tmp/fwctl-image --dry-run  # what it would write
fwctl host status --root /tmp/fwctl-image  # what is there
fwctl host drift --config /tmp/fwctl-site  # how the host stands (exit 2)
`,
  "host install": `
fwctl host install --root /tmp/fwctl-image --enable --yes  # into an image that is booted later
fwctl host install --root /tmp/fwctl-image --enable --seal --wait-for 0000:3b:00.0 --yes  # with a device that must be there, and sealed after
fwctl host install --root /tmp/fwctl-image --dry-run --detailed-exitcode  # for configuration management (exit 2)
fwctl host install --enable --prometheus /var/lib/node_exporter --yes  # on this machine (not run: it writes to /etc)
`,
  "host uninstall": `
fwctl host uninstall --root /tmp/fwctl-image --dry-run  # what would go
fwctl host uninstall --root /tmp/fwctl-image --yes  # recipes, policy, journals and seals stay
`,
  "host status": `
fwctl host status --root /tmp/fwctl-image  # files, what is enabled, recipes
`,
  "host apply": `
fwctl host apply --config /tmp/fwctl-site --yes  # as at boot, now
fwctl host apply --config /tmp/fwctl-site --wait 1 --seal --yes  # and closed until the next boot
`,
  "host drift": `
fwctl host drift --config /tmp/fwctl-site  # a value differs (exit 2)
fwctl host drift --config /tmp/fwctl-site --prometheus fwctl.prom  # for a textfile collector (exit 2)
`,
  "host prune": `
fwctl host prune --dry-run  # what nobody needs any more
fwctl host prune --older-than 30d --keep 50 --yes  # never a run that did not end
`,
  seal: `
fwctl seal fwctl0  # nothing is written to it until the next boot
fwctl seal --all --strict  # all of them, and --break-seal does not open them
`,
};
