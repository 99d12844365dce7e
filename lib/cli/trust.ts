/**
 * Trust on the command line: reading keys and trust files, holding a recipe or
 * a plan file against its signature, and `fwctl trust PATH`.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { isPlainObject } from "../plain.ts";
import type { RecipeSource } from "../recipe/load.ts";
import { parseJson } from "../trust/json.ts";
import { readSigner, type Signer } from "../trust/keys.ts";
import {
  requireSigned,
  SIGNATURE_SUFFIX,
  type SignedBy,
} from "../trust/signed_file.ts";
import { joinTrust, readTrust, type Trust, trustKey } from "../trust/trust.ts";
import { momentText } from "../trust/time.ts";
import { trustText } from "../view/trust.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { fileExists, readText } from "./files.ts";

/** The options that ask for a signature. */
export interface SignedOptions {
  /** Refuse what no trusted key signed. */
  readonly requireSigned?: boolean | undefined;
  /** Whom to trust: a file or a folder. */
  readonly trust?: string | undefined;
}

/** Runs `fwctl trust PATH`: whom it trusts, for what, until when. */
export async function trust(
  { output }: Context,
  path: string,
): Promise<ExitCode> {
  const keys = await loadTrust(path);
  const now = new Date();
  output.result(
    "trust",
    () => ({
      keys: keys.map(({ name, key, scopes, notAfter, source }) => ({
        name,
        keyid: key.keyid,
        scopes,
        notAfter: notAfter ? momentText(notAfter) : null,
        expired: notAfter !== null && now > notAfter,
        source,
      })),
    }),
    (style) => trustText(keys, now, style),
  );
  return EXIT.done;
}

/**
 * Whom a path trusts: a trust file, a public key (PEM or JWK), or a folder with
 * `*.json` and `*.pem` of these.
 *
 * @throws {UsageError} when there is nothing of the kind
 */
export async function loadTrust(path: string): Promise<Trust> {
  const files = trustFiles(path);
  const trusts: Trust[] = [];
  for (const file of files) {
    const text = readText(file, "the trusted keys");
    trusts.push(await trustIn(text, file));
  }
  return joinTrust(trusts);
}

async function trustIn(text: string, file: string): Promise<Trust> {
  // What begins like JSON is a trust file or a JWK, anything else is to be PEM.
  const data = text.trimStart().startsWith("{")
    ? parseJson(text, file)
    : undefined;
  if (data !== undefined && !(isPlainObject(data) && "kty" in data)) {
    return await readTrust(data, file);
  }
  const name = file.replace(/^.*\//, "")
    .replace(/(\.pub)?\.(pem|json|jwk)$/, "");
  return await trustKey(text, name, file);
}

function trustFiles(path: string): string[] {
  let isDirectory: boolean;
  try {
    ({ isDirectory } = Deno.statSync(path));
  } catch {
    // Reading it as a file gives the error that says why.
    return [path];
  }
  if (!isDirectory) return [path];
  const names: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(path)) names.push(name);
  } catch (cause) {
    throw new UsageError(`The folder ${path} cannot be read`, {
      cause,
      hint: `Look at who may read it, and give Deno --allow-read=${path}`,
    });
  }
  const files = names.filter((name) =>
    /\.(json|pem)$/.test(name) && !name.endsWith(SIGNATURE_SUFFIX)
  );
  if (files.length > 0) return files.sort().map((name) => `${path}/${name}`);
  throw new UsageError(`${path} has no trusted key`, {
    hint: "Put trust files (*.json) or public keys (*.pem) there",
  });
}

/** The private key in a file. Warns when others may read it. @throws {UsageError} */
export async function loadSigner(
  { output }: Context,
  path: string,
): Promise<Signer> {
  const signer = await readSigner(readText(path, "the private key"), path);
  const { mode } = Deno.statSync(path);
  if (mode !== null && (mode & 0o077) !== 0) {
    output.warn(`Others may read the private key ${path}; chmod 600 it`);
  }
  return signer;
}

/**
 * Holds a recipe against its signature where the options ask for one.
 *
 * @throws `PolicyError` when it does not hold
 * @throws {UsageError} when the options do not go together
 */
export async function requireSignedRecipe(
  context: Context,
  { url, text }: RecipeSource,
  options: SignedOptions,
): Promise<void> {
  const trust = await trustOf(options);
  if (!trust) return;
  const from = new URL(url);
  const beside = new URL(url);
  beside.pathname += SIGNATURE_SUFFIX;
  const isFile = from.protocol === "file:";
  const at = isFile ? decodeURIComponent(beside.pathname) : beside.href;
  const signed = await requireSigned(
    new TextEncoder().encode(text),
    {
      kind: "recipe",
      name: isFile ? decodeURIComponent(from.pathname) : from.href,
      signature: isFile ? besideIt(at) : await imported(beside),
      signatureAt: at,
    },
    trust,
    new Date(),
  );
  say(context, "recipe", signed);
}

/**
 * Holds a plan file against the signature beside it where the options ask for
 * one. `bytes` must be what is used afterwards, not read a second time.
 *
 * @throws `PolicyError` when it does not hold
 * @throws {UsageError} when the options do not go together
 */
export async function requireSignedPlan(
  context: Context,
  path: string,
  bytes: Bytes,
  options: SignedOptions,
): Promise<void> {
  const trust = await trustOf(options);
  if (!trust) return;
  const signatureAt = `${path}${SIGNATURE_SUFFIX}`;
  const signed = await requireSigned(
    bytes,
    {
      kind: "plan",
      name: path,
      signature: besideIt(signatureAt),
      signatureAt,
    },
    trust,
    new Date(),
  );
  say(context, "plan", signed);
}

/** Whom to trust, where a signature is asked for; undefined where none is. */
async function trustOf(
  { requireSigned, trust }: SignedOptions,
): Promise<Trust | undefined> {
  if (requireSigned && trust === undefined) {
    throw new UsageError("--require-signed is given without --trust", {
      hint: "Say whose signatures count: --trust FILE, or a folder",
    });
  }
  if (!requireSigned && trust !== undefined) {
    throw new UsageError("--trust is given without --require-signed", {
      hint: "Add --require-signed; without it no signature is looked at",
    });
  }
  return trust === undefined ? undefined : await loadTrust(trust);
}

/** The text of a signature file, or undefined when there is none. */
function besideIt(path: string): string | undefined {
  return fileExists(path, "the signature")
    ? readText(path, "the signature")
    : undefined;
}

/** The same from a URL: with --allow-import for its host, as for the recipe. */
async function imported(url: URL): Promise<string | undefined> {
  try {
    const { default: text } = await import(url.href, {
      with: { type: "text" },
    });
    return typeof text === "string" ? text : undefined;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/not found/i.test(message)) return undefined;
    throw new UsageError(
      `The signature ${url.href} cannot be read: ${message.split("\n")[0]}`,
      {
        cause,
        hint: `Give Deno --allow-import=${url.host}, or look at the server`,
      },
    );
  }
}

function say(
  { output }: Context,
  what: string,
  { by, expires }: SignedBy,
): void {
  if (output.json) return;
  const names = by.map(({ name }) => name).join(", ");
  const until = expires ? `, until ${momentText(expires)}` : "";
  output.note(
    `${output.errorStyle(`the ${what} is signed by ${names}${until}`)}\n`,
  );
}
