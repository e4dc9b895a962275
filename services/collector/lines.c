/* JSON lines into a sheet. A small reader of our own, because figures must keep their own text: a library's double
 * turns 485.80 into something else. Flat objects only; nothing nests, so nothing recurses. */
#include <stdlib.h>
#include <string.h>

#include "services/collector/sheet.h"

struct line_reader {
    const char *at, *end;
    char *out;
    struct slice *names;
    size_t name_count, name_capacity;
    const char *wrong; /* Chinese; NULL while all is well */
};

static void skip_spaces(struct line_reader *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r'))
        in->at++;
}

static bool take(struct line_reader *in, char c) {
    skip_spaces(in);
    if (in->at >= in->end || *in->at != c) return false;
    in->at++;
    return true;
}

static bool hex4(struct line_reader *in, uint32_t *out) {
    if (in->end - in->at < 4) return false;
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char c = *in->at++;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) return false;
        *out = *out << 4 | digit;
    }
    return true;
}

/* \uXXXX is six bytes or twelve and never becomes more than four: the output never overtakes the input. */
static bool take_unicode(struct line_reader *in) {
    uint32_t code = 0, low = 0;
    if (!hex4(in, &code)) return false;
    if (code == 0 || (code >= 0xdc00 && code <= 0xdfff)) return false; /* a NUL would cut the text it stands in */
    if (code >= 0xd800 && code <= 0xdbff) {
        if (in->end - in->at < 6 || in->at[0] != '\\' || in->at[1] != 'u') return false;
        in->at += 2;
        if (!hex4(in, &low) || low < 0xdc00 || low > 0xdfff) return false;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    struct buffer one = {0};
    buffer_add_code_point(&one, code);
    memcpy(in->out, buffer_text(&one), one.len);
    in->out += one.len;
    buffer_finish(&one);
    return true;
}

static bool take_escape(struct line_reader *in) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (in->at >= in->end) return false;
    char c = *in->at++;
    if (c == 'u') return take_unicode(in);
    const char *which = c ? strchr(from, c) : NULL;
    if (!which) return false;
    *in->out++ = to[which - from];
    return true;
}

static bool take_text(struct line_reader *in, struct slice *text) {
    char *begin = in->out;
    if (!take(in, '"')) return false;
    while (in->at < in->end && *in->at != '"') {
        char c = *in->at++;
        if (c == '\\' ? !take_escape(in) : (*in->out++ = c, false)) return false;
    }
    if (in->at >= in->end) return false;
    in->at++;
    *text = (struct slice){begin, (size_t)(in->out - begin)};
    return true;
}

/* A number, true, false or null as its own text. */
static bool take_bare(struct line_reader *in, struct slice *text) {
    char *begin = in->out;
    while (in->at < in->end && !strchr(",} \t\r", *in->at))
        *in->out++ = *in->at++;
    *text = (struct slice){begin, (size_t)(in->out - begin)};
    if (slice_is(*text, "null")) {
        text->len = 0;
        return true;
    }
    if (slice_is(*text, "true") || slice_is(*text, "false")) return true;
    if (!text->len || !strchr("-0123456789", text->ptr[0])) return false;
    for (size_t i = 0; i < text->len; i++)
        if (!strchr("+-.eE0123456789", text->ptr[i])) return false;
    return true;
}

static bool take_value(struct line_reader *in, struct slice *text) {
    skip_spaces(in);
    if (in->at >= in->end) return false;
    if (*in->at == '"') return take_text(in, text);
    if (*in->at == '{' || *in->at == '[') {
        in->wrong = "里面有嵌套的对象或数组";
        return false;
    }
    return take_bare(in, text);
}

static size_t name_index(struct line_reader *in, struct slice name) {
    for (size_t i = 0; i < in->name_count; i++)
        if (slice_equal(in->names[i], name)) return i;
    if (in->name_count == in->name_capacity) {
        size_t wanted = in->name_capacity ? in->name_capacity * 2 : 32;
        struct slice *grown = wanted > SHEET_COLUMNS_MAX * 2 ? NULL : realloc(in->names, wanted * sizeof *grown);
        if (!grown) return NO_COLUMN;
        in->names = grown;
        in->name_capacity = wanted;
    }
    in->names[in->name_count] = name;
    return in->name_count++;
}

/* Cells of one object, placed by name. */
static bool take_object(struct line_reader *in, struct slice *cells, bool *given) {
    if (!take(in, '{')) return false;
    skip_spaces(in);
    if (take(in, '}')) return true;
    do {
        struct slice name = {NULL, 0}, value = {NULL, 0};
        if (!take_text(in, &name) || !take(in, ':') || !take_value(in, &value)) return false;
        size_t index = name_index(in, name);
        if (index >= SHEET_COLUMNS_MAX) {
            in->wrong = "名称太多";
            return false;
        }
        if (given[index]) {
            in->wrong = "同一个名称写了两次";
            return false;
        }
        given[index] = true;
        cells[index] = value;
    } while (take(in, ','));
    return take(in, '}');
}

static bool lines_row(struct sheet *sheet, struct line_reader *in, size_t line, struct arena *arena) {
    struct slice cells[SHEET_COLUMNS_MAX];
    bool given[SHEET_COLUMNS_MAX];
    for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
        cells[i] = (struct slice){"", 0};
    memset(given, 0, sizeof given);
    in->wrong = NULL;
    const char *begin = in->at;
    bool sound = take_object(in, cells, given);
    skip_spaces(in);
    if (!sheet_add_row(sheet, line)) return false;
    if (!sound || in->at != in->end) {
        struct slice all = {begin, (size_t)(in->end - begin)};
        sheet->rows[sheet->row_count - 1].fault =
            refuse(arena, REFUSAL_BAD_JSON, NO_COLUMN, "本行不是完整的 JSON 对象%s%s：“%s”", in->wrong ? "，" : "",
                   in->wrong ? in->wrong : "", shown(arena, all));
        return true;
    }
    for (size_t i = 0; i < in->name_count; i++)
        if (!sheet_add_cell(sheet, cells[i])) return false;
    return true;
}

/* The names become row 0, once all are known: the cells of the first row are kept free for them. */
static bool lines_names(struct sheet *sheet, const struct line_reader *in) {
    struct sheet_row *header = &sheet->rows[0];
    header->first_cell = sheet->cell_count;
    header->cell_count = 0;
    size_t rows = sheet->row_count;
    for (size_t i = 0; i < in->name_count; i++) {
        sheet->row_count = 1; /* sheet_add_cell adds to the last row */
        bool added = sheet_add_cell(sheet, in->names[i]);
        sheet->row_count = rows;
        if (!added) return false;
    }
    return true;
}

bool sheet_lines(struct slice text, struct arena *arena, struct sheet *out, struct refusal *refusal) {
    *out = (struct sheet){.named = true};
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    out->text = malloc(text.len + 1);
    if (!out->text || !sheet_add_row(out, 1)) return false;
    struct line_reader in = {.out = out->text};
    bool sound = true;
    size_t line = 1;
    for (const char *at = text.ptr, *end = text.ptr + text.len; sound && at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        in.at = at;
        in.end = stop;
        skip_spaces(&in);
        if (out->row_count > SHEET_ROWS_MAX) {
            *refusal = refuse(arena, REFUSAL_TOO_LARGE, NO_COLUMN, "超过%d行", SHEET_ROWS_MAX);
            sound = false;
        } else if (in.at < in.end) {
            sound = lines_row(out, &in, line, arena);
        }
        at = stop + 1;
    }
    sound = sound && lines_names(out, &in);
    out->text_len = (size_t)(in.out - out->text);
    free(in.names);
    return sound && !out->failed;
}

bool sheet_looks_like_lines(struct slice text) {
    size_t i = 0;
    while (i < text.len && strchr(" \t\r\n", text.ptr[i]))
        i++;
    return i < text.len && text.ptr[i] == '{';
}
