/**
 * Text in a page.
 *
 * @module
 */

/** A text as HTML: it never is markup. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
