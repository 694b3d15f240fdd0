#include "store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERASED = 0xff };

typedef struct {
	uint8_t* bytes;
	size_t length; /* beyond it everything is erased */
} Slot;

static Slot gSlots[2];
static Slot gRecord;
static int gHasRecord;

static struct {
	uint8_t* features; /* [count × size] */
	uint8_t* labels; /* [count] */
	uint32_t count, size;
} gExamples;

static void fail(const char* what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static uint8_t* copyOf(const uint8_t* bytes, size_t length)
{
	uint8_t* copy = malloc(length + 1);
	if (copy == NULL) fail("no memory for a board's flash");
	memcpy(copy, bytes, length);
	return copy;
}

void keepExamples(Frame* frame)
{
	size_t length;
	gExamples.count = getInteger(frame);
	gExamples.size = getInteger(frame);
	const uint8_t* features = getBytes(frame, &length);
	gExamples.features = copyOf(features, length);
	const uint8_t* labels = getBytes(frame, &length);
	gExamples.labels = copyOf(labels, length);
}

void keepSlot(Frame* frame)
{
	size_t length;
	const int slot = getInteger(frame) & 1;
	const uint8_t* bytes = getBytes(frame, &length);
	eraseFlash(slot);
	writeFlash(slot, 0, bytes, length);
}

void keepRecord(Frame* frame)
{
	size_t length;
	const uint8_t* bytes = getBytes(frame, &length);
	saveRecord(bytes, length);
}

int readExample(uint32_t index, uint8_t* out, size_t length)
{
	if (index >= gExamples.count || length < gExamples.size) fail("example out of range");
	memcpy(out, gExamples.features + (size_t)index * gExamples.size, gExamples.size);
	return gExamples.labels[index];
}

void eraseFlash(int slot)
{
	gSlots[slot].length = 0;
}

void writeFlash(int slot, size_t offset, const uint8_t* bytes, size_t length)
{
	Slot* flash = &gSlots[slot];
	const size_t end = offset + length;
	if (end > flash->length) {
		flash->bytes = realloc(flash->bytes, end + 1);
		if (flash->bytes == NULL) fail("no memory for a board's flash");
		memset(flash->bytes + flash->length, ERASED, end - flash->length);
		flash->length = end;
	}
	memcpy(flash->bytes + offset, bytes, length);
}

void readFlash(int slot, size_t offset, uint8_t* out, size_t length)
{
	const Slot* flash = &gSlots[slot];
	const size_t held = offset >= flash->length ? 0 : flash->length - offset;
	const size_t copied = held < length ? held : length;
	if (copied > 0) memcpy(out, flash->bytes + offset, copied);
	memset(out + copied, ERASED, length - copied);
}

const uint8_t* loadRecord(size_t* length)
{
	*length = gRecord.length;
	return gHasRecord ? gRecord.bytes : NULL;
}

void saveRecord(const uint8_t* bytes, size_t length)
{
	free(gRecord.bytes);
	gRecord.bytes = copyOf(bytes, length);
	gRecord.length = length;
	gHasRecord = 1;
}
