/** Kernels by number, as the generated dispatch.c lists them. */
#ifndef SPARROW_DRIVER_H
#define SPARROW_DRIVER_H
#include <stdint.h>

typedef union {
  int32_t number;
  void *view;
} Argument;

typedef struct {
  const char *name;
  int32_t (*call)(const Argument *arguments);
  const char *kinds; /* a letter for each argument: n = number, v = view */
} Dispatch;

extern const Dispatch dispatches[];
extern const uint32_t dispatchCount;

#endif
