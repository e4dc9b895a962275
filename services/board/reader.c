#include "services/board/reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/store/session.h"
#include "services/board/scope_rows.h"
#include "services/board/http.h"

enum {
    CLOCK_WAIT_MS = 30000,
    GATHER_MS = 100,     /* changes of so long are read at once */
    BEAT_MS = 1000,      /* streams: comments, sessions that ended */
    IDLE_MS = 60000,     /* nobody asked for so long: nothing is read before somebody does */
    WANTED_MS = 600000,  /* a document nobody asked for in so long is no longer made */
    REST_FACTOR = 1,     /* after a reading of n ms it rests n ms: never more than half a processor */
    RETRY_FIRST_MS = 200,
    RETRY_MOST_MS = 5000,
    ANSWER_MS = 20000,
};

static void look_at(struct reader *reader, struct tick due) {
    if (reader->look.due.ms != TICK_NONE.ms && reader->look.due.ms <= due.ms) return;
    loop_timer_arm(&reader->loop.timers, &reader->look, due);
}

static bool somebody_looks(const struct reader *reader, struct tick now) {
    return atomic_load(&reader->board->metrics.streams) > 0 || now.ms - atomic_load(&reader->board->asked_at) < IDLE_MS;
}

/* Something may have changed: read it soon, or remember it for whoever looks next. */
static void on_change(struct reader *reader) {
    struct tick now = tick_now();
    if (!somebody_looks(reader, now) && reader->facts) {
        atomic_store(&reader->board->dirty, true);
        return;
    }
    struct tick soon = tick_after(now, GATHER_MS), rested = tick_after(reader->looked_at, REST_FACTOR * reader->cost_ms);
    look_at(reader, soon.ms > rested.ms ? soon : rested);
}

/* --- the connection --- */

static void take_notifications(struct reader *reader) {
    const char *channel, *payload;
    bool any = false;
    while (pg_notified(reader->pg, &channel, &payload)) any = true;
    if (any) on_change(reader);
}

static void on_notify(void *context, short events) {
    struct reader *reader = context;
    (void)events;
    take_notifications(reader);
    if (pg_broken(reader->pg)) look_at(reader, tick_now());
}

static void unwatch(struct reader *reader) {
    if (reader->watched_fd >= 0) loop_unwatch(&reader->loop, reader->watched_fd);
    reader->watched_fd = -1;
}

static const char setup_sql[] = "SET idle_in_transaction_session_timeout = '30s'; " SCOPE_ROWS_OFFICE "; "
                                "LISTEN duban_change; LISTEN duban_plan";

static enum error_code connect_database(struct reader *reader, struct error *err) {
    unwatch(reader);
    enum error_code code;
    enum installation_kind kind = INSTALLATION_REAL;
    if (!reader->pg) {
        struct session_settings session = {.conninfo = reader->board->settings->database,
                                           .application = "duban-board",
                                           .clock = &reader->clock,
                                           .answer_ms = ANSWER_MS};
        code = session_open(&session, &reader->pg, err);
    } else {
        code = pg_reopen(reader->pg, err);
        if (!code) code = session_check(reader->pg, &reader->clock, err);
    }
    if (!code) code = session_kind(reader->pg, &kind, err);
    if (!code) code = pg_script(reader->pg, setup_sql, err);
    if (code) return code;
    atomic_store(&reader->board->rehearsal, kind == INSTALLATION_REHEARSAL);
    reader->watched_fd = pg_fd(reader->pg);
    return loop_watch(&reader->loop, reader->watched_fd, POLLIN, on_notify, reader, err);
}

static enum error_code begin(struct reader *reader, struct error *err) {
    enum error_code code = ERROR_OK;
    if (!reader->pg || pg_broken(reader->pg)) code = connect_database(reader, err);
    if (!code) code = pg_begin(reader->pg, err);
    return code ? code : pg_script(reader->pg, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", err);
}

/* --- what is made at each reading --- */

static struct wanted *want(struct reader *reader, const char *key, const struct scope_copy *scope, const struct ask *ask,
                           bool always) {
    for (size_t i = 0; i < reader->wanted_count; i++)
        if (strcmp(reader->wanted[i].key, key) == 0) return &reader->wanted[i];
    if (reader->wanted_count == reader->wanted_capacity) {
        size_t capacity = reader->wanted_capacity ? 2 * reader->wanted_capacity : 32;
        struct wanted *grown = reallocarray(reader->wanted, capacity, sizeof *grown);
        if (!grown) return NULL;
        reader->wanted = grown;
        reader->wanted_capacity = capacity;
    }
    char *name = strdup(key);
    if (!name) return NULL;
    reader->wanted[reader->wanted_count] = (struct wanted){name, *scope, *ask, always};
    return &reader->wanted[reader->wanted_count++];
}

static void forget_unwanted(struct reader *reader) {
    struct tick since = {tick_now().ms - WANTED_MS};
    size_t kept = 0;
    for (size_t i = 0; i < reader->wanted_count; i++) {
        struct wanted *one = &reader->wanted[i];
        if (one->always || store_keep(&reader->board->store, one->key, since)) reader->wanted[kept++] = *one;
        else free(one->key);
    }
    reader->wanted_count = kept;
}

/* What everybody looks at first is there before anybody asks. */
static void want_always(struct reader *reader) {
    static const enum route_document first[] = {DOCUMENT_OVERVIEW, DOCUMENT_ALERTS, DOCUMENT_FEEDS};
    const struct scope office = {.role = ROLE_OFFICE};
    struct scope_copy scope;
    scope_copy_of(&office, &scope);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        for (size_t j = 0; j < route_count; j++) {
            if (routes[j].kind != ROUTE_DOCUMENT || routes[j].document != first[i]) continue;
            const struct ask ask = {.route = &routes[j], .as_of = DAY_NONE, .known_at = INSTANT_NONE};
            char key[JOB_KEY_MAX];
            board_key(reader->board, &office, &ask, false, key);
            (void)want(reader, key, &scope, &ask, true); /* without memory: when somebody asks */
        }
}

/* Publishes and tells the streams which tags are new. */
static void publish(struct reader *reader, struct publication *publication) {
    struct board *board = reader->board;
    struct stream_draft draft = {0};
    store_publish(&board->store, publication, tick_now());
    for (size_t i = 0; i < publication->count; i++) {
        const struct published *item = &publication->items[i];
        const char *name = strchr(item->key, ' ');
        if (!item->changed || !name) continue;
        char who[SCOPE_KEY_MAX];
        size_t len = (size_t)(name - item->key) < sizeof who ? (size_t)(name - item->key) : sizeof who - 1;
        memcpy(who, item->key, len);
        who[len] = '\0';
        stream_draft_add(&draft, who, name + 1, item->tag);
    }
    if (draft.count) metrics_add(&board->metrics.events);
    http_tell(board->http, atomic_load(&board->change), &draft);
    stream_draft_finish(&draft);
    atomic_store(&board->metrics.kept, (long long)store_count(&board->store));
}

static enum error_code make_wanted(struct reader *reader, struct publication *publication, struct error *err) {
    for (size_t i = 0; i < reader->wanted_count; i++) {
        const struct wanted *one = &reader->wanted[i];
        struct scope scope = scope_copy_scope(&one->scope);
        struct problem problem;
        struct rendering *rendering = library_make(reader->facts, &scope, &one->ask, reader->pg, &problem, err);
        if (err->code) return err->code;
        metrics_add(&reader->board->metrics.documents);
        if (rendering) publication_add(publication, one->key, rendering, one->always);
    }
    return ERROR_OK;
}

/* What every body says at its head, for the session's. */
static void publish_head(struct reader *reader) {
    CLEAN(publication_finish) struct publication publication = {0};
    json_t *head = document_envelope(reader->facts, "session");
    char *text = head ? json_dumps(head, JSON_COMPACT) : NULL;
    if (text) publication_add(&publication, BOARD_HEAD_KEY, rendering_create(text, strlen(text)), true);
    if (text) store_publish(&reader->board->store, &publication, tick_now());
    free(text);
    json_decref(head);
}

static enum error_code read_change(struct reader *reader, int64_t *change, struct error *err) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code =
        pg_run(reader->pg, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM change_no", NULL, &rows, err);
    if (!code) *change = pg_int(&rows, 0, 0) + atomic_load(&reader->board->acted);
    return code;
}

static void drop_facts(struct reader *reader) {
    if (!reader->facts) return;
    facts_finish(reader->facts);
    free(reader->facts);
    reader->facts = NULL;
}

static enum error_code read_facts(struct reader *reader, struct error *err) {
    struct board *board = reader->board;
    struct facts_ask ask = {.programme = board->settings->programme,
                            .present = &reader->present,
                            .now = clock_domain(&reader->clock),
                            .sample = atomic_load(&board->rehearsal)};
    enum error_code code = read_change(reader, &ask.change, err);
    if (code) return code;
    drop_facts(reader); /* they borrow what the next look changes */
    struct facts *facts = malloc(sizeof *facts);
    if (!facts) return error_set(err, ERROR_MEMORY, "out of memory");
    code = facts_load(reader->pg, &ask, facts, err);
    reader->facts = facts;
    if (code) drop_facts(reader);
    return code;
}

/* --- a reading --- */

static enum error_code look(struct reader *reader, struct error *err) {
    CLEAN(publication_finish) struct publication publication = {0};
    struct board *board = reader->board;
    struct tick began = tick_now();
    forget_unwanted(reader);
    metrics_add(&board->metrics.refreshes);
    atomic_store(&board->dirty, false);
    enum error_code code = begin(reader, err);
    if (!code) code = read_facts(reader, err);
    if (!code) code = make_wanted(reader, &publication, err);
    if (!code) code = pg_commit(reader->pg, err);
    if (code) {
        if (reader->pg) pg_rollback(reader->pg);
        return code;
    }
    atomic_store(&board->change, reader->facts->change);
    atomic_store(&board->domain_now, clock_domain(&reader->clock).ms);
    atomic_store(&board->metrics.change, reader->facts->change);
    publish_head(reader);
    publish(reader, &publication);
    atomic_store(&board->away_since, 0);
    atomic_store(&board->read_at, tick_now().ms);
    reader->cost_ms = tick_now().ms - began.ms;
    atomic_store(&board->metrics.refresh_ms, reader->cost_ms);
    return ERROR_OK;
}

/* Everything that is shown says from now on since when it is not up to date. */
static void say_stale(struct reader *reader) {
    CLEAN(publication_finish) struct publication publication = {0};
    struct board *board = reader->board;
    if (atomic_load(&board->away_since) || atomic_load(&board->change) < 0) return;
    struct instant since = {real_now().ms - (tick_now().ms - atomic_load(&board->read_at))};
    for (size_t i = 0; i < reader->wanted_count; i++) {
        struct rendering *old = store_find(&board->store, reader->wanted[i].key, (struct tick){atomic_load(&board->asked_at)});
        struct rendering *stale = old ? library_stale(old, since) : NULL;
        if (stale) publication_add(&publication, reader->wanted[i].key, stale, reader->wanted[i].always);
        rendering_drop(&old);
    }
    publish(reader, &publication);
    atomic_store(&board->away_since, since.ms); /* whoever hears of it finds the documents saying so */
}

static void write_status(struct reader *reader) {
    struct error err;
    const char *file = reader->board->settings->status;
    if (!file) return;
    status_set_state(&reader->status, reader->failures ? "waiting" : "running");
    status_set_clock(&reader->status, &reader->clock);
    status_set(&reader->status, "change", atomic_load(&reader->board->change));
    status_set(&reader->status, "streams", atomic_load(&reader->board->metrics.streams));
    if (status_write(&reader->status, file, &err)) log_failure(LOG_LEVEL_WARN, "status_not_written", &err);
}

/* true: what is published is what the database says. */
static bool try_look(struct reader *reader) {
    struct error err = {0};
    enum error_code code = look(reader, &err);
    loop_timer_cancel(&reader->loop.timers, &reader->look);
    reader->looked_at = tick_now();
    if (!code) {
        if (reader->failures) log_info("database_back", "after=%u", reader->failures);
        reader->failures = 0;
        look_at(reader, tick_after(reader->looked_at, reader->board->settings->poll_ms));
        take_notifications(reader); /* those that came while the statements ran */
    } else {
        metrics_add(&reader->board->metrics.refresh_failures);
        log_failure(code == ERROR_CONNECTION ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "reading_failed", &err);
        if (reader->pg && pg_broken(reader->pg)) unwatch(reader);
        say_stale(reader);
        int64_t pause = RETRY_FIRST_MS << (reader->failures < 5 ? reader->failures : 5);
        reader->failures++;
        look_at(reader, tick_after(reader->looked_at, pause < RETRY_MOST_MS ? pause : RETRY_MOST_MS));
        if (code == ERROR_USAGE) {
            reader->fatal = code;
            loop_stop(&reader->loop);
        }
    }
    write_status(reader);
    return !code;
}

static void on_look(void *context) {
    (void)try_look(context);
}

/* --- documents that somebody asked for the first time --- */

static struct rendering *make_one(struct reader *reader, const struct job *job, struct problem *problem) {
    struct error err = {0};
    struct scope scope = scope_copy_scope(&job->scope);
    struct rendering *rendering = NULL;
    enum error_code code = begin(reader, &err);
    if (!code) {
        rendering = library_make(reader->facts, &scope, &job->ask, reader->pg, problem, &err);
        code = err.code;
        pg_rollback(reader->pg); /* nothing was written */
    } else {
        problem_of_error(&err, job->ask.route->unknown, problem);
    }
    if (code) {
        log_failure(LOG_LEVEL_WARN, "document_failed", &err);
        if (pg_broken(reader->pg)) look_at(reader, tick_now());
    }
    return rendering;
}

static void answer_job(struct reader *reader, struct job *job) {
    CLEAN(publication_finish) struct publication publication = {0};
    struct problem problem = {0};
    struct rendering *rendering = store_find(&reader->board->store, job->key, tick_now());
    if (!rendering && (!reader->facts || reader->failures)) {
        const struct error away = {.code = ERROR_CONNECTION};
        problem_of_error(&away, PROBLEM_UNKNOWN_RESOURCE, &problem);
    } else if (!rendering) {
        rendering = make_one(reader, job, &problem);
        metrics_add(&reader->board->metrics.documents);
    }
    if (rendering && want(reader, job->key, &job->scope, &job->ask, false)) {
        publication_add(&publication, job->key, rendering_hold(rendering), false);
        store_publish(&reader->board->store, &publication, tick_now());
    }
    board_end_job(reader->board, job, rendering, &problem);
    rendering_drop(&rendering);
}

static struct job *next_job(struct board *board) {
    pthread_mutex_lock(&board->lock);
    struct job *job = jobs_take(&board->jobs, JOB_LIVE);
    pthread_mutex_unlock(&board->lock);
    return job;
}

static void on_wake(void *context, short events) {
    struct reader *reader = context;
    uint64_t count;
    (void)events;
    ssize_t taken = read(reader->board->wake_fd, &count, sizeof count);
    (void)taken;
    if (atomic_load(&reader->board->dirty) && !reader->failures) (void)try_look(reader);
    for (struct job *job; (job = next_job(reader->board));) answer_job(reader, job);
}

/* --- the whole --- */

static void on_beat(void *context) {
    struct reader *reader = context;
    http_beat(reader->board->http);
    loop_timer_arm(&reader->loop.timers, &reader->beat, tick_after(tick_now(), BEAT_MS));
}

static void on_clock(void *context) {
    struct reader *reader = context;
    on_change(reader);
}

static void on_reload(void *context) {
    look_at(context, tick_now());
}

enum error_code reader_open(struct reader *reader, struct board *board, struct error *err) {
    *reader = (struct reader){.board = board, .watched_fd = -1, .clock.inotify = -1, .loop.signal_fd = -1};
    reader->look = (struct loop_timer){.due = TICK_NONE, .fire = on_look, .context = reader};
    reader->beat = (struct loop_timer){.due = TICK_NONE, .fire = on_beat, .context = reader};
    status_init(&reader->status, "duban-board");
    enum error_code code = clock_open(&reader->clock, board->settings->clock, CLOCK_WAIT_MS, err);
    if (!code) code = loop_init(&reader->loop, &reader->clock, err);
    if (!code) code = loop_watch(&reader->loop, board->wake_fd, POLLIN, on_wake, reader, err);
    if (code) return code;
    reader->loop.on_clock = on_clock;
    reader->loop.on_reload = on_reload;
    reader->loop.context = reader;
    atomic_store(&board->domain_now, clock_domain(&reader->clock).ms);
    want_always(reader);
    return ERROR_OK;
}

enum error_code reader_run(struct reader *reader, struct error *err) {
    look_at(reader, tick_now());
    on_beat(reader);
    enum error_code code = loop_run(&reader->loop, err);
    if (code) return code;
    return reader->fatal ? error_set(err, reader->fatal, "the board cannot go on; the log says why") : ERROR_OK;
}

void reader_finish(struct reader *reader) {
    unwatch(reader);
    drop_facts(reader);
    present_finish(&reader->present);
    for (size_t i = 0; i < reader->wanted_count; i++) free(reader->wanted[i].key);
    free(reader->wanted);
    pg_close(&reader->pg);
    loop_timer_cancel(&reader->loop.timers, &reader->look);
    loop_timer_cancel(&reader->loop.timers, &reader->beat);
    loop_finish(&reader->loop);
    clock_finish(&reader->clock);
    status_finish(&reader->status);
}
