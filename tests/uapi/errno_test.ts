import { assert, assertEquals, assertMatch } from "@std/assert";
import os from "node:os";
import { ERRNO, errnoMeaning, errnoName } from "../../lib/uapi/errno.ts";

Deno.test("ERRNO agrees with the numbers node knows of this platform", () => {
  const aliases = new Set(["EWOULDBLOCK", "ENOTSUP"]);
  const known = Object.entries(os.constants.errno).filter(([name]) =>
    !aliases.has(name)
  );
  assert(known.length > 70);
  const ours: Readonly<Record<string, number>> = ERRNO;
  assertEquals(
    known.map(([name]) => [name, ours[name]]),
    known.map(([name, errno]) => [name, errno]),
  );
});

Deno.test("errnoName turns every number back into its name", () => {
  for (const [name, errno] of Object.entries(ERRNO)) {
    assertEquals(errnoName(errno), name);
  }
  assertEquals(errnoName(4000), "errno 4000");
});

Deno.test("errnoMeaning says something useful for every call and errno", () => {
  const calls = ["open", "ioctl(FWCTL_INFO)", "ioctl(FWCTL_RPC)", "read"];
  for (const call of calls) {
    for (const name of [...Object.keys(ERRNO), "errno 4000", "toString"]) {
      const { meaning, hint } = errnoMeaning(call, name);
      assert(meaning.length > 10 && !meaning.endsWith("."), meaning);
      assertMatch(hint, /^[A-Z].*\.$/);
    }
  }
});

for (
  const [call, name, about] of [
    ["open", "EACCES", /mode/],
    ["open", "ENODEV", /unplugged/],
    ["ioctl(FWCTL_RPC)", "EPERM", /CAP_SYS_RAWIO/],
    ["ioctl(FWCTL_RPC)", "EMSGSIZE", /2 MiB/],
    ["ioctl(FWCTL_RPC)", "EBADMSG", /scope/],
    ["ioctl(FWCTL_RPC)", "ENODEV", /unplugged/],
    ["ioctl(FWCTL_RPC)", "EOPNOTSUPP", /scope/],
    ["ioctl(FWCTL_INFO)", "EOPNOTSUPP", /value/],
    ["ioctl(FWCTL_INFO)", "ENOTTY", /does not know/],
    ["readlink", "ENOENT", /no such file/],
  ] as const
) {
  Deno.test(`errnoMeaning explains ${name} of ${call}`, () => {
    assertMatch(errnoMeaning(call, name).meaning, about);
  });
}
