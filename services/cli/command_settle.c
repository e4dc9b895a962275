/* duban settle: whether everything that is due at the clock's instant has happened. */
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "services/cli/cli.h"
#include "services/cli/number_option.h"
#include "services/cli/settle_read.h"

static void print_json(const struct settle_result *result, struct instant now, struct buffer *out) {
    json_t *document = json_document(), *words = json_array();
    for (size_t i = 0; i < result->count && i < SETTLE_WORDS_MAX; i++)
        json_array_append_new(words, json_string(result->outstanding[i]));
    json_object_set_new(document, "settled", json_boolean(result->settled));
    json_object_set_new(document, "step", result->step < 0 ? json_null() : json_integer(result->step));
    json_object_set_new(document, "now", json_of_instant(now));
    json_object_set_new(document, "next_at", json_of_instant(result->next_at));
    json_object_set_new(document, "outstanding", words);
    json_print(document, out);
}

static void print_words(const struct cli *cli, const struct settle_result *result, struct buffer *out) {
    char next[INSTANT_TEXT_MAX];
    instant_print(result->next_at, next);
    if (result->settled)
        buffer_printf(out, say(cli, "settled at step %lld\n"), (long long)result->step);
    else
        buffer_printf(out, say(cli, "not settled at step %lld:\n"), (long long)result->step);
    for (size_t i = 0; i < result->count && i < SETTLE_WORDS_MAX; i++)
        buffer_printf(out, "  %s\n", result->outstanding[i]);
    if (*next) buffer_printf(out, say(cli, "next due %s\n"), next);
}

enum error_code command_settle(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(settle_watch_finish) struct settle_watch watch = {.inotify = -1};
    AUTO_FREE struct settle_result *result = calloc(1, sizeof *result);
    int64_t step = -1, timeout_ms = 0, expected = 0;
    enum error_code code = result ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
    if (!code) code = number_option(cli->args, "timeout", MS_SECOND, &timeout_ms, err);
    if (!code) code = number_option(cli->args, "expect", 1, &expected, err);
    if (!code && cli->settings.clock) code = clock_file_read(cli->settings.clock, &step, &cli->now, err);
    if (!code) code = cli_connect_reader(cli, &pg, err);
    if (!code) code = settle_watch_open(&watch, cli->settings.status, pg, err);
    if (code) return code;
    watch.expected = (size_t)expected;
    if ((code = settle_wait(&watch, step, cli->now, tick_after(tick_now(), timeout_ms), NULL, NULL, result, err)))
        return code;
    cli->status = result->settled ? EXIT_OK : EXIT_BROKEN;
    if (args_has(cli->args, "json"))
        print_json(result, cli->now, &cli->out);
    else
        print_words(cli, result, &cli->out);
    return ERROR_OK;
}
