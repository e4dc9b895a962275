/* Random stories of one cell, and how they are told: a year and a half of reports, silence, falls that are held,
 * extensions, releases, mutes, cards, answers and what is taken back of them; a store of rows and notices; an evaluator
 * that looks when it said it would, or several that take turns. Included once a test. */
#ifndef DUBAN_TESTS_ALERT_STORY_H
#define DUBAN_TESTS_ALERT_STORY_H

#include <stdlib.h>

#include "common/domain/due.h"
#include "common/domain/route.h"
#include "tests/unit/domain/office.h"

enum { STANDING_MAX = 16, NOTICES_MAX = 256, ANSWERS_MAX = 64, ROWS_MAX = 64, STORIES = 60 };
static const char FIRST_DAY[] = "2021-01-01", LAST_DAY[] = "2022-09-30";

/* --- chance --- */

struct chance {
    uint64_t state;
};
static inline uint32_t draw(struct chance *chance, uint32_t below) {
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return (uint32_t)((chance->state >> 11) % below);
}

/* --- a story: what happens to a cell, drawn once --- */

struct reply {
    struct instant at;
    struct day by;
};
struct tale {
    struct programme p;
    struct reply replies[ANSWERS_MAX];
    size_t reply_count;
    bool aspire;
};

static inline int by_time(const void *a, const void *b) {
    const struct cell_event *first = a, *second = b;
    if (first->known_at.ms != second->known_at.ms) return first->known_at.ms < second->known_at.ms ? -1 : 1;
    return first->seq < second->seq ? -1 : first->seq > second->seq;
}

static inline const char *moment(struct day day, uint32_t minute) {
    static char text[40];
    char date[DAY_TEXT_MAX];
    day_print(day, date);
    (void)snprintf(text, sizeof text, "%sT%02u:%02u:00+08:00", date, minute / 60, minute % 60);
    return text;
}
static inline const char *number_text(uint32_t tenths) {
    static char text[24];
    (void)snprintf(text, sizeof text, "%u.%u", tenths / 10, tenths % 10);
    return text;
}

/* Month after month: nothing, a figure in time or late, now and then a fall without a reason (held) that the office
 * confirms, or a reason mends. */
static inline void draw_reports(struct tale *tale, struct chance *chance) {
    struct programme *p = &tale->p;
    uint32_t value = 0, eager = 15 + draw(chance, 60); /* tenths of a kilometre a month, of the 51.7 it would take */
    for (int month = 1; month <= 18; month++) {
        struct day first;
        cr_assert(day_make(2021 + (month - 1) / 12, (month - 1) % 12 + 1, 1, &first));
        struct day last = {first.n + 27};
        if (draw(chance, 100) < 18) continue; /* silent */
        value += draw(chance, 2 * eager);
        if (draw(chance, 10) == 0) value += eager * 3;
        char as_of[DAY_TEXT_MAX];
        day_print(last, as_of);
        struct day known = {last.n + 1 + (int32_t)draw(chance, 14)};
        uint32_t said = value > 620 ? 620 : value;
        bool falls = draw(chance, 100) < 8 && value > 60;
        struct cell_event *event =
            report(p, number_text(falls ? said - 50 : said), as_of, moment(known, draw(chance, 1440)));
        if (!falls || draw(chance, 3) == 0) continue;
        (void)decide(p, EVENT_CONFIRM,
                     moment((struct day){known.n + 1 + (int32_t)draw(chance, 12)}, draw(chance, 1440)), event, NULL);
        value -= 50;
    }
}

static inline void draw_decisions(struct tale *tale, struct chance *chance) {
    static const char *const rules[] = {NULL, "slipping", "overdue", "due_soon"};
    static const char *const levels[] = {"yellow_card", "red_card", "circular"};
    struct programme *p = &tale->p;
    for (uint32_t i = 2 + draw(chance, 6); i > 0; i--) {
        struct day day = {on("2021-05-01").n + (int32_t)draw(chance, 420)};
        char known[40], until[DAY_TEXT_MAX];
        (void)snprintf(known, sizeof known, "%s", moment(day, draw(chance, 1440)));
        day_print((struct day){day.n + 5 + (int32_t)draw(chance, 40)}, until);
        struct cell_event *event = NULL;
        switch (draw(chance, 6)) {
        case 0:
            event = mute(p, rules[draw(chance, 4)], until, known);
            break;
        case 1:
            event = mute(p, rules[draw(chance, 4)], NULL, known);
            break;
        case 2:
            event = issue(p, levels[draw(chance, 3)], known);
            if (draw(chance, 2)) /* and another one soon after */
                (void)issue(p, levels[draw(chance, 3)],
                            moment((struct day){day.n + 1 + (int32_t)draw(chance, 20)}, draw(chance, 1440)));
            break;
        case 3:
            event = decide(p, EVENT_EXTENSION, known, NULL, draw(chance, 2) ? "2022-03-31" : "2022-05-31");
            break;
        default:
            event = decide(p, EVENT_RELEASE, known, NULL, NULL);
            break;
        }
        if (draw(chance, 3) == 0)
            (void)take_back(p, event->uid,
                            moment((struct day){day.n + 1 + (int32_t)draw(chance, 30)}, draw(chance, 1440)));
    }
}

static inline void draw_replies(struct tale *tale, struct chance *chance) {
    for (uint32_t i = draw(chance, 10); i > 0; i--) {
        struct day day = {on("2021-03-01").n + (int32_t)draw(chance, 500)};
        tale->replies[tale->reply_count++] =
            (struct reply){at(moment(day, draw(chance, 1440))),
                           draw(chance, 3) == 0 ? DAY_NONE : (struct day){day.n + (int32_t)draw(chance, 45)}};
    }
}

static inline struct tale *draw_tale(uint32_t seed) {
    struct chance chance = {0x9e3779b97f4a7c15u * (seed + 1)};
    struct tale *tale = calloc(1, sizeof *tale);
    cr_assert(tale);
    windows_start(&tale->p);
    tale->aspire = draw(&chance, 8) == 0;
    if (tale->aspire) tale->p.target.firmness = FIRM_ASPIRE;
    draw_reports(tale, &chance);
    draw_decisions(tale, &chance);
    draw_replies(tale, &chance);
    /* `more` stays where it is: only the events are put in commit order */
    qsort(tale->p.events, tale->p.count, sizeof tale->p.events[0], by_time);
    return tale;
}

/* --- the store: rows of words and numbers, nothing else survives --- */

struct row {
    char rule[24], state[16], key[ALERT_KEY_MAX], step[24], cause[24];
    int64_t opened_ms, changed_ms, rung_ms, said_ms;
    int rung, issued;
    struct alert_answer answers[ANSWERS_MAX];
    size_t answer_count;
    /* what the laws look at */
    struct instant really_said; /* the window that said its present rung */
};
enum notice_state { NOTICE_WAITING, NOTICE_SAID, NOTICE_DROPPED };
struct notice {
    char key[ALERT_KEY_MAX + 64], alert[ALERT_KEY_MAX], step[24];
    enum alert_rule rule;
    struct instant not_before, said_at;
    enum notice_state state;
};
struct store {
    struct row rows[ROWS_MAX];
    size_t row_count;
    struct notice notices[NOTICES_MAX];
    size_t notice_count;
    struct instant next;
};

static inline void load(const struct row *row, struct alert *out) {
    *out = (struct alert){.id = 1,
                          .period = DAY_NONE,
                          .opened_at = {row->opened_ms},
                          .changed_at = {row->changed_ms},
                          .rung_at = {row->rung_ms},
                          .rung_said_at = {row->said_ms},
                          .rung = (enum alert_rung)row->rung,
                          .issued = (enum alert_rung)row->issued,
                          .answers = row->answers,
                          .answer_count = row->answer_count};
    cr_assert(alert_rule_find(slice_of(row->rule), &out->rule));
    cr_assert(alert_state_find(slice_of(row->state), &out->state));
    memcpy(out->key, row->key, sizeof out->key);
    memcpy(out->step, row->step, sizeof out->step);
    memcpy(out->cause, row->cause, sizeof out->cause);
}
static inline void keep(const struct alert *alert, struct row *row) {
    (void)snprintf(row->rule, sizeof row->rule, "%s", alert_rule_name(alert->rule));
    (void)snprintf(row->state, sizeof row->state, "%s", alert_state_name(alert->state));
    memcpy(row->key, alert->key, sizeof row->key);
    memcpy(row->step, alert->step, sizeof row->step);
    memcpy(row->cause, alert->cause, sizeof row->cause);
    row->opened_ms = alert->opened_at.ms;
    row->changed_ms = alert->changed_at.ms;
    row->rung_ms = alert->rung_at.ms;
    row->said_ms = alert->rung_said_at.ms;
    row->rung = (int)alert->rung;
    row->issued = (int)alert->issued;
}
static inline bool stands(const struct row *row) {
    return strcmp(row->state, "resolved") != 0;
}

/* A notice is said once; one that was dropped may wait again. */
static inline void notice(struct store *store, const struct row *row, const char *step, size_t decision,
                          struct instant not_before) {
    char key[ALERT_KEY_MAX + 64];
    (void)snprintf(key, sizeof key, "%s|%lld|%s|%d", row->key, (long long)row->opened_ms, step,
                   decision == NO_INDEX ? -1 : (int)decision);
    struct notice *n = NULL;
    for (size_t i = 0; i < store->notice_count && !n; i++)
        if (strcmp(store->notices[i].key, key) == 0) n = &store->notices[i];
    if (n && n->state != NOTICE_DROPPED) return;
    if (!n) {
        cr_assert_lt(store->notice_count, NOTICES_MAX);
        n = &store->notices[store->notice_count++];
    }
    *n = (struct notice){.not_before = not_before, .said_at = INSTANT_NONE};
    memcpy(n->key, key, sizeof key);
    memcpy(n->alert, row->key, sizeof n->alert);
    (void)snprintf(n->step, sizeof n->step, "%s", step);
    cr_assert(alert_rule_find(slice_of(row->rule), &n->rule));
}
static inline bool is_of_a_card(const struct notice *n) {
    return strcmp(n->step, "issued") == 0 || strcmp(n->step, "withdrawn") == 0;
}
static inline bool is_of_a_rung(const struct notice *n) {
    return strcmp(n->step, "urged") == 0 || strcmp(n->step, "yellow_card") == 0 || strcmp(n->step, "red_card") == 0;
}
/* Who has answered is not urged, but hears what else is new. */
static inline void drop_waiting(struct store *store, const struct row *row) {
    bool promised = strcmp(row->state, "promised") == 0;
    for (size_t i = 0; i < store->notice_count; i++) {
        struct notice *n = &store->notices[i];
        if (strcmp(n->alert, row->key) == 0 && n->state == NOTICE_WAITING && !is_of_a_card(n) &&
            (!promised || is_of_a_rung(n)))
            n->state = NOTICE_DROPPED;
    }
}

/* --- one telling of a story --- */

struct look {
    const struct tale *tale;
    struct instant now;
    const struct assessment *assessment;
    const struct alert_case *judged;
    const struct alert_wants *wants;
    const struct alert *before;
    size_t before_count;
    struct instant before_said[STANDING_MAX]; /* the window that really said the rung of each */
    const struct alert_changes *changes;
    const struct store *store; /* after */
    bool foretold;             /* something happened or it was said that it would be looked at now */
};
/* Called after every look and for every notice that is said. Either may be NULL. */
struct law {
    void (*look)(const struct look *look);
    void (*say)(const struct look *look, const struct store *store, const struct notice *notice);
};
struct telling {
    struct tale *tale;
    struct store *store;
    struct assess_scratch *scratch;
    const struct law *law;
    bool disturbed;
    struct chance chance;
    struct look look; /* of the newest, for those who say */
    struct assessment assessment;
    struct alert_wants wants;
    struct alert_changes changes;
    struct alert_case judged;
    struct alert standing[STANDING_MAX];
    struct row *rows[STANDING_MAX];
};

static inline struct row *write_change(struct telling *t, const struct alert_change *change) {
    const struct alert *standing = change->standing == NO_INDEX ? NULL : &t->standing[change->standing];
    const struct alert_want *want = change->want == NO_INDEX ? NULL : &t->wants.items[change->want];
    struct alert after;
    alert_after(&t->judged, standing, want, change, &after);
    struct row *row = standing ? t->rows[change->standing] : NULL;
    if (!row) {
        cr_assert_lt(t->store->row_count, ROWS_MAX);
        row = &t->store->rows[t->store->row_count++];
        *row = (struct row){.really_said = INSTANT_NONE};
    }
    if (!standing || change->rung != standing->rung) row->really_said = INSTANT_NONE;
    keep(&after, row);
    return row;
}

static inline void write_changes(struct telling *t) {
    for (size_t i = 0; i < t->changes.count; i++) {
        const struct alert_change *c = &t->changes.items[i];
        const struct row *row = write_change(t, c);
        if (c->to != ALERT_OPEN) drop_waiting(t->store, row);
        struct instant window = due_window(&t->tale->p.plan, t->judged.now);
        if (c->say) notice(t->store, row, c->step, NO_INDEX, window);
        if (c->also) notice(t->store, row, c->also, c->decision, window);
    }
    for (size_t i = 0; i < t->changes.answer_count; i++) {
        const struct answer_change *a = &t->changes.answers[i];
        t->rows[a->standing]->answers[a->answer].outcome = a->outcome;
    }
}

static inline void look_once(struct telling *t, struct instant now, bool foretold) {
    struct programme *p = &t->tale->p;
    const struct cell *cell = &p->cells[QINGCHUAN];
    struct assess_context context = {&p->plan, NULL, {now.ms + 1}, instant_day(now)};
    assessment_finish(&t->assessment);
    assess_cell(&context, cell, p->events, p->count, t->scratch, &t->assessment);
    alert_wants_cell(&p->plan, NULL, cell, p->events, p->count, &t->assessment, now, &t->wants);
    size_t count = 0;
    for (size_t i = 0; i < t->store->row_count; i++) {
        if (!stands(&t->store->rows[i])) continue;
        cr_assert_lt(count, STANDING_MAX);
        t->rows[count] = &t->store->rows[i];
        load(&t->store->rows[i], &t->standing[count++]);
    }
    t->judged = (struct alert_case){&p->plan, NULL, cell, NULL, p->events, p->count, now};
    struct alert_over over = {&t->assessment, LIGHT_NONE, p->events, p->count};
    alert_life(&t->judged, &t->wants, t->standing, count, alert_over_cell, &over, &t->changes);
    t->store->next = due_earlier(due_cell(&p->plan, NULL, cell, p->events, p->count, &t->assessment, now),
                                 alert_life_next(&t->judged, &t->wants, t->standing, count, &t->changes));
    cr_assert(!instant_is(t->store->next) || t->store->next.ms > now.ms, "the next look is later");
    t->look = (struct look){.tale = t->tale,
                            .now = now,
                            .assessment = &t->assessment,
                            .judged = &t->judged,
                            .wants = &t->wants,
                            .before = t->standing,
                            .before_count = count,
                            .changes = &t->changes,
                            .store = t->store,
                            .foretold = foretold};
    for (size_t i = 0; i < count; i++)
        t->look.before_said[i] = t->rows[i]->really_said;
    write_changes(t);
    if (t->law->look) t->law->look(&t->look);
}

/* One look, or more of them by whoever comes: the second finds nothing left to do. */
static inline void look_at(struct telling *t, struct instant now, bool foretold) {
    look_once(t, now, foretold);
    if (!t->disturbed || draw(&t->chance, 3) > 0) return;
    look_once(t, now, false);
    cr_assert_eq(t->changes.count, 0, "who comes second finds nothing to change: %s",
                 t->changes.count ? t->changes.items[0].cause : "");
    cr_assert_eq(t->changes.answer_count, 0);
}

static inline bool is_called_for(const struct telling *t, const struct row *row) {
    for (size_t i = 0; i < t->wants.count; i++)
        if (strcmp(alert_rule_name(t->wants.items[i].rule), row->rule) == 0)
            return !t->wants.items[i].inhibit && !t->wants.items[i].stands_only;
    return false;
}

static inline struct row *row_of(struct store *store, const char *key) {
    for (size_t i = store->row_count; i-- > 0;)
        if (strcmp(store->rows[i].key, key) == 0) return &store->rows[i];
    return NULL;
}

/* A window of the office's day: what waits and is still true is said. */
static inline bool say_waiting(struct telling *t, struct instant now) {
    bool said = false;
    for (size_t i = 0; i < t->store->notice_count; i++) {
        struct notice *n = &t->store->notices[i];
        if (n->state != NOTICE_WAITING || n->not_before.ms > now.ms) continue;
        struct row *row = row_of(t->store, n->alert);
        if (!row || !stands(row) ||
            (!is_of_a_card(n) && (strcmp(row->state, "suppressed") == 0 || !is_called_for(t, row)))) {
            n->state = NOTICE_DROPPED;
            continue;
        }
        n->state = NOTICE_SAID;
        n->said_at = now;
        if (!is_of_a_card(n)) row->said_ms = (row->really_said = now).ms;
        if (is_of_a_card(n) && row->said_ms == INSTANT_NONE.ms) row->said_ms = (row->really_said = now).ms;
        if (t->law->say) t->law->say(&t->look, t->store, n);
        said = true;
    }
    return said;
}

static inline struct instant next_waiting(const struct store *store) {
    struct instant next = INSTANT_NONE;
    for (size_t i = 0; i < store->notice_count; i++)
        if (store->notices[i].state == NOTICE_WAITING) next = due_earlier(next, store->notices[i].not_before);
    return next;
}

/* An answer is about what was said of the cell and stands. */
static inline void take_reply(struct telling *t, const struct reply *reply, size_t index) {
    for (size_t i = 0; i < t->store->row_count; i++) {
        struct row *row = &t->store->rows[i];
        if (!stands(row) || row->said_ms == INSTANT_NONE.ms) continue;
        cr_assert_lt(row->answer_count, ANSWERS_MAX);
        row->answers[row->answer_count++] =
            (struct alert_answer){.reply = (int64_t)index + 1,
                                  .uid = {0xee, (uint8_t)index},
                                  .known_at = reply->at,
                                  .by_day = reply->by,
                                  .outcome = day_is(reply->by) ? PROMISE_STANDING : ANSWERED};
    }
}

static inline struct instant next_event(const struct tale *tale, struct instant after) {
    struct instant next = INSTANT_NONE;
    for (size_t i = 0; i < tale->p.count; i++)
        if (tale->p.events[i].known_at.ms > after.ms) next = due_earlier(next, tale->p.events[i].known_at);
    for (size_t i = 0; i < tale->reply_count; i++)
        if (tale->replies[i].at.ms > after.ms) next = due_earlier(next, tale->replies[i].at);
    return next;
}

static inline void tell(struct tale *tale, const struct law *law, bool disturbed, uint32_t seed, struct store *store) {
    struct telling t = {.tale = tale,
                        .store = store,
                        .scratch = assess_scratch_create(),
                        .law = law,
                        .disturbed = disturbed,
                        .chance = {0xda942042e4dd58b5u * (seed + 3)}};
    *store = (struct store){0};
    struct instant now = day_start(on(FIRST_DAY)), end = day_start(on(LAST_DAY));
    look_at(&t, now, true);
    while (now.ms < end.ms) {
        struct instant event = next_event(tale, now), waiting = next_waiting(store), due = store->next;
        struct instant next = due_earlier(due_earlier(event, due), waiting);
        cr_assert(instant_is(next));
        if (disturbed && next.ms - now.ms > MS_MINUTE && draw(&t.chance, 4) == 0) { /* someone looks in between */
            now.ms += 1 + (int64_t)draw(&t.chance, (uint32_t)((next.ms - now.ms - 1) / 1000)) * 1000;
            look_at(&t, now, false);
            continue;
        }
        bool foretold = (instant_is(event) && event.ms <= next.ms) || (instant_is(due) && due.ms <= next.ms);
        now = next;
        for (size_t i = 0; i < tale->reply_count; i++)
            if (tale->replies[i].at.ms == now.ms) take_reply(&t, &tale->replies[i], i);
        look_at(&t, now, foretold);
        if (say_waiting(&t, now)) look_at(&t, now, false); /* the window wakes whose rung it said */
    }
    assessment_finish(&t.assessment);
    assess_scratch_destroy(&t.scratch);
}

/* Every story, told in order and disturbed. */
static inline void for_all(const struct law *law) {
    struct store *store = malloc(sizeof *store);
    cr_assert(store);
    for (uint32_t seed = 0; seed < STORIES; seed++) {
        struct tale *tale = draw_tale(seed);
        tell(tale, law, false, seed, store);
        tell(tale, law, true, seed, store);
        free(tale);
    }
    free(store);
}

#endif
