/**
 * Stands for the SDK's module `embedded:io/socket/udp`. No datagram ever leaves or comes: multicast DNS, the
 * only one who asks for such sockets, has a stand-in of its own above them.
 * @module
 */
export default class UDP {
  readonly target: unknown;

  constructor({ target }: { readonly target?: unknown }) {
    this.target = target;
  }

  close(): void {}
}
