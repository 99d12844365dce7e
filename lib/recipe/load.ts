/**
 * A recipe's source text, from a file or a URL, and its digest.
 *
 * @module
 */
import { RecipeError } from "../errors.ts";

/** A recipe's source. */
export interface RecipeSource {
  /** Where it is from: a `file:`, `http:` or `https:` URL. */
  readonly url: string;
  /** Its text. */
  readonly text: string;
  /** sha256 of the text as UTF-8, hex. It covers all the recipe can do. */
  readonly digest: string;
}

/** The largest source in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads a recipe. A file needs read permission for it; a URL needs import
 * permission for its host only. deno.lock does not cover it: the digest in the
 * plan is what tells one version of a recipe from another.
 *
 * @param where a path, or a `file:`, `http:` or `https:` URL
 * @throws {RecipeError} when it is not there, may not be read, is too large or not UTF-8
 */
export async function loadRecipe(where: string | URL): Promise<RecipeSource> {
  const url = urlOf(where);
  const text = url.protocol === "file:"
    ? await readFile(url)
    : await importText(url);
  return await recipeFromText(text, url.href);
}

/**
 * A recipe whose text is at hand, called by `url`.
 *
 * @throws {RecipeError} when it is too large or not UTF-8
 */
export async function recipeFromText(
  text: string,
  url: string,
): Promise<RecipeSource> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MOST_BYTES) throw tooLarge(url);
  // An import decodes invalid bytes to U+FFFD silently.
  if (!text.isWellFormed() || text.includes("\uFFFD")) throw notUtf8(url);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return { url, text, digest: new Uint8Array(hash).toHex() };
}

function urlOf(where: string | URL): URL {
  const text = String(where);
  let url: URL;
  try {
    // A scheme has two letters at least; a path has none.
    url = /^[a-z][a-z0-9+.-]+:/i.test(text)
      ? new URL(text)
      : new URL(text.replaceAll(/[%?#]/g, encodeURIComponent), base(text));
  } catch (error) {
    if (error instanceof RecipeError) throw error;
    throw new RecipeError(`${JSON.stringify(text)} is not a path or a URL`, {
      hint: "Give a file such as ./recipe.ts, or an http(s) URL.",
      cause: error,
    });
  }
  if (["file:", "http:", "https:"].includes(url.protocol)) return url;
  throw new RecipeError(`${url.protocol} is no scheme a recipe can come by`, {
    hint: "Give a file, or an http(s) URL.",
  });
}

/** What a path is relative to. */
function base(path: string): string {
  if (path.startsWith("/")) return "file:///";
  try {
    return `file://${
      encodeURI(Deno.cwd()).replaceAll(/[?#]/g, encodeURIComponent)
    }/`;
  } catch (error) {
    throw denied(path, "--allow-read", error);
  }
}

async function readFile(url: URL): Promise<string> {
  let bytes: Uint8Array;
  try {
    using file = await Deno.open(url);
    const room = new Uint8Array(MOST_BYTES + 1);
    let length = 0;
    for (;;) {
      const read = await file.read(room.subarray(length));
      if (read === null || read === 0) break;
      length += read;
    }
    bytes = room.subarray(0, length);
  } catch (error) {
    throw unreadable(url, error);
  }
  if (bytes.length > MOST_BYTES) throw tooLarge(url.href);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(url.href);
  }
}

/** Needs `--allow-import` of the host where fetch would need `--allow-net`. */
async function importText(url: URL): Promise<string> {
  let text: unknown;
  try {
    ({ default: text } = await import(url.href, { with: { type: "text" } }));
  } catch (error) {
    throw unreadable(url, error);
  }
  if (typeof text === "string") return text;
  throw notUtf8(url.href);
}

function unreadable(url: URL, error: unknown): RecipeError {
  const message = error instanceof Error ? error.message : "";
  if (
    error instanceof Deno.errors.NotCapable || message.startsWith("Requires ")
  ) {
    return denied(
      url.href,
      url.protocol === "file:"
        ? `--allow-read=${decodeURIComponent(url.pathname)}`
        : `--allow-import=${url.host}`,
      error,
    );
  }
  if (error instanceof Deno.errors.NotFound || /not found/i.test(message)) {
    return new RecipeError(`there is no recipe at ${url.href}`, {
      hint: "Look at the name.",
      cause: error,
    });
  }
  const line = message.split("\n")[0] ?? "";
  return new RecipeError(
    `cannot read the recipe ${url.href}: ${line}`,
    { hint: "Look at the path, or at the server.", cause: error },
  );
}

function denied(what: string, flag: string, cause: unknown): RecipeError {
  return new RecipeError(`reading the recipe ${what} is not allowed`, {
    hint: `Run deno with ${flag}.`,
    cause,
  });
}

function tooLarge(url: string): RecipeError {
  return new RecipeError(`${url} is larger than ${MOST_BYTES} bytes`, {
    hint: "A recipe is a short module; is this another file?",
  });
}

function notUtf8(url: string): RecipeError {
  return new RecipeError(`${url} is not UTF-8 text`, {
    hint: "Save it as UTF-8.",
  });
}
