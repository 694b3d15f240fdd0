/**
 * The metrics frame: what a round cost a board. Lost ones are not sent again (QoS 0).
 * @module
 */
export interface Metrics {
  readonly round: number;
  readonly attempt: number;
  readonly trainMs: number;
  readonly slices: number; // pauses in which the network had its turn
  readonly macs: number; // multiply-accumulates
  readonly bytesUp: number; // MQTT payload bytes since the last metrics frame
  readonly bytesDown: number;
  readonly reconnects: number; // since start
  readonly heapBytes: number; // peak, 0 when unknown
}
