#include "memory.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAINT = 0xa5, MARGIN = 256, SPARE = 8192 };

typedef struct {
	uint32_t bytes;
	uint32_t isCounted; /* keeps blocks on 8 bytes */
} Header;

extern char __stack[];

static int gIsCounting;
static size_t gUsed, gPeak;

static void count(Header* header, size_t bytes)
{
	header->bytes = (uint32_t)bytes;
	header->isCounted = (uint32_t)gIsCounting;
	if (!gIsCounting) return;
	gUsed += bytes;
	if (gUsed > gPeak) gPeak = gUsed;
}

static void uncount(const Header* header)
{
	if (header->isCounted) gUsed -= header->bytes;
}

void* countedMalloc(size_t bytes)
{
	Header* header = malloc(sizeof(Header) + bytes);
	if (header == NULL) return NULL;
	count(header, bytes);
	return header + 1;
}

void* countedCalloc(size_t items, size_t bytes)
{
	void* block = countedMalloc(items * bytes);
	if (block != NULL) memset(block, 0, items * bytes);
	return block;
}

void* countedRealloc(void* block, size_t bytes)
{
	if (block == NULL) return countedMalloc(bytes);
	Header* old = (Header*)block - 1;
	const Header before = *old;
	Header* header = realloc(old, sizeof(Header) + bytes);
	if (header == NULL) return NULL;
	uncount(&before);
	count(header, bytes);
	return header + 1;
}

void countedFree(void* block)
{
	if (block == NULL) return;
	uncount((Header*)block - 1);
	free((Header*)block - 1);
}

void startCounting(void)
{
	char here;
	gIsCounting = 1;
	memset(gStackBottom, PAINT, (size_t)(&here - MARGIN - gStackBottom));
}

/* XS's hook: below this it gives up, with enough left for its last words. */
char* fxCStackLimit(void)
{
	return gStackBottom + SPARE;
}

size_t cHeapPeak(void)
{
	return gPeak;
}

size_t cStackPeak(void)
{
	const char* at = gStackBottom;
	while (at < __stack && *at == (char)PAINT) at++;
	return (size_t)(__stack - at);
}
