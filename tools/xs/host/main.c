/*
 * A board's JavaScript engine as a process: XS with the memory of a board, driven over stdin and stdout.
 *
 *   xs-board <chunk bytes> <slots> <bytes of both> <slots of the stack> <tight> <script>
 *
 * The script runs first in a machine without limits, which then becomes read-only, as preloaded modules
 * lie in a board's flash; the board's machine is cloned from it and pays only for what it makes itself.
 *
 * A frame is its length as uint32, its kind as one byte, then its parts, all little-endian. Frames of
 * the kinds below are this file's; any other goes to the script's global function `receive`. Between
 * frames the global function `turn` runs timers and tells how long the board may sleep.
 */
#include "xs.h"
#include "chip.h"
#include "heap.h"
#include "pipe.h"
#include "store.h"
#include <poll.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EVALUATE = 1, EXAMPLES = 2, SLOT = 3, RECORD = 4, LIMITS = 5, CHIP = 6 }; /* in */
enum { VALUE = 1, FAILURE = 2, END = 3, MEMORY = 4, WRITE = 5, ERASE = 6, SAVE = 7 }; /* out */
enum { CHIP_WRITE = 8, CHIP_ERASE = 9 };
enum { AMPLE = 64 << 20 }; /* a limit in bytes above which a heap may be wasteful */
enum { EXIT_BASE = 10 }; /* exit codes are this and XS's own */

typedef xsStringValue Text;

extern int fxRunPromiseJobs(xsMachine* the);
extern void fxEndJob(xsMachine* the);
extern xsIntegerValue _xsmcGetBuffer(
	xsMachine* the, xsSlot* slot, void** data, xsUnsignedValue* count, xsBooleanValue writable);
extern int takePromiseJobs(void* machine);

static BoardHeap gBoardHeap;
static Frame gFrame; /* in hand */

#ifdef SPARROW_NATIVE
extern void installKernels(xsMachine* the);
#endif

/* Ends */

void endBoard(int status, const char* why, void* machine)
{
	char text[2048], holders[1024] = "";
	const BoardHeap* heap = &gBoardHeap;
	if (heap->askedBytes > 0) {
		describeHolders(machine, holders, sizeof(holders));
		snprintf(text, sizeof(text),
			"%s: asked for a %s of %zu B; chunks hold %zu of %zu B, slots %zu of %zu B; largest: %s", why,
			heap->askedKind, heap->askedBytes, heap->chunkBytes, heap->chunkMax, heap->slotBytes, heap->slotMax,
			holders);
	} else snprintf(text, sizeof(text), "%s", why);
	beginFrame(END);
	putText(text);
	sendFrame();
	exit(EXIT_BASE + status);
}

/* What scripts may call: properties of the global `host` */

static uint8_t* bytesOf(xsMachine* the, int argument, int writable, size_t* count)
{
	void* data;
	xsUnsignedValue bytes;
	xsSlot slot = xsArg(argument);
	_xsmcGetBuffer(the, &slot, &data, &bytes, writable);
	*count = bytes;
	return data;
}

static uint32_t unsignedOf(xsMachine* the, xsSlot slot)
{
	return (uint32_t)xsToNumber(slot);
}

static void xs_send(xsMachine* the)
{
	const int count = xsToInteger(xsArgc);
	beginFrame((uint8_t)xsToInteger(xsArg(0)));
	for (int i = 1; i < count; i++) {
		const xsType type = xsTypeOf(xsArg(i));
		if (type == xsStringType) putText(xsToString(xsArg(i)));
		else if (type == xsReferenceType) {
			size_t length;
			const uint8_t* bytes = bytesOf(the, i, 0, &length);
			putBytes(bytes, length);
		} else putInteger(unsignedOf(the, xsArg(i)));
	}
	sendFrame();
}

static void xs_integer(xsMachine* the)
{
	const uint32_t value = getInteger(&gFrame);
	xsResult = value <= INT32_MAX ? xsInteger((xsIntegerValue)value) : xsNumber((double)value);
}

static void xs_text(xsMachine* the)
{
	size_t length;
	const uint8_t* bytes = getBytes(&gFrame, &length);
	xsResult = xsStringBuffer((Text)bytes, (xsIntegerValue)length);
}

/* Copies the next bytes of the frame into a view. */
static void xs_copy(xsMachine* the)
{
	size_t length;
	uint8_t* out = bytesOf(the, 0, 1, &length);
	copyBytes(&gFrame, out, length);
}

static void xs_nowMs(xsMachine* the)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	xsResult = xsNumber((double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6);
}

static void xs_readExample(xsMachine* the)
{
	size_t length;
	const uint32_t index = unsignedOf(the, xsArg(0));
	uint8_t* out = bytesOf(the, 1, 1, &length);
	xsResult = xsInteger(readExample(index, out, length));
}

static void xs_eraseFlash(xsMachine* the)
{
	const int slot = xsToInteger(xsArg(0)) & 1;
	eraseFlash(slot);
	beginFrame(ERASE);
	putInteger((uint32_t)slot);
	sendFrame();
}

static void xs_writeFlash(xsMachine* the)
{
	size_t length;
	const int slot = xsToInteger(xsArg(0)) & 1;
	const uint32_t offset = unsignedOf(the, xsArg(1));
	const uint8_t* bytes = bytesOf(the, 2, 0, &length);
	writeFlash(slot, offset, bytes, length);
	beginFrame(WRITE);
	putInteger((uint32_t)slot);
	putInteger(offset);
	putBytes(bytes, length);
	sendFrame();
}

static void xs_readFlash(xsMachine* the)
{
	size_t length;
	const int slot = xsToInteger(xsArg(0)) & 1;
	const uint32_t offset = unsignedOf(the, xsArg(1));
	uint8_t* out = bytesOf(the, 2, 1, &length);
	readFlash(slot, offset, out, length);
}

static void xs_loadRecord(xsMachine* the)
{
	size_t length;
	const uint8_t* bytes = loadRecord(&length);
	if (bytes != NULL) xsResult = xsArrayBuffer((void*)bytes, (xsIntegerValue)length);
}

static void xs_saveRecord(xsMachine* the)
{
	size_t length;
	const uint8_t* bytes = bytesOf(the, 0, 0, &length);
	saveRecord(bytes, length);
	beginFrame(SAVE);
	putBytes(bytes, length);
	sendFrame();
}

static void xs_eraseChip(xsMachine* the)
{
	const uint32_t offset = unsignedOf(the, xsArg(0)), length = unsignedOf(the, xsArg(1));
	eraseChip(offset, length);
	beginFrame(CHIP_ERASE);
	putInteger(offset);
	putInteger(length);
	sendFrame();
}

static void xs_writeChip(xsMachine* the)
{
	size_t length;
	const uint32_t offset = unsignedOf(the, xsArg(0));
	const uint8_t* bytes = bytesOf(the, 1, 0, &length);
	writeChip(offset, bytes, length);
	beginFrame(CHIP_WRITE);
	putInteger(offset);
	putBytes(bytes, length);
	sendFrame();
}

static void xs_readChip(xsMachine* the)
{
	size_t length;
	const uint32_t offset = unsignedOf(the, xsArg(0));
	uint8_t* out = bytesOf(the, 1, 1, &length);
	readChip(offset, out, length);
}

static void xs_freeBytes(xsMachine* the)
{
	xsResult = xsNumber((double)measureHeap(the).freeBytes);
}

typedef struct {
	const char* name;
	xsCallback callback;
	int length;
} HostFunction;

static const HostFunction FUNCTIONS[] = {
	{ "send", xs_send, 1 },
	{ "integer", xs_integer, 0 },
	{ "text", xs_text, 0 },
	{ "copy", xs_copy, 1 },
	{ "nowMs", xs_nowMs, 0 },
	{ "readExample", xs_readExample, 2 },
	{ "eraseFlash", xs_eraseFlash, 1 },
	{ "writeFlash", xs_writeFlash, 3 },
	{ "readFlash", xs_readFlash, 3 },
	{ "loadRecord", xs_loadRecord, 0 },
	{ "saveRecord", xs_saveRecord, 1 },
	{ "eraseChip", xs_eraseChip, 2 },
	{ "writeChip", xs_writeChip, 2 },
	{ "readChip", xs_readChip, 2 },
	{ "freeBytes", xs_freeBytes, 0 },
};

/* Machines */

static char* readScript(const char* path)
{
	FILE* file = fopen(path, "rb");
	long size = -1;
	if (file != NULL && fseek(file, 0, SEEK_END) == 0) size = ftell(file);
	char* text = size < 0 ? NULL : malloc((size_t)size + 1);
	if (text == NULL || fseek(file, 0, SEEK_SET) != 0 || fread(text, 1, (size_t)size, file) != (size_t)size) {
		fprintf(stderr, "script %s cannot be read\n", path);
		exit(1);
	}
	text[size] = 0;
	fclose(file);
	return text;
}

/* The machine that stands for flash: built-ins and the script's functions, read-only at the end. */
static xsMachine* loadFlash(const char* path)
{
	xsCreation creation = { 0 };
	creation.initialChunkSize = 256 * 1024;
	creation.incrementalChunkSize = 64 * 1024;
	creation.initialHeapCount = 16 * 1024;
	creation.incrementalHeapCount = 4 * 1024;
	creation.stackCount = 4096;
	creation.initialKeyCount = 2048;
	creation.incrementalKeyCount = 512;
	creation.nameModulo = 1993;
	creation.symbolModulo = 127;
	creation.parserBufferSize = 64 * 1024;
	creation.parserTableModulo = 1993;
	char* script = readScript(path);
	setBoardHeap(NULL);
	xsMachine* flash = xsCreateMachine(&creation, "flash", NULL);
	xsBeginHost(flash);
	{
		xsVars(2);
		xsVar(0) = xsNewObject();
		for (size_t i = 0; i < sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0]); i++) {
			xsVar(1) = xsNewHostFunction(FUNCTIONS[i].callback, FUNCTIONS[i].length);
			xsSet(xsVar(0), xsID((Text)FUNCTIONS[i].name), xsVar(1));
		}
		xsSet(xsGlobal, xsID("host"), xsVar(0));
#ifdef SPARROW_NATIVE
		installKernels(the);
#endif
		xsID("receive");
		xsID("turn");
		xsVar(0) = xsString(script);
		xsCall1(xsGlobal, xsID("eval"), xsVar(0));
	}
	xsEndHost(flash);
	free(script);
	xsShareMachine(flash);
	sealFlash(flash);
#ifdef __GLIBC__
	malloc_trim(0); /* the parser is done: fifty of these processes run at once */
#endif
	return flash;
}

static xsMachine* powerOn(xsMachine* flash, char* limits[])
{
	const size_t slotBytes = sizeof(xsSlot);
	const long slots = atol(limits[1]), stack = atol(limits[3]);
	const int tight = atoi(limits[4]);
	gBoardHeap.chunkMax = (size_t)atol(limits[0]);
	gBoardHeap.slotMax = (size_t)(slots + stack) * slotBytes;
	gBoardHeap.sumMax = (size_t)atol(limits[2]);
	openBoardHeap(&gBoardHeap);
	xsCreation creation = { 0 };
	/* a part at first, and then in steps, so that not every object costs a collection */
	creation.initialChunkSize = tight ? 1024 : 16 * 1024;
	creation.incrementalChunkSize = gBoardHeap.chunkMax > AMPLE ? 1 << 20 : 1; /* exact where memory is short */
	const long first = gBoardHeap.chunkMax > AMPLE ? 8192 : 1024; /* counts of work: no collection only to grow */
	creation.initialHeapCount = tight ? 64 : (slots < first ? slots : first);
	creation.incrementalHeapCount = tight ? 1 : gBoardHeap.chunkMax > AMPLE ? 8192 : 16;
	creation.stackCount = stack;
	creation.initialKeyCount = 256;
	creation.incrementalKeyCount = 64;
	creation.nameModulo = 1993; /* as of flash: tables are copied */
	creation.symbolModulo = 127;
	creation.parserBufferSize = 32 * 1024;
	creation.parserTableModulo = 1993;
	setBoardHeap(&gBoardHeap);
	xsMachine* board = xsCloneMachine(&creation, flash, "board", NULL);
	paintStack(board);
	return board;
}

static void runJobs(xsMachine* machine)
{
	while (takePromiseJobs(machine)) fxRunPromiseJobs(machine);
	fxEndJob(machine);
}

/* Frames that are this file's */

static void answer(xsMachine* the, xsSlot value)
{
	if (xsTypeOf(value) == xsReferenceType &&
			(xsIsInstanceOf(value, xsArrayBufferPrototype) || xsIsInstanceOf(value, xsTypedArrayPrototype))) {
		size_t length;
		xsVar(0) = value;
		void* data;
		xsUnsignedValue count;
		xsSlot slot = xsVar(0);
		_xsmcGetBuffer(the, &slot, &data, &count, 0);
		length = count;
		beginFrame(VALUE);
		putBytes(data, length);
	} else {
		beginFrame(VALUE);
		putText(xsToString(value));
	}
	sendFrame();
}

static void evaluate(xsMachine* machine)
{
	xsBeginHost(machine);
	{
		xsVars(2);
		xsTry {
			size_t length;
			const uint8_t* source = getBytes(&gFrame, &length);
			xsVar(1) = xsStringBuffer((Text)source, (xsIntegerValue)length);
			xsVar(1) = xsCall1(xsGlobal, xsID("eval"), xsVar(1));
			answer(the, xsVar(1));
		}
		xsCatch {
			xsVar(1) = xsException;
			beginFrame(FAILURE);
			putText(xsToString(xsVar(1)));
			sendFrame();
		}
	}
	xsEndHost(machine);
}

static void tellMemory(xsMachine* machine)
{
	const HeapUse use = measureHeap(machine);
	beginFrame(MEMORY);
	putInteger(sizeof(xsSlot));
	putInteger((uint32_t)use.chunkBytes);
	putInteger((uint32_t)use.slotBytes);
	putInteger((uint32_t)use.chunkPeakBytes);
	putInteger((uint32_t)use.slotPeakBytes);
	putInteger((uint32_t)use.stackPeakBytes);
	putInteger((uint32_t)(use.freeBytes > UINT32_MAX ? UINT32_MAX : use.freeBytes));
	sendFrame();
}

static void receive(xsMachine* machine)
{
	switch (gFrame.kind) {
	case EVALUATE: evaluate(machine); break;
	case EXAMPLES: keepExamples(&gFrame); break;
	case SLOT: keepSlot(&gFrame); break;
	case RECORD: keepRecord(&gFrame); break;
	case LIMITS: tellMemory(machine); break;
	case CHIP: keepChip(&gFrame); break;
	default:
		xsBeginHost(machine);
		xsCall1(xsGlobal, xsID("receive"), xsInteger(gFrame.kind));
		xsEndHost(machine);
	}
	runJobs(machine);
}

/* @returns milliseconds until the next timer, -1 if there is none */
static int turn(xsMachine* machine)
{
	double waitMs = -1;
	xsBeginHost(machine);
	{
		xsVars(1);
		xsVar(0) = xsGet(xsGlobal, xsID("turn"));
		if (xsTypeOf(xsVar(0)) == xsReferenceType) {
			xsVar(0) = xsCall0(xsGlobal, xsID("turn"));
			waitMs = xsToNumber(xsVar(0));
		}
	}
	xsEndHost(machine);
	runJobs(machine);
	return waitMs < 0 ? -1 : waitMs > 60000 ? 60000 : (int)(waitMs + 0.999);
}

int main(int argc, char* argv[])
{
	if (argc != 7) {
		fprintf(stderr, "xs-board <chunk bytes> <slots> <bytes of both> <slots of the stack> <tight> <script>\n");
		return 1;
	}
	xsMachine* board = powerOn(loadFlash(argv[6]), argv + 1);
	for (;;) {
		const int waitMs = turn(board);
		struct pollfd input = { 0, POLLIN, 0 };
		while (poll(&input, 1, nextFrame(&gFrame) ? 0 : waitMs) < 0) {}
		if (input.revents != 0 && !readInput()) return 0; /* the emulator let go: the power is off */
		while (nextFrame(&gFrame)) {
			receive(board);
			dropFrame();
		}
	}
}
