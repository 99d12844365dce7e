/** The XML reader: what libvirt writes is read, all else ends soon and typed. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isFwctlError, UsageError } from "../../lib/errors.ts";
import { parseXml, type XmlElement } from "../../lib/vfio/xml.ts";

function refused(text: string, words: string): void {
  assertThrows(() => parseXml(text), UsageError, words);
}

Deno.test("elements, attributes, text, comments, CDATA and instructions are read", () => {
  const root = parseXml(
    `\ufeff<?xml version="1.0"?>\n<!-- <no/> -->\n<a x='1' y = "&lt;2&#x41;&#66;'">t&amp;<b/><!-- - --><![CDATA[<&>]]></a >\n<!-- after -->\n`,
  );
  assertEquals(root.name, "a");
  assertEquals([...root.attributes], [["x", "1"], ["y", "<2AB'"]]);
  assertEquals(root.text, "t&<&>");
  assertEquals(root.children.map(({ name }) => name), ["b"]);
});

Deno.test("what an entity stands for is not looked at again", () => {
  assertEquals(parseXml("<a>&amp;lt;&#38;amp;</a>").text, "&lt;&amp;");
});

Deno.test("a document type is refused, and with it every entity bomb and outside entity", () => {
  refused(
    `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>`,
    "has a document type",
  );
  refused(`<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`, "document type");
  refused("<a>&lol;</a>", "&lol;");
  refused("<a>&nbsp</a>", "begins no known entity");
  refused("<a>&#0;</a>", "not known");
  refused("<a>&#xD800;</a>", "not known");
  refused("<a>&toString;</a>", "begins no known entity");
});

Deno.test("wrong XML is refused with what is wrong and the line", () => {
  for (
    const [text, words] of [
      ["", "has no element"],
      ["   ", "has no element"],
      ["x<a/>", "has text outside"],
      ["<a/>x", "has text outside"],
      ["<a/><b/>", "second root"],
      ["<a>", "ends inside <a>"],
      ["<a", "unfinished <a>"],
      ["<a></b>", "has </b> where </a>"],
      ["</a>", "where nothing was open"],
      ["<a b></a>", "without a value"],
      ["<a b=c/>", "without quotes"],
      ["<a b='1'c='2'/>", "run together"],
      ["<a b='1' b='2'/>", "once too often"],
      ["<a b='<'/>", "has a < in a value"],
      ["<a><!-- </a>", "ends inside a comment"],
      ["<a>\n<![CDATA[</a>", "ends inside CDATA, line 2"],
      ["< a/>", "without a name"],
    ] as const
  ) refused(text, words);
});

Deno.test("deep, wide and long documents end in bounded time", () => {
  const started = performance.now();
  refused("<a>".repeat(1_000_000), "elements deep");
  refused(`<a>${"<b/>".repeat(200_000)}</a>`, "elements");
  refused(`<a ${"x".repeat(5_000_000)}`, "without a value");
  refused(`<a>${"&".repeat(2_000_000)}</a>`, "begins no known entity");
  refused(`<a b="${"y".repeat(3_000_000)}`, "ends inside a value");
  assertEquals(
    parseXml(`<a>${"&amp;".repeat(500_000)}</a>`).text.length,
    500_000,
  );
  const took = performance.now() - started;
  assert(took < 5000, `${took} ms`);
});

/** A tree as fast-check makes it, and its text. */
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const value = fc.string({ unit: "binary", maxLength: 12 })
  .filter((text) => /^[\t\n\r -\ud7ff\ue000-\ufffd]*$/.test(text));
const { tree } = fc.letrec<{ tree: XmlElement; none: XmlElement[] }>((tie) => ({
  none: fc.constant([]),
  tree: fc.record({
    name,
    attributes: fc.dictionary(name, value, { maxKeys: 3 })
      .map((found) => new Map(Object.entries(found))),
    children: fc.oneof(
      { maxDepth: 4 },
      tie("none"),
      fc.array(tie("tree"), { maxLength: 3 }),
    ),
    text: value,
  }),
}));

function written(element: XmlElement): string {
  const escaped = (text: string): string =>
    text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const attributes = [...element.attributes]
    .map(([key, text]) => ` ${key}="${escaped(text)}"`).join("");
  return `<${element.name}${attributes}>${escaped(element.text)}${
    element.children.map(written).join("")
  }</${element.name}>`;
}

Deno.test("what is written is read back", () => {
  fc.assert(
    fc.property(tree, (found) => {
      assertEquals(written(parseXml(written(found))), written(found));
    }),
    { numRuns: 200 },
  );
});

Deno.test("any text is read or refused with a typed error", () => {
  const pieces = fc.constantFrom(
    ..."<a></a>|<!--|-->|<![CDATA[|]]>|<?|?>|&amp;|&#65;|&|'|\"|=|/|>|<| x='1'|\n|<!DOCTYPE|\u0000"
      .split("|"),
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }),
      (parts) => {
        try {
          parseXml(parts.join(""));
        } catch (error) {
          assert(isFwctlError(error), String(error));
        }
      },
    ),
    { numRuns: 2000 },
  );
});
