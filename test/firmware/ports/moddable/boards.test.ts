import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOARD_NAMES, boardProfile } from '../../../../shared/model/boards.js';
import { heapOf } from '../../../../shared/model/heap.js';

const test = suite('moddable/boards');

interface Board {
  readonly creation: {
    readonly static: number; // bytes of one pool for all, 0 where each has its own memory
    readonly chunk: { readonly initial: number; readonly incremental: number };
    readonly heap: { readonly initial: number; readonly incremental: number };
    readonly stack: number;
  };
  readonly config: { readonly board: string };
}

function manifestOf(name: string): Board {
  const file = join(import.meta.dirname, '../../../../firmware/ports/moddable/boards', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Board;
}

for (const name of BOARD_NAMES) {
  test(`the engine of ${name} is given what its profile promises to a model`, () => {
    const { creation, config } = manifestOf(name);
    const heap = heapOf(boardProfile(name));
    assert.is(config.board, name);
    assert.ok(creation.stack >= heap.stackSlots, `stack ${creation.stack}, expected ${heap.stackSlots}`);
    if (creation.static > 0) return; // the pool is the limit, and the client's part of it is the profile's matter
    const { chunk, heap: slots } = creation;
    assert.ok(chunk.initial >= heap.chunkBytes, `chunks ${chunk.initial}, expected ${heap.chunkBytes}`);
    assert.ok(slots.initial >= heap.slots, `slots ${slots.initial}, expected ${heap.slots}`);
  });

  test(`the memory of ${name} has a hard limit`, () => {
    const { creation } = manifestOf(name);
    if (creation.static > 0) return;
    assert.is(creation.chunk.incremental, 0);
    assert.is(creation.heap.incremental, 0);
  });
}

test.run();
