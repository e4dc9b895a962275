#include "common/link/copy.h"

static const char header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, no extension */

void copy_begin(struct copy *copy) {
    buffer_clear(&copy->bytes);
    copy->rows = 0;
    buffer_add(&copy->bytes, header, sizeof header);
}

static void add_16(struct buffer *bytes, uint16_t value) {
    const char both[2] = {(char)(value >> 8), (char)(value & 0xff)};
    buffer_add(bytes, both, sizeof both);
}

void copy_row(struct copy *copy, int16_t columns) {
    add_16(&copy->bytes, (uint16_t)columns);
    copy->rows++;
}

void copy_end(struct copy *copy) {
    add_16(&copy->bytes, UINT16_MAX);
}

void copy_finish(struct copy *copy) {
    buffer_finish(&copy->bytes);
    copy->rows = 0;
}
