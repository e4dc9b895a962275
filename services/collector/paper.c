#include "services/collector/paper.h"

#include <stdlib.h>
#include <string.h>

#include "proto/more.h"
#include "services/collector/checks.h"
#include "services/collector/extent.h"
#include "services/collector/judge.h"
#include "services/collector/months.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/requests.h"
#include "services/collector/structure.h"
#include "services/collector/when.h"
#include "services/collector/workbook.h"

enum { NOTE_CHARS = 200, REFUSAL_CHARS = 120, DAYS_MAX = 64, MORE_ROOM = MORE_BYTES_MAX, FIGURES_MAX = SHEET_ROWS_MAX };

/* --- the day of the whole file --- */

static bool as_of_by_mapping(const struct paper *paper, struct verdict *out, struct day *as_of) {
    switch (paper->mapping->as_of) {
    case AS_OF_COLUMN:
        return true;
    case AS_OF_PERIOD:
        *as_of = structure_open_period(paper);
        return true;
    case AS_OF_TITLE:
        *as_of = out->header.titles.as_of;
        if (day_is(*as_of)) return true;
        out->whole = refuse(out->arena, REFUSAL_NO_AS_OF, NO_COLUMN, "表头上面没有“截至…年…月…日”");
        return false;
    case AS_OF_FILE_NAME:
        if (when_in_name(paper->name, paper->mapping->as_of_pattern, as_of)) return true;
        out->whole = refuse(out->arena, REFUSAL_NO_AS_OF, NO_COLUMN, "文件名与约定的样式“%s”不符",
                            paper->mapping->as_of_pattern);
        return false;
    case AS_OF_MTIME:
        *as_of = instant_is(paper->modified) ? instant_day(paper->modified) : DAY_NONE;
        if (day_is(*as_of)) return true;
        out->whole = refuse(out->arena, REFUSAL_NO_AS_OF, NO_COLUMN, "不知道文件是哪天存的");
        return false;
    }
    return false;
}

/* Title and mapping, or two lines of the title, that name different days: both are said. */
static bool as_of_agrees(struct verdict *out, struct day as_of, const char *from) {
    const struct titles *titles = &out->header.titles;
    struct day other = titles->other_as_of;
    if (day_is(as_of) && day_is(titles->as_of) && titles->as_of.n != as_of.n) other = as_of;
    if (!day_is(other)) return true;
    char title[DAY_TEXT_MAX], differs[DAY_TEXT_MAX];
    day_print(titles->as_of, title);
    day_print(other, differs);
    out->whole = refuse(out->arena, REFUSAL_AS_OF_TWICE, NO_COLUMN, "标题写截至%s，%s是%s", title,
                        other.n == titles->other_as_of.n ? "另一处" : from, differs);
    return false;
}

static bool find_as_of(const struct paper *paper, struct verdict *out, struct day *as_of) {
    static const char *const from[] = {[AS_OF_COLUMN] = "另一处",
                                       [AS_OF_TITLE] = "另一处",
                                       [AS_OF_FILE_NAME] = "文件名",
                                       [AS_OF_PERIOD] = "当前报告期",
                                       [AS_OF_MTIME] = "文件保存日期"};
    *as_of = DAY_NONE;
    return as_of_by_mapping(paper, out, as_of) && as_of_agrees(out, *as_of, from[paper->mapping->as_of]);
}

/* For months written without one: of the title or the file's name, when they do not contradict each other. */
static int known_year(const struct paper *paper, const struct verdict *out) {
    int title = out->header.titles.year, name = when_year(paper->name);
    return title && name && title != name ? 0 : title ? title : name;
}

/* --- rows --- */

static int by_cell_and_day(const void *left, const void *right) {
    const struct reading *a = *(const struct reading *const *)left, *b = *(const struct reading *const *)right;
    if (a->target != b->target) return a->target < b->target ? -1 : 1;
    if (a->area != b->area) return a->area < b->area ? -1 : 1;
    if (a->as_of.n != b->as_of.n) return a->as_of.n < b->as_of.n ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static bool same_subject(const struct reading *a, const struct reading *b) {
    return a->target == b->target && a->area == b->area && a->as_of.n == b->as_of.n;
}

static bool same_figure(const struct figure *a, const struct figure *b) {
    return a->form == b->form && a->done == b->done && decimal_compare(a->value, b->value) == 0 &&
           decimal_compare(a->denominator, b->denominator) == 0;
}

/* Two rows for one cell and day that differ: nobody knows which is meant, so neither is taken. */
static void refuse_twins(struct verdict *out, struct reading **sorted, size_t count) {
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        bool differ = false;
        for (; end < count && same_subject(sorted[i], sorted[end]); end++)
            differ |= !same_figure(&sorted[i]->figure, &sorted[end]->figure);
        for (size_t k = i; differ && k < end; k++) {
            size_t other = k == i ? i + 1 : i;
            sorted[k]->kind = READING_REFUSED;
            sorted[k]->refusal = refuse(out->arena, REFUSAL_ROW_TWICE, sorted[k]->value_column,
                                        "与第%zu行是同一项，数不一样", out->sheet.rows[sorted[other]->row].line);
        }
        i = end;
    }
}

static enum error_code find_twins(struct verdict *out, struct error *err) {
    struct reading **sorted = arena_array(out->arena, out->outcome_count, sizeof(struct reading *));
    if (!sorted) return error_set(err, ERROR_MEMORY, "no memory for the rows");
    size_t count = 0;
    for (size_t i = 0; i < out->outcome_count; i++)
        if (out->outcomes[i].reading.kind == READING_FIGURE) sorted[count++] = &out->outcomes[i].reading;
    if (count) qsort(sorted, count, sizeof(struct reading *), by_cell_and_day);
    refuse_twins(out, sorted, count);
    return ERROR_OK;
}

/* A row that could not be split has no cells, and a fault. */
static bool is_data(const struct sheet *sheet, size_t row) {
    return sheet->rows[row].fault.code != REFUSAL_NONE || !sheet_row_is_blank(sheet, row);
}

static const char *year_doubt(const struct paper *paper, const struct verdict *out) {
    int title = out->header.titles.year, name = when_year(paper->name);
    return title && name && title != name ? say(out->arena, "，标题写%d年，文件名写%d年", title, name) : NULL;
}

static size_t data_rows(const struct verdict *out) {
    size_t rows = 0;
    for (size_t row = out->header.row + 1; row < out->sheet.row_count; row++)
        rows += is_data(&out->sheet, row);
    return rows;
}

static enum error_code read_rows(const struct paper *paper, struct verdict *out, struct day as_of, struct error *err) {
    size_t slots = out->header.slot_count;
    struct reader reader = {.plan = catalogue_plan(paper->catalogue),
                            .mapping = paper->mapping,
                            .sheet = &out->sheet,
                            .header = &out->header,
                            .arena = out->arena,
                            .unit = paper->unit,
                            .on_behalf = paper->on_behalf,
                            .as_of = as_of,
                            .year = known_year(paper, out),
                            .year_doubt = year_doubt(paper, out),
                            .notes_above = arena_array(out->arena, slots, sizeof(struct slice))};
    out->outcomes = arena_array(out->arena, data_rows(out) * slots, sizeof *out->outcomes);
    if (!out->outcomes || !reader.notes_above) return error_set(err, ERROR_MEMORY, "no memory for the rows");
    for (size_t row = out->header.row + 1; row < out->sheet.row_count; row++) {
        if (!is_data(&out->sheet, row)) continue;
        struct reading shared = reading_row(&reader, row);
        for (size_t slot = 0; slot < slots; slot++)
            out->outcomes[out->outcome_count++].reading = reading_figure(&reader, &shared, slot);
    }
    return find_twins(out, err);
}

/* A figure takes more room than a cell: what would not fit is refused before it is read. */
static bool fits(struct verdict *out) {
    size_t rows = data_rows(out), slots = out->header.slot_count;
    if (slots == 0 || rows <= FIGURES_MAX / slots) return true;
    out->whole =
        refuse(out->arena, REFUSAL_TOO_LARGE, NO_COLUMN, "有%zu行、每行%zu个数，超过%d个数", rows, slots, FIGURES_MAX);
    return false;
}

/* Of a table with several figures in a row the place names the cell, as that of a workbook does. */
static const char *place_of(const struct verdict *out, size_t row, size_t column) {
    bool cell = out->header.wide && !out->sheet.name && !out->sheet.query && column != NO_COLUMN;
    return cell ? say(out->arena, ":%s%zu", sheet_letters(out->arena, column), out->sheet.rows[row].line)
                : sheet_cell_place(out->arena, &out->sheet, row, column);
}

static enum error_code judge_rows(const struct paper *paper, struct verdict *out, struct error *err) {
    struct judge judge;
    judge_init(&judge, paper, out->arena, out->outcome_count);
    if (judge.failed) return error_set(err, ERROR_MEMORY, "no memory for the rows");
    for (size_t i = 0; i < out->outcome_count; i++) {
        struct outcome *outcome = &out->outcomes[i];
        struct reading reading = outcome->reading;
        enum error_code code = ERROR_OK;
        switch (reading.kind) {
        case READING_EMPTY:
        case READING_FOOTER:
        case READING_TOTAL:
            outcome->kind = OUTCOME_SKIPPED;
            break;
        case READING_BLANK:
            outcome->kind = OUTCOME_BLANK;
            break;
        case READING_REFUSED:
            outcome->kind = OUTCOME_REFUSED;
            break;
        case READING_FIGURE:
        case READING_NO_CHANGE:
        case READING_WORDS:
            code = judge_reading(&judge, &reading, place_of(out, reading.row, reading.value_column), outcome, err);
            break;
        }
        if (code) return code;
    }
    return ERROR_OK;
}

/* --- what is said of the file as a whole --- */

static void count_rows(struct verdict *out) {
    for (size_t i = 0; i < out->outcome_count; i++) {
        const struct outcome *outcome = &out->outcomes[i];
        switch (outcome->kind) {
        case OUTCOME_SKIPPED:
            out->skipped += outcome->reading.kind != READING_EMPTY;
            break;
        case OUTCOME_BLANK:
            out->blank++;
            break;
        case OUTCOME_UNCHANGED:
            out->unchanged++;
            break;
        case OUTCOME_REFUSED:
            out->refused++;
            break;
        case OUTCOME_EVENT:
            out->taken++;
            out->held += outcome->doubts != 0;
            break;
        }
    }
}

/* Of a file refused as a whole every row of data is refused. */
static void count_refused_rows(struct verdict *out) {
    size_t names = out->sheet.named ? 1 : 0; /* the row of the names, of what came with names */
    size_t first = out->header.row == NO_COLUMN ? names : out->header.row + 1;
    for (size_t row = first; row < out->sheet.row_count; row++)
        if (!sheet_row_is_blank(&out->sheet, row) && !name_is_footer(sheet_cell(&out->sheet, row, 0))) out->refused++;
    if (out->refused == 0) out->refused = 1;
}

/* --- the period --- */

/* The commonest day: one mistyped year must not name the report. */
static struct day common_day(const struct verdict *out) {
    struct {
        int32_t n;
        size_t count;
    } days[DAYS_MAX];
    size_t known = 0, best = 0;
    for (size_t i = 0; i < out->outcome_count; i++) {
        struct day day = out->outcomes[i].reading.as_of;
        if (!day_is(day)) continue;
        size_t k = 0;
        while (k < known && days[k].n != day.n)
            k++;
        if (k == DAYS_MAX) continue;
        if (k == known) {
            days[known].n = day.n;
            days[known++].count = 0;
        }
        days[k].count++;
        if (days[k].count > days[best].count || (days[k].count == days[best].count && days[k].n > days[best].n))
            best = k;
    }
    return known ? (struct day){days[best].n} : DAY_NONE;
}

/* Of a refused file: what its day column, its title or its name still say. */
static struct day refused_day(const struct paper *paper, const struct verdict *out) {
    struct day day = out->header.titles.as_of;
    if (day_is(day) || out->header.row == NO_COLUMN) return day;
    int year = known_year(paper, out);
    size_t column = out->header.columns[FIELD_AS_OF];
    for (size_t row = out->header.row + 1; column != NO_COLUMN && row < out->sheet.row_count; row++)
        if (when_read(sheet_cell(&out->sheet, row, column), year, &day) == REFUSAL_NONE) return day;
    return DAY_NONE;
}

static void find_period(const struct paper *paper, struct verdict *out) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    struct day day = out->whole.code ? refused_day(paper, out) : common_day(out);
    char name[32];
    if (!day_is(day)) return;
    period_name(&plan->reporting, period_of(plan->calendar, &plan->reporting, day), name);
    out->period = arena_copy(out->arena, name);
}

/* --- the receipt --- */

static void add_refusal(struct verdict *out, struct more *more, const char *place, const struct refusal *refusal) {
    if (more->receipt.refusal_count >= MORE_REFUSALS_MAX) return;
    const char *text = refusal_sentence(out->arena, refusal);
    more->receipt.refusals[more->receipt.refusal_count++] =
        (struct more_refusal){.place = slice_of(place),
                              .code = slice_of(refusal_row(refusal->code)->word),
                              .text = {text, text_cut_chars(text, strlen(text), REFUSAL_CHARS)}};
}

static void list_refusals(struct verdict *out, struct more *more) {
    if (out->whole.code) {
        bool header = out->header.row != NO_COLUMN && out->sheet.row_count > out->header.row;
        add_refusal(out, more, header ? sheet_place(out->arena, &out->sheet, out->header.row) : NULL, &out->whole);
        return;
    }
    for (size_t i = 0; i < out->outcome_count && more->receipt.refusal_count < MORE_REFUSALS_MAX; i++)
        if (out->outcomes[i].kind == OUTCOME_REFUSED)
            add_refusal(out, more, place_of(out, out->outcomes[i].reading.row, out->outcomes[i].reading.refusal.column),
                        &out->outcomes[i].reading.refusal);
}

static struct slice cut(struct slice text, size_t chars) {
    return (struct slice){text.ptr, text.ptr ? text_cut_chars(text.ptr, text.len, chars) : 0};
}

static enum error_code make_receipt(const struct paper *paper, struct verdict *out, struct error *err) {
    struct more more = {.receipt = {.feed = slice_of(out->feed ? out->feed : paper->source),
                                    .period = slice_of(out->period),
                                    .taken = out->taken,
                                    .unchanged = out->unchanged,
                                    .held = out->held,
                                    .refused = out->refused,
                                    .whole = out->whole.code != REFUSAL_NONE}};
    list_refusals(out, &more);
    uint8_t *bytes = arena_array(out->arena, MORE_ROOM, 1);
    size_t len = 0;
    if (!bytes) return error_set(err, ERROR_MEMORY, "no memory for the receipt");
    enum proto_code proto = more_encode(EVENT_RECEIPT, &more, bytes, MORE_ROOM, &len);
    if (proto) return error_from_proto(err, proto, "receipt");
    out->receipt = (struct event){.kind = EVENT_RECEIPT,
                                  .as_of = DAY_NONE,
                                  .reported_at_ms = paper->now.ms,
                                  .reporter = slice_of(paper->unit),
                                  .note = cut(slice_of(out->note), NOTE_CHARS),
                                  .more = {(const char *)bytes, len}};
    out->receipt.source = (struct event_source){.present = true, .place = slice_of(""), .raw = slice_of("")};
    struct buffer clean = {0};
    text_clean(paper->name.ptr, paper->name.len, &clean);
    out->receipt.source.file = cut(slice_of(arena_text(out->arena, buffer_text(&clean), clean.len)), NOTE_CHARS);
    buffer_finish(&clean);
    memcpy(out->receipt.source.hash, paper->hash, sizeof out->receipt.source.hash);
    return paper->make_uid(out->receipt.uid, err);
}

static enum error_code judge_content(const struct paper *paper, struct verdict *out, struct error *err) {
    struct day as_of = DAY_NONE;
    if (paper->too_large)
        out->whole = refuse(out->arena, REFUSAL_TOO_LARGE, NO_COLUMN, "文件太大（文本最多%d MB，工作簿最多%d MB）",
                            SHEET_BYTES_MAX >> 20, WORKBOOK_BYTES_MAX >> 20);
    bool sound = !paper->too_large && structure_find(paper, out) && find_as_of(paper, out, &as_of) && fits(out);
    if (out->sheet.failed || arena_failed(out->arena)) return error_set(err, ERROR_MEMORY, "no memory for the file");
    if (!sound && !paper->too_large && requests_find(paper, out) && !out->whole.code) {
        enum error_code read = requests_judge(paper, out, err);
        count_rows(out);
        return read;
    }
    if (!sound) {
        count_refused_rows(out);
        return ERROR_OK;
    }
    enum error_code code = read_rows(paper, out, as_of, err);
    if (!code) code = months_add_up(paper, out, err);
    if (!code) code = judge_rows(paper, out, err);
    if (code) return code;
    count_rows(out);
    extent_take(paper, out);
    code = checks_run(paper, out, err);
    structure_warn(out);
    return code;
}

enum error_code paper_judge(const struct paper *paper, struct verdict *out, struct error *err) {
    *out = (struct verdict){.arena = arena_create(), .header = {.row = NO_COLUMN}};
    out->header.titles.as_of = out->header.titles.other_as_of = DAY_NONE;
    if (!out->arena) return error_set(err, ERROR_MEMORY, "no memory for the file");
    enum error_code code = judge_content(paper, out, err);
    if (code) return code;
    find_period(paper, out);
    code = make_receipt(paper, out, err);
    if (!code && arena_failed(out->arena)) code = error_set(err, ERROR_MEMORY, "no memory for the file");
    return code;
}

void verdict_finish(struct verdict *verdict) {
    decoded_finish(&verdict->decoded);
    sheet_finish(&verdict->sheet);
    arena_destroy(&verdict->arena);
}
