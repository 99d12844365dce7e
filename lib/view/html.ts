/**
 * Texts and data in a page: nothing that comes from outside becomes markup, and
 * the page's policy lets run what is in the page and nothing else.
 *
 * @module
 */

/** Most characters of a text. */
const MOST_TEXT = 300;

/** A text for a page, cut when it is long, what is not to be seen as escapes. */
export function html(text: string): string {
  const cut = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  return cut.replace(
    /[&<>"'\p{Cc}\p{Cf}\p{Cs}]/gu,
    (char) => {
      const code = char.codePointAt(0) ?? 0;
      return /[&<>"']/.test(char) ? `&#${code};` : `\\u{${code.toString(16)}}`;
    },
  );
}

/** Data for a script element of type application/json. */
export function embedded(data: unknown): string {
  // A script element ends at the first "</script", wherever it stands.
  return JSON.stringify(data).replace(/</g, "\\u003c").replace(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
}

/** For the Content-Security-Policy: this very text and no other. */
export async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
