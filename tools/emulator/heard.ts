/**
 * Listens to what a board publishes.
 * @module
 */
import type { Transport } from '../../firmware/ports/ports.js';

/** The payload is valid during the call. */
export type Heard = (topic: string, payload: Uint8Array) => void;

/** The same transport; `onPublish` gets each message before it is sent. */
export function heard(transport: Transport, onPublish: Heard): Transport {
  return {
    open: (options, events) => transport.open(options, events),
    subscribe: (topic) => transport.subscribe(topic),
    unsubscribe: (topic) => transport.unsubscribe(topic),
    publish(topic, payload, qos, onAcknowledged) {
      onPublish(topic, payload);
      transport.publish(topic, payload, qos, onAcknowledged);
    },
    close: () => transport.close(),
  };
}
