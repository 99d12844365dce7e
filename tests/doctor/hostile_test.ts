/** Whatever stands in the files of a machine, the doctor gives findings and never falls over. */
import { assert } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { examine } from "../../lib/doctor/mod.ts";
import type { DeviceNode, FileStat, Host } from "../../lib/host/host.ts";
import { pathError } from "../../lib/host/failure.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { doctorText } from "../../lib/view/doctor.ts";
import { plainStyle } from "../../lib/view/style.ts";
import { noiseOf, random, RUNS } from "../hostile.ts";
import { factsOf, machine } from "./machine.ts";

const ERRNOS = [
  ERRNO.EACCES,
  ERRNO.EIO,
  ERRNO.ENOENT,
  ERRNO.EPERM,
  ERRNO.EMFILE,
];

/** A machine of which every third look gives noise, or an errno. */
class HostileHost implements Host {
  readonly kind = "linux";
  readonly inner: Host;
  readonly next: () => number;

  constructor(inner: Host, next: () => number) {
    this.inner = inner;
    this.next = next;
  }

  open(path: string): DeviceNode {
    this.#refuse("open", path);
    return this.inner.open(path);
  }

  readFile(path: string, limit = 1 << 20): Bytes {
    this.#refuse("open", path);
    const bytes = this.inner.readFile(path, limit);
    switch (this.next() % 6) {
      case 0:
        return noiseOf(this.next, this.next() % 200);
      case 1:
        return bytes.slice(0, this.next() % (bytes.length + 1));
      case 2: {
        const bent = bytes.slice();
        for (let i = 0; i < 3; i++) {
          bent[this.next() % (bent.length || 1)] = this.next();
        }
        return bent;
      }
      default:
        return bytes;
    }
  }

  list(path: string): string[] {
    this.#refuse("open", path);
    const names = this.inner.list(path);
    return this.next() % 8 === 0
      ? [
        ...names,
        "\u001b[31m",
        "fwctl99",
        "0000:zz:00.0",
        "..",
        "x".repeat(300),
      ]
      : names;
  }

  readLink(path: string): string {
    this.#refuse("readlink", path);
    const target = this.inner.readLink(path);
    return this.next() % 8 === 0
      ? new TextDecoder().decode(noiseOf(this.next, 40))
      : target;
  }

  stat(path: string): FileStat {
    this.#refuse("stat", path);
    const stat = this.inner.stat?.(path);
    if (!stat) throw pathError("stat", path, ERRNO.ENOENT);
    return this.next() % 4 === 0
      ? { ...stat, mode: this.next() & 0xffff, gid: this.next() }
      : stat;
  }

  kernelLog(): string[] {
    return ["fwctl: \u001b]0;x\u0007 Tainting kernel", "x".repeat(10_000)];
  }

  exists(path: string): boolean {
    return this.next() % 8 === 0 || this.inner.exists(path);
  }

  [Symbol.dispose](): void {}

  #refuse(call: string, path: string): void {
    const next = this.next();
    if (next % 10 !== 0) return;
    throw pathError(call, path, ERRNOS[next % ERRNOS.length] ?? ERRNO.EIO);
  }
}

/** A whole machine is looked at in each run, which takes hundreds of reads. */
const LOOKS = Math.ceil(RUNS / 50);

Deno.test(`${LOOKS} machines with hostile files are looked at to the end`, async () => {
  const next = random(0xd0c);
  const seen = new Set<string>();
  const machines = await Promise.all(
    ["vf-in-use", "exhausted", "blacklisted"].map(machine),
  );
  for (let run = 0; run < LOOKS; run++) {
    const inner = machines[run % machines.length];
    assert(inner);
    const names = run % 2 === 0
      ? []
      : ["fwctl0", "0000:3b:00.3", "0000:3b:00.0"];
    const findings = examine(
      await factsOf(new HostileHost(inner, next), names),
    );
    assert(findings.length > 5, `run ${run}`);
    for (const { severity, means, check } of findings) {
      seen.add(`${check} ${severity}`);
      assert(means.length > 0 && means.length < 2000);
    }
    const text = doctorText(findings, plainStyle, { all: true });
    assert(!/[\p{Cc}\p{Cf}]/u.test(text.replaceAll("\n", "")), `run ${run}`);
  }
  for (const host of machines) host[Symbol.dispose]();
  assert(seen.size > 30, [...seen].join(", "));
});
