/**
 * The port: PORT_PHY_QCFG, PORT_PHY_QCAPS, PORT_MAC_QCFG, PORT_MAC_QCAPS and
 * PORT_QCFG.
 *
 * Assumption: which of the many ways to describe one link the firmware takes;
 * values and bits are those of hsi.h.
 *
 * @module
 */
import { type Answer, type Command, ERR, fail, text } from "./command.ts";
import type { Card, Handler } from "./card.ts";
import { flags } from "./layouts.ts";
import { MEDIA } from "./port_kinds.ts";
import { isPort } from "./targets.ts";

/** `link`: NO_LINK, SIGNAL, LINK. */
const LINK = { "no-cable": 0, down: 1, up: 2 } as const;
/** `module_status`: NONE means nothing to complain of. */
const MODULE = { NONE: 0, NOTINSERTED: 4 } as const;
/** `phy_type` of copper and fibre by speed in Gb/s. */
const PHY_TYPES: Readonly<Record<number, readonly [number, number]>> = {
  10: [0x01, 0x04],
  25: [0x0b, 0x0e],
  40: [0x14, 0x15],
  50: [0x20, 0x21],
  100: [0x0f, 0x10],
  200: [0x1c, 0x1d],
  400: [0x34, 0x35],
};
/** BASEKR and BASET. */
const PHY_TYPE_BACKPLANE = 0x07;
const PHY_TYPE_TP = 0x08;
/** `auto_mode` SPEED_MASK: a choice of speeds. */
const AUTO_SPEED_MASK = 4;

/** Whether the chip describes speeds by the second set of fields. */
function speeds2({ options }: Card): boolean {
  return options.chip.name === "BCM57608";
}

/** Names of the speeds in the first set of fields, NRZ only. */
function nrzNames({ options }: Card): string[] {
  return options.chip.speeds.filter((speed) => speed <= 100)
    .map((speed) => `${speed}GB`);
}

/** Names of the speeds in the second set of fields. */
function speeds2Names({ options }: Card): string[] {
  return options.chip.speeds.map((speed) =>
    speed <= 50 ? `${speed}GB` : `${speed}GB_PAM4_112`
  );
}

/** `signal_mode` and the FEC that goes with it. */
function signal(card: Card, speed: number): { mode: number; fec: number } {
  if (speeds2(card) && speed >= 100) return { mode: 2, fec: 4 }; // PAM4_112, RS544
  if (speed >= 200) return { mode: 1, fec: 4 }; // PAM4
  return { mode: 0, fec: speed >= 25 ? 2 : 0 }; // NRZ, clause 91
}

function queryPhy(command: Command, card: Card): Answer {
  if (!isPort(command, card)) return fail(ERR.INVALID_PARAMS);
  const { link, speed, media, vendor, partNumber } = card.options.port;
  const up = link === "up";
  const cable = link !== "no-cable";
  const second = speeds2(card);
  const { mode, fec } = signal(card, speed);
  const [copper = 0, fibre = 0] = PHY_TYPES[speed] ?? [];
  const lanes = speed <= 25 ? 1 : speed === 50 ? 2 : 4;
  const nrz = flags("PORT_PHY_QCFG", "support_speeds", nrzNames(card));
  const wide = second
    ? flags("PORT_PHY_QCFG", "support_speeds2", speeds2Names(card))
    : 0;
  const pam4 = !second && card.options.chip.speeds.includes(200)
    ? flags("PORT_PHY_QCFG", "support_pam4_speeds", ["200G"])
    : 0;
  return {
    link: LINK[link],
    active_fec_signal_mode: up ? fec << 4 | mode : 0,
    link_speed: up ? speed * 10 : 0, // in 100 Mb/s
    duplex_cfg: 1,
    pause: up ? 3 : 0,
    support_speeds: second ? 0 : nrz,
    auto_mode: AUTO_SPEED_MASK,
    auto_pause: 3,
    auto_link_speed_mask: second ? 0 : nrz,
    module_status: cable ? MODULE.NONE : MODULE.NOTINSERTED,
    phy_type: !cable
      ? 0
      : media === "tp"
      ? PHY_TYPE_TP
      : media === "backplane"
      ? PHY_TYPE_BACKPLANE
      : media === "dac"
      ? copper
      : fibre,
    media_type: cable ? MEDIA.indexOf(media) + 1 : 0,
    xcvr_pkg_type: cable ? 2 : 0, // external
    link_partner_adv_speeds: up && !second ? nrz : 0,
    link_partner_adv_pause: up ? 3 : 0,
    // Identifiers of SFF-8024: QSFP112, QSFP28 or SFP.
    xcvr_identifier_type_tx_lpi_timer: cable
      ? (lanes === 1 ? 0x03 : second ? 0x1e : 0x11) * 0x100_0000
      : 0,
    fec_cfg: flags("PORT_PHY_QCFG", "fec_cfg", [
      "FEC_AUTONEG_SUPPORTED",
      "FEC_AUTONEG_ENABLED",
      "FEC_CLAUSE91_SUPPORTED",
      "FEC_RS544_IEEE_SUPPORTED",
    ]),
    duplex_state: up ? 1 : 0,
    option_flags: flags("PORT_PHY_QCFG", "option_flags", [
      "MEDIA_AUTO_DETECT",
      "SIGNAL_MODE_KNOWN",
      ...(second ? ["SPEEDS2_SUPPORTED"] : []),
    ]),
    phy_vendor_name: text(cable ? vendor : "", 16),
    phy_vendor_partnumber: text(cable ? partNumber : "", 16),
    support_pam4_speeds: pam4,
    auto_pam4_link_speed_mask: pam4,
    link_down_reason: cable
      ? 0
      : flags("PORT_PHY_QCFG", "link_down_reason", ["CABLE_REMOVED"]),
    support_speeds2: wide,
    auto_link_speeds2: wide,
    active_lanes: up ? lanes : 0,
  };
}

function queryPhyCaps(command: Command, card: Card): Answer {
  if (!isPort(command, card)) return fail(ERR.INVALID_PARAMS);
  const second = speeds2(card);
  const of = (field: string, names: string[]): number =>
    flags("PORT_PHY_QCAPS", field, names);
  const pam4 = !second && card.options.chip.speeds.includes(200)
    ? ["200G"]
    : [];
  return {
    flags: of("flags", ["EXTERNAL_LPBK_SUPPORTED", "FW_MANAGED_LINK_DOWN"]),
    port_cnt: 1,
    supported_speeds_force_mode: second
      ? 0
      : of("supported_speeds_force_mode", nrzNames(card)),
    supported_speeds_auto_mode: second
      ? 0
      : of("supported_speeds_auto_mode", nrzNames(card)),
    supported_pam4_speeds_auto_mode: of(
      "supported_pam4_speeds_auto_mode",
      pam4,
    ),
    supported_pam4_speeds_force_mode: of(
      "supported_pam4_speeds_force_mode",
      pam4,
    ),
    flags2: of("flags2", [
      "BANK_ADDR_SUPPORTED",
      ...(second ? ["SPEEDS2_SUPPORTED"] : []),
    ]),
    internal_port_cnt: 0,
    supported_speeds2_force_mode: second
      ? of("supported_speeds2_force_mode", speeds2Names(card))
      : 0,
    supported_speeds2_auto_mode: second
      ? of("supported_speeds2_auto_mode", speeds2Names(card))
      : 0,
  };
}

function queryMac(command: Command, card: Card): Answer {
  if (!isPort(command, card)) return fail(ERR.INVALID_PARAMS);
  return {
    mru: 9600,
    mtu: 9600,
    ipg: 12,
    port_svif_info: 0x8000 | card.portId, // valid
  };
}

function queryMacCaps(command: Command, card: Card): Answer {
  if (!isPort(command, card)) return fail(ERR.INVALID_PARAMS);
  return { flags: flags("PORT_MAC_QCAPS", "flags", ["REMOTE_LPBK_SUPPORTED"]) };
}

/** Commands whose answers nobody describes: success and nothing in it. */
function empty(command: Command, card: Card): Answer {
  return isPort(command, card) ? {} : fail(ERR.INVALID_PARAMS);
}

/** The port's commands by number. */
export function portCommands(): [number, Handler][] {
  return [
    [0x27, { name: "PORT_PHY_QCFG", pfOnly: false, run: queryPhy }],
    [0x28, { name: "PORT_MAC_QCFG", pfOnly: false, run: queryMac }],
    [0x2a, { name: "PORT_PHY_QCAPS", pfOnly: false, run: queryPhyCaps }],
    [0x8c, { name: "QUEUE_QCAPS", pfOnly: false, run: () => ({}) }],
    [0xdd, { name: "PORT_QCFG", pfOnly: false, run: empty }],
    [0xdf, { name: "PORT_MAC_QCAPS", pfOnly: false, run: queryMacCaps }],
  ];
}
