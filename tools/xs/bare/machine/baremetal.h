/*
 * What XS must know of a bare chip, included by its xsPlatform.h (XSPLATFORM): little-endian, one thread,
 * memory of slots and chunks from the board's heap (../../host/heap.h), the rest counted (memory.h).
 */
#ifndef SPARROW_BAREMETAL_H
#define SPARROW_BAREMETAL_H

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include "memory.h"

#define c_malloc countedMalloc
#define c_malloc_uint32 countedMalloc
#define c_calloc countedCalloc
#define c_realloc countedRealloc
#define c_free countedFree
#define c_free_uint32 countedFree

#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#define mxMachinePlatform \
	int promiseJobs; \
	void* board;

#define mxUseDefaultCStackLimit 0
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultFindModule 1
#define mxUseDefaultLoadModule 1

#endif
