/**
 * `sparrow selftest`: does every engine here compute what every other one does?
 * @module
 */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { SELF_TEST, type SelfTestResult } from '../../firmware/federation/selftest.js';
import { missingForBare, runBare } from '../xs/bare/bare.js';
import { bundleForXs } from '../xs/bundle.js';
import { findXs, XsEngine } from '../xs/engine.js';
import { run as runOnNode } from '../xs/selftest.js';

const ENTRY = fileURLToPath(new URL('../xs/selftest.ts', import.meta.url));

export function selftestCommand(): Command {
  return new Command('selftest')
    .description(
      'run the golden training on Node and on the XS engine, and compare with the committed checksum',
    )
    .option('--rv32', 'on XS on a bare RISC-V chip as well, with its instructions', false)
    .action(run);
}

async function run({ rv32 }: { readonly rv32: boolean }): Promise<void> {
  let isGood = tell('Node', await timed(async () => runOnNode()));
  if (findXs() === undefined) {
    console.log('XS     skipped: the engine is not built (npm ci builds it where there is a C compiler)');
  } else {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(ENTRY));
      isGood = tell('XS', await timed(() => engine.evaluate('bundle.run()'))) && isGood;
    } finally {
      await engine.close();
    }
  }
  if (rv32) isGood = (await onBare()) && isGood;
  console.log(isGood ? 'selftest passed' : `selftest failed: expected checksum ${SELF_TEST.checksum}`);
  if (!isGood) process.exitCode = 1;
}

/** Byte code, then kernels in C. */
async function onBare(): Promise<boolean> {
  const missing = missingForBare();
  if (missing !== undefined) {
    console.log(`rv32   skipped: ${missing}`);
    return true;
  }
  let isGood = true;
  for (const native of [false, true]) {
    let instructions = 0;
    const engine = native ? 'rv32 C' : 'rv32';
    const told = await timed(async () => {
      const run = await runBare({ bundle: ENTRY, native });
      ({ instructions } = run);
      return Buffer.from(run.result).toString();
    });
    isGood = tell(engine, told) && isGood;
    console.log(`${engine.padEnd(6)} ${instructions.toLocaleString('en-US')} instructions`);
  }
  return isGood;
}

async function timed(work: () => Promise<string>): Promise<{ result: SelfTestResult; ms: number }> {
  const startMs = performance.now();
  const result = JSON.parse(await work()) as SelfTestResult;
  return { result, ms: performance.now() - startMs };
}

/** Prints one engine's line. @returns whether it computed what it must */
function tell(engine: string, { result, ms }: { result: SelfTestResult; ms: number }): boolean {
  const { checksum, macs, examples } = result;
  console.log(
    `${engine.padEnd(6)} checksum ${checksum}, ${macs} multiply-accumulates over ${examples} examples, ${ms.toFixed(0)} ms`,
  );
  return checksum === SELF_TEST.checksum && macs === SELF_TEST.macs && examples === SELF_TEST.examples;
}
