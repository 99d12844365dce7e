/**
 * Looks at a bundle's page in a real Chromium, by day and by night: it works
 * from a disk, asks nobody for anything, and is used with the keyboard alone.
 * Not one of the default tests, which need nothing but the checkout.
 *
 * ```sh
 * deno run -A tests/view/page/bundle_page_browser.ts [FOLDER FOR PICTURES]
 * ```
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Folder, fwctl } from "../../cli/fwctl.ts";
import { BROWSERS, findBrowser, inBrowser, type Page } from "./browser.ts";

async function look(browser: string, pictures: string | undefined) {
  using folder = new Folder();
  const html = `${folder.path}/b.html`;
  const made = await fwctl([
    ...["bundle", "-o", `${folder.path}/b.tar.gz`, "--page", html],
    ...["--model", "mixed", "--redact"],
  ]);
  assertEquals(made.code, 0);
  await inBrowser(browser, (page) => check(page, html, pictures));
}

async function check(page: Page, html: string, pictures: string | undefined) {
  await page.send("Emulation.setDeviceMetricsOverride", {
    width: 1100,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await page.send("Page.navigate", { url: `file://${html}` });
  while (await page.value("document.readyState") !== "complete");
  const open = "document.querySelectorAll('details[open]').length";
  const visible =
    "[...document.querySelectorAll('details')].filter((d) => d.checkVisibility()).length";
  const all = await page.value(visible);
  assert(all > 70, `${all} parts`);
  if (pictures) await page.picture(`${pictures}/closed.png`);

  // With the keyboard alone: / goes to the filter, letters narrow the parts.
  await page.key("/", "/");
  assertEquals(await page.value("document.activeElement.id"), "filter");
  for (const letter of "roce_address_table_size") {
    await page.key(letter, letter);
  }
  const some = await page.value(visible);
  assert(some > 0 && some < 5, `${some} parts have it`);
  // Past the two buttons to the first part that fits, and open it.
  for (let i = 0; i < 3; i++) await page.key("Tab");
  assertEquals(
    await page.value("document.activeElement.tagName"),
    "SUMMARY",
  );
  await page.key("Enter", "\r");
  assertEquals(await page.value(open), 1);
  const rows =
    "[...document.querySelectorAll('td.n')].filter((d) => d.checkVisibility()).length";
  // The part is drawn when the browser tells of its opening, a little later.
  for (let i = 0; i < 50 && await page.value(rows) === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const few = await page.value(rows);
  assert(few > 0 && few < 40, `${few} numbers are shown`);
  if (pictures) await page.picture(`${pictures}/filtered.png`);
  await page.key("Escape");
  assertEquals(await page.value(visible), all);
  assert(await page.value(rows) > few);

  await page.value("document.getElementById('open').click()");
  assertEquals(await page.value(open), all);
  const wide =
    "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  assertEquals(await page.value(wide), 0, "the page scrolls sideways");

  const back = "getComputedStyle(document.body).backgroundColor";
  const seen: string[] = [];
  for (const value of ["light", "dark"]) {
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value }],
    });
    seen.push(await page.value(back));
    if (pictures) await page.picture(`${pictures}/${value}.png`);
  }
  assertEquals(seen, ["rgb(255, 255, 255)", "rgb(15, 19, 24)"]);

  const asked = page.events.filter(({ method }) =>
    method === "Network.requestWillBeSent"
  ).map(({ params }) => params.request.url);
  assertEquals(asked, [`file://${html}`]);
  const bad = page.events.filter(({ method }) =>
    method === "Runtime.exceptionThrown" || method === "Log.entryAdded"
  );
  assertEquals(bad, []);
}

const browser = await findBrowser();
if (browser === undefined) {
  // deno-lint-ignore no-console -- whoever runs it must know why nothing was looked at
  console.log(`skipped: none of ${BROWSERS.join(", ")} is installed`);
} else {
  await look(browser, Deno.args[0]);
  // deno-lint-ignore no-console -- the result of the run
  console.log(`the page works in ${browser}`);
}
