/**
 * How a broker is called on a network: its ports, its service, and its name in certificates.
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
