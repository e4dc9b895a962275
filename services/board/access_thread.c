/* The two threads of access: one for people (logins, logouts, a look at the accounts every two seconds), one for the
 * desk (actions, which wait for the centre). */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/base/password.h"
#include "common/base/random.h"
#include "common/store/account_audit.h"
#include "common/store/session.h"
#include "services/board/access_parts.h"
#include "services/board/login.h"
#include "services/board/scope_rows.h"

enum { LOOK_S = 2, ANSWER_MS = 10000, BUSY_RETRY_S = 5 };

/* --- the database --- */

enum error_code access_connect(struct lane *lane, struct error *err) {
    if (lane->pg && !pg_broken(lane->pg)) return ERROR_OK;
    pg_close(&lane->pg);
    const struct session_settings settings = {
        .conninfo = lane->access->settings.database, .application = "duban-board desk", .answer_ms = ANSWER_MS};
    enum error_code code = session_open(&settings, &lane->pg, err);
    if (!code) code = pg_script(lane->pg, SCOPE_ROWS_OFFICE, err);
    if (code) pg_close(&lane->pg);
    return code;
}

static enum error_code load(struct lane *lane, int64_t change, struct error *err) {
    struct access *access = lane->access;
    CLEAN(account_rows_finish) struct account_rows accounts = {0};
    CLEAN(session_rows_finish) struct session_rows sessions = {0};
    enum error_code code = accounts_read(lane->pg, &accounts, err);
    if (!code) code = sessions_read(lane->pg, &sessions, err);
    if (code) return code;
    pthread_mutex_lock(&access->lock);
    bool loaded = sessions_load(&access->sessions, &accounts, &sessions);
    pthread_mutex_unlock(&access->lock);
    if (!loaded) return error_set(err, ERROR_MEMORY, "out of memory");
    access->change = change;
    return ERROR_OK;
}

/* The next session that is over, or whose last use the database should know. */
static bool next_to_keep(struct access *access, struct instant real, struct session *out) {
    bool found = false;
    pthread_mutex_lock(&access->lock);
    for (size_t i = 0; i < access->sessions.count && !found; i++) {
        struct session *one = &access->sessions.items[i];
        found = session_over(one, real) || one->seen_at.ms - one->saved_at.ms >= SESSION_SAVE_MS;
        if (!found) continue;
        one->saved_at = one->seen_at;
        *out = *one;
    }
    if (found && session_over(out, real)) sessions_drop(&access->sessions, out->id);
    pthread_mutex_unlock(&access->lock);
    return found;
}

enum error_code access_look(struct lane *lane, struct error *err) {
    struct instant real = real_now();
    struct session one;
    int64_t change = 0;
    enum error_code code = access_connect(lane, err);
    while (!code && next_to_keep(lane->access, real, &one)) {
        const char *over = session_over(&one, real);
        code = over ? session_end(lane->pg, one.id, over, real, err) : session_seen(lane->pg, one.id, one.seen_at, err);
    }
    if (!code) code = account_change(lane->pg, &change, err);
    return code || change == lane->access->change ? code : load(lane, change, err);
}

void access_note(struct lane *lane, const struct errand *errand, const char *what, const char *subject,
                 const char *outcome) {
    struct error err;
    const struct access_settings *settings = &lane->access->settings;
    const char *name = errand->kind == ERRAND_LOGIN ? login_name(errand) : errand->visitor.name;
    const struct audit_entry entry = {.what = what,
                                      .at = settings->domain_now(settings->context),
                                      .account = name,
                                      .peer = errand->peer,
                                      .verb = errand->verb,
                                      .subject = subject,
                                      .outcome = outcome};
    enum error_code code = access_connect(lane, &err);
    if (!code) code = audit_add(lane->pg, &entry, &err);
    if (code) log_failure(LOG_LEVEL_ERROR, "audit_lost", &err);
}

/* --- the threads --- */

static void refuse(struct errand *errand) {
    problem_set(&errand->problem, PROBLEM_BUSY, NULL, "几秒后再试", "看板正在重启");
    errand->problem.retry_after_s = BUSY_RETRY_S;
}

static struct errand *take(struct lane *lane) {
    struct errand *errand = lane->first;
    if (!errand) return NULL;
    lane->first = errand->next;
    if (!lane->first) lane->end = &lane->first;
    lane->count--;
    errand->next = NULL;
    return errand;
}

/* The next errand; NULL: nothing came for two seconds, or all is over. */
static struct errand *wait_for(struct lane *lane) {
    struct access *access = lane->access;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_S;
    pthread_mutex_lock(&access->lock);
    while (!lane->first && !access->stopping && pthread_cond_timedwait(&lane->waits, &access->lock, &until) == 0) {
    }
    struct errand *errand = access->stopping ? NULL : take(lane);
    pthread_mutex_unlock(&access->lock);
    return errand;
}

static void run(struct lane *lane, struct errand *errand) {
    const struct access_settings *settings = &lane->access->settings;
    if (errand->kind == ERRAND_LOGIN)
        login_run(lane, errand);
    else if (errand->kind == ERRAND_LOGOUT)
        logout_run(lane, errand);
    else
        action_run(lane, errand);
    bool recorded = errand->kind == ERRAND_ACTION && !errand->problem.kind;
    settings->done(settings->context, errand);
    if (recorded && settings->recorded) settings->recorded(settings->context);
}

static bool is_stopping(struct access *access) {
    pthread_mutex_lock(&access->lock);
    bool stopping = access->stopping;
    pthread_mutex_unlock(&access->lock);
    return stopping;
}

static void *work(void *context) {
    struct lane *lane = context;
    bool people = lane == &lane->access->lanes[LANE_PEOPLE], away = false;
    struct error err;
    while (!is_stopping(lane->access)) {
        if (people) {
            bool failed = access_look(lane, &err) != ERROR_OK;
            if (failed && !away) log_failure(LOG_LEVEL_WARN, "accounts_away", &err);
            away = failed;
        }
        struct errand *errand = wait_for(lane);
        if (errand) run(lane, errand);
    }
    return NULL;
}

bool access_run(struct access *access, struct errand *errand) {
    struct lane *lane = &access->lanes[errand->kind == ERRAND_ACTION ? LANE_DESK : LANE_PEOPLE];
    pthread_mutex_lock(&access->lock);
    bool room = !access->stopping && lane->started && lane->count < ERRANDS_MAX;
    if (room) {
        errand->next = NULL;
        *lane->end = errand;
        lane->end = &errand->next;
        lane->count++;
        pthread_cond_signal(&lane->waits);
    }
    pthread_mutex_unlock(&access->lock);
    return room;
}

void errand_finish(struct errand *errand) {
    json_decref(errand->body);
    errand->body = NULL;
    buffer_finish(&errand->answer);
}

/* --- from beginning to end --- */

static enum error_code start(struct lane *lane, struct access *access, struct error *err) {
    pthread_condattr_t attributes;
    lane->access = access;
    lane->end = &lane->first;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&lane->waits, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = pthread_create(&lane->thread, NULL, work, lane);
    if (failed) return error_set_errno(err, ERROR_IO, failed, "cannot start a thread");
    lane->started = true;
    return ERROR_OK;
}

enum error_code access_open(const struct access_settings *settings, struct access **out, struct error *err) {
    uint8_t salt[LIMIT_SALT];
    struct access *access = calloc(1, sizeof *access);
    *out = access;
    if (!access) return error_set(err, ERROR_MEMORY, "out of memory");
    access->settings = *settings;
    access->change = -1;
    pthread_mutex_init(&access->lock, NULL);
    enum error_code code = token_make(&access->key, err);
    if (!code) code = random_bytes(salt, sizeof salt, err);
    if (!code && !limits_init(&access->limits, salt)) code = error_set(err, ERROR_MEMORY, "out of memory");
    if (!code) code = password_keep("", access->dummy, err);
    for (unsigned i = 0; !code && i < ACCESS_LANES; i++)
        code = start(&access->lanes[i], access, err);
    if (code) access_close(out);
    return code;
}

static void stop(struct lane *lane) {
    if (!lane->started) return;
    pthread_cond_signal(&lane->waits);
    pthread_join(lane->thread, NULL);
    for (struct errand *errand; (errand = take(lane));) {
        refuse(errand);
        lane->access->settings.done(lane->access->settings.context, errand);
    }
    pg_close(&lane->pg);
    pthread_cond_destroy(&lane->waits);
}

void access_close(struct access **slot) {
    struct access *access = *slot;
    *slot = NULL;
    if (!access) return;
    pthread_mutex_lock(&access->lock);
    access->stopping = true;
    pthread_mutex_unlock(&access->lock);
    for (unsigned i = 0; i < ACCESS_LANES; i++)
        stop(&access->lanes[i]);
    limits_finish(&access->limits);
    sessions_finish(&access->sessions);
    pthread_mutex_destroy(&access->lock);
    sodium_memzero(access, sizeof *access);
    free(access);
}
