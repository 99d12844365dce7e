/** Profile files and records: hostile until checked. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isFwctlError, UsageError } from "../../lib/errors.ts";
import type { PlainData } from "../../lib/plain.ts";
import {
  over,
  parseProfiles,
  PROFILE_FORMAT,
  profileOf,
} from "../../lib/vfio/profile.ts";
import {
  parseRecord,
  recordText,
  type VfRecord,
} from "../../lib/vfio/record.ts";

const file = (vms: PlainData): PlainData => ({ format: PROFILE_FORMAT, vms });

Deno.test("a profile has functions and values by type; * is for all other VMs", () => {
  const profiles = parseProfiles(
    file({
      web: {
        vfs: ["3B:00.2"],
        set: { log_max_qp: 12, roce: false, GENERAL_2: { migratable: 1 } },
      },
      "*": { set: { roce: 0 } },
    }),
    "vms.json",
  );
  assertEquals(profileOf(profiles, "web"), {
    vfs: ["0000:3b:00.2"],
    set: { GENERAL: { log_max_qp: 12, roce: 0 }, GENERAL_2: { migratable: 1 } },
    fallback: false,
  });
  assertEquals(profileOf(profiles, "db")?.fallback, true);
  // A name that every object has is no profile.
  assertEquals(
    profileOf(parseProfiles(file({}), "vms.json"), "constructor"),
    undefined,
  );
});

Deno.test("a wrong profile is refused with the path of the key", () => {
  for (
    const [data, words] of [
      [null, "the file must be an object"],
      [{ vms: {} }, 'format is missing, not "fwctl-vfio-profile/1"'],
      [{ format: PROFILE_FORMAT }, "vms must be an object"],
      [{ format: PROFILE_FORMAT, vms: {}, vm: {} }, "vm is not known"],
      [file({ "": { set: { a: 1 } } }), "is no name of a VM"],
      [file({ web: {} }), "vms.web.set must be an object"],
      [file({ web: { set: {} } }), "vms.web.set sets nothing"],
      [file({ web: { set: { a: 1 }, vf: [] } }), "vms.web.vf is not known"],
      [file({ web: { set: { a: 1 }, vfs: [] } }), "vms.web.vfs must be a list"],
      [
        file({ web: { set: { a: 1 }, vfs: ["../etc"] } }),
        'vms.web.vfs[0] is "../etc"',
      ],
      [
        file({ web: { set: { a: 1 }, vfs: ["3b:00.2", "0000:3b:00.2"] } }),
        "names 0000:3b:00.2 twice",
      ],
      [file({ web: { set: { roce: 1.5 } } }), "vms.web.set.roce is 1.5"],
      [file({ web: { set: { roce: -1 } } }), "vms.web.set.roce is -1"],
      [file({ web: { set: { "a b": 1 } } }), "is no name of a field"],
      [
        file({ web: { set: { roce: 1, GENERAL: { roce: 0 } } } }),
        "vms.web.set.GENERAL.roce is given twice",
      ],
      [file({ "*": { set: { a: 1 }, vfs: ["3b:00.2"] } }), "vms.*.vfs"],
    ] as const
  ) {
    const error = assertThrows(
      () => parseProfiles(data, "f"),
      UsageError,
      words,
    );
    assert(error.hint);
  }
  const near = assertThrows(
    () => parseProfiles(file({ web: { sett: {} } }), "f"),
    UsageError,
  );
  assertEquals(near.hint, "Did you mean set?");
});

Deno.test("any JSON is a profile or refused with a typed error", () => {
  fc.assert(fc.property(fc.jsonValue(), (data) => {
    for (const each of [data, file(data as PlainData)]) {
      try {
        parseProfiles(each as PlainData, "f");
      } catch (error) {
        assert(isFwctlError(error), String(error));
      }
    }
  }));
});

Deno.test("values go over others field by field", () => {
  assertEquals(
    over({ A: { x: 1, y: 2 } }, { A: { y: 3 }, B: { z: 4 } }),
    { A: { x: 1, y: 3 }, B: { z: 4 } },
  );
});

const RECORD: VfRecord = {
  vf: "0000:3b:00.2",
  pf: "0000:3b:00.0",
  bootId: "b",
  vhcaId: 18,
  vuid: null,
  vm: "web",
  set: { GENERAL: { roce: 0 } },
  before: { GENERAL: { roce: 1 } },
};

Deno.test("a record is read back as it was written", () => {
  const data = JSON.parse(recordText(RECORD)) as PlainData;
  assertEquals(parseRecord(data, RECORD.vf, "f"), RECORD);
});

Deno.test("a record that was changed is refused, whatever the change", () => {
  const data = JSON.parse(recordText(RECORD));
  for (
    const [key, value] of Object.entries({
      format: "x",
      vf: "0000:3b:00.3",
      pf: 1,
      bootId: null,
      vhcaId: 65_536,
      vuid: 5,
      vm: [],
      set: {},
      before: { GENERAL: { roce: "1" } },
    })
  ) {
    assertThrows(
      () => parseRecord({ ...data, [key]: value }, RECORD.vf, "f"),
      UsageError,
    );
  }
});
