import Bonjour from 'bonjour-service';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Announcement } from '../../../broker/discovery/announcement.js';

const test = suite('discovery/announcement');

const FOUND_MS = 60_000;

test('who looks for the service finds task and port, until it is taken back', async () => {
  const task = `test-${process.pid}`;
  const errors: string[] = [];
  const announcement = new Announcement({ task, port: 18830, onError: (reason) => errors.push(reason) });
  const seeker = new Bonjour();
  let overdue: NodeJS.Timeout | undefined;
  try {
    const found = await new Promise<{ port: number; txt?: { task?: string } }>((resolve, reject) => {
      overdue = setTimeout(() => reject(new Error(`not found: ${errors.join(', ')}`)), FOUND_MS);
      const browser = seeker.find({ type: 'sparrow' }, (service) => {
        if (service.txt?.task !== task) return;
        resolve(service);
        browser.stop();
      });
    });
    assert.is(found.port, 18830);
    assert.is(found.txt?.task, task);
  } finally {
    clearTimeout(overdue);
    await announcement.close();
    seeker.destroy();
  }
});

test.run();
