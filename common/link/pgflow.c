#include "common/link/pgflow.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/base/random.h"
#include "common/link/pq.h"

enum { CONNECT_MS = 5000, ANSWER_MS = 30000, RETRY_MIN_MS = 200, RETRY_MAX_MS = 5000, COPY_CHUNK = 65536, SEND_BUFFER = 1 << 20 };

/* What the connection is doing. */
enum stage {
    STAGE_AWAY,
    STAGE_CONNECTING,
    STAGE_SETUP,    /* session and setup statements, then one statement a turn is prepared */
    STAGE_IDLE,
    STAGE_STEP,     /* a step of the flow */
    STAGE_ROLLBACK, /* after a refusal */
};

struct pgflow {
    struct link_loop *loop;
    struct pgflow_settings settings;
    struct pq_target target;
    PGconn *conn;
    int fd; /* watched; -1 none */
    enum stage stage;
    size_t prepared; /* statements prepared so far; SETUP */
    bool setup_sent; /* the caller's own setup statements */
    unsigned failures;
    struct loop_timer timer; /* deadline, or the next attempt while AWAY */
    bool warned;
    /* the flow under way */
    const struct pgstep *steps;
    size_t count, step;
    struct tick asked_at; /* the step's statement was sent */
    size_t copied; /* bytes of a COPY handed to libpq */
    bool copying, commit_sent;
    void (*done)(void *context, const struct pgflow_answer *answer);
    void *done_context;
    struct pg_rows rows[PGFLOW_STEPS_MAX];
    /* of the statement under way */
    enum error_code failed;
    struct error error;
    char sqlstate[PQ_SQLSTATE_MAX];
    enum pgflow_outcome refusal; /* what to report after ROLLBACK */
};

static void ready(void *context, short events);
static void connect_now(struct pgflow *flow);

/* --- watching and waiting --- */

static void unwatch(struct pgflow *flow) {
    if (flow->fd >= 0) link_unwatch_fd(flow->loop, flow->fd);
    flow->fd = -1;
}

static bool watch(struct pgflow *flow, short events) {
    struct error ignored;
    int fd = PQsocket(flow->conn);
    if (flow->fd >= 0 && flow->fd != fd) unwatch(flow);
    if (fd < 0 || link_watch_fd(flow->loop, fd, events, ready, flow, &ignored) != ERROR_OK) return false;
    flow->fd = fd;
    return true;
}

static void arm(struct pgflow *flow, int64_t ms) {
    loop_timer_arm(&flow->loop->timers, &flow->timer, tick_after(tick_now(), ms));
}

static int64_t back_off_ms(const struct pgflow *flow) {
    int64_t least = flow->settings.retry_min_ms, most = flow->settings.retry_max_ms;
    int64_t bound = least << (flow->failures < 10 ? flow->failures : 10);
    uint32_t jitter = 0;
    struct error ignored;
    if (bound > most) bound = most;
    if (random_bytes(&jitter, sizeof jitter, &ignored) != ERROR_OK) return bound;
    return least + (int64_t)(jitter % (uint64_t)(bound - least + 1));
}

/* --- ends of a flow --- */

static void forget_rows(struct pgflow *flow) {
    for (size_t i = 0; i < PGFLOW_STEPS_MAX; i++) pg_rows_finish(&flow->rows[i]);
}

static void finish_flow(struct pgflow *flow, enum pgflow_outcome outcome) {
    struct pgflow_answer answer = {.outcome = outcome, .step = flow->step, .sqlstate = flow->sqlstate, .error = flow->error};
    struct pg_rows rows[PGFLOW_STEPS_MAX];
    void (*done)(void *, const struct pgflow_answer *) = flow->done;
    memcpy(rows, flow->rows, sizeof rows); /* done may start the next flow */
    memset(flow->rows, 0, sizeof flow->rows);
    answer.rows = rows;
    flow->done = NULL;
    flow->steps = NULL;
    if (done) done(flow->done_context, &answer);
    for (size_t i = 0; i < PGFLOW_STEPS_MAX; i++) pg_rows_finish(&rows[i]);
}

static void close_connection(struct pgflow *flow) {
    unwatch(flow);
    PQfinish(flow->conn);
    flow->conn = NULL;
    flow->stage = STAGE_AWAY;
}

/* The connection is of no use any more: whoever waits is told, and the next host is tried after a while. */
static void away(struct pgflow *flow) {
    struct error error = flow->error;
    enum pgflow_outcome outcome = flow->commit_sent ? PGFLOW_IN_DOUBT : PGFLOW_LOST;
    bool under_way = flow->done != NULL;
    close_connection(flow);
    arm(flow, back_off_ms(flow));
    flow->failures++;
    if (under_way) finish_flow(flow, flow->refusal != PGFLOW_OK ? flow->refusal : outcome);
    if (flow->settings.on_away) flow->settings.on_away(flow->settings.context, &error);
}

static void gone(struct pgflow *flow, const char *what) {
    (void)pq_failure_connection(&flow->error, flow->conn, what);
    away(flow);
}

/* --- sending --- */

/* true: all is handed to the kernel, or the loop calls again when it can be. */
static bool flush(struct pgflow *flow) {
    int left = PQflush(flow->conn);
    if (left < 0) return false;
    return watch(flow, left ? POLLIN | POLLOUT : POLLIN);
}

static void feed_copy(struct pgflow *flow) {
    const struct pgstep *step = &flow->steps[flow->step];
    while (flow->copied < step->len) {
        size_t rest = step->len - flow->copied;
        int part = (int)(rest < COPY_CHUNK ? rest : COPY_CHUNK);
        int put = PQputCopyData(flow->conn, (const char *)step->bytes + flow->copied, part);
        if (put < 0) {
            gone(flow, "cannot send to the database");
            return;
        }
        if (put > 0) flow->copied += (size_t)part;
        int left = PQflush(flow->conn);
        if (left < 0) {
            gone(flow, "cannot send to the database");
            return;
        }
        if (left > 0 || put == 0) {
            if (!watch(flow, POLLIN | POLLOUT)) gone(flow, "cannot wait for the database");
            return;
        }
    }
    flow->copying = false;
    if (PQputCopyEnd(flow->conn, NULL) < 0 || !flush(flow)) gone(flow, "cannot send to the database");
}

static int send_step(struct pgflow *flow, const struct pgstep *step) {
    switch (step->kind) {
    case PGSTEP_SQL:
    case PGSTEP_COPY: return PQsendQuery(flow->conn, step->sql);
    case PGSTEP_QUERY: return pq_send_params(flow->conn, step->sql, step->params);
    case PGSTEP_PREPARED: return pq_send_prepared(flow->conn, step->sql, step->params);
    case PGSTEP_COMMIT: flow->commit_sent = true; return PQsendQuery(flow->conn, step->sql);
    }
    return 0;
}

static void start_step(struct pgflow *flow) {
    flow->failed = ERROR_OK;
    flow->warned = false;
    flow->copied = 0;
    flow->asked_at = tick_now();
    arm(flow, flow->settings.answer_ms);
    if (!send_step(flow, &flow->steps[flow->step]) || !flush(flow)) gone(flow, "cannot send to the database");
}

void pgflow_run(struct pgflow *flow, const struct pgstep *steps, size_t count,
                void (*done)(void *context, const struct pgflow_answer *answer), void *context) {
    flow->steps = steps;
    flow->count = count;
    flow->step = 0;
    flow->done = done;
    flow->done_context = context;
    flow->commit_sent = flow->copying = false;
    flow->refusal = PGFLOW_OK;
    flow->sqlstate[0] = '\0';
    flow->error = (struct error){0};
    flow->stage = STAGE_STEP;
    start_step(flow);
}

static void idle(struct pgflow *flow) {
    loop_timer_cancel(&flow->loop->timers, &flow->timer);
    flow->stage = STAGE_IDLE;
    flow->commit_sent = false;
}

static void roll_back(struct pgflow *flow, enum pgflow_outcome outcome) {
    flow->refusal = outcome;
    flow->commit_sent = false;
    if (PQtransactionStatus(flow->conn) == PQTRANS_IDLE) {
        idle(flow);
        finish_flow(flow, outcome);
        return;
    }
    flow->stage = STAGE_ROLLBACK;
    arm(flow, flow->settings.answer_ms);
    if (!PQsendQuery(flow->conn, "ROLLBACK") || !flush(flow)) gone(flow, "cannot send to the database");
}

static bool was_committed(const struct pgflow *flow) {
    struct pg_result *result = flow->rows[flow->step].result;
    return result && strcmp(PQcmdStatus(result), "COMMIT") == 0;
}

static void step_ended(struct pgflow *flow) {
    const struct pgstep *step = &flow->steps[flow->step];
    if (flow->failed != ERROR_OK) {
        roll_back(flow, PGFLOW_REFUSED);
        return;
    }
    if (step->kind == PGSTEP_COMMIT) {
        if (!was_committed(flow)) {
            roll_back(flow, PGFLOW_REFUSED);
            return;
        }
        if (flow->warned) {
            (void)error_set(&flow->error, ERROR_CONNECTION, "the database committed with a warning: it may not last");
            away(flow);
            return;
        }
        flow->commit_sent = false;
    } else if (step->expect_rows >= 0 && pg_affected(&flow->rows[flow->step]) != step->expect_rows) {
        (void)error_set(&flow->error, ERROR_CONFLICT, "step %zu touched %lld rows instead of %lld", flow->step,
                        (long long)pg_affected(&flow->rows[flow->step]), (long long)step->expect_rows);
        roll_back(flow, PGFLOW_UNEXPECTED);
        return;
    }
    if (++flow->step < flow->count) {
        start_step(flow);
        return;
    }
    idle(flow);
    finish_flow(flow, PGFLOW_OK);
}

/* --- setting up --- */

static void set_up_next(struct pgflow *flow) {
    int sent;
    flow->failed = ERROR_OK;
    if (!flow->setup_sent && flow->settings.setup) {
        flow->setup_sent = true;
        sent = PQsendQuery(flow->conn, flow->settings.setup);
    } else if (flow->prepared < flow->settings.prepare_count) {
        const struct pgprepare *one = &flow->settings.prepare[flow->prepared++];
        sent = PQsendPrepare(flow->conn, one->name, one->sql, 0, NULL);
    } else {
        flow->failures = 0;
        idle(flow);
        if (flow->settings.on_ready) flow->settings.on_ready(flow->settings.context);
        return;
    }
    if (!sent || !flush(flow)) gone(flow, "cannot send to the database");
}

/* A local socket holds by default less than what the server stores while a batch is being checked. */
static void widen(const PGconn *conn) {
    int bytes = SEND_BUFFER;
    const char *host = PQhost(conn);
    if (host && host[0] == '/') (void)setsockopt(PQsocket(conn), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static void connected(struct pgflow *flow) {
    widen(flow->conn);
    flow->stage = STAGE_SETUP;
    flow->failed = ERROR_OK;
    flow->prepared = 0;
    flow->setup_sent = false;
    arm(flow, flow->settings.answer_ms);
    pq_notices(flow->conn, &flow->warned);
    if (PQsetnonblocking(flow->conn, 1) != 0 || !PQsendQuery(flow->conn, pq_session_sql) || !flush(flow))
        gone(flow, "cannot use the database's connection");
}

static void go_on_connecting(struct pgflow *flow) {
    unwatch(flow); /* libpq may change the descriptor */
    switch (PQconnectPoll(flow->conn)) {
    case PGRES_POLLING_OK: connected(flow); return;
    case PGRES_POLLING_READING:
        if (watch(flow, POLLIN)) return;
        break;
    case PGRES_POLLING_WRITING:
        if (watch(flow, POLLOUT)) return;
        break;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE: break;
    }
    gone(flow, "cannot reach the database");
}

static void connect_now(struct pgflow *flow) {
    flow->conn = pq_start(&flow->target);
    flow->stage = STAGE_CONNECTING;
    flow->refusal = PGFLOW_OK;
    flow->commit_sent = flow->copying = false;
    arm(flow, flow->settings.connect_ms);
    if (!flow->conn || PQstatus(flow->conn) == CONNECTION_BAD || !watch(flow, POLLOUT))
        gone(flow, "cannot reach the database");
}

/* --- reading --- */

static void take_result(struct pgflow *flow, PGresult *result) {
    if (pq_result_failed(result)) {
        if (flow->failed == ERROR_OK) flow->failed = pq_failure_result(&flow->error, result, flow->sqlstate);
        PQclear(result);
    } else if (flow->stage == STAGE_STEP) {
        if (PQresultStatus(result) == PGRES_COPY_IN) flow->copying = true;
        pg_rows_finish(&flow->rows[flow->step]);
        flow->rows[flow->step].result = result;
    } else {
        PQclear(result);
    }
}

static void statement_ended(struct pgflow *flow) {
    if (PQstatus(flow->conn) != CONNECTION_OK) {
        gone(flow, "the database's connection is gone");
        return;
    }
    switch (flow->stage) {
    case STAGE_SETUP:
        if (flow->failed != ERROR_OK) away(flow);
        else set_up_next(flow);
        break;
    case STAGE_STEP: step_ended(flow); break;
    case STAGE_ROLLBACK:
        idle(flow);
        finish_flow(flow, flow->refusal);
        break;
    case STAGE_AWAY:
    case STAGE_CONNECTING:
    case STAGE_IDLE: break;
    }
}

/* Everything that has arrived for the statement under way. */
static void read_results(struct pgflow *flow) {
    enum stage stage = flow->stage;
    while (flow->conn && flow->stage == stage && !flow->copying && !PQisBusy(flow->conn)) {
        PGresult *result = PQgetResult(flow->conn);
        if (!result) {
            statement_ended(flow);
            return;
        }
        take_result(flow, result);
        if (flow->copying) feed_copy(flow);
    }
}

static void read_notifications(struct pgflow *flow) {
    for (PGnotify *note; flow->conn && (note = PQnotifies(flow->conn)); PQfreemem(note))
        if (flow->settings.on_notify) flow->settings.on_notify(flow->settings.context, note->relname, note->extra);
}

static void ready(void *context, short events) {
    struct pgflow *flow = context;
    if (flow->stage == STAGE_CONNECTING) {
        go_on_connecting(flow);
        return;
    }
    if (!flow->conn) return;
    if (events & (POLLIN | POLLERR) && !PQconsumeInput(flow->conn)) {
        gone(flow, "the database's connection is gone");
        return;
    }
    if (flow->copying) {
        feed_copy(flow);
    } else if (events & POLLOUT && !flush(flow)) {
        gone(flow, "the database's connection is gone");
        return;
    }
    if (flow->stage != STAGE_IDLE) read_results(flow);
    read_notifications(flow);
}

static void timed_out(void *context) {
    struct pgflow *flow = context;
    if (flow->stage == STAGE_AWAY) {
        connect_now(flow);
        return;
    }
    (void)error_set(&flow->error, ERROR_CONNECTION, "the database did not %s within %d ms; the connection was dropped",
                    flow->stage == STAGE_CONNECTING ? "let us in" : "answer",
                    flow->stage == STAGE_CONNECTING ? flow->settings.connect_ms : flow->settings.answer_ms);
    away(flow);
}

/* --- life --- */

static int or_default(int value, int fallback) {
    return value > 0 ? value : fallback;
}

enum error_code pgflow_open(struct link_loop *loop, const struct pgflow_settings *settings, struct pgflow **out,
                            struct error *err) {
    *out = NULL;
    struct pgflow *flow = calloc(1, sizeof *flow);
    if (!flow) return error_set(err, ERROR_MEMORY, "no memory");
    flow->loop = loop;
    flow->settings = *settings;
    flow->settings.connect_ms = or_default(settings->connect_ms, CONNECT_MS);
    flow->settings.answer_ms = or_default(settings->answer_ms, ANSWER_MS);
    flow->settings.retry_min_ms = or_default(settings->retry_min_ms, RETRY_MIN_MS);
    flow->settings.retry_max_ms = or_default(settings->retry_max_ms, RETRY_MAX_MS);
    flow->fd = -1;
    flow->timer = (struct loop_timer){.due = TICK_NONE, .fire = timed_out, .context = flow};
    enum error_code code = pq_target_init(&flow->target, settings->conninfo, settings->application, err);
    if (code != ERROR_OK) {
        free(flow);
        return code;
    }
    arm(flow, 0);
    *out = flow;
    return ERROR_OK;
}

void pgflow_close(struct pgflow **flow) {
    if (!*flow) return;
    loop_timer_cancel(&(*flow)->loop->timers, &(*flow)->timer);
    if ((*flow)->conn) close_connection(*flow);
    forget_rows(*flow);
    pq_target_finish(&(*flow)->target);
    free(*flow);
    *flow = NULL;
}

enum pgflow_state pgflow_state(const struct pgflow *flow) {
    switch (flow->stage) {
    case STAGE_AWAY: return PGFLOW_AWAY;
    case STAGE_CONNECTING:
    case STAGE_SETUP: return PGFLOW_CONNECTING;
    case STAGE_IDLE: return PGFLOW_IDLE;
    case STAGE_STEP:
    case STAGE_ROLLBACK: return PGFLOW_BUSY;
    }
    return PGFLOW_AWAY;
}

void pgflow_push(struct pgflow *flow) {
    if (flow->stage == STAGE_STEP && flow->copying) feed_copy(flow);
}

bool pgflow_answer_is_near(const struct pgflow *flow, int64_t within_ms) {
    return flow->stage == STAGE_STEP && !flow->commit_sent && !flow->copying && flow->copied == 0 &&
           tick_now().ms - flow->asked_at.ms < within_ms;
}

void pgflow_drop(struct pgflow *flow) {
    if (!flow->conn) return;
    (void)error_set(&flow->error, ERROR_CONNECTION, "the connection was given up");
    away(flow);
}
