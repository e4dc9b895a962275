#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

#define BYTES(text) text, sizeof text - 1

Test(text_decode, reads_what_offices_save) {
    static const struct {
        const char *bytes;
        size_t len;
        enum text_encoding encoding;
        const char *expected;
    } rows[] = {
        {BYTES("abc"), TEXT_UTF8, "abc"},
        {BYTES("\xEF\xBB\xBF旺苍"), TEXT_UTF8, "旺苍"},
        {BYTES("\xCD\xFA\xB2\xD4,1\r\n"), TEXT_GB18030, "旺苍,1\r\n"},
        {BYTES("\x81\x30\x81\x30"), TEXT_GB18030, "\xC2\x80"},         /* four bytes */
        {BYTES("\x95\x32\x82\x36"), TEXT_GB18030, "\xF0\xA0\x80\x80"}, /* U+20000 */
        {BYTES("\xFF\xFE\xFA\x65\x31\x00"), TEXT_UTF16LE, "旺1"},
        {BYTES("\xFE\xFF\x65\xFA\x00\x31"), TEXT_UTF16BE, "旺1"},
        {BYTES("\xFF\xFE\x42\xD8\xB7\xDF"), TEXT_UTF16LE, "\xF0\xA0\xAE\xB7"}, /* surrogate pair */
        {BYTES("\xFF\xFE"), TEXT_UTF16LE, ""},
        {BYTES(""), TEXT_UTF8, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        enum text_encoding found = TEXT_UTF16BE;
        size_t bad_at = 0;
        cr_assert(text_decode_guess(rows[i].bytes, rows[i].len, &out, &found, &bad_at), "row %zu at %zu", i, bad_at);
        cr_assert_eq(found, rows[i].encoding, "row %zu: %s", i, text_encoding_name(found));
        cr_assert_str_eq(buffer_text(&out), rows[i].expected, "row %zu", i);
    }
}

Test(text_decode, names_the_first_bad_byte) {
    static const struct {
        enum text_encoding encoding;
        const char *bytes;
        size_t len, bad_at;
    } rows[] = {
        {TEXT_UTF8, BYTES("ab\xFFz"), 2},
        {TEXT_UTF8, BYTES("\xEF\xBB\xBF\xFF"), 3},
        {TEXT_GB18030, BYTES("ab\xFF"), 2},
        {TEXT_GB18030, BYTES("\xCD\xFA\xCD"), 2},         /* half a character at the end */
        {TEXT_GB18030, BYTES("\xCD\xFA\x81\x30\x81"), 2}, /* three of four */
        {TEXT_GB18030, BYTES("1\xCD\x20"), 1},
        {TEXT_UTF16LE, BYTES("\xFA\x65\x31"), 2},     /* an odd byte */
        {TEXT_UTF16LE, BYTES("\x31\x00\xB7\xDF"), 2}, /* a low surrogate alone */
        {TEXT_UTF16BE, BYTES("\xD8\x42\x00\x31"), 0}, /* a high one without its other half */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(buffer_finish) struct buffer out = {0};
        buffer_add_text(&out, "before");
        size_t bad_at = 99;
        cr_assert_not(text_decode(rows[i].encoding, rows[i].bytes, rows[i].len, &out, &bad_at), "row %zu", i);
        cr_assert_eq(bad_at, rows[i].bad_at, "row %zu: %zu", i, bad_at);
        cr_assert_str_eq(buffer_text(&out), "before", "row %zu: all or nothing", i);
    }
}

Test(text_decode, crosses_its_inner_blocks) {
    enum { COUNT = 5000 };
    CLEAN(buffer_finish) struct buffer in = {0};
    CLEAN(buffer_finish) struct buffer out = {0};
    for (int i = 0; i < COUNT; i++)
        buffer_add(&in, "\xCD\xFA", 2);
    size_t bad_at;
    cr_assert(text_decode(TEXT_GB18030, in.data, in.len, &out, &bad_at));
    cr_assert_eq(out.len, (size_t)COUNT * 3);
    cr_assert_eq(text_chars(out.data, out.len), (size_t)COUNT);
    buffer_add(&in, "\xFF", 1);
    cr_assert_not(text_decode(TEXT_GB18030, in.data, in.len, &out, &bad_at));
    cr_assert_eq(bad_at, (size_t)COUNT * 2);
}
