/*
 * A fault ends the run with what happened and where. Faults are accesses outside of memory, illegal
 * instructions, and two pages that are locked: the one at address 0 and the one below the C stack.
 */
#include "memory.h"
#include <semihost.h>
#include <stdint.h>
#include <stdio.h>

enum { FAULT_EXIT = 70, PAGE = 4096, TRAP_STACK = 2048, PMP_LOCKED_NAPOT = 0x98 };

static char gTrapStack[TRAP_STACK] __attribute__((aligned(16), used));

#define READ_CSR(NAME) ({ uintptr_t value; __asm__ volatile("csrr %0, " #NAME : "=r"(value)); value; })
#define WRITE_CSR(NAME, VALUE) __asm__ volatile("csrw " #NAME ", %0" : : "r"(VALUE))

static const char* nameOf(uintptr_t cause)
{
	switch (cause) {
	case 0: case 4: case 6: return "misaligned access";
	case 1: return "jump outside of memory";
	case 2: return "illegal instruction";
	case 5: return "load outside of memory";
	case 7: return "store outside of memory";
	default: return "fault";
	}
}

static __attribute__((used, noreturn)) void reportTrap(void)
{
	const uintptr_t place = READ_CSR(mtval);
	const int isStack = place >= (uintptr_t)gStackBottom - PAGE && place < (uintptr_t)gStackBottom;
	char text[128];
	snprintf(text, sizeof(text), "%s: at 0x%08lx, by the instruction at 0x%08lx\n",
		isStack ? "C stack overflow" : nameOf(READ_CSR(mcause)), (unsigned long)place,
		(unsigned long)READ_CSR(mepc));
	sys_semihost_write0(text);
	sys_semihost_exit_extended(FAULT_EXIT);
}

/* The C stack may be what is broken. */
static __attribute__((naked, aligned(4), used)) void onTrap(void)
{
	__asm__ volatile("la sp, gTrapStack\n addi sp, sp, 2047\n andi sp, sp, -16\n call reportTrap");
}

/* An entry of a page, naturally aligned: address and size in one number. */
static uintptr_t pageEntry(uintptr_t address)
{
	return (address >> 2) | (PAGE / 8 - 1);
}

static __attribute__((constructor)) void watch(void)
{
	WRITE_CSR(mtvec, onTrap);
	WRITE_CSR(pmpaddr0, pageEntry(0));
	WRITE_CSR(pmpaddr1, pageEntry((uintptr_t)gStackBottom - PAGE));
	WRITE_CSR(pmpcfg0, PMP_LOCKED_NAPOT | PMP_LOCKED_NAPOT << 8);
}
