/**
 * Reads what callgrind wrote: instructions by function, each for itself, in one dump.
 * Source: Valgrind's manual, "Callgrind format specification".
 * @module
 */

/** Functions and the instructions of their own, without those they called. */
export function functionCosts(dump: string): Map<string, number> {
  const names = new Map<string, string>(); // by number, where a name is told once
  const costs = new Map<string, number>();
  let now = '';
  let isCall = false; // the next line of figures is what a call cost
  for (const line of dump.split('\n')) {
    const [, key, number, name] = /^(c?fn)=\((\d+)\)(?: (.*))?$/.exec(line) ?? [];
    if (key !== undefined) {
      if (name !== undefined) names.set(number, name);
      if (key === 'fn') now = names.get(number) ?? number;
    } else if (line.startsWith('calls=')) {
      isCall = true;
    } else if (/^[+*-]?\d|^\*/.test(line)) {
      if (!isCall) costs.set(now, (costs.get(now) ?? 0) + Number(line.slice(line.indexOf(' ') + 1)));
      isCall = false;
    }
  }
  return costs;
}

/** The sum that callgrind states for a dump. @throws Error where there is none */
export function totalOf(dump: string): number {
  const [, total] = /^(?:totals|summary): (\d+)$/m.exec(dump) ?? [];
  if (total === undefined) throw new Error('a dump of callgrind without its total');
  return Number(total);
}
