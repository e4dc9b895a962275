/* Foreign encodings by glibc's iconv. */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "common/base/text.h"

static const struct encoding {
    const char *name;
    size_t mark_len;
    const char *mark; /* the byte order mark */
} encodings[] = {
    [TEXT_UTF8] = {"UTF-8", 3, "\xEF\xBB\xBF"},
    [TEXT_GB18030] = {"GB18030", 4, "\x84\x31\x95\x33"},
    [TEXT_UTF16LE] = {"UTF-16LE", 2, "\xFF\xFE"},
    [TEXT_UTF16BE] = {"UTF-16BE", 2, "\xFE\xFF"},
};
enum { ENCODINGS = sizeof encodings / sizeof encodings[0] };

const char *text_encoding_name(enum text_encoding encoding) {
    return encodings[encoding].name;
}

static bool has_mark(enum text_encoding encoding, const char *bytes, size_t len) {
    const struct encoding *e = &encodings[encoding];
    return len >= e->mark_len && memcmp(bytes, e->mark, e->mark_len) == 0;
}

/* Turns all bytes; the count of those turned before the first error is in *turned. */
static bool convert(const char *from, const char *bytes, size_t len, struct buffer *out, size_t *turned) {
    enum { ROOM = 4096 };
    *turned = 0;
    iconv_t turn = iconv_open("UTF-8", from);
    if (turn == (iconv_t)-1) return false;
    const char *in = bytes;
    size_t left = len;
    bool good = true;
    for (bool flushing = false; good;) {
        char *room = buffer_reserve(out, ROOM);
        if (!room) break;
        char *at = room;
        size_t space = ROOM;
        /* iconv writes through neither its input pointer nor the bytes: the cast only meets its old prototype. */
        char *source;
        memcpy(&source, &in, sizeof source);
        size_t result = flushing ? iconv(turn, NULL, NULL, &at, &space) : iconv(turn, &source, &left, &at, &space);
        in = source;
        out->len += (size_t)(at - room);
        out->data[out->len] = '\0';
        if (result == (size_t)-1 && errno != E2BIG)
            good = false;
        else if (result != (size_t)-1 && flushing)
            break;
        else if (result != (size_t)-1)
            flushing = true; /* glibc holds a last character back until told that nothing follows */
    }
    iconv_close(turn);
    *turned = (size_t)(in - bytes);
    return good;
}

bool text_decode(enum text_encoding encoding, const void *bytes, size_t len, struct buffer *out, size_t *bad_at) {
    const char *text = bytes;
    size_t skip = has_mark(encoding, text, len) ? encodings[encoding].mark_len : 0;
    if (len == skip) return true;
    size_t good = 0, before = out->len;
    bool whole;
    if (encoding == TEXT_UTF8) {
        whole = text_is_utf8(text + skip, len - skip, &good);
        if (whole) buffer_add(out, text + skip, len - skip);
    } else {
        whole = convert(encodings[encoding].name, text + skip, len - skip, out, &good);
    }
    if (!whole) {
        buffer_cut(out, before);
        if (bad_at) *bad_at = skip + good;
    }
    return whole;
}

bool text_decode_guess(const void *bytes, size_t len, struct buffer *out, enum text_encoding *found, size_t *bad_at) {
    for (unsigned e = 0; e < ENCODINGS; e++) {
        if (has_mark((enum text_encoding)e, bytes, len)) {
            *found = (enum text_encoding)e;
            return text_decode(*found, bytes, len, out, bad_at);
        }
    }
    *found = TEXT_UTF8;
    if (text_decode(TEXT_UTF8, bytes, len, out, NULL)) return true;
    *found = TEXT_GB18030;
    return text_decode(TEXT_GB18030, bytes, len, out, bad_at);
}
