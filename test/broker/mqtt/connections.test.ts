import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Connections, type Link } from '../../../broker/mqtt/connections.js';

const test = suite('connections');

class Witness implements Link {
  readonly cuts: string[] = [];

  cut(reason: string): void {
    this.cuts.push(reason);
  }
}

const nobody = () => false;

test('of too many links that say nothing the oldest goes', () => {
  const connections = new Connections(128, nobody);
  assert.is(connections.most, 256);
  const links = Array.from({ length: 500 }, () => new Witness());
  for (const link of links) connections.opened(link);
  assert.equal(
    links.map(({ cuts }) => cuts.length),
    Array.from({ length: 500 }, (_, i) => (i < 500 - 128 ? 1 : 0)),
  );
});

test('a thousand boards that come at once all have the time to say who they are', () => {
  const connections = new Connections(10_000, nobody);
  const links = Array.from({ length: 1000 }, () => new Witness());
  for (const link of links) connections.opened(link);
  assert.ok(links.every(({ cuts }) => cuts.length === 0));
});

test('a link that said who it is does not go with the silent ones', () => {
  const connections = new Connections(10, nobody);
  const board = new Witness();
  connections.opened(board);
  connections.named(board, 'a', 0);
  for (let i = 0; i < 300; i++) connections.opened(new Witness());
  assert.equal(board.cuts, []);
});

test('a name stays with its holder for a while, then it can be taken over', () => {
  const connections = new Connections(10, nobody);
  const [first, second] = [new Witness(), new Witness()];
  connections.named(first, 'a', 1000);
  assert.is(
    connections.admit('a', 3999),
    'name taken a moment ago, expected 3000 ms between two connections',
  );
  assert.is(connections.admit('a', 4000), undefined);
  assert.equal(first.cuts, ['name taken by another connection, cut']);
  connections.named(second, 'a', 4000);
  connections.closed(first, 'a'); // too late to matter
  assert.ok(connections.admit('a', 4001));
  connections.closed(second, 'a');
  assert.is(connections.admit('a', 4001), undefined);
});

test('in a full house a stranger makes room for a board, and nobody for a stranger', () => {
  const connections = new Connections(3, (name) => name.startsWith('board'));
  const links = ['board-1', 'x', 'y'].map((name) => {
    const link = new Witness();
    connections.named(link, name, 0);
    return link;
  });
  assert.is(connections.admit('z', 10), '3 connected, expected fewer');
  assert.is(connections.admit('board-2', 10), undefined);
  assert.equal(
    links.map(({ cuts }) => cuts.length),
    [0, 1, 0],
  );
  connections.named(new Witness(), 'board-2', 10);
  assert.is(connections.admit('board-3', 10), undefined);
  connections.named(new Witness(), 'board-3', 10);
  assert.is(connections.admit('board-4', 10), '3 connected, expected fewer');
  assert.is(connections.admit('board-1', 5000), undefined); // it has a place already
});

test.run();
