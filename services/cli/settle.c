#include "services/cli/settle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void outstanding(struct settle_result *out, const char *format, ...) {
    if (out->count < SETTLE_WORDS_MAX) {
        va_list args;
        va_start(args, format);
        vsnprintf(out->outstanding[out->count], SETTLE_WORD_MAX, format, args);
        va_end(args);
    }
    out->count++;
}

static int64_t number(const struct status *status, const char *key) {
    int64_t value = 0;
    return status_get(status, key, &value) ? value : 0;
}

static void earlier(struct settle_result *out, struct instant now, struct instant at) {
    if (instant_is(at) && at.ms > now.ms && (!instant_is(out->next_at) || at.ms < out->next_at.ms)) out->next_at = at;
}

/* "stream/NAME/last_seq" → NAME */
static bool stream_of_key(const char *key, char name[STATUS_WORD_MAX]) {
    static const char prefix[] = "stream/", suffix[] = "/last_seq";
    size_t len = strlen(key), around = sizeof prefix + sizeof suffix - 2;
    if (len <= around || strncmp(key, prefix, sizeof prefix - 1) || strcmp(key + len - (sizeof suffix - 1), suffix))
        return false;
    snprintf(name, STATUS_WORD_MAX, "%.*s", (int)(len - around), key + sizeof prefix - 1);
    return true;
}

static bool is_halted(const struct status *status, const char *stream) {
    char key[2 * STATUS_WORD_MAX];
    snprintf(key, sizeof key, "stream/%s/halt", stream);
    const char *halt = status_get_text(status, key);
    return strcmp(status->state, "halted") == 0 || (halt && *halt && strcmp(halt, "none"));
}

static uint64_t committed(const struct settle_database *database, const char *stream) {
    for (size_t i = 0; i < database->stream_count; i++)
        if (strcmp(database->streams[i].stream, stream) == 0) return database->streams[i].seq;
    return 0;
}

static void look_at_stream(const struct settle_input *input, const struct settle_process *process, const char *stream,
                           struct settle_result *out) {
    char key[2 * STATUS_WORD_MAX];
    snprintf(key, sizeof key, "stream/%s/last_seq", stream);
    int64_t last = number(&process->status, key);
    snprintf(key, sizeof key, "stream/%s/acked_seq", stream);
    int64_t acked = number(&process->status, key);
    int64_t stored = (int64_t)committed(input->database, stream);
    if ((acked != last || stored != acked) && !is_halted(&process->status, stream))
        outstanding(out, "stream %s: %" PRId64 " in the spool, %" PRId64 " acknowledged, %" PRId64 " committed", stream,
                    last, acked, stored);
}

static void look_at_process(const struct settle_input *input, const struct settle_process *process,
                            struct settle_result *out) {
    const struct status *status = &process->status;
    if (!process->alive) {
        outstanding(out, "%s: process %ld is gone, the clock waits for its recovery", process->name, (long)status->pid);
        return;
    }
    if (status->step != input->step) {
        outstanding(out, "%s: shows step %" PRId64 ", the clock is at %" PRId64, process->name, status->step,
                    input->step);
        return;
    }
    if (strcmp(status->state, "connecting") == 0) /* its silence would be the clock's doing, not its own */
        outstanding(out, "%s: not connected to the centre yet", process->name);
    if (strcmp(status->state, "database_away") == 0 || strcmp(status->state, "starting") == 0)
        outstanding(out, "%s: %s", process->name, status->state[0] == 's' ? "starting" : "its database is away");
    int64_t pending = number(status, "files_pending");
    if (pending) outstanding(out, "%s: %" PRId64 " files pending", process->name, pending);
    for (size_t i = 0; i < status->number_count; i++) {
        char stream[STATUS_WORD_MAX];
        if (stream_of_key(status->numbers[i].key, stream)) look_at_stream(input, process, stream, out);
    }
    int64_t wake_at = number(status, "wake_at");
    if (wake_at) earlier(out, input->now, (struct instant){wake_at});
}

/* Whether a program said the same of what settling asks, before the database was read and after. */
static bool agree(const struct settle_process *before, const struct settle_process *after) {
    const struct status *a = &before->status, *b = &after->status;
    if (strcmp(before->name, after->name) || a->pid != b->pid || a->step != b->step ||
        number(a, "files_pending") != number(b, "files_pending") || number(a, "wake_at") != number(b, "wake_at"))
        return false;
    for (size_t i = 0; i < b->number_count; i++)
        if (strncmp(b->numbers[i].key, "stream/", 7) == 0 && number(a, b->numbers[i].key) != b->numbers[i].value)
            return false;
    return true;
}

static void look_at_agreement(const struct settle_input *input, struct settle_result *out) {
    if (input->before->count != input->after->count) {
        outstanding(out, "a program came or went meanwhile");
        return;
    }
    for (size_t i = 0; i < input->after->count; i++)
        if (!agree(&input->before->processes[i], &input->after->processes[i]))
            outstanding(out, "%s: moved while the database was read", input->after->processes[i].name);
}

static void look_at_queues(const struct settle_queues *queues, struct settle_result *out) {
    if (queues->cells) outstanding(out, "database: %" PRId64 " cells to be assessed", queues->cells);
    if (queues->wakes) outstanding(out, "database: %" PRId64 " wakes to be taken", queues->wakes);
    if (queues->streams) outstanding(out, "database: %" PRId64 " streams to be looked at", queues->streams);
    if (queues->notices) outstanding(out, "database: %" PRId64 " notices to be sent", queues->notices);
    if (queues->deliveries) outstanding(out, "database: %" PRId64 " deliveries under way", queues->deliveries);
}

void settle_decide(const struct settle_input *input, struct settle_result *out) {
    out->step = input->step;
    out->next_at = INSTANT_NONE;
    out->count = 0;
    if (input->after->count < input->expected)
        outstanding(out, "%zu of %zu programs show themselves", input->after->count, input->expected);
    for (size_t i = 0; i < input->after->count; i++)
        look_at_process(input, &input->after->processes[i], out);
    look_at_agreement(input, out);
    look_at_queues(&input->database->queues, out);
    earlier(out, input->now, input->database->queues.next_at);
    out->settled = out->count == 0;
}
