/** Pages of plans and machines in a real Chromium: keys, filters, both schemes, paper, and axe-core. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Folder, fwctl } from "../cli/fwctl.ts";
import { journalScenes } from "../cli/report/scenes.ts";
import {
  BROWSERS,
  findBrowser,
  inBrowser,
  type Page,
} from "../view/page/browser.ts";
import {
  accessible,
  focused,
  go,
  narrow,
  paper,
  picture,
  quiet,
  scheme,
  shown,
  until,
} from "./pages/look.ts";

const browser = await findBrowser();
if (browser === undefined) {
  // deno-lint-ignore no-console -- whoever runs it must know why nothing was looked at
  console.log(`ignored: none of ${BROWSERS.join(", ")} is installed`);
}

/** The tree with the keyboard alone. */
async function walk(page: Page): Promise<void> {
  await page.value("document.querySelector('.tree summary').focus()");
  await page.key("ArrowDown");
  assertStringIncludes(await page.value(focused), "VF 0");
  await page.key("ArrowDown");
  assertStringIncludes(await page.value(focused), "VF 1");
  await page.key("ArrowUp");
  assertStringIncludes(await page.value(focused), "VF 0");
  await page.key("End");
  assertStringIncludes(await page.value(focused), "fwctl1");
  await page.key("Home");
  assertStringIncludes(await page.value(focused), "fwctl0");
  // Letters go to what begins so, wherever in the line.
  for (const letter of "vf 6") await page.key(letter, letter);
  assertStringIncludes(await page.value(focused), "VF 6");
  const visible = shown(".tree .row");
  const all = await page.value(visible);
  await page.key("ArrowLeft");
  assertStringIncludes(await page.value(focused), "fwctl0");
  await page.key("ArrowLeft");
  assertEquals(await page.value(visible), 2);
  await page.key("ArrowRight");
  await until(page, `${visible} === ${all}`);
  await page.key("ArrowRight");
  assertStringIncludes(await page.value(focused), "VF 0");
  // A line with a card leads to it.
  await page.key("Enter", "\r");
  await until(page, "location.hash === '#r0'");
}

async function filters(page: Page): Promise<void> {
  const cards = shown(".card");
  const rows = shown(".tree .row");
  const [allCards, allRows] = [await page.value(cards), await page.value(rows)];
  assertEquals(allCards, 3);
  await page.value("document.activeElement.blur()");
  await page.key("/", "/");
  assertEquals(await page.value("document.activeElement.id"), "filter");
  for (const letter of "3b:00.3") await page.key(letter, letter);
  assertEquals(await page.value(cards), 1);
  assertEquals(
    await page.value(rows),
    2,
    "the function and the device above it",
  );
  assertEquals(
    await page.value("document.getElementById('found').textContent"),
    "2 of 12 lines fit",
  );
  assertEquals(await page.value("CSS.highlights.get('found').size > 0"), true);
  await page.key("Escape");
  assertEquals(await page.value(cards), allCards);
  assertEquals(await page.value(rows), allRows);
  // A state by its select: what is not in the plan goes.
  await page.value(`{
    const select = [...document.querySelectorAll("select")].find((each) => each.parentElement.textContent.startsWith("state"));
    select.value = "to_change";
    select.dispatchEvent(new Event("change"));
  }`);
  assertEquals(await page.value(rows), 4);
  await page.value(`{
    const select = [...document.querySelectorAll("select")].find((each) => each.parentElement.textContent.startsWith("state"));
    select.value = "";
    select.dispatchEvent(new Event("change"));
  }`);
}

Deno.test({
  name:
    "pages: a plan is walked and filtered by keys, read by day and night, printed whole, and axe-core finds nothing",
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    const html = `${folder.path}/plan.html`;
    const { code } = await fwctl([
      ...["plan", "recipes/vf_caps.ts", "--model", "connectx", "--html", html],
      ...["-p", "vf=0000:3b:00.2,0000:3b:00.3,0000:3b:00.4"],
      ...["-p", "set=log_max_qp=12,roce=0"],
    ]);
    assertEquals(code, 0);
    await inBrowser(browser ?? "", async (page) => {
      await go(page, html);
      await picture(page, "plan-light");
      await walk(page);
      await filters(page);
      await page.value("document.getElementById('close').click()");
      const closed = "document.querySelectorAll('details:not([open])').length";
      assert(await page.value(closed) > 5);
      assert(await paper(page, "plan") >= 3, "what is closed is on paper");
      // Printing leaves the page as it was.
      await until(page, `${closed} > 5`);
      await accessible(page, html);
      await scheme(page, "dark");
      await picture(page, "plan-dark");
      await narrow(page);
      quiet(page, html);
    });
  },
});

Deno.test({
  name:
    "pages: a report with a journal links runs to each other, and axe-core finds nothing",
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    const args = await journalScenes(folder);
    const html = `${folder.path}/report.html`;
    const { code } = await fwctl([
      ...["report", "recipes/vf_caps.ts", ...args, "-o", html],
      ...["-p", "vf=0000:3b:00.2,0000:3b:00.4", "-p", "set=roce=0"],
    ]);
    assertEquals(code, 0);
    await inBrowser(browser ?? "", async (page) => {
      await go(page, html);
      await page.value("document.querySelector('.time a').click()");
      await until(page, "document.querySelector('li:target') !== null");
      assertStringIncludes(
        await page.value("document.querySelector('li:target').textContent"),
        "takes back",
      );
      await page.value(
        "document.querySelector('.time details summary').click()",
      );
      assert(await page.value(shown(".time tbody tr")) >= 4);
      await picture(page, "report-light");
      await accessible(page, html);
      await narrow(page);
      assert(await paper(page, "report") >= 2);
      quiet(page, html);
    });
  },
});

Deno.test({
  name:
    "pages: refused, empty, pending, of a plan file and without a script: each is whole, and axe-core finds nothing",
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    const at = (name: string): string => `${folder.path}/${name}`;
    const nvconfig = [
      ...["plan", "recipes/nvconfig_profile.ts", "--model", "connectx"],
      ...["-p", "device=fwctl0", "-p"],
    ];
    const plans: [string, number, string[]][] = [
      ["refused.html", 4, [...nvconfig, "set=NUM_OF_VFS=8"]],
      ["reset.html", 0, [
        ...nvconfig,
        "set=NUM_OF_VFS=8",
        "--max-effect",
        "next-reset",
        "-o",
        at("nv.json"),
      ]],
      ["empty.html", 0, [...nvconfig, "set=NUM_OF_VFS=16"]],
      ["file.html", 0, ["show", at("nv.json")]],
      ["inventory.html", 0, [
        "plan",
        "recipes/inventory.ts",
        "--model",
        "mixed",
      ]],
    ];
    for (const [name, wanted, args] of plans) {
      const { code, err } = await fwctl([...args, "--html", at(name)]);
      assertEquals(code, wanted, `${name}: ${err}`);
    }
    await inBrowser(browser ?? "", async (page) => {
      for (const [name] of plans) {
        await go(page, at(name));
        await picture(page, name.replace(/\.html$/, ""));
        await accessible(page, at(name));
        quiet(page, at(name));
      }
      await page.send("Emulation.setScriptExecutionDisabled", { value: true });
      await go(page, at("reset.html"));
      assertEquals(await page.value(shown(".bar, .hint")), 0);
      assertEquals(await page.value(shown(".card")), 1);
      assertStringIncludes(
        await page.value("document.body.textContent"),
        "live after the next firmware reset or reboot",
      );
    });
  },
});
