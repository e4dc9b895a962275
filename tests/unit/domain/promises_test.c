/* The promises of the domain rules, on random programmes: seeded, so that a failure comes again. */
#include "common/domain/curve.h"

#include "tests/unit/domain/programme.h"

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides) {
    dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice->state >> 33) % sides;
}

static struct instant instant_of(struct day day, uint32_t minutes) {
    return (struct instant){day_start(day).ms + (int64_t)minutes * MS_MINUTE};
}

static void random_target(struct programme *p, struct dice *dice) {
    static const enum target_kind kinds[] = {KIND_CUMULATIVE, KIND_CUMULATIVE, KIND_CUMULATIVE, KIND_LATEST,
                                             KIND_RATIO,      KIND_PER_ENTITY, KIND_MILESTONE,  KIND_HOLD,
                                             KIND_BASELINE,   KIND_PARAMETER};
    static const char *const goals[] = {"1", "3", "12", "19", "20", "62", "485.8", "1000"};
    programme_start(p);
    enum target_kind kind = kinds[roll(dice, 10)];
    if (kind == KIND_RATIO || kind == KIND_HOLD)
        programme_ratio(p, kind, roll(dice, 2) ? "100" : "87", roll(dice, 2) ? "40" : NULL);
    else
        programme_goal(p, goals[roll(dice, 8)]);
    p->target.kind = kind;
    p->target.counted = kind == KIND_CUMULATIVE && p->cells[1].goal.scale == 0 && roll(dice, 2);
    p->target.firmness = roll(dice, 5) == 0 ? FIRM_ASPIRE : FIRM_HARD;
    p->target.comparator = kind == KIND_LATEST && roll(dice, 2) ? AT_MOST : AT_LEAST;
    if (roll(dice, 6) == 0)
        programme_due(p, NULL);
    else if (roll(dice, 3) == 0)
        programme_due(p, "2021-08-15");
    if (roll(dice, 6) == 0) p->target.from = on("2021-03-10");
    if (roll(dice, 4) == 0) p->plan.reporting.period = PERIOD_QUARTER;
}

static struct figure random_figure(struct programme *p, struct dice *dice, int month) {
    struct figure figure = {.form = FIGURE_VALUE};
    if (p->target.kind == KIND_MILESTONE)
        return (struct figure){.form = FIGURE_DONE, .done = roll(dice, 12) < (uint32_t)month};
    int64_t goal = p->cells[1].goal.mantissa;
    int64_t share = goal * month * (int64_t)(40 + roll(dice, 90)) / 1200;
    if (p->target.kind == KIND_RATIO || p->target.kind == KIND_HOLD) {
        figure.form = FIGURE_FRACTION;
        figure.denominator = (struct decimal){40, 0};
        cr_assert_eq(decimal_make(share > 100 ? 40 : share * 40 / 100, 0, &figure.value), PROTO_OK);
        return figure;
    }
    cr_assert_eq(decimal_make(share, p->cells[1].goal.scale, &figure.value), PROTO_OK);
    return figure;
}

static void random_event(struct programme *p, struct dice *dice, int month) {
    static const enum event_kind kinds[] = {EVENT_FIGURE,     EVENT_FIGURE,  EVENT_FIGURE,     EVENT_FIGURE,
                                            EVENT_FIGURE,     EVENT_FIGURE,  EVENT_CORRECTION, EVENT_NO_CHANGE,
                                            EVENT_RETRACTION, EVENT_CONFIRM, EVENT_RELEASE,    EVENT_EXTENSION};
    struct day as_of = DAY_NONE;
    cr_assert(day_make(2021, month, day_month_length(2021, month), &as_of));
    enum event_kind kind = kinds[roll(dice, 12)];
    struct day known = {as_of.n + 1 + (int32_t)roll(dice, 9)};
    const struct cell_event *other = p->count ? &p->events[roll(dice, (uint32_t)p->count)] : NULL;
    char text[DAY_TEXT_MAX];
    day_print(known, text);
    struct cell_event *event;
    if (kind >= EVENT_CONFIRM) {
        if (!other) return;
        event = decide(p, kind, text, other, roll(dice, 2) ? "2022-02-28" : "2022-06-30");
    } else {
        event = event_add(p, kind, text, text);
        event->as_of = roll(dice, 10) ? as_of : (struct day){as_of.n - 31 + (int32_t)roll(dice, 50)};
        if (kind == EVENT_FIGURE || kind == EVENT_CORRECTION) event->figure = random_figure(p, dice, month);
        if (roll(dice, 3) == 0) event->reason = slice_of("说明");
        event->has_replaces = other && (kind == EVENT_CORRECTION || kind == EVENT_RETRACTION) && roll(dice, 2);
        if (event->has_replaces) memcpy(event->replaces, other->uid, EVENT_UID_BYTES);
        if (roll(dice, 10) == 0) {
            event->stream_county = false;
            event->stream_office = roll(dice, 2) != 0;
        }
    }
    event->known_at = instant_of(known, roll(dice, 1440));
}

static int by_known(const void *a, const void *b) {
    const struct cell_event *left = a, *right = b;
    return left->known_at.ms < right->known_at.ms ? -1 : left->known_at.ms > right->known_at.ms;
}

static void random_programme(struct programme *p, struct dice *dice) {
    random_target(p, dice);
    for (int month = 1; month <= 12; month++) {
        uint32_t events = roll(dice, 4);
        for (uint32_t i = 0; i < events; i++)
            random_event(p, dice, month);
    }
    qsort(p->events, p->count, sizeof p->events[0], by_known);
}

static struct assessment look_at(struct programme *p, struct instant known, size_t count,
                                 struct assess_scratch *scratch) {
    struct assess_context context = {.plan = &p->plan, .known_at = known, .as_of = instant_day(known)};
    struct assessment out;
    assess_cell(&context, &p->cells[1], p->events, count, scratch, &out);
    return out;
}

static bool met(const struct programme *p, const struct assessment *a) {
    struct measure measure = measure_make(&p->plan, &p->cells[1]);
    struct exact value;
    return a->has_value && measure_value(&measure, &a->figure, &value) && measure_met(&measure, value);
}

static void check_promises(const struct programme *p, const struct assessment *a, const char *what) {
    bool colour = a->light != LIGHT_NONE && a->light != LIGHT_GREY;
    cr_assert(!colour || a->has_value, "%s: a colour without data", what);
    cr_assert(!a->has_days_behind || a->days_behind >= 0, "%s: negative days", what);
    cr_assert(!(a->state == STATE_DONE && (a->days_overdue || a->proposed != LIGHT_GREEN)), "%s: done and not green",
              what);
    bool one = p->target.counted && decimal_compare(p->cells[1].goal, (struct decimal){1, 0}) == 0;
    cr_assert(!(one && a->proposed == LIGHT_RED && a->state != STATE_OVERDUE), "%s: red for a goal of 1", what);
    cr_assert(!(p->target.firmness == FIRM_ASPIRE && (a->proposed == LIGHT_RED || a->made_good)), "%s: aspire", what);
    cr_assert(a->light != LIGHT_RED || a->proposed == LIGHT_RED, "%s", what);
    if (p->target.percent && a->has_value && p->target.comparator == AT_LEAST)
        cr_assert(met(p, a) || decimal_compare(a->value, p->cells[1].goal) < 0, "%s: printed as met: %s", what,
                  a->value_text);
    cr_assert(!a->has_deviation || (a->deviation_tenths >= 0) == (a->days_behind == 0) ||
                  a->figure_as_of.n <= p->target.from.n,
              "%s: points and days disagree", what);
}

static void check_same(const struct assessment *a, const struct assessment *b, const char *what) {
    cr_assert(a->state == b->state && a->light == b->light && a->proposed == b->proposed && a->rule == b->rule &&
                  a->light_since.n == b->light_since.n && a->report_state == b->report_state &&
                  a->report_period.first.n == b->report_period.first.n,
              "%s: changed before next_check: %s %s", what, cell_state_word(a->state), cell_state_word(b->state));
    cr_assert(a->due_soon_30 == b->due_soon_30 && a->due_soon_7 == b->due_soon_7 && a->held == b->held &&
                  a->made_good == b->made_good && a->figure_event == b->figure_event && a->due.n == b->due.n,
              "%s: %s, due soon %d %d, held %d %d, made good %d %d, figure %zu %zu, due %d %d", what,
              cell_state_word(a->state), a->due_soon_30 + 2 * a->due_soon_7, b->due_soon_30 + 2 * b->due_soon_7,
              a->held, b->held, a->made_good, b->made_good, a->figure_event, b->figure_event, a->due.n, b->due.n);
}

Test(promises, hold_on_random_programmes) {
    struct assess_scratch *scratch = assess_scratch_create();
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct dice dice = {seed * UINT64_C(0x9E3779B97F4A7C15)};
        struct programme p;
        char what[64];
        random_programme(&p, &dice);
        assess_scratch_destroy(&scratch); /* a new plan at an old address */
        scratch = assess_scratch_create();
        for (int i = 0; i < 6; i++) {
            struct instant now =
                instant_of((struct day){on("2020-12-20").n + (int32_t)roll(&dice, 420)}, roll(&dice, 1440));
            snprintf(what, sizeof what, "seed %llu look %d", (unsigned long long)seed, i);
            size_t count = 0;
            while (count < p.count && p.events[count].known_at.ms < now.ms)
                count++;
            struct assessment a = look_at(&p, now, count, scratch);
            check_promises(&p, &a, what);
            cr_assert_gt(a.next_check.ms, now.ms, "%s", what);
            struct assessment before = look_at(&p, (struct instant){a.next_check.ms - 1}, count, scratch);
            check_same(&a, &before, what);
            struct assessment again = look_at(&p, now, p.count, scratch); /* later events do not count */
            check_same(&a, &again, what);
        }
    }
    assess_scratch_destroy(&scratch);
}

/* A county that reports what the plan asks for, or more, every month. */
Test(promises, a_county_on_plan_is_never_yellow) {
    struct assess_scratch *scratch = assess_scratch_create();
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct dice dice = {seed * UINT64_C(0x9E3779B97F4A7C15)};
        struct programme p;
        programme_start(&p);
        bool counted = roll(&dice, 2) != 0;
        static const char *const goals[] = {"1", "4", "19", "21", "137", "900"};
        if (counted)
            programme_counted(&p, goals[roll(&dice, 6)]);
        else
            programme_goal(&p, goals[roll(&dice, 6)]);
        struct measure measure = measure_make(&p.plan, &p.cells[1]);
        struct curve curve = curve_make(&measure, p.cells[1].due);
        struct decimal last = {0, 0};
        for (int month = 1; month <= 12; month++) {
            struct day as_of = DAY_NONE;
            cr_assert(day_make(2021, month, day_month_length(2021, month), &as_of));
            struct cell_event *event = report(&p, "0", "2021-01-31", "2021-01-31");
            event->as_of = as_of;
            event->known_at = instant_of((struct day){as_of.n + 1 + (int32_t)roll(&dice, 5)}, 600);
            cr_assert(exact_round(curve_planned(&curve, as_of), counted ? 0 : 2, ROUND_CEILING, &event->figure.value));
            if (decimal_compare(event->figure.value, last) < 0) event->figure.value = last;
            last = event->figure.value;
            struct assessment a = look_at(&p, (struct instant){event->known_at.ms + 1}, p.count, scratch);
            cr_assert(a.light == LIGHT_BLUE || a.light == LIGHT_GREEN || a.held, "seed %llu month %d: %s",
                      (unsigned long long)seed, month, light_word(a.light));
        }
        struct assessment a = look_at(&p, at("2022-03-01"), p.count, scratch);
        cr_assert(a.held || a.state == STATE_DONE, "seed %llu", (unsigned long long)seed);
        assess_scratch_destroy(&scratch);
        scratch = assess_scratch_create();
    }
    assess_scratch_destroy(&scratch);
}
