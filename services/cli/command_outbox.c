/* duban outbox: what goes out next, what did not arrive; hold and release by the office; --counts: how much each was
 * sent and asked. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/list_json.h"
#include "services/cli/listing.h"
#include "services/cli/programme_choice.h"

static bool is_held(const char *state) {
    return strcmp(state, "held") == 0;
}

/* A notice that still waits for its window, or is held. */
static bool is_waiting(const struct notice_row *notice) {
    return !notice->message_id && (is_held(notice->state) || strcmp(notice->state, "waiting") == 0);
}

static bool is_under_way(const struct delivery_row *delivery) {
    static const char *const over[] = {"delivered", "trial", "dropped"};
    for (size_t i = 0; i < sizeof over / sizeof *over; i++)
        if (strcmp(delivery->state, over[i]) == 0) return false;
    return true;
}

static void add_notice(const struct listing *listing, const struct notice_row *notice, struct grid *grid) {
    const struct alert_row *alert = listing_alert(listing, notice->alert);
    CLEAN(buffer_finish) struct buffer subject = {0}, who = {0};
    char at[INSTANT_TEXT_MAX];
    if (!alert) return;
    instant_print(notice->not_before, at);
    listing_recipient(listing, notice->recipient, &who);
    listing_subject(listing, alert->target, alert->area, alert->stream, &subject);
    grid_addf(grid, "N%" PRId64, notice->id);
    grid_addf(grid, "%.10s %.5s", at, at + 11);
    grid_add(grid, is_held(notice->state) ? "暂存" : "待发");
    grid_add(grid, buffer_text(&who));
    grid_addf(grid, "【%s】%s", alert_rule_words(alert->rule), buffer_text(&subject));
    grid_addf(grid, "%s%s", notice->unroutable ? "原收件人无联系方式 " : "",
              strcmp(notice->cause, "office") == 0 ? "办公室暂存" : notice->cause);
}

static void add_delivery(const struct listing *listing, const struct delivery_row *delivery, struct grid *grid) {
    const struct message_row_read *message = listing_message(listing, delivery->message);
    CLEAN(buffer_finish) struct buffer who = {0};
    char at[INSTANT_TEXT_MAX];
    if (!message) return;
    instant_print(message->window_at, at);
    listing_recipient(listing, message->recipient, &who);
    grid_add(grid, message->number);
    grid_addf(grid, "%.10s %.5s", at, at + 11);
    grid_add(grid, is_held(delivery->state) ? "暂存" : strcmp(delivery->state, "failed") == 0 ? "送不到" : "在送");
    grid_add(grid, buffer_text(&who));
    grid_add(grid, message->first_line);
    grid_addf(grid, "%s %" PRId64 "次 %s", delivery->channel, delivery->attempts, delivery->last_answer);
}

static void print_next(const struct listing *listing, struct buffer *out) {
    struct instant next = INSTANT_NONE;
    size_t count = 0, held = 0;
    char at[INSTANT_TEXT_MAX];
    for (size_t i = 0; i < listing->notices.count; i++) {
        const struct notice_row *notice = &listing->notices.items[i];
        if (!is_waiting(notice)) continue;
        held += is_held(notice->state);
        if (is_held(notice->state)) continue;
        if (!instant_is(next) || notice->not_before.ms < next.ms) {
            next = notice->not_before;
            count = 0;
        }
        count += notice->not_before.ms == next.ms;
    }
    instant_print(next, at);
    if (count) buffer_printf(out, "下一次 %.10s %.5s 发出 %zu 项", at, at + 11, count);
    buffer_printf(out, "%s%s", count ? "" : "没有待发的", listing->programme.trial ? "（试运行：不对外发送）" : "");
    if (held) buffer_printf(out, "，暂存 %zu 项", held);
    buffer_add_text(out, "\n");
}

static void print_outbox(const struct listing *listing, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "编号"},
                                                 {.title = "何时"},
                                                 {.title = "状态"},
                                                 {.title = "发给"},
                                                 {.title = "事项", .max_width = 48},
                                                 {.title = "说明", .max_width = 40}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    print_next(listing, out);
    for (size_t i = 0; i < listing->notices.count; i++)
        if (is_waiting(&listing->notices.items[i])) add_notice(listing, &listing->notices.items[i], &grid);
    for (size_t i = 0; i < listing->deliveries.count; i++)
        if (is_under_way(&listing->deliveries.items[i])) add_delivery(listing, &listing->deliveries.items[i], &grid);
    if (!grid_rows(&grid)) return;
    grid_print(&grid, "", out);
    buffer_add_text(out, "先不发：duban outbox hold 编号；放行：duban outbox release 编号\n");
}

static json_t *waiting_json(const struct listing *listing) {
    json_t *list = json_array();
    for (size_t i = 0; i < listing->notices.count; i++) {
        const struct notice_row *notice = &listing->notices.items[i];
        const struct alert_row *alert = listing_alert(listing, notice->alert);
        if (!is_waiting(notice) || !alert) continue;
        json_t *json = listing_notice_json(listing, notice);
        json_object_set_new(json, "word", json_string(alert_rule_words(alert->rule)));
        json_object_set_new(json, "target", json_of_text(alert->target));
        json_object_set_new(json, "area", json_of_text(alert->area));
        json_object_set_new(json, "stream", json_of_text(alert->stream));
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *under_way_json(const struct listing *listing) {
    json_t *list = json_array();
    for (size_t i = 0; i < listing->deliveries.count; i++) {
        const struct delivery_row *delivery = &listing->deliveries.items[i];
        const struct message_row_read *message = listing_message(listing, delivery->message);
        if (!is_under_way(delivery) || !message) continue;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "message", message->number, "recipient",
                                              message->recipient, "channel", delivery->channel, "state",
                                              delivery->state, "attempts", (json_int_t)delivery->attempts, "answer",
                                              json_of_text(delivery->last_answer)));
    }
    return list;
}

static void print_outbox_json(const struct listing *listing, struct buffer *out) {
    json_t *document = json_document();
    json_object_set_new(document, "trial", json_boolean(listing->programme.trial));
    json_object_set_new(document, "as_of", json_of_day(listing->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(listing->moment.known_at));
    json_object_set_new(document, "notices", waiting_json(listing));
    json_object_set_new(document, "deliveries", under_way_json(listing));
    json_print(document, out);
}

/* --- counts --- */

static void print_counts(const struct listing *listing, const struct asked_rows *rows, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "单位"},
                                                 {.title = "消息", .align = TEXT_RIGHT},
                                                 {.title = "事项", .align = TEXT_RIGHT},
                                                 {.title = "要办要回", .align = TEXT_RIGHT},
                                                 {.title = "已答复", .align = TEXT_RIGHT},
                                                 {.title = "试运行未发", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < rows->count; i++) {
        const struct asked_row *row = &rows->items[i];
        CLEAN(buffer_finish) struct buffer who = {0};
        listing_recipient(listing, row->recipient, &who);
        grid_add(&grid, buffer_text(&who));
        grid_addf(&grid, "%" PRId64, row->messages);
        grid_addf(&grid, "%" PRId64, row->items);
        grid_addf(&grid, "%" PRId64, row->asks);
        grid_addf(&grid, "%" PRId64, row->answered);
        grid_addf(&grid, "%" PRId64, row->trial);
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "%zu 个单位；先后不是排名\n", grid_rows(&grid));
}

static void print_counts_json(const struct listing *listing, const struct asked_rows *rows, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const struct asked_row *row = &rows->items[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "recipient", row->recipient, "messages",
                                              (json_int_t)row->messages, "items", (json_int_t)row->items, "asks",
                                              (json_int_t)row->asks, "answered", (json_int_t)row->answered, "trial",
                                              (json_int_t)row->trial));
    }
    json_object_set_new(document, "as_of", json_of_day(listing->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(listing->moment.known_at));
    json_object_set_new(document, "counts", list);
    json_print(document, out);
}

static enum error_code list_counts(struct cli *cli, struct pg *pg, const struct listing *listing, struct error *err) {
    CLEAN(asked_rows_finish) struct asked_rows rows = {0};
    const char *text = args_value(cli->args, "since", NULL);
    struct instant since = INSTANT_NONE;
    struct day day;
    if (text && !day_parse(text, strlen(text), &day))
        return error_set(err, ERROR_USAGE, "--since %s: give a day that exists, as 2021-11-01", text);
    if (text) since = day_start(day);
    enum error_code code = query_asked(pg, listing->programme.id, since, listing->moment.known_at, &rows, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_counts_json(listing, &rows, &cli->out);
    else
        print_counts(listing, &rows, &cli->out);
    return ERROR_OK;
}

enum error_code command_outbox(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(listing_finish) struct listing listing = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = listing_read(cli, pg, true, &listing, err);
    if (code) return code;
    if (args_has(cli->args, "counts")) return list_counts(cli, pg, &listing, err);
    if (args_has(cli->args, "json"))
        print_outbox_json(&listing, &cli->out);
    else
        print_outbox(&listing, &cli->out);
    return ERROR_OK;
}

/* --- hold, release --- */

static enum error_code hold_one(struct cli *cli, struct pg *pg, int32_t programme, const char *word, bool hold,
                                struct error *err) {
    size_t len;
    unsigned item, notice;
    int64_t changed = 0;
    enum error_code code;
    if (request_number_parse(word, 'N', &notice))
        code = outbox_hold_notice(pg, programme, notice, hold, &changed, err);
    else if (message_number_parse(word, &len, &item) && !item)
        code = outbox_hold_message(pg, programme, (struct slice){word, len}, hold, &changed, err);
    else
        return error_set(err, ERROR_USAGE,
                         "%s: give N12 (a notice that waits) or D21-1108-05 (a message under way), as `duban "
                         "outbox` lists them",
                         word);
    if (code) return code;
    if (!changed)
        return error_set(err, ERROR_CONFLICT,
                         hold ? "nothing of %s waits (any more): see `duban outbox`"
                              : "nothing of %s was held by the office: see `duban outbox`",
                         word);
    buffer_printf(&cli->out,
                  hold ? say(cli, "%s is held: it does not leave until `duban outbox release %s`\n")
                       : say(cli, "%s is released: it leaves with the next window or try (%s)\n"),
                  word, word);
    return ERROR_OK;
}

static enum error_code hold_all(struct cli *cli, bool hold, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    struct programme programme = {0};
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = choose_programme(cli, pg, &programme, err);
    if (!code) code = pg_begin(pg, err);
    for (size_t i = 0; !code && i < cli->args->positional_count; i++)
        code = hold_one(cli, pg, programme.id, cli->args->positionals[i], hold, err);
    if (!code) code = pg_commit(pg, err);
    if (code) buffer_finish(&cli->out);
    programme_finish(&programme);
    return code;
}

enum error_code command_outbox_hold(struct cli *cli, struct error *err) {
    return hold_all(cli, true, err);
}

enum error_code command_outbox_release(struct cli *cli, struct error *err) {
    return hold_all(cli, false, err);
}
