#include "common/domain/pace.h"

#include "common/base/cleanup.h"
#include "common/domain/curve.h"
#include "common/domain/rounding.h"

struct month_end {
    int month; /* months since year 0 */
    struct day day;
    struct exact value;
};

static int month_of(struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    return year * 12 + month - 1;
}

static bool has_pace(enum target_kind kind) {
    return kind == KIND_CUMULATIVE || kind == KIND_PER_ENTITY || kind == KIND_BASELINE;
}

/* The last figure of each month. */
static size_t month_ends(const struct ledger *ledger, struct month_end *out) {
    size_t n = 0;
    for (size_t i = 0; i < ledger->standing_count; i++) {
        const struct standing *s = &ledger->standing[i];
        if (!exact_known(s->value)) continue;
        struct month_end end = {month_of(s->as_of), s->as_of, s->value};
        if (n > 0 && out[n - 1].month == end.month) n--;
        out[n++] = end;
    }
    return n;
}

static void take_month(struct pace *out, struct exact rise, struct month_end end, unsigned decimals, bool newest) {
    struct decimal value;
    if (!exact_round(rise, decimals, ROUND_HALF_UP, &value)) return;
    bool best = !out->known || decimal_compare(value, out->best) >= 0;
    if (best && !day_make(end.month / 12, end.month % 12 + 1, 1, &out->best_month)) return;
    if (best) out->best = value;
    out->known = true;
    if (!newest) return;
    out->newest = value;
    out->has_newest = true;
    out->newest_is_best = best;
    out->newest_month = end.month % 12 + 1;
}

/* The mean of the increments of the last `points` figures, in whole months like the plan's own curve. */
static void take_recent(struct pace *out, const struct ledger *ledger, unsigned points, unsigned decimals) {
    if (points < 2 || ledger->standing_count < points) return;
    const struct standing *last = &ledger->standing[ledger->standing_count - 1];
    const struct standing *first = &ledger->standing[ledger->standing_count - points];
    if (last->as_of.n <= first->as_of.n) return;
    struct exact months = exact_ratio(curve_place(last->as_of) - curve_place(first->as_of), CURVE_MONTH);
    struct exact mean = exact_divide(exact_subtract(last->value, first->value), months);
    struct decimal whole;
    if (!exact_known(mean) || !exact_round(mean, decimals, ROUND_HALF_UP, &out->recent)) return;
    if (!exact_round(months, 0, ROUND_HALF_UP, &whole) || whole.mantissa < 1) return;
    out->recent_months = (unsigned)whole.mantissa;
    out->has_recent = true;
}

bool pace_of_cell(const struct plan *plan, const struct cell *cell, const struct cell_event *events, size_t count,
                  struct instant at, struct day as_of, unsigned points, struct pace *out) {
    const struct target *target = &plan->targets[cell->target];
    *out = (struct pace){0};
    if (!has_pace(target->kind) || cell->rollup) return true;
    CLEAN(ledger_finish) struct ledger ledger = {0};
    ledger_build(&ledger, plan, cell, events, count, at, as_of);
    AUTO_FREE struct month_end *ends = calloc(ledger.standing_count + 1, sizeof *ends);
    if (ledger.failed || !ends) return false;
    bool counted = cell_is_counted(plan, cell);
    unsigned decimals = counted ? 0 : target->decimals;
    size_t n = month_ends(&ledger, ends);
    for (size_t i = 1; i < n; i++)
        if (ends[i].month == ends[i - 1].month + 1)
            take_month(out, exact_subtract(ends[i].value, ends[i - 1].value), ends[i], decimals, i == n - 1);
    take_recent(out, &ledger, points, counted ? 1 : decimals);
    return true;
}

static int months_left(struct day as_of, struct day due) {
    enum { LAST_DAYS = 3 };
    int year, month, mday, due_year, due_month, due_mday;
    day_split(as_of, &year, &month, &mday);
    day_split(due, &due_year, &due_month, &due_mday);
    int months = (due_year - year) * 12 + due_month - month;
    return mday + LAST_DAYS >= day_month_length(year, month) ? months : months + 1;
}

bool pace_needed(const struct plan *plan, const struct cell *cell, const struct assessment *assessment,
                 struct pace_needed *out) {
    const struct target *target = &plan->targets[cell->target];
    if (target->kind != KIND_CUMULATIVE || !assessment->has_missing || !day_is(assessment->due) ||
        !assessment->has_value)
        return false;
    int months = months_left(assessment->figure_as_of, assessment->due);
    if (months < 1) return false;
    out->months = (unsigned)months;
    struct exact each = exact_divide(exact_of(assessment->missing), exact_whole(months));
    bool counted = cell_is_counted(plan, cell);
    return exact_known(each) && exact_sign(each) > 0 &&
           exact_round(each, counted ? 0 : target->decimals, counted ? ROUND_CEILING : ROUND_HALF_UP, &out->each);
}
