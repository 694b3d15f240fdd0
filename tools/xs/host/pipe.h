/*
 * Frames over stdin and stdout. Length (uint32), kind (uint8), parts; little-endian. A part is a
 * uint32, or a uint32 and as many bytes. Memory here is the host's, not the board's.
 */
#ifndef SPARROW_PIPE_H
#define SPARROW_PIPE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint8_t kind;
	const uint8_t* bytes; /* of its parts; valid until dropFrame */
	size_t length;
	size_t at; /* read so far */
} Frame;

void beginFrame(uint8_t kind);
void putInteger(uint32_t value);
void putBytes(const void* bytes, size_t length);
void putText(const char* text);
void sendFrame(void);

/** Reads what there is. @returns 0 at the end of the stream */
int readInput(void);
/** The next whole frame, once. @returns 0 while there is none */
int nextFrame(Frame* frame);
void dropFrame(void);

/* These end the process when the frame is too short: its sender and this file are one program. */
uint32_t getInteger(Frame* frame);
const uint8_t* getBytes(Frame* frame, size_t* length);
void copyBytes(Frame* frame, uint8_t* out, size_t length);

#endif
