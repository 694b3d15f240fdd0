/*
 * XS's hooks for memory, jobs and aborts, and the board's heap behind them.
 *
 * The heap grows by exactly what is asked for, after a collection that did not help: what XS has
 * reserved is then what the program needs. Whoever wants fewer collections sets a larger initial size.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "heap.h"
#include <sys/mman.h>

static BoardHeap* gHeap = NULL; /* of machines made from now on */
static const size_t REGION_MAX = (size_t)512 << 20;

void setBoardHeap(BoardHeap* heap)
{
	gHeap = heap;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint8_t* reserve(size_t bytes)
{
	void* region = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);
	if (region == MAP_FAILED) {
		fprintf(stderr, "no address space for a heap of %zu bytes\n", bytes);
		exit(1);
	}
	return region;
}

void openBoardHeap(BoardHeap* heap)
{
	const size_t chunks = least(REGION_MAX, least(heap->chunkMax, heap->sumMax));
	const size_t slots = least(REGION_MAX, least(heap->slotMax, heap->sumMax)) & ~(sizeof(txSlot) - 1);
	heap->chunks = reserve(chunks);
	heap->chunksEnd = heap->chunks + chunks;
	heap->slots = reserve(slots);
	heap->slotsAt = heap->slots + slots;
	heap->chunkBytes = heap->slotBytes = heap->askedBytes = 0;
	heap->askedKind = "";
}

/* XS's hooks */

void fxCreateMachinePlatform(txMachine* the)
{
	the->promiseJobs = 0;
	the->board = gHeap;
}

void fxDeleteMachinePlatform(txMachine* the)
{
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

void* fxAllocateChunks(txMachine* the, txSize size)
{
	BoardHeap* heap = the->board;
	if (heap == NULL) return c_malloc(size);
	/* What is left at the end of the block counts: only the part that is missing is added to it. */
	txBlock* block = the->firstBlock;
	uint8_t* end = block == NULL ? heap->chunks : (uint8_t*)block->current;
	const size_t chunkBytes = (size_t)(end - heap->chunks) + (size_t)size;
	if (chunkBytes > heap->chunkMax || chunkBytes + heap->slotBytes > heap->sumMax ||
			heap->chunks + chunkBytes > heap->chunksEnd) {
		heap->askedKind = "chunk";
		heap->askedBytes = (size_t)size - sizeof(txBlock) - sizeof(txChunk);
		return NULL;
	}
	if (block != NULL) block->limit = block->current; /* XS adds `size` to it */
	heap->chunkBytes = chunkBytes;
	the->maximumChunksSize = (txSize)(end - heap->chunks);
	return end;
}

void fxFreeChunks(txMachine* the, void* chunks)
{
	if (the->board == NULL) c_free(chunks);
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	BoardHeap* heap = the->board;
	const size_t bytes = (size_t)count * sizeof(txSlot);
	if (heap == NULL) return c_malloc(bytes);
	if (heap->slotBytes + bytes > heap->slotMax || heap->slotBytes + bytes + heap->chunkBytes > heap->sumMax ||
			heap->slotsAt - heap->slots < (ptrdiff_t)bytes) {
		heap->askedKind = "slot";
		heap->askedBytes = bytes;
		return NULL;
	}
	heap->slotBytes += bytes;
	heap->slotsAt -= bytes;
	return (txSlot*)heap->slotsAt;
}

void fxFreeSlots(txMachine* the, void* slots)
{
	if (the->board == NULL) c_free(slots);
}

void fxAbort(txMachine* the, int status)
{
	char text[512];
	switch (status) {
	case XS_STACK_OVERFLOW_EXIT:
		endBoard(status, "stack overflow", the);
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		endBoard(status, "out of memory", the);
	case XS_NO_MORE_KEYS_EXIT:
		endBoard(status, "out of keys", the);
	case XS_UNHANDLED_EXCEPTION_EXIT:
	case XS_UNHANDLED_REJECTION_EXIT:
		snprintf(text, sizeof(text), "unhandled exception: %s", fxToString(the, &mxException));
		endBoard(status, text, the);
	default:
		snprintf(text, sizeof(text), "abort %d", status);
		endBoard(status, text, the);
	}
}

/* Flash */

static txChunk* chunkOf(void* data)
{
	return (txChunk*)((txByte*)data - sizeof(txChunk));
}

/*
 * Functions inside this one are then used where they lie, as code of a board's archive is, not copied. A function ends
 * with an END, which others may come before; what a chunk has behind the last one, up to a word, is no code.
 */
static void sealCode(txByte* code)
{
	const txByte* end = (txByte*)chunkOf(code) + chunkOf(code)->size;
	for (txByte* at = code; at < end;) {
		const txU1 instruction = *(txU1*)at;
		const txS1 size = gxCodeSizes[instruction];
		if (instruction == XS_CODE_CODE_1) *at = (txByte)XS_CODE_CODE_ARCHIVE_1;
		else if (instruction == XS_CODE_CODE_2) *at = (txByte)XS_CODE_CODE_ARCHIVE_2;
		else if (instruction == XS_CODE_CODE_4) *at = (txByte)XS_CODE_CODE_ARCHIVE_4;
		txU2 length2;
		txS4 length4;
		switch (size) {
		case 0: at += 1 + sizeof(txID); break;
		case -1: at += 2 + *(txU1*)(at + 1); break;
		case -2: memcpy(&length2, at + 1, 2); at += 3 + length2; break;
		case -4: memcpy(&length4, at + 1, 4); at += 5 + length4; break;
		default: at += size;
		}
		const int isEnd = instruction >= XS_CODE_END && instruction <= XS_CODE_END_DERIVED;
		if (isEnd && end - at < (ptrdiff_t)sizeof(size_t)) return;
	}
}

static void seal(txSlot* slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_CODE_KIND:
		sealCode(slot->value.code.address);
		slot->kind = XS_CODE_X_KIND;
		break;
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_ARRAY_KIND:
		if (slot->value.array.address != NULL) { /* items that are there, which may be fewer than the length */
			const txIndex items = (txIndex)(chunkOf(slot->value.array.address)->size / sizeof(txSlot));
			for (txIndex i = 0; i < items && i < slot->value.array.length; i++) seal(slot->value.array.address + i);
		}
		break;
	}
}

void sealFlash(void* machine)
{
	txMachine* the = machine;
	for (txSlot* heap = the->firstHeap; heap != NULL; heap = heap->next)
		for (txSlot* slot = heap + 1; slot < heap->value.reference; slot++) seal(slot);
	for (txSlot* slot = the->stack; slot < the->stackTop; slot++) seal(slot);
	for (txBlock* block = the->firstBlock; block != NULL; block = block->nextBlock) {
		for (txByte* at = (txByte*)(block + 1); at < block->current;) {
			txChunk* chunk = (txChunk*)at;
			at = chunk->temporary;
			chunk->temporary = NULL; /* a collection would take it for the chunk's new place */
		}
	}
}

/* Counting */

enum { PAINT = 0xa5, CLEAR_SLOTS = 16 };

void paintStack(void* machine)
{
	txMachine* the = machine;
	memset(the->stackBottom, PAINT, (size_t)((uint8_t*)the->stack - (uint8_t*)the->stackBottom));
}

/* From the top down to a run of slots that kept their paint: XS uses the other end as scratch memory. */
static size_t paintedOver(txMachine* the)
{
	int clear = 0;
	txSlot* slot = the->stackTop;
	while (slot > the->stackBottom && clear < CLEAR_SLOTS) {
		const uint8_t* bytes = (const uint8_t*)--slot;
		int isClear = 1;
		for (size_t i = 0; i < sizeof(txSlot); i++) isClear &= bytes[i] == PAINT;
		clear = isClear ? clear + 1 : 0;
	}
	return (size_t)(the->stackTop - slot - clear) * sizeof(txSlot);
}

HeapUse measureHeap(void* machine)
{
	txMachine* the = machine;
	BoardHeap* heap = the->board;
	HeapUse use = { 0 };
	fxCollectGarbage(the);
	use.stackPeakBytes = paintedOver(the);
	use.chunkBytes = (size_t)((uint8_t*)the->firstBlock->current - heap->chunks);
	use.slotBytes = ((size_t)the->currentHeapCount + (size_t)(the->stackTop - the->stackBottom)) * sizeof(txSlot);
	use.chunkPeakBytes = heap->chunkBytes;
	use.slotPeakBytes = heap->slotBytes;
	const size_t used = use.chunkBytes + use.slotBytes;
	const size_t most = least(heap->sumMax, heap->chunkMax + heap->slotMax);
	use.freeBytes = most > used ? most - used : 0;
	return use;
}

/* Whether promise jobs wait; asked once. */
int takePromiseJobs(void* machine)
{
	txMachine* the = machine;
	const int waiting = the->promiseJobs;
	the->promiseJobs = 0;
	return waiting;
}
