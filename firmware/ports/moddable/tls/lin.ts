/**
 * The entry of the Linux build with TLS.
 * @module
 */
import { startBoard } from '../board.js';
import { openHost } from '../lin/host.js';
import { builtInTrust } from './authority.js';
import { secureStreams } from './secure.js';

export default function main(): void {
  startBoard(openHost, secureStreams(builtInTrust()));
}
