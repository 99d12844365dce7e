/**
 * The NVM_* commands, which read, change and destroy the memory.
 *
 * Result and detail codes of NVM_FACTORY_DEFAULTS: the vendor's interface
 * header that is published with FreeBSD.
 *
 * @module
 */
import {
  type Answer,
  type Command,
  ERR,
  fail,
  text,
  u16,
  u32,
  u8,
} from "./command.ts";
import type { Card, Handler } from "./card.ts";
import { directory, readItem } from "./nvm_contents.ts";
import { NVM_RESERVED, SECTOR } from "./nvm_options.ts";
import { getVariable, setVariable } from "./variables.ts";

/** Bytes of one entry of the directory. */
const ENTRY_LENGTH = 24;
/** NVM_FIND_DIR_ENTRY: how the ordinal is compared. */
const OPT = { EQ: 0, GE: 1, GT: 2 } as const;
/** NVM_FACTORY_DEFAULTS: results and details. */
const FACTORY = {
  CREATE_OK: 0,
  RESTORE_OK: 1,
  CREATE_ALREADY: 2,
  NO_SAVED_CFG: 2,
} as const;

/** Assumption: an SPI flash of Winbond. */
function info(command: Command, { nvm, options }: Card): Answer {
  if (u8(command, 16) > 1) return fail(ERR.INVALID_FLAGS);
  if (u8(command, 16) === 1) return fail(ERR.ENTITY_NOT_PRESENT); // no SoC
  const [major, minor, build, patch] = options.version;
  const versions: Record<string, number> = {};
  for (const part of ["hwrm", "mgmt", "roce"]) {
    versions[`${part}_fw_major`] = major;
    versions[`${part}_fw_minor`] = minor;
    versions[`${part}_fw_build`] = build;
    versions[`${part}_fw_patch`] = patch;
  }
  return {
    manufacturer_id: 0xef,
    device_id: 0x4018,
    sector_size: SECTOR,
    nvram_size: nvm.size,
    reserved_size: NVM_RESERVED,
    available_size: nvm.available,
    nvm_cfg_ver_maj: 1,
    nvm_cfg_ver_min: 10,
    nvm_cfg_ver_upd: 3,
    flags: 1, // FW_VER_VALID
    pkg_name: text(options.packageVersion, 16),
    ...versions,
  };
}

function findEntry(command: Command, { nvm }: Card): Answer {
  const enables = u32(command, 16);
  const how = u8(command, 28) & 3;
  if (enables > 1) return fail(ERR.INVALID_ENABLES);
  if (how > OPT.GT) return fail(ERR.INVALID_PARAMS);
  const ordinal = u16(command, 24);
  const index = enables & 1
    ? u16(command, 20)
    : nvm.find((entry) =>
      entry.type === u16(command, 22) && entry.ext === u16(command, 26) &&
      (how === OPT.EQ
        ? entry.ordinal === ordinal
        : how === OPT.GE
        ? entry.ordinal >= ordinal
        : entry.ordinal > ordinal)
    );
  const entry = nvm.at(index);
  // Assumption: what is not there is ENTITY_NOT_PRESENT.
  if (!entry) return fail(ERR.ENTITY_NOT_PRESENT);
  return {
    dir_item_length: entry.itemLength,
    dir_data_length: entry.dataLength,
    dir_ordinal: entry.ordinal,
    dir_idx: index,
  };
}

function eraseEntry(command: Command, { nvm }: Card): Answer {
  const index = u16(command, 16);
  if (!nvm.at(index)) return fail(ERR.ENTITY_NOT_PRESENT);
  nvm.erase(index);
  return {};
}

/** `enables`: bit 0 the checksum; the other fields always count. */
function modifyEntry(command: Command, { nvm }: Card): Answer {
  const enables = u32(command, 16);
  if (enables > 1) return fail(ERR.INVALID_ENABLES);
  const index = u16(command, 20);
  if (!nvm.at(index)) return fail(ERR.ENTITY_NOT_PRESENT);
  nvm.change(index, {
    ordinal: u16(command, 22),
    ext: u16(command, 24),
    attr: u16(command, 26),
    ...(enables & 1 ? { checksum: u32(command, 28) } : {}),
  });
  return {};
}

function verifyUpdate(command: Command, { nvm }: Card): Answer {
  const found = nvm.find((entry) =>
    entry.type === u16(command, 16) && entry.ordinal === u16(command, 18) &&
    entry.ext === u16(command, 20)
  );
  return found < 0 ? fail(ERR.ENTITY_NOT_PRESENT) : {};
}

function factoryDefaults(
  command: Command,
  { nvm, variables, health }: Card,
): Answer {
  const mode = u8(command, 16);
  const selection = u16(command, 18);
  if (mode > 1 || selection > 3) return fail(ERR.INVALID_PARAMS);
  // Selection 0 is everything; bit 0 the configuration, bit 1 a crash dump,
  // of which there is none.
  const configuration = selection === 0 || (selection & 1) !== 0;
  if (mode === 1) {
    const created = !configuration || nvm.createDefaults();
    return { result: created ? FACTORY.CREATE_OK : FACTORY.CREATE_ALREADY };
  }
  if (configuration) {
    if (!nvm.restoreDefaults()) return fail(ERR.FAIL, FACTORY.NO_SAVED_CFG);
    variables.reset();
    health.awaitColdBoot();
  }
  return { result: FACTORY.RESTORE_OK };
}

/** The memory's commands by number. A VF may none of them. */
export function nvmCommands(): [number, Handler][] {
  const pfOnly = true;
  return [
    [0xffec, { name: "NVM_DEFRAG", pfOnly, run: () => ({}) }],
    [0xffee, { name: "NVM_FACTORY_DEFAULTS", pfOnly, run: factoryDefaults }],
    [0xfff0, { name: "NVM_FLUSH", pfOnly, run: () => ({}) }],
    [0xfff1, { name: "NVM_GET_VARIABLE", pfOnly, run: getVariable }],
    [0xfff2, { name: "NVM_SET_VARIABLE", pfOnly, run: setVariable }],
    [0xfff5, { name: "NVM_VERIFY_UPDATE", pfOnly, run: verifyUpdate }],
    [0xfff6, { name: "NVM_GET_DEV_INFO", pfOnly, run: info }],
    [0xfff7, { name: "NVM_ERASE_DIR_ENTRY", pfOnly, run: eraseEntry }],
    [0xfff8, { name: "NVM_MOD_DIR_ENTRY", pfOnly, run: modifyEntry }],
    [0xfff9, { name: "NVM_FIND_DIR_ENTRY", pfOnly, run: findEntry }],
    [0xfffa, { name: "NVM_GET_DIR_ENTRIES", pfOnly, run: directory }],
    [0xfffd, { name: "NVM_READ", pfOnly, run: readItem }],
    [0xfffb, {
      name: "NVM_GET_DIR_INFO",
      pfOnly,
      run: (_command, { nvm }) => ({
        entries: nvm.count,
        entry_length: ENTRY_LENGTH,
      }),
    }],
  ];
}
