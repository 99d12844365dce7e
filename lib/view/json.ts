/**
 * The machine's form of every command: one JSON object on standard output,
 * `{"schema": "fwctl/NAME", "version": "MAJOR.MINOR", …}`.
 *
 * A reader checks schema and major version, and ignores members it does not
 * know: new members raise the minor version, anything else the major. Bytes are
 * lower-case hex without separators. Member names are those of the types in
 * this library unless said otherwise below.
 *
 * | schema | members |
 * |---|---|
 * | `fwctl/list` | `inventory`: `Inventory` |
 * | `fwctl/info` | `device`: `InventoryDevice`, `deviceType`, `info`, `identity`: `DeviceIdentity`, `machine`: lockdown, tainted, rawio, kernel |
 * | `fwctl/caps` | `device`, `function` (`own` or an id), `types`: [`type`, `number`, `layout`, `fields`: [`field`, `bit`, `width`, `current`, `maximum`, `name`?]], `unsupported`; with `--hex` each type has `raw`: `current`, `maximum` (hex) |
 * | `fwctl/caps-compare` | `device`, `functions`: [`name`, `function`], `types`: [`type`, `number`, `layout`, `fields` that differ: [`field`, `bit`, `width`, `values`: for each function `current` and `maximum`, or null]], `lacking`: [`type`, `functions`] |
 * | `fwctl/rpc` | `device`, `scope`, `label`: `RequestLabel` or null, `request`, `response` (hex), `length` (as the kernel reported it), `truncated`, `error` (the firmware's refusal) or null |
 * | `fwctl/scope` | `driver`, `label`: `RequestLabel`, `scopeNumber`, `taints` |
 * | `fwctl/requests` | `driver`, `requests`: [`code`, `label`: `RequestLabel`] |
 * | `fwctl/describe` | `device`, `driver`, `title`, `queries`, `resources`, `actions`, `sections`: `DescribedSection` |
 * | `fwctl/decode` | `driver`, `name`, `kind`, `about`, `bytes` (of the whole), `order` of its bits; with bytes also `given` (how many), `fields`: [`DecodedField` with `value`, `name`?], `missing`, `rest`, `notes`; with `--picture` `picture` |
 * | `fwctl/decoders` | of `decode` without a name: `driver`, `kinds`: [`kind`, `summary`, `names`] |
 * | `fwctl/query` | of `query`, `reg`, `object` and `dump`: `device`, `query`, `arguments`, `answer` (as the query documents; with `--hex` it has `raw`, its bytes) |
 * | `fwctl/plan` | `plan`: {@linkcode planBody}, `changes` (whether it would write), `refusals`, `report`?; with `-o` also `file` and `digest`, with `--html` `page`: `file`, `bytes`, `sha256` |
 * | `fwctl/apply` | `plan`, `result`: {@linkcode resultBody}, `run` (its journal) or null, `report`? |
 * | `fwctl/drift` | `recipes`: [`source`, `recipe`, `resources`: [`resource`, `state`, `fields`], `count` by state, `error` or null] |
 * | `fwctl/report` | `file`, `bytes`, `sha256` (of the page), `counts`: `ReportCounts` of lib/view/report_page.ts |
 * | `fwctl/sign` | `file`, `kind`, `sha256`, `keyid`, `created`, `expires` (moments or null), `signature` (its path) |
 * | `fwctl/attest` | `statement` (in-toto), `keyid` (null when not signed), `file` (null for none) |
 * | `fwctl/verify` | `same`, `baseline`, `measured`: [`file`, `devices`, `signedBy` or null], `differences`: [`device`, `path`, `baseline`?, `now`?], `complete` (whether these are all) |
 * | `fwctl/trust` | `keys`: [`name`, `keyid`, `scopes`, `notAfter` or null, `expired`, `source`] |
 * | `fwctl/show` | `plan`, `changes`, `digest` (of the plan file); with `--html` `page`: `file`, `bytes`, `sha256` |
 * | `fwctl/recover` | of `resume` and `undo`: `of` (the first run), `want`, `looks`: [`step`, `state`, `findings`], `rebooted`, `overridden` (what `--force` went past), `result`, `run` or null |
 * | `fwctl/journal-list` | `runs`: [`run`, `time`, `kind`, `of`, `recipe`, `outcome`] |
 * | `fwctl/journal` | `run`, `records`: `JournalRecord`, `cut`, `broken` |
 * | `fwctl/journal-verify` | `runs`: [`run`, `records`, `cut`, `ended`, `broken`] |
 * | `fwctl/journal-close` | `of`, `run` |
 * | `fwctl/params` | `recipe`, `description`, `params`: `ParamSpecs` |
 * | `fwctl/policy` | `source`, `says` (a sentence a rule), `drivers`: [`driver`, `requests`: [`code`, `label`: `RequestLabel`, `verdict` (`sent`, `plan`: depends on the plan, `refused`), `refusals`]] |
 * | `fwctl/bundle` | of `bundle` and `bundle show`: `file`, `sha256`, `bytes`, `page` (the file of it) or null, `manifest`: `Manifest` of lib/bundle/manifest.ts |
 * | `fwctl/nvconfig` | of `nvconfig query`: `device`, `parameters`: [`parameter`, `item`, `type`, `kind`, `takes`, `values`?, `unit`?, `least`?, `most`?, `depends_on`?, `default`, `current`, `next`, `pending`, `state` (`available`, `gated`, `unsupported`), `gate`?, `needs`? (parameters)], `pending` (how many), `loaded_by`, `dpu_mode`, `knowledge`, `resets` (which load it) or null |
 * | `fwctl/nvconfig-backup` | `device`, `file`, `backup`: what is in it (`format`, `device`, `created`, `complete`, `items`, `digest`) |
 * | `fwctl/vfio` | of `vfio prepare` and `release`: `action`, `vm` or null, `vfs`: [`VfLook` of lib/vfio/look.ts with `functionId`, `vhcaId`, `vuid`, `checks`], `plan`, `result`, `run` or null, `dryRun`, `notes` |
 * | `fwctl/vfio-status` | `vfs`: `VfStatus` of lib/view/vfio.ts; `leaving`: functions on their way out that somebody holds, with `pci` and `holders` |
 * | `fwctl/vfio-hook` | `file`, `state` (`installed`, `absent`, `changed`, `foreign`), `text` (what it does) |
 * | `fwctl/diag-capabilities` | `device`, `clockHz` or null, `logMinSamplePeriod`, `logMaxSamples`, `single`, `repetitive`, `counters`: [`counter`, `sync`, `name`, `unit`], `sampling`: `mode`, `logSamples`, `logPeriod`, `counters` |
 * | `fwctl/diag-samples` | of `diag sample` and `dump`: `device`, `clockHz` or null, `mode`, `logSamples`, `logPeriod`, `measuredPeriod` (device clocks) or null, `counters`: [`counter`, `name`, `unit`], `samples`: [`sample`, `clocks` (since the first), `seconds` or null, `timeStamps`, `values` (decimal text or null, in the order of `counters`)], `seen`, `lost`, `gaps`: [`after`, `lost`], `foreign`, `ended`: `DiagEnd` of lib/view/diag.ts, `page` or null; `diag set` and `stop` answer `fwctl/apply` |
 * | `fwctl/doctor` | `counts` by severity, `findings`: [`severity` (`problem`, `warning`, `note`, `unmade`: could not be looked at, `ok`: with `--all`), `check`, `subject`, `seen`: [`path`, `value`], `means`, `todo`, `command`?], worst first |
 * | `fwctl/recording` | of `record show`: `file`, `header`: `RecordingHeader`, `end`: `RecordingEnd` or null, `looks` (how many), `exchanges`: `ExchangeWords` of lib/recording/explain.ts; with `--all` also the looks |
 * | `fwctl/recording-close` | `file`, `exchanges`, `dropped` (a last line that was not whole) |
 * | `fwctl/error` | `error`: `code`, `message`, `hint`?, `device`?, `request`?, and the fields of its kind |
 *
 * @module
 */
import type { ApplyResult } from "../apply/types.ts";
import { toHex } from "../bytes.ts";
import type { FwctlError } from "../errors.ts";
import { requestOf } from "../plan/step.ts";
import type { Plan } from "../plan/types.ts";
import { scopeTaints } from "../uapi/fwctl.ts";

/** Version of every schema so far. */
export const JSON_VERSION = "1.0";

/** The names of the schemas, after `fwctl/`. */
export type SchemaName =
  | "list"
  | "info"
  | "caps"
  | "caps-compare"
  | "rpc"
  | "scope"
  | "requests"
  | "describe"
  | "decode"
  | "decoders"
  | "query"
  | "plan"
  | "apply"
  | "drift"
  | "report"
  | "show"
  | "recover"
  | "journal-list"
  | "journal"
  | "journal-verify"
  | "journal-close"
  | "params"
  | "sign"
  | "attest"
  | "verify"
  | "trust"
  | "policy"
  | "bundle"
  | "nvconfig"
  | "nvconfig-backup"
  | "vfio"
  | "vfio-status"
  | "vfio-hook"
  | "diag-capabilities"
  | "diag-samples"
  | "doctor"
  | "recording"
  | "recording-close"
  | "error";

/** The text of an envelope, indented, with a newline at its end. */
export function jsonText(
  name: SchemaName,
  body: Readonly<Record<string, unknown>>,
): string {
  const envelope = { schema: `fwctl/${name}`, version: JSON_VERSION, ...body };
  return `${JSON.stringify(envelope, bytesAsHex, 2)}\n`;
}

function bytesAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? toHex(value) : value;
}

/**
 * A plan: as `Plan`, and every step with `request` (the bytes of the write as
 * they will be sent, the patch in them) and `taints`.
 */
export function planBody(plan: Plan): Record<string, unknown> {
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      request: requestOf(step),
      taints: scopeTaints(step.label.scope),
    })),
  };
}

/** A result: `outcome`, `steps` with their errors as `fwctl/error` has them, `error` or null. */
export function resultBody(result: ApplyResult): Record<string, unknown> {
  return {
    outcome: result.outcome,
    steps: result.steps.map(({ step, status, errors, answer }) => ({
      step,
      status,
      errors: errors.map(errorBody),
      ...(answer === undefined ? {} : { answer }),
    })),
    error: result.error ? errorBody(result.error) : null,
  };
}

/** An error as plain data. */
export function errorBody(error: FwctlError): Record<string, unknown> {
  return error.toJSON();
}
