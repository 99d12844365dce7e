/** The table of messages: what the generator makes of a header, and of the kernel's own where it is given. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { allowList } from "../../../../drivers/bnxt/tables/allow_list.ts";
import { generate } from "../../../../drivers/bnxt/tables/generate.ts";
import { parseHeader } from "../../../../drivers/bnxt/tables/header.ts";
import {
  commandNames,
  commandNumber,
  errorNames,
  layoutNames,
  layoutOf,
  messageOf,
} from "../../../../drivers/bnxt/tables/hwrm.ts";
import { MessageTable } from "../../../../drivers/bnxt/tables/table_text.ts";
import { DecodeError, UsageError } from "../../../../lib/errors.ts";
import { join } from "@std/path";

const HEADER = `
/* a header of our own */
struct cmd_nums {
	__le16	req_type;
	#define HWRM_VER_GET 0x0UL
	#define HWRM_FW_RESET 0xc0UL
	#define HWRM_LAST HWRM_FW_RESET
};
struct ret_codes {
	__le16	error_code;
	#define HWRM_ERR_CODE_SUCCESS 0x0UL
	#define HWRM_ERR_CODE_LAST HWRM_ERR_CODE_SUCCESS
};
struct hwrm_unwanted_input {
	u128	x;
};
struct hwrm_ver_get_output {
	__le16	error_code;
	__le16	req_type;
	__le16	seq_id;
	__le16	resp_len;
	u8	kind;
	#define VER_GET_RESP_KIND_CART  0x0UL
	#define VER_GET_RESP_KIND_WAGON 0x1UL
	#define VER_GET_RESP_KIND_LAST VER_GET_RESP_KIND_WAGON
	u8	mix;
	#define VER_GET_RESP_AXLES_MASK 0xf0UL
	#define VER_GET_RESP_AXLES_SFT 4
	#define VER_GET_RESP_AXLES_ONE (0x1UL << 4)
	#define VER_GET_RESP_AXLES_LAST VER_GET_RESP_AXLES_ONE
	#define VER_GET_RESP_MIX_BRAKE 0x1UL
	#define VER_GET_RESP_AXLES_LOCKED 0x8UL
	__be16	port;
	char	name[2][3];
	u8	unused_0[2];
	struct {
		u8	id;
		__le32	weight;
	} __packed wheel[2];
	__le64	total;
	u8	valid;
};
`;

Deno.test("the generator understands every form of member and constant", () => {
  const text = generate(HEADER);
  assert(
    text.includes(`hwrm_ver_get_output 30
 kind:1 | -CART=0 -WAGON=1 mix:1 .BRAKE=1 .AXLES_LOCKED=8 |AXLES/f0 -ONE=10 port:b name:c*2*3
 unused_0:1*2 wheel( id:1 weight:4 )*2 total:8 valid:1
`),
    text,
  );
  assert(text.includes("\n0 VER_GET\nc0 FW_RESET\n"));
  assert(!text.includes("unwanted"));
});

Deno.test("the table parses to the offsets a compiler gives", () => {
  const [, entry = ""] = /HWRM_TEXT: string = `\n([^`]*)`/.exec(
    generate(HEADER),
  ) ?? [];
  const table = new MessageTable(() => entry);
  const message = table.find("hwrm_ver_get_output");
  assertEquals(
    message?.layout.fields.slice(4).map((field) => [
      field.name,
      field.offset / 8,
      field.width / 8,
    ]),
    [
      ["kind", 8, 1],
      ["mix", 9, 1],
      ["port", 10, 2],
      ["name", 12, 6],
      ["unused_0", 18, 2],
      ["wheel", 20, 10],
      ["total", 32, 8],
      ["valid", 40, 1],
    ].map(([name, at, size]) => [name, at, size]),
  );
  const mix = message?.meanings.get("mix");
  assertEquals(mix?.flags, [{ name: "BRAKE", mask: 1 }, {
    name: "AXLES_LOCKED",
    mask: 8,
  }]);
  assertEquals(mix?.parts.map(({ name, mask }) => [name, mask]), [[
    "AXLES",
    0xf0,
  ]]);
  assertEquals(message?.meanings.get("port")?.form, "be16");
  assertEquals(message?.nested.get("wheel")?.layout.bits, 40);
});

Deno.test("what the generator does not know is a typed error, not a wrong table", () => {
  const wrong = [
    "struct x {\n\tu128\ta;\n};",
    "struct x {\n\tu8\ta[N];\n};",
    "struct x {\n\tu8\ta;\n\t#define A B\n};",
    "struct x {\n\tstruct {\n\tu8\ta;\n};",
    "struct x {\n\tu8\ta\n};",
  ];
  for (const text of wrong) {
    assertThrows(() => parseHeader(text, () => true), DecodeError, "x", text);
  }
  assertThrows(
    () => generate("struct hwrm_ver_get_input {\n\tu8\ta;\n};"),
    UsageError,
    "header",
  );
});

Deno.test("a broken table is a typed error", () => {
  for (
    const text of [
      "x 1\n a:1 ?",
      "x 1\n .A=1",
      "x 1\n a:1 -B=1",
      "x 1\n a:1 )*2",
      "x 2\n a( b:1",
    ]
  ) {
    assertThrows(
      () => new MessageTable(() => text).find("x"),
      DecodeError,
      "broken",
      text,
    );
  }
});

Deno.test("the sizes are those the vendor's specification states", () => {
  const sizes: Record<string, number> = {
    hwrm_ver_get_input: 24,
    hwrm_ver_get_output: 176,
    hwrm_func_qcaps_input: 24,
    hwrm_func_qcaps_output: 144,
    hwrm_func_qcfg_input: 24,
    hwrm_func_qcfg_output: 176,
    hwrm_func_resource_qcaps_output: 88,
    hwrm_port_phy_qcfg_output: 112,
    hwrm_temp_monitor_query_input: 16,
    hwrm_temp_monitor_query_output: 24,
    hwrm_nvm_get_dev_info_output: 96,
    hwrm_error_recovery_qcfg_output: 208,
  };
  for (const [name, size] of Object.entries(sizes)) {
    assertEquals(layoutOf(name).bits / 8, size, name);
  }
  // The table checks every size when it is parsed.
  for (const name of layoutNames()) assert(messageOf(name), name);
});

Deno.test("every command of the kernel's list has its number and name in the table", () => {
  for (const [code, { name }] of allowList()) {
    assertEquals(commandNames().get(code), name);
    assertEquals(commandNumber(`hwrm_${name.toLowerCase()}`), code);
  }
  assertEquals(errorNames().get(0xffff), "CMD_NOT_SUPPORTED");
  assertThrows(() => commandNumber("FUNC_QCAP"), UsageError, "FUNC_QCAP");
  assertThrows(() => layoutOf("hwrm_ver_get_inptu"), UsageError);
});

const REAL = process.env.FWCTL_BNXT_HSI_H;

Deno.test({
  name: REAL
    ? "the checked-in table is what the generator makes of the kernel's header"
    : "the kernel's header (not tested: set FWCTL_BNXT_HSI_H to the path of hsi.h)",
  ignore: !REAL,
  fn() {
    const file = new URL(
      "../../../../drivers/bnxt/tables/hwrm_table.ts",
      import.meta.url,
    );
    assertEquals(
      generate(readFileSync(REAL ?? "", "utf8")),
      readFileSync(file, "utf8"),
    );
  },
});

const GCC = compiler();

Deno.test({
  name: REAL && GCC
    ? "a C compiler gives every member the same place and size"
    : `a C compiler's offsets (not tested: ${
      GCC ? "set FWCTL_BNXT_HSI_H to the path of hsi.h" : "no gcc here"
    })`,
  ignore: !REAL || !GCC,
  fn() {
    const lines = layoutNames().flatMap((name) => [
      `printf("${name} %zu\\n", sizeof(struct ${name}));`,
      ...layoutOf(name).fields.map((field) =>
        `printf("${name}.${field.name} %zu %zu\\n", offsetof(struct ${name}, ${field.name}), sizeof(((struct ${name} *)0)->${field.name}));`
      ),
    ]);
    const directory = mkdtempSync(join(tmpdir(), "hsi-"));
    try {
      const source = join(directory, "a.c");
      writeFileSync(
        source,
        `#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#define __packed __attribute__((packed))
typedef uint8_t u8; typedef uint16_t u16, __le16, __be16; typedef uint32_t u32, __le32, __be32; typedef uint64_t u64, __le64, __be64;
#include "${REAL}"
int main(void) { ${lines.join("\n")} return 0; }
`,
      );
      execFileSync("gcc", ["-w", "-o", join(directory, "a"), source]);
      const printed = execFileSync(join(directory, "a"), { encoding: "utf8" });
      const ours = layoutNames().flatMap((name) => [
        `${name} ${layoutOf(name).bits / 8}`,
        ...layoutOf(name).fields.map((field) =>
          `${name}.${field.name} ${field.offset / 8} ${field.width / 8}`
        ),
      ]);
      assertEquals(printed.trim().split("\n"), ours);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
});

function compiler(): boolean {
  try {
    execFileSync("gcc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
