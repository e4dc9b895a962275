#include "services/collector/months.h"

#include <stdlib.h>
#include <string.h>

#include "common/domain/exact.h"
#include "services/collector/checks.h"

/* A month counted from year 0, so that the next one is one more. */
static int month_of(struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    return year * 12 + month - 1;
}

static struct day month_begin(int month) {
    struct day day = DAY_NONE;
    return day_make(month / 12, month % 12 + 1, 1, &day) ? day : DAY_NONE;
}

static const char *month_name(struct arena *arena, int month) {
    return say(arena, "%d年%d月", month / 12, month % 12 + 1);
}

static struct source_cell cell_of(const struct paper *paper, const struct reading *reading) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    return (struct source_cell){.target = slice_of(plan->targets[reading->target].code),
                                .area = slice_of(plan->areas[reading->area].code),
                                .reporter = slice_of(paper->unit)};
}

/* --- the figures of the file, by cell and day --- */

static int by_cell_and_day(const void *left, const void *right) {
    const struct reading *a = *(const struct reading *const *)left, *b = *(const struct reading *const *)right;
    if (a->target != b->target) return a->target < b->target ? -1 : 1;
    if (a->area != b->area) return a->area < b->area ? -1 : 1;
    if (a->as_of.n != b->as_of.n) return a->as_of.n < b->as_of.n ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

struct figures {
    struct reading **items;
    size_t count;
};

static struct figures figures_of(struct verdict *verdict) {
    struct figures out = {arena_array(verdict->arena, verdict->outcome_count, sizeof(struct reading *)), 0};
    for (size_t i = 0; out.items && i < verdict->outcome_count; i++) {
        struct reading *reading = &verdict->outcomes[i].reading;
        if (reading->kind == READING_FIGURE && reading->figure.form == FIGURE_VALUE) out.items[out.count++] = reading;
    }
    if (out.count) qsort(out.items, out.count, sizeof *out.items, by_cell_and_day);
    return out;
}

/* The last running total before a month begins: of the file itself, or sent before. */
static enum error_code total_before(const struct paper *paper, const struct figures *figures, size_t at, int month,
                                    struct source_figure *out, struct error *err) {
    const struct reading *reading = figures->items[at];
    struct source_cell cell = cell_of(paper, reading);
    struct day begin = month_begin(month);
    enum error_code code = paper->memory.figure_before(paper->memory.context, &cell, begin, out, err);
    for (size_t i = at; !code && i-- > 0;) {
        const struct reading *here = figures->items[i];
        if (here->target != reading->target || here->area != reading->area) break;
        if (here->as_of.n >= begin.n) continue;
        if (here->kind == READING_FIGURE && !here->increment && (!out->found || here->as_of.n >= out->as_of.n))
            *out = (struct source_figure){.found = true, .as_of = here->as_of, .figure = here->figure};
        break;
    }
    return code;
}

/* --- adding up --- */

/* Where the sum begins: the month of the target's start, with the cell's opening. */
struct origin {
    int month;
    struct exact value;
};

static struct origin origin_of(const struct paper *paper, const struct reading *reading) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    const struct target *target = &plan->targets[reading->target];
    size_t cell = catalogue_cell(paper->catalogue, reading->target, reading->area);
    bool opening = cell != NO_INDEX && plan->cells[cell].has_opening;
    return (struct origin){month_of(day_is(target->from) ? target->from : plan->start),
                           opening ? exact_of(plan->cells[cell].opening) : exact_whole(0)};
}

/* The file may hold a month that was itself refused because an earlier one is missing. */
static bool month_in_file(const struct figures *figures, size_t at, int month) {
    const struct reading *reading = figures->items[at];
    for (size_t i = at; i-- > 0;) {
        const struct reading *here = figures->items[i];
        if (here->target != reading->target || here->area != reading->area) return false;
        if (month_of(here->as_of) == month) return true;
    }
    return false;
}

static void refuse_gap(struct verdict *verdict, const struct figures *figures, size_t at, int first, int last) {
    struct reading *reading = figures->items[at];
    const char *list = "";
    for (int month = first; month <= last; month++)
        if (!month_in_file(figures, at, month))
            list = say(verdict->arena, "%s%s%s", list, *list ? "、" : "", month_name(verdict->arena, month));
    reading->kind = READING_REFUSED;
    reading->refusal =
        refuse(verdict->arena, REFUSAL_MONTH_GAP, reading->value_column, "缺%s的本月数，加不出累计数", list);
}

static enum error_code add_up(const struct paper *paper, struct verdict *verdict, const struct figures *figures,
                              size_t at, struct error *err) {
    struct reading *reading = figures->items[at];
    const struct target *target = &catalogue_plan(paper->catalogue)->targets[reading->target];
    struct source_figure before;
    int month = month_of(reading->as_of);
    struct origin origin = origin_of(paper, reading);
    if (target->kind != KIND_CUMULATIVE) {
        reading->kind = READING_REFUSED;
        reading->refusal =
            refuse(verdict->arena, REFUSAL_INCREMENT_KIND, reading->value_column, "“%s”不是累计数，不能按月相加",
                   target->short_name ? target->short_name : target->name);
        return ERROR_OK;
    }
    enum error_code code = total_before(paper, figures, at, month, &before, err);
    if (code) return code;
    bool known = before.found && before.figure.form == FIGURE_VALUE;
    int last = known ? month_of(before.as_of) : origin.month - 1;
    if (last < month - 1) {
        refuse_gap(verdict, figures, at, last + 1, month - 1);
        return ERROR_OK;
    }
    struct exact sum = exact_add(known ? exact_of(before.figure.value) : origin.value, exact_of(reading->figure.value));
    struct decimal total;
    if (exact_known(sum) && exact_round(sum, target->decimals, ROUND_CUT, &total) &&
        exact_compare(exact_of(total), sum) == 0) {
        reading->figure.value = total;
        reading->increment = false;
        return ERROR_OK;
    }
    reading->kind = READING_REFUSED;
    reading->refusal = refuse(verdict->arena, REFUSAL_OUT_OF_RANGE, reading->value_column, "相加后超出范围");
    return ERROR_OK;
}

enum error_code months_add_up(const struct paper *paper, struct verdict *verdict, struct error *err) {
    if (!paper->mapping->increments) return ERROR_OK;
    struct figures figures = figures_of(verdict);
    enum error_code code = ERROR_OK;
    for (size_t i = 0; !code && i < figures.count; i++)
        if (figures.items[i]->increment) code = add_up(paper, verdict, &figures, i, err);
    return code;
}

/* --- comparing --- */

static void compare(struct verdict *verdict, const struct reading *reading, const struct source_figure *before) {
    char last[DECIMAL_TEXT_MAX], month[DECIMAL_TEXT_MAX], total[DECIMAL_TEXT_MAX];
    struct exact sum = exact_add(exact_of(before->figure.value), exact_of(reading->month));
    if (!exact_known(sum) || exact_compare(sum, exact_of(reading->figure.value)) == 0) return;
    decimal_print(before->figure.value, last);
    decimal_print(reading->month, month);
    decimal_print(reading->figure.value, total);
    check_add(verdict, say(verdict->arena, "%s累计%s，上月累计%s加本月%s对不上", check_place(verdict, reading), total,
                           last, month));
}

enum error_code months_compare(const struct paper *paper, struct verdict *verdict, struct error *err) {
    struct figures figures = figures_of(verdict);
    for (size_t i = 0; i < figures.count; i++) {
        const struct reading *reading = figures.items[i];
        struct source_figure before;
        int month = month_of(reading->as_of);
        if (!reading->has_month) continue;
        enum error_code code = total_before(paper, &figures, i, month, &before, err);
        if (code) return code;
        bool is_last = before.found && before.figure.form == FIGURE_VALUE && month_of(before.as_of) == month - 1;
        if (is_last) compare(verdict, reading, &before);
    }
    return ERROR_OK;
}
