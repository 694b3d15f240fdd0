/**
 * `sparrow selftest`: does every engine here compute what every other one does?
 * @module
 */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { SELF_TEST, type SelfTestResult } from '../../firmware/federation/selftest.js';
import { bundleForXs } from '../xs/bundle.js';
import { findXs, XsEngine } from '../xs/engine.js';
import { run as runOnNode } from '../xs/selftest.js';

const ENTRY = fileURLToPath(new URL('../xs/selftest.ts', import.meta.url));

export function selftestCommand(): Command {
  return new Command('selftest')
    .description(
      'run the golden training on Node and on the XS engine, and compare with the committed checksum',
    )
    .action(run);
}

async function run(): Promise<void> {
  let isGood = tell('Node', await timed(async () => runOnNode()));
  if (findXs() === undefined) {
    console.log('XS    skipped: the engine is not built (npm ci builds it where there is a C compiler)');
  } else {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(ENTRY));
      isGood = tell('XS', await timed(() => engine.evaluate('bundle.run()'))) && isGood;
    } finally {
      await engine.close();
    }
  }
  console.log(isGood ? 'selftest passed' : `selftest failed: expected checksum ${SELF_TEST.checksum}`);
  if (!isGood) process.exitCode = 1;
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
    `${engine.padEnd(5)} checksum ${checksum}, ${macs} multiply-accumulates over ${examples} examples, ${ms.toFixed(0)} ms`,
  );
  return checksum === SELF_TEST.checksum && macs === SELF_TEST.macs && examples === SELF_TEST.examples;
}
