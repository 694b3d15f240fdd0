/* What the host takes of mmap: memory for the board's heap. */
#ifndef SPARROW_MMAN_H
#define SPARROW_MMAN_H

#include <stddef.h>

#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 1
#define MAP_ANON 2
#define MAP_NORESERVE 4
#define MAP_FAILED ((void*)-1)

void* mmap(void* address, size_t bytes, int protection, int flags, int file, long offset);

#endif
