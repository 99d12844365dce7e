/**
 * The work of one lane: it answers one question after the other, over devices
 * it has opened itself.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { falseClaims } from "../apply/claims.ts";
import { imageOf, moved, remadeFunctions, strangers } from "../apply/guard.ts";
import { FileSeals } from "../apply/seals.ts";
import { performOn, type Sending } from "../apply/work.ts";
import { remadeDefinitions } from "../device/definition.ts";
import { Sessions } from "../device/sessions.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { grant } from "../plan/from_recipe.ts";
import {
  EntryMaker,
  plannedDevice,
  type PlannedEntry,
} from "../plan/entries.ts";
import { place } from "../plan/place.ts";
import type { Plan } from "../plan/types.ts";
import type {
  Answer,
  Ask,
  DeviceLook,
  LaneSetup,
  Questions,
  SentReply,
} from "./protocol.ts";
import { sendError } from "./sent_error.ts";

/** One lane's side. `using` closes its devices; the host stays the caller's. */
export class LaneWork implements Disposable {
  readonly #host: Host;
  readonly #drivers: readonly Driver[];
  #sessions: Sessions | undefined;
  #sent = 0;

  /** Opens nothing yet. */
  constructor(host: Host, drivers: readonly Driver[]) {
    this.#host = host;
    this.#drivers = drivers;
  }

  /** Answers a question. Throws nothing. */
  answer(ask: Ask): Answer {
    try {
      const value = this.#work(ask);
      return { ok: true, value, sent: this.#sent };
    } catch (thrown) {
      return { ok: false, error: sendError(thrown), sent: this.#sent };
    }
  }

  [Symbol.dispose](): void {
    this.#sessions?.[Symbol.dispose]();
    this.#sessions = undefined;
  }

  #work(question: Ask): Questions[Ask["op"]]["answer"] {
    switch (question.op) {
      case "setup":
        return this.#setup(question.ask);
      case "observe":
        return question.ask.wishes.map((wish) => {
          try {
            return { value: grant(wish, this.#open()) };
          } catch (thrown) {
            return { error: sendError(thrown) };
          }
        });
      case "plan":
        return this.#plan(question.ask);
      case "look":
        return this.#look(question.ask.plan);
      case "send":
        return this.#send(question.ask);
    }
  }

  #setup({ inventory, policy, definitions, seals }: LaneSetup): null {
    this[Symbol.dispose]();
    this.#sessions = new Sessions({
      host: this.#host,
      inventory,
      drivers: this.#drivers,
      policy,
      seals: seals === undefined ? undefined : new FileSeals(seals),
      definitions: remadeDefinitions(definitions, this.#drivers),
      observer: () => {
        this.#sent++;
      },
    });
    return null;
  }

  #open(): Sessions {
    if (this.#sessions) return this.#sessions;
    throw new UsageError("A lane was asked before it was set up");
  }

  #plan(
    { device, declarations }: Questions["plan"]["ask"],
  ): Questions["plan"]["answer"] {
    const sessions = this.#open();
    const { inventory } = sessions;
    const maker = new EntryMaker((name) => sessions.get(name));
    const entries: PlannedEntry[] = [];
    try {
      const placed = place({ declarations, inventory, drivers: this.#drivers })
        // A declaration may be about other devices too.
        .filter(({ located }) => located.device === device);
      for (const each of placed) entries.push(maker.entry(each));
    } catch (thrown) {
      const [found] = maker.devices;
      const failure = sendError(thrown);
      return { ...(found ? { device: found } : {}), entries, failure };
    }
    const [found] = maker.devices;
    return { ...(found ? { device: found } : {}), entries };
  }

  #look(plan: Plan): DeviceLook {
    const sessions = this.#open();
    const look = {
      strangers: plan.devices.flatMap((planned) => {
        const here = sessions.get(planned.name);
        return [
          ...strangers(planned, plannedDevice(here)),
          ...remadeFunctions(plan, planned, here),
        ];
      }),
      claims: [] as string[][],
      moved: [] as string[][],
    };
    // A stranger is asked nothing more.
    if (look.strangers.length > 0) return look;
    if (plan.steps.length > 0) sessions.guard.admit(plan);
    look.claims = plan.steps.map((step) =>
      falseClaims(plan, step, sessions.get(step.device))
    );
    // What is said to be a read may be none.
    if (look.claims.some(({ length }) => length > 0)) return look;
    look.moved = plan.steps.map((step) => {
      // An action compares nothing: it is sent whatever the device holds.
      if (step.type === "action") return [];
      const { request, capacity } = step.read;
      const { channel } = sessions.get(step.device);
      return moved(plan, step, imageOf(step, channel.send(request, capacity)));
    });
    return look;
  }

  #send(sending: Sending): SentReply {
    const sessions = this.#open();
    const { answer, shown } = performOn((name) => sessions.get(name))(sending);
    if (!shown) return { answer };
    try {
      return { answer, shown: shown() };
    } catch (thrown) {
      // It was done, whatever its answer looks like.
      return { answer, unshown: sendError(thrown) };
    }
  }
}
