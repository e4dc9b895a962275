#include "services/cli/settle.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* One collector of stream "a" at step 7, all it had is acknowledged and committed, nothing is due: settled. Each row
 * changes one thing of that. */
struct world {
    int64_t step; /* the collector's */
    int64_t pending, last, acked, committed, wake_at;
    const char *state, *halt;
    bool alive;
    struct settle_queues queues;
    int64_t last_after; /* last_seq at the second look */
    size_t expected;
    bool leaves; /* gone at the second look */
};
static const struct world settled = {.step = 7,
                                     .last = 12,
                                     .acked = 12,
                                     .committed = 12,
                                     .state = "running",
                                     .alive = true,
                                     .last_after = 12,
                                     .queues = {.next_at = {INT64_MIN}},
                                     .expected = 1};

static void fill(struct settle_process *process, const struct world *world, int64_t last) {
    memset(process, 0, sizeof *process);
    strcpy(process->name, "lizhou");
    process->alive = world->alive;
    status_init(&process->status, "duban-collector");
    process->status.step = world->step;
    status_set_state(&process->status, world->state);
    status_set(&process->status, "files_pending", world->pending);
    status_set(&process->status, "wake_at", world->wake_at);
    status_set(&process->status, "stream/a/last_seq", last);
    status_set(&process->status, "stream/a/acked_seq", world->acked);
    status_set_text(&process->status, "stream/a/halt", world->halt ? world->halt : "");
}

static struct settle_result *look(const struct world *world) {
    struct settle_process before[1], after[1];
    struct settle_committed stream = {.stream = "a", .seq = (uint64_t)world->committed};
    struct settle_database database = {.queues = world->queues, .streams = &stream, .stream_count = 1};
    fill(&before[0], world, world->last);
    fill(&after[0], world, world->last_after);
    struct settle_upstream first = {before, 1}, second = {after, world->leaves ? 0 : 1};
    struct settle_input input = {.step = 7,
                                 .now = {1000000},
                                 .before = &first,
                                 .after = &second,
                                 .database = &database,
                                 .expected = world->expected};
    struct settle_result *result = calloc(1, sizeof *result);
    settle_decide(&input, result);
    status_finish(&before[0].status);
    status_finish(&after[0].status);
    return result;
}

Test(settle, all_is_done) {
    struct settle_result *result = look(&settled);
    cr_assert(result->settled, "%s", result->outstanding[0]);
    cr_assert_eq(result->count, 0);
    cr_assert_eq(result->step, 7);
    cr_assert_not(instant_is(result->next_at));
    free(result);
}

#define CHANGED(...)                                                                                                   \
    __extension__({                                                                                                    \
        struct world w = settled;                                                                                      \
        __VA_ARGS__;                                                                                                   \
        w;                                                                                                             \
    })

Test(settle, anything_undone_is_named) {
    const struct {
        struct world world;
        const char *word;
    } rows[] = {
        {CHANGED(w.step = 6), "step 6"},
        {CHANGED(w.alive = false), "gone"},
        {CHANGED(w.pending = 2), "2 files pending"},
        {CHANGED(w.state = "connecting"), "not connected"},
        {CHANGED(w.state = "database_away"), "database is away"},
        {CHANGED(w.acked = 11, w.committed = 11), "11 acknowledged"},
        {CHANGED(w.committed = 11), "11 committed"},
        {CHANGED(w.last_after = 13, w.acked = 13, w.committed = 13), "moved"},
        {CHANGED(w.queues.cells = 3), "3 cells"},
        {CHANGED(w.queues.wakes = 1), "1 wakes"},
        {CHANGED(w.queues.streams = 1), "1 streams"},
        {CHANGED(w.queues.notices = 4), "4 notices"},
        {CHANGED(w.queues.deliveries = 5), "5 deliveries"},
        {CHANGED(w.expected = 2), "1 of 2 programs"},
        {CHANGED(w.leaves = true, w.expected = 0), "came or went"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settle_result *result = look(&rows[i].world);
        bool named = false;
        for (size_t k = 0; k < result->count; k++)
            named |= strstr(result->outstanding[k], rows[i].word) != NULL;
        cr_expect_not(result->settled, "row %zu", i);
        cr_expect(named, "row %zu: %s, not %s", i, result->outstanding[0], rows[i].word);
        free(result);
    }
}

/* "(or the agent is halted and says so)" */
Test(settle, a_halted_agent_is_not_waited_for) {
    const struct world rows[] = {CHANGED(w.last = w.last_after = 20, w.halt = "FENCED"),
                                 CHANGED(w.last = w.last_after = 20, w.state = "halted")};
    for (size_t i = 0; i < 2; i++) {
        struct settle_result *result = look(&rows[i]);
        cr_expect(result->settled, "%s", result->outstanding[0]);
        free(result);
    }
}

/* the earliest later one of next checks, wakes, notices and agents' wake_at */
Test(settle, next_is_the_earliest_that_lies_ahead) {
    const struct {
        struct world world;
        int64_t next;
    } rows[] = {{CHANGED(w.queues.next_at = (struct instant){3000000}), 3000000},
                {CHANGED(w.queues.next_at = (struct instant){3000000}, w.wake_at = 2000000), 2000000},
                {CHANGED(w.queues.next_at = (struct instant){3000000}, w.wake_at = 900000), 3000000},
                {CHANGED(w.wake_at = 4000000), 4000000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settle_result *result = look(&rows[i].world);
        cr_expect(result->settled);
        cr_expect_eq(result->next_at.ms, rows[i].next, "row %zu", i);
        free(result);
    }
}

Test(settle, more_than_can_be_kept_is_counted) {
    struct settle_process many[SETTLE_WORDS_MAX + 5];
    struct world gone = settled;
    gone.alive = false;
    for (size_t i = 0; i < SETTLE_WORDS_MAX + 5; i++)
        fill(&many[i], &gone, 12);
    struct settle_upstream upstream = {many, SETTLE_WORDS_MAX + 5};
    struct settle_database database = {.queues.next_at = INSTANT_NONE};
    struct settle_input input = {.step = 7, .before = &upstream, .after = &upstream, .database = &database};
    struct settle_result *result = calloc(1, sizeof *result);
    settle_decide(&input, result);
    cr_assert_eq(result->count, SETTLE_WORDS_MAX + 5);
    cr_assert_not(result->settled);
    free(result);
    for (size_t i = 0; i < SETTLE_WORDS_MAX + 5; i++)
        status_finish(&many[i].status);
}
