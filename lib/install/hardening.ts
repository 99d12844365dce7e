/**
 * What the services of a host may do: as little as it takes.
 *
 * @module
 */

/** What a service needs beside the rest. */
export interface Needs {
  /** Whether it opens devices. */
  readonly devices: boolean;
  /** Capabilities; none but these. */
  readonly capabilities: readonly string[];
  /** A folder that it writes to beside its own. */
  readonly writes?: string | undefined;
}

/** The lines of a service's section, without its command. */
export function hardening(
  { devices, capabilities, writes }: Needs,
): string {
  // char-fwctl is looked up in /proc/devices when the service starts.
  const nodes = devices ? "DeviceAllow=char-fwctl rw\n" : "";
  const folder = writes === undefined ? "" : `ReadWritePaths=${writes}\n`;
  return `# Its own folders: journals, locks and seals; the log; what Deno compiles.
StateDirectory=fwctl
StateDirectoryMode=0700
LogsDirectory=fwctl
LogsDirectoryMode=0750
CacheDirectory=fwctl
CacheDirectoryMode=0700
Environment=DENO_DIR=/var/cache/fwctl
UMask=0077
# Nothing else of the machine. Not here, and why: MemoryDenyWriteExecute=, since
# V8 compiles as it runs; PrivateNetwork=, since the names of network interfaces
# would be gone from /sys, and recipes may name a device by one; PrivateDevices=
# and PrivateUsers=, since the nodes belong to root.
CapabilityBoundingSet=${capabilities.join(" ")}
NoNewPrivileges=yes
ProtectSystem=strict
${folder}ProtectHome=yes
PrivateTmp=yes
DevicePolicy=closed
${nodes}ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
IPAddressDeny=any
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service @pkey
SystemCallFilter=~@resources
SystemCallErrorNumber=EPERM
`;
}
