#include "chip.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 4096, SECTORS = 4096, ERASED = 0xff };

static uint8_t* gSectors[SECTORS]; /* NULL: erased */

static size_t within(size_t at, size_t length)
{
	const size_t room = SECTOR - at % SECTOR;
	return length < room ? length : room;
}

static uint8_t** sectorAt(size_t at)
{
	if (at / SECTOR >= SECTORS) {
		fprintf(stderr, "flash at %zu, expected less than %d\n", at, SECTOR * SECTORS);
		exit(1);
	}
	return &gSectors[at / SECTOR];
}

void keepChip(Frame* frame)
{
	size_t length;
	const size_t offset = getInteger(frame);
	const uint8_t* bytes = getBytes(frame, &length);
	writeChip(offset, bytes, length);
}

void eraseChip(size_t offset, size_t length)
{
	for (size_t at = offset; at < offset + length; at += SECTOR) {
		uint8_t** sector = sectorAt(at);
		free(*sector);
		*sector = NULL;
	}
}

void writeChip(size_t offset, const uint8_t* bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		const size_t at = offset + done, part = within(at, length - done);
		uint8_t** sector = sectorAt(at);
		if (*sector == NULL) {
			*sector = malloc(SECTOR);
			if (*sector == NULL) exit(1);
			memset(*sector, ERASED, SECTOR);
		}
		for (size_t i = 0; i < part; i++) (*sector)[at % SECTOR + i] &= bytes[done + i];
		done += part;
	}
}

void readChip(size_t offset, uint8_t* out, size_t length)
{
	for (size_t done = 0; done < length;) {
		const size_t at = offset + done, part = within(at, length - done);
		const uint8_t* sector = *sectorAt(at);
		if (sector == NULL) memset(out + done, ERASED, part);
		else memcpy(out + done, sector + at % SECTOR, part);
		done += part;
	}
}
