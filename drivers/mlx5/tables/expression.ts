/**
 * Constant expressions as C headers write them in enums and array bounds:
 * numbers with suffixes, names, `BIT(n)`, `+ - * << |` and parentheses.
 *
 * @module
 */

/** How tightly each operator binds; a higher number binds tighter. */
const POWER: Readonly<Record<string, number>> = {
  "|": 1,
  "<<": 2,
  "+": 3,
  "-": 3,
  "*": 4,
};

/**
 * The value, or undefined when `text` is not such an expression.
 *
 * @param lookup gives the value of a name
 */
export function evaluate(
  text: string,
  lookup: (name: string) => bigint | undefined,
): bigint | undefined {
  const tokens = text.match(/\w+|<<|\S/g) ?? [];
  let at = 0;

  function atom(): bigint | undefined {
    const token = tokens[at++];
    if (token === undefined) return undefined;
    if (token === "(") {
      const value = binary(0);
      return tokens[at++] === ")" ? value : undefined;
    }
    if (token === "BIT" || token === "BIT_ULL") {
      const shift = tokens[at] === "(" ? atom() : undefined;
      return shift === undefined ? undefined : shifted(1n, shift);
    }
    const number = /^(0x[0-9a-f]+|\d+)u?l{0,2}$/i.exec(token);
    return number?.[1] === undefined
      ? lookup(token)
      : BigInt(number[1].toLowerCase());
  }

  function binary(least: number): bigint | undefined {
    let left = atom();
    for (;;) {
      const operator = tokens[at] ?? "";
      const power = Object.hasOwn(POWER, operator) ? POWER[operator] ?? 0 : 0;
      if (left === undefined || power <= least) return left;
      at++;
      const right = binary(power);
      if (right === undefined) return undefined;
      left = apply(operator, left, right);
    }
  }

  const value = binary(0);
  return at === tokens.length ? value : undefined;
}

function apply(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case "|":
      return a | b;
    case "<<":
      return shifted(a, b);
    case "+":
      return a + b;
    case "-":
      return a - b;
    default:
      return a * b;
  }
}

/** A shift no C compiler would take is not an expression. */
function shifted(value: bigint, by: bigint): bigint | undefined {
  return by >= 0n && by < 128n ? value << by : undefined;
}
