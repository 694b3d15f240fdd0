/**
 * Finds the messages in one direction of an MQTT 3.1.1 connection, from its bytes as they pass. It
 * reads only what it needs: packets of other kinds go by.
 * Source: MQTT 3.1.1, sections 2.2 and 3.3.
 * @module
 */

export interface Published {
  readonly topic: string;
  readonly payload: Buffer;
}

const PUBLISH = 3;

export class PublishReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The messages that `chunk` completes, in order. */
  push(chunk: Buffer): Published[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const found: Published[] = [];
    for (let packet = this.#next(); packet !== undefined; packet = this.#next()) {
      if (packet[0] >> 4 === PUBLISH) found.push(messageOf(packet));
    }
    return found;
  }

  /** The first packet, taken out, when all of it is there. */
  #next(): Buffer | undefined {
    const bytes = this.#pending;
    let length = 0;
    for (let i = 1; i < bytes.length && i <= 4; i++) {
      length += (bytes[i] & 0x7f) << (7 * (i - 1));
      if (bytes[i] & 0x80) continue;
      const end = i + 1 + length;
      if (bytes.length < end) return undefined;
      this.#pending = bytes.subarray(end);
      return bytes.subarray(0, end);
    }
    return undefined;
  }
}

function messageOf(packet: Buffer): Published {
  let at = 1;
  while (packet[at++] & 0x80);
  const topicEnd = at + 2 + packet.readUInt16BE(at);
  const hasId = ((packet[0] >> 1) & 3) > 0;
  return {
    topic: packet.toString('utf8', at + 2, topicEnd),
    payload: packet.subarray(topicEnd + (hasId ? 2 : 0)),
  };
}
