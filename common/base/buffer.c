#include "common/base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_FIRST = 256 };

static bool make_room(struct buffer *buffer, size_t len) {
    if (buffer->failed) return false;
    size_t needed;
    if (__builtin_add_overflow(buffer->len, len, &needed) || needed == SIZE_MAX ||
        (buffer->max && needed > buffer->max)) {
        buffer->failed = true;
        return false;
    }
    if (needed < buffer->capacity) return true;
    size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_FIRST;
    while (capacity <= needed)
        capacity = capacity > SIZE_MAX / 2 ? SIZE_MAX : capacity * 2;
    char *grown = realloc(buffer->data, capacity);
    if (!grown) {
        buffer->failed = true;
        return false;
    }
    buffer->data = grown;
    buffer->capacity = capacity;
    return true;
}

char *buffer_reserve(struct buffer *buffer, size_t len) {
    return make_room(buffer, len) ? buffer->data + buffer->len : NULL;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t len) {
    if (!make_room(buffer, len)) return;
    if (len) memcpy(buffer->data + buffer->len, bytes, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text) {
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char byte) {
    buffer_add(buffer, &byte, 1);
}

void buffer_add_code_point(struct buffer *buffer, uint32_t c) {
    char out[4];
    size_t len;
    if (c < 0x80) {
        out[0] = (char)c;
        len = 1;
    } else if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        len = 2;
    } else if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        len = 3;
    } else {
        out[0] = (char)(0xF0 | (c >> 18 & 0x07));
        out[1] = (char)(0x80 | (c >> 12 & 0x3F));
        out[2] = (char)(0x80 | (c >> 6 & 0x3F));
        out[3] = (char)(0x80 | (c & 0x3F));
        len = 4;
    }
    buffer_add(buffer, out, len);
}

void buffer_vprintf(struct buffer *buffer, const char *format, va_list args) {
    if (buffer->failed) return;
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        buffer->failed = true;
        return;
    }
    if (!make_room(buffer, (size_t)len)) return;
    vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, args);
    buffer->len += (size_t)len;
}

void buffer_printf(struct buffer *buffer, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buffer_vprintf(buffer, format, args);
    va_end(args);
}

void buffer_cut(struct buffer *buffer, size_t len) {
    if (len >= buffer->len) return;
    buffer->len = len;
    buffer->data[len] = '\0';
}

void buffer_clear(struct buffer *buffer) {
    buffer->len = 0;
    buffer->failed = false;
    if (buffer->data) buffer->data[0] = '\0';
}

const char *buffer_text(const struct buffer *buffer) {
    return buffer->data && buffer->len ? buffer->data : "";
}

char *buffer_take(struct buffer *buffer) {
    if (!buffer->failed) buffer_add(buffer, "", 0); /* an empty text is a text */
    char *text = buffer->failed ? NULL : buffer->data;
    if (!text) free(buffer->data);
    *buffer = (struct buffer){.max = buffer->max};
    return text;
}

void buffer_finish(struct buffer *buffer) {
    if (!buffer) return;
    free(buffer->data);
    *buffer = (struct buffer){0};
}
