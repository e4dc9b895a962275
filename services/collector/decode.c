#include "services/collector/decode.h"

#include <string.h>

/* What other programs' files begin with. */
static const struct {
    const char *magic;
    size_t len;
    const char *reason;
} foreign[] = {
    {"\xd0\xcf\x11\xe0", 4, "这是 .xls 或 .et 格式，不是文本表格"},
    {"PK\x03\x04", 4, "这是 .xlsx、.docx 或压缩包，不是文本表格"},
    {"PK\x05\x06", 4, "这是空的压缩包"},
    {"%PDF", 4, "这是 PDF，不是表格"},
    {"Rar!", 4, "这是压缩包，请解压后放入"},
    {"7z\xbc\xaf", 4, "这是压缩包，请解压后放入"},
    {"\xff\xd8\xff", 3, "这是照片，不是表格"},
    {"\x89PNG", 4, "这是图片，不是表格"},
};

static const char *foreign_reason(struct slice bytes) {
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (bytes.len >= foreign[i].len && memcmp(bytes.ptr, foreign[i].magic, foreign[i].len) == 0)
            return foreign[i].reason;
    return NULL;
}

static bool begins(struct slice bytes, const char *with, size_t len) {
    return bytes.len >= len && memcmp(bytes.ptr, with, len) == 0;
}

static bool has_bom(struct slice bytes) {
    return begins(bytes, "\xef\xbb\xbf", 3) || begins(bytes, "\xff\xfe", 2) || begins(bytes, "\xfe\xff", 2);
}

/* A page or an XML file that calls itself .xls. */
static bool is_markup(const char *text) {
    text += strspn(text, " \t\r\n");
    static const char *const marks[] = {"<html", "<HTML", "<!DOCTYPE", "<!doctype", "<?xml", "<table", "<meta"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0) return true;
    return false;
}

/* Replacement characters, what GBK makes of them, or a table of question marks. */
static const char *garbled_sign(const char *text) {
    if (strstr(text, "\xef\xbf\xbd")) return "�";
    if (strstr(text, "锟斤拷")) return "锟斤拷";
    if (strstr(text, "????")) return "????";
    return NULL;
}

static size_t line_of(const char *text, const char *at) {
    size_t line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

bool decode(struct slice bytes, struct arena *arena, struct decoded *out, struct refusal *refusal) {
    *out = (struct decoded){.bom = has_bom(bytes)};
    const char *reason = foreign_reason(bytes);
    if (reason) {
        *refusal = refuse(arena, REFUSAL_NOT_TEXT, NO_COLUMN, "%s", reason);
        return false;
    }
    size_t bad_at = 0;
    if (!text_decode_guess(bytes.ptr, bytes.len, &out->text, &out->encoding, &bad_at)) {
        *refusal =
            refuse(arena, REFUSAL_BAD_ENCODING, NO_COLUMN, "第%zu个字节起，既不是 UTF-8 也不是 GB18030", bad_at + 1);
        return false;
    }
    const char *text = buffer_text(&out->text);
    if (memchr(text, 0, out->text.len)) {
        *refusal = refuse(arena, REFUSAL_NOT_TEXT, NO_COLUMN, "里面有空字节，不是文本表格");
        return false;
    }
    if (is_markup(text)) {
        *refusal = refuse(arena, REFUSAL_NOT_TEXT, NO_COLUMN, "这是网页或 XML 格式，不是文本表格");
        return false;
    }
    const char *sign = garbled_sign(text);
    if (sign) {
        *refusal = refuse(arena, REFUSAL_GARBLED, NO_COLUMN, "原文件已乱码（第%zu行有“%s”）",
                          line_of(text, strstr(text, sign)), sign);
        return false;
    }
    return true;
}

void decoded_finish(struct decoded *decoded) {
    buffer_finish(&decoded->text);
}

/* A carriage return alone ends lines, too; one that was half of a CRLF ends its row all the same. */
static bool is_break(char c) {
    return c == '\n' || c == '\r';
}

bool decode_is_whole(struct slice bytes) {
    if (bytes.len == 0) return false;
    if (foreign_reason(bytes)) return true;
    if (begins(bytes, "\xff\xfe", 2))
        return bytes.len % 2 == 0 && bytes.len >= 4 && is_break(bytes.ptr[bytes.len - 2]) && !bytes.ptr[bytes.len - 1];
    if (begins(bytes, "\xfe\xff", 2))
        return bytes.len % 2 == 0 && bytes.len >= 4 && is_break(bytes.ptr[bytes.len - 1]) && !bytes.ptr[bytes.len - 2];
    return is_break(bytes.ptr[bytes.len - 1]);
}
