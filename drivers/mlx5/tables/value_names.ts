/**
 * Names of values that are not enums of mlx5_ifc: link modes, states of ports,
 * temperatures.
 *
 * Source: include/linux/mlx5/port.h; a bit's number is its place in the mask,
 * counted from the last bit.
 *
 * @module
 */
import { enumName } from "./enums.ts";
import { VHCA_STATES } from "./vhca_event.ts";

/** enum mlx5e_link_mode. */
const LINK_MODES: Readonly<Record<number, string>> = {
  0: "1000BASE_CX_SGMII",
  1: "1000BASE_KX",
  2: "10GBASE_CX4",
  3: "10GBASE_KX4",
  4: "10GBASE_KR",
  5: "20GBASE_KR2",
  6: "40GBASE_CR4",
  7: "40GBASE_KR4",
  8: "56GBASE_R4",
  12: "10GBASE_CR",
  13: "10GBASE_SR",
  14: "10GBASE_ER",
  15: "40GBASE_SR4",
  16: "40GBASE_LR4",
  18: "50GBASE_SR2",
  20: "100GBASE_CR4",
  21: "100GBASE_SR4",
  22: "100GBASE_KR4",
  23: "100GBASE_LR4",
  24: "100BASE_TX",
  25: "1000BASE_T",
  26: "10GBASE_T",
  27: "25GBASE_CR",
  28: "25GBASE_KR",
  29: "25GBASE_SR",
  30: "50GBASE_CR2",
  31: "50GBASE_KR2",
};

/** enum mlx5e_ext_link_mode. */
const EXT_LINK_MODES: Readonly<Record<number, string>> = {
  0: "SGMII_100M",
  1: "1000BASE_X_SGMII",
  3: "5GBASE_R",
  4: "10GBASE_XFI_XAUI_1",
  5: "40GBASE_XLAUI_4_XLPPI_4",
  6: "25GAUI_1_25GBASE_CR_KR",
  7: "50GAUI_2_LAUI_2_50GBASE_CR2_KR2",
  8: "50GAUI_1_LAUI_1_50GBASE_CR_KR",
  9: "CAUI_4_100GBASE_CR4_KR4",
  10: "100GAUI_2_100GBASE_CR2_KR2",
  11: "100GAUI_1_100GBASE_CR_KR",
  12: "200GAUI_4_200GBASE_CR4_KR4",
  13: "200GAUI_2_200GBASE_CR2_KR2",
  14: "200GAUI_1_200GBASE_CR1_KR1",
  15: "400GAUI_8_400GBASE_CR8",
  16: "400GAUI_4_400GBASE_CR4_KR4",
  17: "400GAUI_2_400GBASE_CR2_KR2",
  19: "800GAUI_8_800GBASE_CR8_KR8",
  20: "800GAUI_4_800GBASE_CR4_KR4",
  23: "1600TAUI_8_1600TBASE_CR8_KR8",
};

/** enum mlx5_ptys_width. */
const IB_WIDTHS: Readonly<Record<number, string>> = {
  0: "1X",
  1: "2X",
  2: "4X",
  3: "8X",
  4: "12X",
};

/** Rates of an InfiniBand port, by the bit of ib_proto. */
const IB_RATES: Readonly<Record<number, string>> = {
  0: "SDR",
  1: "DDR",
  2: "QDR",
  3: "FDR10",
  4: "FDR",
  5: "EDR",
  6: "HDR",
  7: "NDR",
  8: "XDR",
};

/** enum mlx5e_connector_type. */
const CONNECTORS = [
  "UNKNOWN",
  "NONE",
  "TP",
  "AUI",
  "BNC",
  "MII",
  "FIBRE",
  "DA",
  "OTHER",
];

/** enum mlx5_an_status. */
const AUTONEG = ["UNAVAILABLE", "COMPLETE", "FAILED", "LINK_UP", "LINK_DOWN"];

/** enum mlx5_port_status. */
const PORT_STATES: Readonly<Record<number, string>> = { 1: "UP", 2: "DOWN" };

/** Masks of bits and values, by `structure.field`. */
const NAMES: Readonly<
  Record<string, (value: number) => string | undefined>
> = {
  "ptys_reg.an_status": (value) => AUTONEG[value],
  "ptys_reg.connector_type": (value) => CONNECTORS[value],
  "ptys_reg.proto_mask": bits({ 0: "INFINIBAND", 2: "ETHERNET" }),
  "paos_reg.admin_status": (value) => PORT_STATES[value],
  "paos_reg.oper_status": (value) => PORT_STATES[value],
  "pude_reg.admin_status": (value) => PORT_STATES[value],
  "pude_reg.oper_status": (value) => PORT_STATES[value],
  "qpts_reg.trust_state": (value) => [undefined, "PCP", "DSCP"][value],
  "vhca_state_context.vhca_state": (value) => VHCA_STATES[value],
  "mtmp_reg.temperature": celsius,
  "mtmp_reg.max_temperature": celsius,
  "mtmp_reg.temp_threshold_hi": celsius,
  "mtmp_reg.temp_threshold_lo": celsius,
};

const PTYS: readonly (readonly [RegExp, Readonly<Record<number, string>>])[] = [
  [/^ext_eth_proto_/, EXT_LINK_MODES],
  [/^eth_proto_(?!lp_)/, LINK_MODES],
  [/^ib_link_width_/, IB_WIDTHS],
  [/^ib_proto_/, IB_RATES],
];

/**
 * What a value of a field is called; bits are joined by `|`, those without a
 * name as one hexadecimal number. Undefined when it has no name.
 *
 * @param struct the structure the field is in, as `ifc.ts` names it
 */
export function valueName(
  struct: string,
  field: string,
  value: number,
): string | undefined {
  const key = `${struct}.${field}`;
  if (Object.hasOwn(NAMES, key)) return NAMES[key]?.(value);
  if (struct === "ptys_reg") {
    const mask = PTYS.find(([pattern]) => pattern.test(field));
    if (mask) return bits(mask[1])(value);
  }
  return enumName(struct, field, value);
}

/** Names the bits of a mask of at most 32 bits. */
function bits(
  names: Readonly<Record<number, string>>,
): (value: number) => string | undefined {
  return (value) => {
    const found: string[] = [];
    let rest = value;
    for (const [bit, name] of Object.entries(names)) {
      if (Math.floor(value / 2 ** Number(bit)) % 2 === 0) continue;
      found.push(name);
      rest -= 2 ** Number(bit);
    }
    if (rest > 0) found.push(`0x${rest.toString(16)}`);
    return found.length === 0 ? undefined : found.join("|");
  };
}

/** Units of 0.125 °C, two's complement of 16 bits. */
function celsius(value: number): string {
  const signed = value >= 0x8000 ? value - 0x10000 : value;
  return `${signed / 8} °C`;
}
