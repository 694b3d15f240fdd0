/**
 * Runs on XS: makes garbage and keeps some, so that its memory can be compared between machines.
 */
const kept = { table: new Map<string, Uint16Array>(), words: [''] };

export function run(input: Uint8Array): string {
  const rows: { readonly name: string; readonly values: Int32Array }[] = [];
  for (let i = 0; i < 40; i++) rows.push({ name: `row ${i}`, values: new Int32Array(200 + i) });
  const sums = rows.map(({ values }, i) => values.fill(i).reduce((sum, value) => sum + value, 0));
  for (let i = 0; i < input[0]; i++) (globalThis as { last?: object }).last = { rows: rows.slice(i), kept };
  return sums.join(' ');
}
