/**
 * The commands of the firmware's clock.
 *
 * @module
 */
import type { Handler } from "./card.ts";

/** The clock's commands by number. */
export function clockCommands(): [number, Handler][] {
  return [
    [0xc8, {
      name: "FW_SET_TIME",
      pfOnly: true,
      run: (command, { clock }) => clock.set(command),
    }],
    [0xc9, {
      name: "FW_GET_TIME",
      pfOnly: false,
      run: (_command, { clock }) => clock.get(),
    }],
  ];
}
