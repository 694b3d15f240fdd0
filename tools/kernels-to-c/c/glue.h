/**
 * How a host function reads its arguments on XS: numbers, and views of any buffer. Pointers are taken from
 * the slots at each call, since a collection may move what they point to; nothing here allocates.
 */
#ifndef SPARROW_GLUE_H
#define SPARROW_GLUE_H
#include "xsAll.h"
#include <stdint.h>

typedef struct {
  uint8_t *bytes;
  int64_t length; /* elements */
} SparrowView;

static txSlot *sparrow_argument(txMachine *the, txInteger index, const char *kernel, const char *name) {
  if (index >= mxArgc) mxTypeError("%s: no %s", (char *)kernel, (char *)name);
  return mxArgv(index);
}

static int32_t sparrow_number(txMachine *the, txInteger index, const char *kernel, const char *name) {
  txSlot *slot = sparrow_argument(the, index, kernel, name);
  if (slot->kind == XS_INTEGER_KIND) return slot->value.integer;
  if (slot->kind == XS_NUMBER_KIND) {
    double value = slot->value.number;
    if (value >= -2147483648.0 && value <= 2147483647.0 && value == (double)(int32_t)value) return (int32_t)value;
  }
  mxTypeError("%s: %s, expected an int32", (char *)kernel, (char *)name);
  return 0;
}

/* The type of a view by its constructor, or XS_NO_ID. */
static txID sparrow_view(txMachine *the, txInteger index, const char *kernel, const char *name, SparrowView *view) {
  txSlot *slot = sparrow_argument(the, index, kernel, name);
  if (slot->kind == XS_REFERENCE_KIND) {
    txSlot *array = slot->value.reference->next;
    if (array && (array->flag & XS_INTERNAL_FLAG) && array->kind == XS_TYPED_ARRAY_KIND) {
      const txTypeDispatch *dispatch = array->value.typedArray.dispatch;
      txSlot *range = array->next;
      txSlot *holder = range->next;
      txSlot *buffer = holder->value.reference->next;
      if (buffer->kind == XS_ARRAY_BUFFER_KIND && buffer->value.arrayBuffer.address != C_NULL) {
        view->bytes = (uint8_t *)buffer->value.arrayBuffer.address + range->value.dataView.offset;
        view->length = fxGetDataViewSize(the, range, holder) / dispatch->size;
        return dispatch->constructorID;
      }
    }
  }
  mxTypeError("%s: %s, expected a typed array", (char *)kernel, (char *)name);
  return XS_NO_ID;
}

static void sparrow_type(txMachine *the, const char *kernel, const char *name, int is) {
  if (!is) mxTypeError("%s: %s, expected a view of another type", (char *)kernel, (char *)name);
}

/* at .. at + extent lies within the view */
static void sparrow_within(txMachine *the, const char *kernel, const char *name, const SparrowView *view, int64_t at,
                           int64_t extent) {
  if (at < 0 || extent < 0 || at > view->length || extent > view->length - at) {
    mxRangeError("%s: %s reaches %ld, expected 0 to %ld", (char *)kernel, (char *)name,
                 (long)(at < 0 ? at : extent < 0 ? extent : at + extent), (long)view->length);
  }
}

static void sparrow_between(txMachine *the, const char *kernel, const char *name, int64_t value, int64_t least,
                            int64_t most) {
  if (value < least || value > most) {
    mxRangeError("%s: %s %ld, expected %ld to %ld", (char *)kernel, (char *)name, (long)value, (long)least, (long)most);
  }
}

/* The element at an index of a view, which is checked. */
#define SPARROW_ELEMENT(TYPE, VIEW, NAME, INDEX) \
  (sparrow_within(the, kernel, NAME, VIEW, INDEX, 1), (int64_t)((const TYPE *)(VIEW)->bytes)[INDEX])

static inline int64_t sparrow_largest(txMachine *the, const char *kernel, const SparrowView *view, int64_t at,
                                      int64_t count) {
  int64_t most = 0;
  sparrow_within(the, kernel, "table", view, at, count);
  for (int64_t i = at; i < at + count; i++) {
    int64_t value = ((const uint16_t *)view->bytes)[i];
    if (value > most) most = value;
  }
  return most;
}

#endif
