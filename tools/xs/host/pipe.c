#include "pipe.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER = 5 };

typedef struct {
	uint8_t* bytes;
	size_t length, capacity;
} Buffer;

static Buffer gOut, gIn;
static size_t gInAt; /* of the first frame that is not dropped */

static uint8_t* extend(Buffer* buffer, size_t more)
{
	if (buffer->length + more > buffer->capacity) {
		buffer->capacity = 2 * (buffer->length + more);
		buffer->bytes = realloc(buffer->bytes, buffer->capacity);
		if (buffer->bytes == NULL) exit(1);
	}
	buffer->length += more;
	return buffer->bytes + buffer->length - more;
}

static uint32_t integerAt(const uint8_t* bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void setInteger(uint8_t* bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

void beginFrame(uint8_t kind)
{
	gOut.length = 0;
	extend(&gOut, HEADER)[4] = kind;
}

void putInteger(uint32_t value)
{
	setInteger(extend(&gOut, 4), value);
}

void putBytes(const void* bytes, size_t length)
{
	putInteger((uint32_t)length);
	if (length > 0) memcpy(extend(&gOut, length), bytes, length);
}

void putText(const char* text)
{
	putBytes(text, strlen(text));
}

void sendFrame(void)
{
	setInteger(gOut.bytes, (uint32_t)(gOut.length - HEADER));
	for (size_t at = 0; at < gOut.length;) {
		const ssize_t count = write(1, gOut.bytes + at, gOut.length - at);
		if (count >= 0) at += (size_t)count;
		else if (errno != EINTR) exit(0); /* nobody listens any more */
	}
}

int readInput(void)
{
	const size_t room = 65536;
	if (gInAt > 0) {
		memmove(gIn.bytes, gIn.bytes + gInAt, gIn.length - gInAt);
		gIn.length -= gInAt;
		gInAt = 0;
	}
	uint8_t* end = extend(&gIn, room);
	const ssize_t count = read(0, end, room);
	gIn.length -= count > 0 ? room - (size_t)count : room;
	return count > 0 || (count < 0 && errno == EINTR);
}

int nextFrame(Frame* frame)
{
	const size_t have = gIn.length - gInAt;
	if (have < HEADER) return 0;
	const uint8_t* header = gIn.bytes + gInAt;
	const size_t length = integerAt(header);
	if (have < HEADER + length) return 0;
	*frame = (Frame){ header[4], header + HEADER, length, 0 };
	return 1;
}

void dropFrame(void)
{
	gInAt += HEADER + integerAt(gIn.bytes + gInAt);
}

static const uint8_t* take(Frame* frame, size_t length)
{
	if (length > frame->length - frame->at) {
		fprintf(stderr, "frame %d of %zu bytes, expected more\n", frame->kind, frame->length);
		exit(1);
	}
	frame->at += length;
	return frame->bytes + frame->at - length;
}

uint32_t getInteger(Frame* frame)
{
	return integerAt(take(frame, 4));
}

const uint8_t* getBytes(Frame* frame, size_t* length)
{
	*length = getInteger(frame);
	return take(frame, *length);
}

void copyBytes(Frame* frame, uint8_t* out, size_t length)
{
	memcpy(out, take(frame, length), length);
}
