/*
 * The global object `counter` of scripts. A place is a function that a probe stands before:
 *
 *   function probe(a, b) { enter(place); const result = real(a, b); leave(place); return result; }
 *
 * What runs while a place is open is part of it: probes inside are not told apart, only their own cost is
 * taken off. A scope is a place that leaves the places inside as they are, so its count holds theirs too. That cost depends on the number of arguments and is measured in this machine (`calibrate` of a
 * bundle), since XS spends the same instructions on the same byte code every time. Nothing here allocates.
 */
#include "counter.h"
#include "memory.h"
#include "../../host/pipe.h"
#include "xs.h"
#include <stdlib.h>
#ifdef SPARROW_KERNELS
#include "kernels-xs.h"
#endif

enum { COUNTS = 10 }; /* the kind of frame */
enum { PLACES = 128, SHAPES = 32, MARKS = 4 };

typedef struct {
	uint32_t shape; /* arguments of its probe */
	uint32_t isScope; /* what runs inside is told apart as well */
	uint32_t calls;
	int64_t instructions;
} Place;

typedef struct {
	int64_t inside; /* of a probe's cost, between its two readings of the counter */
	int64_t whole;
} ProbeCost;

static Place gPlaces[PLACES];
static ProbeCost gCosts[SHAPES];
static uint64_t gMarks[MARKS];
static int64_t gCall; /* what calling a function that does nothing takes */
static uint32_t gMarked, gDepth;
static uint64_t gOpened, gLast; /* the last span between enter and leave */
static int64_t gInner; /* cost of probes inside of the open place */
static int64_t gProbes; /* cost of all probes so far */
static uint64_t gScopeOpened; /* one scope at a time */
static int64_t gScopeProbes;
static uint64_t gBegun, gWork;

uint64_t instructionsSoFar(void)
{
	uint32_t high, low, again;
	do {
		__asm__ volatile("csrr %0, minstreth" : "=r"(high));
		__asm__ volatile("csrr %0, minstret" : "=r"(low));
		__asm__ volatile("csrr %0, minstreth" : "=r"(again));
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

static uint32_t argument(xsMachine* the, int index, uint32_t limit)
{
	const xsIntegerValue value = xsToInteger(xsArg(index));
	if (value < 0 || (uint32_t)value >= limit) xsRangeError("counter: %ld, expected 0 to %ld", (long)value, (long)limit - 1);
	return (uint32_t)value;
}

static void counter_enter(xsMachine* the)
{
	const Place* place = &gPlaces[argument(the, 0, PLACES)];
	if (place->isScope) {
		gScopeProbes = gProbes;
		gScopeOpened = instructionsSoFar();
	} else if (gDepth++ > 0) gInner += gCosts[place->shape].whole;
	else gOpened = instructionsSoFar();
}

static void counter_leave(xsMachine* the)
{
	const uint64_t now = instructionsSoFar();
	Place* place = &gPlaces[argument(the, 0, PLACES)];
	const ProbeCost* cost = &gCosts[place->shape];
	if (place->isScope) {
		place->calls++;
		place->instructions += (int64_t)(now - gScopeOpened) - cost->inside - (gProbes - gScopeProbes);
	}
	gProbes += cost->whole;
	if (place->isScope || --gDepth > 0) return;
	gLast = now - gOpened;
	place->calls++;
	place->instructions += (int64_t)gLast - cost->inside - gInner;
	gInner = 0;
}

/* place(number, shape, isScope) */
static void counter_place(xsMachine* the)
{
	Place* place = &gPlaces[argument(the, 0, PLACES)];
	place->shape = argument(the, 1, SHAPES);
	place->isScope = argument(the, 2, 2);
}

static void counter_mark(xsMachine* the)
{
	gMarks[gMarked++ % MARKS] = instructionsSoFar();
}

/* call(): after a probe of a call without arguments, and one of no call. */
static void counter_call(xsMachine* the)
{
	if (gCall == 0) gCall = (int64_t)gLast;
	else gCall -= (int64_t)gLast;
}

/* shape(n): after mark, a plain call, mark, mark, a probed call, mark. */
static void counter_shape(xsMachine* the)
{
	ProbeCost* cost = &gCosts[argument(the, 0, SHAPES)];
	cost->whole = (int64_t)(gMarks[3] - gMarks[2]) - (int64_t)(gMarks[1] - gMarks[0]);
	cost->inside = (int64_t)gLast - gCall;
	gMarked = 0;
}

/* The work begins: what calibrating left behind is dropped. */
static void counter_begin(xsMachine* the)
{
	for (int i = 0; i < PLACES; i++) gPlaces[i].calls = 0, gPlaces[i].instructions = 0;
	gDepth = 0;
	gInner = gProbes = 0;
	gBegun = instructionsSoFar();
}

static void counter_end(xsMachine* the)
{
	gWork += instructionsSoFar() - gBegun;
}

typedef struct {
	const char* name;
	xsCallback callback;
	int length;
} HostFunction;

static const HostFunction FUNCTIONS[] = {
	{ "enter", counter_enter, 1 },
	{ "leave", counter_leave, 1 },
	{ "place", counter_place, 3 },
	{ "mark", counter_mark, 0 },
	{ "call", counter_call, 0 },
	{ "shape", counter_shape, 1 },
	{ "begin", counter_begin, 0 },
	{ "end", counter_end, 0 },
};

/* The host calls it while it makes the machine that stands for flash (SPARROW_NATIVE). */
void installKernels(xsMachine* the)
{
	xsResult = xsNewObject();
	for (size_t i = 0; i < sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0]); i++) {
		const HostFunction* host = &FUNCTIONS[i];
		xsSet(xsResult, xsID((xsStringValue)host->name), xsNewHostFunction(host->callback, host->length));
	}
	xsSet(xsGlobal, xsID("counter"), xsResult);
#ifdef SPARROW_KERNELS
	xsResult = xsNewObject();
	for (const SparrowHostFunction* host = sparrow_host_functions; host->name; host++) {
		xsSet(xsResult, xsID((xsStringValue)host->name), xsNewHostFunction((xsCallback)host->callback, host->length));
	}
	xsSet(xsGlobal, xsID("sparrowKernels"), xsResult);
#endif
}

static void putCount(int64_t count)
{
	putInteger((uint32_t)((uint64_t)count >> 32));
	putInteger((uint32_t)count);
}

/* At the end of the process, also of one that ran out of memory. */
static void tellCounts(void)
{
	beginFrame(COUNTS);
	putCount((int64_t)gWork);
	putCount(gProbes);
	putInteger((uint32_t)cStackPeak());
	putInteger((uint32_t)cHeapPeak());
	putInteger(PLACES);
	for (int i = 0; i < PLACES; i++) {
		putInteger(gPlaces[i].calls);
		putCount(gPlaces[i].instructions);
	}
	sendFrame();
}

static __attribute__((constructor)) void atTheEnd(void)
{
	atexit(tellCounts);
}
