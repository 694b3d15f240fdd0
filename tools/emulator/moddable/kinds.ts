/**
 * What a board on stand-ins and its emulator say to each other: kinds of frames (see `tools/xs/frame.ts`),
 * with their parts. A handle is a number that the board gives to a socket or to a question.
 * @module
 */

/** To the board. All but the first begin with a handle; who has gone by then does not hear them. */
export const TO_BOARD = {
  boot: 16, // MAC address, speed of its clock, count of partitions, then name, offset and bytes of each
  opened: 17, // handle, bytes that may be written: a TCP connection is there
  data: 18, // handle, bytes
  sent: 19, // handle, bytes that have left
  lost: 20, // handle: the other side closed, or nobody was there
  wifi: 21, // handle, state, address or ''
  resolved: 22, // handle, address or ''
  service: 23, // handle, address, port, count, then key and value of each
  time: 24, // handle, seconds since 1970, 0 when nobody answered
  typed: 25, // handle, bytes
} as const;

/** From the board. */
export const FROM_BOARD = {
  log: 16, // text
  open: 17, // handle, address, port
  write: 18, // handle, bytes
  close: 19, // handle
  join: 20, // handle, network, password
  leave: 21, // handle
  resolve: 22, // handle, name
  browse: 23, // handle, type of service
  askTime: 24, // handle, name
  setTime: 25, // seconds since 1970
  serial: 26, // handle
  restart: 27,
} as const;
