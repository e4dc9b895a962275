#include "services/board/document_alert.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert_answers.h"
#include "common/domain/route.h"
#include "common/report/json.h"
#include "common/report/list_json.h"
#include "common/report/words.h"

enum { ANSWERS_MAX = 64 }; /* of one alert that are weighed: the newest */

/* --- answers --- */

static int by_alert(const void *left, const void *right) {
    const struct answer_row *a = *(const struct answer_row *const *)left, *b = *(const struct answer_row *const *)right;
    if (a->alert != b->alert) return a->alert < b->alert ? -1 : 1;
    if (a->known_at.ms != b->known_at.ms) return a->known_at.ms < b->known_at.ms ? -1 : 1;
    return (a->reply > b->reply) - (a->reply < b->reply);
}

bool answer_index_make(const struct facts *facts, struct answer_index *out) {
    const struct answer_rows *rows = &facts->morning.sent.answers;
    *out = (struct answer_index){.items = calloc(rows->count + 1, sizeof *out->items)};
    if (!out->items) return false;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].alert) out->items[out->count++] = &rows->items[i];
    qsort(out->items, out->count, sizeof *out->items, by_alert);
    return true;
}

void answer_index_finish(struct answer_index *index) {
    free(index->items);
    *index = (struct answer_index){0};
}

static size_t answers_of(const struct answer_index *index, int64_t alert, const struct answer_row *const **first) {
    size_t low = 0, high = index->count, count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->items[middle]->alert < alert)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + count < index->count && index->items[low + count]->alert == alert)
        count++;
    *first = (const struct answer_row *const *)index->items + low;
    return count;
}

const struct answer_row *alert_promise_of(const struct answer_index *answers, int64_t alert) {
    const struct answer_row *const *rows;
    size_t count = answers_of(answers, alert, &rows);
    for (size_t i = count; i-- > 0;)
        if (day_is(rows[i]->by_day) && strcmp(rows[i]->outcome, "standing") == 0) return rows[i];
    return NULL;
}

/* --- whose it is --- */

/* The step of a notice that nobody but the office reads. */
static bool is_proposal(const char *step) {
    return strcmp(step, alert_rung_step(RUNG_YELLOW_CARD)) == 0 || strcmp(step, alert_rung_step(RUNG_RED_CARD)) == 0;
}

/* Outside the office nothing is said of a card before it is issued, nor of a red before it is released. */
static void soften(const struct sight *sight, struct seen_alert *alert) {
    if (sight->whole) return;
    enum alert_rung issued = (enum alert_rung)alert->row->issued;
    if (alert->rung > RUNG_URGED && issued < alert->rung) alert->rung = issued > RUNG_URGED ? issued : RUNG_URGED;
    if (is_proposal(alert->step)) alert->step = alert_rung_step(RUNG_URGED);
    if (alert->cell != NO_INDEX && sight_hides(sight, alert->cell) && strcmp(alert->step, "red") == 0)
        alert->step = "yellow";
}

static bool is_visible(const struct sight *sight, const struct seen_alert *alert) {
    if (sight->scope->role == ROLE_PUBLIC) return false;
    if (!sight->whole && route_is_private(alert->rule, NULL)) return false;
    if (alert->cell != NO_INDEX) return sight_sees(sight, alert->cell);
    if (alert->stream) return scope_sees_stream(sight->scope, sight->view, alert->stream->name);
    return sight->whole;
}

bool alert_seen(const struct sight *sight, const struct alert_row *row, struct seen_alert *out) {
    const struct plan *plan = sight->plan;
    *out = (struct seen_alert){.row = row,
                               .said = board_standing_of(&sight->facts->standing, row->id),
                               .cell = NO_INDEX,
                               .stream = *row->stream ? streams_find(&sight->view->streams, slice_of(row->stream)) : NULL,
                               .rung = (enum alert_rung)row->rung,
                               .step = row->step};
    if (!alert_rule_find(slice_of(row->rule), &out->rule)) return false;
    size_t target = *row->target ? plan_find_target(plan, slice_of(row->target)) : NO_INDEX;
    size_t area = *row->area ? plan_find_area(plan, slice_of(row->area)) : NO_INDEX;
    if (target != NO_INDEX && area != NO_INDEX) out->cell = plan_find_cell(plan, target, area);
    if (*row->target && out->cell == NO_INDEX) return sight->whole; /* of a cell that the plan has no more */
    soften(sight, out);
    return is_visible(sight, out);
}

/* --- what comes next --- */

static size_t take_answers(const struct answer_index *index, int64_t alert, struct alert_answer out[ANSWERS_MAX]) {
    const struct answer_row *const *rows;
    size_t all = answers_of(index, alert, &rows), count = 0;
    for (size_t i = all > ANSWERS_MAX ? all - ANSWERS_MAX : 0; i < all; i++) {
        struct alert_answer *answer = &out[count];
        *answer = (struct alert_answer){.reply = rows[i]->reply,
                                        .known_at = rows[i]->known_at,
                                        .by_day = rows[i]->by_day,
                                        .outcome = ANSWERED};
        memcpy(answer->uid, rows[i]->uid, sizeof answer->uid);
        if (answer_outcome_find(slice_of(rows[i]->outcome), &answer->outcome)) count++;
    }
    return count;
}

/* A promise that fails takes the next rung at once: on the first working day after its own. */
static struct day after_promise(const struct sight *sight, const struct answer_row *promise) {
    return calendar_next_working(sight->plan->calendar, (struct day){promise->by_day.n + 1});
}

struct next_step alert_next_step(const struct sight *sight, const struct answer_index *answers,
                                 const struct seen_alert *alert) {
    struct next_step none = {.on = DAY_NONE}, next = {.rung = alert->rung + 1, .on = DAY_NONE};
    const struct cell *cell = alert->cell == NO_INDEX ? NULL : &sight->plan->cells[alert->cell];
    const struct light_rules *rules = &sight->view->rules;
    bool promised = strcmp(alert->row->state, "promised") == 0;
    if (alert->rung >= alert_ladder_top(sight->plan, rules, cell, alert->rule) ||
        (!promised && strcmp(alert->row->state, "open") != 0) || (!sight->whole && next.rung > RUNG_URGED))
        return none;
    const struct answer_row *promise = promised ? alert_promise_of(answers, alert->row->id) : NULL;
    if (promise) return (struct next_step){next.rung, after_promise(sight, promise), true};
    if (!alert->said || !instant_is(alert->said->rung_said_at)) return none;
    struct alert_answer taken[ANSWERS_MAX];
    struct alert standing = {.id = alert->row->id,
                             .rule = alert->rule,
                             .rung = alert->rung,
                             .rung_said_at = alert->said->rung_said_at,
                             .answers = taken,
                             .answer_count = take_answers(answers, alert->row->id, taken)};
    struct alert_case judged = {.plan = sight->plan,
                                .rules = rules,
                                .cell = cell,
                                .stream = alert->stream ? alert->stream->name : NULL,
                                .now = sight->view->moment.known_at};
    if (cell) {
        judged.events = sight->view->events[alert->cell].events;
        judged.count = sight->view->events[alert->cell].count;
    }
    next.on = instant_day(alert_ladder_next(&judged, &standing));
    return next;
}

/* --- saying it --- */

void alert_subject_words(const struct sight *sight, const struct seen_alert *alert, struct buffer *out) {
    if (alert->cell != NO_INDEX)
        cell_name_words(sight->view, alert->cell, out);
    else if (alert->stream)
        buffer_add_text(out, alert->stream->unit);
    else
        buffer_add_text(out, *alert->row->target ? alert->row->target : "本系统");
}

static json_t *next_json(const struct sight *sight, struct next_step next) {
    char day[40];
    if (!day_is(next.on)) return json_null();
    near_day_words(sight->facts, next.on, day);
    return json_pack("{s:s, s:s, s:o, s:o}", "rung", alert_rung_name(next.rung), "rung_word",
                     alert_rung_word(next.rung), "on", json_of_day(next.on), "words",
                     next.after_promise ? json_sprintf("承诺到期未办结的，%s转%s", day, alert_rung_word(next.rung))
                                        : json_sprintf("无说明的，%s转%s", day, alert_rung_word(next.rung)));
}

static json_t *promise_json(const struct answer_row *promise) {
    if (!promise) return json_null();
    const char *reason = reply_reason_chinese(slice_of(promise->reason));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "who", promise->who, "by_day", json_of_day(promise->by_day), "reason",
                     json_of_text(promise->reason), "reason_word", json_of_text(reason ? reason : promise->reason),
                     "text", json_of_text(promise->words));
}

static json_t *number_json(const struct board_line *line) {
    if (!line || !*line->number) return json_null();
    return json_sprintf("%s/%" JSON_INTEGER_FORMAT, line->number, (json_int_t)line->item);
}

/* Who is to act: the lead of the cell's task, the stream's own unit. */
static json_t *unit_json(const struct sight *sight, const struct seen_alert *alert) {
    if (alert->cell == NO_INDEX) return json_of_text(alert->stream ? alert->stream->unit : NULL);
    const struct task *task = view_task(sight->view, alert->cell);
    return json_of_text(task->lead_count ? sight->plan->units[task->leads[0]].name : NULL);
}

json_t *alert_seen_json(const struct sight *sight, const struct answer_index *answers, const struct seen_alert *alert) {
    CLEAN(buffer_finish) struct buffer subject = {0};
    json_t *json = alert_json(alert->row);
    if (!json) return NULL;
    bool cell = alert->cell != NO_INDEX;
    const struct board_line *line = !alert->said ? NULL : sight->whole ? &alert->said->newest : &alert->said->open;
    alert_subject_words(sight, alert, &subject);
    json_object_set_new(json, "rung", json_string(alert_rung_name(alert->rung)));
    json_object_set_new(json, "step", json_string(alert->step));
    if (!sight->whole) json_object_set_new(json, "facts", json_null()); /* lights as they were computed */
    json_object_set_new(json, "subject", json_string(buffer_text(&subject)));
    json_object_set_new(json, "target_name", json_of_text(cell ? view_target(sight->view, alert->cell)->name : NULL));
    json_object_set_new(json, "area_name", json_of_text(cell ? view_area(sight->view, alert->cell)->name : NULL));
    json_object_set_new(json, "unit", unit_json(sight, alert));
    json_object_set_new(json, "rung_word", json_string(alert_rung_word(alert->rung)));
    json_object_set_new(json, "state_word", json_string(alert_state_words(alert->row->state)));
    json_object_set_new(json, "cause_word", json_string(alert_cause_words(alert->row->cause)));
    json_object_set_new(json, "next_step", next_json(sight, alert_next_step(sight, answers, alert)));
    json_object_set_new(json, "number", number_json(line));
    json_object_set_new(json, "line", json_of_text(line ? line->line : NULL));
    json_object_set_new(json, "promise", promise_json(alert_promise_of(answers, alert->row->id)));
    return json;
}
