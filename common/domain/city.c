/* The city's cell through the days: its roll-up at every instant at which a county's figure or the calendar can change
 * it, so that light_since, a release and 已补齐 hold for the city as they do for a county. */
#include <stdlib.h>

#include "common/domain/history.h"
#include "common/domain/override.h"
#include "common/domain/rollup.h"

struct city {
    const struct assess_context *context;
    const struct cell *cell;
    const struct cell_events *counties;
    size_t county_count;
    struct ledger decisions; /* the city's own events; no figures in it */
    struct assess_scratch *scratch;
    struct assessment *parts;
    struct release_watch watch;
    struct day due;
};

static const struct cell *county_cell(const struct city *city, size_t index) {
    const struct plan *plan = city->context->plan;
    size_t place = 0;
    for (size_t i = 0; i < plan->cell_count; i++)
        if (plan->cells[i].target == city->cell->target && &plan->cells[i] != city->cell && place++ == index)
            return &plan->cells[i];
    return NULL;
}

/* The roll-up as seen in a context: now, or at an instant of the past. */
static void roll_up(struct city *city, const struct assess_context *then, struct assessment *out) {
    for (size_t i = 0; i < city->county_count; i++) {
        const struct cell *cell = county_cell(city, i);
        city->parts[i] = (struct assessment){.state = STATE_NO_TASK};
        if (cell)
            assess_cell(then, cell, city->counties[i].events, city->counties[i].count, city->scratch, &city->parts[i]);
    }
    rollup_assess(then, city->cell, city->parts, city->county_count, city->decisions.events,
                  city->decisions.event_count, out);
}

static void judge(struct city *city, const struct assessment *whole, int64_t now_ms, struct day today) {
    const struct light_rules *rules = city->context->rules ? city->context->rules : rules_shipped();
    size_t first = city->decisions.next;
    while (city->decisions.next < city->decisions.event_count &&
           city->decisions.events[city->decisions.next].known_at.ms <= now_ms)
        city->decisions.next++;
    city->decisions.reversals_seen = city->decisions.next;
    if (city->due.n != whole->due.n && day_is(city->watch.shown_since)) release_lapse(&city->watch);
    city->due = whole->due;
    release_judge(&city->watch, whole->proposed, &city->decisions, first, now_ms, today, rules->release == RELEASE_OFFICE);
}

static void earlier(int64_t *best, int64_t candidate, int64_t after) {
    if (candidate > after && candidate < *best) *best = candidate;
}

/* The next event of the city or of a county after an instant. */
static int64_t next_event(const struct city *city, int64_t after) {
    int64_t best = INT64_MAX;
    for (size_t i = 0; i < city->decisions.event_count; i++)
        earlier(&best, city->decisions.events[i].known_at.ms, after);
    for (size_t i = 0; i < city->county_count; i++)
        for (size_t j = 0; j < city->counties[i].count; j++)
            earlier(&best, city->counties[i].events[j].known_at.ms, after);
    return best;
}

static struct day today_at(const struct city *city, int64_t ms) {
    struct day day = instant_day((struct instant){ms});
    return day.n < city->context->as_of.n ? day : city->context->as_of;
}

static int64_t start_of(const struct plan *plan, int64_t first_event) {
    int64_t start = day_is(plan->start) ? day_start(plan->start).ms : first_event;
    return start < first_event ? start : first_event;
}

static void replay(struct city *city, int64_t end) {
    int64_t now = start_of(city->context->plan, next_event(city, INT64_MIN));
    while (now < end) {
        struct assessment whole;
        struct assess_context then = *city->context;
        then.known_at = (struct instant){now + 1}; /* with what became known at this instant */
        then.as_of = today_at(city, now);
        roll_up(city, &then, &whole);
        judge(city, &whole, now, then.as_of);
        int64_t next = next_event(city, now), turn = whole.next_check.ms;
        assessment_finish(&whole);
        now = turn > now && turn < next ? turn : next;
    }
}

void assess_city(const struct assess_context *context, const struct cell *cell, const struct cell_events *counties,
                 size_t county_count, const struct cell_event *events, size_t count, struct assess_scratch *scratch,
                 struct assessment *out) {
    struct city city = {.context = context,
                        .cell = cell,
                        .counties = counties,
                        .county_count = county_count,
                        .decisions = {.events = events, .event_count = count, .at = context->known_at},
                        .scratch = scratch,
                        .due = cell->due};
    city.parts = calloc(county_count + 1, sizeof *city.parts);
    *out = (struct assessment){.rule = "no_rollup", .state = STATE_NO_ROLLUP};
    if (!city.parts) return;
    release_start(&city.watch);
    replay(&city, context->known_at.ms);
    roll_up(&city, context, out);
    bool seen = day_is(city.watch.shown_since); /* before the programme nothing has changed yet */
    judge(&city, out, context->known_at.ms, today_at(&city, context->known_at.ms));
    out->light = city.watch.shown;
    out->light_since = seen ? city.watch.shown_since : DAY_NONE;
    out->made_good = release_made_good(&city.watch);
    override_apply(context, events, count, out);
    free(city.parts);
}
