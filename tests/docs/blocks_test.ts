/** Every code block of the README and its neighbours is run. */
import { frontPages } from "./files.ts";
import { testBlocksOf } from "./run.ts";

testBlocksOf(frontPages());
