import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { outsideData } from '../../../tools/test/outside.js';
import { skip } from '../../../tools/test/skip.js';

const test = suite('datasets outside');

const fashion = outsideData('fashion14');
if (fashion === undefined) {
  skip('data', 'no data set fashion14 beside the repository');
} else {
  test('fashion14 is read, with the clients of its other partitions', () => {
    const { train, test: held } = loadDataset(fashion);
    assert.equal([train.count, held.count, train.classes, train.clientCount], [20_000, 5_000, 10, 100]);
    assert.is(train.inputExp, -8);
    assert.is(train.signed, false);
    const other = loadDataset(fashion, { clientsFile: 'train_clients_alpha0.1.u16' }).train;
    assert.is(other.clientCount, 100);
    assert.ok(other.clients.some((client, i) => client !== train.clients[i]));
  });
}

const speech = outsideData('speech12');
if (speech === undefined) {
  skip('data', 'no data set speech12 beside the repository');
} else {
  test('speech12 is read: signed features of natural clients', () => {
    const { train, test: held } = loadDataset(speech);
    assert.equal([train.count, held.count, train.classes, train.clientCount], [3796, 1094, 12, 143]);
    assert.equal(train.shape, [40, 25]);
    assert.is(train.signed, true);
    assert.is(train.inputExp, -5);
  });
}

test.run();
