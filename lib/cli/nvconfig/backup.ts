/**
 * `fwctl nvconfig backup` and `restore`: what a device stored, to a file and
 * back. Restoring plans the difference, like everything that is changed.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";
import { READ_POLICY } from "../../plan/policy.ts";
import { count } from "../../view/words.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { fileExists, readJson, writeAtomically } from "../files.ts";
import { databaseOf, type NvOptions } from "./nvconfig.ts";
import { change, type NvChangeOptions } from "./change.ts";
import { type NvDevice, nvDevice } from "./driver.ts";
import { backupData, type NvBackup, otherProduct, readBackup } from "./file.ts";
import { openSessions } from "../sessions.ts";

/** Options of `backup`. */
export interface NvBackupOptions extends NvOptions {
  /** Only the items of these parameters. */
  readonly only?: readonly string[] | undefined;
  /** Replace a file that is there. */
  readonly force?: boolean | undefined;
}

/** Reads what is stored and writes it to a file. */
export async function backup(
  context: Context,
  device: string,
  file: string,
  options: NvBackupOptions,
): Promise<ExitCode> {
  const { only, force = false } = options;
  if (!force && fileExists(file, "the backup")) {
    throw new UsageError(`${file} is there already`, {
      hint: "Name another file, or add --force to replace it",
    });
  }
  const found = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const nv = nvDevice(opened, device);
    const items = itemsOf(
      nv,
      only === undefined ? {} : { names: [...only], ...databaseOf(options) },
    );
    const { session, entry } = nv;
    return {
      name: entry.name,
      backup: {
        driver: session.driver.name,
        identity: session.identity(),
        created: new Date().toISOString(),
        complete: only === undefined,
        items,
      } satisfies NvBackup,
    };
  });
  const data = backupData(found.backup);
  writeAtomically(file, `${JSON.stringify(data, null, 1)}\n`, "the backup");
  context.output.result(
    "nvconfig-backup",
    () => ({ device: found.name, file, backup: data }),
    (style) =>
      `${count(found.backup.items.length, "stored item")} of ${
        style(found.name, "bold")
      } ${style(`(${found.backup.identity.model})`)} in ${style(file)}\n`,
  );
  return EXIT.done;
}

/** Options of `restore`. */
export interface NvRestoreOptions extends NvChangeOptions {
  /** Restore onto a device of another product. */
  readonly otherProduct?: boolean | undefined;
  /** Also forget what is stored now and was not then. */
  readonly exact?: boolean | undefined;
}

/** Plans the difference to a file, and applies it. */
export async function restore(
  context: Context,
  device: string,
  file: string,
  options: NvRestoreOptions,
): Promise<ExitCode> {
  const backup = readBackup(
    readJson(file, "the backup") as PlainData,
    file,
  );
  const { exact = false } = options;
  if (exact && !backup.complete) {
    throw new UsageError(`${file} has only some of what was stored`, {
      hint: "--exact needs a backup of everything: one without --only",
    });
  }
  return await change(context, device, options, {
    name: "fwctl nvconfig restore",
    params: { file, digest: backupData(backup).digest ?? "" },
    declare(nv) {
      refuseOther(context, nv, backup, file, options);
      const { entry, items: resource, reset } = nv;
      const body = { device: entry.name, items: [...backup.items] };
      return [
        ...(backup.items.length === 0 ? [] : [{ kind: resource.kind, body }]),
        ...(exact ? strangers(nv, backup) : []).map((item) => ({
          kind: reset.kind,
          action: true,
          body: { device: entry.name, item },
        })),
      ];
    },
  });
}

/** @throws {UsageError} for a backup of another product, unless told that it is meant */
function refuseOther(
  { output }: Context,
  { entry, session }: NvDevice,
  backup: NvBackup,
  file: string,
  options: NvRestoreOptions,
): void {
  const now = { driver: session.driver.name, identity: session.identity() };
  const other = otherProduct(backup, now);
  if (other !== undefined) {
    const told = backup.driver === now.driver && options.otherProduct;
    if (!told) {
      throw new UsageError(`${file} is not for ${entry.name}: ${other}`, {
        device: entry.name,
        hint: backup.driver === now.driver
          ? "Nothing was sent; --other-product restores it all the same"
          : "Nothing was sent; items mean nothing to another driver's device",
      });
    }
    output.warn(`${file}: ${other}`);
  }
  const { firmware } = now.identity;
  if (firmware !== backup.identity.firmware) {
    output.warn(
      `${file} was made with firmware ${
        backup.identity.firmware || "unknown"
      }, ${entry.name} has ${firmware || "unknown"}`,
    );
  }
}

/** Types of items that are stored now and were not then. */
function strangers(nv: NvDevice, backup: NvBackup): PlainData[] {
  const then = new Set(backup.items.map(({ type }) => type));
  return itemsOf(nv, {}).map(({ type = null }) => type)
    .filter((type) => !then.has(type));
}

function itemsOf(
  { session, backup }: NvDevice,
  args: PlainObject,
): readonly PlainObject[] {
  const answer = backup.run(session, args);
  const items = isPlainObject(answer) ? answer.items : undefined;
  return Array.isArray(items) ? items.filter(isPlainObject) : [];
}
