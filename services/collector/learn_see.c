#include "services/collector/learn_see.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"
#include "services/collector/unit.h"
#include "services/collector/when.h"

enum { ROWS_LOOKED_AT = 200, EXAMPLES_MAX = 3, NAME_CHARS_MAX = 128, FAR_AT_MOST = 75 };

struct look {
    const struct sheet *sheet;
    const struct plan *plan;
    struct day today;
    struct arena *arena;
    struct mapping none; /* no names of its own */
};

/* --- one cell --- */

static bool is_area(const struct look *look, struct slice cell) {
    size_t area;
    return cell.len && name_area(look->plan, look->arena, cell, look->today, NO_COLUMN, &area).code == REFUSAL_NONE;
}

static size_t target_of(const struct look *look, struct slice cell) {
    char base[UNIT_NAME_MAX];
    struct slice unit;
    size_t target = NO_INDEX, task = NO_INDEX;
    if (!cell.len) return NO_INDEX;
    if (!name_target(look->plan, &look->none, look->arena, cell, NO_COLUMN, &target, &task).code) return target;
    if (unit_split(cell, base, &unit))
        (void)name_target(look->plan, &look->none, look->arena, slice_of(base), NO_COLUMN, &target, &task);
    return target;
}

static bool is_day(struct slice cell) {
    struct day day;
    return cell.len && when_read(cell, 2021, &day) == REFUSAL_NONE;
}

static bool is_number(const struct look *look, struct slice cell) {
    return cell.len && number_read(look->arena, cell, true).kind == NUMBER_VALUE;
}

static bool has_word(struct slice text, const char *word) {
    return text.len && memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

static bool has_one(struct slice text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (has_word(text, words[i])) return true;
    return false;
}
#define HAS_ONE(text, words) has_one(text, words, sizeof(words) / sizeof *(words))

/* --- where the table begins --- */

/* A number beside the name of an area or a target: no header and no title looks so. */
static bool is_data_row(const struct look *look, size_t row) {
    bool number = false, name = false;
    for (size_t i = 0; i < look->sheet->rows[row].cell_count; i++) {
        struct slice cell = sheet_cell(look->sheet, row, i);
        bool named = is_area(look, cell) || target_of(look, cell) != NO_INDEX;
        name |= named;
        number |= !named && is_number(look, cell) && !is_day(cell);
    }
    return name && number;
}

/* Names unknown to the plan: a row with a number below one without any, and words in both. */
static bool may_be_data_row(const struct look *look, size_t row) {
    size_t numbers = 0, words = 0, above = 0;
    for (size_t i = 0; i < look->sheet->rows[row].cell_count; i++) {
        struct slice cell = sheet_cell(look->sheet, row, i);
        bool number = is_number(look, cell);
        numbers += number;
        words += cell.len && !number;
        if (row) above += is_number(look, sheet_cell(look->sheet, row - 1, i));
    }
    return row && numbers && words && !above && !sheet_row_is_blank(look->sheet, row - 1);
}

static size_t find_data(const struct look *look) {
    size_t last = look->sheet->row_count < HEADER_ROWS_MAX ? look->sheet->row_count : HEADER_ROWS_MAX;
    for (size_t row = 1; row < last; row++)
        if (is_data_row(look, row)) return row;
    for (size_t row = 1; row < last; row++)
        if (may_be_data_row(look, row)) return row;
    return NO_COLUMN;
}

/* One text alone at the left, or what only titles say. */
static bool is_title_row(const struct look *look, size_t row) {
    static const char *const words[] = {"截至", "截止", "附件", "单位：", "单位:"};
    size_t filled = 0, last = 0;
    for (size_t i = 0; i < look->sheet->rows[row].cell_count; i++) {
        struct slice cell = sheet_cell(look->sheet, row, i);
        if (!cell.len) continue;
        if (HAS_ONE(cell, words)) return true;
        filled++;
        last = i;
    }
    return filled == 0 || (filled == 1 && last == 0);
}

static bool find_header(const struct look *look, struct seen *out) {
    out->data = find_data(look);
    if (out->data == NO_COLUMN) return false;
    size_t last = out->data;
    while (last && sheet_row_is_blank(look->sheet, last - 1))
        last--;
    out->first = last;
    while (out->first && out->depth < HEADER_DEPTH_MAX && !is_title_row(look, out->first - 1)) {
        out->first--;
        out->depth++;
    }
    return out->depth > 0;
}

/* --- what the columns hold --- */

static void add_example(const struct look *look, struct seen_column *column, struct slice cell, size_t *count) {
    const char *text = say(look->arena, "“%s”", shown(look->arena, cell));
    if (*count >= EXAMPLES_MAX || strstr(column->examples, text)) return;
    column->examples = say(look->arena, "%s%s", column->examples, text);
    (*count)++;
}

static void look_at_column(const struct look *look, const struct seen *seen, size_t index, struct seen_column *column) {
    size_t examples = 0;
    column->examples = "";
    for (size_t row = seen->data; row < look->sheet->row_count && row < seen->data + ROWS_LOOKED_AT; row++) {
        struct slice cell = sheet_cell(look->sheet, row, index);
        if (!cell.len) continue;
        bool total = name_is_total(cell);
        column->filled++;
        column->areas += is_area(look, cell) || total;
        column->targets += target_of(look, cell) != NO_INDEX || total;
        column->days += is_day(cell);
        column->numbers += is_number(look, cell);
        column->units += unit_is_known(look->plan, &look->none, cell);
        if (!total) add_example(look, column, cell, &examples);
    }
}

static void look_at_columns(const struct look *look, struct seen *out) {
    const struct slice *names = header_join(look->sheet, out->first, out->depth, look->arena, &out->width);
    out->columns = arena_array(look->arena, out->width, sizeof *out->columns);
    if (!out->columns) out->width = 0;
    for (size_t i = 0; i < out->width; i++) {
        out->columns[i].name = names[i];
        look_at_column(look, out, i, &out->columns[i]);
    }
}

/* --- which column is what --- */

static bool mostly(size_t some, size_t all) {
    return all && 2 * some >= all;
}

static bool is_taken(const struct seen *seen, size_t column) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (seen->fields[i] == column) return true;
    return false;
}

static bool is_by_content(const struct seen_column *column, enum field field) {
    switch ((int)field) {
    case FIELD_AREA:
        return mostly(column->areas, column->filled);
    case FIELD_TARGET:
        return mostly(column->targets, column->filled);
    case FIELD_AS_OF:
        return mostly(column->days, column->filled);
    case FIELD_UNIT:
        return mostly(column->units, column->filled) && column->numbers == 0;
    default:
        return false;
    }
}

struct naming {
    enum field field;
    const char *words[8];
};

static bool is_by_name(const struct seen_column *column, const struct naming *naming) {
    bool figures = mostly(column->numbers, column->filled);
    bool wants_figures = naming->field == FIELD_VALUE || naming->field == FIELD_NUMERATOR ||
                         naming->field == FIELD_DENOMINATOR || naming->field == FIELD_MONTH ||
                         naming->field == FIELD_SHARE;
    if (column->filled && figures != wants_figures) return false;
    for (size_t i = 0; i < sizeof naming->words / sizeof *naming->words && naming->words[i]; i++)
        if (has_word(column->name, naming->words[i])) return true;
    return false;
}

/* Content speaks before names; of names the first rows before the last. */
static void name_fields(struct seen *out) {
    static const enum field by_content[] = {FIELD_AREA, FIELD_TARGET, FIELD_AS_OF, FIELD_UNIT};
    static const struct naming by_name[] = {
        {FIELD_NUMERATOR, {"分子"}},
        {FIELD_DENOMINATOR, {"分母"}},
        {FIELD_MONTH, {"本月", "当月"}},
        {FIELD_SHARE, {"目标任务", "任务数", "年度任务", "年度目标", "目标值", "任务"}},
        {FIELD_VALUE, {"累计", "完成数", "完成量", "进度", "完成情况", "数值", "完成", "现状"}},
        {FIELD_REASON, {"更正说明", "更正原因", "修改原因"}},
        {FIELD_DOCUMENT, {"文号"}},
        {FIELD_NOTE, {"备注", "说明", "存在问题", "进展情况", "工作进展"}},
        {FIELD_TARGET, {"指标", "项目名称", "工作内容", "任务名称", "项目", "任务"}},
        {FIELD_AREA, {"地区", "县区", "区县", "县（区）", "县(区)", "单位名称", "填报县"}},
        {FIELD_AS_OF, {"数据日期", "截至", "日期", "月份", "时间"}},
    };
    for (size_t i = 0; i < FIELD_COUNT; i++)
        out->fields[i] = NO_COLUMN;
    for (size_t k = 0; k < sizeof by_content / sizeof *by_content; k++)
        for (size_t i = 0; i < out->width && out->fields[by_content[k]] == NO_COLUMN; i++)
            if (!is_taken(out, i) && is_by_content(&out->columns[i], by_content[k])) out->fields[by_content[k]] = i;
    for (size_t k = 0; k < sizeof by_name / sizeof *by_name; k++)
        for (size_t i = 0; i < out->width && out->fields[by_name[k].field] == NO_COLUMN; i++)
            if (!is_taken(out, i) && is_by_name(&out->columns[i], &by_name[k])) out->fields[by_name[k].field] = i;
}

/* The only column of numbers nobody claimed is the figures'. */
static void find_value(struct seen *out) {
    size_t found = NO_COLUMN;
    for (size_t i = 0; i < out->width && out->fields[FIELD_VALUE] == NO_COLUMN; i++) {
        if (is_taken(out, i) || !mostly(out->columns[i].numbers, out->columns[i].filled)) continue;
        if (has_word(out->columns[i].name, "序号")) continue;
        if (found != NO_COLUMN) return;
        found = i;
    }
    if (found != NO_COLUMN) out->fields[FIELD_VALUE] = found;
}

/* --- candidates --- */

static size_t shorter(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How far a name is from a text, in hundredths of its length; a part of the other is near. */
static size_t farness(const char *text, const char *name) {
    if (!name || !*name) return SIZE_MAX;
    if (strstr(text, name) || strstr(name, text)) return 20;
    size_t distance = text_distance(text, name), chars = text_chars(name, strlen(name));
    return distance == SIZE_MAX || chars == 0 ? SIZE_MAX : distance * 100 / chars;
}

static size_t farness_of(const struct plan *plan, bool areas, const char *text, size_t index) {
    if (areas) return shorter(farness(text, plan->areas[index].name), farness(text, plan->areas[index].short_name));
    return shorter(farness(text, plan->targets[index].name), farness(text, plan->targets[index].short_name));
}

void learn_candidates(const struct plan *plan, bool areas, struct seen_name *name) {
    char text[NAME_CHARS_MAX * 4 + 1];
    size_t far[SEEN_CANDIDATES_MAX], count = areas ? plan->area_count : plan->target_count;
    size_t len = text_cut_bytes(name->text.ptr, name->text.len, sizeof text - 1);
    memcpy(text, name->text.ptr, len);
    text[len] = 0;
    name->candidate_count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t here = farness_of(plan, areas, text, i), at = name->candidate_count;
        bool full = at == SEEN_CANDIDATES_MAX;
        if (here > FAR_AT_MOST || (full && far[at - 1] <= here)) continue;
        if (full)
            at--;
        else
            name->candidate_count++;
        for (; at > 0 && far[at - 1] > here; at--) {
            far[at] = far[at - 1];
            name->candidates[at] = name->candidates[at - 1];
        }
        far[at] = here;
        name->candidates[at] = i;
    }
}

/* --- wide tables --- */

static bool same_group(struct slice a, struct slice b) {
    const char *slash_a = memrchr(a.ptr, '/', a.len), *slash_b = memrchr(b.ptr, '/', b.len);
    if (!slash_a || !slash_b) return false;
    size_t len = (size_t)(slash_a - a.ptr);
    return len == (size_t)(slash_b - b.ptr) && memcmp(a.ptr, b.ptr, len) == 0;
}

static struct slice last_part(struct slice name) {
    const char *slash = name.len ? memrchr(name.ptr, '/', name.len) : NULL;
    return slash ? (struct slice){slash + 1, name.len - (size_t)(slash + 1 - name.ptr)} : name;
}

static bool is_beside(const struct seen_column *column) {
    static const char *const words[] = {"目标", "任务",   "本月", "当月", "比例", "占比", "增幅", "同比",
                                        "环比", "比上月", "上年", "去年", "同期", "排名", "序号"};
    return HAS_ONE(last_part(column->name), words);
}

/* Whom or what a column's name means: the whole of it, or one of its parts. */
static size_t subject_of(const struct look *look, bool areas, struct slice name) {
    size_t found = NO_INDEX, area;
    for (const char *at = name.ptr, *end = name.ptr + name.len; at < end;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        struct slice part = {at, (size_t)((slash ? slash : end) - at)};
        if (areas && is_area(look, part) &&
            !name_area(look->plan, look->arena, part, look->today, NO_COLUMN, &area).code)
            found = area;
        if (!areas && target_of(look, part) != NO_INDEX) found = target_of(look, part);
        at = (slash ? slash : end) + 1;
    }
    return found;
}

static void find_beside(const struct seen *seen, struct seen_value *value) {
    static const char *const shares[] = {"目标", "任务"}, *const months[] = {"本月", "当月"};
    for (size_t i = 0; i < seen->width; i++) {
        if (i == value->column || !same_group(seen->columns[i].name, seen->columns[value->column].name)) continue;
        struct slice part = last_part(seen->columns[i].name);
        if (value->share == NO_COLUMN && HAS_ONE(part, shares)) value->share = i;
        if (value->month == NO_COLUMN && HAS_ONE(part, months)) value->month = i;
    }
}

static void find_values(const struct look *look, struct seen *out) {
    bool areas = out->layout == LAYOUT_WIDE_AREA;
    out->values = arena_array(look->arena, out->width, sizeof *out->values);
    for (size_t i = 0; out->values && i < out->width; i++) {
        const struct seen_column *column = &out->columns[i];
        size_t subject = column->name.len ? subject_of(look, areas, column->name) : NO_INDEX;
        bool figures = column->filled == 0 ? subject != NO_INDEX : mostly(column->numbers, column->filled);
        bool row_field = i == out->fields[FIELD_AREA] || i == out->fields[FIELD_TARGET] ||
                         i == out->fields[FIELD_AS_OF] || i == out->fields[FIELD_UNIT];
        if (!figures || row_field || name_is_total(column->name) || is_beside(column)) continue;
        struct seen_value *value = &out->values[out->value_count++];
        *value = (struct seen_value){.column = i,
                                     .share = NO_COLUMN,
                                     .month = NO_COLUMN,
                                     .subject = subject,
                                     .name = {.text = column->name, .count = 1}};
        find_beside(out, value);
        if (subject == NO_INDEX) learn_candidates(look->plan, areas, &value->name);
    }
}

static void find_layout(const struct look *look, struct seen *out) {
    size_t areas = 0, targets = 0;
    for (size_t i = 0; i < out->width; i++) {
        struct slice name = out->columns[i].name;
        areas += name.len && subject_of(look, true, name) != NO_INDEX;
        targets += name.len && subject_of(look, false, name) != NO_INDEX;
    }
    bool by_area = out->fields[FIELD_AREA] != NO_COLUMN &&
                   mostly(out->columns[out->fields[FIELD_AREA]].areas, out->columns[out->fields[FIELD_AREA]].filled);
    bool by_target = out->fields[FIELD_TARGET] != NO_COLUMN;
    out->layout = areas >= 2 && !by_area                    ? LAYOUT_WIDE_AREA
                  : by_area && (!by_target || targets >= 2) ? LAYOUT_WIDE_TARGET
                                                            : LAYOUT_LONG;
    if (out->layout == LAYOUT_LONG) return;
    out->fields[out->layout == LAYOUT_WIDE_AREA ? FIELD_AREA : FIELD_TARGET] = NO_COLUMN;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (field_is_of_value((enum field)i) && i != FIELD_UNIT && i != FIELD_NOTE) out->fields[i] = NO_COLUMN;
    find_values(look, out);
}

/* --- names in the rows --- */

static struct seen_name *unknown_named(struct seen *out, struct slice text) {
    for (size_t i = 0; i < out->unknown_count; i++)
        if (text_equal_loose(text.ptr, text.len, out->unknown[i].text.ptr, out->unknown[i].text.len))
            return &out->unknown[i];
    if (out->unknown_count == SEEN_NAMES_MAX) return NULL;
    out->unknown[out->unknown_count] = (struct seen_name){.text = text};
    return &out->unknown[out->unknown_count++];
}

static void find_unknown(const struct look *look, struct seen *out) {
    size_t column = out->fields[FIELD_TARGET];
    for (size_t row = out->data; column != NO_COLUMN && row < look->sheet->row_count; row++) {
        struct slice cell = sheet_cell(look->sheet, row, column);
        size_t target = NO_INDEX, task = NO_INDEX;
        if (!cell.len || name_is_total(cell) || name_is_footer(cell)) continue;
        if (!name_target(look->plan, &look->none, look->arena, cell, NO_COLUMN, &target, &task).code) continue;
        struct seen_name *name = unknown_named(out, cell);
        if (name && name->count++ == 0) learn_candidates(look->plan, false, name);
    }
}

struct seen learn_see(const struct sheet *sheet, const struct plan *plan, struct day today, struct arena *arena) {
    const struct look look = {.sheet = sheet, .plan = plan, .today = today, .arena = arena};
    struct seen out = {.layout = LAYOUT_LONG};
    if (!find_header(&look, &out)) {
        out.depth = 0;
        return out;
    }
    out.titles = titles_read(sheet, out.first);
    look_at_columns(&look, &out);
    name_fields(&out);
    find_layout(&look, &out);
    if (out.layout == LAYOUT_LONG) find_value(&out);
    find_unknown(&look, &out);
    return out;
}
