/** The site: every page is there, every link leads to one, nothing is loaded from elsewhere. */
import { assert, assertEquals } from "@std/assert";
import { posix } from "node:path";
import { buildSite } from "../../docs/site/build.ts";
import { schemasIn } from "../../docs/site/schemas.ts";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";

/** The site without the library's reference, which takes seconds. */
const folder = new Folder();
const built = await buildSite({ folder: `${folder.path}/site`, api: false });

Deno.test.afterAll(() => folder[Symbol.dispose]());

function textOf(page: string): string {
  return Deno.readTextFileSync(`${folder.path}/site/${page}`);
}

Deno.test("every link of every page leads to a page and to an anchor of it", () => {
  const broken: string[] = [];
  let followed = 0;
  for (const page of built.pages) {
    for (const [, href = ""] of textOf(page).matchAll(/href="([^"]*)"/g)) {
      if (/^(https:|data:,$)/.test(href)) continue;
      const [path = "", anchor = ""] = href.split("#");
      const target = path === "" ? page : posix.join(posix.dirname(page), path);
      followed++;
      if (target.startsWith("api/")) continue;
      try {
        const text = textOf(target);
        if (anchor !== "" && !text.includes(`id="${anchor}"`)) {
          broken.push(`${page}: ${href}`);
        }
      } catch {
        broken.push(`${page}: ${href}`);
      }
    }
  }
  assertEquals(broken, []);
  assert(followed > 1000, `${followed} links`);
});

Deno.test("a page loads only what is beside it", () => {
  for (const page of built.pages) {
    const text = textOf(page);
    const loads = [
      ...text.matchAll(/<(?:script|img|iframe)[^>]* src="([^"]*)"/g),
      ...text.matchAll(/<link[^>]* href="([^"]*)"/g),
    ].map(([, address = ""]) => address);
    assert(loads.length > 3, page);
    for (const address of loads) {
      assert(/^(data:,|(\.\.\/)*[\w-]+\.(css|js))$/.test(address), address);
    }
    assert(
      !/<style|\son\w+=|javascript:/.test(
        text.replaceAll(/<pre[^]*?<\/pre>/g, ""),
      ),
      page,
    );
  }
  assert(!/url\(|@import/.test(textOf("site.css")));
});

Deno.test("every command has a page with the examples and options of its help", () => {
  const pages = built.pages.filter((page) => page.startsWith("cli/"));
  assert(pages.length > 30, `${pages.length} pages`);
  assert(textOf("cli/plan.html").includes("--detailed-exitcode"));
  assert(textOf("cli/vfio.html").includes("fwctl vfio hook install"));
});

Deno.test("every schema of the checkout is there, each under a name of its own", () => {
  const schemas = schemasIn(ROOT);
  assert(schemas.length > 30, `${schemas.length} schemas`);
  for (const { file, copy } of schemas) {
    assertEquals(textOf(copy), Deno.readTextFileSync(`${ROOT}${file}`), file);
  }
});

Deno.test("the search knows every section of every guide", () => {
  const text = textOf("search-index.js");
  assert(text.length < 600_000, `${text.length} bytes`);
  const index = JSON.parse(
    text.replace("globalThis.SEARCH_INDEX = ", "").replace(/;\n$/, ""),
  );
  assert(
    index.some(([page, , anchor]: string[]) =>
      page === "guides/policy-cookbook.html" && anchor === "6-once-per-boot"
    ),
  );
});

Deno.test("a folder that is something else is not replaced", async () => {
  using other = new Folder();
  other.file("important.txt", "x");
  let said = "";
  try {
    await buildSite({ folder: other.path, api: false });
  } catch (error) {
    said = error instanceof Error ? error.message : "";
  }
  assert(said.includes("is not a site"), said);
  assertEquals(Deno.readTextFileSync(`${other.path}/important.txt`), "x");
});
