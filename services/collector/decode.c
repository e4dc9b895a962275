#include "services/collector/decode.h"

#include <string.h>
#include <strings.h>

#include "services/collector/workbook.h"

/* What other programs' files begin with. */
static const struct {
    const char *magic;
    size_t len;
    enum refusal_code code;
    const char *reason;
} foreign[] = {
    {"%PDF", 4, REFUSAL_DOCUMENT, "这是 PDF，不是表格"},
    {"{\\rtf", 5, REFUSAL_DOCUMENT, "这是 RTF 文档，不是表格"},
    {"Rar!", 4, REFUSAL_ARCHIVE, "这是压缩包（.rar）"},
    {"7z\xbc\xaf", 4, REFUSAL_ARCHIVE, "这是压缩包（.7z）"},
    {"\x1f\x8b", 2, REFUSAL_ARCHIVE, "这是压缩包（.gz）"},
    {"\xff\xd8\xff", 3, REFUSAL_PICTURE, "这是照片，不是表格"},
    {"\x89PNG", 4, REFUSAL_PICTURE, "这是图片，不是表格"},
    {"GIF8", 4, REFUSAL_PICTURE, "这是图片，不是表格"},
    {"II*\0", 4, REFUSAL_PICTURE, "这是扫描图片，不是表格"},
    {"MM\0*", 4, REFUSAL_PICTURE, "这是扫描图片，不是表格"},
    {"MIME-Version:", 13, REFUSAL_WEB_PAGE, "这是网页存档（.mht）"},
};

/* Files of the older office programs are folders of streams, whose names tell what they are; an encrypted workbook of
 * the newer ones hides in one, too. Names are in UTF-16. */
static const struct {
    const char *stream;
    size_t len;
    enum refusal_code code;
    const char *reason;
} old_streams[] = {
    {"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32, REFUSAL_WORKBOOK_LOCKED, "文件设了打开密码"},
    {"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", 24, REFUSAL_DOCUMENT, "这是 Word 或 WPS 文档，不是表格"},
    {"P\0o\0w\0e\0r\0P\0o\0i\0n\0t\0", 20, REFUSAL_DOCUMENT, "这是演示文稿，不是表格"},
};

static struct refusal old_refusal(struct slice bytes, struct arena *arena) {
    for (size_t i = 0; i < sizeof old_streams / sizeof *old_streams; i++)
        if (memmem(bytes.ptr, bytes.len, old_streams[i].stream, old_streams[i].len))
            return refuse(arena, old_streams[i].code, NO_COLUMN, "%s", old_streams[i].reason);
    return refuse(arena, REFUSAL_WORKBOOK_OLD, NO_COLUMN, "这是旧格式（.xls 或 .et）");
}

static bool begins(struct slice bytes, const char *with, size_t len) {
    return bytes.len >= len && memcmp(bytes.ptr, with, len) == 0;
}

static bool is_old(struct slice bytes) {
    return begins(bytes, "\xd0\xcf\x11\xe0", 4);
}

static size_t foreign_kind(struct slice bytes) {
    size_t i = 0;
    while (i < sizeof foreign / sizeof *foreign && !begins(bytes, foreign[i].magic, foreign[i].len))
        i++;
    return i;
}

static bool is_foreign(struct slice bytes) {
    return is_old(bytes) || foreign_kind(bytes) < sizeof foreign / sizeof *foreign;
}

bool decode_is_zip(struct slice bytes) {
    return begins(bytes, "PK\x03\x04", 4) || begins(bytes, "PK\x05\x06", 4);
}

static bool has_bom(struct slice bytes) {
    return begins(bytes, "\xef\xbb\xbf", 3) || begins(bytes, "\xff\xfe", 2) || begins(bytes, "\xfe\xff", 2);
}

/* A page or an XML file that calls itself .xls. NULL: neither. */
static const char *markup_reason(const char *text) {
    static const char *const pages[] = {"<html", "<!doctype", "<table", "<meta", "<head", "<body", "<style"};
    text += strspn(text, " \t\r\n");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strncasecmp(text, pages[i], strlen(pages[i])) == 0) return "这是网页格式";
    if (strncmp(text, "<?xml", 5) != 0) return NULL;
    return strstr(text, "urn:schemas-microsoft-com:office:spreadsheet") ? "这是“XML 表格 2003”格式" : "这是 XML 格式";
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
    size_t kind = foreign_kind(bytes);
    if (kind < sizeof foreign / sizeof *foreign) {
        *refusal = refuse(arena, foreign[kind].code, NO_COLUMN, "%s", foreign[kind].reason);
        return false;
    }
    if (is_old(bytes)) {
        *refusal = old_refusal(bytes, arena);
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
        *refusal = refuse(arena, REFUSAL_NOT_TEXT, NO_COLUMN, "里面有空字节，不是表格");
        return false;
    }
    const char *markup = markup_reason(text);
    if (markup) {
        *refusal = refuse(arena, REFUSAL_WEB_PAGE, NO_COLUMN, "%s", markup);
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
    if (decode_is_zip(bytes)) return workbook_bytes_are_whole(bytes);
    if (is_foreign(bytes)) return true;
    if (begins(bytes, "\xff\xfe", 2))
        return bytes.len % 2 == 0 && bytes.len >= 4 && is_break(bytes.ptr[bytes.len - 2]) && !bytes.ptr[bytes.len - 1];
    if (begins(bytes, "\xfe\xff", 2))
        return bytes.len % 2 == 0 && bytes.len >= 4 && is_break(bytes.ptr[bytes.len - 1]) && !bytes.ptr[bytes.len - 2];
    return is_break(bytes.ptr[bytes.len - 1]);
}
