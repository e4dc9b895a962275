/* A growable buffer of bytes or text. Failure is sticky: after a failed allocation or a crossed `max` every call does
 * nothing, and one look at `failed` at the end is enough. The bytes are always followed by a NUL that is not counted.
 * A zeroed struct is an empty buffer; buffer_finish frees it. Nothing blocks. */
#ifndef DUBAN_BASE_BUFFER_H
#define DUBAN_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data; /* NULL while empty: read it through buffer_text */
    size_t len, capacity;
    size_t max; /* refuse to grow beyond; 0 = no limit */
    bool failed;
};

void buffer_add(struct buffer *buffer, const void *bytes, size_t len);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_add_code_point(struct buffer *buffer, uint32_t code_point); /* as UTF-8 */
__attribute__((format(printf, 2, 3))) void buffer_printf(struct buffer *buffer, const char *format, ...);
__attribute__((format(printf, 2, 0))) void buffer_vprintf(struct buffer *buffer, const char *format, va_list args);

/* Room for len bytes more, to be written by the caller who then adds to buffer->len; NULL when failed. */
char *buffer_reserve(struct buffer *buffer, size_t len);
void buffer_cut(struct buffer *buffer, size_t len); /* keeps the first len bytes */
void buffer_clear(struct buffer *buffer);           /* empty and not failed; keeps the memory */

const char *buffer_text(const struct buffer *buffer); /* borrows; "" when empty; never NULL */
char *buffer_take(struct buffer *buffer);             /* gives the text (free it) and empties; NULL when failed */
void buffer_finish(struct buffer *buffer);

#endif
