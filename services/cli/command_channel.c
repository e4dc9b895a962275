/* duban channel list, test: the ways out as the alerters have declared them, and whether one works. The alerter alone
 * holds addresses and secrets; a test is put into its outbox and its answer read back. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/store/outbox.h"
#include "services/cli/cli.h"
#include "services/cli/number_option.h"
#include "services/cli/programme_choice.h"

enum { WAIT_MS = 60000, LOOK_MS = 200 };

/* --- list --- */

static json_t *channel_json(const struct outbox_channel_row *channel) {
    return json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:o}", "name", channel->name, "kind", channel->kind, "waiting",
                     (json_int_t)channel->waiting, "failed", (json_int_t)channel->failed, "held_until",
                     json_of_instant(channel->held_until), "held_cause", json_of_text(channel->held_cause),
                     "last_answer", json_of_text(channel->last_answer), "declared_at",
                     json_of_instant(channel->declared_at));
}

static void print_channels(const struct outbox_channel_rows *channels, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "渠道"}, {.title = "种类"}, {.title = "待发", .align = TEXT_RIGHT},
        {.title = "失败", .align = TEXT_RIGHT}, {.title = "暂停到"}, {.title = "最近一次回音", .max_width = 60}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 6);
    for (size_t i = 0; i < channels->count; i++) {
        const struct outbox_channel_row *channel = &channels->items[i];
        char held[INSTANT_TEXT_MAX];
        instant_print(channel->held_until, held);
        grid_add(&grid, channel->name);
        grid_add(&grid, channel->kind);
        grid_addf(&grid, "%" PRId64, channel->waiting);
        grid_addf(&grid, "%" PRId64, channel->failed);
        grid_addf(&grid, "%.19s", held);
        grid_add(&grid, channel->last_answer);
    }
    grid_print(&grid, "", out);
}

enum error_code command_channel_list(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(outbox_channel_rows_finish) struct outbox_channel_rows channels = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = outbox_channels(pg, &channels, err);
    if (code) return code;
    if (!args_has(cli->args, "json")) {
        if (channels.count == 0) buffer_add_text(&cli->out, say(cli, "no alerter has declared a channel: channels.named\n"));
        else print_channels(&channels, &cli->out);
        return ERROR_OK;
    }
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < channels.count; i++) json_array_append_new(list, channel_json(&channels.items[i]));
    json_object_set_new(document, "channels", list);
    json_print(document, &cli->out);
    return ERROR_OK;
}

/* --- test --- */

/* What the table of contacts gives an address of its own. */
static bool has_own_address(const char *name) {
    return strcmp(name, "log") == 0 || strcmp(name, "webhook") == 0 || strcmp(name, "email") == 0;
}

static enum error_code unknown(const struct outbox_channel_rows *channels, const char *name, struct error *err) {
    CLEAN(buffer_finish) struct buffer names = {0};
    for (size_t i = 0; i < channels->count; i++)
        buffer_printf(&names, "%s%s", i ? ", " : "", channels->items[i].name);
    return error_set(err, ERROR_NOT_FOUND,
                     "no alerter has declared a channel \"%s\"; there are: %s; log, webhook and email are tested with "
                     "--address ADDRESS", name, names.len ? buffer_text(&names) : "none");
}

static enum error_code find_channel(struct cli *cli, struct pg *pg, char kind[32], const char **address,
                                    struct error *err) {
    const char *name = cli->args->positionals[0];
    *address = args_value(cli->args, "address", NULL);
    if (*address || has_own_address(name)) {
        if (!has_own_address(name))
            return error_set(err, ERROR_USAGE, "--address goes with log, webhook and email; a named channel has its own");
        if (!*address) return error_set(err, ERROR_USAGE, "channel test %s wants --address ADDRESS", name);
        snprintf(kind, 32, "%s", name);
        return ERROR_OK;
    }
    CLEAN(outbox_channel_rows_finish) struct outbox_channel_rows channels = {0};
    enum error_code code = outbox_channels(pg, &channels, err);
    for (size_t i = 0; !code && i < channels.count; i++)
        if (strcmp(channels.items[i].name, name) == 0) {
            snprintf(kind, 32, "%s", channels.items[i].kind);
            *address = name;
            return ERROR_OK;
        }
    return code ? code : unknown(&channels, name, err);
}

static bool is_over(const struct outbox_test_state *state) {
    return strcmp(state->state, "waiting") != 0 && strcmp(state->state, "leased") != 0;
}

static enum error_code wait_for(struct pg *pg, int64_t delivery, int64_t timeout_ms, struct outbox_test_state *state,
                                struct error *err) {
    struct tick end = tick_after(tick_now(), timeout_ms);
    for (;;) {
        enum error_code code = outbox_test_state(pg, delivery, state, err);
        if (code || is_over(state) || tick_now().ms >= end.ms) return code;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

static void tell(struct cli *cli, const struct outbox_test_state *state, int64_t timeout_ms) {
    const char *name = cli->args->positionals[0], *answer = state->answer[0] ? state->answer : "-";
    bool good = strcmp(state->state, "delivered") == 0;
    cli->status = good ? EXIT_OK : EXIT_BROKEN;
    if (good)
        buffer_printf(&cli->out, say(cli, "%s works: the test was delivered. Answer: %s\n"), name, answer);
    else if (is_over(state))
        buffer_printf(&cli->out, say(cli, "%s does not work: failed after %lld tries. Answer: %s\n"), name,
                      (long long)state->attempts, answer);
    else if (state->held)
        buffer_printf(&cli->out,
                      say(cli, "%s waits, for its pace, its vendor or the quiet minutes of the hour; the test follows by "
                               "itself. Answer: %s\n"),
                      name, answer);
    else if (state->attempts == 0)
        buffer_printf(&cli->out, say(cli, "%s: nobody took the test in %lld s: is an alerter running?\n"), name,
                      (long long)(timeout_ms / MS_SECOND));
    else
        buffer_printf(&cli->out, say(cli, "%s: no success yet after %lld tries, it goes on. Answer: %s\n"), name,
                      (long long)state->attempts, answer);
}

enum error_code command_channel_test(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(programme_finish) struct programme programme = {0};
    int64_t timeout_ms = WAIT_MS, delivery = 0;
    char kind[32];
    const char *address;
    struct outbox_test_state state;
    enum error_code code = number_option(cli->args, "timeout", MS_SECOND, &timeout_ms, err);
    if (!code) code = cli_connect_admin(cli, &pg, err);
    if (!code) code = find_channel(cli, pg, kind, &address, err);
    if (!code) code = choose_programme(cli, pg, &programme, err);
    if (!code) code = outbox_test_add(pg, programme.id, kind, address, cli->now, &delivery, err);
    if (!code) code = wait_for(pg, delivery, timeout_ms, &state, err);
    if (!code) tell(cli, &state, timeout_ms);
    return code;
}
