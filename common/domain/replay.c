#include "common/domain/replay.h"

#include <stdlib.h>
#include <string.h>

#include "common/domain/due.h"
#include "common/domain/replay_book.h"

enum { SETTLE_MS = 60000 }; /* a file's batches are assessed together: a cell is looked at a minute after */

/* A county whose part of a roll-up is judged anew only when it can have changed. */
struct part {
    size_t cell, known;
    struct assessment assessment;
    bool assessed;
};

struct teller {
    const struct replay_case *replayed;
    const struct cell *cell;
    const struct cell_events *own;
    struct part *parts; /* of a roll-up */
    struct assessment *lent;
    size_t part_count;
    struct instant *looks; /* that are known beforehand, in order */
    size_t look_count, look_at, answer_at;
    struct book book;
    struct instant now, next;
    size_t known; /* of own, before now */
    struct assessment assessment;
    bool assessed;
    enum light was; /* computed when it was last looked at */
    struct replay *out;
    bool failed;
};

static void teller_finish(struct teller *t) {
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].assessed) assessment_finish(&t->parts[i].assessment);
    if (t->assessed) assessment_finish(&t->assessment);
    book_finish(&t->book);
    free(t->parts);
    free(t->lent);
    free(t->looks);
}

/* --- when to look --- */

static int by_time(const void *a, const void *b) {
    const struct instant *first = a, *second = b;
    return (first->ms > second->ms) - (first->ms < second->ms);
}

static void add_looks(const struct cell_events *of, struct teller *t) {
    for (size_t i = 0; i < of->count; i++)
        t->looks[t->look_count++] = (struct instant){of->events[i].known_at.ms + SETTLE_MS};
}

static bool collect_looks(struct teller *t) {
    const struct replay_case *r = t->replayed;
    size_t count = t->own->count + r->answer_count + r->load_count;
    for (size_t i = 0; i < t->part_count; i++)
        count += r->events[t->parts[i].cell].count;
    t->looks = calloc(count + 1, sizeof *t->looks);
    if (!t->looks) return false;
    add_looks(t->own, t);
    for (size_t i = 0; i < t->part_count; i++)
        add_looks(&r->events[t->parts[i].cell], t);
    for (size_t i = 0; i < r->answer_count; i++)
        t->looks[t->look_count++] = (struct instant){r->answers[i].answer.known_at.ms + SETTLE_MS};
    for (size_t i = 0; i < r->load_count; i++)
        t->looks[t->look_count++] = r->loads[i];
    qsort(t->looks, t->look_count, sizeof *t->looks, by_time);
    return true;
}

static bool collect_parts(struct teller *t) {
    const struct plan *plan = t->replayed->plan;
    const struct target *target = &plan->targets[t->cell->target];
    if (!t->cell->rollup) return true;
    t->parts = calloc(target->cell_count + 1, sizeof *t->parts);
    t->lent = calloc(target->cell_count + 1, sizeof *t->lent);
    if (!t->parts || !t->lent) return false;
    for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++)
        if (!plan->cells[i].rollup) t->parts[t->part_count++].cell = i;
    return true;
}

/* --- the judgement --- */

static size_t known_before(const struct cell_events *of, struct instant before) {
    size_t low = 0, high = of->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (of->events[middle].known_at.ms < before.ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A county's judgement holds until its own next instant, or until there is news of it. */
static void judge_part(const struct assess_context *context, const struct replay_case *r, struct part *part) {
    const struct cell_events *of = &r->events[part->cell];
    size_t known = known_before(of, context->known_at);
    bool holds = part->assessed && part->known == known && part->assessment.next_check.ms > context->known_at.ms;
    if (holds) return;
    if (part->assessed) assessment_finish(&part->assessment);
    assess_cell(context, &r->plan->cells[part->cell], of->events, known, r->scratch, &part->assessment);
    part->assessed = true;
    part->known = known;
}

static void judge(struct teller *t) {
    const struct replay_case *r = t->replayed;
    struct assess_context context = {
        .plan = r->plan, .rules = r->rules, .known_at = t->now, .as_of = instant_day(t->now)};
    if (t->assessed) assessment_finish(&t->assessment);
    t->assessed = true;
    t->known = known_before(t->own, t->now);
    if (!t->cell->rollup) {
        assess_cell(&context, t->cell, t->own->events, t->known, r->scratch, &t->assessment);
        return;
    }
    for (size_t i = 0; i < t->part_count; i++) {
        judge_part(&context, r, &t->parts[i]);
        t->lent[i] = t->parts[i].assessment; /* borrowed for the call */
    }
    assess_rollup(&context, t->cell, t->lent, t->part_count, t->own->events, t->known, r->scratch, &t->assessment);
}

static struct alert_case case_now(const struct teller *t) {
    return (struct alert_case){.plan = t->replayed->plan,
                               .rules = t->replayed->rules,
                               .cell = t->cell,
                               .events = t->own->events,
                               .count = t->known,
                               .now = t->now};
}

static void wants_now(const struct teller *t, struct alert_wants *out) {
    alert_wants_cell(t->replayed->plan, t->replayed->rules, t->cell, t->own->events, t->known, &t->assessment, t->now,
                     out);
}

/* --- the reds --- */

static bool is_red(const struct assessment *a) {
    return a->computed_light == LIGHT_RED || a->proposed == LIGHT_RED;
}

static void note_red(struct teller *t) {
    struct replay *out = t->out;
    struct replay_red *last = out->red_count ? &out->reds[out->red_count - 1] : NULL;
    bool stands = last && !instant_is(last->until), red = is_red(&t->assessment);
    if (stands && !red) last->until = t->now;
    if (stands || !red) return;
    if (out->red_count == out->red_capacity) {
        size_t capacity = out->red_capacity ? 2 * out->red_capacity : 8;
        struct replay_red *grown = realloc(out->reds, capacity * sizeof *grown);
        if (!grown) {
            t->failed = true;
            return;
        }
        out->reds = grown;
        out->red_capacity = capacity;
    }
    out->reds[out->red_count++] = (struct replay_red){t->now, INSTANT_NONE};
}

/* --- one instant --- */

static void look(struct teller *t) {
    const struct replay_case *r = t->replayed;
    struct alert standing[BOOK_STANDING_MAX];
    size_t rows[BOOK_STANDING_MAX];
    struct alert_wants wants;
    struct alert_changes changes;
    judge(t);
    wants_now(t, &wants);
    size_t count = book_standing(&t->book, standing, rows);
    struct alert_case judged = case_now(t);
    struct alert_over over = {.now = &t->assessment, .was = t->was, .events = t->own->events, .count = t->known};
    alert_life(&judged, &wants, standing, count, alert_over_cell, &over, &changes);
    t->next = due_earlier(due_cell(r->plan, r->rules, t->cell, t->own->events, t->known, &t->assessment, t->now),
                          alert_life_next(&judged, &wants, standing, count, &changes));
    book_take(&t->book, &judged, &wants, standing, rows, &changes);
    t->was = t->assessment.computed_light;
    note_red(t);
}

/* Answers find their alert after the instant's own look; then the cell is looked at again. */
static bool take_answers(struct teller *t) {
    const struct replay_case *r = t->replayed;
    bool any = false;
    for (; t->answer_at < r->answer_count; t->answer_at++) {
        const struct replay_answer *given = &r->answers[t->answer_at];
        if (given->answer.known_at.ms + SETTLE_MS > t->now.ms) break;
        if (book_answer(&t->book, given->rule, &given->answer)) any = true;
    }
    return any;
}

static void say(struct teller *t) {
    struct alert_wants wants;
    judge(t);
    wants_now(t, &wants);
    struct alert_case judged = case_now(t);
    t->next = due_earlier(t->next, book_window(&t->book, &judged, &wants));
}

static bool foreseen(struct teller *t) {
    bool any = false;
    for (; t->look_at < t->look_count && t->looks[t->look_at].ms <= t->now.ms; t->look_at++)
        any = true;
    return any;
}

static void tell(struct teller *t) {
    const struct replay_case *r = t->replayed;
    t->now = t->next = r->loads[0]; /* what is known of before is seen then */
    while (instant_is(t->now) && t->now.ms <= r->until.ms && !t->failed && !t->book.failed) {
        bool own = instant_is(t->next) && t->next.ms <= t->now.ms;
        if (foreseen(t) || own) {
            look(t);
            if (take_answers(t)) look(t);
        }
        struct instant window = book_window_next(&t->book);
        if (instant_is(window) && window.ms <= t->now.ms) say(t);
        struct instant then = due_earlier(t->next, book_window_next(&t->book));
        if (t->look_at < t->look_count) then = due_earlier(then, t->looks[t->look_at]);
        t->now = then;
    }
}

/* --- what is handed out --- */

static int by_window(const void *a, const void *b) {
    const struct replay_said *first = a, *second = b;
    if (first->window.ms != second->window.ms) return first->window.ms < second->window.ms ? -1 : 1;
    if (first->alert != second->alert) return first->alert < second->alert ? -1 : 1;
    return strcmp(first->recipient, second->recipient);
}

static bool hand_out(const struct book *book, struct replay *out) {
    out->said = calloc(book->notice_count + 1, sizeof *out->said);
    out->alerts = calloc(book->alert_count + 1, sizeof *out->alerts);
    if (!out->said || !out->alerts) return false;
    for (size_t i = 0; i < book->notice_count; i++) {
        const struct book_notice *n = &book->notices[i];
        if (n->state != BOOK_SAID) continue;
        struct replay_said *said = &out->said[out->said_count++];
        *said = (struct replay_said){.alert = n->alert, .window = n->window};
        memcpy(said->step, n->step, sizeof said->step);
        memcpy(said->recipient, n->recipient, sizeof said->recipient);
        memcpy(said->meant_for, n->meant_for, sizeof said->meant_for);
    }
    qsort(out->said, out->said_count, sizeof *out->said, by_window);
    for (size_t i = 0; i < book->alert_count; i++) {
        const struct book_alert *kept = &book->alerts[i];
        struct replay_alert *alert = &out->alerts[out->alert_count++];
        *alert = (struct replay_alert){.rule = kept->alert.rule,
                                       .opened_at = kept->alert.opened_at,
                                       .ended_at = kept->ended_at,
                                       .back_filled = kept->back_filled};
        memcpy(alert->key, kept->alert.key, sizeof alert->key);
        memcpy(alert->cause, kept->alert.cause, sizeof alert->cause);
    }
    return true;
}

static void teller_start(struct teller *t, const struct replay_case *replayed, struct replay *out) {
    *t = (struct teller){.replayed = replayed,
                         .cell = &replayed->plan->cells[replayed->cell],
                         .own = &replayed->events[replayed->cell],
                         .book.first_loaded = replayed->loads[0],
                         .out = out};
    if (!collect_parts(t) || !collect_looks(t)) t->failed = true;
}

bool replay_cell(const struct replay_case *replayed, struct replay *out) {
    struct teller t;
    *out = (struct replay){0};
    teller_start(&t, replayed, out);
    if (!t.failed) tell(&t);
    bool whole = !t.failed && !t.book.failed && hand_out(&t.book, out);
    teller_finish(&t);
    return whole;
}

void replay_finish(struct replay *replay) {
    free(replay->said);
    free(replay->alerts);
    free(replay->reds);
    *replay = (struct replay){0};
}

/* --- what became of it --- */

static void judge_as_of(struct teller *t, struct day as_of) {
    const struct replay_case *r = t->replayed;
    struct assess_context context = {.plan = r->plan, .rules = r->rules, .known_at = {r->until.ms + 1}, .as_of = as_of};
    if (t->assessed) assessment_finish(&t->assessment);
    t->assessed = true;
    size_t known = known_before(t->own, context.known_at);
    if (!t->cell->rollup) {
        assess_cell(&context, t->cell, t->own->events, known, r->scratch, &t->assessment);
        return;
    }
    for (size_t i = 0; i < t->part_count; i++) {
        if (t->parts[i].assessed) assessment_finish(&t->parts[i].assessment);
        t->parts[i].assessed = false;
        judge_part(&context, r, &t->parts[i]);
        t->lent[i] = t->parts[i].assessment;
    }
    assess_rollup(&context, t->cell, t->lent, t->part_count, t->own->events, known, r->scratch, &t->assessment);
}

bool replay_outcome(const struct replay_case *replayed, enum replay_outcome *out, struct day *due) {
    struct teller t;
    *out = REPLAY_OPEN;
    *due = DAY_NONE;
    teller_start(&t, replayed, NULL);
    if (!t.failed) {
        judge_as_of(&t, instant_day(replayed->until));
        enum cell_state state = t.assessment.state;
        bool waits = state == STATE_AWAITING_FINAL || state == STATE_NO_ROLLUP;
        bool owed = state != STATE_NO_TASK && state != STATE_WORDS;
        *due = t.assessment.due;
        if (owed && day_is(*due) && day_end(*due).ms <= replayed->until.ms) {
            judge_as_of(&t, *due);
            bool met = t.assessment.state == STATE_DONE || t.assessment.state == STATE_HOLDING;
            *out = met ? REPLAY_MET : waits ? REPLAY_OPEN : REPLAY_MISSED;
        }
    }
    bool whole = !t.failed;
    teller_finish(&t);
    return whole;
}
