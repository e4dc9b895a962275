#include "services/collector/sql_sheet.h"

#include <string.h>
#include <strings.h>

#include "common/base/text.h"
#include "services/collector/header.h"
#include "services/collector/sql_cell.h"

enum { NAMES_LISTED_MAX = 12 };

struct filling {
    const struct sql_settings *settings;
    const struct mapping *mapping;
    struct arena *arena;
    struct answer answer;
    struct buffer text;
    struct sql_rows *out;
    size_t watermark; /* column; NO_COLUMN = none */
    struct column_use {
        bool used;   /* the mapping reads it */
        bool is_day; /* as the day of the figures */
    } uses[ANSWER_COLUMNS_MAX];
    struct slice values[ANSWER_COLUMNS_MAX];
};

static void filling_finish(struct filling *in) {
    buffer_finish(&in->text);
}

/* --- what is wrong with all of it --- */

struct refusal sql_trouble_refusal(struct arena *arena, enum sql_trouble trouble, struct slice words) {
    static const enum refusal_code codes[SQL_TROUBLES] = {
        [SQL_TROUBLE_NONE] = REFUSAL_SQL_WORKER,           [SQL_TROUBLE_UNREACHABLE] = REFUSAL_SQL_UNREACHABLE,
        [SQL_TROUBLE_PASSWORD] = REFUSAL_SQL_LOGIN,        [SQL_TROUBLE_DRIVER] = REFUSAL_SQL_DRIVER,
        [SQL_TROUBLE_QUERY] = REFUSAL_SQL_QUERY,           [SQL_TROUBLE_LOST] = REFUSAL_SQL_LOST,
        [SQL_TROUBLE_TIMEOUT] = REFUSAL_SQL_TIMEOUT,       [SQL_TROUBLE_ROWS] = REFUSAL_SQL_ROWS,
        [SQL_TROUBLE_WORKER] = REFUSAL_SQL_WORKER,         [SQL_TROUBLE_CONNECTION] = REFUSAL_SQL_CONNECTION,
    };
    enum refusal_code code = codes[trouble];
    const char *meaning = refusal_row(code)->meaning;
    if (words.len == 0) return refuse(arena, code, NO_COLUMN, "%s", meaning);
    struct buffer clean = {0};
    text_clean(words.ptr, words.len, &clean);
    struct refusal out = refuse(arena, code, NO_COLUMN, "%s（%s）", meaning, buffer_text(&clean));
    buffer_finish(&clean);
    return out;
}

static void refuse_whole(struct filling *in, struct refusal refusal) {
    if (!in->out->whole.code) in->out->whole = refusal;
}

/* "指标、地区、数值" */
static const char *names_list(struct filling *in) {
    const char *list = "";
    for (size_t i = 0; i < in->answer.column_count && i < NAMES_LISTED_MAX; i++)
        list = say(in->arena, "%s%s%s", list, *list ? "、" : "", shown(in->arena, in->answer.columns[i].name));
    return list;
}

/* --- columns --- */

static bool same_name(struct slice a, const char *b) {
    return a.len == strlen(b) && strncasecmp(a.ptr, b, a.len) == 0;
}

static size_t find_column(const struct filling *in, const char *name) {
    for (size_t i = 0; i < in->answer.column_count; i++)
        if (same_name(in->answer.columns[i].name, name)) return i;
    return NO_COLUMN;
}

static size_t wanted_column(struct filling *in, const char *name) {
    size_t column = find_column(in, name);
    if (column == NO_COLUMN)
        refuse_whole(in, refuse(in->arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "查询结果里没有“%s”列，只有：%s", name,
                                names_list(in)));
    return column;
}

/* Names that a database has put into capitals by itself (TARGET, AS_OF) mean the words as they are written. */
static struct slice as_written(struct filling *in, struct slice name) {
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", name.ptr[i])) return name;
    char *lower = arena_array(in->arena, name.len + 1, 1);
    if (!lower) return name;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] - 'A' + 'a' : name.ptr[i]);
    return (struct slice){lower, name.len};
}

static struct slice name_of(struct filling *in, size_t column) {
    struct slice name = in->answer.columns[column].name;
    for (size_t i = 0; i < in->settings->column_count; i++)
        if (same_name(name, in->settings->columns[i].column)) return slice_of(in->settings->columns[i].name);
    return as_written(in, name);
}

static struct column_use use_of(const struct filling *in, struct slice name) {
    struct column_use use = {.used = in->mapping->layout != LAYOUT_LONG};
    for (size_t field = 0; field < FIELD_COUNT; field++) {
        if (!header_matches(name, &in->mapping->columns[field])) continue;
        use.used = true;
        use.is_day = field == FIELD_AS_OF && in->mapping->as_of == AS_OF_COLUMN;
    }
    return use;
}

static void check_kind(struct filling *in, size_t column, struct slice name) {
    const struct column_use *use = &in->uses[column];
    enum answer_kind kind = in->answer.columns[column].kind;
    if (use->is_day && kind == ANSWER_LOCAL && !in->settings->zoned)
        refuse_whole(in, refuse(in->arena, REFUSAL_ZONE_MISSING, column, "“%s”列是不带时区的时间，定不了是哪一天",
                                shown(in->arena, name)));
    if (use->used && kind == ANSWER_BYTES && in->mapping->layout == LAYOUT_LONG)
        refuse_whole(in, refuse(in->arena, REFUSAL_COLUMN_KIND, column, "“%s”列是二进制", shown(in->arena, name)));
    if (column == in->watermark && !sql_mark_fits(kind))
        refuse_whole(in, refuse(in->arena, REFUSAL_COLUMN_KIND, column, "水位列“%s”不是整数、日期或时间",
                                shown(in->arena, name)));
}

/* --- cells --- */

static void put_cell(struct filling *in, struct slice text, unsigned marks) {
    size_t at = in->text.len;
    buffer_add(&in->text, text.ptr ? text.ptr : "", text.len);
    if (in->text.failed || !sheet_add_marked(&in->out->sheet, at, text.len, marks)) in->out->sheet.failed = true;
}

static void fill_columns(struct filling *in) {
    in->watermark = in->settings->watermark ? wanted_column(in, in->settings->watermark) : NO_COLUMN;
    for (size_t i = 0; i < in->settings->column_count; i++)
        (void)wanted_column(in, in->settings->columns[i].column);
    if (!sheet_add_row(&in->out->sheet, 0)) return;
    for (size_t i = 0; i < in->answer.column_count; i++) {
        struct slice name = name_of(in, i);
        in->uses[i] = use_of(in, name);
        check_kind(in, i, name);
        put_cell(in, name, 0);
    }
}

static void fault_row(struct filling *in, size_t column, enum sql_cell_fault fault, struct slice value) {
    struct sheet_row *row = &in->out->sheet.rows[in->out->sheet.row_count - 1];
    const char *read = shown(in->arena, value);
    if (row->fault.code || !in->uses[column].used) return;
    switch (fault) {
    case SQL_CELL_SOUND:
    case SQL_CELL_ERROR: /* marked in the cell */
        return;
    case SQL_CELL_SINGLE:
        row->fault = refuse(in->arena, REFUSAL_NOT_EXACT, column, "单精度浮点数“%s”存不准，不是确数", read);
        row->fault.remedy = "请业务系统把这一列改成定点数（numeric、decimal）或双精度";
        return;
    case SQL_CELL_TOO_LONG:
        row->fault = refuse(in->arena, REFUSAL_OUT_OF_RANGE, column, "“%s”超过15位有效数字", read);
        return;
    case SQL_CELL_BAD_TEXT:
        row->fault = refuse(in->arena, REFUSAL_TEXT, column, "文字不是 UTF-8，或有空字节");
        return;
    }
}

/* The day of a time as a clock in UTC+8 shows it. What is no time at all (0000-00-00) stays what it is: bad_date. */
static bool put_day(struct filling *in, size_t column, struct slice value) {
    enum answer_kind kind = in->answer.columns[column].kind;
    char text[DAY_TEXT_MAX];
    struct stamp stamp;
    if (!in->uses[column].is_day || (kind != ANSWER_LOCAL && kind != ANSWER_INSTANT) || !stamp_read(value, &stamp))
        return false;
    struct day day = stamp_day(&stamp, in->settings->zone);
    put_cell(in, (struct slice){text, day_print(day, text)}, SHEET_DATE);
    return true;
}

static void put_value(struct filling *in, size_t column, struct slice value) {
    enum answer_kind kind = in->answer.columns[column].kind;
    struct sql_cell cell;
    if (!value.ptr) {
        put_cell(in, (struct slice){"", 0}, 0);
        return;
    }
    if (put_day(in, column, value)) return;
    sql_cell_read(kind, value, &cell);
    bool number = kind == ANSWER_EXACT || kind == ANSWER_DOUBLE || kind == ANSWER_SINGLE;
    unsigned marks = cell.fault == SQL_CELL_ERROR ? SHEET_ERROR
                     : number                     ? SHEET_NUMBER
                     : kind == ANSWER_BOOLEAN     ? SHEET_BOOLEAN
                     : kind == ANSWER_DAY         ? SHEET_DATE
                                                  : 0u;
    put_cell(in, cell.text, marks);
    fault_row(in, column, cell.fault, value);
}

static void fill_row(struct filling *in) {
    struct sql_mark mark;
    if (!sheet_add_row(&in->out->sheet, ++in->out->count)) return;
    for (size_t i = 0; i < in->answer.column_count; i++)
        put_value(in, i, in->values[i]);
    if (in->watermark == NO_COLUMN) return;
    if (sql_mark_read(in->answer.columns[in->watermark].kind, in->values[in->watermark], &mark))
        in->out->newest = sql_mark_later(in->out->newest, mark);
}

static void without_rows(struct filling *in) {
    sheet_finish(&in->out->sheet);
    in->out->newest.found = false;
    in->out->count = 0;
    refuse_whole(in, sql_trouble_refusal(in->arena, in->answer.trouble, in->answer.words));
}

static void fill(struct filling *in) {
    enum answer_step step = ANSWER_ROW;
    fill_columns(in);
    while (step == ANSWER_ROW && !in->out->sheet.failed) {
        step = answer_next(&in->answer, in->values);
        if (step == ANSWER_ROW) fill_row(in);
    }
    if (step == ANSWER_FAILED) {
        in->out->whole = (struct refusal){.code = REFUSAL_NONE}; /* the failure is what there is to say */
        without_rows(in);
    }
}

void sql_rows_finish(struct sql_rows *rows) {
    sheet_finish(&rows->sheet);
}

bool sql_sheet_fill(struct slice answer, const struct sql_settings *settings, const struct mapping *mapping,
                    struct arena *arena, struct sql_rows *out) {
    *out = (struct sql_rows){.sheet = {.named = true, .query = true}};
    struct filling *in = arena_array(arena, 1, sizeof *in);
    if (!in) return false;
    *in = (struct filling){.settings = settings, .mapping = mapping, .arena = arena, .out = out};
    if (answer_open(answer, &in->answer))
        fill(in);
    else
        without_rows(in);
    out->sheet.named = out->sheet.query = true;
    out->sheet.text_len = in->text.len;
    bool sound = !out->sheet.failed && !in->text.failed;
    out->sheet.text = buffer_take(&in->text);
    filling_finish(in);
    return sound && (out->sheet.text || out->sheet.text_len == 0);
}
