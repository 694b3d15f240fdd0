/*
 * The engine's memory: no module of the SDK tells it in a release build. XS's own headers, as the kernels'
 * glue needs them, too.
 */
#include "xsAll.h"

static void answer(txMachine *the, txInteger value)
{
	mxResult->value.integer = value;
	mxResult->kind = XS_INTEGER_KIND;
}

/* Chunks and slots at most, garbage included. */
void sparrow_engine_peak(txMachine *the)
{
	answer(the, (txInteger)(the->peakChunksSize + the->peakHeapCount * sizeof(txSlot)));
}

/* What is reachable: the other two tell it after this. */
void sparrow_engine_collect(txMachine *the) { fxCollectGarbage(the); }

void sparrow_engine_chunks(txMachine *the) { answer(the, (txInteger)the->currentChunksSize); }

void sparrow_engine_slots(txMachine *the) { answer(the, (txInteger)the->currentHeapCount); }
