/* Cells assessed per second on one core, pure: 12 monthly reports each, nothing but domain code. One JSON line.
 * Measured in processor time of this process, so that what else the machine does is left out; the median of the runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/domain/assess.h"

enum { CELLS = 2000, REPORTS = 12, RUNS = 5, ROUNDS = 20 };

static struct day day_at_end(int year, int month) {
    struct day day = DAY_NONE;
    return day_make(year, month, day_month_length(year, month), &day) ? day : DAY_NONE;
}

static struct instant known(struct day as_of) {
    return (struct instant){day_start(as_of).ms + 3 * (int64_t)MS_DAY};
}

/* A steady county, a slow one, one that stops and catches up, a small count: by turns. */
static void make_reports(struct cell_event *events, size_t cell) {
    int64_t pace[] = {516, 400, 516, 490}, total = 0;
    for (int month = 1; month <= REPORTS; month++) {
        struct cell_event *event = &events[month - 1];
        total += cell % 4 == 2 ? (month % 3 == 0 ? 3 * pace[2] : 0) : pace[cell % 4] + (int64_t)(cell % 7);
        *event = (struct cell_event){.kind = EVENT_FIGURE,
                                     .as_of = day_at_end(2021, month),
                                     .stream_county = true,
                                     .reporter = slice_of("county"),
                                     .log = 1,
                                     .seq = month};
        event->known_at = event->reported_at = known(event->as_of);
        event->figure = (struct figure){.form = FIGURE_VALUE};
        if (decimal_make(total, 2, &event->figure.value) != PROTO_OK) abort();
        memcpy(event->uid, &month, sizeof month);
    }
}

static double processor_seconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) abort();
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

int main(void) {
    struct area areas[] = {{.code = "510800", .name = "city", .city = true}, {.code = "510822", .name = "county"}};
    struct day from = DAY_NONE, due = day_at_end(2021, 12);
    if (!day_make(2021, 1, 1, &from)) return 1;
    struct task task = {.code = "T06", .target_count = 1};
    struct target target = {.code = "T06.1",
                            .kind = KIND_CUMULATIVE,
                            .comparator = AT_LEAST,
                            .decimals = 2,
                            .from = from,
                            .due = due,
                            .due_original = due,
                            .parent = NO_INDEX,
                            .reporter_unit = NO_INDEX};
    struct cell cell = {
        .area = 1, .has_goal = true, .goal = {62, 0}, .goal_changed = DAY_NONE, .due = due, .due_original = due};
    struct plan plan = {.start = from,
                        .areas = areas,
                        .area_count = 2,
                        .tasks = &task,
                        .task_count = 1,
                        .targets = &target,
                        .target_count = 1,
                        .cells = &cell,
                        .cell_count = 1};
    plan.reporting = (struct reporting){.period = PERIOD_MONTH, .closing_day = 5, .first_period = from};
    struct cell_event(*events)[REPORTS] = calloc(CELLS, sizeof *events);
    struct assess_scratch *scratch = assess_scratch_create();
    if (!events || !scratch) return 1;
    for (size_t i = 0; i < CELLS; i++)
        make_reports(events[i], i);
    struct assess_context context = {.plan = &plan, .known_at = {known(due).ms + MS_DAY}, .as_of = {due.n + 4}};
    double rates[RUNS];
    unsigned long done = 0;
    for (int run = 0; run < RUNS; run++) {
        double start = processor_seconds();
        for (size_t i = 0; i < (size_t)CELLS * ROUNDS; i++) {
            struct assessment out;
            assess_cell(&context, &cell, events[i % CELLS], REPORTS, scratch, &out);
            done += out.state == STATE_DONE;
        }
        rates[run] = CELLS * ROUNDS / (processor_seconds() - start);
    }
    qsort(rates, RUNS, sizeof rates[0], by_size);
    printf("{\"bench\":\"assess\",\"figure\":\"cells_per_second\",\"value\":%.0f,\"unit\":\"1/s\",\"runs\":%d,"
           "\"reports_per_cell\":%d,\"lowest\":%.0f,\"highest\":%.0f,\"done\":%lu}\n",
           rates[RUNS / 2], (int)RUNS, (int)REPORTS, rates[0], rates[RUNS - 1], done);
    assess_scratch_destroy(&scratch);
    free(events);
    return 0;
}
