/* The curves of a target: what was reported, as steps; what was planned, as the vertices of its line; what is forecast.
 * What cannot be computed is not drawn, and says why. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/curve.h"
#include "common/domain/rounding.h"
#include "common/report/evidence.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/board/document_target.h"

enum { STEPS_MAX = 60, MONTHS_MAX = 240 };

static struct day month_end(struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    return (struct day){day.n - mday + day_month_length(year, month)};
}

static bool add_vertex(json_t *list, struct day on, struct exact planned) {
    if (!exact_known(planned)) return false;
    json_array_append_new(list, json_pack("{s:o, s:o}", "on", json_of_day(on), "value",
                                          json_of_decimal(true, round_planned(planned))));
    return true;
}

/* --- the planned line --- */

/* Whole units grow on certain days: those are its steps. false: too many to be seen as steps. */
static bool steps(const struct curve *curve, json_t *list) {
    struct exact last = EXACT_UNKNOWN;
    for (struct day day = {curve->from.n - 1}; day.n <= curve->due.n; day.n++) {
        struct exact planned = curve_planned(curve, day);
        if (day.n < curve->due.n && exact_known(last) && exact_compare(planned, last) == 0) continue;
        if (json_array_size(list) > STEPS_MAX || !add_vertex(list, day, planned)) return false;
        last = planned;
    }
    return true;
}

/* Straight within a month, or between nodes. */
static bool corners(const struct curve *curve, json_t *list) {
    struct day start = {curve->from.n - 1};
    if (!add_vertex(list, start, curve->opening)) return false;
    if (curve->node_count) {
        for (size_t i = 0; i < curve->node_count; i++)
            if (curve->nodes[i].day.n > start.n && curve->nodes[i].day.n < curve->due.n &&
                !add_vertex(list, curve->nodes[i].day, curve_planned(curve, curve->nodes[i].day)))
                return false;
    } else {
        struct day end = month_end(curve->from);
        for (size_t i = 0; i < MONTHS_MAX && end.n < curve->due.n; i++, end = month_end((struct day){end.n + 1}))
            if (!add_vertex(list, end, curve_planned(curve, end))) return false;
    }
    return add_vertex(list, curve->due, curve->goal);
}

static json_t *curve_json(const struct curve *curve, bool *stepped) {
    json_t *list = json_array();
    *stepped = curve->has && curve->counted && steps(curve, list);
    if (curve->has && !*stepped) {
        json_array_clear(list);
        if (!corners(curve, list)) json_array_clear(list);
    }
    return list;
}

static struct curve curve_of(const struct sight *sight, size_t cell, struct day due) {
    struct measure measure = measure_make(sight->plan, &sight->plan->cells[cell]);
    return curve_make(&measure, due);
}

/* The city's line is the sum of its counties' lines; where one has none there is none. */
static json_t *sum_of_lines(const struct sight *sight, size_t city) {
    const struct target *target = view_target(sight->view, city);
    AUTO_FREE struct curve *curves = calloc(target->cell_count + 1, sizeof *curves);
    json_t *list = json_array();
    struct day first = DAY_NONE, last = DAY_NONE;
    size_t count = 0;
    for (size_t i = target->first_cell; curves && i < target->first_cell + target->cell_count; i++) {
        if (i == city || sight->plan->cells[i].no_task) continue;
        curves[count] = curve_of(sight, i, sight->view->cells[i].due);
        if (!curves[count].has) return list;
        if (!day_is(first) || curves[count].from.n < first.n) first = curves[count].from;
        if (curves[count].due.n > last.n) last = curves[count].due;
        count++;
    }
    struct day day = day_is(first) ? (struct day){first.n - 1} : DAY_NONE;
    for (size_t month = 0; count && month < MONTHS_MAX; month++) {
        struct exact sum = exact_whole(0);
        for (size_t i = 0; i < count; i++)
            sum = exact_add(sum, curve_planned(&curves[i], day));
        if (!add_vertex(list, day, sum) || day.n >= last.n) break;
        day = month_end((struct day){day.n + 1});
        if (day.n > last.n) day = last;
    }
    return list;
}

/* --- what was reported --- */

struct point {
    struct day as_of;
    struct instant known_at;
    const char *kind;
    struct decimal value;
    bool standing, held;
    size_t counties; /* of a sum; 0 = none */
};

static int by_day(const void *left, const void *right) {
    const struct point *a = left, *b = right;
    if (a->as_of.n != b->as_of.n) return a->as_of.n < b->as_of.n ? -1 : 1;
    return (a->known_at.ms > b->known_at.ms) - (a->known_at.ms < b->known_at.ms);
}

static json_t *point_json(const struct point *point) {
    return json_pack("{s:o, s:o, s:o, s:s, s:b, s:b, s:o}", "as_of", json_of_day(point->as_of), "known_at",
                     json_of_instant(point->known_at), "value", json_of_decimal(true, point->value), "kind",
                     point->kind, "standing", point->standing, "held", point->held, "counties",
                     point->counties ? json_integer((json_int_t)point->counties) : json_null());
}

static const struct standing *standing_of(const struct ledger *ledger, size_t event) {
    for (size_t i = 0; i < ledger->standing_count; i++)
        if (ledger->standing[i].event == event) return &ledger->standing[i];
    return NULL;
}

/* false: not a point of the curve (words, another's figure, nothing to compare). */
static bool take_event(const struct ledger *ledger, const struct cell_event *events, size_t i, struct point *out) {
    const struct cell_event *event = &events[i];
    if (event->kind != EVENT_FIGURE && event->kind != EVENT_CORRECTION && event->kind != EVENT_NO_CHANGE) return false;
    struct evidence evidence = evidence_of(ledger, events, i);
    const struct standing *standing = standing_of(ledger, i);
    const struct figure *figure = standing ? &standing->figure : &event->figure;
    struct exact value;
    if (strcmp(evidence.token, "other") == 0 || !measure_value(&ledger->measure, figure, &value)) return false;
    *out = (struct point){.as_of = event->as_of,
                          .known_at = event->known_at,
                          .kind = event->kind == EVENT_NO_CHANGE    ? "no_change"
                                  : event->kind == EVENT_CORRECTION ? "correction"
                                                                    : "figure",
                          .value = round_value(&ledger->measure, figure, value),
                          .standing = standing != NULL,
                          .held = evidence.held};
    return true;
}

static void build(const struct sight *sight, size_t cell, struct ledger *ledger) {
    const struct view *view = sight->view;
    ledger_build(ledger, view->plan, &view->plan->cells[cell], view->events[cell].events, view->events[cell].count,
                 moment_before(&view->moment), view->moment.as_of);
}

static json_t *points_of_cell(const struct sight *sight, size_t cell) {
    const struct cell_events *events = &sight->view->events[cell];
    CLEAN(ledger_finish) struct ledger ledger = {0};
    AUTO_FREE struct point *points = calloc(events->count + 1, sizeof *points);
    if (!points) return NULL;
    build(sight, cell, &ledger);
    size_t count = 0;
    for (size_t i = 0; i < ledger.event_count && i < events->count; i++)
        if (events->events[i].as_of.n <= sight->view->moment.as_of.n &&
            take_event(&ledger, events->events, i, &points[count]))
            count++;
    qsort(points, count, sizeof *points, by_day);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, point_json(&points[i]));
    return list;
}

/* The city's past is the sum of its counties' figures at the end of each month, with how many were in it. */
static bool add_county(const struct sight *sight, size_t cell, const struct day *ends, size_t months,
                       struct point *points, struct exact *sums) {
    CLEAN(ledger_finish) struct ledger ledger = {0};
    build(sight, cell, &ledger);
    for (size_t m = 0; m < months; m++) {
        const struct standing *last = NULL;
        for (size_t i = 0; i < ledger.standing_count && ledger.standing[i].as_of.n <= ends[m].n; i++)
            if (exact_known(ledger.standing[i].value)) last = &ledger.standing[i];
        if (!last) continue;
        sums[m] = exact_add(sums[m], last->value);
        points[m].counties++;
        if (last->known_at.ms > points[m].known_at.ms) points[m].known_at = last->known_at;
    }
    return !ledger.failed;
}

static json_t *points_of_city(const struct sight *sight, size_t city) {
    const struct target *target = view_target(sight->view, city);
    struct day ends[MONTHS_MAX], end = month_end(day_is(target->from) ? target->from : sight->plan->start);
    AUTO_FREE struct point *points = calloc(MONTHS_MAX, sizeof *points);
    AUTO_FREE struct exact *sums = calloc(MONTHS_MAX, sizeof *sums);
    size_t months = 0;
    if (!points || !sums) return NULL;
    for (; months < MONTHS_MAX && end.n <= sight->view->moment.as_of.n; end = month_end((struct day){end.n + 1})) {
        sums[months] = exact_whole(0);
        points[months] = (struct point){
            .as_of = end, .known_at = INSTANT_NONE, .kind = "figure", .standing = true};
        ends[months++] = end;
    }
    for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++)
        if (i != city && !add_county(sight, i, ends, months, points, sums)) return NULL;
    json_t *list = json_array();
    for (size_t m = 0; m < months; m++)
        if (points[m].counties && exact_round(sums[m], target->decimals, ROUND_HALF_UP, &points[m].value))
            json_array_append_new(list, point_json(&points[m]));
    return list;
}

/* --- one series --- */

static const char *not_drawable(const struct sight *sight, size_t cell, size_t points) {
    const struct target *target = view_target(sight->view, cell);
    if (target->kind == KIND_ACTIVITY || target->kind == KIND_PARAMETER) return "只看文字进展，没有可画的数";
    if (sight->view->cells[cell].state == STATE_NO_TASK) return "没有分到任务";
    if (sight->view->cells[cell].state == STATE_NO_ROLLUP) return "各县的数不能合计，不画全市的线";
    if (sight->plan->cells[cell].rollup && target->kind != KIND_CUMULATIVE) return "比率和件数不逐月合计，全市不画线";
    if (target->kind == KIND_MILESTONE) return "只分完成和未完成，不画进度线";
    return points ? NULL : "还没有数据，不作图";
}

static const char *no_plan(const struct sight *sight, size_t cell, size_t vertices) {
    if (vertices) return NULL;
    if (!day_is(sight->view->cells[cell].due)) return "原文没有期限，没有计划线";
    if (sight->plan->cells[cell].rollup) return "不是每个县（区）都有计划线，全市不画";
    return "期限前不比进度，到期判定，没有计划线";
}

static json_t *forecast_json(const struct assessment *seen) {
    const struct forecast *forecast = &seen->forecast;
    if (forecast->refused != FORECAST_GIVEN) return json_null();
    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:i}", "method", "t_increments", "n", (int)forecast->n, "median",
                     json_of_day(forecast->median), "low", json_of_day(forecast->low), "high",
                     json_of_day(forecast->high), "level", (int)forecast->level);
}

static void set_plan(struct sight *sight, size_t cell, json_t *series) {
    const struct assessment *seen = sight_now(sight, cell);
    bool stepped = false, unused, moved = day_is(seen->due_original) && seen->due_original.n != seen->due.n;
    bool rollup = sight->plan->cells[cell].rollup;
    struct curve curve = curve_of(sight, cell, seen->due), original = curve_of(sight, cell, seen->due_original);
    bool drawn = !rollup || view_target(sight->view, cell)->kind == KIND_CUMULATIVE;
    json_t *plan = !drawn ? json_array() : rollup ? sum_of_lines(sight, cell) : curve_json(&curve, &stepped);
    json_object_set_new(series, "plan", plan);
    json_object_set_new(series, "plan_stepped", json_boolean(stepped));
    json_object_set_new(series, "plan_original",
                        moved && !rollup && original.has ? curve_json(&original, &unused) : json_null());
    json_object_set_new(series, "no_plan", json_of_text(no_plan(sight, cell, json_array_size(plan))));
}

json_t *series_json(struct sight *sight, size_t cell) {
    const struct assessment *seen = sight_now(sight, cell);
    const struct cell *owed = &sight->plan->cells[cell];
    bool sums = owed->rollup && view_target(sight->view, cell)->kind == KIND_CUMULATIVE;
    json_t *points = sums ? points_of_city(sight, cell) : owed->rollup ? json_array() : points_of_cell(sight, cell);
    json_t *words = forecast_words_json(sight, cell);
    if (!points || !words) {
        json_decref(points);
        json_decref(words);
        return NULL;
    }
    const char *reason = not_drawable(sight, cell, json_array_size(points));
    json_t *series = json_pack("{s:s, s:s, s:s, s:b, s:s, s:o}", "area", view_area(sight->view, cell)->code,
                               "area_name", view_area(sight->view, cell)->name, "area_short",
                               area_short(view_area(sight->view, cell)), "city", view_area(sight->view, cell)->city,
                               "lamp", lamp_word(lamp_of(seen)), "points", points);
    set_plan(sight, cell, series);
    json_object_set_new(series, "goal", json_of_decimal(owed->has_goal, owed->goal));
    json_object_set_new(series, "due", json_of_day(seen->due));
    json_object_set_new(series, "due_original", json_of_day(seen->due_original));
    json_object_set_new(series, "forecast", forecast_json(seen));
    json_object_set_new(series, "forecast_refused", json_of_text(forecast_refusal_word(seen->forecast.refused)));
    json_object_set_new(series, "forecast_words", words);
    json_object_set_new(series, "drawable", json_boolean(reason == NULL));
    json_object_set_new(series, "not_drawable", json_of_text(reason));
    return series;
}

/* --- the document --- */

static bool is_of_area(const struct sight *sight, size_t cell, size_t area) {
    return area == NO_INDEX ? !sight->plan->areas[sight->plan->cells[cell].area].city
                            : sight->plan->cells[cell].area == area;
}

/* The city's own curve stands before the counties', on the first page. */
static bool add_city(struct sight *sight, const struct target *target, json_t *list) {
    for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++) {
        if (!sight->plan->areas[sight->plan->cells[i].area].city || !sight_sees(sight, i)) continue;
        json_t *series = series_json(sight, i);
        if (!series) return false;
        json_array_append_new(list, series);
    }
    return true;
}

static json_t *fill(struct sight *sight, const struct target *target, const struct cell_list *cells, size_t area,
                    const struct document_request *request, json_t *document, struct error *err) {
    CLEAN(buffer_finish) struct buffer path = {0};
    size_t from, until;
    json_t *list = json_array(), *next;
    buffer_printf(&path, "targets/%s/series", target->code);
    json_object_set_new(document, "series", list);
    if (!cell_list_window(sight, cells, request, buffer_text(&path), &from, &until, &next, err)) {
        json_decref(document);
        return NULL;
    }
    json_object_set_new(document, "next", next);
    bool ok = area != NO_INDEX || from > 0 || add_city(sight, target, list);
    for (size_t i = from; ok && i < until; i++) {
        json_t *series = series_json(sight, cells->items[i]);
        ok = series != NULL;
        if (ok) json_array_append_new(list, series);
    }
    return ok ? document : document_failed(err, document);
}

json_t *document_series(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                        struct error *err) {
    struct sight sight = sight_of(facts, scope);
    size_t target = request->code ? plan_find_target(sight.plan, slice_of(request->code)) : NO_INDEX;
    if (target == NO_INDEX || !scope_sees_target(scope, sight.view, target)) return document_unknown(err, "target");
    size_t area = request->area ? plan_find_area(sight.plan, slice_of(request->area)) : NO_INDEX;
    if (request->area && (area == NO_INDEX || !scope_sees_area(scope, sight.view, area)))
        return document_unknown(err, "area");
    const struct target *one = &sight.plan->targets[target];
    CLEAN(cell_list_finish) struct cell_list list = {0};
    json_t *document = document_envelope(facts, "series");
    if (!document || !cell_list_make(&sight, one->first_cell, one->cell_count, is_of_area, area, &list))
        return document_failed(err, document);
    json_object_set_new(document, "target", target_head_json(&sight, target));
    return fill(&sight, one, &list, area, request, document, err);
}
