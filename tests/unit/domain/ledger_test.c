/* Corrections are held, not refused: a case per sentence. Each case is a few steps and what stands afterwards. */
#include "common/domain/ledger.h"

#include "tests/unit/domain/programme.h"

/* What stands, as "2021-09-30=57 2021-10-31=58"; held as "2021-10-31=5(fall)". */
static const char *ledger_text(struct programme *p, const char *known, char out[512]) {
    static const char *const causes[] = {"fall",    "changed", "above_goal",  "ten",
                                         "hundred", "future",  "denominator", "retraction"};
    struct ledger ledger = {0};
    size_t len = 0;
    out[0] = '\0';
    ledger_build(&ledger, &p->plan, &p->cells[1], p->events, p->count, at(known), instant_day(at(known)));
    for (size_t i = 0; i < ledger.standing_count; i++) {
        const struct standing *s = &ledger.standing[i];
        const char *value = s->figure.form == FIGURE_NONE   ? "-"
                            : s->figure.form == FIGURE_DONE ? (s->figure.done ? "done" : "not")
                                                            : text_of(s->figure.value);
        len += (size_t)snprintf(out + len, 512 - len, "%s%s=%s%s%s", len ? " " : "", day_of(s->as_of) + 5, value,
                                s->no_change ? "~" : "", s->on_behalf ? "@" : "");
    }
    for (size_t i = 0; i < ledger.held_count; i++) {
        const struct held *h = &ledger.held[i];
        len += (size_t)snprintf(out + len, 512 - len, "%sheld %s", len ? " " : "", day_of(h->as_of) + 5);
        for (size_t c = 0; c < 8; c++)
            if (h->causes & (1u << c)) len += (size_t)snprintf(out + len, 512 - len, " %s", causes[c]);
    }
    if (ledger.two_sources) snprintf(out + len, 512 - len, " two");
    ledger_finish(&ledger);
    return out;
}

#define EXPECT_LEDGER(p, known, wanted)                                                                                \
    do {                                                                                                               \
        char text[512];                                                                                                \
        cr_expect_str_eq(ledger_text(p, known, text), wanted);                                                         \
    } while (0)

static struct cell_event *by_office(struct cell_event *event) {
    event->stream_county = false;
    event->stream_office = true;
    event->reporter = slice_of("市两改办");
    return event;
}

static struct cell_event *by_department(struct cell_event *event) {
    event->stream_county = false;
    event->stream_unit = event->reporter = slice_of("市交通运输局");
    return event;
}

Test(ledger, causes_of_one_figure_after_another) {
    static const struct {
        const char *first, *first_day, *second, *second_day, *known, *wanted;
    } table[] = {
        {"30", "2021-08-31", "31", "2021-09-30", "2021-10-04", "08-31=30 09-30=31"},
        {"30", "2021-08-31", "29", "2021-09-30", "2021-10-04", "08-31=30 held 09-30 fall"},
        {"30", "2021-09-30", "31", "2021-08-31", "2021-10-04", "09-30=30 held 08-31 fall"}, /* the later neighbour */
        {"30", "2021-09-30", "31", "2021-09-30", "2021-10-04", "09-30=30 held 09-30 changed"},
        {"30", "2021-10-04", "31", "2021-10-04", "2021-10-04", "10-04=31"}, /* the current day's may grow */
        {"30", "2021-10-04", "29", "2021-10-04", "2021-10-04", "10-04=30 held 10-04 changed"},
        {"30", "2021-08-31", "93", "2021-09-30", "2021-10-04", "08-31=30 09-30=93"}, /* 1.5 × 62 exactly */
        {"30", "2021-08-31", "93.1", "2021-09-30", "2021-10-04", "08-31=30 held 09-30 above_goal"},
        {"5.8", "2021-08-31", "58", "2021-09-30", "2021-10-04", "08-31=5.8 held 09-30 ten"},
        {"0.05", "2021-08-31", "50", "2021-09-30", "2021-10-04", "08-31=0.05 held 09-30 ten"},
        {"58", "2021-08-31", "5.8", "2021-09-30", "2021-10-04", "08-31=58 held 09-30 fall ten"},
        {"0", "2021-08-31", "10", "2021-09-30", "2021-10-04", "08-31=0 09-30=10"},
        {"30", "2021-08-31", "32", "2021-10-10", "2021-10-04", "08-31=30 held 10-10 future"},
        {"30", "2021-08-31", "30", "2021-08-31", "2021-10-04", "08-31=30"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct programme p;
        char text[512];
        programme_start(&p);
        report(&p, table[i].first, table[i].first_day, "2021-10-04");
        report(&p, table[i].second, table[i].second_day, table[i].known);
        cr_expect_str_eq(ledger_text(&p, "2021-10-05", text), table[i].wanted, "row %zu: %s", i, text);
    }
}

Test(ledger, a_small_count_may_grow_tenfold) {
    struct programme p;
    programme_start(&p);
    programme_counted(&p, "19");
    report(&p, "1", "2021-08-31", "2021-09-02");
    report(&p, "10", "2021-09-30", "2021-10-04");
    EXPECT_LEDGER(&p, "2021-10-05", "08-31=1 09-30=10");
}

Test(ledger, per_cent_and_denominators) {
    struct programme p;
    programme_start(&p);
    programme_ratio(&p, KIND_RATIO, "100", "40");
    report(&p, "20/40", "2021-08-31", "2021-09-02");
    report(&p, "25/41", "2021-09-30", "2021-10-04");
    report(&p, "41/40", "2021-10-31", "2021-11-03");
    report(&p, "0/0", "2021-11-30", "2021-12-03");
    EXPECT_LEDGER(&p, "2021-12-05", "08-31=20 held 09-30 denominator held 10-31 hundred");
}

Test(ledger, a_reason_frees_a_fall_and_a_change_alone) {
    struct programme p;
    programme_start(&p);
    report(&p, "57", "2021-08-31", "2021-09-02");
    correct(&p, "51", "2021-09-30", "2021-10-04", NULL, "核减");
    EXPECT_LEDGER(&p, "2021-10-05", "08-31=57 09-30=51");
    struct cell_event *tenth = correct(&p, "5.1", "2021-10-31", "2021-11-03", NULL, "核减");
    EXPECT_LEDGER(&p, "2021-11-04",
                  "08-31=57 09-30=51 held 10-31 ten"); /* several causes: the office must free the other */
    decide(&p, EVENT_CONFIRM, "2021-11-05", tenth, NULL);
    EXPECT_LEDGER(&p, "2021-11-06", "08-31=57 09-30=51 10-31=5.1");
}

Test(ledger, a_confirmation_can_be_taken_back) {
    struct programme p;
    programme_start(&p);
    report(&p, "57", "2021-08-31", "2021-09-02");
    struct cell_event *fall = report(&p, "51", "2021-09-30", "2021-10-04");
    struct cell_event *confirmed = decide(&p, EVENT_CONFIRM, "2021-10-05", fall, NULL);
    EXPECT_LEDGER(&p, "2021-10-06", "08-31=57 09-30=51");
    decide(&p, EVENT_REVERSAL, "2021-10-07", confirmed, NULL);
    EXPECT_LEDGER(&p, "2021-10-06", "08-31=57 09-30=51");
    EXPECT_LEDGER(&p, "2021-10-08", "08-31=57 held 09-30 fall");
}

Test(ledger, replacement) {
    struct programme p;
    programme_start(&p);
    struct cell_event *wrong = report(&p, "57", "2021-08-31", "2021-09-02");
    correct(&p, "51", "2021-09-30", "2021-10-04", wrong, NULL); /* the day may move; no reason: held */
    EXPECT_LEDGER(&p, "2021-10-05", "08-31=57 held 09-30 changed");
    correct(&p, "51", "2021-09-30", "2021-10-06", wrong, "日期写错");
    EXPECT_LEDGER(&p, "2021-10-07", "09-30=51");
}

Test(ledger, a_held_figure_is_withdrawn_freely) {
    struct programme p;
    programme_start(&p);
    report(&p, "30", "2021-08-31", "2021-09-02");
    struct cell_event *held = report(&p, "29", "2021-09-30", "2021-10-04");
    struct cell_event *retraction = event_add(&p, EVENT_RETRACTION, "2021-09-30", "2021-10-05");
    retraction->has_replaces = true;
    memcpy(retraction->replaces, held->uid, EVENT_UID_BYTES);
    EXPECT_LEDGER(&p, "2021-10-06", "08-31=30");
}

Test(ledger, a_held_figure_is_superseded_by_a_later_one_for_its_day) {
    struct programme p;
    programme_start(&p);
    report(&p, "30", "2021-08-31", "2021-09-02");
    report(&p, "29", "2021-09-30", "2021-10-04");
    report(&p, "33", "2021-09-30", "2021-10-05");
    EXPECT_LEDGER(&p, "2021-10-06", "08-31=30 09-30=33");
}

Test(ledger, what_it_contradicted_is_gone) {
    struct programme p;
    programme_start(&p);
    struct cell_event *wrong = report(&p, "57", "2021-08-31", "2021-09-02");
    report(&p, "31", "2021-09-30", "2021-10-04");
    EXPECT_LEDGER(&p, "2021-10-05", "08-31=57 held 09-30 fall");
    correct(&p, "27", "2021-08-31", "2021-10-06", wrong, "多计");
    EXPECT_LEDGER(&p, "2021-10-07", "08-31=27 09-30=31");
}

Test(ledger, a_retraction_wants_a_reason) {
    struct programme p;
    programme_start(&p);
    report(&p, "30", "2021-08-31", "2021-09-02");
    struct cell_event *figure = report(&p, "40", "2021-09-30", "2021-10-04");
    struct cell_event *retraction = event_add(&p, EVENT_RETRACTION, "2021-09-30", "2021-10-05");
    retraction->has_replaces = true;
    memcpy(retraction->replaces, figure->uid, EVENT_UID_BYTES);
    EXPECT_LEDGER(&p, "2021-10-06", "08-31=30 09-30=40 held 09-30 retraction");
    retraction->reason = slice_of("报错");
    EXPECT_LEDGER(&p, "2021-10-06", "08-31=30");
    retraction->reason = (struct slice){NULL, 0};
    decide(&p, EVENT_CONFIRM, "2021-10-07", retraction, NULL);
    EXPECT_LEDGER(&p, "2021-10-08", "08-31=30");
}

Test(ledger, no_change_repeats_the_last_confirmed_value) {
    struct programme p;
    programme_start(&p);
    event_add(&p, EVENT_NO_CHANGE, "2021-07-31", "2021-08-02");
    struct cell_event *figure = report(&p, "30", "2021-08-31", "2021-09-02");
    event_add(&p, EVENT_NO_CHANGE, "2021-09-30", "2021-10-04");
    EXPECT_LEDGER(&p, "2021-10-05", "07-31=-~ 08-31=30 09-30=30~");
    correct(&p, "33", "2021-08-31", "2021-10-06", figure, "补计"); /* no neighbour: it only repeats */
    EXPECT_LEDGER(&p, "2021-10-07", "07-31=-~ 08-31=33 09-30=33~");
}

Test(ledger, a_figure_ahead_of_its_time_waits_for_its_day) {
    struct programme p;
    programme_start(&p);
    report(&p, "30", "2021-10-10", "2021-10-04");
    EXPECT_LEDGER(&p, "2021-10-05", "held 10-10 future");
    EXPECT_LEDGER(&p, "2021-10-10", "10-10=30");
}

Test(ledger, on_behalf_and_own) {
    struct programme p;
    programme_start(&p);
    by_office(report(&p, "30", "2021-08-31", "2021-09-02"));
    EXPECT_LEDGER(&p, "2021-09-03", "08-31=30@");
    report(&p, "29", "2021-08-31", "2021-09-04"); /* the county's own replaces it without being held */
    EXPECT_LEDGER(&p, "2021-09-05", "08-31=29");
    by_office(report(&p, "31", "2021-08-31", "2021-09-06")); /* after the county's own: a second source */
    EXPECT_LEDGER(&p, "2021-09-07", "08-31=29 two");
}

Test(ledger, a_second_source_fills_nothing) {
    struct programme p;
    programme_start(&p);
    by_department(report(&p, "36.9", "2021-08-31", "2021-09-02"));
    EXPECT_LEDGER(&p, "2021-09-03", " two");
    report(&p, "37.5", "2021-08-31", "2021-09-04");
    EXPECT_LEDGER(&p, "2021-09-05", "08-31=37.5 two");
    by_department(report(&p, "37.5", "2021-08-31", "2021-09-06")); /* the newest of each reporter is compared */
    EXPECT_LEDGER(&p, "2021-09-07", "08-31=37.5");
}

Test(ledger, a_milestone_of_the_city_is_reported_by_its_lead) {
    struct programme p;
    programme_start(&p);
    p.target.kind = KIND_MILESTONE;
    p.cells[1].area = 0;
    by_department(report(&p, "done", "2021-08-31", "2021-09-02"));
    struct cell_event *other = by_department(report(&p, "not done", "2021-09-30", "2021-10-04"));
    other->stream_unit = other->reporter = slice_of("市发展改革委"); /* not the lead */
    EXPECT_LEDGER(&p, "2021-10-05", "08-31=done two");
    by_department(report(&p, "not done", "2021-10-31", "2021-11-03"));
    EXPECT_LEDGER(&p, "2021-11-04", "08-31=done held 10-31 fall two");
}

Test(ledger, only_what_was_known_and_about_days_until_then_counts) {
    struct programme p;
    programme_start(&p);
    report(&p, "30", "2021-08-31", "2021-09-02");
    report(&p, "35", "2021-09-30", "2021-10-04");
    EXPECT_LEDGER(&p, "2021-10-04", "08-31=30"); /* committed at this very instant: not before it */
    struct ledger ledger = {0};
    ledger_build(&ledger, &p.plan, &p.cells[1], p.events, p.count, at("2021-12-01"), on("2021-09-15"));
    cr_expect_eq(ledger.standing_count, 1);
    ledger_finish(&ledger);
}
