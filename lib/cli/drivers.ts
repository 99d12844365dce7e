/**
 * The drivers of a command: those of this project, and those of the modules
 * that `--driver-module` names.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { loadDrivers } from "../../drivers/load.ts";
import { UsageError } from "../errors.ts";
import type { Globals } from "./context.ts";
import type { Output } from "./output.ts";

/** All of them. @throws {UsageError} for a module that is no driver */
export async function driversOf(globals: Globals): Promise<readonly Driver[]> {
  const more = await driversOutside(globals);
  if (more.length === 0) return await loadDrivers();
  const { besides } = await import("../../drivers/outside.ts");
  return besides(await loadDrivers(), more);
}

/** Those from outside alone. */
export async function driversOutside(globals: Globals): Promise<Driver[]> {
  const urls = driverModules(globals);
  if (urls.length === 0) return [];
  const { loadOutside } = await import("../../drivers/outside.ts");
  return await Promise.all(urls.map(loadOutside));
}

/** Their modules by URL, for whoever loads them in another thread. */
export function driverModules({ driverModule = [] }: Globals): string[] {
  return driverModule.map(moduleUrl);
}

/**
 * Says which code from outside a command runs with, each module with the digest
 * of its own text; what it imports is not in it.
 *
 * @throws {UsageError} for a module that is no driver, before anything is asked
 */
export async function announceDrivers(
  globals: Globals,
  output: Output,
): Promise<void> {
  const urls = driverModules(globals);
  if (urls.length === 0) return;
  // Two for the same devices, or one that is there already, is told here.
  const all = await driversOf(globals);
  const more = all.slice(all.length - urls.length);
  for (const [index, { name }] of more.entries()) {
    const url = urls[index] ?? "";
    const line = `driver ${name} from ${url} (sha256 ${await digestOf(
      url,
    )}): code with all rights of this command, not checked by this project`;
    output.note(`${output.errorStyle(line, "yellow")}\n`);
  }
}

/** Read by the way it was loaded, so that no other permission is needed. */
async function digestOf(url: string): Promise<string> {
  const text: unknown = url.startsWith("file:")
    ? await Deno.readTextFile(new URL(url))
    : (await import(url, { with: { type: "text" } })).default;
  const bytes = new TextEncoder().encode(String(text));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex();
}

/** A path or a URL as a URL that a module can come by. */
function moduleUrl(where: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(where)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const path = where.startsWith("/") ? where : `${folder(where)}/${where}`;
    return new URL(`file://${path.replaceAll(/[%?#]/g, encodeURIComponent)}`)
      .href;
  }
  if (["file", "http", "https"].includes(scheme) && URL.canParse(where)) {
    return new URL(where).href;
  }
  throw new UsageError(`${where} is no place a driver can come from`, {
    hint: "Give a file such as ./my_driver/mod.ts, or an http(s) URL",
  });
}

function folder(where: string): string {
  try {
    return Deno.cwd();
  } catch (cause) {
    throw new UsageError(`The driver ${where} cannot be read`, {
      cause,
      hint: "Run deno with --allow-read of its folder, or give the whole path",
    });
  }
}
