/* Laws of the alerts, one property test each, over random stories of one cell: a year and a half of reports, silence,
 * falls that are held, extensions, releases, mutes, cards, answers and what is taken back of them. Every story is told
 * twice: by one evaluator that looks only when it said it would, and by two that take turns, look twice, look between,
 * and know nothing but the rows the store keeps.
 *
 * Mutants tried by hand, each killed by the law in brackets: silence inhibits an overdue (hides) · a promise outlives
 * what got worse (worse) · the ladder counts from rung_at, 力争 climbs (rungs) · the end of a promise or a mute is not
 * foretold, a mute's day is not looked at (end) · a held figure inhibits nothing (inhibit) · promises are ignored
 * (answered).
 */
#include <stdlib.h>

#include "common/domain/route.h"
#include "tests/unit/domain/alert_story.h"

/* --- what the laws ask --- */

static const struct row *standing_row(const struct store *store, enum alert_rule rule) {
    for (size_t i = 0; i < store->row_count; i++)
        if (stands(&store->rows[i]) && strcmp(store->rows[i].rule, alert_rule_name(rule)) == 0) return &store->rows[i];
    return NULL;
}
static bool is(const struct row *row, const char *state) {
    return row && strcmp(row->state, state) == 0;
}
static const char *story_of(const struct look *look) {
    static char text[INSTANT_TEXT_MAX + 32];
    char now[INSTANT_TEXT_MAX];
    instant_print(look->now, now);
    (void)snprintf(text, sizeof text, "%s (%zu events)", now, look->tale->p.count);
    return text;
}

static bool taken_back(const struct tale *tale, const struct cell_event *event, struct instant now) {
    for (size_t i = 0; i < tale->p.count; i++) {
        const struct cell_event *later = &tale->p.events[i];
        struct more more;
        if (later->kind != EVENT_REVERSAL || later->known_at.ms > now.ms) continue;
        cr_assert_eq(more_decode(EVENT_REVERSAL, later->more, &more), PROTO_OK);
        if (memcmp(more.of_event.uid, event->uid, EVENT_UID_BYTES) == 0) return true;
    }
    return false;
}
/* By reading every mute anew. *end: the latest day a dated one ends with; DAY_NONE: until resolved. */
static bool is_muted(const struct look *look, const char *rule, int64_t opened_ms, struct day *end) {
    bool muted = false, endless = false;
    *end = DAY_NONE;
    for (size_t i = 0; i < look->tale->p.count; i++) {
        const struct cell_event *event = &look->tale->p.events[i];
        struct more more;
        if (event->kind != EVENT_MUTE || event->known_at.ms > look->now.ms || taken_back(look->tale, event, look->now))
            continue;
        cr_assert_eq(more_decode(EVENT_MUTE, event->more, &more), PROTO_OK);
        if (more.mute.rule.ptr && !slice_is(more.mute.rule, rule)) continue;
        if (!day_is(more.mute.until)) {
            if (opened_ms > event->known_at.ms) continue;
            endless = true;
        } else if (look->now.ms >= day_end(more.mute.until).ms) {
            continue;
        } else if (!day_is(*end) || more.mute.until.n > end->n) {
            *end = more.mute.until;
        }
        muted = true;
    }
    if (endless) *end = DAY_NONE;
    return muted;
}
static bool waits(const struct store *store, const struct row *row, const char *step) {
    for (size_t i = 0; i < store->notice_count; i++)
        if (store->notices[i].state == NOTICE_WAITING && strcmp(store->notices[i].alert, row->key) == 0 &&
            strcmp(store->notices[i].step, step) == 0)
            return true;
    return false;
}

/* --- the laws --- */

static void law_worsens(const struct look *look) {
    const struct assessment *a = look->assessment;
    bool red = a->computed_light == LIGHT_RED || a->proposed == LIGHT_RED;
    struct day end;
    if (a->state != STATE_BEHIND || !red || a->held) return;
    const struct row *row = standing_row(look->store, ALERT_SLIPPING);
    cr_assert(row, "%s", story_of(look));
    if (is_muted(look, "slipping", row->opened_ms, &end)) return;
    cr_assert_str_eq(row->step, "red", "%s", story_of(look));
    for (size_t i = 0; i < look->before_count; i++) {
        if (look->before[i].rule != ALERT_SLIPPING || strcmp(look->before[i].step, "yellow") != 0) continue;
        cr_assert(is(row, "open"), "no promise outlives it: %s", story_of(look));
        cr_assert(waits(look->store, row, "red"), "%s", story_of(look));
    }
}
Test(alert_laws, what_gets_worse_is_said_at_once) {
    for_all(&(struct law){.look = law_worsens});
}

static void law_overdue(const struct look *look) {
    struct day end;
    if (look->assessment->state != STATE_OVERDUE) return;
    const struct row *row = standing_row(look->store, ALERT_OVERDUE);
    cr_assert(row, "%s", story_of(look));
    bool muted = is_muted(look, "overdue", row->opened_ms, &end);
    cr_assert_eq(is(row, "suppressed"), muted, "only a person's mute hides an overdue: %s", story_of(look));
}
Test(alert_laws, inhibition_never_hides_an_overdue) {
    for_all(&(struct law){.look = law_overdue});
}

static void law_inhibited(const struct look *look) {
    const struct row *row = standing_row(look->store, ALERT_SLIPPING);
    if (!row || (look->assessment->state != STATE_NOT_REPORTED && !look->assessment->held)) return;
    cr_assert(is(row, "suppressed"), "%s", story_of(look));
}
Test(alert_laws, silence_and_held_figures_inhibit_slips) {
    for_all(&(struct law){.look = law_inhibited});
}

static void law_rungs(const struct look *look) {
    static const unsigned days[] = {5, 10, 10};
    for (size_t i = 0; i < look->changes->count; i++) {
        const struct alert_change *c = &look->changes->items[i];
        if (c->standing == NO_INDEX) continue;
        const struct alert *before = &look->before[c->standing];
        bool by_issue = c->also && strcmp(c->also, "issued") == 0;
        cr_assert_geq(c->rung, before->rung, "never back: %s", story_of(look));
        if (look->tale->aspire && !by_issue) cr_assert_eq(c->rung, before->rung, "aspire: %s", story_of(look));
        if (c->also && !by_issue && c->rung == before->rung && strcmp(c->also, "withdrawn") != 0)
            cr_assert(!instant_is(look->before_said[c->standing]), "a rung is said once: %s", story_of(look));
        if (c->rung == before->rung || by_issue) continue;
        cr_assert_eq(c->rung, before->rung + 1, "%s", story_of(look));
        cr_assert(instant_is(look->before_said[c->standing]), "the rung before was said: %s", story_of(look));
        if (strcmp(c->cause, "promise_broken") == 0) continue;
        cr_assert_neq(before->state, ALERT_PROMISED, "%s", story_of(look));
        int over = calendar_working_between(NULL, instant_day(look->before_said[c->standing]), instant_day(look->now));
        cr_assert_geq(over, (int)days[before->rung], "%s", story_of(look));
    }
}
Test(alert_laws, each_rung_once_and_never_before_its_working_days) {
    for_all(&(struct law){.look = law_rungs});
}

static void law_done(const struct look *look) {
    if (look->assessment->state != STATE_DONE) return;
    for (size_t i = 0; i < look->store->row_count; i++)
        cr_assert(!stands(&look->store->rows[i]) || strcmp(look->store->rows[i].rule, "correction") == 0, "%s of %s",
                  look->store->rows[i].key, story_of(look));
}
static void say_done(const struct look *look, const struct store *store, const struct notice *n) {
    (void)store;
    cr_assert(look->assessment->state != STATE_DONE || n->rule == ALERT_CORRECTION, "%s", story_of(look));
}
Test(alert_laws, nothing_stands_and_nothing_is_said_of_what_is_done) {
    for_all(&(struct law){.look = law_done, .say = say_done});
}

static void say_route(const struct look *look, const struct store *store, const struct notice *n) {
    (void)store;
    struct recipients to;
    bool red = n->rule == ALERT_REVIEW || n->rule == ALERT_CORRECTION || strcmp(n->step, "yellow_card") == 0 ||
               strcmp(n->step, "red_card") == 0;
    route_cell(&look->tale->p.plan, n->rule, n->step, &look->tale->p.cells[QINGCHUAN], &to);
    cr_assert_gt(to.count, 0);
    for (size_t i = 0; i < to.count && red; i++)
        cr_assert_str_eq(to.keys[i], "office", "%s %s", n->key, story_of(look));
}
Test(alert_laws, no_unreleased_red_and_no_proposal_leaves_the_office) {
    for_all(&(struct law){.say = say_route});
}

static void law_ends(const struct look *look) {
    for (size_t i = 0; i < look->store->row_count; i++) {
        const struct row *row = &look->store->rows[i];
        struct day end;
        if (is(row, "suppressed") && strcmp(row->cause, "muted") == 0) {
            cr_assert(is_muted(look, row->rule, row->opened_ms, &end), "%s %s", row->key, story_of(look));
            if (day_is(end)) cr_assert_leq(look->store->next.ms, day_end(end).ms, "%s", story_of(look));
        }
        if (!is(row, "promised")) continue;
        struct day by = DAY_NONE;
        for (size_t k = 0; k < row->answer_count; k++)
            if (row->answers[k].outcome == PROMISE_STANDING) by = row->answers[k].by_day;
        cr_assert(day_is(by), "%s", story_of(look));
        cr_assert(look->now.ms < day_end(by).ms || look->assessment->state == STATE_AWAITING_FINAL, "%s",
                  story_of(look));
        if (look->now.ms < day_end(by).ms) cr_assert_leq(look->store->next.ms, day_end(by).ms, "%s", story_of(look));
    }
}
Test(alert_laws, mutes_and_promises_always_end) {
    for_all(&(struct law){.look = law_ends});
}

/* The newest day named holds, and while it does nothing is asked further. */
static void law_answered(const struct look *look) {
    for (size_t i = 0; i < look->store->row_count; i++) {
        const struct row *row = &look->store->rows[i];
        size_t standing = 0;
        for (size_t k = 0; stands(row) && k < row->answer_count; k++) {
            const struct alert_answer *a = &row->answers[k];
            if (a->outcome != PROMISE_STANDING) continue;
            standing++;
            cr_assert(is(row, "promised") || is(row, "suppressed"), "%s %s", row->key, story_of(look));
        }
        cr_assert_leq(standing, 1, "%s %s", row->key, story_of(look));
    }
    for (size_t i = 0; i < look->changes->count; i++) {
        const struct alert_change *c = &look->changes->items[i];
        if (c->to == ALERT_PROMISED) cr_assert(!c->say, "%s", story_of(look));
    }
}
Test(alert_laws, an_answered_alert_escalates_only_when_its_promise_fails) {
    for_all(&(struct law){.look = law_answered});
}

/* A card is a person's word: it is said, and so is that it was taken back. */
static void law_cards(const struct look *look) {
    for (size_t i = 0; look->foretold && i < look->tale->p.count; i++) {
        const struct cell_event *event = &look->tale->p.events[i];
        if (event->kind != EVENT_ISSUE || event->known_at.ms != look->now.ms) continue;
        for (size_t k = 0; k < look->before_count; k++) {
            const struct alert *alert = &look->before[k];
            bool leads_to_one = alert->rule == ALERT_OVERDUE || alert->rule == ALERT_SLIPPING;
            const struct row *row = standing_row(look->store, alert->rule);
            if (leads_to_one && row && strcmp(row->key, alert->key) == 0)
                cr_assert(waits(look->store, row, "issued"), "%s", story_of(look));
        }
    }
}
Test(alert_laws, every_card_is_said) {
    for_all(&(struct law){.look = law_cards});
}

static void law_foretold(const struct look *look) {
    if (look->foretold) return;
    cr_assert_eq(look->changes->count, 0, "%s: %s", story_of(look),
                 look->changes->count ? look->changes->items[0].cause : "");
    cr_assert_eq(look->changes->answer_count, 0);
}
Test(alert_laws, nothing_changes_but_at_an_instant_that_was_foretold) {
    for_all(&(struct law){.look = law_foretold});
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct notice *)a)->key, ((const struct notice *)b)->key);
}
Test(alert_laws, whoever_looks_how_often_says_the_same) {
    struct store *calm = malloc(sizeof *calm), *disturbed = malloc(sizeof *disturbed);
    cr_assert(calm && disturbed);
    size_t said = 0, rungs = 0;
    for (uint32_t seed = 0; seed < STORIES; seed++) {
        struct tale *tale = draw_tale(seed);
        tell(tale, &(struct law){0}, false, seed, calm);
        tell(tale, &(struct law){0}, true, seed, disturbed);
        cr_assert_eq(calm->notice_count, disturbed->notice_count, "story %u", seed);
        qsort(calm->notices, calm->notice_count, sizeof calm->notices[0], by_key);
        qsort(disturbed->notices, disturbed->notice_count, sizeof calm->notices[0], by_key);
        for (size_t i = 0; i < calm->notice_count; i++) {
            const struct notice *a = &calm->notices[i], *b = &disturbed->notices[i];
            cr_assert_str_eq(a->key, b->key, "story %u", seed);
            cr_assert_eq(a->state, b->state, "story %u: %s", seed, a->key);
            cr_assert_eq(a->said_at.ms, b->said_at.ms, "story %u: %s", seed, a->key);
            said += a->state == NOTICE_SAID;
            rungs += a->state == NOTICE_SAID && strcmp(a->step, "urged") == 0;
        }
        free(tale);
    }
    cr_assert_gt(said, 200, "stories in which nothing happens prove nothing: %zu", said);
    cr_assert_gt(rungs, 20, "%zu", rungs);
    free(calm);
    free(disturbed);
}
