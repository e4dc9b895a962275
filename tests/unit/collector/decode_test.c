#include <criterion/criterion.h>

#include "services/collector/decode.h"

#define BYTES(literal) ((struct slice){literal, sizeof(literal) - 1})

static void expect_text(struct slice bytes, enum text_encoding encoding, const char *wanted) {
    struct arena *arena = arena_create();
    struct decoded out;
    struct refusal refusal;
    bool good = decode(bytes, arena, &out, &refusal);
    cr_expect(good, "refused: %s", good ? "" : refusal.reason);
    if (good) {
        cr_expect_eq(out.encoding, encoding, "%s", text_encoding_name(out.encoding));
        cr_expect_str_eq(buffer_text(&out.text), wanted);
    }
    decoded_finish(&out);
    arena_destroy(&arena);
}

Test(decode, encodings_are_found_by_content) {
    expect_text(BYTES("指标,数值\n"), TEXT_UTF8, "指标,数值\n");
    expect_text(BYTES("\xef\xbb\xbf"
                      "a,b\r\n"),
                TEXT_UTF8, "a,b\r\n");
    expect_text(BYTES("\xd6\xb8\xb1\xea,1\r\n"), TEXT_GB18030, "指标,1\r\n");                 /* 指标 in GBK */
    expect_text(BYTES("\xff\xfe\x07\x63\x07\x68\x0d\x00\x0a\x00"), TEXT_UTF16LE, "指标\r\n"); /* U+6307 U+6807 */
    expect_text(BYTES("\xfe\xff\x63\x07\x68\x07\x00\x0a"), TEXT_UTF16BE, "指标\n");
}

static void expect_refused(struct slice bytes, enum refusal_code code, const char *word) {
    struct arena *arena = arena_create();
    struct decoded out;
    struct refusal refusal = {.code = REFUSAL_NONE};
    cr_expect_not(decode(bytes, arena, &out, &refusal));
    cr_expect_eq(refusal.code, code, "%s", refusal_row(refusal.code)->word);
    cr_expect(refusal.reason && strstr(refusal.reason, word), "\"%s\" lacks \"%s\"", refusal.reason, word);
    decoded_finish(&out);
    arena_destroy(&arena);
}

Test(decode, what_is_no_table_is_refused_in_words) {
    expect_refused(BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), REFUSAL_WORKBOOK_OLD, ".xls");
    expect_refused(BYTES("\xd0\xcf\x11\xe0..E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"), REFUSAL_WORKBOOK_LOCKED,
                   "密码");
    expect_refused(BYTES("\xd0\xcf\x11\xe0..W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"), REFUSAL_DOCUMENT, "Word");
    expect_refused(BYTES("\xd0\xcf\x11\xe0..W\0o\0r\0k\0b\0o\0o\0k\0"), REFUSAL_WORKBOOK_OLD, ".et");
    expect_refused(BYTES("%PDF-1.7"), REFUSAL_DOCUMENT, "PDF");
    expect_refused(BYTES("{\\rtf1"), REFUSAL_DOCUMENT, "RTF");
    expect_refused(BYTES("\xff\xd8\xff\xe0"), REFUSAL_PICTURE, "照片");
    expect_refused(BYTES("\x89PNG\r\n"), REFUSAL_PICTURE, "图片");
    expect_refused(BYTES("Rar!\x1a"), REFUSAL_ARCHIVE, ".rar");
    expect_refused(BYTES("7z\xbc\xaf"), REFUSAL_ARCHIVE, ".7z");
    expect_refused(BYTES("<html><table>"), REFUSAL_WEB_PAGE, "网页");
    expect_refused(BYTES("\xef\xbb\xbf\r\n<Table border=1>"), REFUSAL_WEB_PAGE, "网页");
    expect_refused(BYTES("<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"),
                   REFUSAL_WEB_PAGE, "XML 表格 2003");
    expect_refused(BYTES("<?xml version=\"1.0\"?><a/>"), REFUSAL_WEB_PAGE, "XML");
    expect_refused(BYTES("a,b\n\0,c\n"), REFUSAL_NOT_TEXT, "空字节");
    expect_refused(BYTES("a,b\n1,\xff\xff\n"), REFUSAL_BAD_ENCODING, "第7个字节");
    expect_refused(BYTES("指标,数值\n锟斤拷,1\n"), REFUSAL_GARBLED, "第2行");
    expect_refused(BYTES("a,b\nx,????\n"), REFUSAL_GARBLED, "????");
    expect_refused(BYTES("a\xef\xbf\xbd\n"), REFUSAL_GARBLED, "乱码");
}

Test(decode, a_file_is_whole_when_its_last_line_ends) {
    cr_expect_not(decode_is_whole(BYTES("")));
    cr_expect_not(decode_is_whole(BYTES("a,b\n1,2")));
    cr_expect(decode_is_whole(BYTES("a,b\n1,2\r\n")));
    cr_expect(decode_is_whole(BYTES("\xff\xfe\x31\x00\x0a\x00")));
    cr_expect_not(decode_is_whole(BYTES("\xff\xfe\x31\x00\x0a")));
    cr_expect_not(decode_is_whole(BYTES("\xff\xfe\x0a\x31")), "U+310A is no line break");
    cr_expect(decode_is_whole(BYTES("a,b\r1,2\r")), "a carriage return alone ends a line");
    cr_expect(decode_is_whole(BYTES("\xff\xfe\x31\x00\x0d\x00")));
    cr_expect(decode_is_whole(BYTES("\xd0\xcf\x11\xe0")), "not ours to wait for");
    cr_expect_not(decode_is_whole(BYTES("PK\x03\x04 half a workbook")), "its directory comes last");
    cr_expect(decode_is_whole(BYTES("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")), "an empty archive");
    cr_expect_not(decode_is_whole(BYTES("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0comm")));
    cr_expect(decode_is_whole(BYTES("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0comme")));
}
