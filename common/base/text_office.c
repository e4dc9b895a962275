/* Text as offices type it: full-width forms, odd spaces and quotes; names that are nearly right. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Zero-width and direction marks, soft hyphens: seen by programs, never by the person who typed. */
static bool is_invisible(uint32_t c) {
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
           c == 0xFEFF || c == 0xAD || c == 0x180E;
}

static uint32_t halfwidth(uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + '!';
    if (is_space(c)) return ' ';
    if (c >= 0x2010 && c <= 0x2015) return '-';
    switch (c) {
    case 0x2212: /* minus sign */
    case 0xFE63: /* small hyphen-minus */
    case 0xFE58: /* small em dash */
        return '-';
    case 0xFE62:
        return '+';
    case 0xFE6A:
        return '%';
    case 0xFE50:
        return ',';
    case 0xFE52:
        return '.';
    case 0xFE59:
        return '(';
    case 0xFE5A:
        return ')';
    default:
        return c;
    }
}

void text_halfwidth(const char *text, size_t len, struct buffer *out) {
    size_t spaces = 0;
    bool begun = false;
    for (size_t at = 0; at < len;) {
        uint32_t c = text_next(text, len, &at);
        if (is_invisible(c)) continue;
        c = halfwidth(c);
        if (c == ' ') {
            spaces += begun;
            continue;
        }
        for (; spaces; spaces--)
            buffer_add_char(out, ' ');
        begun = true;
        buffer_add_code_point(out, c);
    }
}

static bool is_quote(uint32_t c) {
    return c == '"' || c == '\'' || (c >= 0x2018 && c <= 0x201F) || (c >= 0x300C && c <= 0x300F) ||
           (c >= 0x301D && c <= 0x301F);
}

/* The next character that counts in a loose comparison; 0 at the end. */
static uint32_t next_loose(const char *text, size_t len, size_t *at) {
    while (*at < len) {
        uint32_t c = halfwidth(text_next(text, len, at));
        if (c != ' ' && !is_invisible(c) && !is_quote(c)) return c;
    }
    return 0;
}

bool text_equal_loose(const char *a, size_t a_len, const char *b, size_t b_len) {
    size_t a_at = 0, b_at = 0;
    for (;;) {
        uint32_t x = next_loose(a, a_len, &a_at);
        if (x != next_loose(b, b_len, &b_at)) return false;
        if (x == 0) return a_at == a_len && b_at == b_len;
    }
}

/* FNV-1a over the characters that count. */
uint64_t text_hash_loose(const char *text, size_t len) {
    uint64_t hash = UINT64_C(14695981039346656037);
    size_t at = 0;
    for (uint32_t c; (c = next_loose(text, len, &at)) != 0;) {
        for (unsigned shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (c >> shift & 0xFF)) * UINT64_C(1099511628211);
    }
    return hash ^ hash >> 32;
}

/* --- names --- */

enum { NAME_MAX_CHARS = 128 };

static bool spread(const char *text, uint32_t out[NAME_MAX_CHARS], size_t *count) {
    size_t len = strlen(text);
    *count = 0;
    for (size_t at = 0; at < len;) {
        if (*count == NAME_MAX_CHARS) return false;
        out[(*count)++] = text_next(text, len, &at);
    }
    return true;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Insertions, deletions, changes and swaps of neighbours each cost 1. */
size_t text_distance(const char *a, const char *b) {
    uint32_t x[NAME_MAX_CHARS], y[NAME_MAX_CHARS];
    size_t m, n;
    if (!spread(a, x, &m) || !spread(b, y, &n)) return SIZE_MAX;
    size_t rows[3][NAME_MAX_CHARS + 1];
    size_t *two_up = rows[0], *up = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *free_row = two_up;
        two_up = up;
        up = row;
        row = free_row;
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            row[j] = least(up[j - 1] + (x[i - 1] != y[j - 1]), least(up[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                row[j] = least(row[j], two_up[j - 2] + 1);
        }
    }
    return row[n];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count) {
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    size_t word_chars = text_chars(word, strlen(word));
    for (size_t i = 0; i < count; i++) {
        size_t chars = text_chars(candidates[i], strlen(candidates[i]));
        size_t longest = chars > word_chars ? chars : word_chars;
        size_t allowed = longest < 2 ? 0 : longest < 6 ? 1 : longest / 3;
        size_t distance = text_distance(word, candidates[i]);
        if (distance <= allowed && distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}

/* --- numbers --- */

bool text_to_int(const char *text, size_t len, int64_t *out) {
    bool negative = len > 0 && text[0] == '-';
    size_t at = negative;
    if (at == len || (text[at] == '0' && len > 1)) return false;
    int64_t value = 0;
    for (; at < len; at++) {
        if (text[at] < '0' || text[at] > '9') return false;
        int digit = text[at] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}
