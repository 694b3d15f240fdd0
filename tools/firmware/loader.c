/*
 * Runs a board of the SDK's Linux build without a window: the SDK's own simulator draws one, and a
 * test has no screen. Loads `mc.so`, starts its machine in the board's folder, and turns the event loop
 * until SIGTERM, until the machine aborts, or until the firmware restarts (status 75). The last line says how much of its memory the machine used
 * at most: what was reachable between two turns of the event loop, looked at LOOK_MS apart. (XS collects
 * garbage when it has no memory left, so without that look every board would seem full.)
 *
 * usage: loader <mc.so> <folder>
 *
 * The interface between a simulator and `mc.so` is in the SDK, build/simulators/modules/screen.h.
 * What the machine took is in no interface: it is read from the machine itself, so this file is
 * compiled with the headers of the SDK that built `mc.so`.
 */
#include "xsAll.h"
#include <dlfcn.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#undef mxLinux
#define mxLinux 1 /* the headers of the engine say 0 */
#include "screen.h"

#define USAGE 2
#define RESTART 75
#define LOOK_MS 20

typedef void (*Collect)(txMachine *machine);

static GMainLoop *loop;
static Collect collect;
static long peakChunks, peakSlots;

static void report(txScreen *screen)
{
	txMachine *machine = screen->machine;
	if (machine != NULL)
		printf("peak memory: chunks %ld of %ld B, slots %ld of %ld\n",
			peakChunks, (long)machine->maximumChunksSize, peakSlots, (long)machine->maximumHeapCount);
	fflush(stdout);
}

static gboolean look(gpointer it)
{
	txMachine *machine = ((txScreen *)it)->machine;
	collect(machine);
	if (machine->currentChunksSize > peakChunks)
		peakChunks = machine->currentChunksSize;
	if (machine->currentHeapCount > peakSlots)
		peakSlots = machine->currentHeapCount;
	return G_SOURCE_CONTINUE;
}

/* The machine has said why. Nothing of it may run any more. */
static void onAbort(txScreen *screen, int status)
{
	report(screen);
	_exit(status == 0 ? 1 : status);
}

static gboolean onSignal(gpointer screen)
{
	report(screen);
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

static void ignore(txScreen *screen) { (void)screen; }
static void ignoreStart(txScreen *screen, double interval) { (void)screen; (void)interval; }

/* Nothing of the firmware runs after it, as on a chip. */
static void onMessage(txScreen *screen, char *text, int size)
{
	(void)size;
	if (strcmp(text, "restart") != 0)
		return;
	report(screen);
	_exit(RESTART);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: loader <mc.so> <folder>\n");
		return USAGE;
	}
	void *library = dlopen(argv[1], RTLD_NOW);
	txScreenLaunchProc launch = library == NULL ? NULL : (txScreenLaunchProc)dlsym(library, "fxScreenLaunch");
	collect = library == NULL ? NULL : (Collect)dlsym(library, "fxCollectGarbage");
	if (launch == NULL || collect == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return USAGE;
	}
	if (chdir(argv[2]) != 0) {
		perror(argv[2]);
		return USAGE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN); /* a broker that has gone is an error to the socket, not the board's end */

	txScreen *screen = calloc(1, sizeof(txScreen));
	screen->abort = onAbort;
	screen->bufferChanged = ignore;
	screen->formatChanged = ignore;
	screen->post = onMessage;
	screen->start = ignoreStart;
	screen->stop = ignore;
	g_mutex_init(&screen->workersMutex);
	loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGTERM, onSignal, screen);
	g_unix_signal_add(SIGINT, onSignal, screen);

	launch(screen);
	g_timeout_add(LOOK_MS, look, screen);
	g_main_loop_run(loop);
	return 0;
}
