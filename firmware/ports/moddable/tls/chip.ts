/**
 * The entry on a chip with TLS.
 * @module
 */
import { boot } from '../esp32/main.js';
import { builtInTrust } from './authority.js';
import { secureStreams } from './secure.js';

export default function main(): void {
  boot(secureStreams(builtInTrust()));
}
