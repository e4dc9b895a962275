#include "services/collector/requests.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/domain/requests.h"
#include "proto/chain.h"
#include "services/collector/names.h"
#include "services/collector/when.h"

enum { SEARCHED_ROWS = 5, NAMES_MAX = 5, COLUMNS_MAX = 6, WORDS_CHARS = 200, NAME_CHARS = 40, DOCUMENT_CHARS = 60 };

enum table { TABLE_REPLY, TABLE_EXTENSION, TABLE_CLOSE_OUT, TABLE_COUNT };
/* Columns by their place in the table's list. */
enum { NUMBER, BY_DAY, REASON, WORDS, WHO };
enum { TARGET, AREA, DUE, WHY, DOCUMENT, ASKED_BY };
enum { CLOSED_TARGET = TARGET, CLOSED_AREA = AREA, CLOSED_DOCUMENT = 2, CLAIMED_BY = 3 };

static const struct table_shape {
    const char *feed, *word; /* feed: in the receipt; word: in the file's name, and in refusals */
    uint32_t kind;
    size_t column_count;
    struct {
        const char *names[NAMES_MAX];
        bool needed, telling; /* telling: a report has no such column */
    } columns[COLUMNS_MAX];
} tables[TABLE_COUNT] = {
    {"回复",
     "回复",
     EVENT_REPLY,
     5,
     {{{"编号", "消息编号", "回复编号"}, true, false},
      {{"完成日期", "承诺日期", "办结日期", "承诺完成日期"}, false, true},
      {{"原因", "原因代码"}, false, true},
      {{"说明", "情况说明", "措施", "原因和措施"}, false, false},
      {{"经办人", "答复人", "联系人"}, false, false}}},
    {"延期申请",
     "延期",
     EVENT_EXTENSION_ASKED,
     6,
     {{{"指标", "指标代码", "指标名称"}, true, false},
      {{"地区", "县区"}, false, false},
      {{"新期限", "延期至", "申请延期至", "拟延期至"}, true, true},
      {{"理由", "延期理由", "申请理由", "原因"}, true, false},
      {{"文号", "申请文号"}, false, false},
      {{"经办人", "申请人", "联系人"}, false, false}}},
    {"销号申请",
     "销号",
     EVENT_CLOSE_CLAIMED,
     4,
     {{{"指标", "指标代码", "指标名称"}, true, false},
      {{"地区", "县区"}, false, false},
      {{"文号", "销号文号", "申请文号"}, true, false},
      {{"经办人", "申请人", "联系人"}, false, false}}},
};

/* --- which table --- */

static size_t column_of(const struct sheet *sheet, size_t row, const struct table_shape *table, size_t column) {
    for (size_t i = 0; i < sheet->rows[row].cell_count; i++)
        for (size_t k = 0; k < NAMES_MAX && table->columns[column].names[k]; k++)
            if (name_equal(sheet_cell(sheet, row, i), table->columns[column].names[k])) return i;
    return NO_COLUMN;
}

static bool named_so(const struct paper *paper, const struct table_shape *table) {
    return paper->name.len && memmem(paper->name.ptr, paper->name.len, table->word, strlen(table->word));
}

/* Its needed columns are there, and something that no report has: a telling column, or the file's name. */
static bool is_header(const struct paper *paper, const struct sheet *sheet, size_t row,
                      const struct table_shape *table) {
    bool tells = named_so(paper, table);
    for (size_t i = 0; i < table->column_count; i++) {
        bool there = column_of(sheet, row, table, i) != NO_COLUMN;
        if (table->columns[i].needed && !there) return false;
        tells |= table->columns[i].telling && there;
    }
    return tells;
}

static const struct table_shape *find_table(const struct paper *paper, const struct sheet *sheet, size_t *row) {
    for (*row = 0; *row < sheet->row_count && *row < SEARCHED_ROWS; (*row)++)
        for (size_t i = 0; i < TABLE_COUNT; i++)
            if (is_header(paper, sheet, *row, &tables[i])) return &tables[i];
    return NULL;
}

/* The sheet as it was left, or the text split otherwise; what was left stays when neither is such a table. */
static const struct table_shape *find_split(const struct paper *paper, struct verdict *out, size_t *row) {
    static const char separators[] = {',', '\t', ';'};
    struct slice text = {buffer_text(&out->decoded.text), out->decoded.text.len};
    const struct table_shape *table = find_table(paper, &out->sheet, row);
    for (size_t i = 0; !table && text.len && !paper->file && i < sizeof separators; i++) {
        struct refusal ignored;
        struct sheet sheet = {0};
        if (sheet_split(text, separators[i], out->arena, &sheet, &ignored)) table = find_table(paper, &sheet, row);
        if (!table) sheet_finish(&sheet);
        if (!table) continue;
        sheet_finish(&out->sheet);
        out->sheet = sheet;
    }
    return table;
}

static const char *missing_columns(struct verdict *out, const struct table_shape *table) {
    const char *list = "";
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].needed)
            list = say(out->arena, "%s%s%s", list, *list ? "、" : "", table->columns[i].names[0]);
    return list;
}

bool requests_find(const struct paper *paper, struct verdict *out) {
    size_t row = 0;
    if (out->sheet.row_count == 0 && !out->decoded.text.len) return false;
    const struct table_shape *table = find_split(paper, out, &row);
    for (size_t i = 0; !table && i < TABLE_COUNT; i++) {
        if (!named_so(paper, &tables[i])) continue;
        out->feed = tables[i].feed;
        out->whole = refuse(out->arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "“%s”表要有这几列：%s", tables[i].feed,
                            missing_columns(out, &tables[i]));
        out->whole.remedy = "请补上这几列的列名，其余的列可以不要";
        out->header.row = NO_COLUMN;
        return true;
    }
    if (!table) return false;
    out->feed = table->feed;
    out->whole = (struct refusal){.code = REFUSAL_NONE};
    out->header = (struct header){.first = row, .row = row, .titles = out->header.titles};
    out->header.names = header_join(&out->sheet, row, 1, out->arena, &out->header.width);
    return true;
}

/* --- one row --- */

struct row_reader {
    const struct paper *paper;
    const struct table_shape *table;
    struct verdict *out;
    size_t columns[COLUMNS_MAX];
    struct slice file;
};

static struct slice cell(const struct row_reader *in, size_t row, size_t column) {
    return in->columns[column] == NO_COLUMN ? (struct slice){"", 0}
                                            : sheet_cell(&in->out->sheet, row, in->columns[column]);
}

/* Fit for an event; nil where nothing is written. */
static struct slice words(const struct row_reader *in, size_t row, size_t column, size_t chars) {
    struct slice text = cell(in, row, column);
    struct buffer clean = {0};
    if (!text.len) return (struct slice){NULL, 0};
    text_clean(text.ptr, text.len, &clean);
    size_t len = text_cut_chars(buffer_text(&clean), clean.len, chars);
    struct slice out = slice_of(arena_text(in->out->arena, buffer_text(&clean), len));
    buffer_finish(&clean);
    return out.len ? out : (struct slice){NULL, 0};
}

static bool refused(struct outcome *outcome, struct refusal refusal) {
    outcome->kind = OUTCOME_REFUSED;
    outcome->reading.kind = READING_REFUSED;
    outcome->reading.refusal = refusal;
    return false;
}

static bool no_column(const struct row_reader *in, struct outcome *outcome, enum refusal_code code, size_t column,
                      const char *reason) {
    return refused(outcome, refuse(in->out->arena, code, in->columns[column], "%s", reason));
}

/* A day that must still come: a promise in the past promises nothing. */
static bool day_to_come(const struct row_reader *in, size_t row, size_t column, struct outcome *outcome,
                        struct day *day) {
    struct slice text = cell(in, row, column);
    struct day today = instant_day(in->paper->now);
    int year, month, mday;
    day_split(today, &year, &month, &mday);
    enum refusal_code code = when_read(text, year, day);
    if (code)
        return refused(outcome, refuse(in->out->arena, code, in->columns[column], "“%s”不是能认出来的日期",
                                       shown(in->out->arena, text)));
    if (day->n < today.n)
        return refused(outcome, refuse(in->out->arena, REFUSAL_DAY_OVER, in->columns[column], "“%s”已经过了",
                                       shown(in->out->arena, text)));
    return true;
}

/* --- an answer --- */

static bool read_number(const struct row_reader *in, size_t row, struct outcome *outcome, struct slice *number) {
    struct slice text = cell(in, row, NUMBER);
    struct buffer half = {0};
    size_t len;
    unsigned item;
    text_halfwidth(text.ptr, text.len, &half);
    const char *even = arena_text(in->out->arena, buffer_text(&half), half.len);
    buffer_finish(&half);
    if (!*even) return no_column(in, outcome, REFUSAL_NUMBER, NUMBER, "没有写编号");
    if (!message_number_parse(even, &len, &item))
        return refused(outcome, refuse(in->out->arena, REFUSAL_NUMBER, in->columns[NUMBER], "“%s”不是消息的编号",
                                       shown(in->out->arena, text)));
    *number = slice_of(say(in->out->arena, even[0] == 'd' ? "D%s" : "%s", even[0] == 'd' ? even + 1 : even));
    return true;
}

static bool read_reply(const struct row_reader *in, size_t row, struct outcome *outcome, struct more *more) {
    struct slice reason = words(in, row, REASON, NAME_CHARS);
    const char *token = reason.len ? reply_reason_token(reason) : NULL;
    more->reply.by_when = DAY_NONE;
    if (!read_number(in, row, outcome, &more->reply.number)) return false;
    if (cell(in, row, BY_DAY).len && !day_to_come(in, row, BY_DAY, outcome, &more->reply.by_when)) return false;
    if (reason.len && !token)
        return refused(outcome, refuse(in->out->arena, REFUSAL_REASON, in->columns[REASON], "原因“%s”不在名单里",
                                       shown(in->out->arena, reason)));
    more->reply.reason_code = slice_of(token);
    more->reply.text = words(in, row, WORDS, WORDS_CHARS);
    more->reply.who = words(in, row, WHO, NAME_CHARS);
    if (!more->reply.who.len) more->reply.who = slice_of(in->paper->unit);
    if (!day_is(more->reply.by_when) && !token && !more->reply.text.len)
        return no_column(in, outcome, REFUSAL_NOTHING_SAID, BY_DAY, "只有编号，没有完成日期、原因或说明");
    return true;
}

/* --- a cell of the plan --- */

static size_t own_area(const struct row_reader *in) {
    bool several = false;
    return plan_area_named(catalogue_plan(in->paper->catalogue), slice_of(in->paper->unit), instant_day(in->paper->now),
                           &several);
}

static bool find_cell(const struct row_reader *in, size_t row, struct outcome *outcome) {
    const struct plan *plan = catalogue_plan(in->paper->catalogue);
    struct reading *reading = &outcome->reading;
    struct slice target = cell(in, row, TARGET), area = cell(in, row, AREA);
    if (!target.len) return no_column(in, outcome, REFUSAL_TARGET_MISSING, TARGET, "没有写指标");
    struct refusal refusal = name_target(plan, in->paper->mapping, in->out->arena, target, in->columns[TARGET],
                                         &reading->target, &reading->task);
    if (!refusal.code && reading->target == NO_INDEX)
        refusal = refuse(in->out->arena, REFUSAL_UNKNOWN_TARGET, in->columns[TARGET], "“%s”是任务，请写到指标",
                         shown(in->out->arena, target));
    if (refusal.code) return refused(outcome, refusal);
    if (area.len)
        refusal = name_area(plan, in->out->arena, area, instant_day(in->paper->now), in->columns[AREA], &reading->area);
    else if ((reading->area = own_area(in)) == NO_INDEX)
        refusal = refuse(in->out->arena, REFUSAL_AREA_MISSING, in->columns[AREA], "没有写地区");
    if (refusal.code) return refused(outcome, refusal);
    size_t index = plan_find_cell(plan, reading->target, reading->area);
    if (index == NO_INDEX || plan->cells[index].no_task || plan->cells[index].rollup)
        return refused(outcome, refuse(in->out->arena, REFUSAL_NO_CELL, in->columns[TARGET], "%s没有“%s”这项任务",
                                       plan->areas[reading->area].name, plan->targets[reading->target].name));
    return true;
}

static bool read_extension(const struct row_reader *in, size_t row, struct outcome *outcome, struct more *more) {
    const struct plan *plan = catalogue_plan(in->paper->catalogue);
    if (!find_cell(in, row, outcome)) return false;
    if (!day_is(plan->targets[outcome->reading.target].due))
        return no_column(in, outcome, REFUSAL_NO_CELL, TARGET, "这一项没有完成期限，不用延期");
    if (!cell(in, row, DUE).len) return no_column(in, outcome, REFUSAL_DATE_MISSING, DUE, "没有写新期限");
    if (!day_to_come(in, row, DUE, outcome, &more->extension.due)) return false;
    outcome->event.reason = words(in, row, WHY, WORDS_CHARS);
    if (!outcome->event.reason.len) return no_column(in, outcome, REFUSAL_NOTHING_SAID, WHY, "没有写延期的理由");
    more->extension.document = words(in, row, DOCUMENT, DOCUMENT_CHARS);
    more->by = words(in, row, ASKED_BY, NAME_CHARS);
    return true;
}

static bool read_close_out(const struct row_reader *in, size_t row, struct outcome *outcome, struct more *more) {
    const struct plan *plan = catalogue_plan(in->paper->catalogue);
    if (!find_cell(in, row, outcome)) return false;
    enum target_kind kind = plan->targets[outcome->reading.target].kind;
    if (kind == KIND_HOLD || kind == KIND_ACTIVITY || kind == KIND_PARAMETER)
        return no_column(in, outcome, REFUSAL_NOT_CLOSABLE, TARGET,
                         kind == KIND_HOLD ? "这一项达到后要保持，不销号" : "这一项只报文字，不销号");
    more->close_out.document = words(in, row, CLOSED_DOCUMENT, DOCUMENT_CHARS);
    if (!more->close_out.document.len) {
        no_column(in, outcome, REFUSAL_DOCUMENT_MISSING, CLOSED_DOCUMENT, "没有写文号");
        outcome->reading.refusal.remedy = "请写明报告完成情况的文号";
        return false;
    }
    more->by = words(in, row, CLAIMED_BY, NAME_CHARS);
    return true;
}

/* --- what was sent before --- */

/* All that the row says, as the key it is remembered by. */
static void remember(const struct row_reader *in, size_t row, struct outcome *outcome) {
    struct buffer all = {0};
    char hex[2 * EVENT_HASH_BYTES + 1] = "";
    for (size_t i = 0; i < in->table->column_count; i++) {
        struct slice text = cell(in, row, i);
        buffer_add(&all, text.ptr, text.len);
        buffer_add_char(&all, '\n');
    }
    struct chain_hash hash = chain_digest((const uint8_t *)buffer_text(&all), all.len);
    for (size_t i = 0; i < EVENT_HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash.bytes[i]);
    buffer_finish(&all);
    outcome->cell = (struct source_cell){slice_of(arena_copy(in->out->arena, hex)), slice_of(in->table->feed),
                                         slice_of(in->paper->unit)};
    outcome->remember_words = true;
    outcome->reading.note = slice_of(in->table->feed);
    outcome->reading.as_of = DAY_NONE;
}

static enum error_code was_sent(const struct row_reader *in, const struct outcome *outcome, bool *sent,
                                struct error *err) {
    for (const struct outcome *earlier = in->out->outcomes; earlier < outcome; earlier++)
        if (earlier->kind == OUTCOME_EVENT && slice_equal(earlier->cell.target, outcome->cell.target)) {
            *sent = true;
            return ERROR_OK;
        }
    return in->paper->memory.words_same(in->paper->memory.context, &outcome->cell, DAY_NONE, outcome->reading.note,
                                        sent, err);
}

/* --- the event --- */

static enum error_code make_event(const struct row_reader *in, size_t row, const struct more *more,
                                  struct outcome *outcome, struct error *err) {
    const struct plan *plan = catalogue_plan(in->paper->catalogue);
    const struct reading *reading = &outcome->reading;
    size_t area = reading->area != NO_INDEX ? reading->area : own_area(in), len = 0;
    uint8_t *bytes = arena_array(in->out->arena, MORE_BYTES_MAX, 1);
    if (!bytes) return error_set(err, ERROR_MEMORY, "no memory for an answer");
    enum proto_code code = more_encode(in->table->kind, more, bytes, MORE_BYTES_MAX, &len);
    if (code) return error_from_proto(err, code, in->table->feed);
    struct event *event = &outcome->event;
    event->kind = in->table->kind;
    event->as_of = DAY_NONE;
    event->target = slice_of(reading->target == NO_INDEX ? NULL : plan->targets[reading->target].code);
    event->area = slice_of(area == NO_INDEX ? NULL : plan->areas[area].code);
    event->reported_at_ms = in->paper->now.ms;
    event->reporter = slice_of(in->paper->unit);
    event->more = (struct slice){(const char *)bytes, len};
    event->source = (struct event_source){.present = true,
                                          .file = in->file,
                                          .place = slice_of(sheet_place(in->out->arena, &in->out->sheet, row)),
                                          .raw = slice_of("")};
    memcpy(event->source.hash, in->paper->hash, sizeof event->source.hash);
    return in->paper->make_uid(event->uid, err);
}

static bool read_row(const struct row_reader *in, size_t row, struct outcome *outcome, struct more *more) {
    if (in->out->sheet.rows[row].fault.code) return refused(outcome, in->out->sheet.rows[row].fault);
    switch (in->table->kind) {
    case EVENT_REPLY:
        return read_reply(in, row, outcome, more);
    case EVENT_EXTENSION_ASKED:
        return read_extension(in, row, outcome, more);
    default:
        return read_close_out(in, row, outcome, more);
    }
}

static enum error_code judge_row(const struct row_reader *in, size_t row, struct outcome *outcome, struct error *err) {
    struct more more = {0};
    bool sent = false;
    *outcome = (struct outcome){.reading = {.kind = READING_EMPTY,
                                            .row = row,
                                            .target = NO_INDEX,
                                            .task = NO_INDEX,
                                            .area = NO_INDEX,
                                            .as_of = DAY_NONE,
                                            .value_column = NO_COLUMN,
                                            .day_column = NO_COLUMN}};
    if (sheet_row_is_blank(&in->out->sheet, row) || name_is_footer(sheet_cell(&in->out->sheet, row, 0)))
        return ERROR_OK;
    remember(in, row, outcome);
    enum error_code code = was_sent(in, outcome, &sent, err);
    outcome->reading.kind = READING_WORDS;
    outcome->kind = OUTCOME_UNCHANGED;
    if (code || sent || !read_row(in, row, outcome, &more)) return code;
    outcome->kind = OUTCOME_EVENT;
    return make_event(in, row, &more, outcome, err);
}

enum error_code requests_judge(const struct paper *paper, struct verdict *out, struct error *err) {
    struct row_reader in = {.paper = paper, .out = out};
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (strcmp(tables[i].feed, out->feed) == 0) in.table = &tables[i];
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        in.columns[i] = i < in.table->column_count ? column_of(&out->sheet, out->header.row, in.table, i) : NO_COLUMN;
    struct buffer clean = {0};
    text_clean(paper->name.ptr, paper->name.len, &clean);
    in.file = slice_of(
        arena_text(out->arena, buffer_text(&clean), text_cut_chars(buffer_text(&clean), clean.len, WORDS_CHARS)));
    buffer_finish(&clean);
    size_t first = out->header.row + 1, count = out->sheet.row_count - first;
    out->outcomes = arena_array(out->arena, count + 1, sizeof *out->outcomes);
    if (!out->outcomes) return error_set(err, ERROR_MEMORY, "no memory for the rows");
    for (size_t i = 0; i < count; i++) {
        enum error_code code = judge_row(&in, first + i, &out->outcomes[i], err);
        if (code) return code;
        out->outcome_count = i + 1;
    }
    return ERROR_OK;
}
