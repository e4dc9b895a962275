#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert_ladder.h"
#include "common/domain/due.h"
#include "common/store/alert.h"
#include "common/store/cell_json.h"
#include "common/store/due.h"
#include "services/alerter/notify.h"
#include "services/alerter/subject.h"
#include "services/alerter/work.h"

enum { TARGETS_A_BATCH = 8, WHY_MAX = 1024 };

/* What a batch must write (looked), and what it must load for that (wanted). */
struct batch {
    struct due_cells claimed;
    bool *looked, *wanted; /* a flag for each of plan->cells */
    enum light *was;       /* computed before, of each of them */
    size_t *cells;         /* wanted ones, plan order */
    size_t count;
    struct subjects subjects;
    struct standing_alerts standing;
    struct cell_light *lights;
    size_t light_count;
    struct alert_writes writes;
};

static void batch_finish(struct batch *batch) {
    due_cells_finish(&batch->claimed);
    subjects_finish(&batch->subjects);
    standing_alerts_finish(&batch->standing);
    if (batch->lights) cell_lights_finish(batch->lights, batch->light_count);
    alert_writes_finish(&batch->writes);
    free(batch->lights);
    free(batch->looked);
    free(batch->was);
    free(batch->wanted);
    free(batch->cells);
}

/* A county's cell that is looked at changes the city's: both are looked at, and the city's needs all of its counties. */
static enum error_code choose(const struct docket *docket, struct batch *batch, struct error *err) {
    const struct plan *plan = docket->plan;
    batch->looked = calloc(plan->cell_count + 1, 1);
    batch->wanted = calloc(plan->cell_count + 1, 1);
    batch->was = calloc(plan->cell_count + 1, sizeof *batch->was);
    batch->cells = calloc(plan->cell_count + 1, sizeof *batch->cells);
    if (!batch->looked || !batch->wanted || !batch->was || !batch->cells) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < batch->claimed.count; i++) {
        size_t index = docket_cell(docket, batch->claimed.cells[i].cell);
        if (index != NO_INDEX) batch->was[index] = batch->claimed.cells[i].light;
        if (!batch->claimed.cells[i].due) continue;
        if (index == NO_INDEX)
            return error_set(err, ERROR_CONFLICT, "cell %d is not in the plan read last", (int)batch->claimed.cells[i].cell);
        batch->looked[index] = true;
        const struct target *target = &plan->targets[plan->cells[index].target];
        if (target->cell_count && plan->cells[target->first_cell].rollup && docket->cell_ids[target->first_cell])
            batch->looked[target->first_cell] = true; /* the city's stands first */
    }
    memcpy(batch->wanted, batch->looked, plan->cell_count);
    subjects_close(docket, batch->wanted);
    for (size_t i = 0; i < plan->cell_count; i++)
        if (batch->wanted[i]) batch->cells[batch->count++] = i;
    return ERROR_OK;
}

static bool fill_light(const struct docket *docket, const struct subjects *subjects, const struct subject *subject,
                       struct instant now, struct cell_light *out) {
    const struct plan *plan = docket->plan;
    const struct cell *cell = &plan->cells[subject->index];
    const struct assessment *a = &subject->assessment;
    *out = (struct cell_light){
        .cell = subject->cell,
        .next_check = due_cell(plan, &docket->rules, cell, subject->events, subject->event_count, a, now),
        .state = cell_state_word(a->state),
        .light = light_word(a->light),
        .computed = light_word(a->computed_light),
        .proposed = a->proposed != a->light ? light_word(a->proposed) : NULL,
        .rule = a->rule,
        .light_since = a->light_since,
        .has_deviation = a->has_deviation,
        .deviation_tenths = a->deviation_tenths,
    };
    json_t *json = cell_json(plan, cell, a, subject->events, subject->event_count, &subjects->history);
    char why[WHY_MAX];
    assess_why(plan, cell, a, why, sizeof why);
    out->why = strdup(why);
    out->json = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return out->why && out->json;
}

/* The alerts of one cell are neighbours in the list, which is ordered by cell. */
static size_t standing_of(const struct standing_alerts *all, int32_t cell, struct alert *out, size_t capacity) {
    size_t low = 0, high = all->count, count = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (all->items[middle].cell < cell)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < all->count && all->items[low].cell == cell && count < capacity; low++)
        out[count++] = all->items[low].alert;
    return count;
}

enum { FACTS_MAX = 512 };

/* The figures as they stood, beside each transition: what the whole assessment was is worked out from the events. */
static void print_facts(const struct assessment *a, char out[FACTS_MAX]) {
    char as_of[DAY_TEXT_MAX], due[DAY_TEXT_MAX], planned[DECIMAL_TEXT_MAX] = "", points[32] = "";
    day_print(a->figure_as_of, as_of);
    day_print(a->due, due);
    if (a->has_planned) decimal_print(a->planned, planned);
    if (a->has_deviation)
        snprintf(points, sizeof points, "%s%d.%d", a->deviation_tenths < 0 ? "-" : "", abs(a->deviation_tenths) / 10,
                 abs(a->deviation_tenths) % 10);
    snprintf(out, FACTS_MAX,
             "{\"value\":\"%s\",\"as_of\":\"%s\",\"planned\":\"%s\",\"points\":\"%s\",\"due\":\"%s\",\"state\":\"%s\","
             "\"light\":\"%s\"}",
             a->has_value ? a->value_text : "", as_of, planned, points, due, cell_state_word(a->state),
             light_word(a->light));
}

/* What the next window says counts from it. The cell is looked at again when the rung after it comes, as if that were
 * said already: else a window would have to come back to every cell of which it tells. */
static struct instant after_saying(const struct alert_case *judged, const struct alert_wants *wants,
                                   const struct alert *standing, const struct alert_changes *changes) {
    struct instant next = INSTANT_NONE;
    for (size_t i = 0; i < changes->count; i++) {
        const struct alert_change *c = &changes->items[i];
        struct alert after;
        if (c->to != ALERT_OPEN || instant_is(c->rung_said_at)) continue;
        alert_after(judged, c->standing == NO_INDEX ? NULL : &standing[c->standing],
                    c->want == NO_INDEX ? NULL : &wants->items[c->want], c, &after);
        after.rung_said_at = due_window(judged->plan, judged->now);
        next = due_earlier(next, alert_ladder_next(judged, &after));
    }
    return next;
}

static void judge_alerts(const struct docket *docket, const struct subject *subject, struct instant now,
                         struct batch *batch, struct cell_light *light) {
    const struct cell *cell = &docket->plan->cells[subject->index];
    struct alert standing[ALERT_CHANGES_MAX - ALERT_WANTS_MAX];
    size_t count = standing_of(&batch->standing, subject->cell, standing, sizeof standing / sizeof standing[0]);
    struct alert_wants wants;
    struct alert_changes changes;
    char facts[FACTS_MAX];
    alert_wants_cell(docket->plan, &docket->rules, cell, subject->events, subject->event_count, &subject->assessment,
                     now, &wants);
    struct alert_over over = {.now = &subject->assessment,
                              .was = batch->was[subject->index],
                              .events = subject->events,
                              .count = subject->event_count};
    struct alert_case judged = {.plan = docket->plan,
                                .rules = &docket->rules,
                                .cell = cell,
                                .events = subject->events,
                                .count = subject->event_count,
                                .now = now};
    alert_life(&judged, &wants, standing, count, alert_over_cell, &over, &changes);
    light->next_check =
        due_earlier(light->next_check, alert_life_next(&judged, &wants, standing, count, &changes));
    light->next_check = due_earlier(light->next_check, after_saying(&judged, &wants, standing, &changes));
    if (changes.count == 0 && changes.answer_count == 0) return;
    print_facts(&subject->assessment, facts);
    struct notify_subject about = {.cell = subject->cell, .plan_cell = cell, .facts = facts};
    notify_changes(docket, &about, &judged, &wants, standing, &changes, &batch->writes);
}

static enum error_code judge(struct pg *pg, const struct docket *docket, struct instant now, struct batch *batch,
                             struct error *err) {
    AUTO_FREE int32_t *ids = calloc(batch->subjects.count + 1, sizeof *ids);
    batch->lights = calloc(batch->subjects.count + 1, sizeof *batch->lights);
    if (!ids || !batch->lights) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t count = 0;
    for (size_t i = 0; i < batch->subjects.count; i++)
        if (batch->looked[batch->subjects.items[i].index]) ids[count++] = batch->subjects.items[i].cell;
    enum error_code code = alerts_of_cells(pg, ids, count, &batch->standing, err);
    if (code) return code;
    for (size_t i = 0; i < batch->subjects.count; i++) {
        const struct subject *subject = &batch->subjects.items[i];
        if (!batch->looked[subject->index]) continue;
        struct cell_light *light = &batch->lights[batch->light_count++];
        if (!fill_light(docket, &batch->subjects, subject, now, light))
            return error_set(err, ERROR_MEMORY, "out of memory");
        judge_alerts(docket, subject, now, batch, light);
    }
    return ERROR_OK;
}

static enum error_code run_batch(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                                 struct instant now, struct batch *batch, struct error *err) {
    enum error_code code = due_cells_claim(pg, docket->programme, now, TARGETS_A_BATCH, &batch->claimed, err);
    if (code || batch->claimed.count == 0) return code;
    code = choose(docket, batch, err);
    if (!code)
        code = subjects_load(pg, docket, batch->cells, batch->count, now, scratch, &batch->subjects, err);
    if (!code) code = judge(pg, docket, now, batch, err);
    if (!code)
        code = due_cells_write(pg, &batch->claimed, batch->lights, batch->light_count, now, docket->stored.version,
                               docket->rules.version, err);
    if (!code)
        code = alerts_write(pg, docket->programme, &batch->writes, now, due_window(docket->plan, now), docket->rules.version,
                            err);
    return code;
}

enum error_code work_cells(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch, struct instant now,
                           bool *any, struct error *err) {
    CLEAN(batch_finish) struct batch batch = {0};
    *any = false;
    enum error_code code = pg_begin(pg, err);
    if (!code) code = run_batch(pg, docket, scratch, now, &batch, err);
    if (!code) code = pg_commit(pg, err);
    if (code) {
        pg_rollback(pg);
        return code;
    }
    *any = batch.claimed.count > 0;
    return ERROR_OK;
}
