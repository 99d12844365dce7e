// Menu, theme and search. Texts are set as text, never as markup.
(() => {
  const root = document.body.dataset.root ?? "";
  const byId = (id) => document.getElementById(id);
  const theme = byId("theme");
  const html = document.documentElement;

  const label = () => {
    theme.textContent = html.dataset.theme === "dark" ? "Light" : "Dark";
  };
  theme.addEventListener("click", () => {
    html.dataset.theme = html.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", html.dataset.theme);
    } catch {
      // It lasts for this page then.
    }
    label();
  });
  label();

  const menu = byId("menu");
  menu.addEventListener("click", () => {
    const open = byId("nav").classList.toggle("open");
    menu.setAttribute("aria-expanded", String(open));
  });

  // The index: [page, page title, anchor, heading, text].
  const index = globalThis.SEARCH_INDEX ?? [];
  const query = byId("query");
  const found = byId("found");
  let chosen = -1;

  /** How well an entry fits: 0 when a word is nowhere in it. */
  const score = ([, title, , heading, text], words) => {
    let sum = 0;
    for (const word of words) {
      const places = [[heading, 8], [title, 4], [text, 1]];
      const best = places.map(([place, weight]) => {
        const at = place.toLowerCase().indexOf(word);
        if (at < 0) return 0;
        const starts = at === 0 || !/[a-z0-9]/i.test(place[at - 1]);
        return starts ? weight * 2 : weight;
      });
      const most = Math.max(...best);
      if (most === 0) return 0;
      sum += most;
    }
    return sum;
  };

  const excerpt = (text, word) => {
    const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
    return `${at > 0 ? "…" : ""}${text.slice(at, at + 120)}${
      text.length > at + 120 ? "…" : ""
    }`;
  };

  const show = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    chosen = -1;
    found.replaceChildren();
    found.hidden = words.length === 0;
    if (words.length === 0) return;
    const hits = index.map((entry) => [score(entry, words), entry])
      .filter(([points]) => points > 0)
      .sort(([a], [b]) => b - a).slice(0, 12);
    for (const [, [page, title, anchor, heading, text]] of hits) {
      const link = document.createElement("a");
      link.href = `${root}${page}${anchor === "" ? "" : `#${anchor}`}`;
      const name = document.createElement("b");
      name.textContent = heading === title ? title : `${title} › ${heading}`;
      const words_ = document.createElement("small");
      words_.textContent = excerpt(text, words[0]);
      link.append(name, words_);
      const item = document.createElement("li");
      item.append(link);
      found.append(item);
    }
    if (hits.length === 0) {
      const item = document.createElement("li");
      item.className = "none";
      item.textContent = "Nothing found";
      found.append(item);
    }
  };

  query.addEventListener("input", show);
  query.addEventListener("focus", show);
  query.addEventListener("keydown", (event) => {
    const links = [...found.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && links.length > 0) {
      event.preventDefault();
      chosen = (chosen + step + links.length) % links.length;
      links.forEach((link, at) =>
        link.classList.toggle("chosen", at === chosen)
      );
      links[chosen].scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Escape") {
      query.value = "";
      show();
      query.blur();
    }
  });
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const links = found.querySelectorAll("a");
    const link = links[Math.max(0, chosen)];
    if (link) location.href = link.href;
  });
  document.addEventListener("click", (event) => {
    if (!byId("find").contains(event.target)) found.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      query.focus();
    }
  });
})();
