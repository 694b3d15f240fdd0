/*
 * How much of its memory the engine has used at most, garbage included: no module of the SDK tells it in a
 * release build. XS's own headers, as the kernels' glue needs them, too.
 */
#include "xsAll.h"

static void answer(txMachine *the, txInteger value)
{
	mxResult->value.integer = value;
	mxResult->kind = XS_INTEGER_KIND;
}

void sparrow_engine_chunks(txMachine *the) { answer(the, (txInteger)the->peakChunksSize); }

void sparrow_engine_slots(txMachine *the) { answer(the, (txInteger)the->peakHeapCount); }

void sparrow_engine_slot(txMachine *the) { answer(the, (txInteger)sizeof(txSlot)); }
