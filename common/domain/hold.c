#include "common/domain/hold.h"

/* "for `>=` more than 1.5 × the goal"; "not for counted goals below 20" */
enum { ABOVE_GOAL_TENTHS = 15, POWER_OF_TEN_GOAL_MIN = 20 };

size_t ledger_before(const struct ledger *ledger, struct day as_of) {
    size_t low = 0, high = ledger->standing_count;
    if (high > 0 && ledger->standing[high - 1].as_of.n < as_of.n) return high - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ledger->standing[middle].as_of.n < as_of.n)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NO_INDEX : low - 1;
}

size_t ledger_on(const struct ledger *ledger, struct day as_of) {
    size_t before = ledger_before(ledger, as_of), at = before == NO_INDEX ? 0 : before + 1;
    return at < ledger->standing_count && ledger->standing[at].as_of.n == as_of.n ? at : NO_INDEX;
}

size_t ledger_by_event(const struct ledger *ledger, size_t event) {
    for (size_t i = ledger->standing_count; event != NO_INDEX && i-- > 0;)
        if (ledger->standing[i].event == event) return i;
    return NO_INDEX;
}

/* "Neighbours are taken without the figure replaced"; a no-change only repeats one. */
static bool is_neighbour(const struct standing *standing, const struct held *figure) {
    return !standing->no_change && exact_known(standing->value) && standing->event != figure->replaces &&
           standing->as_of.n != figure->as_of.n;
}

static const struct standing *previous(const struct ledger *ledger, const struct held *figure) {
    size_t at = ledger_before(ledger, figure->as_of);
    for (size_t i = at == NO_INDEX ? 0 : at + 1; i-- > 0;)
        if (is_neighbour(&ledger->standing[i], figure)) return &ledger->standing[i];
    return NULL;
}

static const struct standing *following(const struct ledger *ledger, const struct held *figure) {
    size_t at = ledger_before(ledger, figure->as_of);
    for (size_t i = at == NO_INDEX ? 0 : at + 1; i < ledger->standing_count; i++)
        if (is_neighbour(&ledger->standing[i], figure)) return &ledger->standing[i];
    return NULL;
}

/* "a cumulative or milestone that falls against either neighbour by as-of day" */
static bool falls(const struct ledger *ledger, const struct held *figure, const struct standing *before) {
    enum target_kind kind = ledger->measure.kind;
    if (kind != KIND_CUMULATIVE && kind != KIND_MILESTONE) return false;
    const struct standing *after = following(ledger, figure);
    return (before && exact_compare(figure->value, before->value) < 0) ||
           (after && exact_compare(figure->value, after->value) > 0);
}

/* "except the current day's, not yet over, when it only grows" */
static bool grows_today(const struct held *figure, struct exact standing) {
    return instant_day(figure->known_at).n == figure->as_of.n && exact_compare(figure->value, standing) > 0;
}

/* "a changed value for a reported as-of day"; "a replacement without a reason is held"; "for the same as-of day the
 * county's own figure replaces [代报] without being held" */
static bool changes(const struct ledger *ledger, const struct held *figure) {
    size_t named = ledger_by_event(ledger, figure->replaces), same = ledger_on(ledger, figure->as_of);
    if (named != NO_INDEX && named != same) return true;
    if (same == NO_INDEX) return false;
    const struct standing *standing = &ledger->standing[same];
    if (standing->on_behalf && !figure->on_behalf) return false;
    if (named == same) return true;
    return exact_known(standing->value) && exact_compare(standing->value, figure->value) != 0 &&
           !grows_today(figure, standing->value);
}

static bool above_goal(const struct measure *measure, struct exact value) {
    if (exact_compare(value, measure->goal) <= 0) return false;
    struct exact limit = exact_multiply(measure->goal, exact_ratio(ABOVE_GOAL_TENTHS, 10));
    return exact_known(limit) && exact_compare(value, limit) > 0;
}

/* "for `>=` more than 1.5 × the goal when the last confirmed was not" */
static bool leaps_above_goal(const struct measure *measure, const struct held *figure, const struct standing *before) {
    return measure->comparator == AT_LEAST && measure->has_goal && measure->kind != KIND_MILESTONE &&
           exact_sign(measure->goal) > 0 && above_goal(measure, figure->value) &&
           !(before && above_goal(measure, before->value));
}

static bool is_power_of_ten_of(struct exact larger, struct exact smaller) {
    if (exact_compare(exact_absolute(larger), exact_multiply(exact_absolute(smaller), exact_whole(10))) < 0)
        return false;
    for (int64_t factor = 10; factor <= 1000; factor *= 10) {
        struct exact product = exact_multiply(smaller, exact_whole(factor));
        if (exact_known(product) && exact_compare(product, larger) == 0) return true;
    }
    return false;
}

/* "exactly ×10, ×100, ×1000 (or that part) of the last non-zero value [before the as-of day], not for counted goals
 * below 20". It stays held while the value it is ten times of stands. */
static bool is_power_of_ten(const struct ledger *ledger, struct held *figure, const struct standing *before) {
    const struct measure *measure = &ledger->measure;
    if (ledger_by_event(ledger, figure->ten_times_event) != NO_INDEX) return true;
    if (measure->kind == KIND_MILESTONE || measure_is_words(measure) ||
        measure_is_small(measure, POWER_OF_TEN_GOAL_MIN) || figure->value.num == 0)
        return false;
    for (; before && before->value.num == 0; before = before > ledger->standing ? before - 1 : NULL) {
    }
    if (!before || before->event == figure->replaces || !exact_known(before->value)) return false;
    if (!is_power_of_ten_of(figure->value, before->value) && !is_power_of_ten_of(before->value, figure->value))
        return false;
    figure->ten_times_event = before->event;
    return true;
}

unsigned hold_causes(const struct ledger *ledger, struct held *figure) {
    const struct measure *measure = &ledger->measure;
    unsigned causes = day_start(figure->as_of).ms > ledger->clock.ms ? HOLD_FUTURE : 0u;
    if (figure->no_change || measure_is_words(measure)) return causes & ~figure->freed;
    const struct standing *before = previous(ledger, figure);
    if (falls(ledger, figure, before)) causes |= HOLD_FALL;
    if (changes(ledger, figure)) causes |= HOLD_CHANGED;
    if (leaps_above_goal(measure, figure, before)) causes |= HOLD_ABOVE_GOAL;
    if (is_power_of_ten(ledger, figure, before)) causes |= HOLD_POWER_OF_TEN;
    if (measure->percent && exact_compare(figure->value, exact_whole(100)) > 0) causes |= HOLD_ABOVE_HUNDRED;
    if (measure_denominator_differs(measure, &figure->figure)) causes |= HOLD_DENOMINATOR;
    return causes & ~figure->freed;
}
