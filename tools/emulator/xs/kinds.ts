/**
 * What an XS board and its emulator say to each other: kinds of frames (see `tools/xs/frame.ts`), with
 * their parts. A connection has a number, since what the other side says may cross a new `open`.
 * @module
 */

/** To the board. */
export const TO_BOARD = {
  boot: 16, // device, board, task, seed, settings as JSON or '', slotBytes, count, features, signed, classes
  connected: 17, // connection
  message: 18, // connection, topic, length
  piece: 19, // connection, bytes
  messageEnd: 20, // connection
  acknowledged: 21, // connection, id
  closed: 22, // connection, reason
  stop: 23,
} as const;

/** From the board. */
export const FROM_BOARD = {
  open: 16, // connection, client id, keep-alive in ms, topic and payload of the will
  subscribe: 17, // topic
  unsubscribe: 18, // topic
  publish: 19, // connection, id, topic, QoS, payload
  close: 20,
  log: 21, // text
} as const;
