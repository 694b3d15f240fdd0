/**
 * Replays a trace of kernel calls (tools/kernels-to-c/trace.ts) from a file and compares every result and
 * all memory with what the trace says. With COUNT_INSTRUCTIONS it also counts the instructions of each
 * kernel by RISC-V's counter (exact under QEMU with -icount) and prints them.
 *
 * Exit code 0: all equal. 1: a difference. 2: a trace that cannot be read.
 */
#include "driver.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OP_END, OP_NEW, OP_POKE, OP_CALL, OP_CHECK, OP_FREE, OP_HASH, OP_COUNT, OP_STOP };
enum { BUFFERS = 64, ARGUMENTS = 32, CHUNK = 1 << 16 };

typedef struct {
  uint8_t *bytes;
  uint32_t length;
} Buffer;

static Buffer buffers[BUFFERS];
static uint64_t instructions[256];
static uint32_t counts[256];
static uint32_t calls, position;
static int counting = 1;

static uint8_t chunk[CHUNK];
static size_t chunkAt, chunkEnd;
static int input;

static void stop(const char *what) {
  fprintf(stderr, "trace word %" PRIu32 ": %s\n", position, what);
  exit(2);
}

static void readBytes(uint8_t *to, size_t length) {
  while (length > 0) {
    if (chunkAt == chunkEnd) {
      ssize_t got = read(input, chunk, CHUNK);
      if (got <= 0) stop("ends too early");
      chunkAt = 0;
      chunkEnd = (size_t)got;
    }
    size_t n = chunkEnd - chunkAt < length ? chunkEnd - chunkAt : length;
    memcpy(to, chunk + chunkAt, n);
    chunkAt += n;
    to += n;
    length -= n;
  }
}

static uint32_t word(void) {
  uint8_t b[4];
  readBytes(b, 4);
  position++;
  return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void skipPadding(uint32_t length) {
  uint8_t rest[4];
  readBytes(rest, (4 - length % 4) % 4);
  position += (length + 3) / 4;
}

static Buffer *buffer(void) {
  uint32_t id = word();
  if (id >= BUFFERS) stop("no such buffer");
  return &buffers[id];
}

static uint32_t hash(const Buffer *b) {
  uint32_t h = 0x811c9dc5; /* FNV-1a */
  for (uint32_t i = 0; i < b->length; i++) h = (h ^ b->bytes[i]) * 0x01000193;
  return h;
}

static uint64_t instret(void) {
#ifdef COUNT_INSTRUCTIONS
  uint32_t high, low, again;
  do {
    __asm__ volatile("rdinstreth %0\n\trdinstret %1\n\trdinstreth %2" : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
#else
  return 0;
#endif
}

static uint64_t emptyCost; /* of two readings */

static int call(void) {
  Argument arguments[ARGUMENTS];
  uint32_t kernel = word();
  if (kernel >= dispatchCount) stop("no such kernel");
  const Dispatch *dispatch = &dispatches[kernel];
  for (uint32_t i = 0; dispatch->kinds[i] != 0; i++) {
    if (dispatch->kinds[i] == 'n') {
      arguments[i].number = (int32_t)word();
    } else {
      Buffer *b = buffer();
      uint32_t offset = word();
      if (b->bytes == NULL || offset > b->length) stop("a view beside its buffer");
      arguments[i].view = b->bytes + offset;
    }
  }
  uint64_t before = instret();
  int32_t result = dispatch->call(arguments);
  uint64_t cost = instret() - before;
  if (counting && kernel < 256) {
    instructions[kernel] += cost - emptyCost;
    counts[kernel]++;
  }
  calls++;
  int32_t expected = (int32_t)word();
  if (result == expected) return 0;
  fprintf(stderr, "call %" PRIu32 ", %s: result %" PRId32 ", expected %" PRId32 "\n", calls, dispatch->name, result, expected);
  return 1;
}

static int check(void) {
  Buffer *b = buffer();
  uint32_t length = word();
  if (length != b->length) stop("a buffer of another length");
  int different = 0;
  uint8_t expected[256];
  for (uint32_t at = 0; at < length; at += sizeof expected) {
    uint32_t n = length - at < sizeof expected ? length - at : (uint32_t)sizeof expected;
    readBytes(expected, n);
    if (different || memcmp(b->bytes + at, expected, n) == 0) continue;
    uint32_t i = 0;
    while (b->bytes[at + i] == expected[i]) i++;
    fprintf(stderr, "after call %" PRIu32 ": byte %" PRIu32 " is %d, expected %d\n", calls, at + i, b->bytes[at + i], expected[i]);
    different = 1;
  }
  skipPadding(length);
  return different;
}

int main(int argc, char **argv) {
  if (argc != 2 || (input = open(argv[1], O_RDONLY)) < 0) {
    fprintf(stderr, "expected the file of a trace\n");
    return 2;
  }
  uint64_t first = instret();
  emptyCost = instret() - first;
  if (word() != 0x314b5053) stop("expected SPK1");
  int differences = 0;
  for (;;) {
    uint32_t op = word();
    if (op == OP_END) break;
    if (op == OP_NEW) {
      Buffer *b = buffer();
      b->length = word();
      b->bytes = calloc(b->length + (b->length == 0), 1);
      if (b->bytes == NULL) stop("out of memory");
    } else if (op == OP_POKE) {
      Buffer *b = buffer();
      uint32_t offset = word(), length = word();
      if (offset > b->length || length > b->length - offset) stop("a poke beside its buffer");
      readBytes(b->bytes + offset, length);
      skipPadding(length);
    } else if (op == OP_CALL) {
      differences += call();
    } else if (op == OP_CHECK) {
      differences += check();
    } else if (op == OP_FREE) {
      Buffer *b = buffer();
      free(b->bytes);
      b->bytes = NULL;
      b->length = 0;
    } else if (op == OP_HASH) {
      Buffer *b = buffer();
      if (hash(b) != word()) {
        fprintf(stderr, "after call %" PRIu32 ": memory differs\n", calls);
        differences++;
      }
    } else if (op == OP_COUNT) {
      memset(instructions, 0, sizeof instructions);
      memset(counts, 0, sizeof counts);
      counting = 1;
    } else if (op == OP_STOP) {
      counting = 0;
    } else {
      stop("no such operation");
    }
    if (differences > 10) break;
  }
  for (uint32_t i = 0; i < dispatchCount && i < 256; i++) {
    if (counts[i] > 0) printf("%s %" PRIu32 " %" PRIu64 "\n", dispatches[i].name, counts[i], instructions[i]);
  }
  printf("calls %" PRIu32 ", differences %d\n", calls, differences);
  for (uint32_t i = 0; i < BUFFERS; i++) free(buffers[i].bytes);
  return differences > 0;
}
