import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Clients } from '../../../broker/rounds/clients.js';
import type { Status } from '../../../shared/protocol/status.js';

const test = suite('clients');

const status: Status = {
  state: 'ready',
  round: 0,
  firmware: 3,
  board: 'esp32',
  freeBytes: 1000,
  examples: 40,
  modelHash: '0000000000000000',
};

test('ready and done boards can be drawn, in the order of their names', () => {
  const clients = new Clients([], 10);
  clients.status('c', status, 1);
  clients.status('a', { ...status, state: 'done' }, 1);
  clients.status('b', { ...status, state: 'training' }, 1);
  clients.status('d', { ...status, state: 'joining' }, 1);
  assert.equal(clients.ready(), ['a', 'c']);
});

test('a board that sent its update is free before it says so', () => {
  const clients = new Clients([], 10);
  clients.status('a', { ...status, state: 'training' }, 1);
  clients.worked('a', true, 2);
  assert.equal(clients.ready(), ['a']);
  assert.is(clients.get('a')?.reports, 1);
  clients.worked('a', false, 3);
  assert.is(clients.get('a')?.reports, 1);
});

test('a late copy of an update does not bring back a board that is gone', () => {
  const clients = new Clients([], 10);
  clients.status('a', status, 1);
  clients.gone('a', 2);
  clients.worked('a', true, 3);
  assert.equal(clients.ready(), []);
});

test('the last will changes nothing but the state', () => {
  const clients = new Clients([], 10);
  clients.status('a', status, 1);
  clients.failed('a');
  clients.status('a', { ...status, state: 'gone', examples: 0, board: 'other' }, 2);
  const { state, examples, board, failures } = clients.get('a') ?? {};
  assert.equal([state, examples, board, failures], ['gone', 40, 'esp32', 1]);
});

test('after a restart everybody is gone until heard of', () => {
  const before = new Clients([], 10);
  before.status('a', status, 1);
  const after = new Clients(before.all(), 10);
  assert.equal(after.ready(), []);
  after.status('a', status, 2);
  assert.equal(after.ready(), ['a']);
});

test('a full registry takes no new names but knows the old ones', () => {
  const clients = new Clients([], 1);
  clients.status('a', status, 1);
  assert.is(clients.status('b', status, 1), undefined);
  assert.is(clients.status('a', { ...status, state: 'training' }, 2)?.state, 'training');
  assert.is(clients.all().length, 1);
});

test('a full registry lets go of the stranger that it heard of least lately, never of a board that took part', () => {
  const clients = new Clients([], 3);
  clients.status('board', status, 1);
  clients.worked('board', true, 2);
  clients.gone('board', 3);
  clients.status('x', status, 5);
  clients.status('y', status, 4);
  assert.is(clients.makeRoomFor('z'), undefined); // both are here
  clients.gone('x', 7);
  clients.gone('y', 6);
  assert.is(clients.makeRoomFor('x'), undefined); // it is known
  assert.is(clients.makeRoomFor('z'), 'y');
  assert.is(clients.makeRoomFor('z'), undefined); // there is room now
  clients.status('z', status, 8);
  assert.is(clients.makeRoomFor('w'), 'x');
  clients.status('w', status, 9);
  assert.is(clients.makeRoomFor('v'), undefined);
  assert.equal(
    clients.all().map(({ device }) => device),
    ['board', 'w', 'z'],
  );
});

test.run();
