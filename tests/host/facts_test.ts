import { assertEquals } from "@std/assert";
import { hostFacts } from "../../lib/host/facts.ts";
import { FakeHost } from "./fake_host.ts";

for (
  const [file, value, expected] of [
    ["/sys/kernel/security/lockdown", "[none] integrity confidentiality", {
      lockdown: "none",
    }],
    ["/sys/kernel/security/lockdown", "none integrity [confidentiality]", {
      lockdown: "confidentiality",
    }],
    ["/sys/kernel/security/lockdown", "[whatever]", {}],
    ["/proc/sys/kernel/tainted", "524288", { tainted: true }],
    ["/proc/sys/kernel/tainted", "4096", {}],
    ["/proc/sys/kernel/tainted", "1e99", {}],
    ["/proc/sys/kernel/tainted", "-524288", {}],
    ["/proc/self/status", "Name:\\tx\\nCapEff:\\t0000000000020000", {
      rawio: true,
    }],
    ["/proc/self/status", "Name:\\tx\\nCapEff:\\t000001fffffdffff", {}],
    ["/proc/self/status", "CapEff:\\tzz", {}],
    ["/proc/sys/kernel/osrelease", "7.2.13-lab", { kernel: "7.2.13-lab" }],
    ["/proc/sys/kernel/osrelease", "two words", {}],
    ["/proc/sys/kernel/random/boot_id", "short", {}],
  ] as const
) {
  Deno.test(`hostFacts takes "${value}" in ${file} for what it is`, () => {
    const nothing = {
      bootId: "",
      kernel: "",
      lockdown: "unknown",
      tainted: false,
      rawio: false,
    };
    assertEquals(hostFacts(new FakeHost(`${file} = ${value}`)), {
      ...nothing,
      ...expected,
    });
  });
}
