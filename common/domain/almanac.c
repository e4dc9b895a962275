#include "common/domain/almanac.h"

#include <stdlib.h>
#include <string.h>

/* Figures for days before the programme (补录) rarely reach further back than this. */
enum { PERIODS_BEFORE = 12 };

/* --- periods --- */

static bool same_reporting(const struct reporting *a, const struct reporting *b) {
    return a->period == b->period && a->closing_day == b->closing_day && a->first_period.n == b->first_period.n;
}

static void add_period(struct almanac *almanac, struct period period) {
    if (almanac->count == almanac->capacity) {
        size_t wanted = almanac->capacity ? almanac->capacity * 2 : 64;
        struct period *periods = realloc(almanac->periods, wanted * sizeof *periods);
        if (periods) almanac->periods = periods;
        int64_t *ends = realloc(almanac->closing_ends, wanted * sizeof *ends);
        if (ends) almanac->closing_ends = ends;
        if (!periods || !ends) {
            almanac->failed = true;
            return;
        }
        almanac->capacity = wanted;
    }
    almanac->periods[almanac->count] = period;
    /* Before the first period nothing is owed: a calendar that does not reach back so far must not stop the count. */
    bool before = period.last.n < almanac->reporting.first_period.n;
    almanac->closing_ends[almanac->count++] = day_is(period.closing) ? day_end(period.closing).ms
                                              : before               ? day_end(period.last).ms
                                                                     : INT64_MAX;
}

static struct period first_kept(const struct plan *plan) {
    struct day day = plan->start;
    if (!day_is(day) || (day_is(plan->reporting.first_period) && plan->reporting.first_period.n < day.n))
        day = plan->reporting.first_period;
    struct period period = period_of(plan->calendar, &plan->reporting, day);
    for (int i = 0; i < PERIODS_BEFORE && day_is(period.first); i++)
        period = period_before(plan->calendar, &plan->reporting, period);
    return period;
}

void almanac_prepare(struct almanac *almanac, const struct plan *plan, struct day until) {
    if (almanac->plan != plan || almanac->calendar != plan->calendar ||
        !same_reporting(&almanac->reporting, &plan->reporting)) {
        almanac->count = 0;
        almanac->plan = plan;
        almanac->calendar = plan->calendar;
        almanac->reporting = plan->reporting;
    }
    if (almanac->count == 0) {
        struct period first = first_kept(plan);
        if (day_is(first.first)) add_period(almanac, first);
    }
    while (almanac->count > 0 && !almanac->failed) {
        struct period last = almanac->periods[almanac->count - 1];
        if (!day_is(last.last) || last.last.n >= until.n) break;
        struct period next = period_after(plan->calendar, &plan->reporting, last);
        if (!day_is(next.first)) break;
        add_period(almanac, next);
    }
}

void almanac_finish(struct almanac *almanac) {
    free(almanac->periods);
    free(almanac->closing_ends);
    *almanac = (struct almanac){0};
}

ptrdiff_t almanac_find(const struct almanac *almanac, struct day day) {
    if (almanac->count == 0 || day.n < almanac->periods[0].first.n) return -1;
    int32_t days = day.n - almanac->periods[0].first.n; /* by the longest period: never too far */
    size_t at = (size_t)(almanac->reporting.period == PERIOD_QUARTER ? days / 92 : days / 31);
    if (at >= almanac->count) at = almanac->count - 1;
    while (at + 1 < almanac->count && almanac->periods[at].last.n < day.n)
        at++;
    return (ptrdiff_t)at;
}

int64_t almanac_closing_end(const struct almanac *almanac, struct day day) {
    ptrdiff_t at = almanac_find(almanac, day);
    return at < 0 ? INT64_MAX : almanac->closing_ends[at];
}

/* --- what was reported --- */

void obligations_start(struct obligations *obligations, const struct almanac *almanac, const struct measure *measure,
                       uint64_t revision) {
    if (obligations->capacity < almanac->count) {
        int64_t *grown = realloc(obligations->first_reports, almanac->count * sizeof *grown);
        obligations->failed = grown == NULL;
        if (!grown) return;
        obligations->first_reports = grown;
        obligations->capacity = almanac->count;
    }
    obligations->count = almanac->count;
    for (size_t i = 0; i < almanac->count; i++)
        obligations->first_reports[i] = INT64_MAX;
    obligations->first_period = almanac_find(almanac, almanac->reporting.first_period);
    struct day from = measure->target->from;
    obligations->owed_from = day_is(from) ? almanac_find(almanac, from) : -1;
    if (obligations->owed_from < obligations->first_period) obligations->owed_from = obligations->first_period;
    obligations->newest_reported = -1;
    obligations->reported_earlier = obligations->had_held = false;
    obligations->taken = 0;
    obligations->revision = revision;
    obligations->closed = -1;
}

void obligations_finish(struct obligations *obligations) {
    free(obligations->first_reports);
    *obligations = (struct obligations){0};
}

/* "A period is reported by the first figure … as of a day in it, or as of a later day if it came by the closing day of
 * a still unreported period (it then reports that period, not its own)." */
static void take_report(struct obligations *obligations, const struct almanac *almanac, struct day as_of, int64_t at) {
    ptrdiff_t own = almanac_find(almanac, as_of), period = own;
    if (own < 0) {
        obligations->reported_earlier = true;
        return;
    }
    for (ptrdiff_t i = own - 1; i >= obligations->owed_from && i >= 0 && almanac->closing_ends[i] > at; i--)
        if (obligations->first_reports[i] > at) period = i;
    if (at < obligations->first_reports[period]) obligations->first_reports[period] = at;
    if (period > obligations->newest_reported) obligations->newest_reported = period;
}

struct report_moment {
    struct day as_of;
    int64_t at;
};

static int by_moment(const void *a, const void *b) {
    const struct report_moment *left = a, *right = b;
    if (left->at != right->at) return left->at < right->at ? -1 : 1;
    return left->as_of.n < right->as_of.n ? -1 : left->as_of.n > right->as_of.n;
}

/* From the beginning, in the order in which the reports came: after a correction, a retraction, a held figure. */
static void take_all(struct obligations *obligations, const struct almanac *almanac, const struct ledger *ledger) {
    for (size_t i = 0; i < obligations->count; i++)
        obligations->first_reports[i] = INT64_MAX;
    obligations->newest_reported = -1;
    obligations->reported_earlier = false;
    size_t count = 0;
    struct report_moment *all = malloc((ledger->standing_count + ledger->held_count + 1) * sizeof *all);
    if (!all) {
        obligations->failed = true;
        return;
    }
    for (size_t i = 0; i < ledger->standing_count; i++)
        all[count++] = (struct report_moment){ledger->standing[i].as_of, ledger->standing[i].reported.ms};
    for (size_t i = 0; i < ledger->held_count; i++) /* "held, it still counts as a report" */
        if (!(ledger->held[i].causes & (HOLD_FUTURE | HOLD_RETRACTION)))
            all[count++] = (struct report_moment){ledger->held[i].as_of, ledger->held[i].reported.ms};
    qsort(all, count, sizeof *all, by_moment);
    for (size_t i = 0; i < count; i++)
        take_report(obligations, almanac, all[i].as_of, all[i].at);
    free(all);
}

void obligations_update(struct obligations *obligations, const struct almanac *almanac, const struct ledger *ledger) {
    if (obligations->failed) return;
    bool in_order = obligations->revision == ledger->revision && ledger->held_count == 0 && !obligations->had_held;
    if (!in_order) take_all(obligations, almanac, ledger);
    for (size_t i = obligations->taken; in_order && i < ledger->standing_count; i++)
        take_report(obligations, almanac, ledger->standing[i].as_of, ledger->standing[i].reported.ms);
    obligations->taken = ledger->standing_count;
    obligations->revision = ledger->revision;
    obligations->had_held = ledger->held_count > 0;
}

void obligations_close(struct obligations *obligations, const struct almanac *almanac, int64_t now_ms) {
    while ((size_t)(obligations->closed + 1) < almanac->count &&
           almanac->closing_ends[obligations->closed + 1] <= now_ms)
        obligations->closed++;
}

ptrdiff_t obligations_newest(const struct obligations *obligations) {
    return obligations->closed > obligations->newest_reported ? obligations->closed : obligations->newest_reported;
}

bool obligations_missing(const struct obligations *obligations, ptrdiff_t finished) {
    ptrdiff_t newest = obligations_newest(obligations);
    return newest >= obligations->owed_from && newest >= 0 && newest <= finished &&
           obligations->first_reports[newest] == INT64_MAX;
}
