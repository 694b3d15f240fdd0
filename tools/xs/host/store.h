/*
 * What lies in a board's flash: two model slots, a record, the examples. The emulator keeps the real
 * one; this is its image, so that reading costs no round trip. Not counted as RAM.
 */
#ifndef SPARROW_STORE_H
#define SPARROW_STORE_H

#include "pipe.h"

/* From the emulator, before the board starts. */
void keepExamples(Frame* frame); /* count, features, feature bytes, label bytes */
void keepSlot(Frame* frame); /* slot, bytes from its beginning */
void keepRecord(Frame* frame); /* bytes */

/** Copies features to `out`. @returns the label */
int readExample(uint32_t index, uint8_t* out, size_t length);

void eraseFlash(int slot);
void writeFlash(int slot, size_t offset, const uint8_t* bytes, size_t length);
void readFlash(int slot, size_t offset, uint8_t* out, size_t length);
const uint8_t* loadRecord(size_t* length);
void saveRecord(const uint8_t* bytes, size_t length);

#endif
