/* The count of instructions since the start: under QEMU with -icount exact, and the same in every run. */
#ifndef SPARROW_COUNTER_H
#define SPARROW_COUNTER_H

#include <stdint.h>

uint64_t instructionsSoFar(void);

#endif
