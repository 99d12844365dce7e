/**
 * The site in a real Chromium: no page says an error, nothing is asked of the
 * network, search, theme and menu work by keyboard, and axe-core finds nothing.
 */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import { buildSite } from "../../docs/site/build.ts";
import { Folder } from "../cli/fwctl.ts";
import {
  BROWSERS,
  findBrowser,
  inBrowser,
  type Page,
} from "../view/page/browser.ts";

const browser = await findBrowser();
const why = browser === undefined
  ? ` (skipped: none of ${BROWSERS.join(", ")} is installed)`
  : "";

/** A few of each kind of page. */
const LOOKED_AT = [
  "index.html",
  "guides/first-recipe.html",
  "guides/devices.html",
  "cli/vfio.html",
  "schemas.html",
];

async function size(page: Page, width: number): Promise<void> {
  await page.send("Emulation.setDeviceMetricsOverride", {
    width,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  });
}

async function go(page: Page, url: string): Promise<void> {
  await page.send("Page.navigate", { url });
  await arrived(page, url);
}

/** Waits until a page is there, scripts and all. */
async function arrived(page: Page, url: string): Promise<void> {
  const there = `location.href.endsWith(${JSON.stringify(url)}) &&
    document.readyState === "complete"`;
  for (let tries = 0; tries < 1500; tries++) {
    if (await page.value(there)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${url} does not come`);
}

/** What was said on the console, thrown, or asked of anything but a file. */
function complaints(page: Page): string[] {
  return page.events.flatMap(({ method, params }) => {
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      return [JSON.stringify(params)];
    }
    if (method === "Runtime.consoleAPICalled") return [JSON.stringify(params)];
    const url: string = params?.request?.url ?? "file:";
    return method === "Network.requestWillBeSent" && !/^(file|data):/.test(url)
      ? [url]
      : [];
  });
}

/** What axe-core finds wrong with the page as it is shown. */
async function findings(page: Page): Promise<string[]> {
  await page.value(`${axe.source}; 0`);
  const { result } = await page.send("Runtime.evaluate", {
    expression:
      `axe.run({ resultTypes: ["violations"], preload: false }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " +
        nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(" | ")))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value;
}

async function lookAt(page: Page, root: string): Promise<void> {
  for (const theme of ["light", "dark"]) {
    for (const name of LOOKED_AT) {
      await size(page, 1300);
      await go(page, `${root}/${name}`);
      await page.value(
        `document.documentElement.dataset.theme = ${JSON.stringify(theme)}`,
      );
      assertEquals(await findings(page), [], `${name}, ${theme}`);
    }
  }
  // On a narrow screen nothing but code and tables goes past the edge.
  await size(page, 380);
  for (const name of LOOKED_AT) {
    await go(page, `${root}/${name}`);
    const past = await page.value(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    assertEquals(past, 0, name);
  }
}

async function use(page: Page, root: string): Promise<void> {
  await size(page, 1300);
  await go(page, `${root}/guides/first-recipe.html`);
  // "/" goes to the search, words find a section, Enter opens the first.
  await page.key("/", "/");
  assertEquals(await page.value("document.activeElement.id"), "query");
  await page.send("Input.insertText", { text: "once per boot" });
  const first = await page.value(
    "document.querySelector('#found a').textContent",
  );
  assert(first.includes("Once per boot"), first);
  await page.key("ArrowDown");
  await page.key("Enter", "\r");
  await arrived(page, "policy-cookbook.html#6-once-per-boot");
  // What is typed never is markup.
  await page.value("document.getElementById('query').focus()");
  await page.send("Input.insertText", { text: "<img src=x onerror=alert(1)>" });
  assertEquals(
    await page.value("document.querySelector('#found').textContent"),
    "Nothing found",
  );
  // The theme stays for the next page.
  const before = await page.value("document.documentElement.dataset.theme");
  await page.value("document.getElementById('theme').click()");
  await go(page, `${root}/index.html`);
  const after = await page.value("document.documentElement.dataset.theme");
  assert(before !== after, after);
  // The menu of a narrow screen opens and says so.
  await size(page, 380);
  const shown = "getComputedStyle(document.getElementById('nav')).display";
  assertEquals(await page.value(shown), "none");
  await page.value("document.getElementById('menu').click()");
  assertEquals(await page.value(shown), "block");
  assertEquals(
    await page.value(
      "document.getElementById('menu').getAttribute('aria-expanded')",
    ),
    "true",
  );
}

Deno.test({
  name:
    `the site in a browser: no errors, no requests, accessible, usable by keyboard${why}`,
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    await buildSite({ folder: `${folder.path}/site`, api: false });
    await inBrowser(browser ?? "", async (page) => {
      const root = `file://${folder.path}/site`;
      await lookAt(page, root);
      await use(page, root);
      assertEquals(complaints(page), []);
    });
  },
});
