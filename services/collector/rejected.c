#include "services/collector/rejected.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "services/collector/try_words.h"

static void write_cell(struct buffer *out, struct slice text, bool first) {
    static const char formula[] = "=+-@\t\r";
    if (!first) buffer_add_char(out, ',');
    buffer_add_char(out, '"');
    if (text.len && strchr(formula, text.ptr[0]) && text.ptr[0]) buffer_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') buffer_add_char(out, '"');
        buffer_add_char(out, text.ptr[i]);
    }
    buffer_add_char(out, '"');
}

static void write_reason(struct buffer *out, const char *line, const char *column, const struct refusal *refusal,
                         bool first) {
    write_cell(out, slice_of(line), first);
    write_cell(out, slice_of(column), false);
    write_cell(out, slice_of(refusal->reason), false);
    write_cell(out, slice_of(refusal_remedy(refusal)), false);
    buffer_add_text(out, "\r\n");
}

static size_t header_width(const struct verdict *verdict) {
    return verdict->header.row == NO_COLUMN ? 0 : verdict->sheet.rows[verdict->header.row].cell_count;
}

static void write_header(const struct verdict *verdict, size_t width, struct buffer *out) {
    static const char *const more[] = {"行", "列", "原因", "怎么改"};
    buffer_add_text(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < width; i++)
        write_cell(out, sheet_cell(&verdict->sheet, verdict->header.row, i), i == 0);
    for (size_t i = 0; i < 4; i++)
        write_cell(out, slice_of(more[i]), width == 0 && i == 0);
    buffer_add_text(out, "\r\n");
}

static void write_row(const struct verdict *verdict, const struct outcome *outcome, size_t width, struct buffer *out) {
    const struct reading *reading = &outcome->reading;
    for (size_t i = 0; i < width; i++)
        write_cell(out, sheet_cell(&verdict->sheet, reading->row, i), i == 0);
    const char *line = say(verdict->arena, "%zu", verdict->sheet.rows[reading->row].line);
    const char *column = try_column(verdict, reading->refusal.column);
    write_reason(out, line, column, &reading->refusal, width == 0);
}

bool rejected_write(const struct verdict *verdict, struct buffer *out) {
    if (verdict->refused == 0) return false;
    size_t width = header_width(verdict);
    write_header(verdict, width, out);
    if (verdict->whole.code) {
        for (size_t i = 0; i < width; i++)
            write_cell(out, (struct slice){"", 0}, i == 0);
        const char *line = width ? say(verdict->arena, "%zu", verdict->sheet.rows[verdict->header.row].line) : "";
        write_reason(out, line, "", &verdict->whole, width == 0);
        return true;
    }
    for (size_t i = 0; i < verdict->outcome_count; i++)
        if (verdict->outcomes[i].kind == OUTCOME_REFUSED) write_row(verdict, &verdict->outcomes[i], width, out);
    return true;
}

static char *name_with(const char *file, const char *old, const char *new) {
    size_t len = strlen(file), end = strlen(old), more = strlen(new) + 1;
    if (len > end && strcasecmp(file + len - end, old) == 0) len -= end;
    char *name = malloc(len + more);
    if (!name) return NULL;
    memcpy(name, file, len);
    memcpy(name + len, new, more);
    return name;
}

char *rejected_name(const char *file) {
    return name_with(file, ".csv", ".rejected.csv");
}

char *rejected_book_name(const char *file) {
    return name_with(file, ".xlsx", ".rejected.xlsx");
}
