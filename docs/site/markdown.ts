/**
 * Markdown as HTML: headings that can be linked to, and links that lead to the
 * pages of the site.
 *
 * @module
 */
import { Marked, type Tokens } from "marked";
import { escapeHtml } from "./escape.ts";

/** A heading of a page. */
export interface Heading {
  /** 1 to 6. */
  readonly depth: number;
  /** Its text without marks. */
  readonly text: string;
  /** Its anchor. */
  readonly id: string;
}

/** What a Markdown file becomes. */
export interface Rendered {
  /** The first heading's text. */
  readonly title: string;
  /** Everything, the first heading included. */
  readonly html: string;
  /** The headings, in order. */
  readonly headings: readonly Heading[];
  /** The text below each heading, for the search: the same length as `headings`. */
  readonly texts: readonly string[];
}

/** Where a link of a file leads: an address relative to the page, or null when nowhere. */
export type Resolve = (href: string) => string | null;

/** The anchor of a heading, as GitHub makes it. */
export function anchorOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** The text of tokens without marks. */
function plain(tokens: readonly { type: string }[]): string {
  return tokens.map((token) => {
    const { tokens: inner, text, items, rows, header } = token as {
      tokens?: { type: string }[];
      text?: string;
      items?: { tokens: { type: string }[] }[];
      rows?: { tokens: { type: string }[] }[][];
      header?: { tokens: { type: string }[] }[];
    };
    if (items) return items.map((item) => plain(item.tokens)).join(" ");
    if (rows) {
      return [...header ?? [], ...rows.flat()].map((cell) => plain(cell.tokens))
        .join(" ");
    }
    return inner ? plain(inner) : text ?? "";
  }).join("");
}

/**
 * Renders a file.
 *
 * @throws {Error} naming a link that leads nowhere
 */
export function render(text: string, resolve: Resolve): Rendered {
  const marked = new Marked({ gfm: true });
  const headings: Heading[] = [];
  const texts: string[] = [];
  marked.use({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const id = anchorOf(plain(tokens));
        const inner = this.parser.parseInline(tokens);
        return `<h${depth} id="${id}"><a class="anchor" href="#${id}">${inner}</a></h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const to = resolve(href);
        if (to === null) throw new Error(`the link ${href} leads nowhere`);
        return `<a href="${escapeHtml(to)}">${
          this.parser.parseInline(tokens)
        }</a>`;
      },
      code({ text, lang }: Tokens.Code): string {
        const name = lang ?? "";
        return `<pre data-language="${escapeHtml(name)}" tabindex="0"><code>${
          name === "console" ? transcript(text) : escapeHtml(text)
        }</code></pre>\n`;
      },
      table(token: Tokens.Table): string {
        const cells = (row: Tokens.TableCell[], tag: string): string =>
          row.map((cell) =>
            `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`
          ).join("");
        const body = token.rows.map((row) => `<tr>${cells(row, "td")}</tr>`);
        return `<div class="table" tabindex="0"><table><thead><tr>${
          cells(token.header, "th")
        }</tr></thead><tbody>${body.join("\n")}</tbody></table></div>\n`;
      },
      // Comments are for the tests; the files have no other markup.
      html: () => "",
    },
  });
  const tokens = marked.lexer(text);
  for (const token of tokens) {
    if (token.type === "heading") {
      const title = plain(token.tokens ?? []);
      headings.push({ depth: token.depth, text: title, id: anchorOf(title) });
      texts.push("");
    } else if (texts.length > 0 && token.type !== "html") {
      texts[texts.length - 1] += ` ${plain([token])}`;
    }
  }
  return {
    title: headings[0]?.text ?? "",
    html: marked.parser(tokens),
    headings,
    texts: texts.map((each) => each.replaceAll(/\s+/g, " ").trim()),
  };
}

/** A transcript: what is typed stands out. */
function transcript(text: string): string {
  return text.split("\n").map((line) =>
    line.startsWith("$ ")
      ? `<span class="prompt">$ </span><b>${escapeHtml(line.slice(2))}</b>`
      : escapeHtml(line)
  ).join("\n");
}
