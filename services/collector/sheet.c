#include "services/collector/sheet.h"

#include <stdlib.h>
#include <string.h>

static bool grow(void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return true;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown = realloc(*items, wanted * size);
    if (!grown) return false;
    *items = grown;
    *capacity = wanted;
    return true;
}

bool sheet_add_row(struct sheet *sheet, size_t line) {
    void *rows = sheet->rows;
    if (!grow(&rows, sheet->row_count, &sheet->row_capacity, sizeof *sheet->rows)) {
        sheet->failed = true;
        return false;
    }
    sheet->rows = rows;
    sheet->rows[sheet->row_count++] = (struct sheet_row){.line = line, .first_cell = sheet->cell_count};
    return true;
}

bool sheet_add_cell(struct sheet *sheet, struct slice text) {
    void *cells = sheet->cells;
    if (!grow(&cells, sheet->cell_count, &sheet->cell_capacity, sizeof *sheet->cells)) {
        sheet->failed = true;
        return false;
    }
    sheet->cells = cells;
    sheet->cells[sheet->cell_count++] = text;
    sheet->rows[sheet->row_count - 1].cell_count++;
    return true;
}

void sheet_finish(struct sheet *sheet) {
    free(sheet->rows);
    free(sheet->cells);
    free(sheet->text);
    memset(sheet, 0, sizeof *sheet);
}

struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t column) {
    const struct sheet_row *at = &sheet->rows[row];
    return column < at->cell_count ? sheet->cells[at->first_cell + column] : (struct slice){"", 0};
}

bool sheet_row_is_blank(const struct sheet *sheet, size_t row) {
    for (size_t i = 0; i < sheet->rows[row].cell_count; i++)
        if (sheet_cell(sheet, row, i).len) return false;
    return true;
}

const char *sheet_place(struct arena *arena, const struct sheet *sheet, size_t row) {
    return say(arena, ":%zu", sheet->rows[row].line);
}

/* --- delimited text --- */

struct split {
    const char *at, *end;
    char *out; /* where the unquoted text goes: never longer than what was read */
    char separator;
    size_t line;
    struct arena *arena;
    struct sheet *sheet;
};

static bool is_break(char c) {
    return c == '\n' || c == '\r';
}

static void take_break(struct split *split) {
    if (*split->at == '\r' && split->at + 1 < split->end && split->at[1] == '\n') split->at++;
    split->at++;
    split->line++;
}

/* Past the opening quote. False: no closing quote until the end. */
static bool take_quoted(struct split *split) {
    while (split->at < split->end) {
        char c = *split->at;
        if (c == '"' && split->at + 1 < split->end && split->at[1] == '"') {
            *split->out++ = '"';
            split->at += 2;
        } else if (c == '"') {
            split->at++;
            return true;
        } else {
            split->line += c == '\n';
            *split->out++ = c;
            split->at++;
        }
    }
    return false;
}

static bool ends_cell(const struct split *split) {
    return split->at >= split->end || *split->at == split->separator || is_break(*split->at);
}

/* Spaces at both ends, a forcing apostrophe, ="…" around. */
static struct slice unwrap(const char *text, size_t len) {
    while (len && (*text == ' ' || *text == '\t' || is_break(*text)))
        text++, len--;
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t' || is_break(text[len - 1])))
        len--;
    if (len >= 3 && text[0] == '=' && text[1] == '"' && text[len - 1] == '"') return (struct slice){text + 2, len - 3};
    if (len >= 2 && text[0] == '\'') return (struct slice){text + 1, len - 1};
    return (struct slice){text, len};
}

static void row_fault(struct split *split, struct refusal fault) {
    struct sheet_row *row = &split->sheet->rows[split->sheet->row_count - 1];
    if (!row->fault.code) row->fault = fault;
}

/* ="510824" stands unquoted in what spreadsheets write: its quotes are text. */
static void take_plain(struct split *split) {
    while (!ends_cell(split))
        *split->out++ = *split->at++;
}

static bool take_cell(struct split *split, struct refusal *refusal) {
    char *begin = split->out;
    size_t line = split->line;
    while (split->at < split->end && *split->at == ' ' && split->separator != ' ')
        split->at++;
    if (split->at < split->end && *split->at == '"') {
        split->at++;
        if (!take_quoted(split)) {
            *refusal = refuse(split->arena, REFUSAL_OPEN_QUOTE, NO_COLUMN, "第%zu行的双引号没有配对", line);
            return false;
        }
        while (split->at < split->end && *split->at == ' ')
            split->at++;
        if (!ends_cell(split)) {
            row_fault(split, refuse(split->arena, REFUSAL_BAD_QUOTE,
                                    split->sheet->rows[split->sheet->row_count - 1].cell_count, "双引号后面还有文字"));
            take_plain(split);
        }
    } else {
        take_plain(split);
    }
    return sheet_add_cell(split->sheet, unwrap(begin, (size_t)(split->out - begin)));
}

static bool take_row(struct split *split, struct refusal *refusal) {
    if (!sheet_add_row(split->sheet, split->line)) return false;
    for (;;) {
        if (split->sheet->rows[split->sheet->row_count - 1].cell_count >= SHEET_COLUMNS_MAX) {
            *refusal =
                refuse(split->arena, REFUSAL_TOO_LARGE, NO_COLUMN, "第%zu行超过%d列", split->line, SHEET_COLUMNS_MAX);
            return false;
        }
        if (!take_cell(split, refusal)) return false;
        if (split->at >= split->end) return true;
        if (is_break(*split->at)) {
            take_break(split);
            return true;
        }
        split->at++; /* the separator */
    }
}

bool sheet_split(struct slice text, char separator, struct arena *arena, struct sheet *out, struct refusal *refusal) {
    *out = (struct sheet){.separator = separator};
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    out->text = malloc(text.len + 1);
    if (!out->text) {
        out->failed = true;
        return false;
    }
    struct split split = {.at = text.ptr,
                          .end = text.ptr + text.len,
                          .out = out->text,
                          .separator = separator,
                          .line = 1,
                          .arena = arena,
                          .sheet = out};
    while (split.at < split.end) {
        if (out->row_count >= SHEET_ROWS_MAX) {
            *refusal = refuse(arena, REFUSAL_TOO_LARGE, NO_COLUMN, "超过%d行", SHEET_ROWS_MAX);
            return false;
        }
        if (!take_row(&split, refusal)) return false;
    }
    out->text_len = (size_t)(split.out - out->text);
    return !out->failed;
}
