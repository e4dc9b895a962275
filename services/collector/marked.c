#include "services/collector/marked.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/collector/try_words.h"

enum { WIDTH_MIN = 8, WIDTH_MAX = 40, WIDTH_ROWS = 200, REMARKS_WIDTH = 60 };

static enum error_code no_page(const char *path, struct error *err) {
    return error_set(err, ERROR_MEMORY, "no memory for %s", path);
}

/* --- a row as it was --- */

static bool is_plain_number(struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.' && !(i == 0 && text.ptr[i] == '-'))
            return false;
    return text.len > 0;
}

static void copy_cell(struct page *page, const struct verdict *verdict, size_t row, size_t column, size_t at,
                      enum page_colour colour) {
    struct slice text = sheet_cell(&verdict->sheet, row, column);
    if (is_plain_number(text) && sheet_marks(&verdict->sheet, row, column) & SHEET_NUMBER)
        page_number(page, at, column, text, colour);
    else
        page_text(page, at, column, text, colour);
}

static void copy_row(struct page *page, const struct verdict *verdict, size_t row, size_t at, enum page_colour colour) {
    for (size_t i = 0; i < verdict->sheet.rows[row].cell_count; i++)
        copy_cell(page, verdict, row, i, at, colour);
}

/* The merged ranges whose first line is that row's, cut after the line `last`. */
static void copy_merges(struct page *page, const struct sheet *sheet, size_t row, size_t at, size_t last) {
    size_t line = sheet->rows[row].line;
    for (size_t i = 0; i < sheet->merge_count; i++) {
        const struct sheet_merge *merge = &sheet->merges[i];
        size_t top, left, right = merge->left;
        if (merge->first != line || merge->column != merge->left) continue;
        while (sheet_merged(sheet, row, right + 1, &top, &left) && left == merge->left && top == row)
            right++;
        size_t end = at + merge->last - merge->first;
        page_merge(page, at, merge->left, end < last ? end : last, right);
    }
}

/* --- what is wrong with it --- */

static enum page_colour colour_of(const struct outcome *outcome) {
    switch (outcome->kind) {
    case OUTCOME_REFUSED:
        return PAGE_REFUSED;
    case OUTCOME_EVENT:
        return outcome->doubts ? PAGE_HELD : PAGE_TAKEN;
    case OUTCOME_UNCHANGED:
        return PAGE_TAKEN;
    case OUTCOME_SKIPPED:
    case OUTCOME_BLANK:
        break;
    }
    return PAGE_QUIET;
}

static size_t doubtful_column(const struct verdict *verdict, const struct outcome *outcome) {
    const struct reading *reading = &outcome->reading;
    size_t column = outcome->kind == OUTCOME_REFUSED ? reading->refusal.column : reading->value_column;
    if (column != NO_COLUMN) return column;
    column = 0; /* the row as a whole: its first text */
    while (column + 1 < verdict->sheet.rows[reading->row].cell_count &&
           !sheet_cell(&verdict->sheet, reading->row, column).len)
        column++;
    return column;
}

static void mark_outcome(struct page *page, const struct verdict *verdict, const struct outcome *outcome, size_t at) {
    const char *reason = try_reason(verdict, outcome);
    size_t column = doubtful_column(verdict, outcome);
    if (outcome->kind == OUTCOME_SKIPPED) return;
    copy_cell(page, verdict, outcome->reading.row, column, at, colour_of(outcome));
    if (*reason) page_comment(page, at, column, reason);
}

/* --- columns --- */

/* Wide tables have lines below that are longer than the header. */
static size_t table_width(const struct verdict *verdict) {
    size_t width = 0;
    for (size_t i = 0; i < verdict->sheet.row_count; i++)
        if (verdict->sheet.rows[i].cell_count > width) width = verdict->sheet.rows[i].cell_count;
    return width;
}

static void set_widths(struct page *page, const struct verdict *verdict, size_t width, size_t more) {
    size_t from = verdict->header.row == NO_COLUMN ? 0 : verdict->header.first; /* titles are merged over many */
    for (size_t column = 0; column < width; column++) {
        size_t widest = WIDTH_MIN;
        for (size_t row = from; row < verdict->sheet.row_count && row < from + WIDTH_ROWS; row++) {
            struct slice text = sheet_cell(&verdict->sheet, row, column);
            size_t here = text_width(text.ptr, text.len) + 2;
            if (here > widest) widest = here < WIDTH_MAX ? here : WIDTH_MAX;
        }
        page_width(page, column, widest);
    }
    for (size_t i = 0; i < more; i++)
        page_width(page, width + i, i + 2 < more ? WIDTH_MIN + 4 : REMARKS_WIDTH);
}

static void write_names(struct page *page, size_t row, size_t column, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        page_text(page, row, column + i, slice_of(names[i]), PAGE_HEADER);
}

/* --- X.rejected.xlsx --- */

static const char *const rejected_names[] = {"行", "列", "原因", "怎么改"};
enum { REJECTED_NAMES = 4 };

static size_t copy_header(struct page *page, const struct verdict *verdict, size_t width) {
    size_t at = 0;
    if (verdict->header.row != NO_COLUMN && !verdict->sheet.named)
        for (size_t row = verdict->header.first; row <= verdict->header.row; row++, at++) {
            copy_merges(page, &verdict->sheet, row, at, verdict->header.row - verdict->header.first);
            copy_row(page, verdict, row, at, PAGE_HEADER);
        }
    if (at == 0) at = 1;
    write_names(page, at - 1, width, rejected_names, REJECTED_NAMES);
    return at;
}

static const char *joined(const struct verdict *verdict, const char *list, const char *more) {
    if (!*list || strstr(list, more)) return *list ? list : more;
    return say(verdict->arena, "%s；%s", list, more);
}

/* Alone, a row has lost the merged cells that reached into it. */
static void copy_merged(struct page *page, const struct verdict *verdict, size_t row, size_t at, size_t width) {
    size_t top, left;
    for (size_t i = 0; i < width; i++)
        if (!sheet_cell(&verdict->sheet, row, i).len && sheet_merged(&verdict->sheet, row, i, &top, &left))
            page_text(page, at, i, sheet_cell(&verdict->sheet, top, left), PAGE_PLAIN);
}

/* A row of a wide table may be refused in several of its cells: it stands here once. Returns how many outcomes were its
 * own. */
static size_t write_refused(struct page *page, const struct verdict *verdict, size_t first, size_t at, size_t width) {
    size_t row = verdict->outcomes[first].reading.row, count = 0;
    const char *columns = "", *reasons = "", *remedies = "";
    copy_merged(page, verdict, row, at, width);
    copy_row(page, verdict, row, at, PAGE_PLAIN);
    for (; first + count < verdict->outcome_count; count++) {
        const struct outcome *outcome = &verdict->outcomes[first + count];
        if (outcome->reading.row != row) break;
        if (outcome->kind != OUTCOME_REFUSED) continue;
        const struct refusal *refusal = &outcome->reading.refusal;
        mark_outcome(page, verdict, outcome, at);
        columns = joined(verdict, columns, try_column(verdict, refusal->column));
        reasons = joined(verdict, reasons, refusal->reason);
        remedies = joined(verdict, remedies, refusal_remedy(refusal));
    }
    const char *line = say(verdict->arena, "%zu", verdict->sheet.rows[row].line);
    page_number(page, at, width, slice_of(line), PAGE_PLAIN);
    page_text(page, at, width + 1, slice_of(columns), PAGE_PLAIN);
    page_text(page, at, width + 2, slice_of(reasons), PAGE_PLAIN);
    page_text(page, at, width + 3, slice_of(remedies), PAGE_PLAIN);
    return count;
}

static void write_whole(struct page *page, const struct verdict *verdict, size_t at, size_t width) {
    page_text(page, at, width + 2, slice_of(verdict->whole.reason), PAGE_REFUSED);
    page_text(page, at, width + 3, slice_of(refusal_remedy(&verdict->whole)), PAGE_PLAIN);
}

static void write_all_refused(struct page *page, const struct verdict *verdict) {
    bool header = verdict->header.row != NO_COLUMN;
    size_t width = header ? table_width(verdict) : 0;
    size_t at = copy_header(page, verdict, width);
    set_widths(page, verdict, width, REJECTED_NAMES);
    page_freeze(page, at);
    if (verdict->whole.code) write_whole(page, verdict, at, width);
    for (size_t i = 0; !verdict->whole.code && i < verdict->outcome_count;) {
        if (verdict->outcomes[i].kind != OUTCOME_REFUSED)
            i++;
        else
            i += write_refused(page, verdict, i, at++, width);
    }
}

enum error_code marked_rejected(const struct verdict *verdict, const char *path, bool *written, struct error *err) {
    *written = false;
    if (verdict->refused == 0) return ERROR_OK;
    CLEAN(page_destroy) struct page *page = page_create(path, verdict->sheet.name ? verdict->sheet.name : "退回");
    if (!page) return no_page(path, err);
    write_all_refused(page, verdict);
    *written = true;
    return page_save(page, err);
}

/* --- try --- */

static const char *const try_names[] = {"结果", "读作", "说明"};
enum { TRY_NAMES = 3 };

static size_t place_of(const struct verdict *verdict, size_t row) {
    return verdict->sheet.rows[row].line - 1;
}

/* All that is said of one row, in one line. */
static void write_remarks(struct page *page, const struct verdict *verdict, const struct plan *plan, size_t first,
                          size_t count, size_t at, size_t width) {
    const char *results = "", *figures = "", *remarks = "";
    enum page_colour colour = PAGE_QUIET;
    for (size_t i = first; i < first + count; i++) {
        const struct outcome *outcome = &verdict->outcomes[i];
        if (outcome->reading.kind == READING_EMPTY) continue;
        enum page_colour here = colour_of(outcome);
        if (here != PAGE_QUIET && (colour == PAGE_QUIET || here > colour)) colour = here;
        results = joined(verdict, results, try_result(outcome));
        const char *figure = try_figure(verdict, plan, outcome), *remark = try_remark(verdict, outcome);
        if (*figure) figures = say(verdict->arena, "%s%s%s", figures, *figures ? "；" : "", figure);
        if (*remark) remarks = joined(verdict, remarks, remark);
    }
    if (!*results) return;
    page_text(page, at, width, slice_of(results), colour);
    page_text(page, at, width + 1, slice_of(figures), PAGE_PLAIN);
    page_text(page, at, width + 2, slice_of(remarks), PAGE_PLAIN);
}

static size_t write_tried(struct page *page, const struct verdict *verdict, const struct plan *plan, size_t first,
                          size_t width) {
    size_t row = verdict->outcomes[first].reading.row, count = 0, at = place_of(verdict, row);
    for (; first + count < verdict->outcome_count && verdict->outcomes[first + count].reading.row == row; count++)
        mark_outcome(page, verdict, &verdict->outcomes[first + count], at);
    write_remarks(page, verdict, plan, first, count, at, width);
    return count;
}

static void write_sheet(struct page *page, const struct verdict *verdict) {
    const struct header *header = &verdict->header;
    for (size_t row = 0; row < verdict->sheet.row_count; row++) {
        bool names = header->row != NO_COLUMN && row >= header->first && row <= header->row;
        if (verdict->sheet.named && row == 0) continue; /* names stand in every line of such a file */
        copy_merges(page, &verdict->sheet, row, place_of(verdict, row), NO_COLUMN);
        copy_row(page, verdict, row, place_of(verdict, row), names ? PAGE_HEADER : PAGE_PLAIN);
    }
}

static void write_all_tried(struct page *page, const struct verdict *verdict, const struct plan *plan) {
    size_t width = table_width(verdict);
    size_t header =
        verdict->header.row == NO_COLUMN || verdict->sheet.named ? 0 : place_of(verdict, verdict->header.row);
    write_sheet(page, verdict);
    set_widths(page, verdict, width, TRY_NAMES);
    if (verdict->whole.code) {
        page_text(page, header, width, slice_of("整份退回"), PAGE_REFUSED);
        page_text(page, header, width + 2, slice_of(refusal_sentence(verdict->arena, &verdict->whole)), PAGE_REFUSED);
        return;
    }
    if (!verdict->sheet.named) {
        write_names(page, header, width, try_names, TRY_NAMES);
        page_freeze(page, header + 1);
    }
    for (size_t i = 0; i < verdict->outcome_count;)
        i += write_tried(page, verdict, plan, i, width);
    if (verdict->note && verdict->sheet.row_count)
        page_text(page, place_of(verdict, verdict->sheet.row_count - 1) + 2, 0,
                  slice_of(say(verdict->arena, "注意：%s", verdict->note)), PAGE_HELD);
}

enum error_code marked_try(const struct verdict *verdict, const struct plan *plan, const char *path,
                           struct error *err) {
    CLEAN(page_destroy) struct page *page = page_create(path, verdict->sheet.name ? verdict->sheet.name : "试读");
    if (!page) return no_page(path, err);
    write_all_tried(page, verdict, plan);
    return page_save(page, err);
}
