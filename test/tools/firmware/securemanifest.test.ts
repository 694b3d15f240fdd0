import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { derOf } from '../../../tools/certificate/certificate.js';
import { builtModules, ENTRIES, neededModules } from '../../../tools/firmware/modules.js';
import { secureManifest } from '../../../tools/firmware/securemanifest.js';
import { authority } from '../../broker/certificates.js';

const test = suite('firmware/secure manifest');

const ROOT = join(import.meta.dirname, '../../..');
const MANIFEST = 'firmware/ports/moddable/tls/manifest.json';
const TLS_ENTRIES = ['firmware/ports/moddable/tls/chip', 'firmware/ports/moddable/tls/lin'];
const folder = mkdtempSync(join(tmpdir(), 'sparrow-manifest-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Part {
  readonly modules: Readonly<Record<string, string>>;
  readonly preload: readonly string[];
}
interface Manifest extends Part {
  readonly platforms: Readonly<Record<string, Part & { readonly creation: { readonly main: string } }>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, MANIFEST), 'utf8')) as Manifest;
const parts = [manifest, ...Object.values(manifest.platforms)];

test('what TLS adds to a board is built in and preloaded, and plain firmware has none of it', () => {
  const plain = new Set(builtModules(ROOT));
  const added = neededModules(ROOT, TLS_ENTRIES).filter((name) => !plain.has(name));
  assert.equal(parts.flatMap(({ preload }) => preload).sort(), added);
  const named = parts.flatMap(({ modules }) => Object.keys(modules));
  for (const name of added) {
    assert.ok(named.includes(name) || named.includes(`${dirname(name)}/*`), name);
  }
  assert.equal(
    neededModules(ROOT, ENTRIES).filter((name) => added.includes(name)),
    [],
  );
});

test('each platform begins with its entry for TLS', () => {
  const mains = Object.values(manifest.platforms).map(({ creation }) => creation.main);
  assert.equal(mains.sort(), TLS_ENTRIES);
});

test('an authority in PEM or DER is put beside the manifest', () => {
  const { certificate } = authority();
  for (const [name, content] of [
    ['ca.pem', certificate],
    ['given.der', derOf(certificate)],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, content);
    const { path } = secureManifest(file, join(folder, name.slice(0, -4)));
    const made = JSON.parse(readFileSync(path, 'utf8')) as { include: string[]; data: object };
    assert.is(join(dirname(path), made.include[0]), join(ROOT, MANIFEST));
    assert.equal(made.data, { '*': './ca' });
    assert.ok(readFileSync(join(dirname(path), 'ca.der')).equals(derOf(certificate)));
  }
});

test('what is no authority for a board is refused in one line', () => {
  const text = join(folder, 'text.pem');
  writeFileSync(text, 'none');
  assert.throws(() => secureManifest(text, folder), /^ca .*text\.pem: .*, expected a certificate$/);
  assert.throws(() => secureManifest(join(folder, 'gone'), folder), /ENOENT.*, expected a certificate/);
});

test.run();
