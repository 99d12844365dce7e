/**
 * What is no unit: folders, the log, a group for the devices, modules.
 *
 * @module
 */
import { type HostFile, type HostWish, LOG_FILE } from "./types.ts";

/** The files without their marks. */
export function rules({ group, modules, keepDays }: HostWish): HostFile[] {
  const mode = 0o644;
  return [
    {
      path: "/etc/tmpfiles.d/fwctl.conf",
      mode,
      why: "makes the state, log and cache folders",
      text:
        `# What the journals say of a run must stay until it is settled: nothing here is
# removed by age. \`fwctl host prune\` removes what nobody needs.
d /var/lib/fwctl         0700 root root -
d /var/lib/fwctl/journal 0700 root root -
d /var/lib/fwctl/locks   0700 root root -
d /var/lib/fwctl/seals   0700 root root -
d /var/log/fwctl         0750 root root -
d /var/cache/fwctl       0700 root root -
`,
    },
    {
      path: "/etc/logrotate.d/fwctl",
      mode,
      why: "rotates the log of the services",
      text:
        `# One line for each recipe and run; nobody keeps it open. The journals of runs in
# /var/lib/fwctl/journal are not logs and are not rotated: \`fwctl host prune\`
# removes those of runs that ended more than ${keepDays} days ago.
${LOG_FILE} {
	monthly
	rotate 24
	maxsize 10M
	missingok
	notifempty
	compress
	delaycompress
	create 0640 root root
}
`,
    },
    ...(group === undefined ? [] : access(group, mode)),
    ...(modules.length === 0 ? [] : [{
      path: "/etc/modules-load.d/fwctl.conf",
      mode,
      why: "loads kernel modules at boot",
      text: `${modules.join("\n")}\n`,
    }]),
  ];
}

function access(group: string, mode: number): HostFile[] {
  return [
    {
      path: "/etc/sysusers.d/fwctl.conf",
      mode,
      why: `makes the group ${group}`,
      text: `g ${group} -\n`,
    },
    {
      path: "/etc/udev/rules.d/60-fwctl.rules",
      mode,
      why:
        `lets the group ${group} open the devices: full trust, not read-only`,
      text:
        `# Who may open a node may do what root may, but for scope debug-write-full, which
# needs CAP_SYS_RAWIO: change the configuration, erase what a card keeps where its
# firmware offers that, and taint the kernel with scope debug-write. The kernel's
# fwctl does not look at whether a node was opened for reading or for writing, so
# 0640 would only look like less than 0660. What keeps a member to reading is
# fwctl itself, and only as long as it is fwctl that they run. The state folder
# is root's: the locks and journals of members are their own (--state-dir).
SUBSYSTEM=="fwctl", GROUP="${group}", MODE="0660"
`,
    },
  ];
}
