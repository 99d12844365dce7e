/**
 * What the scripts of pages with a filter share. It stands before a page's own
 * script, which has a function `apply()` that shows what fits.
 *
 * @module
 */

/** The filter box and its keys: `/` goes to it, Escape empties it, two buttons open and close. */
export const FILTER_SCRIPT: string = `
const filter = document.getElementById("filter");
const found = document.getElementById("found");
filter.addEventListener("input", () => apply());
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    filter.focus();
  } else if (event.key === "Escape" && filter.value !== "") {
    filter.value = "";
    apply();
  }
});
function openers(all) {
  for (const [id, open] of [["open", true], ["close", false]]) {
    document.getElementById(id).addEventListener("click", () => {
      for (const each of all()) each.open = open;
    });
  }
}
`;
