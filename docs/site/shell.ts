/**
 * What every page of the site has around its text.
 *
 * @module
 */
import { escapeHtml } from "./escape.ts";
import type { Heading } from "./markdown.ts";

/** A link of the navigation. */
export interface NavLink {
  /** The page, from the site's root. */
  readonly page: string;
  /** Its name. */
  readonly title: string;
}

/** A part of the navigation. */
export interface NavPart {
  /** Its heading. */
  readonly title: string;
  /** Its links. */
  readonly links: readonly NavLink[];
}

/** A page. */
export interface PageText {
  /** Where it is, from the site's root. */
  readonly page: string;
  /** Its title. */
  readonly title: string;
  /** What stands in `main`, as markup. */
  readonly html: string;
  /** Its headings, for the list beside it. */
  readonly headings: readonly Heading[];
}

/** The address of the site's root, seen from a page. */
export function rootOf(page: string): string {
  return "../".repeat(page.split("/").length - 1);
}

/** The whole document. It loads its style sheet, its scripts and nothing else. */
export function documentOf(
  { page, title, html, headings }: PageText,
  nav: readonly NavPart[],
): string {
  const root = rootOf(page);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}${
    page === "index.html" ? "" : " · fwctl-deno"
  }</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}site.css">
<script src="${root}theme.js"></script>
<script defer src="${root}search-index.js"></script>
<script defer src="${root}site.js"></script>
</head>
<body data-root="${root}">
<a class="skip" href="#text">Skip to the text</a>
<header>
<button id="menu" type="button" aria-expanded="false" aria-controls="nav">Menu</button>
<a class="home" href="${root}index.html">fwctl-deno</a>
<form id="find" role="search">
<input id="query" type="search" placeholder="Search ( / )" aria-label="Search the guides" autocomplete="off" aria-controls="found">
<ul id="found" hidden aria-label="Found"></ul>
</form>
<button id="theme" type="button">Dark</button>
</header>
<div class="columns">
<nav id="nav" aria-label="Pages">
${nav.map((part) => navPart(part, page, root)).join("\n")}
</nav>
<main id="text" tabindex="-1">
${html}
</main>
${beside(headings)}
</div>
</body>
</html>
`;
}

function navPart(
  { title, links }: NavPart,
  current: string,
  root: string,
): string {
  const items = links.map((link) =>
    `<li><a href="${root}${escapeHtml(link.page)}"${
      link.page === current ? ' aria-current="page"' : ""
    }>${escapeHtml(link.title)}</a></li>`
  );
  return `<p class="part">${escapeHtml(title)}</p>\n<ul>${
    items.join("\n")
  }</ul>`;
}

/** The headings of the page, where there is more than one. */
function beside(headings: readonly Heading[]): string {
  const shown = headings.filter(({ depth }) => depth === 2 || depth === 3);
  if (shown.length < 2) return "";
  const items = shown.map(({ depth, id, text }) =>
    `<li class="depth${depth}"><a href="#${escapeHtml(id)}">${
      escapeHtml(text)
    }</a></li>`
  );
  return `<aside aria-label="On this page"><p class="part">On this page</p><ul>${
    items.join("\n")
  }</ul></aside>`;
}
