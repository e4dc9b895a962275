#include "services/cli/settle_read.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

enum { LOOK_AGAIN_MIN_MS = 2, LOOK_AGAIN_MAX_MS = 50 };

static int is_status_file(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && len - 5 < STATUS_WORD_MAX &&
           strcmp(entry->d_name + len - 5, ".json") == 0;
}

static void free_names(struct dirent **names, int count) {
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* step not NULL: ends with the first program that does not show this step; the rest has no say then. */
static enum error_code read_folder(const char *folder, const int64_t *step, struct settle_upstream *out,
                                   struct error *err) {
    *out = (struct settle_upstream){0};
    bool behind = false;
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_status_file, alphasort);
    if (count < 0) return error_set_errno(err, ERROR_IO, errno, "cannot read the folder of status files %s", folder);
    out->processes = calloc((size_t)count + 1, sizeof *out->processes);
    for (int i = 0; i < count && out->processes && !behind; i++) {
        struct settle_process *process = &out->processes[out->count];
        AUTO_FREE char *path = path_join(folder, names[i]->d_name);
        struct error ignored;
        if (path && status_read(&process->status, path, &ignored) == ERROR_OK) {
            snprintf(process->name, sizeof process->name, "%.*s", (int)strlen(names[i]->d_name) - 5, names[i]->d_name);
            process->alive = status_alive(&process->status);
            behind = step && process->status.step != *step;
            out->count++;
        } else if (path) {
            status_finish(&process->status);
        }
    }
    free_names(names, count);
    return out->processes ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
}

enum error_code upstream_read(const char *folder, struct settle_upstream *out, struct error *err) {
    return read_folder(folder, NULL, out, err);
}

void upstream_finish(struct settle_upstream *upstream) {
    for (size_t i = 0; i < upstream->count; i++)
        status_finish(&upstream->processes[i].status);
    free(upstream->processes);
    *upstream = (struct settle_upstream){0};
}

enum error_code settle_watch_open(struct settle_watch *watch, const char *folder, struct pg *pg, struct error *err) {
    *watch = (struct settle_watch){.folder = folder, .pg = pg, .inotify = -1};
    if (!folder) return ERROR_OK;
    watch->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch->inotify < 0 || inotify_add_watch(watch->inotify, folder, IN_MOVED_TO | IN_DELETE) < 0)
        return error_set_errno(err, ERROR_IO, errno, "cannot watch the folder of status files %s", folder);
    return ERROR_OK;
}

void settle_watch_finish(struct settle_watch *watch) {
    if (watch->inotify >= 0) close(watch->inotify);
    watch->inotify = -1;
}

void settle_sleep(struct settle_watch *watch, int max_ms) {
    struct pollfd fd = {.fd = watch->inotify, .events = POLLIN};
    char events[4096];
    poll(&fd, watch->inotify >= 0, max_ms);
    while (watch->inotify >= 0 && read(watch->inotify, events, sizeof events) > 0)
        continue;
}

static enum error_code database_away(const struct error *why, int64_t step, struct settle_result *out) {
    *out = (struct settle_result){.step = step, .next_at = INSTANT_NONE, .count = 1};
    snprintf(out->outstanding[0], SETTLE_WORD_MAX, "database: %.150s", why->message);
    return ERROR_OK;
}

/* Without the database: enough to say that a program has not come to the step yet, and cheap while they work. */
static enum error_code look_upstream(struct settle_watch *watch, int64_t step, struct instant now,
                                     struct settle_result *out, bool *shown, struct error *err) {
    CLEAN(upstream_finish) struct settle_upstream upstream = {0};
    struct settle_database nothing = {.queues.next_at = INSTANT_NONE};
    enum error_code code = read_folder(watch->folder, &step, &upstream, err);
    *shown = !code && (upstream.count == 0 || upstream.processes[upstream.count - 1].status.step == step);
    if (code || *shown) return code;
    struct settle_input input = {.step = step,
                                 .now = now,
                                 .before = &upstream,
                                 .after = &upstream,
                                 .database = &nothing};
    settle_decide(&input, out);
    return ERROR_OK;
}

enum error_code settle_look(struct settle_watch *watch, int64_t step, struct instant now, struct settle_result *out,
                            struct error *err) {
    CLEAN(upstream_finish) struct settle_upstream before = {0}, after = {0};
    CLEAN(settle_database_finish) struct settle_database database = {0};
    enum error_code code = ERROR_OK;
    if (pg_broken(watch->pg) && pg_reopen(watch->pg, err)) return database_away(err, step, out);
    if (watch->folder && (code = upstream_read(watch->folder, &before, err))) return code;
    code = query_settle(watch->pg, now, &database, err);
    if (code == ERROR_CONNECTION || (code && pg_broken(watch->pg))) return database_away(err, step, out);
    if (code || (watch->folder && (code = upstream_read(watch->folder, &after, err)))) return code;
    struct settle_input input = {.step = step,
                                 .now = now,
                                 .before = &before,
                                 .after = &after,
                                 .database = &database,
                                 .expected = watch->expected};
    settle_decide(&input, out);
    return ERROR_OK;
}

enum error_code settle_wait(struct settle_watch *watch, int64_t step, struct instant now, struct tick deadline,
                            void (*turn)(void *context, const struct settle_result *so_far), void *context,
                            struct settle_result *out, struct error *err) {
    int wait_ms = LOOK_AGAIN_MIN_MS;
    for (;;) {
        bool late = tick_now().ms >= deadline.ms, shown = true;
        enum error_code code = ERROR_OK;
        if (watch->folder && !late) code = look_upstream(watch, step, now, out, &shown, err);
        if (!code && shown) code = settle_look(watch, step, now, out, err);
        if (code || (shown && out->settled) || late) return code;
        if (turn) turn(context, out);
        settle_sleep(watch, wait_ms);
        if (wait_ms < LOOK_AGAIN_MAX_MS) wait_ms += wait_ms;
    }
}
