/* A programme of one target built by hand, and its events: what the tests of the judgement share. Included once a test.
 */
#ifndef DUBAN_TESTS_PROGRAMME_H
#define DUBAN_TESTS_PROGRAMME_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/domain/assess.h"
#include "common/domain/rules.h"
#include "proto/more.h"

enum { COUNTIES = 7, EVENTS_MAX = 128 };

struct programme {
    struct plan plan;
    struct area areas[1 + COUNTIES];
    struct unit units[2];
    struct task task;
    size_t leads[1];
    struct target target;
    struct cell cells[1 + COUNTIES]; /* the city's, then the counties' */
    struct cell_event events[EVENTS_MAX];
    uint8_t more[EVENTS_MAX][128];
    size_t count;
};

static inline struct day on(const char *text) {
    struct day day = DAY_NONE;
    if (text) cr_assert(day_parse(text, strlen(text), &day), "%s", text);
    return day;
}

/* "2021-10-05" is 09:00 of that day; else RFC 3339. */
static inline struct instant at(const char *text) {
    struct instant instant = INSTANT_NONE;
    if (strlen(text) == 10) return (struct instant){day_start(on(text)).ms + 9 * (int64_t)MS_HOUR};
    cr_assert(instant_parse(text, strlen(text), &instant), "%s", text);
    return instant;
}

static inline struct decimal number(const char *text) {
    struct decimal value = {0, 0};
    cr_assert_eq(decimal_parse(text, strlen(text), &value), PROTO_OK, "%s", text);
    return value;
}

/* T06.1 with a share of 62.0 kilometres, 2021-01-01 to 2021-12-31, monthly, closing day 5, Monday to Friday worked. */
static inline void programme_start(struct programme *p) {
    static const char *const codes[] = {"510800", "510802", "510811", "510812", "510821", "510822", "510823", "510824"};
    static const char *const names[] = {"全市", "利州", "昭化", "朝天", "旺苍", "青川", "剑阁", "苍溪"};
    *p = (struct programme){0};
    for (size_t i = 0; i < 1 + COUNTIES; i++)
        p->areas[i] = (struct area){.code = codes[i], .name = names[i], .short_name = names[i], .city = i == 0};
    p->units[0] = (struct unit){.name = "市交通运输局", .short_name = "交通局"};
    p->units[1] = (struct unit){.name = "市发展改革委", .short_name = "发改委"};
    p->leads[0] = 0;
    p->task = (struct task){
        .code = "T06", .title = "交通", .number = 6, .leads = p->leads, .lead_count = 1, .target_count = 1};
    p->target = (struct target){.code = "T06.1",
                                .name = "直连道路",
                                .short_name = "直连道路",
                                .unit = "公里",
                                .kind = KIND_CUMULATIVE,
                                .comparator = AT_LEAST,
                                .has_value = true,
                                .value = number("485.8"),
                                .decimals = 1,
                                .from = on("2021-01-01"),
                                .due = on("2021-12-31"),
                                .due_original = on("2021-12-31"),
                                .parent = NO_INDEX,
                                .reporter_unit = NO_INDEX,
                                .cell_count = 1 + COUNTIES};
    for (size_t i = 0; i < 1 + COUNTIES; i++)
        p->cells[i] = (struct cell){.area = i,
                                    .rollup = i == 0,
                                    .has_goal = true,
                                    .goal = number(i == 0 ? "434" : "62"),
                                    .goal_original = number("62"),
                                    .goal_changed = DAY_NONE,
                                    .due = on("2021-12-31"),
                                    .due_original = on("2021-12-31")};
    p->plan = (struct plan){.programme = "test",
                            .start = on("2021-01-01"),
                            .areas = p->areas,
                            .area_count = 1 + COUNTIES,
                            .city = 0,
                            .units = p->units,
                            .unit_count = 2,
                            .tasks = &p->task,
                            .task_count = 1,
                            .targets = &p->target,
                            .target_count = 1,
                            .cells = p->cells,
                            .cell_count = 1 + COUNTIES,
                            .has_allocation = true};
    p->plan.reporting = (struct reporting){.period = PERIOD_MONTH,
                                           .closing_day = 5,
                                           .first_period = on("2021-01-01"),
                                           .open_minute = 510,
                                           .close_minute = 1050};
}

static inline void programme_goal(struct programme *p, const char *goal) {
    for (size_t i = 1; i < 1 + COUNTIES; i++)
        p->cells[i].goal = number(goal);
}

/* Undated with NULL. */
static inline void programme_due(struct programme *p, const char *due) {
    p->target.due = p->target.due_original = on(due);
    for (size_t i = 0; i < 1 + COUNTIES; i++)
        p->cells[i].due = p->cells[i].due_original = on(due);
}

static inline void programme_counted(struct programme *p, const char *goal) {
    p->target.counted = true;
    p->target.unit = "个";
    p->target.decimals = 0;
    programme_goal(p, goal);
}

/* Per cent of entities, `denominator` of them declared for every county. */
static inline void programme_ratio(struct programme *p, enum target_kind kind, const char *goal,
                                   const char *denominator) {
    p->target.kind = kind;
    p->target.unit = "%";
    p->target.percent = true;
    p->target.denominator = DENOMINATOR_DECLARED;
    programme_goal(p, goal);
    for (size_t i = 1; i < 1 + COUNTIES; i++) {
        p->cells[i].has_denominator = denominator != NULL;
        if (denominator) p->cells[i].denominator = number(denominator);
    }
}

static inline struct cell_event *event_add(struct programme *p, enum event_kind kind, const char *as_of,
                                           const char *known) {
    cr_assert_lt(p->count, EVENTS_MAX);
    struct cell_event *event = &p->events[p->count++];
    *event = (struct cell_event){.kind = kind,
                                 .as_of = on(as_of),
                                 .known_at = at(known),
                                 .reported_at = at(known),
                                 .reporter = slice_of("青川县交通运输局"),
                                 .stream = slice_of("county"),
                                 .stream_county = true,
                                 .seq = (int64_t)p->count};
    memcpy(event->uid, &p->count, sizeof p->count);
    return event;
}

/* "31.0", "87/100", "done", "not done" */
static inline struct figure figure_of(const char *text) {
    const char *slash = strchr(text, '/');
    if (strcmp(text, "done") == 0) return (struct figure){.form = FIGURE_DONE, .done = true};
    if (strcmp(text, "not done") == 0) return (struct figure){.form = FIGURE_DONE};
    if (!slash) return (struct figure){.form = FIGURE_VALUE, .value = number(text)};
    struct figure figure = {.form = FIGURE_FRACTION, .denominator = number(slash + 1)};
    cr_assert_eq(decimal_parse(text, (size_t)(slash - text), &figure.value), PROTO_OK);
    return figure;
}

static inline struct cell_event *report(struct programme *p, const char *value, const char *as_of, const char *known) {
    struct cell_event *event = event_add(p, EVENT_FIGURE, as_of, known);
    event->figure = figure_of(value);
    return event;
}

static inline struct cell_event *correct(struct programme *p, const char *value, const char *as_of, const char *known,
                                         const struct cell_event *replaced, const char *reason) {
    struct cell_event *event = report(p, value, as_of, known);
    event->kind = EVENT_CORRECTION;
    event->reason = slice_of(reason);
    event->has_replaces = replaced != NULL;
    if (replaced) memcpy(event->replaces, replaced->uid, EVENT_UID_BYTES);
    return event;
}

static inline struct cell_event *decide(struct programme *p, enum event_kind kind, const char *known,
                                        const struct cell_event *about, const char *due) {
    struct cell_event *event = event_add(p, kind, NULL, known);
    event->stream_county = false;
    event->stream_office = true;
    struct more more = {.by = slice_of("值班员")};
    if (about) memcpy(more.of_event.uid, about->uid, EVENT_UID_BYTES);
    if (kind == EVENT_EXTENSION) more.extension.due = on(due);
    if (kind == EVENT_RELEASE) more.release.alert = slice_of("D21-0908-04");
    size_t len = 0, index = p->count - 1;
    cr_assert_eq(more_encode(kind, &more, p->more[index], sizeof p->more[index], &len), PROTO_OK);
    event->more = (struct slice){(const char *)p->more[index], len};
    return event;
}

/* The first county's cell as known at an instant ("2021-10-07" = 09:00). Free with assessment_finish. */
static inline struct assessment look_as(struct programme *p, const char *known, const char *as_of) {
    struct assess_scratch *scratch = assess_scratch_create();
    struct assess_context context = {
        .plan = &p->plan, .known_at = at(known), .as_of = as_of ? on(as_of) : instant_day(at(known))};
    struct assessment out;
    assess_cell(&context, &p->cells[1], p->events, p->count, scratch, &out);
    assess_scratch_destroy(&scratch);
    cr_assert_gt(out.next_check.ms, context.known_at.ms < day_end(context.as_of).ms ? context.known_at.ms : 0);
    return out;
}

static inline struct assessment look(struct programme *p, const char *known) {
    return look_as(p, known, NULL);
}

static inline const char *text_of(struct decimal value) {
    static char texts[4][DECIMAL_TEXT_MAX];
    static size_t next;
    char *out = texts[next++ % 4];
    decimal_print(value, out);
    return out;
}

static inline const char *day_of(struct day day) {
    static char texts[4][DAY_TEXT_MAX];
    static size_t next;
    char *out = texts[next++ % 4];
    day_print(day, out);
    return out;
}

#endif
