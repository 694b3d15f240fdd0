/**
 * The entry on a chip.
 * @module
 */
import { startBoard } from '../board.js';
import { openHost } from './host.js';

export default function main(): void {
  startBoard(openHost);
}
