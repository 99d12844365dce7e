// Before the first paint: the theme that was chosen, or the system's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // A page from a file may have no storage.
  }
  const dark = chosen === null
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : chosen === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
