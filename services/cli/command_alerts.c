/* duban alerts: what stands and why; --sent: what was said to whom; --promises: who promised what until when, and
 * whether it held; with a number: that message. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert.h"
#include "common/report/answer_words.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/list_json.h"
#include "services/cli/command_message.h"
#include "services/cli/listing.h"

static bool is_recovery(const struct notice_row *notice) {
    return strcmp(notice->step, "recovered") == 0;
}

/* The notices of an alert, or those that told of its end. */
static json_t *notices_json(const struct listing *listing, int64_t alert, bool recovery) {
    json_t *list = json_array();
    const struct notice_row *notices;
    size_t count = listing_notices(listing, alert, &notices);
    for (size_t i = 0; i < count; i++)
        if (is_recovery(&notices[i]) == recovery)
            json_array_append_new(list, listing_notice_json(listing, &notices[i]));
    return list;
}

static json_t *with_notices(const struct alert_row *alert, json_t *notices) {
    json_t *json = alert_json(alert);
    json_object_set_new(json, "notices", notices);
    return json;
}

/* That it is over is a message of its own kind, 转好 or 补齐: an entry of its own, opened when the first one ended. */
static void add_recovery(const struct listing *listing, const struct alert_row *alert, json_t *list) {
    json_t *notices = notices_json(listing, alert->id, true);
    if (json_array_size(notices) == 0) {
        json_decref(notices);
        return;
    }
    const char *line = json_string_value(json_object_get(json_array_get(notices, 0), "line"));
    bool made_good = line && strncmp(line, "【补齐】", strlen("【补齐】")) == 0;
    struct alert_row recovery = *alert;
    recovery.opened_at = alert->changed_at;
    json_t *json = with_notices(&recovery, notices);
    json_object_set_new(json, "word", json_string(made_good ? "补齐" : "转好"));
    json_object_set_new(json, "rule", json_string("recovered"));
    json_array_append_new(list, json);
}

static void print_json(const struct listing *listing, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < listing->alerts.count; i++) {
        const struct alert_row *alert = &listing->alerts.items[i];
        json_array_append_new(list, with_notices(alert, notices_json(listing, alert->id, false)));
        add_recovery(listing, alert, list);
    }
    json_object_set_new(document, "as_of", json_of_day(listing->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(listing->moment.known_at));
    json_object_set_new(document, "alerts", list);
    json_print(document, out);
}

static size_t count_notices(const struct listing *listing, int64_t alert, bool rendered) {
    const struct notice_row *notices;
    size_t count = 0, all = listing_notices(listing, alert, &notices);
    for (size_t i = 0; i < all; i++) count += (notices[i].message_id != 0) == rendered;
    return count;
}

static void print_alerts(const struct listing *listing, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "提醒"},
                                                 {.title = "对象", .max_width = 36},
                                                 {.title = "状态"},
                                                 {.title = "原因", .max_width = 30},
                                                 {.title = "到哪一步"},
                                                 {.title = "开始"},
                                                 {.title = "最近变动"},
                                                 {.title = "已发", .align = TEXT_RIGHT},
                                                 {.title = "待发", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < listing->alerts.count; i++) {
        const struct alert_row *alert = &listing->alerts.items[i];
        char opened[INSTANT_TEXT_MAX], changed[INSTANT_TEXT_MAX];
        instant_print(alert->opened_at, opened);
        instant_print(alert->changed_at, changed);
        grid_addf(&grid, "【%s】%s", alert_rule_words(alert->rule), alert->back_filled ? "补录" : "");
        CLEAN(buffer_finish) struct buffer subject = {0};
        listing_subject(listing, alert->target, alert->area, alert->stream, &subject);
        grid_add(&grid, buffer_text(&subject));
        grid_add(&grid, alert_state_words(alert->state));
        grid_add(&grid, alert_cause_words(alert->cause));
        grid_add(&grid, alert->issued ? "已发牌" : alert_rung_word((enum alert_rung)alert->rung));
        grid_addf(&grid, "%.10s", opened);
        grid_addf(&grid, "%.10s", changed);
        grid_addf(&grid, "%zu", count_notices(listing, alert->id, true));
        grid_addf(&grid, "%zu", count_notices(listing, alert->id, false));
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "%zu 条\n", listing->alerts.count);
}

static void deliveries_words(const struct listing *listing, int64_t message, struct buffer *out) {
    static const struct {
        const char *state, *word;
    } words[] = {{"waiting", "在送"},     {"leased", "在送"}, {"delivered", "送达"}, {"failed", "送不到"},
                 {"trial", "试运行未发"}, {"held", "暂存"},   {"dropped", "不再发"}};
    const struct delivery_row *deliveries;
    size_t count = listing_deliveries(listing, message, &deliveries);
    for (size_t i = 0; i < count; i++) {
        const char *word = deliveries[i].state;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (strcmp(words[k].state, deliveries[i].state) == 0) word = words[k].word;
        buffer_printf(out, "%s%s %s", i ? "，" : "", deliveries[i].channel, word);
    }
    if (!count) buffer_add_text(out, "没有渠道");
}

static void print_sent(const struct listing *listing, struct buffer *out) {
    for (size_t i = 0; i < listing->messages.count; i++) {
        const struct message_row_read *message = &listing->messages.items[i];
        char at[INSTANT_TEXT_MAX];
        instant_print(message->window_at, at);
        buffer_printf(out, "%.10s %.5s  %s → ", at, at + 11, message->number);
        listing_recipient(listing, message->recipient, out);
        buffer_add_text(out, "  ");
        deliveries_words(listing, message->id, out);
        buffer_printf(out, "\n  %s\n", message->first_line);
    }
    buffer_printf(out, "%zu 条消息\n", listing->messages.count);
}

/* --- promises --- */

static void print_promises_json(const struct listing *listing, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < listing->answers.count; i++)
        json_array_append_new(list, answer_row_json(&listing->answers.items[i]));
    json_object_set_new(document, "as_of", json_of_day(listing->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(listing->moment.known_at));
    json_object_set_new(document, "promises", list);
    json_print(document, out);
}

static void add_promise(const struct listing *listing, const struct answer_row *answer, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer subject = {0};
    const char *reason = reply_reason_chinese(slice_of(answer->reason));
    char known[INSTANT_TEXT_MAX], day[DAY_TEXT_MAX];
    instant_print(answer->known_at, known);
    day_print(answer->by_day, day);
    if (answer->alert) listing_subject(listing, answer->target, answer->area, answer->stream, &subject);
    grid_addf(grid, "%.10s", known);
    grid_add(grid, answer->number);
    grid_add(grid, buffer_text(&subject));
    grid_addf(grid, "%s%s", answer->who, answer->on_behalf ? "（代记）" : "");
    grid_add(grid, *day ? day : "–");
    grid_add(grid, answer_outcome_words(answer));
    grid_addf(grid, "%s%s%s", reason ? reason : answer->reason, *answer->reason && *answer->words ? "：" : "",
              answer->words);
}

static void print_promises(const struct listing *listing, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "答复时间"}, {.title = "编号"}, {.title = "事项", .max_width = 36},      {.title = "谁"},
        {.title = "承诺到"},   {.title = "结果"}, {.title = "原因和说明", .max_width = 48}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    size_t standing = 0, kept = 0, broken = 0;
    for (size_t i = 0; i < listing->answers.count; i++) {
        const char *outcome = listing->answers.items[i].outcome;
        standing += strcmp(outcome, "standing") == 0;
        kept += strcmp(outcome, "kept") == 0;
        broken += strcmp(outcome, "broken") == 0 || strcmp(outcome, "worse") == 0;
        add_promise(listing, &listing->answers.items[i], &grid);
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "答复 %zu 条：承诺未到期 %zu，兑现 %zu，未兑现 %zu\n", listing->answers.count, standing, kept,
                  broken);
}

enum error_code command_alerts(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(listing_finish) struct listing listing = {0};
    bool by_message = args_has(cli->args, "sent"), promises = args_has(cli->args, "promises");
    bool json = args_has(cli->args, "json");
    if (cli->args->positional_count) return command_message(cli, cli->args->positionals[0], err);
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = listing_read(cli, pg, by_message || args_has(cli->args, "all"), &listing, err);
    if (code) return code;
    if (promises)
        (json ? print_promises_json : print_promises)(&listing, &cli->out);
    else if (json)
        print_json(&listing, &cli->out);
    else
        (by_message ? print_sent : print_alerts)(&listing, &cli->out);
    return ERROR_OK;
}
