/**
 * The model frame: description, exponents and all parameters. The same bytes are `model` on the
 * wire and a `checkpoint` on disk.
 * @module
 */

/** The first 8 bytes of the SHA-256 of a model frame, as 16 lower-case hex digits. */
export type ModelHash = string;
