/* The tables with a column per county (分解表, 分母/基数表, 期初表) and the table of nodes (节点表). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/domain/plan_draft.h"
#include "common/domain/table.h"

static const char TARGET[] = "指标代码|代码|target";
static const char TARGET_NAME[] = "指标|指标名称|name";
static const char UNIT[] = "单位|计量单位|unit";
static const char CITY_VALUE[] = "市级值|市级|全市|市级目标|city";
static const char UNALLOCATED[] = "未分解|unallocated";
static const char DOCUMENT[] = "文号|document";
static const char EFFECTIVE[] = "生效日期|effective";
static const char AREA[] = "县区|地区|area";
static const char DATE[] = "日期|节点日期|date";
static const char PLANNED[] = "应达|应达值|planned";
/* Columns offices keep beside these, for people only. */
static const char OTHERS[] =
    "序号|任务|任务代码|牵头单位|责任单位|备注|说明|合计|基数名称|分母名称|分母|note|sum|全市合计";

struct share_reader {
    struct plan_draft *draft;
    struct table table;
    struct share_rows *into;
    size_t target, name, unit, city, unallocated, document, effective;
    const struct table_row *header;
    size_t *areas; /* of each column; NO_INDEX = no county's */
    bool goals;    /* the table is the allocation, in the targets' own units */
};

struct share_row *draft_add_share_row(struct plan_draft *draft, struct share_rows *rows, size_t target) {
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct share_row *bigger = arena_array(draft->arena, capacity, sizeof *bigger);
        if (!bigger) return NULL;
        if (rows->count) memcpy(bigger, rows->items, rows->count * sizeof *bigger);
        rows->items = bigger;
        rows->capacity = capacity;
    }
    struct share *shares = arena_array(draft->arena, draft->plan->area_count, sizeof *shares);
    if (!shares) return NULL;
    struct share_row *row = &rows->items[rows->count++];
    *row = (struct share_row){.target = target, .effective = DAY_NONE, .document = "", .place = "", .shares = shares};
    return row;
}

static const char *place_of(struct plan_draft *draft, const struct table *table, struct table_cell at) {
    char place[ERROR_PLACE_MAX];
    int len = snprintf(place, sizeof place, "%.200s:%u:%u", table->name, at.line, at.column);
    return arena_text(draft->arena, place, len > 0 ? (size_t)len : 0);
}

/* --- which column is what --- */

static bool is_known_column(struct share_reader *r, size_t column) {
    return column == r->target || column == r->name || column == r->unit || column == r->city ||
           column == r->unallocated || column == r->document || column == r->effective;
}

static bool map_columns(struct share_reader *r) {
    const struct table_row *header = r->header;
    const struct plan *plan = r->draft->plan;
    size_t errors = r->table.findings->errors;
    r->target = table_column(header, TARGET);
    r->name = table_column(header, TARGET_NAME);
    r->unit = table_column(header, UNIT);
    r->city = table_column(header, CITY_VALUE);
    r->unallocated = table_column(header, UNALLOCATED);
    r->document = table_column(header, DOCUMENT);
    r->effective = table_column(header, EFFECTIVE);
    r->areas = arena_array(r->draft->arena, header->count, sizeof *r->areas);
    for (size_t i = 0; r->areas && i < header->count; i++) {
        struct table_cell cell = header->cells[i];
        bool several = false;
        r->areas[i] = NO_INDEX;
        if (cell.len == 0 || is_known_column(r, i) ||
            table_column(&(struct table_row){&cell, 1, cell.line}, OTHERS) == 0)
            continue;
        r->areas[i] = plan_area_named(plan, (struct slice){cell.text, cell.len}, DAY_NONE, &several);
        const char *meant = r->areas[i] == NO_INDEX && !several ? plan_nearest_area(plan, cell.text) : NULL;
        if (several || meant) /* another column is people's business; one that nearly is a county's is a slip */
            table_wrong(&r->table, cell, "column “%.60s” is %s%s", cell.text,
                        several ? "the name of several areas; use a code" : "no area of the plan", suggest(meant).text);
        for (size_t k = 0; k < i; k++)
            if (r->areas[i] != NO_INDEX && r->areas[k] == r->areas[i])
                table_wrong(&r->table, cell, "area %s has two columns; keep one", plan->areas[r->areas[i]].code);
    }
    return r->areas && r->table.findings->errors == errors;
}

/* --- rows --- */

/* A row for people: a sum (合计), or without a code and without a number in a county's column (填表人：…). */
static bool is_for_people(struct share_reader *r, const struct table_row *row) {
    static const char sums[] = "合计|小计|总计|全市";
    struct table_cell code = table_at(row, r->target);
    if (table_column(&(struct table_row){&code, 1, code.line}, sums) == 0) return true;
    if (code.len && (unsigned char)code.text[0] < 0x80) return false;
    for (size_t i = 0; i < row->count; i++)
        if (i < r->header->count && r->areas[i] != NO_INDEX && strpbrk(row->cells[i].text, "0123456789")) return false;
    return true;
}

static size_t find_target(struct table *table, const struct plan *plan, struct table_cell cell) {
    size_t target = plan_find_target(plan, (struct slice){cell.text, cell.len});
    if (target == NO_INDEX)
        table_wrong(table, cell, "“%.60s” is no target code of the plan%s", cell.text,
                    suggest(plan_nearest_target(plan, cell.text)).text);
    return target;
}

static bool same(struct table_cell cell, const char *text) {
    return text_equal_loose(cell.text, cell.len, text, strlen(text));
}

static void check_names(struct share_reader *r, const struct table_row *row, const struct target *target) {
    struct table_cell name = table_at(row, r->name), unit = table_at(row, r->unit);
    if (name.len && !same(name, target->name) && !same(name, target->short_name))
        table_warn(&r->table, name, "%s is called “%.90s” in the plan; is the code right?", target->code, target->name);
    if (r->goals && unit.len && !same(unit, target->unit))
        table_wrong(&r->table, unit, "%s is measured in “%.60s” in the plan, not in “%.60s”; convert the row",
                    target->code, target->unit, unit.text);
}

static bool takes_row(struct share_reader *r, const struct target *target, struct table_cell cell) {
    const char *instead = NULL;
    if (target->kind == KIND_ACTIVITY || target->kind == KIND_PARAMETER)
        instead = "words only and takes no figures; take the row away";
    else if (r->into == &r->draft->denominators && target->denominator != DENOMINATOR_DECLARED &&
             target->kind != KIND_BASELINE)
        instead = "neither measured against a declared denominator nor against a baseline; set denominator: declared";
    else if (r->into == &r->draft->openings && target->kind == KIND_MILESTONE)
        instead = "done or not done and has no opening; take the row away";
    if (instead) table_wrong(&r->table, cell, "%s is %s", target->code, instead);
    return !instead;
}

static void read_share(struct share_reader *r, const struct target *target, struct table_cell cell, size_t area,
                       struct share_row *row) {
    struct decimal value;
    if (table_number(&r->table, cell, &value) != TABLE_NUMBER) return;
    if (value.mantissa < 0 && r->into != &r->draft->openings)
        table_wrong(&r->table, cell, "%s: %.40s is below zero", target->code, cell.text);
    if (r->goals && value.scale > target->decimals)
        table_wrong(&r->table, cell, "%s: %.40s has more decimals than the target (%u)", target->code, cell.text,
                    target->decimals);
    row->shares[area] = (struct share){true, value};
}

static void read_row_value(struct share_reader *r, const struct table_row *row, size_t column, bool *has,
                           struct decimal *out) {
    struct decimal value;
    bool found = table_number(&r->table, table_at(row, column), &value) == TABLE_NUMBER;
    if (found) *out = value;
    if (has) *has = found;
}

static void check_sum_column(struct share_reader *r, const struct table_row *row, const struct share_row *share,
                             const struct target *target) {
    char in_table[DECIMAL_TEXT_MAX], in_plan[DECIMAL_TEXT_MAX];
    if (!r->goals || !share->has_city || !target->has_value || decimal_compare(share->city, target->value) == 0) return;
    decimal_print(share->city, in_table);
    decimal_print(target->value, in_plan);
    table_warn(&r->table, table_at(row, r->city), "%s 分解表市级值 %s，计划 %s", target->code, in_table, in_plan);
}

static void read_share_row(struct share_reader *r, const struct table_row *row) {
    struct plan_draft *draft = r->draft;
    struct table_cell code = table_at(row, r->target);
    if (is_for_people(r, row)) return;
    if (code.len == 0) {
        table_wrong(&r->table, code, "a row with figures but without a target code");
        return;
    }
    size_t index = find_target(&r->table, draft->plan, code);
    if (index == NO_INDEX) return;
    const struct target *target = &draft->plan->targets[index];
    if (!takes_row(r, target, code)) return;
    check_names(r, row, target);
    struct share_row *share = draft_add_share_row(draft, r->into, index);
    if (!share) return;
    share->place = place_of(draft, &r->table, code);
    for (size_t i = 0; i < row->count && i < r->header->count; i++)
        if (r->areas[i] != NO_INDEX) read_share(r, target, row->cells[i], r->areas[i], share);
    read_row_value(r, row, r->city, &share->has_city, &share->city);
    read_row_value(r, row, r->unallocated, NULL, &share->unallocated);
    (void)table_day(&r->table, table_at(row, r->effective), &share->effective); /* blank = from the start */
    struct table_cell document = table_at(row, r->document);
    share->document = arena_text(draft->arena, document.text, document.len);
    check_sum_column(r, row, share, target);
    for (size_t i = 0; i + 1 < r->into->count; i++)
        if (r->into->items[i].target == index && r->into->items[i].effective.n == share->effective.n)
            table_wrong(&r->table, code, "%s has another row for the same day; give each row its 生效日期",
                        target->code);
}

void draft_read_shares(struct plan_draft *draft, struct share_rows *into, const char *name, struct slice bytes) {
    static const char *const needed[] = {TARGET};
    CLEAN(table_finish) struct table table;
    if (into == &draft->allocation) draft->plan->has_allocation = true;
    if (!table_read(&table, name, bytes, draft->findings)) return;
    size_t header = table_header(&table, needed, 1);
    if (header == SIZE_MAX) return;
    struct share_reader r = {.draft = draft, .table = table, .into = into, .header = &table.rows[header]};
    r.goals = into == &draft->allocation;
    if (!map_columns(&r)) return;
    for (size_t i = header + 1; i < table.row_count; i++)
        read_share_row(&r, &table.rows[i]);
}

/* --- which row counts --- */

static int by_target_then_day(const void *a, const void *b) {
    const struct share_row *x = a, *y = b;
    if (x->target != y->target) return x->target < y->target ? -1 : 1;
    return (x->effective.n > y->effective.n) - (x->effective.n < y->effective.n); /* DAY_NONE is the smallest */
}

void draft_order_shares(struct plan_draft *draft) {
    struct share_rows *all[] = {&draft->allocation, &draft->denominators, &draft->openings};
    for (size_t i = 0; i < 3; i++)
        if (all[i]->count) qsort(all[i]->items, all[i]->count, sizeof *all[i]->items, by_target_then_day);
}

const struct share_row *draft_share_row(const struct plan_draft *draft, const struct share_rows *rows, size_t target,
                                        const struct share_row **first) {
    const struct share_row *current = NULL;
    *first = NULL;
    for (size_t i = 0; i < rows->count && rows->items[i].target <= target; i++) {
        const struct share_row *row = &rows->items[i];
        if (row->target != target || (day_is(draft->load_day) && row->effective.n > draft->load_day.n)) continue;
        if (!*first) *first = row;
        current = row;
    }
    return current;
}

/* --- nodes --- */

static size_t *newest_node(const struct plan_draft *draft, size_t target, size_t area) {
    return &draft->newest_nodes[target * draft->plan->area_count + area];
}

const struct node_row *draft_next_node(const struct plan_draft *draft, size_t target, size_t area, size_t *row) {
    if (!draft->newest_nodes) return NULL;
    *row = *row ? draft->nodes[*row - 1].next : *newest_node(draft, target, area);
    return *row ? &draft->nodes[*row - 1] : NULL;
}

/* A place for the newest row of every cell there may be. */
static bool index_nodes(struct plan_draft *draft) {
    size_t cells;
    if (draft->newest_nodes) return true;
    if (__builtin_mul_overflow(draft->plan->target_count, draft->plan->area_count, &cells)) return false;
    draft->newest_nodes = arena_array(draft->arena, cells, sizeof *draft->newest_nodes);
    return draft->newest_nodes != NULL;
}

static void add_node(struct plan_draft *draft, struct node_row row) {
    if (!index_nodes(draft)) return;
    if (draft->node_count == draft->node_capacity) {
        size_t capacity = draft->node_capacity ? draft->node_capacity * 2 : 64;
        struct node_row *bigger = arena_array(draft->arena, capacity, sizeof *bigger);
        if (!bigger) return;
        if (draft->node_count) memcpy(bigger, draft->nodes, draft->node_count * sizeof *bigger);
        draft->nodes = bigger;
        draft->node_capacity = capacity;
    }
    size_t *newest = newest_node(draft, row.target, row.area);
    row.next = *newest;
    draft->nodes[draft->node_count++] = row;
    *newest = draft->node_count;
}

static size_t find_area(struct table *table, const struct plan *plan, struct table_cell cell) {
    bool several = false;
    size_t area = plan_area_named(plan, (struct slice){cell.text, cell.len}, DAY_NONE, &several);
    if (area == NO_INDEX)
        table_wrong(table, cell, "“%.60s” is %s%s", cell.text,
                    several ? "the name of several areas; use a code" : "no area of the plan",
                    several ? "" : suggest(plan_nearest_area(plan, cell.text)).text);
    return area;
}

static void check_node(struct plan_draft *draft, struct table *table, struct table_cell at, struct node_row row) {
    const struct target *target = &draft->plan->targets[row.target];
    if (row.node.day.n < target->from.n || (day_is(target->due) && row.node.day.n > target->due.n))
        table_wrong(table, at, "%s runs from its from to its due day; this node lies outside", target->code);
    size_t at_row = 0;
    for (const struct node_row *other; (other = draft_next_node(draft, row.target, row.area, &at_row));)
        if (other->node.day.n == row.node.day.n)
            table_wrong(table, at, "%s has another node for this area and day; keep one", target->code);
}

static void read_node_row(struct plan_draft *draft, struct table *table, const struct table_row *row,
                          const size_t columns[4]) {
    struct table_cell code = table_at(row, columns[0]), date = table_at(row, columns[2]),
                      value = table_at(row, columns[3]);
    struct node_row node = {0};
    if (code.len == 0) {
        if (table_at(row, columns[1]).len && date.len && value.len)
            table_wrong(table, code, "a node without a target code");
        return;
    }
    node.target = find_target(table, draft->plan, code);
    node.area = find_area(table, draft->plan, table_at(row, columns[1]));
    enum table_number day = table_day(table, date, &node.node.day),
                      number = table_number(table, value, &node.node.value);
    if (day == TABLE_BLANK) table_wrong(table, date, "a node needs its day");
    if (number == TABLE_BLANK) table_wrong(table, value, "a node needs the value that is due (应达)");
    if (node.target == NO_INDEX || node.area == NO_INDEX || day != TABLE_NUMBER || number != TABLE_NUMBER) return;
    node.place = place_of(draft, table, value);
    check_node(draft, table, date, node);
    add_node(draft, node);
}

void draft_read_nodes(struct plan_draft *draft, const char *name, struct slice bytes) {
    static const char *const needed[] = {TARGET, AREA, DATE, PLANNED};
    CLEAN(table_finish) struct table table;
    if (!table_read(&table, name, bytes, draft->findings)) return;
    size_t header = table_header(&table, needed, 4), columns[4];
    if (header == SIZE_MAX) return;
    for (size_t i = 0; i < 4; i++)
        columns[i] = table_column(&table.rows[header], needed[i]);
    for (size_t i = header + 1; i < table.row_count; i++)
        read_node_row(draft, &table, &table.rows[i], columns);
}
