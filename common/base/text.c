#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/base/cleanup.h"

enum { REPLACEMENT = 0xFFFD, ELLIPSIS = 0x2026 };

/* The length of the sequence at text, its code point in *out; 0 when it is not strict UTF-8. */
static size_t decode_one(const char *text, size_t len, uint32_t *out) {
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *out = s[0];
        return 1;
    }
    size_t need = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len < need) return 0;
    uint32_t c = s[0] & (0xFFu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[need] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    *out = c;
    return need;
}

bool text_is_utf8(const char *text, size_t len, size_t *bad_at) {
    size_t at = 0;
    while (at < len) {
        uint32_t c;
        size_t step = decode_one(text + at, len - at, &c);
        if (!step) {
            if (bad_at) *bad_at = at;
            return false;
        }
        at += step;
    }
    return true;
}

uint32_t text_next(const char *text, size_t len, size_t *at) {
    uint32_t c = REPLACEMENT;
    size_t step = decode_one(text + *at, len - *at, &c);
    *at += step ? step : 1;
    return step ? c : REPLACEMENT;
}

size_t text_chars(const char *text, size_t len) {
    size_t count = 0;
    for (size_t at = 0; at < len; count++)
        text_next(text, len, &at);
    return count;
}

size_t text_cut_bytes(const char *text, size_t len, size_t bytes) {
    size_t limit = len < bytes ? len : bytes;
    /* Only a sequence that began within the last three bytes can be cut: look back to its first byte. */
    size_t start = limit;
    while (start > 0 && limit - start < 4) {
        unsigned char byte = (unsigned char)text[--start];
        if ((byte & 0xC0) == 0x80) continue;
        size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return start + need > limit ? start : limit;
    }
    return limit;
}

size_t text_cut_chars(const char *text, size_t len, size_t chars) {
    size_t at = 0;
    while (at < len && chars-- > 0)
        text_next(text, len, &at);
    return at;
}

/* --- normal form --- */

/* Starters that no normalising changes: what nearly all text here is made of. */
static bool is_surely_nfc(uint32_t c) {
    return c < 0x300 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xFF01 && c <= 0xFF60) || (c >= 0x3001 && c <= 0x3029) ||
           (c >= 0x2010 && c <= 0x2027) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF);
}

static bool compose(const char *text, size_t len, utf8proc_uint8_t **out, size_t *out_len) {
    *out = NULL;
    utf8proc_ssize_t got =
        utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, out, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    *out_len = got < 0 ? 0 : (size_t)got;
    return got >= 0;
}

bool text_is_nfc(const char *text, size_t len) {
    bool sure = true;
    for (size_t at = 0; at < len;) {
        uint32_t c;
        size_t step = decode_one(text + at, len - at, &c);
        if (!step) return false;
        sure = sure && is_surely_nfc(c);
        at += step;
    }
    if (sure) return true;
    AUTO_FREE utf8proc_uint8_t *composed = NULL;
    size_t composed_len;
    return compose(text, len, &composed, &composed_len) && composed_len == len && memcmp(composed, text, len) == 0;
}

bool text_nfc(const char *text, size_t len, struct buffer *out) {
    if (text_is_nfc(text, len)) {
        buffer_add(out, text, len);
        return true;
    }
    if (!text_is_utf8(text, len, NULL)) return false;
    AUTO_FREE utf8proc_uint8_t *composed = NULL;
    size_t composed_len;
    if (compose(text, len, &composed, &composed_len))
        buffer_add(out, composed, composed_len);
    else
        out->failed = true; /* valid text, so only memory can be short */
    return true;
}

static bool is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

bool text_has_control(const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        if (is_control(text_next(text, len, &at))) return true;
    }
    return false;
}

void text_clean(const char *text, size_t len, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer plain = {0};
    for (size_t at = 0; at < len;) {
        uint32_t c = text_next(text, len, &at);
        buffer_add_code_point(&plain, is_control(c) || c == 0x2028 || c == 0x2029 ? ' ' : c);
    }
    if (plain.failed)
        out->failed = true;
    else
        text_nfc(buffer_text(&plain), plain.len, out);
}

/* --- for the eye --- */

static size_t char_width(uint32_t c) {
    int width = utf8proc_charwidth((utf8proc_int32_t)c);
    return width > 0 ? (size_t)width : 0;
}

size_t text_width(const char *text, size_t len) {
    size_t width = 0;
    for (size_t at = 0; at < len;)
        width += char_width(text_next(text, len, &at));
    return width;
}

size_t text_cut_width(const char *text, size_t len, size_t columns) {
    size_t width = 0, fits = 0;
    for (size_t at = 0; at < len; fits = at) {
        width += char_width(text_next(text, len, &at));
        if (width > columns) return fits;
    }
    return fits;
}

static void add_spaces(struct buffer *out, size_t count) {
    while (count-- > 0)
        buffer_add_char(out, ' ');
}

void text_pad(const char *text, size_t len, size_t columns, enum text_align align, struct buffer *out) {
    size_t width = text_width(text, len);
    if (width <= columns) {
        if (align == TEXT_RIGHT) add_spaces(out, columns - width);
        buffer_add(out, text, len);
        if (align == TEXT_LEFT) add_spaces(out, columns - width);
        return;
    }
    if (columns == 0) return;
    size_t fits = text_cut_width(text, len, columns - 1);
    buffer_add(out, text, fits);
    buffer_add_code_point(out, ELLIPSIS);
    add_spaces(out, columns - 1 - text_width(text, fits));
}
