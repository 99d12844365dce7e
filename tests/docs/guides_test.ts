/** Every code block of the guides is run. */
import { guides } from "./files.ts";
import { testBlocksOf } from "./run.ts";

testBlocksOf(guides());
