#include "common/domain/alert_wants.h"

#include <stdio.h>
#include <string.h>

#include "common/domain/alert_life.h"
#include "common/domain/due.h"

/* --- what a cell calls for --- */

static void hex(const uint8_t uid[EVENT_UID_BYTES], char out[2 * EVENT_UID_BYTES + 1]) {
    for (size_t i = 0; i < EVENT_UID_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", uid[i]);
}

static struct alert_want *want(struct alert_wants *out, const struct plan *plan, enum alert_rule rule,
                               const char *subject, const char *opening) {
    if (out->count == ALERT_WANTS_MAX) return NULL;
    struct alert_want *w = &out->items[out->count++];
    *w = (struct alert_want){.rule = rule, .step = "first", .rank = 1, .about = DAY_NONE, .period = DAY_NONE};
    snprintf(w->key, sizeof w->key, "%s|%s|%s|%s", plan->programme, alert_rule_name(rule), subject, opening);
    return w;
}

static struct alert_want *want_cell(struct alert_wants *out, const struct plan *plan, const struct cell *cell,
                                    enum alert_rule rule, const char *opening) {
    char subject[96];
    snprintf(subject, sizeof subject, "%s@%s", plan->targets[cell->target].code, plan->areas[cell->area].code);
    return want(out, plan, rule, subject, opening);
}

static bool figures_equal(const struct figure *a, const struct figure *b) {
    if (a->form != b->form) return false;
    if (a->form == FIGURE_DONE) return a->done == b->done;
    if (decimal_compare(a->value, b->value) != 0) return false;
    return a->form != FIGURE_FRACTION || decimal_compare(a->denominator, b->denominator) == 0;
}

/* The newest event that brought the held figure. */
static size_t held_event(const struct cell_event *events, size_t count, const struct assessment *assessment) {
    for (size_t i = count; i-- > 0;)
        if ((events[i].kind == EVENT_FIGURE || events[i].kind == EVENT_CORRECTION) &&
            figures_equal(&events[i].figure, &assessment->held_to))
            return i;
    return count ? count - 1 : NO_INDEX;
}

/* A roll-up has no event of its own figure: its red is named by the day it began. */
static void opening_of_figure(const struct cell_event *events, size_t count, const struct assessment *assessment,
                              char out[2 * EVENT_UID_BYTES + 1]) {
    if (assessment->figure_event < count)
        hex(events[assessment->figure_event].uid, out);
    else
        day_print(assessment->light_since, out);
}

static void want_slipping(const struct plan *plan, const struct cell *cell, const struct cell_event *events,
                          size_t count, const struct assessment *assessment, struct alert_wants *out) {
    bool behind = assessment->state == STATE_BEHIND;
    bool silent = assessment->state == STATE_NOT_REPORTED;
    if (!behind && !silent && assessment->state != STATE_AWAITING_FINAL) return;
    char opening[2 * EVENT_UID_BYTES + 1];
    opening_of_figure(events, count, assessment, opening);
    struct alert_want *w = want_cell(out, plan, cell, ALERT_SLIPPING, opening);
    if (!w) return;
    bool red = assessment->computed_light == LIGHT_RED || assessment->proposed == LIGHT_RED;
    w->step = red ? "red" : "yellow";
    w->rank = red ? 2 : 1;
    w->about = assessment->light_since;
    w->stands_only = !behind;
    w->inhibit = silent ? "missing" : assessment->held ? "held" : NULL;
}

/* Until its due day is over; then it waits for what comes of it: a final figure, or the overdue that inhibits it. */
static void want_due_soon(const struct plan *plan, const struct cell *cell, const struct assessment *assessment,
                          struct instant now, struct alert_wants *out) {
    bool near = assessment->due_soon_30 || assessment->due_soon_7;
    bool overdue = assessment->state == STATE_OVERDUE;
    if (assessment->state == STATE_DONE || (!near && !overdue && assessment->state != STATE_AWAITING_FINAL)) return;
    char opening[DAY_TEXT_MAX];
    day_print(assessment->due, opening);
    struct alert_want *w = want_cell(out, plan, cell, ALERT_DUE_SOON, opening);
    if (!w) return;
    w->step = assessment->due_soon_7 ? "7" : "30";
    w->rank = assessment->due_soon_7 ? 2 : 1;
    w->about = instant_day(now);
    w->stands_only = !near;
    w->inhibit = overdue ? "overdue" : NULL;
}

static struct instant held_too_long(const struct plan *plan, const struct light_rules *rules,
                                    const struct cell_event *held) {
    return day_end(calendar_add_working(plan->calendar, instant_day(held->known_at), rules->alerts.held_days));
}

static void want_correction(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                            const struct cell_event *events, size_t count, const struct assessment *assessment,
                            struct instant now, struct alert_wants *out) {
    size_t at = assessment->held ? held_event(events, count, assessment) : NO_INDEX;
    if (at == NO_INDEX) return;
    char opening[2 * EVENT_UID_BYTES + 1];
    hex(events[at].uid, opening);
    struct alert_want *w = want_cell(out, plan, cell, ALERT_CORRECTION, opening);
    if (!w) return;
    bool long_ago = now.ms >= held_too_long(plan, rules, &events[at]).ms;
    w->step = long_ago ? "days_3" : "first";
    w->rank = long_ago ? 2 : 1;
    w->about = instant_day(events[at].known_at);
}

void alert_wants_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                      const struct cell_event *events, size_t count, const struct assessment *assessment,
                      struct instant now, struct alert_wants *out) {
    if (!rules) rules = rules_shipped();
    out->count = 0;
    char opening[2 * EVENT_UID_BYTES + 1];
    struct alert_want *w;
    if (assessment->state == STATE_OVERDUE) {
        day_print(assessment->overdue_since, opening);
        if ((w = want_cell(out, plan, cell, ALERT_OVERDUE, opening))) w->about = assessment->overdue_since;
    }
    if (assessment->proposed == LIGHT_RED && assessment->computed_light != LIGHT_RED) {
        opening_of_figure(events, count, assessment, opening);
        if ((w = want_cell(out, plan, cell, ALERT_REVIEW, opening))) w->about = assessment->light_since;
    }
    if (cell->rollup) return;
    if (assessment->state == STATE_FELL_BACK) {
        opening_of_figure(events, count, assessment, opening);
        if ((w = want_cell(out, plan, cell, ALERT_FELL_BACK, opening))) w->about = assessment->light_since;
    }
    want_slipping(plan, cell, events, count, assessment, out);
    want_due_soon(plan, cell, assessment, now, out);
    want_correction(plan, rules, cell, events, count, assessment, now, out);
}

struct instant alert_next_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                               const struct cell_event *events, size_t count, const struct assessment *assessment,
                               struct instant now) {
    if (!rules) rules = rules_shipped();
    size_t at = assessment->held && !cell->rollup ? held_event(events, count, assessment) : NO_INDEX;
    if (at == NO_INDEX) return INSTANT_NONE;
    struct instant long_ago = held_too_long(plan, rules, &events[at]);
    return long_ago.ms > now.ms ? long_ago : INSTANT_NONE;
}

/* --- what a stream calls for --- */

static int64_t silence_ms(const struct light_rules *rules) {
    return (int64_t)rules->alerts.silence_hours * MS_HOUR;
}
static struct instant last_heard(const struct stream_facts *stream, struct instant heard) {
    return instant_is(heard) && heard.ms > stream->made_at.ms ? heard : stream->made_at;
}
/* When silence becomes news: eight working hours, and a moment more. The moment is for a clock that jumps: at the
 * eighth hour itself every living agent is woken and speaks, and whether its word is in yet must not matter. */
enum { OFFLINE_PATIENCE_MS = MS_MINUTE };
static struct instant silence_is_news(const struct plan *plan, const struct light_rules *rules, struct instant heard,
                                      struct instant *eighth_hour) {
    *eighth_hour = calendar_add_working_ms(plan->calendar, &plan->reporting, heard, silence_ms(rules));
    return instant_is(*eighth_hour) ? (struct instant){eighth_hour->ms + OFFLINE_PATIENCE_MS} : INSTANT_NONE;
}
static bool silent_since(const struct plan *plan, const struct light_rules *rules, struct instant heard,
                         struct instant now) {
    struct instant eighth_hour, news = silence_is_news(plan, rules, heard, &eighth_hour);
    return instant_is(news) && news.ms <= now.ms;
}

bool receipt_is_request(const struct receipt *receipt) {
    static const char *const tables[] = {"回复", "延期申请", "销号申请"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (slice_is(receipt->feed, tables[i])) return true;
    return false;
}

/* A later file of the same feed that makes the refusal of `bad` past: clean, or at last taken where all was refused. */
static bool healed(const struct stream_facts *stream, size_t bad) {
    const struct receipt *r = &stream->receipts[bad];
    for (size_t i = bad + 1; i < stream->receipt_count; i++) {
        const struct receipt *later = &stream->receipts[i];
        if (!slice_equal(later->feed, r->feed)) continue;
        bool came = later->taken + later->unchanged + later->held > 0;
        if (came && (later->refused == 0 || r->taken + r->unchanged + r->held == 0)) return true;
    }
    return false;
}
static bool newer_refusal(const struct stream_facts *stream, size_t at) {
    for (size_t i = at + 1; i < stream->receipt_count; i++)
        if (stream->receipts[i].refused > 0 && slice_equal(stream->receipts[i].feed, stream->receipts[at].feed))
            return true;
    return false;
}

/* Only the newest refusal of a feed stands: three tries at one file are one matter. True when a whole report stands
 * refused since `since`: a refused answer is no reason why the report is not there. */
static bool want_rejected(const struct plan *plan, const struct stream_facts *stream, struct day since,
                          struct alert_wants *out) {
    bool whole = false;
    for (size_t i = 0; i < stream->receipt_count; i++) {
        const struct receipt *r = &stream->receipts[i];
        if (r->refused <= 0 || healed(stream, i) || newer_refusal(stream, i)) continue;
        char opening[2 * EVENT_UID_BYTES + 1];
        hex(r->uid, opening);
        struct alert_want *w = want(out, plan, ALERT_REJECTED, stream->name, opening);
        if (!w) return whole;
        w->file = r->id;
        w->about = instant_day(r->known_at);
        if (receipt_is_request(r)) continue;
        if (r->taken + r->unchanged + r->held == 0 && (!day_is(since) || w->about.n > since.n)) whole = true;
    }
    return whole;
}

void alert_wants_stream(const struct plan *plan, const struct light_rules *rules, const struct stream_facts *stream,
                        struct instant now, struct alert_wants *out) {
    if (!rules) rules = rules_shipped();
    out->count = 0;
    bool offline = !stream->desk && silent_since(plan, rules, last_heard(stream, stream->heard_at), now);
    /* A STATUS of this very instant counts from the next look on, so that who asks first does not matter. */
    bool was_offline = !stream->desk && silent_since(plan, rules, last_heard(stream, stream->heard_before), now);
    if (offline || was_offline) {
        char opening[INSTANT_TEXT_MAX];
        instant_print(last_heard(stream, stream->heard_before), opening);
        struct alert_want *w = want(out, plan, ALERT_OFFLINE, stream->name, opening);
        if (w) {
            w->about = instant_day(now);
            w->stands_only = !offline;
        }
    }
    bool whole_refused =
        want_rejected(plan, stream, day_is(stream->period.first) ? stream->period.last : DAY_NONE, out);
    if (day_is(stream->period.first) && stream->owed > 0 && stream->missing == stream->owed) {
        char opening[DAY_TEXT_MAX];
        day_print(stream->period.first, opening);
        struct alert_want *w = want(out, plan, ALERT_MISSING, stream->name, opening);
        if (w) {
            w->period = stream->period.first;
            w->about = stream->period.closing;
            w->inhibit = offline ? "offline" : whole_refused ? "rejected" : NULL;
        }
    }
}

struct instant alert_next_stream(const struct plan *plan, const struct light_rules *rules,
                                 const struct stream_facts *stream, struct instant now) {
    if (!rules) rules = rules_shipped();
    struct instant next = INSTANT_NONE;
    struct instant eighth_hour;
    struct instant news = silence_is_news(plan, rules, last_heard(stream, stream->heard_at), &eighth_hour);
    if (!stream->desk && instant_is(news) && news.ms > now.ms) next = eighth_hour.ms > now.ms ? eighth_hour : news;
    struct period closed = due_closed_period(plan, now);
    struct period coming = day_is(closed.first)
                               ? period_after(plan->calendar, &plan->reporting, closed)
                               : period_of(plan->calendar, &plan->reporting, plan->reporting.first_period);
    struct instant closing = day_end(coming.closing);
    if (closing.ms > now.ms) next = due_earlier(next, closing);
    struct alert_wants wants;
    alert_wants_stream(plan, rules, stream, now, &wants);
    if (wants.count > 0) next = due_earlier(next, due_window(plan, (struct instant){now.ms + 1}));
    return next;
}

/* --- what the house calls for --- */

void alert_wants_message(const struct plan *plan, int64_t message, const char *number, bool undelivered,
                         struct alert_wants *out) {
    out->count = 0;
    struct alert_want *w = undelivered ? want(out, plan, ALERT_UNDELIVERABLE, number, "") : NULL;
    if (w) w->message = message;
}

static struct day year_start(int year) {
    struct day day;
    return day_make(year, 1, 1, &day) ? day : DAY_NONE;
}
static int year_of(struct instant at) {
    int year, month, mday;
    day_split(instant_day(at), &year, &month, &mday);
    return year;
}
/* Closing days and working days of January are asked for in December. */
enum { CALENDAR_NEEDED_DAYS = 31 };
static struct day calendar_needed(struct day next_year) {
    return (struct day){next_year.n - CALENDAR_NEEDED_DAYS};
}

void alert_wants_house(const struct plan *plan, struct instant stuck_since, struct instant now,
                       struct alert_wants *out) {
    out->count = 0;
    struct day next_year = year_start(year_of(now) + 1);
    char opening[INSTANT_TEXT_MAX];
    struct alert_want *w;
    bool needed = instant_day(now).n >= calendar_needed(next_year).n;
    if (needed && plan->calendar && !calendar_covers(plan->calendar, next_year)) {
        day_print(next_year, opening);
        if ((w = want(out, plan, ALERT_CALENDAR, "calendar", opening))) w->period = next_year;
    }
    if (!instant_is(stuck_since)) return;
    instant_print(stuck_since, opening);
    (void)want(out, plan, ALERT_STUCK, "outbox", opening);
}

struct instant alert_next_house(const struct plan *plan, struct instant now) {
    if (!plan->calendar) return INSTANT_NONE;
    struct instant needed = day_start(calendar_needed(year_start(year_of(now) + 1)));
    if (needed.ms <= now.ms) needed = day_start(calendar_needed(year_start(year_of(now) + 2)));
    return needed;
}

/* --- why it is over --- */

/* The figure that judges is a corrected one: it was never as bad as it looked. */
static bool is_correction(const struct alert_over *over) {
    size_t figure = over->now->figure_event;
    return over->events && figure < over->count && over->events[figure].kind == EVENT_CORRECTION;
}

/* The newest decision moved the due day after the figure was known: better only on paper, and no progress. */
static bool is_extension(const struct alert_over *over) {
    struct instant figure = over->now->figure_known_at;
    for (size_t i = over->events && instant_is(figure) ? over->count : 0; i-- > 0;)
        if (over->events[i].kind == EVENT_EXTENSION) return over->events[i].known_at.ms > figure.ms;
    return false;
}

const char *alert_over_cell(const struct alert *standing, const void *context) {
    const struct alert_over *over = context;
    const struct assessment *now = over->now;
    if (standing->rule == ALERT_CORRECTION) return "settled";
    if (standing->rule == ALERT_REVIEW && now->computed_light == LIGHT_RED) return "released";
    if (now->state == STATE_DONE) return "done";
    if (now->state == STATE_HOLDING) return "holding";
    if (now->state == STATE_OVERDUE) return "overdue";
    if (now->state == STATE_NO_TASK) return "no_task";
    if (now->extended && (standing->rule == ALERT_OVERDUE || standing->rule == ALERT_DUE_SOON)) return "extension";
    if (now->state == STATE_NO_FIGURE) return "retracted";
    if (now->extended && is_extension(over)) return "extension";
    if (now->state == STATE_ON_PLAN && is_correction(over)) return "corrected";
    if (now->state == STATE_ON_PLAN && over->was == LIGHT_RED && now->computed_light != LIGHT_RED)
        return now->computed_light == LIGHT_YELLOW ? "red_yellow" : "red_blue";
    return now->state == STATE_ON_PLAN ? "progress" : "changed";
}

const char *alert_over_stream(const struct alert *standing, const void *context) {
    const struct stream_facts *now = context;
    if (standing->rule == ALERT_OFFLINE) return "heard";
    if (standing->rule == ALERT_MISSING) return standing->period.n == now->period.first.n ? "reported" : "superseded";
    for (size_t i = 0; i < now->receipt_count; i++)
        if (now->receipts[i].id == standing->file) return healed(now, i) ? "retaken" : "superseded";
    return "superseded";
}

const char *alert_over_house(const struct alert *standing, const void *unused) {
    (void)unused;
    return standing->rule == ALERT_CALENDAR ? "loaded" : standing->rule == ALERT_STUCK ? "flowing" : "delivered";
}
