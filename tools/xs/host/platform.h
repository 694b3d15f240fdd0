/*
 * What XS must know of this host, included by its xsPlatform.h (XSPLATFORM): little-endian, Linux or
 * macOS, threads as everywhere, and its memory from the board's heap (heap.h).
 */
#ifndef SPARROW_PLATFORM_H
#define SPARROW_PLATFORM_H

#if defined(__linux__)
	#undef mxLinux
	#define mxLinux 1
#elif defined(__APPLE__)
	#undef mxMacOSX
	#define mxMacOSX 1
#else
	#error this host runs on Linux and macOS
#endif

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>

#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#define mxMachinePlatform \
	int promiseJobs; \
	void* board; \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink;

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultFindModule 1
#define mxUseDefaultLoadModule 1

#endif
