#include "common/domain/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/text.h"

/* --- splitting --- */

struct splitter {
    struct table *table;
    char *text; /* read at `at`, written in place at `out`, which never overtakes */
    size_t len, at, out;
    char separator;
    uint32_t line, column;
    size_t cell_count, cell_capacity, row_capacity;
    bool failed;
};

/* The separator that occurs most often outside quotes; a comma when none does. */
static char sniff_separator(const char *text, size_t len) {
    static const char candidates[] = ",\t;";
    size_t counts[3] = {0};
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        quoted ^= text[i] == '"';
        for (size_t k = 0; !quoted && k < 3; k++)
            counts[k] += text[i] == candidates[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < 3; k++)
        if (counts[k] > counts[best]) best = k;
    return candidates[best];
}

static void split_wrong(struct splitter *s, const char *what) {
    struct table_cell at = {"", 0, s->line, s->column};
    table_wrong(s->table, at, "%s", what);
    s->failed = true;
}

static bool grow(void **items, size_t *capacity, size_t count, size_t size) {
    if (count < *capacity) return true;
    size_t wanted = *capacity ? *capacity * 2 : 256;
    void *bigger = reallocarray(*items, wanted, size);
    if (!bigger) return false;
    *items = bigger;
    *capacity = wanted;
    return true;
}

static void read_quoted(struct splitter *s) {
    uint32_t opened_line = s->line;
    for (s->at++;; s->at++) {
        if (s->at >= s->len) {
            s->line = opened_line;
            split_wrong(s, "the quote opened here is never closed; close it or take it away");
            return;
        }
        char c = s->text[s->at];
        if (c == '"') {
            if (s->at + 1 < s->len && s->text[s->at + 1] == '"')
                s->at++;
            else
                break;
        }
        s->line += c == '\n';
        s->text[s->out++] = c;
    }
    s->at++;
    while (s->at < s->len && s->text[s->at] == ' ')
        s->at++;
    if (s->at < s->len && s->text[s->at] != s->separator && s->text[s->at] != '\r' && s->text[s->at] != '\n')
        split_wrong(s, "text behind a closing quote; double the quotes inside a quoted cell");
}

static void read_plain(struct splitter *s) {
    while (s->at < s->len && s->text[s->at] != s->separator && s->text[s->at] != '\n') {
        char c = s->text[s->at++];
        if (c != '\r' || (s->at < s->len && s->text[s->at] != '\n')) s->text[s->out++] = c;
    }
}

/* Spaces (half and full) at the ends, and a spreadsheet's ="…" around a code. */
static void trim(const char **text, size_t *len) {
    if (*len >= 3 && (*text)[0] == '=' && (*text)[1] == '"' && (*text)[*len - 1] == '"') {
        *text += 2;
        *len -= 3;
    }
    for (;;) {
        if (*len && strchr(" \t'", (*text)[0]))
            *text += 1, *len -= 1;
        else if (*len >= 3 && memcmp(*text, "\xE3\x80\x80", 3) == 0)
            *text += 3, *len -= 3;
        else
            break;
    }
    for (;;) {
        if (*len && strchr(" \t\r", (*text)[*len - 1]))
            *len -= 1;
        else if (*len >= 3 && memcmp(*text + *len - 3, "\xE3\x80\x80", 3) == 0)
            *len -= 3;
        else
            break;
    }
}

static void add_cell(struct splitter *s) {
    struct table *table = s->table;
    void *cells = table->cells;
    if (!grow(&cells, &s->cell_capacity, s->cell_count, sizeof *table->cells) || s->column > TABLE_COLUMNS_MAX) {
        split_wrong(s, "too many columns");
        return;
    }
    table->cells = cells;
    struct table_cell *cell = &table->cells[s->cell_count++];
    *cell = (struct table_cell){.line = s->line, .column = s->column};
    size_t start = s->out; /* read_… writes from here */
    size_t at = s->at;
    while (at < s->len && s->text[at] == ' ')
        at++;
    if (at < s->len && s->text[at] == '"') {
        s->at = at;
        read_quoted(s);
    } else {
        read_plain(s);
    }
    const char *text = s->text + start;
    size_t len = s->out - start;
    trim(&text, &len);
    cell->text = text;
    cell->len = len;
}

/* Texts get their final NUL only when all is split: the separators they overwrite are read until then. */
static void add_row(struct splitter *s, size_t first_cell, uint32_t line) {
    struct table *table = s->table;
    bool empty = true;
    for (size_t i = first_cell; i < s->cell_count; i++)
        empty &= table->cells[i].len == 0;
    if (empty) {
        s->cell_count = first_cell;
        return;
    }
    void *rows = table->rows;
    if (!grow(&rows, &s->row_capacity, table->row_count, sizeof *table->rows)) {
        split_wrong(s, "out of memory");
        return;
    }
    table->rows = rows;
    table->rows[table->row_count++] = (struct table_row){.count = s->cell_count - first_cell, .line = line};
}

static void read_row(struct splitter *s) {
    size_t first = s->cell_count;
    uint32_t line = s->line;
    for (s->column = 1; !s->failed; s->column++) {
        add_cell(s);
        if (s->at >= s->len || s->text[s->at] != s->separator) break;
        s->at++;
        s->out = s->out < s->at ? s->out + 1 : s->out; /* room for the NUL */
    }
    if (s->failed) return;
    add_row(s, first, line);
    while (s->at < s->len && s->text[s->at] == '\r')
        s->at++;
    if (s->at < s->len && s->text[s->at] == '\n') s->at++;
    s->line++;
    s->out = s->out < s->at ? s->out + 1 : s->out;
}

static void finish_rows(struct table *table) {
    struct table_cell *next = table->cells;
    for (size_t i = 0; i < table->row_count; i++) {
        table->rows[i].cells = next;
        next += table->rows[i].count;
        for (size_t k = 0; k < table->rows[i].count; k++) {
            struct table_cell *cell = &table->rows[i].cells[k];
            table->memory[(size_t)(cell->text - table->memory) + cell->len] = '\0';
        }
    }
}

bool table_read(struct table *table, const char *name, struct slice bytes, struct findings *findings) {
    *table = (struct table){.name = name, .findings = findings};
    CLEAN(buffer_finish) struct buffer text = {0};
    enum text_encoding found;
    size_t bad_at = 0;
    struct table_cell start = {"", 0, 1, 1};
    if (bytes.len > TABLE_BYTES_MAX) {
        table_wrong(table, start, "larger than %d MiB; is it the right file?", TABLE_BYTES_MAX / 1024 / 1024);
        return false;
    }
    if (!text_decode_guess(bytes.ptr ? bytes.ptr : "", bytes.len, &text, &found, &bad_at)) {
        table_wrong(table, start, "neither UTF-8 nor GB18030 (byte %zu); save it as CSV UTF-8", bad_at);
        return false;
    }
    struct splitter s = {.table = table, .len = text.len, .line = 1, .column = 1};
    if (memchr(buffer_text(&text), '\0', text.len)) {
        table_wrong(table, start, "zero bytes: this is no text; save it as CSV UTF-8");
        return false;
    }
    buffer_add_char(&text, '\0'); /* the last cell's end, also when the text is empty */
    table->memory = s.text = buffer_take(&text);
    if (!table->memory) {
        table_wrong(table, start, "out of memory");
        return false;
    }
    s.separator = sniff_separator(s.text, s.len);
    while (s.at < s.len && !s.failed)
        read_row(&s);
    if (s.failed) return false;
    finish_rows(table);
    return true;
}

void table_finish(struct table *table) {
    free(table->memory);
    free(table->rows);
    free(table->cells);
    *table = (struct table){0};
}

/* --- findings --- */

__attribute__((format(printf, 4, 0))) static void table_say(struct table *table, bool warning, struct table_cell at,
                                                            const char *format, va_list args) {
    char place[ERROR_PLACE_MAX], message[ERROR_MESSAGE_MAX];
    snprintf(place, sizeof place, "%.200s:%u:%u", table->name, at.line, at.column);
    vsnprintf(message, sizeof message, format, args);
    findings_add(table->findings, warning, place, "%s", message);
}

void table_wrong(struct table *table, struct table_cell at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    table_say(table, false, at, format, args);
    va_end(args);
}

void table_warn(struct table *table, struct table_cell at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    table_say(table, true, at, format, args);
    va_end(args);
}

/* --- header --- */

static bool named(struct table_cell cell, const char *names) {
    for (const char *start = names; *start;) {
        size_t len = strcspn(start, "|");
        if (cell.len && text_equal_loose(cell.text, cell.len, start, len)) return true;
        start += len + (start[len] == '|');
    }
    return false;
}

size_t table_column(const struct table_row *header, const char *names) {
    for (size_t i = 0; i < header->count; i++)
        if (named(header->cells[i], names)) return i;
    return SIZE_MAX;
}

struct table_cell table_at(const struct table_row *row, size_t column) {
    if (column < row->count) return row->cells[column];
    return (struct table_cell){"", 0, row->line, (uint32_t)(row->count ? row->count : 1)};
}

static size_t header_score(const struct table_row *row, const char *const *names, size_t count) {
    size_t score = 0;
    for (size_t i = 0; i < count; i++)
        score += table_column(row, names[i]) != SIZE_MAX;
    return score;
}

/* Names the missing columns of the row that came nearest, and what that row holds. */
static void header_missing(struct table *table, size_t nearest, const char *const *names, size_t count) {
    static const struct table_row none = {.line = 1};
    const struct table_row *row = table->row_count ? &table->rows[nearest] : &none;
    CLEAN(buffer_finish) struct buffer missing = {0}, met = {0};
    for (size_t i = 0; i < count; i++)
        if (table_column(row, names[i]) == SIZE_MAX)
            buffer_printf(&missing, "%s%.*s", missing.len ? ", " : "", (int)strcspn(names[i], "|"), names[i]);
    for (size_t i = 0; i < row->count && met.len < 400; i++)
        if (row->cells[i].len) buffer_printf(&met, "%s%.60s", met.len ? ", " : "", row->cells[i].text);
    table_wrong(table, table_at(row, 0), "no header row: column %s is missing; this row has %s; name the columns so",
                buffer_text(&missing), met.len ? buffer_text(&met) : "nothing");
}

size_t table_header(struct table *table, const char *const *names, size_t count) {
    size_t nearest = 0, best = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        size_t score = header_score(&table->rows[i], names, count);
        if (score == count) return i;
        if (score > best) {
            best = score;
            nearest = i;
        }
    }
    header_missing(table, nearest, names, count);
    return SIZE_MAX;
}

/* --- values --- */

static bool is_blank(const char *text) {
    static const char *const blanks[] = {"", "-", "--", "—", "——", "/"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (strcmp(text, blanks[i]) == 0) return true;
    return false;
}

/* Takes the commas out when every group behind the first has exactly three digits. */
static bool ungroup(const char *text, char *out, size_t capacity) {
    size_t len = strlen(text), used = 0, since = 0;
    bool comma = false, fraction = false;
    if (len >= capacity) return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == ',') {
            if (fraction || since == 0 || since > 3 || (comma && since != 3)) return false;
            comma = true;
            since = 0;
            continue;
        }
        if (c == '.') {
            if (comma && since != 3) return false;
            fraction = true;
        }
        since += c >= '0' && c <= '9' && !fraction;
        out[used++] = c;
    }
    out[used] = '\0';
    return !comma || fraction || since == 3;
}

enum table_number table_number(struct table *table, struct table_cell at, struct decimal *out) {
    CLEAN(buffer_finish) struct buffer plain = {0};
    text_halfwidth(at.text, at.len, &plain);
    const char *text = buffer_text(&plain);
    if (is_blank(text) || is_blank(at.text)) return TABLE_BLANK;
    char digits[64];
    enum proto_code code = PROTO_SYNTAX;
    if (ungroup(text, digits, sizeof digits)) code = decimal_parse(digits, strlen(digits), out);
    if (code == PROTO_OK) return TABLE_NUMBER;
    if (code == PROTO_RANGE)
        table_wrong(table, at, "“%.60s” has too many digits; at most 18 digits and 9 decimals", at.text);
    else
        table_wrong(table, at, "“%.60s” is no number; write digits (1234.5 or 1,234.5) or leave it blank", at.text);
    return TABLE_WRONG;
}

/* Year, month and day between any of - / . 年 月 日, nothing else. */
static bool day_parts(const char *text, int parts[3]) {
    static const char *const marks[3] = {"年", "月", "日"};
    for (size_t i = 0; i < 3; i++) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 4 || (i == 0 && digits != 4)) return false;
        parts[i] = 0;
        for (size_t k = 0; k < digits; k++)
            parts[i] = parts[i] * 10 + (text[k] - '0');
        text += digits;
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            text += strlen(marks[i]);
        else if (i < 2 && *text && strchr("-/.", *text))
            text++;
        else if (i < 2)
            return false;
    }
    return *text == '\0';
}

enum table_number table_day(struct table *table, struct table_cell at, struct day *out) {
    CLEAN(buffer_finish) struct buffer plain = {0};
    text_halfwidth(at.text, at.len, &plain);
    int parts[3];
    if (is_blank(buffer_text(&plain)) || is_blank(at.text)) return TABLE_BLANK;
    if (day_parts(buffer_text(&plain), parts) && day_make(parts[0], parts[1], parts[2], out)) return TABLE_NUMBER;
    table_wrong(table, at, "“%.60s” is no day that exists; write 2021-06-30", at.text);
    return TABLE_WRONG;
}
