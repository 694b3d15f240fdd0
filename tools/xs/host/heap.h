/*
 * The memory of one board's XS machine, with hard limits. Chunks (buffers, strings, array items) grow
 * up from one end in one block, slots (objects, properties, the stack) from another, as on the board;
 * a limit may bind chunks, slots, or both together.
 */
#ifndef SPARROW_HEAP_H
#define SPARROW_HEAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	size_t chunkMax; /* bytes */
	size_t slotMax; /* bytes, with the stack */
	size_t sumMax; /* bytes, of both */
	size_t chunkBytes; /* reserved now */
	size_t slotBytes;
	const char* askedKind; /* what could not be had, "" while there is enough */
	size_t askedBytes;
	uint8_t* chunks; /* the region of chunks and its end */
	uint8_t* chunksEnd;
	uint8_t* slots; /* the region of slots; they begin at slotsAt and end with the region */
	uint8_t* slotsAt;
} BoardHeap;

typedef struct {
	size_t chunkBytes; /* in use, after a collection */
	size_t slotBytes;
	size_t chunkPeakBytes; /* reserved, so the highest that was ever needed */
	size_t slotPeakBytes;
	size_t stackPeakBytes; /* part of slotPeakBytes */
	size_t freeBytes; /* that the limits leave */
} HeapUse;

/** Machines that are made from now on take their memory here; NULL: without limit, from malloc. */
void setBoardHeap(BoardHeap* heap);

/** Reserves address space for as much as the limits allow. Ends the process when there is none. */
void openBoardHeap(BoardHeap* heap);

/**
 * After xsShareMachine: what machines cloned from this one copy out of it, strings and code, is then known
 * to lie in flash, where a collection must not look for it.
 */
void sealFlash(void* machine);

/** Before a machine runs: lets measureHeap see how deep its stack was. */
void paintStack(void* machine);

/** Collects garbage, then counts. */
HeapUse measureHeap(void* machine);

/** Writes what holds most memory of a machine to `out`, the largest first, as text. */
void describeHolders(void* machine, char* out, size_t size);

/** Ends the process with a frame that says why. Given by main.c. */
void endBoard(int status, const char* why, void* machine) __attribute__((noreturn));

#endif
