import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Journal } from '../../../tools/experiment/journal.js';
import { runOf } from './results.js';

const test = suite('journal');

function withFile(use: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-journal-'));
  try {
    use(join(folder, 'runs.jsonl'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Opens, uses and closes. */
function withJournal<T>(file: string, use: (journal: Journal) => T): T {
  const journal = new Journal(file);
  try {
    return use(journal);
  } finally {
    journal.close();
  }
}

test('a run is found again after a restart, as it was', () =>
  withFile((file) => {
    withJournal(file, (journal) => journal.append(runOf({ key: 'a' })));
    assert.equal(
      withJournal(file, (journal) => journal.find('a', 'code')),
      runOf({ key: 'a' }),
    );
  }));

test('a run of other code is found only when any code will do', () =>
  withFile((file) =>
    withJournal(file, (journal) => {
      journal.append(runOf({ key: 'a', code: 'old' }));
      assert.is(journal.find('a', 'new'), undefined);
      assert.is(journal.find('a', undefined)?.code, 'old');
      assert.is(journal.find('b', undefined), undefined);
    }),
  ));

test('a line torn at any byte costs that run only, and the next is written whole', () =>
  withFile((file) => {
    withJournal(file, (journal) => {
      journal.append(runOf({ key: 'a' }));
      journal.append(runOf({ key: 'b' }));
    });
    const whole = readFileSync(file);
    const first = whole.indexOf(10) + 1;
    for (let end = whole.length - 1; end > first; end -= 97) {
      truncateSync(file, end);
      withJournal(file, (journal) => {
        assert.is(journal.find('b', 'code')?.key, end === whole.length - 1 ? 'b' : undefined);
        assert.is(journal.torn, end === whole.length - 1 ? 0 : 1);
        journal.append(runOf({ key: 'c' }));
      });
      withJournal(file, (journal) => {
        assert.is(journal.find('a', 'code')?.key, 'a');
        assert.is(journal.find('c', 'code')?.key, 'c');
      });
      truncateSync(file, 0);
      appendFileSync(file, whole);
    }
  }));

test.run();
