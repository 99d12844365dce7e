/**
 * Texts and data in a page: nothing that comes from outside becomes markup, and
 * the page's policy lets run what is in the page and nothing else.
 *
 * @module
 */

/** Most characters of a text. */
const MOST_TEXT = 300;

/** A text for a page, cut when it is long, what is not to be seen as escapes. */
export function html(text: string, most = MOST_TEXT): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
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
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** A page of one file: markup, and the data that its script draws. */
export interface Page {
  /** Its title and first heading; any text. */
  readonly title: string;
  /** What stands below the heading, as markup. */
  readonly header: string;
  /** What stands in `main`, as markup. */
  readonly main: string;
  /** Its style sheet. */
  readonly style: string;
  /** Its script. */
  readonly script: string;
  /** What `embedded` gave; the script finds it as `#data`. Absent where it needs none. */
  readonly data?: string;
}

/** The whole document. It loads nothing, and runs its own script alone. */
export async function page(
  { title, header, main, style, script, data }: Page,
): Promise<string> {
  const [styleHash, scriptHash] = [await hashOf(style), await hashOf(script)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash}'; script-src '${scriptHash}'">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${html(title)}</h1>
${header}
</header>
<main>
${main}
</main>
${
    data === undefined
      ? ""
      : `<script type="application/json" id="data">${data}</script>
`
  }<script>${script}</script>
</body>
</html>
`;
}
