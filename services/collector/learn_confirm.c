#include <string.h>

#include "common/base/text.h"
#include "services/collector/learn.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/unit.h"

struct confirming {
    const struct learn_table *table;
    const struct seen *seen;
    struct learn_asker *asker;
    struct learned *out;
};

static const char *column_words(const struct confirming *in, size_t column) {
    const struct seen_column *seen = &in->seen->columns[column];
    return say(in->table->arena, "%s列“%s”，例：%s", sheet_letters(in->table->arena, column),
               shown(in->table->arena, seen->name), *seen->examples ? seen->examples : "（空）");
}

/* A letter, or the name as it stands over the column. */
static size_t column_named(const struct confirming *in, const char *answer) {
    for (size_t i = 0; i < in->seen->width; i++)
        if (strcmp(answer, sheet_letters(in->table->arena, i)) == 0 || name_equal(in->seen->columns[i].name, answer))
            return i;
    return NO_COLUMN;
}

/* --- what cannot be an answer --- */

static const char *no_such_column(const void *context, const char *answer) {
    const struct confirming *in = context;
    return column_named(in, answer) == NO_COLUMN ? say(in->table->arena, "没有“%s”这一列", answer) : NULL;
}

/* "T06.1 新改建直连道路" and "T06.1" are the same answer. */
static const char *code_of(const struct confirming *in, const char *answer) {
    const char *space = strchr(answer, ' ');
    return space ? arena_text(in->table->arena, answer, (size_t)(space - answer)) : answer;
}

static const char *no_such_target(const void *context, const char *answer) {
    const struct confirming *in = context;
    const struct mapping none = {.unit = NULL};
    size_t target, task;
    struct refusal refusal =
        name_target(in->table->plan, &none, in->table->arena, slice_of(code_of(in, answer)), NO_COLUMN, &target, &task);
    return refusal.code ? refusal.reason : NULL;
}

static const char *no_such_area(const void *context, const char *answer) {
    const struct confirming *in = context;
    size_t area;
    struct refusal refusal = name_area(in->table->plan, in->table->arena, slice_of(code_of(in, answer)),
                                       in->table->plan->start, NO_COLUMN, &area);
    return refusal.code ? refusal.reason : NULL;
}

static const char *no_such_day(const void *context, const char *answer) {
    static const char *const words[] = {"column", "title", "period", "mtime"};
    const struct confirming *in = context;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(answer, words[i]) == 0) return NULL;
    bool pattern = strstr(answer, "{yyyy}") && strstr(answer, "{mm}");
    return pattern ? NULL
                   : say(in->table->arena, "“%s”不是 column、title、period，也不是带 {yyyy}{mm} 的文件名样式", answer);
}

/* --- the columns of a row --- */

static const char *field_chinese(enum field field) {
    static const char *const names[FIELD_COUNT] = {[FIELD_TARGET] = "指标",     [FIELD_AREA] = "地区",
                                                   [FIELD_AS_OF] = "数据日期",  [FIELD_VALUE] = "数值（累计数）",
                                                   [FIELD_NUMERATOR] = "分子",  [FIELD_DENOMINATOR] = "分母",
                                                   [FIELD_NOTE] = "备注",       [FIELD_REASON] = "更正说明",
                                                   [FIELD_UNIT] = "计量单位",   [FIELD_REPORTER] = "填报单位",
                                                   [FIELD_BLOCKED_BY] = "卡在", [FIELD_DOCUMENT] = "文号",
                                                   [FIELD_MONTH] = "本月数",    [FIELD_SHARE] = "目标任务"};
    return names[field];
}

static const char *field_words(const struct confirming *in, enum field field, size_t column) {
    const struct seen_column *seen = &in->seen->columns[column];
    const char *plan =
        field == FIELD_AREA ? say(in->table->arena, "；%zu格中%zu格是计划里的地区", seen->filled, seen->areas)
        : field == FIELD_TARGET ? say(in->table->arena, "；%zu格中%zu格是计划里的指标", seen->filled, seen->targets)
        : field == FIELD_AS_OF ? say(in->table->arena, "；%zu格中%zu格是日期", seen->filled, seen->days)
                               : "";
    return say(in->table->arena, "%s%s。是“%s”吗？", column_words(in, column), plan, field_chinese(field));
}

static void ask_field(struct confirming *in, enum field field) {
    size_t column = in->seen->fields[field];
    struct learn_question question = {.key = say(in->table->arena, "columns/%s", field_word(field)),
                                      .proposal = "",
                                      .objection = no_such_column,
                                      .context = in};
    in->out->fields[field] = NO_COLUMN;
    if (in->asker->failed) return;
    if (column == NO_COLUMN) {
        question.words = say(in->table->arena, "没有认出“%s”一列。是哪一列？写列的字母或列名。", field_chinese(field));
    } else {
        question.words = field_words(in, field, column);
        question.proposal = sheet_letters(in->table->arena, column);
    }
    const char *answer = learn_ask(in->asker, &question);
    if (*answer) in->out->fields[field] = column_named(in, answer);
}

static bool is_needed(const struct confirming *in, enum field field) {
    if (in->seen->fields[field] != NO_COLUMN) return true;
    bool fraction = in->seen->fields[FIELD_NUMERATOR] != NO_COLUMN || in->seen->fields[FIELD_MONTH] != NO_COLUMN;
    return (field == FIELD_TARGET && in->seen->layout != LAYOUT_WIDE_TARGET) ||
           (field == FIELD_VALUE && in->seen->layout == LAYOUT_LONG && !fraction);
}

static void ask_fields(struct confirming *in) {
    static const enum field order[] = {FIELD_TARGET,    FIELD_AREA,        FIELD_AS_OF,  FIELD_VALUE,
                                       FIELD_NUMERATOR, FIELD_DENOMINATOR, FIELD_UNIT,   FIELD_MONTH,
                                       FIELD_SHARE,     FIELD_NOTE,        FIELD_REASON, FIELD_DOCUMENT};
    for (size_t i = 0; i < FIELD_COUNT; i++)
        in->out->fields[i] = NO_COLUMN;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (is_needed(in, order[i])) ask_field(in, order[i]);
}

/* --- the columns of a wide table --- */

static const char *subject_name(const struct confirming *in, size_t subject) {
    const struct plan *plan = in->table->plan;
    bool areas = in->seen->layout == LAYOUT_WIDE_AREA;
    return say(in->table->arena, "%s %s", areas ? plan->areas[subject].code : plan->targets[subject].code,
               areas ? plan->areas[subject].name : plan->targets[subject].name);
}

static const char *subject_code(const struct confirming *in, size_t subject) {
    return in->seen->layout == LAYOUT_WIDE_AREA ? in->table->plan->areas[subject].code
                                                : in->table->plan->targets[subject].code;
}

static size_t ask_beside(struct confirming *in, const char *what, const char *chinese, size_t value, size_t column) {
    if (column == NO_COLUMN || in->asker->failed) return NO_COLUMN;
    const char *letters = sheet_letters(in->table->arena, value);
    struct learn_question question = {
        .key = say(in->table->arena, "%s/%s", what, letters),
        .words = say(in->table->arena, "%s。是%s列的“%s”吗？", column_words(in, column), letters, chinese),
        .proposal = sheet_letters(in->table->arena, column),
        .objection = no_such_column,
        .context = in};
    const char *answer = learn_ask(in->asker, &question);
    return *answer ? column_named(in, answer) : NO_COLUMN;
}

static void ask_value(struct confirming *in, const struct seen_value *value) {
    const char *kind = in->seen->layout == LAYOUT_WIDE_AREA ? "县区" : "指标";
    struct learn_question question = {
        .key = say(in->table->arena, "values/%s", sheet_letters(in->table->arena, value->column)),
        .words = say(in->table->arena, "%s。是哪个%s的数？", column_words(in, value->column), kind),
        .proposal = "",
        .objection = in->seen->layout == LAYOUT_WIDE_AREA ? no_such_area : no_such_target,
        .context = in};
    if (in->asker->failed) return;
    if (value->subject != NO_INDEX)
        learn_offer(&question, subject_code(in, value->subject), subject_name(in, value->subject));
    for (size_t i = 0; value->subject == NO_INDEX && i < value->name.candidate_count; i++)
        learn_offer(&question, subject_code(in, value->name.candidates[i]),
                    subject_name(in, value->name.candidates[i]));
    struct learned_value *out = &in->out->values[in->out->value_count];
    *out = (struct learned_value){.column = value->column,
                                  .share = NO_COLUMN,
                                  .month = NO_COLUMN,
                                  .subject = code_of(in, learn_ask(in->asker, &question))};
    if (!*out->subject) return;
    in->out->value_count++;
    out->share = ask_beside(in, "share", "目标任务", value->column, value->share);
    out->month = ask_beside(in, "month", "本月数", value->column, value->month);
}

static void ask_values(struct confirming *in) {
    in->out->values = arena_array(in->table->arena, in->seen->value_count, sizeof *in->out->values);
    for (size_t i = 0; in->out->values && i < in->seen->value_count; i++)
        ask_value(in, &in->seen->values[i]);
}

/* --- names, day, unit --- */

static void ask_names(struct confirming *in) {
    for (size_t i = 0; i < in->seen->unknown_count && !in->asker->failed; i++) {
        const struct seen_name *name = &in->seen->unknown[i];
        const char *text = arena_text(in->table->arena, name->text.ptr, name->text.len);
        struct learn_question question = {
            .key = say(in->table->arena, "targets/%s", text),
            .words = say(in->table->arena, "“%s”（%zu行）不是计划里的名称。是哪个指标？", text, name->count),
            .proposal = "",
            .objection = no_such_target,
            .context = in};
        for (size_t k = 0; k < name->candidate_count; k++) {
            const struct target *target = &in->table->plan->targets[name->candidates[k]];
            learn_offer(&question, target->code, say(in->table->arena, "%s %s", target->code, target->name));
        }
        in->out->names[in->out->name_count++] =
            (struct learned_name){name->text, code_of(in, learn_ask(in->asker, &question))};
    }
}

/* "青川202106.csv" → "*{yyyy}{mm}*"; NULL: the name holds no month. */
static const char *name_pattern(const char *file) {
    for (const char *at = file; (at = strstr(at, "20")); at++) {
        size_t digits = strspn(at, "0123456789");
        bool begins = at == file || !(at[-1] >= '0' && at[-1] <= '9');
        if (begins && digits == 6) return "*{yyyy}{mm}*";
        if (begins && digits == 8) return "*{yyyy}{mm}{dd}*";
    }
    return NULL;
}

static void ask_as_of(struct confirming *in) {
    struct learn_question question = {
        .key = "as_of", .words = "数据日期从哪里来？", .proposal = "", .objection = no_such_day, .context = in};
    const char *pattern = name_pattern(in->table->file);
    char day[DAY_TEXT_MAX];
    if (in->asker->failed) return;
    if (in->out->fields[FIELD_AS_OF] != NO_COLUMN) learn_offer(&question, "column", "数据日期一列");
    if (day_is(in->seen->titles.as_of)) {
        day_print(in->seen->titles.as_of, day);
        learn_offer(&question, "title", say(in->table->arena, "标题里的“截至”：%s", day));
    }
    if (pattern) learn_offer(&question, pattern, say(in->table->arena, "文件名：%s", pattern));
    learn_offer(&question, "period", "当前报告期的最后一天");
    in->out->as_of = learn_ask(in->asker, &question);
    if (!*in->out->as_of) in->out->as_of = "period";
}

static bool states_unit(const struct confirming *in, size_t column) {
    struct mapping none = {.unit = NULL};
    struct statement statement = {{"", 0}, {"", 0}};
    if (column == NO_COLUMN) return false;
    unit_state_name(&statement, in->table->plan, &none, in->seen->columns[column].name, false);
    for (size_t row = in->seen->data; !statement.unit.len && row < in->table->sheet->row_count; row++) {
        struct slice cell = sheet_cell(in->table->sheet, row, column);
        if (cell.len) return number_read(in->table->arena, cell, true).unit.len > 0;
    }
    return statement.unit.len > 0;
}

static bool unit_is_stated(const struct confirming *in) {
    if (in->out->fields[FIELD_UNIT] != NO_COLUMN || in->seen->titles.unit.len) return true;
    if (in->seen->layout == LAYOUT_LONG) {
        bool fraction = in->out->fields[FIELD_VALUE] == NO_COLUMN && in->out->fields[FIELD_NUMERATOR] != NO_COLUMN;
        return fraction || states_unit(in, in->out->fields[FIELD_VALUE]);
    }
    for (size_t i = 0; i < in->out->value_count; i++)
        if (!states_unit(in, in->out->values[i].column)) return false;
    return true;
}

static void ask_unit(struct confirming *in) {
    in->out->unit = "";
    if (in->asker->failed || unit_is_stated(in)) return;
    struct learn_question question = {
        .key = "unit",
        .words = "表里没有写（全）计量单位。没写的，都是计划里的单位吗？也可以写一个单位，如 公里。",
        .proposal = ""};
    learn_offer(&question, "plan", "都是计划里的单位");
    in->out->unit = learn_ask(in->asker, &question);
}

static void ask_area(struct confirming *in) {
    in->out->area = "";
    if (in->asker->failed || in->out->fields[FIELD_AREA] != NO_COLUMN || in->seen->layout == LAYOUT_WIDE_AREA) return;
    bool several = false;
    size_t own = plan_area_named(in->table->plan, slice_of(in->table->unit), in->table->plan->start, &several);
    struct learn_question question = {.key = "area",
                                      .words = "没有地区一列。全表是哪个县区的？",
                                      .proposal = "",
                                      .objection = no_such_area,
                                      .context = in};
    if (own != NO_INDEX) learn_offer(&question, in->table->plan->areas[own].name, in->table->plan->areas[own].name);
    in->out->area = learn_ask(in->asker, &question);
}

/* --- what the cells themselves need --- */

static void ask_fill(struct confirming *in, enum field field) {
    size_t column = in->out->fields[field], top, left, merged = 0;
    if (column == NO_COLUMN || in->asker->failed) return;
    for (size_t row = in->seen->data; row < in->table->sheet->row_count; row++)
        merged += sheet_merged(in->table->sheet, row, column, &top, &left) && left == column;
    if (merged == 0) return;
    struct learn_question question = {.key = say(in->table->arena, "fill/%s", field_word(field)),
                                      .words = say(in->table->arena,
                                                   "%s列有%zu格是合并单元格的下半部分。都算它上面那一格的吗？",
                                                   sheet_letters(in->table->arena, column), merged),
                                      .proposal = ""};
    learn_offer(&question, "down", "是");
    in->out->fill[field] = strcmp(learn_ask(in->asker, &question), "down") == 0;
}

static void ask_notes(struct confirming *in) {
    size_t column = in->out->fields[FIELD_VALUE], count = 0;
    for (size_t row = in->seen->data; column != NO_COLUMN && row < in->table->sheet->row_count; row++) {
        struct number number = number_read(in->table->arena, sheet_cell(in->table->sheet, row, column), false);
        count += number.kind == NUMBER_REFUSED && number.code == REFUSAL_NOTE_IN_CELL;
    }
    if (count == 0 || in->asker->failed) return;
    struct learn_question question = {
        .key = "cell",
        .words = say(in->table->arena, "有%zu格数和说明写在一格，如“57%%（偏慢）”。括号里的当备注吗？", count),
        .proposal = ""};
    learn_offer(&question, "number+note", "是");
    in->out->number_and_note = strcmp(learn_ask(in->asker, &question), "number+note") == 0;
}

static void ask_increments(struct confirming *in) {
    bool only_month = in->seen->layout == LAYOUT_LONG && in->out->fields[FIELD_VALUE] == NO_COLUMN &&
                      in->out->fields[FIELD_MONTH] != NO_COLUMN;
    if (!only_month || in->asker->failed) return;
    struct learn_question question = {.key = "increments",
                                      .words =
                                          "只有本月数，没有累计数。由采集端逐月相加吗？缺一个月，后面的都加不出来。",
                                      .proposal = ""};
    learn_offer(&question, "yes", "逐月相加");
    in->out->increments = strcmp(learn_ask(in->asker, &question), "yes") == 0;
}

static bool layout_is_right(struct confirming *in) {
    static const char *const words[] = {
        [LAYOUT_LONG] = "一行一个数", [LAYOUT_WIDE_AREA] = "一个县区一列", [LAYOUT_WIDE_TARGET] = "一个指标一列"};
    static const char *const keys[] = {
        [LAYOUT_LONG] = "long", [LAYOUT_WIDE_AREA] = "wide-area", [LAYOUT_WIDE_TARGET] = "wide-target"};
    const struct sheet *sheet = in->table->sheet;
    size_t first = sheet->rows[in->seen->first].line, last = sheet->rows[in->seen->first + in->seen->depth - 1].line;
    const char *rows =
        first == last ? say(in->table->arena, "第%zu行", first) : say(in->table->arena, "第%zu到%zu行", first, last);
    struct learn_question question = {.key = "layout",
                                      .words = say(in->table->arena, "表头在%s，第%zu行起是数据；看上去是%s。对吗？",
                                                   rows, sheet->rows[in->seen->data].line, words[in->seen->layout]),
                                      .proposal = keys[in->seen->layout]};
    if (strcmp(learn_ask(in->asker, &question), keys[in->seen->layout]) == 0) return true;
    if (!in->asker->failed) fputs("那么这张表要手工写列的对应：见 README.md 里 mapping 的说明。\n", in->asker->out);
    return false;
}

bool learn_confirm(const struct learn_table *table, const struct seen *seen, struct learn_asker *asker,
                   struct learned *out) {
    struct confirming in = {.table = table, .seen = seen, .asker = asker, .out = out};
    *out = (struct learned){.as_of = "period", .unit = "", .area = "", .sheet = table->sheet_answer};
    if (!layout_is_right(&in)) return false;
    ask_fields(&in);
    if (seen->layout != LAYOUT_LONG) ask_values(&in);
    if (seen->layout != LAYOUT_LONG && out->value_count == 0 && !asker->failed) {
        fputs("没有一列认作要报的数，列的对应没有写。\n", asker->out);
        return false;
    }
    ask_area(&in);
    ask_names(&in);
    ask_as_of(&in);
    ask_increments(&in);
    ask_unit(&in);
    ask_fill(&in, FIELD_TARGET);
    ask_fill(&in, FIELD_AREA);
    ask_notes(&in);
    return !asker->failed;
}
