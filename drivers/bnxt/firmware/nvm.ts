/**
 * Non-volatile memory: its directory and what became of it.
 *
 * Assumption: an erased entry leaves its index free and its bytes available at
 * once; restoring factory defaults rewrites the configuration entries.
 *
 * @module
 */
import { asInteger, ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import {
  DIR_TYPES,
  NVM_RESERVED,
  type NvmEntry,
  type NvmOptions,
} from "./nvm_options.ts";

/** What NVM_MOD_DIR_ENTRY can change; what is absent stays. */
export type Change = Partial<
  Pick<NvmEntry, "ordinal" | "ext" | "attr" | "checksum">
>;

/** The memory of one card. */
export class Nvm {
  readonly #options: NvmOptions;
  /** By directory index; undefined is erased. */
  #entries: (NvmEntry | undefined)[];
  #factoryDefaults: boolean;
  /** Factory defaults that were restored. */
  #restored = 0;

  /** As the scenario has it. */
  constructor(options: NvmOptions) {
    this.#options = options;
    this.#entries = [...options.entries];
    this.#factoryDefaults = options.factoryDefaults;
  }

  /** Bytes in all. */
  get size(): number {
    return this.#options.size;
  }

  /** Bytes that no entry has. */
  get available(): number {
    let free = this.#options.size - NVM_RESERVED;
    for (const entry of this.#entries) free -= entry?.itemLength ?? 0;
    return free;
  }

  /** How many entries there are. */
  get count(): number {
    return this.#entries.filter((entry) => entry !== undefined).length;
  }

  /** By index; undefined is erased. */
  get entries(): readonly (NvmEntry | undefined)[] {
    return this.#entries;
  }

  /** The entry with an index, or undefined. */
  at(index: number): NvmEntry | undefined {
    return this.#entries[index];
  }

  /** Index of the first entry that fits, or -1. */
  find(fits: (entry: NvmEntry) => boolean): number {
    return this.#entries.findIndex((entry) =>
      entry !== undefined && fits(entry)
    );
  }

  /** Erases an entry. */
  erase(index: number): void {
    this.#entries[index] = undefined;
  }

  /** Changes an entry. */
  change(index: number, values: Change): void {
    const entry = this.#entries[index];
    if (entry) this.#entries[index] = { ...entry, ...values };
  }

  /** Saves the configuration as the default; false when there is one already. */
  createDefaults(): boolean {
    const created = !this.#factoryDefaults;
    this.#factoryDefaults = true;
    return created;
  }

  /** Puts the configuration back; false when there is none to put back. */
  restoreDefaults(): boolean {
    if (!this.#factoryDefaults) return false;
    this.#restored++;
    this.#options.entries.forEach((entry, index) => {
      if (isConfiguration(entry)) this.#entries[index] = entry;
    });
    return true;
  }

  /** What differs from the beginning; undefined when nothing does. */
  save(): PlainData | undefined {
    const changed: Record<string, PlainData> = {};
    this.#options.entries.forEach((before, index) => {
      const now = this.#entries[index];
      if (now === undefined) changed[index] = null;
      else if (now !== before) {
        const { ordinal, ext, attr, checksum } = now;
        changed[index] = { ordinal, ext, attr, checksum };
      }
    });
    const created = this.#factoryDefaults !== this.#options.factoryDefaults;
    const state = {
      ...(Object.keys(changed).length === 0 ? {} : { entries: changed }),
      ...(created ? { factoryDefaults: this.#factoryDefaults } : {}),
      ...(this.#restored === 0 ? {} : { restored: this.#restored }),
    };
    return Object.keys(state).length === 0 ? undefined : state;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state ?? {}, at);
    const entries: (NvmEntry | undefined)[] = [...this.#options.entries];
    const changed = reader.object("entries");
    for (const key of changed?.keys() ?? []) {
      const index = /^\d{1,5}$/.test(key) ? Number(key) : -1;
      const before = this.#options.entries[index];
      if (!changed || !before) {
        refuse(`${at}.entries.${key.slice(0, 64)}`, "is no entry's index");
      }
      entries[index] = changed.raw(key) === null
        ? undefined
        : { ...before, ...readChange(changed.object(key)) };
    }
    const factoryDefaults = reader.flag("factoryDefaults");
    const restored = reader.integer("restored") ?? 0;
    reader.end();
    this.#entries = entries;
    this.#factoryDefaults = factoryDefaults ?? this.#options.factoryDefaults;
    this.#restored = restored;
  }
}

function readChange(reader: ObjectReader | undefined): Change {
  const number = (key: string, max: number): number =>
    asInteger(reader?.raw(key), reader?.path(key) ?? key, { max });
  const change = {
    ordinal: number("ordinal", 0xffff),
    ext: number("ext", 0xffff),
    attr: number("attr", 0xffff),
    checksum: number("checksum", 0xffffffff),
  };
  reader?.end();
  return change;
}

function isConfiguration({ type }: NvmEntry): boolean {
  return type === DIR_TYPES.SHARED_CFG || type === DIR_TYPES.PORT_CFG ||
    type === DIR_TYPES.FUNC_CFG;
}
