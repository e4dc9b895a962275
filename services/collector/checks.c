#include "services/collector/checks.h"

#include <string.h>

#include "common/domain/exact.h"
#include "services/collector/extent.h"
#include "services/collector/months.h"

enum { COMPARED_MAX = 64, NAMED_MAX = 3 };

void check_add(struct verdict *verdict, const char *text) {
    if (verdict->note && strstr(verdict->note, text)) return;
    verdict->note = verdict->note ? say(verdict->arena, "%s；%s", verdict->note, text) : text;
}

const char *check_place(const struct verdict *verdict, const struct reading *reading) {
    const struct sheet *sheet = &verdict->sheet;
    if (sheet->name) return sheet_cell_place(verdict->arena, sheet, reading->row, reading->value_column);
    size_t line = sheet->rows[reading->row].line;
    if (!verdict->header.wide) return say(verdict->arena, "第%zu行", line);
    return say(verdict->arena, "%s%zu", sheet_letters(verdict->arena, reading->value_column), line);
}

static const char *decimal_text(struct arena *arena, struct decimal value) {
    char text[DECIMAL_TEXT_MAX];
    decimal_print(value, text);
    return arena_copy(arena, text);
}

/* --- old figures that changed --- */

static const char *figure_words(struct arena *arena, const struct figure *figure) {
    switch (figure->form) {
    case FIGURE_DONE:
        return figure->done ? "完成" : "未完成";
    case FIGURE_VALUE:
        return decimal_text(arena, figure->value);
    case FIGURE_FRACTION:
        return say(arena, "%s/%s", decimal_text(arena, figure->value), decimal_text(arena, figure->denominator));
    case FIGURE_NONE:
        break;
    }
    return "";
}

static const char *change_words(const struct paper *paper, const struct verdict *verdict, const struct outcome *outcome,
                                const struct source_figure *old) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    const struct reading *reading = &outcome->reading;
    const struct target *target = &plan->targets[reading->target];
    const struct area *area = &plan->areas[reading->area];
    char day[DAY_TEXT_MAX];
    day_print(reading->as_of, day);
    return say(verdict->arena, "%s%s%s %s→%s", target->short_name ? target->short_name : target->code,
               area->short_name ? area->short_name : area->name, day, figure_words(verdict->arena, &old->figure),
               figure_words(verdict->arena, &outcome->event.figure));
}

static enum error_code check_changes(const struct paper *paper, struct verdict *verdict, struct error *err) {
    const char *list = "";
    size_t count = 0;
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        const struct outcome *outcome = &verdict->outcomes[i];
        struct source_figure old;
        if (outcome->kind != OUTCOME_EVENT || !(outcome->doubts & DOUBT_CHANGED)) continue;
        enum error_code code =
            paper->memory.figure_at(paper->memory.context, &outcome->cell, outcome->reading.as_of, &old, err);
        if (code) return code;
        if (!old.found) continue;
        if (count++ < NAMED_MAX)
            list = say(verdict->arena, "%s%s%s", list, *list ? "、" : "", change_words(paper, verdict, outcome, &old));
    }
    if (count > NAMED_MAX) list = say(verdict->arena, "%s等%zu处", list, count);
    if (count) check_add(verdict, say(verdict->arena, "改了报过的数，待核：%s", list));
    return ERROR_OK;
}

/* --- the last file --- */

static enum error_code check_loss(const struct paper *paper, struct verdict *verdict, struct error *err) {
    struct source_extent last;
    if (!paper->memory.last_file) return ERROR_OK;
    enum error_code code = paper->memory.last_file(paper->memory.context, paper->source, &last, err);
    const char *loss = code ? NULL : extent_loss(paper, verdict, &last);
    if (loss) check_add(verdict, loss);
    verdict->extent.part = !code && extent_is_part(verdict, &last);
    source_extent_finish(&last);
    return code;
}

/* --- sums --- */

/* Of the rows of one target and day; false when one of them was refused, or there is none. */
static bool sum_of(const struct verdict *verdict, size_t target, struct day as_of, struct exact *sum) {
    bool any = false;
    *sum = exact_whole(0);
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        const struct reading *reading = &verdict->outcomes[i].reading;
        if (reading->kind == READING_TOTAL || reading->target != target) continue;
        if (day_is(as_of) && day_is(reading->as_of) && reading->as_of.n != as_of.n) continue;
        if (reading->kind == READING_REFUSED) return false;
        if (reading->kind != READING_FIGURE || reading->figure.form != FIGURE_VALUE) continue;
        *sum = exact_add(*sum, exact_of(reading->figure.value));
        any = true;
    }
    return any && exact_known(*sum);
}

static size_t only_target(const struct verdict *verdict) {
    size_t found = NO_INDEX;
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        const struct reading *reading = &verdict->outcomes[i].reading;
        if (reading->kind == READING_TOTAL || reading->target == NO_INDEX) continue;
        if (found != NO_INDEX && found != reading->target) return NO_INDEX;
        found = reading->target;
    }
    return found;
}

/* Of shares and averages no one adds up; a month's sum is no running total. */
static bool adds_up(const struct plan *plan, size_t target) {
    return target != NO_INDEX && plan->targets[target].kind == KIND_CUMULATIVE;
}

static void check_totals(const struct paper *paper, struct verdict *verdict) {
    size_t only = only_target(verdict), seen = 0;
    for (size_t i = 0; i < verdict->outcome_count && seen < COMPARED_MAX; i++) {
        const struct reading *reading = &verdict->outcomes[i].reading;
        if (reading->kind != READING_TOTAL || reading->figure.form != FIGURE_VALUE) continue;
        if (verdict->header.slots[reading->slot].increment) continue;
        seen++;
        size_t target = reading->target != NO_INDEX ? reading->target : only;
        struct exact sum;
        struct decimal rounded;
        if (!adds_up(catalogue_plan(paper->catalogue), target) || !sum_of(verdict, target, reading->as_of, &sum))
            continue;
        if (exact_compare(sum, exact_of(reading->figure.value)) == 0 || !exact_round(sum, 9, ROUND_CUT, &rounded))
            continue;
        check_add(verdict,
                  say(verdict->arena, "%s合计%s，各行相加%s", check_place(verdict, reading),
                      decimal_text(verdict->arena, reading->figure.value), decimal_text(verdict->arena, rounded)));
    }
}

/* --- the allocation --- */

static void check_shares(const struct paper *paper, struct verdict *verdict) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    for (size_t i = 0, said = 0; i < verdict->outcome_count && said < NAMED_MAX; i++) {
        const struct reading *reading = &verdict->outcomes[i].reading;
        if (reading->kind != READING_FIGURE || !reading->has_share) continue;
        size_t at = catalogue_cell(paper->catalogue, reading->target, reading->area);
        if (at == NO_INDEX || !plan->cells[at].has_goal) continue;
        if (decimal_compare(plan->cells[at].goal, reading->share) == 0) continue;
        said++;
        check_add(verdict, say(verdict->arena, "%s县里按%s%s算，分解表%s", check_place(verdict, reading),
                               decimal_text(verdict->arena, reading->share), plan->targets[reading->target].unit,
                               decimal_text(verdict->arena, plan->cells[at].goal)));
    }
}

/* --- columns and digits --- */

static bool slot_is_silent(const struct verdict *verdict, size_t slot) {
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        const struct reading *reading = &verdict->outcomes[i].reading;
        bool says = reading->kind != READING_BLANK && reading->kind != READING_EMPTY &&
                    reading->kind != READING_FOOTER && reading->kind != READING_TOTAL;
        if (reading->slot == slot && says) return false;
    }
    return true;
}

/* A county that is silent in every row is worth a word; so is a file that is silent as a whole. */
static void check_silence(struct verdict *verdict) {
    if (verdict->taken + verdict->unchanged + verdict->refused == 0) {
        check_add(verdict, "本期没有数");
        return;
    }
    for (size_t slot = 0; verdict->header.wide && slot < verdict->header.slot_count; slot++) {
        const struct slot *at = &verdict->header.slots[slot];
        size_t column = at->columns[FIELD_VALUE] != NO_COLUMN ? at->columns[FIELD_VALUE] : at->columns[FIELD_NUMERATOR];
        if (at->total || !slot_is_silent(verdict, slot)) continue;
        check_add(verdict, say(verdict->arena, "“%s”一列没有数",
                               shown(verdict->arena, header_name(&verdict->sheet, &verdict->header, column))));
    }
}

static unsigned places_in(struct slice raw) {
    const char *point = raw.len ? memchr(raw.ptr, '.', raw.len) : NULL;
    unsigned places = 0;
    for (const char *at = point; at && ++at < raw.ptr + raw.len && *at >= '0' && *at <= '9';)
        places++;
    return places;
}

/* What was shown, not what was meant: a sheet saved as displayed loses digits. */
static void check_places(const struct paper *paper, struct verdict *verdict) {
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        const struct outcome *outcome = &verdict->outcomes[i];
        if (outcome->kind != OUTCOME_EVENT || outcome->event.figure.form != FIGURE_VALUE) continue;
        struct source_figure before;
        struct error ignored;
        if (paper->memory.figure_before(paper->memory.context, &outcome->cell, outcome->reading.as_of, &before,
                                        &ignored))
            return;
        if (before.found && before.figure.form == FIGURE_VALUE &&
            before.figure.value.scale >= 2 + places_in(outcome->reading.raw)) {
            check_add(verdict, say(verdict->arena, "%s起小数位变少", check_place(verdict, &outcome->reading)));
            return;
        }
    }
}

enum error_code checks_run(const struct paper *paper, struct verdict *verdict, struct error *err) {
    enum error_code code = check_changes(paper, verdict, err);
    if (!code) code = check_loss(paper, verdict, err);
    if (code) return code;
    check_totals(paper, verdict);
    code = months_compare(paper, verdict, err);
    if (code) return code;
    check_shares(paper, verdict);
    check_silence(verdict);
    check_places(paper, verdict);
    return ERROR_OK;
}
