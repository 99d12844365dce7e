/**
 * From how a host is to be set up to the files and links that do it.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { marked } from "./mark.ts";
import { readme } from "./readme.ts";
import { rules } from "./rules.ts";
import {
  CONFIG_DIR,
  HOST_TAG,
  type HostFile,
  type HostLink,
  type HostWish,
  UNITS,
} from "./types.ts";
import { units } from "./units.ts";

/** The file that is written first, and goes last. */
export const README = `${CONFIG_DIR}/README`;

/**
 * Every file of a wish.
 *
 * @param made folders that were made for them
 * @throws {UsageError} for a value that cannot stand in a file
 */
export function hostFiles(
  wish: HostWish,
  made: readonly string[] = [],
): HostFile[] {
  check(wish);
  const files: HostFile[] = [
    {
      path: README,
      mode: 0o644,
      why: "says what goes where, and what this was made with",
      text: readme(wish, made),
    },
    ...units(wish).map(({ name, text, why }) => ({
      path: `${UNITS}/${name}`,
      mode: 0o644,
      why,
      text,
    })),
    ...rules(wish),
  ];
  return files.map((file) => ({ ...file, text: marked(file.text, HOST_TAG) }));
}

/** The links that enable its units. */
export function hostLinks(wish: HostWish): HostLink[] {
  return units(wish).flatMap(({ name, wantedBy }) =>
    wantedBy === undefined ? [] : [{
      path: `${UNITS}/${wantedBy}.wants/${name}`,
      target: `${UNITS}/${name}`,
    }]
  );
}

/** A wish with everything in it. */
const EVERYTHING: HostWish = {
  program: "/usr/local/bin/fwctl",
  wait: 60,
  waitFor: [],
  seal: true,
  drift: "hourly",
  keepDays: 90,
  group: "fwctl",
  rawio: false,
  modules: ["fwctl"],
  command: "fwctl host install",
};

/** Where files of ours may be, whatever was wished for; the first goes last. */
export function everyPath(): string[] {
  return hostFiles(EVERYTHING).map(({ path }) => path);
}

/** The links that there may be. */
export function everyLink(): HostLink[] {
  return hostLinks(EVERYTHING);
}

/** Folders that must be there beside those of the files. */
export const FOLDERS: readonly string[] = [`${CONFIG_DIR}/recipes`];

/** What ProtectHome= and PrivateTmp= hide. */
const HIDDEN = /^\/(home|root|run\/user|tmp|var\/tmp)\//;

function check(wish: HostWish): void {
  const { program, prometheus, trust, group, modules, drift, waitFor } = wish;
  for (
    const [option, path] of Object.entries({
      "--program": program,
      "--prometheus": prometheus,
      "--trust": trust,
    })
  ) {
    if (path === undefined) continue;
    if (!path.startsWith("/")) refuse(option, path, "is no absolute path");
    if (!/^[\w./+:@,-]+$/.test(path)) {
      refuse(option, path, "has a sign in it that a unit file cannot have");
    }
    if (HIDDEN.test(path)) {
      refuse(option, path, "is where services do not see it");
    }
  }
  if (group !== undefined && !/^[a-z_][a-z0-9_-]{0,30}$/.test(group)) {
    refuse("--group", group, "is no name of a group");
  }
  for (const module of modules) {
    if (!/^\w{1,64}$/.test(module)) {
      refuse("--modules", module, "is no name of a module");
    }
  }
  for (const device of waitFor) {
    if (!/^[\w./:-]{1,64}$/.test(device)) {
      refuse("--wait-for", device, "is no name of a device");
    }
  }
  if (!/^[\w*:.,/~ -]{1,64}$/.test(drift)) {
    refuse("--drift", drift, "is no calendar event");
  }
}

function refuse(option: string, value: string, why: string): never {
  throw new UsageError(`${option}: ${JSON.stringify(value)} ${why}`, {
    hint: option === "--drift"
      ? "As systemd.time(7) has them: hourly, daily, Mon..Fri 06:00; try it with systemd-analyze calendar"
      : "Name it otherwise",
  });
}
