/*
 * What the XS host takes from an operating system, for a chip that has none. Its input and output are the
 * files `in` and `out` of the machine that runs QEMU, over semihosting; its clock is the count of
 * instructions, so that a program that asks for the time does the same in every run.
 */
#include "counter.h"
#include "memory.h"
#include "poll.h"
#include "sys/mman.h"
#include <errno.h>
#include <fcntl.h>
#include <semihost.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { INSTRUCTIONS_PER_US = 160, FIRST_FILE = 3 }; /* as if each took a cycle of an ESP32-C3 */

static int gIn = -1, gOut = -1; /* handles of semihosting */

static int handleOf(const char* name, int mode)
{
	const int handle = sys_semihost_open(name, mode);
	if (handle < 0) {
		fprintf(stderr, "file %s cannot be opened\n", name);
		exit(1);
	}
	return handle;
}

int open(const char* name, int flags, ...)
{
	const int handle = sys_semihost_open(name, SH_OPEN_R_B);
	if (handle >= 0 && flags == O_RDONLY) return handle + FIRST_FILE;
	errno = ENOENT;
	return -1;
}

int close(int file)
{
	return sys_semihost_close(file - FIRST_FILE);
}

ssize_t read(int file, void* out, size_t room)
{
	if (file == 0 && gIn < 0) gIn = handleOf("in", SH_OPEN_R_B);
	const int handle = file == 0 ? gIn : file - FIRST_FILE;
	return (ssize_t)(room - sys_semihost_read(handle, out, room)); /* it gives what it did not read */
}

ssize_t write(int file, const void* bytes, size_t length)
{
	if (file == 2) {
		for (size_t i = 0; i < length; i++) {
			const char text[] = { ((const char*)bytes)[i], 0 };
			sys_semihost_write0(text);
		}
		return (ssize_t)length;
	}
	if (gOut < 0) gOut = handleOf("out", SH_OPEN_W_B);
	return (ssize_t)(length - sys_semihost_write(gOut, bytes, length));
}

off_t lseek(int file, off_t offset, int from)
{
	const int handle = file - FIRST_FILE;
	/* the host reads a script to learn its size, then from its beginning */
	const off_t to = from == SEEK_END ? (off_t)sys_semihost_flen(handle) + offset : offset;
	if (from == SEEK_CUR || sys_semihost_seek(handle, (uintptr_t)to) != 0) {
		errno = EINVAL;
		return -1;
	}
	return to;
}

void _exit(int status)
{
	sys_semihost_exit_extended((uintptr_t)status);
}

int poll(struct pollfd* files, unsigned count, int timeoutMs)
{
	(void)timeoutMs;
	for (unsigned i = 0; i < count; i++) files[i].revents = POLLIN;
	return (int)count;
}

/* Only the board's heap asks, after what stands for flash is loaded. */
void* mmap(void* address, size_t bytes, int protection, int flags, int file, long offset)
{
	(void)address, (void)protection, (void)flags, (void)file, (void)offset;
	void* region = malloc(bytes);
	startCounting();
	return region == NULL ? MAP_FAILED : region;
}

int clock_gettime(clockid_t clock, struct timespec* now)
{
	(void)clock;
	const uint64_t us = instructionsSoFar() / INSTRUCTIONS_PER_US;
	now->tv_sec = (time_t)(us / 1000000);
	now->tv_nsec = (long)(us % 1000000) * 1000;
	return 0;
}

int gettimeofday(struct timeval* now, void* zone)
{
	(void)zone;
	struct timespec precise;
	clock_gettime(CLOCK_MONOTONIC, &precise);
	now->tv_sec = precise.tv_sec;
	now->tv_usec = precise.tv_nsec / 1000;
	return 0;
}

uint32_t modMilliseconds(void)
{
	return (uint32_t)(instructionsSoFar() / (INSTRUCTIONS_PER_US * 1000));
}
