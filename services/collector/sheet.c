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

bool sheet_add_marked(struct sheet *sheet, size_t at, size_t len, unsigned marks) {
    void *cells = sheet->cells;
    if (at > UINT32_MAX || len > SHEET_CELL_MAX ||
        !grow(&cells, sheet->cell_count, &sheet->cell_capacity, sizeof *sheet->cells)) {
        sheet->failed = true;
        return false;
    }
    sheet->cells = cells;
    sheet->cells[sheet->cell_count++] =
        (struct sheet_cell_data){.at = (uint32_t)at, .len = len & SHEET_CELL_MAX, .marks = marks & 0xff};
    sheet->rows[sheet->row_count - 1].cell_count++;
    return true;
}

bool sheet_add_cell(struct sheet *sheet, struct slice text) {
    return sheet_add_marked(sheet, text.len ? (size_t)(text.ptr - sheet->text) : 0, text.len, 0);
}

void sheet_finish(struct sheet *sheet) {
    free(sheet->rows);
    free(sheet->cells);
    free(sheet->text);
    free(sheet->merges);
    memset(sheet, 0, sizeof *sheet);
}

static const struct sheet_cell_data *cell_data(const struct sheet *sheet, size_t row, size_t column) {
    const struct sheet_row *at = &sheet->rows[row];
    return column < at->cell_count ? &sheet->cells[at->first_cell + column] : NULL;
}

struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t column) {
    const struct sheet_cell_data *cell = cell_data(sheet, row, column);
    return cell && cell->len ? (struct slice){sheet->text + cell->at, cell->len} : (struct slice){"", 0};
}

unsigned sheet_marks(const struct sheet *sheet, size_t row, size_t column) {
    const struct sheet_cell_data *cell = cell_data(sheet, row, column);
    return cell ? cell->marks : 0;
}

bool sheet_row_is_blank(const struct sheet *sheet, size_t row) {
    for (size_t i = 0; i < sheet->rows[row].cell_count; i++)
        if (sheet_cell(sheet, row, i).len) return false;
    return true;
}

/* The last merge of this column that begins on the line or before; NULL when there is none. */
static const struct sheet_merge *merge_before(const struct sheet *sheet, size_t column, size_t line) {
    size_t low = 0, high = sheet->merge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sheet_merge *merge = &sheet->merges[middle];
        if (merge->column < column || (merge->column == column && merge->first <= line))
            low = middle + 1;
        else
            high = middle;
    }
    return low && sheet->merges[low - 1].column == column ? &sheet->merges[low - 1] : NULL;
}

/* Lines grow from row to row, but some may be missing. */
static bool row_of_line(const struct sheet *sheet, size_t line, size_t *row) {
    size_t low = 0, high = sheet->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sheet->rows[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    *row = low;
    return low < sheet->row_count && sheet->rows[low].line == line;
}

bool sheet_merged(const struct sheet *sheet, size_t row, size_t column, size_t *top, size_t *left) {
    size_t line = sheet->rows[row].line;
    const struct sheet_merge *merge = merge_before(sheet, column, line);
    if (!merge || line > merge->last || (line == merge->first && column == merge->left)) return false;
    *left = merge->left;
    return row_of_line(sheet, merge->first, top);
}

struct refusal sheet_doubt(const struct sheet *sheet, struct arena *arena, size_t row, size_t column) {
    unsigned marks = sheet_marks(sheet, row, column);
    struct slice cell = sheet_cell(sheet, row, column);
    if (marks & SHEET_STRUCK) return refuse(arena, REFUSAL_STRUCK, column, "“%s”画了删除线", shown(arena, cell));
    if (marks & SHEET_NO_RESULT)
        return refuse(arena, REFUSAL_NO_RESULT, column, "公式“%s”没有结果", shown(arena, cell));
    if (marks & SHEET_ERROR)
        return refuse(arena, REFUSAL_ERROR_VALUE, column, "单元格是错误值“%s”", shown(arena, cell));
    return (struct refusal){.code = REFUSAL_NONE};
}

const char *sheet_letters(struct arena *arena, size_t column) {
    char text[8];
    size_t at = sizeof text - 1;
    text[at] = 0;
    for (size_t n = column + 1; n && at; n = (n - 1) / 26)
        text[--at] = (char)('A' + (n - 1) % 26);
    return arena_copy(arena, text + at);
}

const char *sheet_cell_place(struct arena *arena, const struct sheet *sheet, size_t row, size_t column) {
    if (sheet->query && column != NO_COLUMN)
        return say(arena, ":%zu %s", sheet->rows[row].line, shown(arena, sheet_cell(sheet, 0, column)));
    const char *letters = sheet->name && column != NO_COLUMN ? sheet_letters(arena, column) : "";
    return sheet->name ? say(arena, "%s!%s%zu", sheet->name, letters, sheet->rows[row].line)
                       : say(arena, ":%zu", sheet->rows[row].line);
}

const char *sheet_place(struct arena *arena, const struct sheet *sheet, size_t row) {
    return sheet_cell_place(arena, sheet, row, NO_COLUMN);
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
