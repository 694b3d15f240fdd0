/*
 * What holds most memory of a machine, in words: the largest chunks with the names under which the
 * program reaches them, and how many slots there are. For the message of a board that ran out.
 */
#include "xsAll.h"
#include "heap.h"

enum { HOLDERS = 6, NAME_DEPTH = 2 };

typedef struct {
	const char* kind;
	size_t bytes;
	txSlot* slot; /* that owns the chunk */
} Holder;

typedef void (*SlotVisitor)(txMachine* the, txSlot* slot, void* data);

static void eachSlot(txMachine* the, SlotVisitor visit, void* data)
{
	for (txSlot* heap = the->firstHeap; heap != NULL; heap = heap->next)
		for (txSlot* slot = heap + 1; slot < heap->value.reference; slot++) (*visit)(the, slot, data);
}

static void* chunkOf(txSlot* slot, const char** kind)
{
	switch (slot->kind) {
	case XS_ARRAY_BUFFER_KIND: *kind = "ArrayBuffer"; return slot->value.arrayBuffer.address;
	case XS_ARRAY_KIND: *kind = "array"; return slot->value.array.address;
	case XS_STRING_KIND: *kind = "string"; return slot->value.string;
	case XS_CODE_KIND: *kind = "code"; return slot->value.code.address;
	case XS_STACK_KIND: *kind = "generator"; return slot->value.stack.address;
	case XS_MAP_KIND:
	case XS_SET_KIND: *kind = "table"; return slot->value.table.address;
	default: return NULL;
	}
}

typedef struct {
	Holder holders[HOLDERS];
	size_t slots;
} Census;

static void count(txMachine* the, txSlot* slot, void* data)
{
	Census* census = data;
	BoardHeap* heap = the->board;
	const char* kind = "";
	if (slot->kind != XS_UNDEFINED_KIND || slot->next == NULL) census->slots++;
	uint8_t* chunk = chunkOf(slot, &kind);
	if (chunk < heap->chunks || chunk >= heap->chunksEnd) return; /* none, or not in RAM */
	Holder found = { kind, (size_t)((txChunk*)(chunk - sizeof(txChunk)))->size, slot };
	for (int i = 0; i < HOLDERS; i++) {
		if (found.bytes <= census->holders[i].bytes) continue;
		Holder smaller = census->holders[i];
		census->holders[i] = found;
		found = smaller;
	}
}

typedef struct {
	txSlot* target; /* internal slot, then instance */
	txSlot* owner; /* found instance */
	txSlot* view; /* a nameless reference to the target */
	txID name;
} Search;

static void findOwner(txMachine* the, txSlot* slot, void* data)
{
	Search* search = data;
	if (slot->kind != XS_INSTANCE_KIND || search->owner != NULL) return;
	for (txSlot* property = slot->next; property != NULL; property = property->next)
		if (property == search->target) search->owner = slot;
}

static void findName(txMachine* the, txSlot* slot, void* data)
{
	Search* search = data;
	if (slot->kind != XS_REFERENCE_KIND || slot->value.reference != search->target) return;
	if (slot->ID != XS_NO_ID && !(slot->flag & XS_INTERNAL_FLAG)) search->name = slot->ID;
	else search->view = slot;
}

/* The name of a property that leads to the slot's instance, perhaps over a view; "" if there is none. */
static const char* nameOf(txMachine* the, txSlot* slot)
{
	Search search = { 0 };
	for (int depth = 0; depth < NAME_DEPTH && slot != NULL; depth++) {
		search.target = slot;
		search.owner = search.view = NULL;
		search.name = XS_NO_ID;
		eachSlot(the, findOwner, &search);
		if ((search.target = search.owner) == NULL) return "";
		eachSlot(the, findName, &search);
		if (search.name != XS_NO_ID) {
			const char* name = fxGetKeyName(the, search.name);
			return name == NULL ? "" : name;
		}
		slot = search.view;
	}
	return "";
}

void describeHolders(void* machine, char* out, size_t size)
{
	txMachine* the = machine;
	Census census = { 0 };
	size_t at = 0;
	eachSlot(the, count, &census);
	for (int i = 0; i < HOLDERS && census.holders[i].bytes > 0; i++) {
		const Holder* holder = &census.holders[i];
		const char* name = nameOf(the, holder->slot);
		at += (size_t)snprintf(out + at, size - at, "%s%s%s %zu B, ", holder->kind, *name == 0 ? "" : " ", name,
			holder->bytes);
	}
	snprintf(out + at, size - at, "%zu slots %zu B, stack %zu B", census.slots, census.slots * sizeof(txSlot),
		(size_t)(the->stackTop - the->stackBottom) * sizeof(txSlot));
}
