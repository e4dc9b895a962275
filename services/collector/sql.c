#include "services/collector/sql.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "proto/chain.h"
#include "services/collector/sql_schedule.h"
#include "services/collector/sql_take.h"
#include "services/collector/sql_worker.h"

enum { TOLD_AFTER = 3, FULL_WAIT_MS = MS_MINUTE, SPREAD_MAX = 1 << 20 };

struct sql_source {
    const struct source_host *host;
    const struct source_settings *settings;
    struct source_pull known; /* as the spool has it */
    struct sql_worker worker;
    bool part;                          /* what the worker asks for */
    struct instant asked_at;            /* of the worker's question */
    const struct catalogue *catalogue;  /* under which the last full result was judged; NULL = none since the start */
    bool too_much;                      /* all of it at once is more than allowed: only what is newer is asked for */
    struct tick not_before;             /* the spool was full */
    uint32_t spread;
    char trouble[TAKER_TROUBLE_MAX]; /* "" = all is well */
};

/* The mark of another query, or of another column, is none of this one's. */
static void know_basis(struct sql_source *source) {
    const struct sql_settings *sql = &source->settings->sql;
    CLEAN(buffer_finish) struct buffer text = {0};
    buffer_printf(&text, "%s\n%s\n%s", sql->query, sql->watermark ? sql->watermark : "", sql->from ? sql->from : "");
    struct chain_hash hash = chain_digest((const uint8_t *)buffer_text(&text), text.len);
    if (memcmp(source->known.basis, hash.bytes, SOURCE_HASH_BYTES) == 0) return;
    memcpy(source->known.basis, hash.bytes, SOURCE_HASH_BYTES);
    *source->known.mark = 0;
}

/* --- saying --- */

static void say_trouble(struct sql_source *source, const char *text) {
    char full[1024];
    snprintf(full, sizeof full, "%s：%s", source->settings->name, text);
    size_t len = text_cut_bytes(full, strlen(full), sizeof source->trouble - 1);
    memcpy(source->trouble, full, len);
    source->trouble[len] = 0;
}

static enum refusal_code code_of_word(const char *word) {
    for (int i = 1; i < REFUSAL_COUNT; i++)
        if (strcmp(refusal_row((enum refusal_code)i)->word, word) == 0) return (enum refusal_code)i;
    return REFUSAL_NONE;
}

/* What was wrong the last time is still wrong after a restart, as far as anybody knows. */
static void remember_trouble(struct sql_source *source) {
    char text[512];
    enum refusal_code code = code_of_word(source->known.code);
    if (code == REFUSAL_NONE) return;
    snprintf(text, sizeof text, "%s。%s", refusal_row(code)->meaning, refusal_row(code)->remedy);
    say_trouble(source, text);
}

static void report_state(const struct sql_source *source, bool pending, struct instant due, struct taker_report *report) {
    report->files_pending += pending;
    if (!pending && (!instant_is(report->wake_at) || due.ms < report->wake_at.ms)) report->wake_at = due;
    if (*source->trouble) memcpy(report->trouble, source->trouble, sizeof report->trouble);
}

/* --- when --- */

/* What may be over by itself in a while. */
static bool passes(const char *code) {
    static const enum refusal_code passing[] = {REFUSAL_SQL_UNREACHABLE, REFUSAL_SQL_LOST, REFUSAL_SQL_TIMEOUT,
                                                REFUSAL_SQL_WORKER};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (strcmp(refusal_row(passing[i])->word, code) == 0) return true;
    return false;
}

static struct instant next_due(const struct sql_source *source, struct instant now) {
    const struct sql_schedule *schedule = &source->settings->sql.schedule;
    const struct calendar *calendar = catalogue_plan(source->host->taker->catalogue)->calendar;
    const struct source_pull *known = &source->known;
    struct instant last = known->asked_at;
    if (instant_is(last) && last.ms > now.ms) last = INSTANT_NONE; /* the clock was set back */
    if (instant_is(last) && known->failures && passes(known->code))
        return sql_schedule_again(schedule, calendar, last, known->failures, source->spread + known->failures * 377);
    return sql_schedule_next(schedule, calendar, last, now);
}

/* --- asking --- */

static bool has_refused(const struct source_pull *known) {
    static const uint8_t zeros[SOURCE_HASH_BYTES];
    return memcmp(known->refused, zeros, sizeof zeros) != 0;
}

static bool wants_all(const struct sql_source *source, const struct sql_mark *mark, struct instant now) {
    if (!source->settings->sql.watermark || !mark->found) return true;
    if (source->too_much || !has_refused(&source->known)) return false;
    return *source->known.code || source->catalogue != source->host->taker->catalogue ||
           instant_day(source->known.asked_at).n != instant_day(now).n;
}

static enum error_code start(struct sql_source *source, struct instant now, struct error *err) {
    const struct sql_settings *sql = &source->settings->sql;
    CLEAN(sql_job_finish) struct sql_job job = {.query = NULL};
    char since[SQL_MARK_TEXT_MAX];
    struct sql_mark mark;
    (void)sql_mark_parse(source->known.mark, &mark);
    source->part = !wants_all(source, &mark, now);
    source->asked_at = now;
    if (source->part) sql_mark_since(mark, &sql->overlap, since);
    const char *from = source->part ? since : sql->from;
    enum error_code code = sql_job_make(sql, sql->watermark ? from : NULL, &job, err);
    if (code) return code;
    log_info("query_asked", "source=%s since=%s", source->settings->name, job.since ? job.since : "");
    return sql_worker_start(&source->worker, &job, err);
}

/* --- taking --- */

static enum error_code keep_failure(struct sql_source *source, const struct source_pull *after, struct error *err) {
    struct spool *spool = source->host->taker->spool;
    enum error_code code = spool_begin(spool, err);
    if (!code) code = sources_pull_set(spool, source->settings->name, after, err);
    if (!code) code = spool_commit(spool, err);
    if (code) spool_rollback(spool);
    return code;
}

static struct source_pull after_failure(const struct sql_source *source, const struct refusal *whole) {
    struct source_pull after = source->known;
    after.asked_at = source->asked_at;
    after.failures++;
    snprintf(after.code, sizeof after.code, "%s", refusal_row(whole->code)->word);
    return after;
}

static void after_taking(struct sql_source *source, struct arena *arena, const struct sql_pull *pull,
                         const struct taken *taken) {
    const struct refusal *whole = &taken->verdict.whole;
    source->known = pull->after;
    *source->trouble = 0;
    if (!source->part && !whole->code) source->catalogue = source->host->taker->catalogue;
    if (whole->code)
        say_trouble(source, refusal_sentence(arena, whole));
    else if (*taken->trouble)
        say_trouble(source, taken->trouble);
}

static enum error_code take_rows(struct sql_source *source, struct arena *arena, struct sql_rows *rows, struct instant now,
                                 struct error *err) {
    const struct sql_settings *sql = &source->settings->sql;
    CLEAN(taken_finish) struct taken taken = {.how = DOCUMENT_TAKEN};
    struct sql_pull pull = {.source = source->settings,
                            .rows = rows,
                            .part = source->part,
                            .before = source->known,
                            .after = {.found = true, .asked_at = source->asked_at}};
    memcpy(pull.after.basis, source->known.basis, sizeof pull.after.basis);
    struct sql_mark mark;
    char name[SQL_NAME_MAX];
    (void)sql_mark_parse(source->known.mark, &mark);
    sql_mark_print(sql_mark_until(sql_mark_later(mark, rows->newest), now, sql->zone), pull.after.mark);
    enum error_code code = sql_take(source->host->taker, &pull, now, &taken, err);
    if (code) return code;
    sql_take_name(source->settings, name);
    source->host->took(source->host->agent, source->settings, name, &taken);
    if (taken.how == DOCUMENT_LATER) {
        source->not_before = tick_after(tick_now(), FULL_WAIT_MS);
        say_trouble(source, taken.why);
        return ERROR_OK;
    }
    after_taking(source, arena, &pull, &taken);
    return ERROR_OK;
}

static enum error_code take(struct sql_source *source, struct slice answer, struct instant now, struct error *err) {
    CLEAN(arena_destroy) struct arena *arena = arena_create();
    CLEAN(sql_rows_finish) struct sql_rows rows = {.count = 0};
    if (!arena || !sql_sheet_fill(answer, &source->settings->sql, &source->settings->mapping, arena, &rows))
        return error_set(err, ERROR_MEMORY, "no memory for a query's rows");
    if (rows.whole.code == REFUSAL_SQL_ROWS || rows.whole.code == REFUSAL_SQL_TIMEOUT)
        source->too_much |= !source->part && *source->known.mark;
    enum error_code code;
    struct source_pull failed = after_failure(source, &rows.whole);
    if (rows.whole.code && passes(failed.code) && failed.failures < TOLD_AFTER) {
        code = keep_failure(source, &failed, err);
        if (!code) source->known = failed;
        say_trouble(source, refusal_sentence(arena, &rows.whole));
        log_warn("query_failed", "source=%s code=%s failures=%u", source->settings->name, failed.code, failed.failures);
    } else {
        code = take_rows(source, arena, &rows, now, err);
    }
    return code;
}

/* What could not even be asked is an answer of its own. */
static enum error_code take_error(struct sql_source *source, const struct error *why, struct instant now,
                                  struct error *err) {
    CLEAN(buffer_finish) struct buffer answer = {0};
    char words[ANSWER_WORDS_MAX];
    size_t len = text_cut_bytes(why->message, strlen(why->message), sizeof words - 1);
    memcpy(words, why->message, len);
    words[len] = 0;
    bool machine = why->code == ERROR_MEMORY || strstr(why->message, "cannot ask") || strstr(why->message, "cannot start");
    answer_begin(&answer);
    answer_fail(&answer, machine ? SQL_TROUBLE_WORKER : SQL_TROUBLE_CONNECTION, words);
    return take(source, (struct slice){buffer_text(&answer), answer.len}, now, err);
}

/* --- the source --- */

static enum error_code look_running(struct sql_source *source, struct instant now, bool *pending, struct error *err) {
    CLEAN(buffer_finish) struct buffer answer = {0};
    *pending = !sql_worker_ended(&source->worker, tick_now(), &answer);
    if (*pending) return ERROR_OK;
    return take(source, (struct slice){buffer_text(&answer), answer.len}, now, err);
}

static enum error_code look_due(struct sql_source *source, struct instant now, bool *pending, struct error *err) {
    const char *why = NULL;
    struct error failure;
    if (tick_wait(tick_now(), source->not_before) > 0 && source->not_before.ms) {
        *pending = true;
        return ERROR_OK;
    }
    if (spool_full(source->host->taker->spool, 0, &why)) {
        *pending = true;
        say_trouble(source, why);
        return ERROR_OK;
    }
    enum error_code code = start(source, now, &failure);
    if (code) return take_error(source, &failure, now, err);
    *pending = true;
    return ERROR_OK;
}

enum error_code sql_source_look(struct sql_source *source, struct instant now, struct taker_report *report,
                                struct error *err) {
    bool pending = false;
    enum error_code code = ERROR_OK;
    if (source->worker.pid) code = look_running(source, now, &pending, err);
    struct instant due = next_due(source, now);
    if (!code && !pending && due.ms <= now.ms) {
        code = look_due(source, now, &pending, err);
        due = next_due(source, now);
    }
    report_state(source, pending || due.ms <= now.ms, due, report);
    return code;
}

enum error_code sql_source_open(const struct source_host *host, const struct source_settings *settings,
                                struct sql_source **out, struct error *err) {
    CLEAN(sql_source_close) struct sql_source *source = calloc(1, sizeof *source);
    *out = NULL;
    if (!source) return error_set(err, ERROR_MEMORY, "no memory for a source");
    *source = (struct sql_source){.host = host, .settings = settings, .worker = SQL_WORKER_NONE};
    enum error_code code = random_bytes(&source->spread, sizeof source->spread, err);
    if (!code) code = sources_pull_find(host->taker->spool, settings->name, &source->known, err);
    if (code) return code;
    source->spread %= SPREAD_MAX;
    know_basis(source);
    remember_trouble(source);
    *out = TAKE(source);
    return ERROR_OK;
}

void sql_source_show(const struct sql_source *source, struct status *status) {
    char key[STATUS_WORD_MAX], text[INSTANT_TEXT_MAX];
    snprintf(key, sizeof key, "source/%s/watermark", source->settings->name);
    status_set_text(status, key, source->known.mark);
    snprintf(key, sizeof key, "source/%s/asked_at", source->settings->name);
    instant_print(source->known.asked_at, text);
    status_set_text(status, key, text);
    snprintf(key, sizeof key, "source/%s/code", source->settings->name);
    status_set_text(status, key, source->known.code);
}

void sql_source_close(struct sql_source **source) {
    if (!*source) return;
    sql_worker_stop(&(*source)->worker);
    free(*source);
    *source = NULL;
}

/* --- try --- */

bool sql_ask_now(const struct source_settings *settings, struct arena *arena, struct sql_rows *rows,
                 struct error *err) {
    CLEAN(sql_job_finish) struct sql_job job = {.query = NULL};
    CLEAN(buffer_finish) struct buffer answer = {0};
    struct sql_worker worker;
    *rows = (struct sql_rows){.count = 0};
    if (sql_job_make(&settings->sql, settings->sql.watermark ? settings->sql.from : NULL, &job, err) ||
        sql_worker_start(&worker, &job, err))
        return false;
    while (!sql_worker_ended(&worker, tick_now(), &answer)) {
        struct pollfd ended = {worker.ended, POLLIN, 0};
        (void)poll(&ended, 1, tick_wait(tick_now(), worker.deadline));
    }
    if (sql_sheet_fill((struct slice){buffer_text(&answer), answer.len}, &settings->sql, &settings->mapping, arena, rows))
        return true;
    (void)error_set(err, ERROR_MEMORY, "no memory for a query's rows");
    return false;
}
