/*
 * A board's whole NOR flash: an erase sets sectors of 4,096 bytes to 0xff, a write only clears bits. The
 * emulator keeps the real one; this is its image, so that reading costs no round trip. Not counted as RAM.
 */
#ifndef SPARROW_CHIP_H
#define SPARROW_CHIP_H

#include "pipe.h"

/* From the emulator, before the board starts: offset, bytes. What it never names is erased. */
void keepChip(Frame* frame);

/* Both are multiples of 4,096. A place beyond 16 MiB ends the process. */
void eraseChip(size_t offset, size_t length);
void writeChip(size_t offset, const uint8_t* bytes, size_t length);
void readChip(size_t offset, uint8_t* out, size_t length);

#endif
