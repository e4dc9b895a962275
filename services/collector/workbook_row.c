#include "services/collector/workbook_row.h"

#include <string.h>

enum { NUMBER_DIGITS_MAX = 7 };

/* What follows the text; more: the bytes ended, so nobody can say. */
struct row_scan {
    const char *at, *end;
    bool more;
};

static bool ended(struct row_scan *in) {
    if (in->at < in->end) return false;
    in->more = true;
    return true;
}

static bool take(struct row_scan *in, const char *word, size_t len) {
    size_t left = (size_t)(in->end - in->at);
    if (left < len) {
        in->more = memcmp(in->at, word, left) == 0;
        return false;
    }
    if (memcmp(in->at, word, len) != 0) return false;
    in->at += len;
    return true;
}
#define TAKE_WORD(in, literal) take(in, literal, sizeof(literal) - 1)

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool skip_spaces(struct row_scan *in) {
    const char *from = in->at;
    while (in->at < in->end && is_space(*in->at))
        in->at++;
    return in->at > from;
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '_';
}

/* name="value", the value plain. */
static bool take_attribute(struct row_scan *in, struct slice *name, struct slice *value) {
    const char *from = in->at;
    while (in->at < in->end && is_name(*in->at))
        in->at++;
    *name = (struct slice){from, (size_t)(in->at - from)};
    if (ended(in) || name->len == 0 || (*from >= '0' && *from <= '9') || !TAKE_WORD(in, "=\"")) return false;
    from = in->at;
    while (in->at < in->end && *in->at >= ' ' && *in->at < 0x7f && *in->at != '"' && *in->at != '<' && *in->at != '&')
        in->at++;
    *value = (struct slice){from, (size_t)(in->at - from)};
    return !ended(in) && TAKE_WORD(in, "\"");
}

static bool number_of(struct slice text, size_t *out) {
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        *out = *out * 10 + (size_t)(text.ptr[i] - '0');
    }
    return text.len > 0 && text.len <= NUMBER_DIGITS_MAX && (text.len == 1 || text.ptr[0] != '0');
}

static bool is_one(struct slice text, char c) {
    return text.len == 1 && *text.ptr == c;
}

/* Past the name of an element: attributes until > or />. */
typedef bool (*attribute_taker)(void *context, struct slice name, struct slice value);
static bool take_attributes(struct row_scan *in, attribute_taker taker, void *context, bool *empty) {
    for (;;) {
        bool apart = skip_spaces(in);
        if (ended(in)) return false;
        *empty = *in->at == '/';
        if (*in->at == '>' || *in->at == '/') return *empty ? TAKE_WORD(in, "/>") : TAKE_WORD(in, ">");
        struct slice name, value;
        if (!apart || !take_attribute(in, &name, &value) || !taker(context, name, value)) return false;
    }
}

/* --- the row --- */

struct row_attributes {
    struct plain_row *row;
    bool has_line, has_hidden;
};

static bool row_attribute(void *context, struct slice name, struct slice value) {
    static const char *const others[] = {"spans",    "ht",       "customHeight", "s",         "customFormat",
                                         "thickBot", "thickTop", "outlineLevel", "collapsed", "x14ac:dyDescent"};
    struct row_attributes *in = context;
    if (is_one(name, 'r')) {
        if (in->has_line || !number_of(value, &in->row->line)) return false;
        in->has_line = true;
        return in->row->line > 0;
    }
    if (slice_is(name, "hidden")) {
        bool known = !in->has_hidden && (is_one(value, '0') || is_one(value, '1'));
        in->has_hidden = true;
        in->row->hidden = is_one(value, '1');
        return known;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (slice_is(name, others[i])) return true;
    return false;
}

/* --- cells --- */

static bool cell_attribute(void *context, struct slice name, struct slice value) {
    struct plain_cell *cell = context;
    size_t style = 0;
    if (is_one(name, 'r')) {
        if (cell->place.len) return false;
        cell->place = value;
        return value.len > 0;
    }
    if (is_one(name, 't')) {
        if (cell->type.len) return false;
        cell->type = value;
        return value.len > 0;
    }
    if (!is_one(name, 's') || cell->has_style || !number_of(value, &style)) return false;
    cell->has_style = true;
    cell->style = (uint32_t)style;
    return true;
}

static bool take_value(struct row_scan *in, struct slice *value) {
    const char *from = in->at;
    while (in->at < in->end && *in->at >= ' ' && *in->at < 0x7f && *in->at != '<' && *in->at != '&' && *in->at != '>')
        in->at++;
    *value = (struct slice){from, (size_t)(in->at - from)};
    return !ended(in) && TAKE_WORD(in, "</v>");
}

static bool take_cell(struct row_scan *in, struct plain_row *out) {
    struct plain_cell cell = {.style = 0};
    bool empty = false;
    if (out->count == PLAIN_CELLS_MAX || !take_attributes(in, cell_attribute, &cell, &empty)) return false;
    if (!empty) {
        skip_spaces(in);
        if (TAKE_WORD(in, "<v>") && !take_value(in, &cell.value)) return false;
        if (in->more) return false;
        skip_spaces(in);
        if (!TAKE_WORD(in, "</c>")) return false;
    }
    out->cells[out->count++] = cell;
    return true;
}

static bool take_row(struct row_scan *in, struct plain_row *out) {
    struct row_attributes attributes = {.row = out};
    bool empty = false;
    skip_spaces(in);
    if (!TAKE_WORD(in, "<row") || !take_attributes(in, row_attribute, &attributes, &empty)) return false;
    while (!empty) {
        skip_spaces(in);
        if (TAKE_WORD(in, "<c ") || TAKE_WORD(in, "<c>")) {
            in->at--; /* the space or > belongs to the attributes */
            if (!take_cell(in, out)) return false;
        } else {
            return !in->more && TAKE_WORD(in, "</row>");
        }
    }
    return true;
}

enum shortcut plain_row_read(const char *bytes, size_t len, struct plain_row *out, size_t *taken) {
    struct row_scan in = {.at = bytes, .end = bytes + len};
    out->line = out->count = 0;
    out->hidden = false;
    bool read = take_row(&in, out);
    *taken = (size_t)(in.at - bytes);
    return read ? SHORTCUT_TAKEN : in.more ? SHORTCUT_MORE : SHORTCUT_NO;
}
