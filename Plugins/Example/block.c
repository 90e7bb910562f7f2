#include "example.h"

#include <string.h>

/* Every member before the vector is a multiple of 8 bytes, so that nothing has to be padded. */
typedef struct header {
    char mark[8];
    uint64_t count;
    uint64_t numbers[EXAMPLE_NUMBERS];
} header;

int example_write(const example_block *content, void *block, size_t capacity, size_t *size) {
    const size_t bytes = content->count * sizeof(float);
    header head;
    *size = sizeof head + bytes;
    if (block == NULL && capacity == 0) return SLIP_PLUGIN_OK;
    if (block == NULL || capacity < *size) return SLIP_PLUGIN_BAD_ARGUMENT;
    memcpy(head.mark, content->mark, sizeof head.mark);
    head.count = content->count;
    memcpy(head.numbers, content->numbers, sizeof head.numbers);
    memcpy(block, &head, sizeof head);
    if (bytes > 0) memcpy((char *)block + sizeof head, content->vector, bytes);
    return SLIP_PLUGIN_OK;
}

int example_read(example_block *content, const void *block, size_t size) {
    const size_t bytes = content->count * sizeof(float);
    header head;
    if (block == NULL || size != sizeof head + bytes) return SLIP_PLUGIN_BAD_BLOCK;
    memcpy(&head, block, sizeof head);
    if (memcmp(head.mark, content->mark, sizeof head.mark) != 0 || head.count != content->count) {
        return SLIP_PLUGIN_BAD_BLOCK;
    }
    memcpy(content->numbers, head.numbers, sizeof head.numbers);
    if (bytes > 0) memcpy(content->vector, (const char *)block + sizeof head, bytes);
    return SLIP_PLUGIN_OK;
}
