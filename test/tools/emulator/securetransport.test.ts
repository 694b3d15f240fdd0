import { createServer as createPlain, type Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MqttBroker } from '../../../broker/mqtt/broker.js';
import { readCredentials } from '../../../broker/mqtt/credentials.js';
import { BROKER_NAME } from '../../../shared/protocol/service.js';
import { type BrokerAddress, TcpTransport } from '../../../tools/emulator/transport.js';
import { told } from '../../../tools/test/hook.js';
import { authority, Certificates } from '../../broker/certificates.js';
import { until } from '../../broker/mqtt/clients.js';

const test = suite('transport over tls');

const certificates = new Certificates(['localhost', '127.0.0.1', BROKER_NAME]);
const gone: string[] = [];
let broker: MqttBroker;
let address: BrokerAddress;
let server: Server;
test.before(
  told(async () => {
    const uplinks = {
      hasReported: () => false,
      receiveUpdate: async () => {},
      receiveStatus: async () => {},
      receiveMetrics: () => {},
      receiveGone: (device: string) => void gone.push(device),
    };
    broker = new MqttBroker(
      {
        task: 'digits',
        host: '127.0.0.1',
        tls: { port: 0, context: readCredentials(certificates.files, Date.now()) },
        maxClients: 100,
        maxUpdateBytes: 10_000,
        maxQueuedBytes: 262_144,
      },
      () => {},
    );
    const { tls: port = 0 } = await broker.listen(uplinks);
    address = { host: '127.0.0.1', port };
    server = createPlain((socket) => socket.on('error', () => {}).end('no TLS here, whatever you say'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }),
);
test.after(async () => {
  await broker.close();
  server.close();
  certificates.remove();
});

/** What a transport tells of a try, and of a message after it. */
function open(at: BrokerAddress, clientId: string) {
  const story: string[] = [];
  const transport = new TcpTransport(at);
  const will = { topic: `fl/1/digits/status/${clientId}`, payload: Uint8Array.of(1) };
  transport.open(
    { clientId, keepAliveMs: 60_000, will },
    {
      onConnected: () => story.push('up'),
      onClosed: (reason) => story.push(reason),
      onMessage: (_, lengthBytes) => {
        let got = 0;
        return {
          write: (bytes) => {
            got += bytes.length;
          },
          end: () => story.push(`${got} of ${lengthBytes}`),
        };
      },
    },
  );
  return { story, transport };
}

test('a message comes down over a verified connection, by address and by name', async () => {
  const trusts: [BrokerAddress, string][] = [
    [{ ...address, tls: { ca: certificates.ca } }, 'a'],
    [{ ...address, host: 'localhost', tls: { ca: certificates.ca } }, 'b'],
    [{ ...address, tls: { ca: certificates.ca, name: BROKER_NAME } }, 'c'],
  ];
  for (const [at, name] of trusts) {
    const { story, transport } = open(at, name);
    await until(() => story.length > 0, 'an answer');
    assert.equal(story, ['up']);
    transport.subscribe(`fl/1/digits/verdict/${name}`);
    transport.publish(`fl/1/digits/status/${name}`, Uint8Array.of(1), 1, () => story.push('acknowledged'));
    await until(() => story.length > 1, 'PUBACK');
    await broker.publisher.publish(`fl/1/digits/verdict/${name}`, new Uint8Array(5000), false);
    await until(() => story.length > 2, 'the message');
    assert.equal(story.slice(1), ['acknowledged', '5000 of 5000']);
    transport.close();
  }
});

test('whom it does not trust it does not talk to, and says why', async () => {
  const cases: [string, BrokerAddress, RegExp][] = [
    [
      'another authority',
      { ...address, tls: { ca: authority().certificate } },
      /^certificate .*, expected one of the authority that --ca names$/,
    ],
    [
      'no authority of its own',
      { ...address, tls: {} },
      /^certificate .*, expected one of the authority that --ca names$/,
    ],
    [
      'another name',
      { ...address, tls: { ca: certificates.ca, name: 'other.local' } },
      /^certificate: .*other\.local/,
    ],
    [
      'a plain port',
      { host: '127.0.0.1', port: (server.address() as { port: number }).port, tls: { ca: certificates.ca } },
      /^no TLS at that port, expected a broker with TLS$/,
    ],
  ];
  for (const [what, at, expected] of cases) {
    const { story } = open(at, 'x');
    await until(() => story.length > 0, what);
    assert.match(story[0], expected, story[0]);
    assert.is(story.length, 1, what);
  }
});

test('close is a goodbye, a cut is not', async () => {
  for (const end of ['close', 'cut'] as const) {
    const { story, transport } = open({ ...address, tls: { ca: certificates.ca } }, end);
    await until(() => story.length > 0, 'up');
    transport[end]();
    transport[end]();
    await until(() => gone.includes(end), 'the end');
    assert.equal(story, ['up']);
  }
});

test.run();
