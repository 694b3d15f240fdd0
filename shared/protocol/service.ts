/**
 * How a broker is called on a network: its ports, its service, its address as a person types it, and its
 * name in certificates.
 * Sources: IANA's list of ports for MQTT; RFC 6763 for the service.
 * @module
 */

export const MQTT_PORT = 1883;
export const MQTTS_PORT = 8883; // over TLS
/** In DNS-SD; its TXT record has `task`, and `tls` where there is a port for TLS. */
export const SERVICE = '_sparrow._tcp';
/**
 * A broker that was found, not named, must have this name in its certificate. No public authority gives
 * a name without a dot to anybody, so it stands for a broker of one's own authority.
 */
export const BROKER_NAME = 'sparrow-broker';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const PLACE = /^(?:(mqtts?):\/\/)?([A-Za-z0-9.-]{1,90})(?::(\d{1,5}))?$/;

/**
 * @param text `host`, `host:port`, `mqtt://host:port` or `mqtts://host:port`
 * @param isSecure what it is where the text does not say
 * @throws RangeError for any other text
 */
export function parsePlace(text: string, isSecure = false): Place {
  const [, scheme, host, digits] = PLACE.exec(text) ?? [];
  const secure = scheme === undefined ? isSecure : scheme === 'mqtts';
  const port = digits === undefined ? (secure ? MQTTS_PORT : MQTT_PORT) : Number(digits);
  if (host === undefined || port < 1 || port > 65535) {
    throw new RangeError(`broker ${text}, expected host:port, such as 192.168.1.10:${MQTT_PORT}`);
  }
  return { host, port, isSecure: secure };
}
