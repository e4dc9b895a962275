#include "common/domain/due.h"

struct instant due_earlier(struct instant a, struct instant b) {
    if (!instant_is(a)) return b;
    if (!instant_is(b)) return a;
    return a.ms <= b.ms ? a : b;
}

struct instant due_window(const struct plan *plan, struct instant at) {
    return calendar_window(plan->calendar, &plan->reporting, at);
}

/* A month and its closing day lie less than three periods apart. */
struct period due_closed_period(const struct plan *plan, struct instant now) {
    struct period none = {.first = DAY_NONE, .last = DAY_NONE, .closing = DAY_NONE};
    struct period period = period_of(plan->calendar, &plan->reporting, instant_day(now));
    for (unsigned back = 0; back < 4; back++) {
        period = period_before(plan->calendar, &plan->reporting, period);
        if (period.first.n < plan->reporting.first_period.n) return none;
        if (day_end(period.closing).ms <= now.ms) return period;
    }
    return none;
}

struct instant due_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                        const struct cell_event *events, size_t count, const struct assessment *assessment,
                        struct instant now) {
    struct instant by_rules = alert_next_cell(plan, rules, cell, events, count, assessment, now);
    struct instant own = assessment->next_check;
    if (instant_is(own) && own.ms <= now.ms) own = INSTANT_NONE;
    return due_earlier(own, by_rules);
}

struct instant due_stream(const struct plan *plan, const struct light_rules *rules, const struct stream_facts *stream,
                          struct instant now) {
    return alert_next_stream(plan, rules, stream, now);
}
