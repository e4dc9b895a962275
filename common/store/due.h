/* The due queue: which cells and streams must be looked at, taken so that several alerters share the work. A target is
 * taken whole (its county cells and the city's belong together): the row lock of its first cell is the claim, others pass
 * it by (SKIP LOCKED), and a dead process loses it with its connection. Everything here runs in the caller's transaction;
 * the same transaction writes what was found. Waits for the database. */
#ifndef DUBAN_STORE_DUE_H
#define DUBAN_STORE_DUE_H

#include "common/domain/alert.h"
#include "common/store/session.h"

struct due_cell_row {
    int32_t cell, target; /* registry ids */
    bool due;
    enum light light; /* computed before */
};
struct due_cells {
    struct due_cell_row *cells; /* all of the claimed targets that are not retired, by target, then cell */
    size_t count;
    int64_t *wakes; /* consumed by due_cells_write */
    size_t wake_count;
};
/* Claims at most `targets` targets of a programme with something due at `now`. count 0 = nothing, or others have it. */
__attribute__((warn_unused_result)) enum error_code due_cells_claim(struct pg *pg, int32_t programme,
                                                                    struct instant now, int targets,
                                                                    struct due_cells *out, struct error *err);
void due_cells_finish(struct due_cells *cells);

struct cell_light {
    int32_t cell;
    struct instant next_check;
    const char *state, *light, *computed, *proposed, *rule;
    struct day light_since;
    bool has_deviation;
    int32_t deviation_tenths;
    char *why, *json; /* heap; cell_lights_finish frees them */
};
__attribute__((warn_unused_result)) enum error_code due_cells_write(struct pg *pg, const struct due_cells *claimed,
                                                                    const struct cell_light *lights, size_t count,
                                                                    struct instant now, int32_t plan_version,
                                                                    const char *rules_version, struct error *err);
void cell_lights_finish(struct cell_light *lights, size_t count); /* the texts, not the array */

/* Streams: the same by rows of stream_due. Streams without a row get one, due at once. */
struct due_streams {
    int32_t *streams;
    size_t count;
    int64_t *wakes;
    size_t wake_count;
};
__attribute__((warn_unused_result)) enum error_code due_streams_claim(struct pg *pg, int32_t programme,
                                                                      struct instant now, int limit,
                                                                      struct due_streams *out, struct error *err);
void due_streams_finish(struct due_streams *streams);
/* next[i] is claimed->streams[i]'s. */
__attribute__((warn_unused_result)) enum error_code due_streams_write(struct pg *pg, const struct due_streams *claimed,
                                                                      const struct instant *next, struct error *err);

/* What is left at `now` (others' claims included), and when something comes next. */
struct due_left {
    int64_t cells, streams;          /* due now; cells and notices are counted to about a thousand */
    int64_t notices;                 /* due now, a brief among them */
    int64_t deliveries;              /* not yet delivered, tries left */
    int64_t failed;                  /* tries spent */
    struct instant next_at;          /* the earliest later one; INSTANT_NONE */
};
__attribute__((warn_unused_result)) enum error_code due_left(struct pg *pg, struct instant now, struct due_left *out,
                                                             struct error *err);
/* Numbers that change when a plan is loaded, a stream is made or trial mode ends. programme NULL = all. */
struct due_mark {
    int64_t versions, streams, trials;
};
__attribute__((warn_unused_result)) enum error_code due_mark(struct pg *pg, const char *programme,
                                                             struct due_mark *out, struct error *err);
/* Whether one programme has something due at `now` (others' claims included): one question, so that nothing is claimed for nothing. */
struct due_work {
    bool cells, streams, notices, brief;
};
__attribute__((warn_unused_result)) enum error_code due_work(struct pg *pg, int32_t programme, struct instant now,
                                                             struct due_work *out, struct error *err);

/* The morning brief of a programme: its first one, unless it has one already; and the next one. */
__attribute__((warn_unused_result)) enum error_code due_brief_make(struct pg *pg, int32_t programme,
                                                                   struct instant first, struct error *err);
__attribute__((warn_unused_result)) enum error_code due_brief_next(struct pg *pg, int32_t programme,
                                                                   struct instant next, struct error *err);
/* The programme for oneself until the transaction ends: a window, the house's own watch. Not *held: somebody else has it,
 * and nothing is waited for (he may render for long). */
__attribute__((warn_unused_result)) enum error_code due_hold(struct pg *pg, int32_t programme, bool *held,
                                                             struct error *err);
/* Of one that is held: every claim of its cells and streams, too, so that nobody assesses meanwhile what a window says.
 * Waits for those who hold some. *brief: the brief is due. */
__attribute__((warn_unused_result)) enum error_code due_hold_all(struct pg *pg, int32_t programme, struct instant now,
                                                                 bool *brief, struct error *err);

#endif
