#include "services/collector/workbook_strings.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES_MAX = 1 << 17 }; /* a cell holds 32,767 characters */

/* --- rich text --- */

void rich_text_clear(struct rich_text *text) {
    buffer_clear(&text->text);
    text->struck = text->in_text = false;
    text->phonetic = 0;
}

void rich_text_begin(struct rich_text *text, const char *name, const char **attributes) {
    if (strcmp(name, "rPh") == 0) text->phonetic++;
    if (strcmp(name, "strike") == 0) text->struck |= part_attribute_is(attributes, "val", true);
    text->in_text = strcmp(name, "t") == 0 && text->phonetic == 0;
}

void rich_text_end(struct rich_text *text, const char *name) {
    if (strcmp(name, "rPh") == 0 && text->phonetic) text->phonetic--;
    text->in_text = false;
}

void rich_text_add(struct rich_text *text, const char *more, size_t len) {
    if (text->in_text && text->text.len + len <= TEXT_BYTES_MAX) buffer_add(&text->text, more, len);
}

static int hex(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* _x000D_: how these files write controls, and a _x that is meant itself (as _x005F_). -1: none. */
static int escape_at(const char *text) {
    if (text[0] != '_' || text[1] != 'x') return -1;
    int code = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex(text[i]);
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return text[6] == '_' && code < 0x80 ? code : -1;
}

static void unescape(struct buffer *buffer) {
    char *out = buffer->data;
    if (!out || !strstr(out, "_x")) return;
    for (const char *at = buffer->data; *at;) {
        int code = escape_at(at);
        *out++ = code < 0 ? *at : code < 0x20 && code != '\t' && code != '\n' ? ' ' : (char)code;
        at += code < 0 ? 1 : 7;
    }
    buffer_cut(buffer, (size_t)(out - buffer->data));
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct slice rich_text_finish(struct rich_text *text) {
    unescape(&text->text);
    const char *begin = buffer_text(&text->text);
    size_t len = text->text.len;
    while (len && is_space(*begin))
        begin++, len--;
    while (len && is_space(begin[len - 1]))
        len--;
    if (len >= 2 && *begin == '\'') begin++, len--; /* typed to force text */
    return (struct slice){begin, len};
}

/* --- shared strings --- */

struct strings_reader {
    struct strings *out;
    struct rich_text text;
    bool in_item, failed;
};

static void add_item(struct strings_reader *in) {
    struct strings *out = in->out;
    struct slice text = rich_text_finish(&in->text);
    if (out->count == out->capacity) {
        size_t wanted = out->capacity ? out->capacity * 2 : 256;
        void *grown = realloc(out->items, wanted * sizeof *out->items);
        in->failed |= !grown;
        if (!grown) return;
        out->items = grown;
        out->capacity = wanted;
    }
    out->items[out->count++] = (struct sheet_cell_data){
        .at = (uint32_t)out->text.len, .len = text.len & SHEET_CELL_MAX, .marks = in->text.struck ? SHEET_STRUCK : 0};
    buffer_add(&out->text, text.ptr, text.len);
    in->failed |= out->text.failed || in->text.text.failed;
}

static bool on_begin(void *context, const char *name, const char **attributes) {
    struct strings_reader *in = context;
    if (!in->in_item && strcmp(name, "si") == 0) {
        in->in_item = true;
        rich_text_clear(&in->text);
    } else if (in->in_item) {
        rich_text_begin(&in->text, name, attributes);
    }
    return true;
}

static bool on_end(void *context, const char *name) {
    struct strings_reader *in = context;
    if (!in->in_item) return true;
    rich_text_end(&in->text, name);
    if (strcmp(name, "si") != 0) return true;
    in->in_item = false;
    add_item(in);
    return !in->failed;
}

static bool on_text(void *context, const char *text, size_t len) {
    struct strings_reader *in = context;
    if (in->in_item) rich_text_add(&in->text, text, len);
    return true;
}

bool strings_read(struct package *package, const char *part, struct arena *arena, struct strings *out,
                  struct refusal *refusal) {
    static const struct part_handlers handlers = {.begin = on_begin, .end = on_end, .text = on_text};
    struct strings_reader in = {.out = out};
    enum part_result result = package_read(package, part, &handlers, &in, refusal);
    buffer_finish(&in.text.text);
    if (result == PART_ENDED)
        *refusal = refuse(arena, REFUSAL_TOO_LARGE, NO_COLUMN, "工作簿里的文字太多（超过%zu MB）", out->text.max >> 20);
    return result == PART_READ;
}

void strings_finish(struct strings *strings) {
    buffer_finish(&strings->text);
    free(strings->items);
    *strings = (struct strings){.items = NULL};
}
