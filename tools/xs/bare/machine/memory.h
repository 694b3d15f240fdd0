/*
 * Memory of a bare chip beside the board's heap: the C heap, with the most that was in use, and the C stack,
 * with how deep it was. What is taken before `startCounting` stands for flash.
 */
#ifndef SPARROW_MEMORY_H
#define SPARROW_MEMORY_H

#include <stddef.h>

void* countedMalloc(size_t bytes);
void* countedCalloc(size_t count, size_t bytes);
void* countedRealloc(void* block, size_t bytes);
void countedFree(void* block);

/** From here on the C heap counts; the C stack below is painted. */
void startCounting(void);

/** Bytes, without what the allocator itself adds. */
size_t cHeapPeak(void);
size_t cStackPeak(void);

/** The lowest byte of the C stack; below it is a page that nobody may touch. */
extern char gStackBottom[];

#endif
