/**
 * dispatch.c: every kernel by number, for the driver that replays calls (driver.c).
 * @module
 */
import type { Kernel } from './translation.js';

export function dispatchFile(kernels: readonly Kernel[]): string {
  return [
    '/** Calls a kernel by its number; made by tools/kernels-to-c: do not edit. */',
    '#include "driver.h"',
    '#include "kernels.h"',
    '',
    ...kernels.flatMap(callLines),
    'const Dispatch dispatches[] = {',
    ...kernels.map(({ name, variant }, i) => {
      const { parameters } = variant.signature;
      const views = parameters.map((p) => (variant.views.has(p.name) ? 'v' : 'n')).join('');
      return `  { "${name.replace('sparrow_', '')}", call${i}, "${views}" },`;
    }),
    '};',
    `const uint32_t dispatchCount = ${kernels.length};`,
    '',
  ].join('\n');
}

function callLines({ name, variant }: Kernel, index: number): string[] {
  const { parameters, returnsNumber } = variant.signature;
  const values = parameters.map(({ name: parameter }, i) => {
    const view = variant.views.get(parameter);
    return view === undefined ? `a[${i}].number` : `(${view.c} *)a[${i}].view`;
  });
  const call = `${name}(${values.join(', ')});`;
  return [
    `static int32_t call${index}(const Argument *a) {`,
    ...(returnsNumber ? [`  return ${call}`] : [`  ${call}`, '  return 0;']),
    '}',
  ];
}
