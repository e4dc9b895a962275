#include "services/cli/director.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "services/cli/director_act.h"

enum { RETRY_MS = 200 };

struct instant director_next(const struct script *script, size_t done, struct instant now, struct instant next_due,
                             struct instant until) {
    struct instant next = day_end(instant_day(now));
    if (instant_is(next_due) && next_due.ms > now.ms && next_due.ms < next.ms) next = next_due;
    if (done < script->count && script->lines[done].at.ms < next.ms) next = script->lines[done].at;
    if (until.ms < next.ms) next = until;
    return next.ms > now.ms ? next : now;
}

static char *done_file(const struct director *director) {
    struct buffer path = {0};
    buffer_printf(&path, "%s.done", director->script_file);
    return buffer_take(&path);
}

static enum error_code read_done(struct director *director, struct error *err) {
    AUTO_FREE char *path = done_file(director);
    CLEAN(buffer_finish) struct buffer text = {0};
    int64_t count = 0;
    if (!path) return error_set(err, ERROR_MEMORY, "out of memory");
    if (!file_exists(path)) return ERROR_OK;
    enum error_code code = file_read(path, 64, &text, err);
    if (code) return code;
    size_t len = strcspn(buffer_text(&text), "\n");
    if (!text_to_int(buffer_text(&text), len, &count) || count < 0 || (size_t)count > director->script->count)
        return error_set(err, ERROR_INPUT, "%s does not belong to this script: remove it to play from the start", path);
    director->done = (size_t)count;
    return ERROR_OK;
}

static enum error_code write_done(const struct director *director, struct error *err) {
    AUTO_FREE char *path = done_file(director);
    char text[32];
    int len = snprintf(text, sizeof text, "%zu\n", director->done);
    return path ? file_write(path, text, (size_t)len, 0644, err) : error_set(err, ERROR_MEMORY, "out of memory");
}

enum error_code director_open(struct director *director, struct instant first, struct error *err) {
    director->done = 0;
    director->folder = path_folder(director->script_file);
    if (!director->folder) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = ERROR_OK;
    if (!file_exists(director->clock_file)) code = clock_file_write(director->clock_file, 1, first, err);
    if (!code) code = clock_file_read(director->clock_file, &director->step, &director->now, err);
    return code ? code : read_done(director, err);
}

void director_finish(struct director *director) {
    free(TAKE(director->folder));
}

static enum error_code set_clock(struct director *director, struct instant at, struct error *err) {
    director->now = at;
    director->step++;
    return clock_file_write(director->clock_file, director->step, at, err);
}

static void tell_waiting(void *context, const struct settle_result *so_far) {
    struct director *director = context;
    if (director->waiting) director->waiting(director->context, director, so_far);
}

static enum error_code settle(struct director *director, struct settle_result *result, struct error *err) {
    struct tick deadline = tick_after(tick_now(), director->stall_ms);
    enum error_code code =
        settle_wait(director->watch, director->step, director->now, deadline, tell_waiting, director, result, err);
    if (code || result->settled) return code;
    CLEAN(buffer_finish) struct buffer words = {0};
    for (size_t i = 0; i < result->count && i < SETTLE_WORDS_MAX; i++)
        buffer_printf(&words, "\n  %s", result->outstanding[i]);
    char at[INSTANT_TEXT_MAX];
    instant_print(director->now, at);
    return error_set(err, ERROR_CONFLICT, "step %" PRId64 " at %s did not settle within %" PRId64 " s; outstanding:%s",
                     director->step, at, director->stall_ms / MS_SECOND, buffer_text(&words));
}

/* A centre that is away for a moment (a rehearsed failure) is waited for. */
static enum error_code act(struct director *director, const struct script_line *line, struct error *err) {
    struct tick deadline = tick_after(tick_now(), director->stall_ms);
    for (;;) {
        enum error_code code = director_act(line, director->folder, err);
        if (code != ERROR_CONNECTION || tick_now().ms >= deadline.ms) return code;
        settle_sleep(director->watch, RETRY_MS);
    }
}

/* The lines whose time has come, each noted as done before the next. */
static enum error_code run_lines(struct director *director, bool *any, struct error *err) {
    const struct script *script = director->script;
    *any = false;
    while (director->done < script->count && script->lines[director->done].at.ms <= director->now.ms) {
        const struct script_line *line = &script->lines[director->done];
        if (director->doing) director->doing(director->context, director, line);
        enum error_code code = act(director, line, err);
        if (code) {
            error_place(err, "%s:%u", director->script_file, line->line);
            return code;
        }
        director->done++;
        *any = true;
        if ((code = write_done(director, err))) return code;
    }
    return ERROR_OK;
}

static void keep_pace(struct director *director, struct instant from, struct tick began) {
    if (!director->pace_ms) return;
    int64_t share_ms = (director->now.ms - from.ms) * director->pace_ms / MS_DAY;
    struct tick due = tick_after(began, share_ms);
    for (int left; (left = tick_wait(tick_now(), due)) > 0;)
        settle_sleep(director->watch, left);
}

enum error_code director_run(struct director *director, struct error *err) {
    struct settle_result *result = calloc(1, sizeof *result);
    enum error_code code = result ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
    director->watch->expected = director->expected;
    while (!code) {
        struct tick began = tick_now();
        struct instant from = director->now;
        bool any;
        if ((code = settle(director, result, err))) break;
        director->watch->expected = 0;
        if ((code = run_lines(director, &any, err))) break;
        if (!any && director->now.ms >= director->until.ms) break;
        struct instant next =
            any ? director->now
                : director_next(director->script, director->done, director->now, result->next_at, director->until);
        code = set_clock(director, next, err);
        if (!code && director->moved) director->moved(director->context, director);
        keep_pace(director, from, began);
    }
    free(result);
    return code;
}
