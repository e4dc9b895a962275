#include "services/board/past.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/store/session.h"
#include "services/board/library.h"
#include "services/board/scope_rows.h"

enum { ANSWER_MS = 4000, RETRY_S = 5 };

struct past {
    struct board *board;
    pthread_t thread;
    struct pg *pg;
    struct facts facts;
    bool has_facts;
    int64_t change; /* of has_facts: what stood then, and for which question */
    struct day as_of;
    struct instant known_at;
};

static enum error_code connect_database(struct past *past, struct error *err) {
    static const char setup[] = "SET statement_timeout = '2s'; SET idle_in_transaction_session_timeout = '30s'; "
                                SCOPE_ROWS_OFFICE;
    struct session_settings session = {
        .conninfo = past->board->settings->database, .application = "duban-board past", .answer_ms = ANSWER_MS};
    if (past->pg && !pg_broken(past->pg)) return ERROR_OK;
    enum error_code code = past->pg ? pg_reopen(past->pg, err) : session_open(&session, &past->pg, err);
    return code ? code : pg_script(past->pg, setup, err);
}

static void drop_facts(struct past *past) {
    if (past->has_facts) facts_finish(&past->facts);
    past->has_facts = false;
}

/* The facts of the question's moment, unless they are there already. */
static enum error_code load(struct past *past, const struct ask *ask, struct error *err) {
    struct board *board = past->board;
    int64_t change = atomic_load(&board->change);
    if (past->has_facts && past->change == change && past->as_of.n == ask->as_of.n && past->known_at.ms == ask->known_at.ms)
        return ERROR_OK;
    drop_facts(past);
    struct instant now = {atomic_load(&board->domain_now)};
    const struct moment moment = facts_moment(ask->as_of, ask->known_at, now);
    const struct facts_ask facts = {.programme = board->settings->programme,
                                    .moment = ask_is_past(ask) ? &moment : NULL,
                                    .now = now,
                                    .sample = atomic_load(&board->rehearsal),
                                    .change = change};
    enum error_code code = facts_load(past->pg, &facts, &past->facts, err);
    past->has_facts = true;
    past->change = change;
    past->as_of = ask->as_of;
    past->known_at = ask->known_at;
    if (code) drop_facts(past);
    return code;
}

static enum error_code make(struct past *past, const struct job *job, struct rendering **out, struct problem *problem,
                            struct error *err) {
    struct scope scope = scope_copy_scope(&job->scope);
    enum error_code code = connect_database(past, err);
    if (!code) code = pg_begin(past->pg, err);
    if (!code) code = pg_script(past->pg, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", err);
    if (!code) code = load(past, &job->ask, err);
    if (!code) {
        *out = library_make(&past->facts, &scope, &job->ask, past->pg, problem, err);
        code = err->code;
    } else {
        problem_of_error(err, PROBLEM_UNKNOWN_RESOURCE, problem);
    }
    if (code && past->pg && strcmp(pg_state(past->pg), "57014") == 0) {
        problem_set(problem, PROBLEM_BUSY, NULL, "几秒后再试", "算得太久，已停下");
        problem->retry_after_s = RETRY_S;
    }
    if (past->pg) pg_rollback(past->pg);
    return code;
}

static void work(struct past *past, struct job *job) {
    struct rendering *rendering = NULL;
    struct problem problem = {0};
    struct error err = {0};
    metrics_add(&past->board->metrics.past);
    if (make(past, job, &rendering, &problem, &err)) log_failure(LOG_LEVEL_WARN, "past_failed", &err);
    board_end_job(past->board, job, rendering, &problem);
    rendering_drop(&rendering);
}

static void *run(void *context) {
    struct past *past = context;
    struct board *board = past->board;
    pthread_mutex_lock(&board->lock);
    while (!board->stopping) {
        struct job *job = jobs_take(&board->jobs, JOB_PAST);
        if (!job) {
            pthread_cond_wait(&board->past_waits, &board->lock);
            continue;
        }
        pthread_mutex_unlock(&board->lock);
        work(past, job);
        pthread_mutex_lock(&board->lock);
    }
    pthread_mutex_unlock(&board->lock);
    return NULL;
}

enum error_code past_start(struct board *board, struct past **out, struct error *err) {
    struct past *past = calloc(1, sizeof *past);
    *out = NULL;
    if (!past) return error_set(err, ERROR_MEMORY, "out of memory");
    past->board = board;
    if (pthread_create(&past->thread, NULL, run, past) != 0) {
        free(past);
        return error_set(err, ERROR_IO, "cannot start the thread that reads the past");
    }
    *out = past;
    return ERROR_OK;
}

void past_stop(struct past **slot) {
    struct past *past = *slot;
    *slot = NULL;
    if (!past) return;
    board_wake(past->board, JOB_PAST);
    pthread_join(past->thread, NULL);
    drop_facts(past);
    pg_close(&past->pg);
    free(past);
}
