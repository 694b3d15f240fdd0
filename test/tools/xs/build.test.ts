import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../tools/test/skip.js';
import { bestBits, buildHost, missingForHost } from '../../../tools/xs/build.js';

const test = suite('build of the XS host');

const missing = missingForHost();
if (missing !== undefined) skip('xs', missing);
else {
  test('those who build the same host at the same time each get one that starts', async () => {
    const flags = [`-DSPARROW_BUILD_TEST="${randomUUID()}"`]; // nobody has built it
    const build = () => buildHost(bestBits(), { flags });
    const first = build();
    const others = [first.then(build)];
    for (const delayMs of [0, 150, 300]) {
      others.push(new Promise((resolve) => setTimeout(resolve, delayMs)).then(build));
    }
    const paths = await Promise.all([first, ...others]);
    try {
      assert.is(new Set(paths).size, 1);
      // started with nothing, it says what it needs
      assert.throws(
        () => execFileSync(paths[0], [], { stdio: 'pipe', timeout: 10_000 }),
        /xs-board <chunk bytes>/,
      );
    } finally {
      rmSync(paths[0], { force: true });
    }
  });
}

test.run();
