/* UTF-8 and what offices do to it: checks, normal forms, foreign encodings, widths, cuts, nearest names.
 * Text is UTF-8 in (pointer, length); no function needs a final NUL unless it takes a plain `const char *`.
 * Pure apart from allocation in the caller's struct buffer (look at buffer->failed). */
#ifndef DUBAN_BASE_TEXT_H
#define DUBAN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"

/* --- UTF-8 --- */

/* Strict (no surrogates, overlong forms, above U+10FFFF). *bad_at (may be NULL) = byte position of the first error. */
bool text_is_utf8(const char *text, size_t len, size_t *bad_at);
/* The code point at *at, which moves on; bytes that are not UTF-8 give U+FFFD and move one. at must be < len. */
uint32_t text_next(const char *text, size_t len, size_t *at);
size_t text_chars(const char *text, size_t len); /* code points */
/* The longest prefix of whole characters in at most `bytes` bytes / `chars` code points: its length in bytes. */
size_t text_cut_bytes(const char *text, size_t len, size_t bytes);
size_t text_cut_chars(const char *text, size_t len, size_t chars);

bool text_is_nfc(const char *text, size_t len);                  /* false for invalid UTF-8 */
bool text_nfc(const char *text, size_t len, struct buffer *out); /* false for invalid UTF-8 */
bool text_has_control(const char *text, size_t len);             /* C0, DEL, C1 */
/* Controls (line breaks and tabs too) become one space each; NFC; invalid bytes become U+FFFD. Fit for an event. */
void text_clean(const char *text, size_t len, struct buffer *out);

/* --- encodings --- */

enum text_encoding { TEXT_UTF8, TEXT_GB18030, TEXT_UTF16LE, TEXT_UTF16BE };
const char *text_encoding_name(enum text_encoding encoding); /* "UTF-8", "GB18030" … */

/* Strict decoding to UTF-8, all of it or nothing. A leading BOM is dropped. false: *bad_at = byte of the first error.
 */
bool text_decode(enum text_encoding encoding, const void *bytes, size_t len, struct buffer *out, size_t *bad_at);
/* BOM, else strict UTF-8, else strict GB18030. false when none fits: *bad_at = where GB18030 (or the BOM's) failed. */
bool text_decode_guess(const void *bytes, size_t len, struct buffer *out, enum text_encoding *found, size_t *bad_at);

/* --- as offices type --- */

/* Full-width letters, digits, point, signs, percent, comma, brackets → ASCII; every kind of minus → '-'; every kind of
 * space (全角, NBSP, thin …) → ' '; zero-width characters dropped; spaces at both ends dropped. Ideographs, 、 and 。
 * stay. Source: the awkward-files list, "full-width digits". */
void text_halfwidth(const char *text, size_t len, struct buffer *out);
bool text_equal_loose(const char *a, size_t a_len, const char *b,
                      size_t b_len); /* after halfwidth, without spaces, quotes */
/* The same for texts that are loosely equal; no two of a few thousand others are likely to share it. */
uint64_t text_hash_loose(const char *text, size_t len);

/* --- for the eye --- */

size_t text_width(const char *text, size_t len);                     /* columns: wide CJK 2, combining 0 */
size_t text_cut_width(const char *text, size_t len, size_t columns); /* bytes of the prefix that fits */
enum text_align { TEXT_LEFT, TEXT_RIGHT };
/* Exactly `columns` wide: padded with spaces, or cut with "…" at the end. */
void text_pad(const char *text, size_t len, size_t columns, enum text_align align, struct buffer *out);

/* Plain decimal integers: "-"? then "0" or digits without a leading zero; nothing else, no overflow. */
bool text_to_int(const char *text, size_t len, int64_t *out);

/* --- names --- */

size_t text_distance(const char *a, const char *b); /* edit distance in code points; both ≤ 128, else SIZE_MAX */
/* The candidate nearest to word, if near enough to be meant (about a third of its length); NULL if none. Borrows. */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

#endif
