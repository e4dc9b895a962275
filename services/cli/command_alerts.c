/* duban alerts: what stands and why; --sent: what was said to whom. duban outbox: what goes next, what did not arrive.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert.h"
#include "common/domain/route.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/store/query_alert.h"
#include "services/cli/moment.h"
#include "services/cli/programme_choice.h"

struct sent {
    struct programme programme;
    struct stored_plan stored;
    struct moment moment;
    struct alert_rows alerts;
    struct notice_rows notices;
    struct message_rows messages;
    struct delivery_rows deliveries;
    struct streams streams;
};

static void sent_finish(struct sent *sent) {
    alert_rows_finish(&sent->alerts);
    notice_rows_finish(&sent->notices);
    message_rows_finish(&sent->messages);
    delivery_rows_finish(&sent->deliveries);
    streams_finish(&sent->streams);
    stored_plan_finish(&sent->stored);
    programme_finish(&sent->programme);
}

static enum error_code read_sent(struct cli *cli, struct pg *pg, bool all, struct sent *out, struct error *err) {
    enum error_code code = moment_resolve(args_value(cli->args, "as-of", NULL), args_value(cli->args, "known-at", NULL),
                                          cli->now, &out->moment, err);
    if (!code) code = choose_programme(cli, pg, &out->programme, err);
    int32_t id = out->programme.id;
    struct instant at = out->moment.known_at;
    if (code || (code = stored_plan_read(pg, id, at, &out->stored, err)) ||
        (code = query_alerts(pg, id, at, all, &out->alerts, err)) ||
        (code = query_notices(pg, id, at, &out->notices, err)) || (code = streams_read(pg, id, &out->streams, err)) ||
        (code = query_messages(pg, id, INSTANT_NONE, at, &out->messages, err)))
        return code;
    return query_deliveries(pg, id, &out->deliveries, err);
}

static const char *rule_word(const char *rule) {
    enum alert_rule found;
    return alert_rule_find(slice_of(rule), &found) ? alert_rule_word(found) : rule;
}

static json_t *deliveries_json(const struct sent *sent, int64_t message) {
    json_t *list = json_array();
    for (size_t i = 0; i < sent->deliveries.count; i++) {
        const struct delivery_row *delivery = &sent->deliveries.items[i];
        if (message && delivery->message == message)
            json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "channel", delivery->channel, "state",
                                                  delivery->state, "attempts", (json_int_t)delivery->attempts));
    }
    return list;
}

static json_t *notice_json(const struct sent *sent, const struct notice_row *notice) {
    return json_pack("{s:s, s:s, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "step", notice->step, "recipient",
                     notice->recipient, "meant_for", json_of_text(notice->meant_for), "unroutable", notice->unroutable,
                     "state", notice->state, "cause", json_of_text(notice->cause), "message",
                     json_of_text(notice->message), "not_before", json_of_instant(notice->not_before), "window_at",
                     json_of_instant(notice->window_at), "line", json_of_text(notice->line), "deliveries",
                     deliveries_json(sent, notice->message_id));
}

static bool is_recovery(const struct notice_row *notice) {
    return strcmp(notice->step, "recovered") == 0;
}

/* The notices of an alert, or those that told of its end. */
static json_t *notices_json(const struct sent *sent, int64_t alert, bool recovery) {
    json_t *list = json_array();
    for (size_t i = 0; i < sent->notices.count; i++)
        if (sent->notices.items[i].alert == alert && is_recovery(&sent->notices.items[i]) == recovery)
            json_array_append_new(list, notice_json(sent, &sent->notices.items[i]));
    return list;
}

static json_t *alert_json(const struct alert_row *alert, json_t *notices) {
    json_t *facts = json_loads(alert->facts, 0, NULL);
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:o, s:o}", "id",
                     (json_int_t)alert->id, "word", rule_word(alert->rule), "rule", alert->rule, "target",
                     json_of_text(alert->target), "area", json_of_text(alert->area), "stream",
                     json_of_text(alert->stream), "period", json_of_day(alert->period), "file",
                     alert->file ? json_sprintf("F%" PRId64, alert->file) : json_null(), "state", alert->state, "cause",
                     alert->cause, "step", alert->step, "opened_at", json_of_instant(alert->opened_at), "changed_at",
                     json_of_instant(alert->changed_at), "resolved_at", json_of_instant(alert->resolved_at),
                     "back_filled", alert->back_filled, "facts", facts ? facts : json_null(), "notices", notices);
}

/* That it is over is a message of its own kind, 转好 or 补齐: an entry of its own, opened when the first one ended. */
static void add_recovery(const struct sent *sent, const struct alert_row *alert, json_t *list) {
    json_t *notices = notices_json(sent, alert->id, true);
    if (json_array_size(notices) == 0) {
        json_decref(notices);
        return;
    }
    const char *line = json_string_value(json_object_get(json_array_get(notices, 0), "line"));
    bool made_good = line && strncmp(line, "【补齐】", strlen("【补齐】")) == 0;
    struct alert_row recovery = *alert;
    recovery.opened_at = alert->changed_at;
    json_t *json = alert_json(&recovery, notices);
    json_object_set_new(json, "word", json_string(made_good ? "补齐" : "转好"));
    json_object_set_new(json, "rule", json_string("recovered"));
    json_array_append_new(list, json);
}

static void print_json(const struct sent *sent, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < sent->alerts.count; i++) {
        const struct alert_row *alert = &sent->alerts.items[i];
        json_array_append_new(list, alert_json(alert, notices_json(sent, alert->id, false)));
        add_recovery(sent, alert, list);
    }
    json_object_set_new(document, "as_of", json_of_day(sent->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(sent->moment.known_at));
    json_object_set_new(document, "alerts", list);
    json_print(document, out);
}

static const char *unit_of(const struct streams *streams, const char *stream) {
    const struct stream *found = streams_find(streams, slice_of(stream));
    return found && found->unit ? found->unit : stream;
}

static void subject_words(const struct sent *sent, const struct alert_row *alert, struct buffer *out) {
    const struct plan *plan = sent->stored.plan;
    size_t target = plan_find_target(plan, slice_of(alert->target)), area = plan_find_area(plan, slice_of(alert->area));
    if (*alert->target)
        buffer_printf(out, "%s %s", area == NO_INDEX ? alert->area : area_short(&plan->areas[area]),
                      target == NO_INDEX ? alert->target : target_short(&plan->targets[target]));
    else
        buffer_printf(out, "%s（%s）", unit_of(&sent->streams, alert->stream), alert->stream);
}

static const char *alert_state_word(const char *state) {
    static const struct {
        const char *state, *word;
    } words[] = {{"open", "未了"}, {"promised", "已承诺"}, {"suppressed", "暂不提"}, {"resolved", "已了"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].state, state) == 0) return words[i].word;
    return state;
}

static size_t count_notices(const struct sent *sent, int64_t alert, bool rendered) {
    size_t count = 0;
    for (size_t i = 0; i < sent->notices.count; i++)
        count += sent->notices.items[i].alert == alert && (sent->notices.items[i].message_id != 0) == rendered;
    return count;
}

static void print_alerts(const struct sent *sent, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "提醒"},
                                                 {.title = "对象", .max_width = 36},
                                                 {.title = "状态"},
                                                 {.title = "原因", .max_width = 30},
                                                 {.title = "开始"},
                                                 {.title = "最近变动"},
                                                 {.title = "已发", .align = TEXT_RIGHT},
                                                 {.title = "待发", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 8);
    for (size_t i = 0; i < sent->alerts.count; i++) {
        const struct alert_row *alert = &sent->alerts.items[i];
        char opened[INSTANT_TEXT_MAX], changed[INSTANT_TEXT_MAX];
        instant_print(alert->opened_at, opened);
        instant_print(alert->changed_at, changed);
        grid_addf(&grid, "【%s】%s", rule_word(alert->rule), alert->back_filled ? "补录" : "");
        CLEAN(buffer_finish) struct buffer subject = {0};
        subject_words(sent, alert, &subject);
        grid_add(&grid, buffer_text(&subject));
        grid_add(&grid, alert_state_word(alert->state));
        grid_add(&grid, alert_cause_words(alert->cause));
        grid_addf(&grid, "%.10s", opened);
        grid_addf(&grid, "%.10s", changed);
        grid_addf(&grid, "%zu", count_notices(sent, alert->id, true));
        grid_addf(&grid, "%zu", count_notices(sent, alert->id, false));
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "%zu 条\n", sent->alerts.count);
}

static void deliveries_words(const struct sent *sent, int64_t message, struct buffer *out) {
    static const struct {
        const char *state, *word;
    } words[] = {
        {"waiting", "在送"}, {"leased", "在送"}, {"delivered", "送达"}, {"failed", "送不到"}, {"trial", "试运行未发"}};
    size_t count = 0;
    for (size_t i = 0; i < sent->deliveries.count; i++) {
        const struct delivery_row *delivery = &sent->deliveries.items[i];
        if (delivery->message != message) continue;
        const char *word = delivery->state;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (strcmp(words[k].state, delivery->state) == 0) word = words[k].word;
        buffer_printf(out, "%s%s %s", count++ ? "，" : "", delivery->channel, word);
    }
    if (!count) buffer_add_text(out, "没有渠道");
}

static void print_sent(const struct sent *sent, struct buffer *out) {
    for (size_t i = 0; i < sent->messages.count; i++) {
        const struct message_row_read *message = &sent->messages.items[i];
        char at[INSTANT_TEXT_MAX], who[RECIPIENT_MAX];
        instant_print(message->window_at, at);
        route_words(sent->stored.plan, message->recipient, who, sizeof who);
        buffer_printf(out, "%.10s %.5s  %s → %s  ", at, at + 11, message->number, *who ? who : message->recipient);
        deliveries_words(sent, message->id, out);
        buffer_printf(out, "\n  %s\n", message->first_line);
    }
    buffer_printf(out, "%zu 条消息\n", sent->messages.count);
}

enum error_code command_alerts(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(sent_finish) struct sent sent = {0};
    bool by_message = args_has(cli->args, "sent");
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = read_sent(cli, pg, by_message || args_has(cli->args, "all"), &sent, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_json(&sent, &cli->out);
    else if (by_message)
        print_sent(&sent, &cli->out);
    else
        print_alerts(&sent, &cli->out);
    return ERROR_OK;
}

static const struct alert_row *alert_of(const struct sent *sent, int64_t id) {
    for (size_t i = 0; i < sent->alerts.count; i++)
        if (sent->alerts.items[i].id == id) return &sent->alerts.items[i];
    return NULL;
}

/* Notices that wait or are held, then deliveries that are under way or failed. */
static void print_outbox(const struct sent *sent, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "何时"}, {.title = "状态"}, {.title = "发给"}, {.title = "事项"}, {.title = "说明", .max_width = 40}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 5);
    for (size_t i = 0; i < sent->notices.count; i++) {
        const struct notice_row *notice = &sent->notices.items[i];
        const struct alert_row *alert = alert_of(sent, notice->alert);
        char at[INSTANT_TEXT_MAX], who[RECIPIENT_MAX];
        bool held = strcmp(notice->state, "held") == 0;
        if (notice->message_id || !alert || (!held && strcmp(notice->state, "waiting"))) continue;
        instant_print(notice->not_before, at);
        route_words(sent->stored.plan, notice->recipient, who, sizeof who);
        grid_addf(&grid, "%.10s %.5s", at, at + 11);
        grid_add(&grid, held ? "暂存" : "待发");
        grid_add(&grid, *who ? who : notice->recipient);
        CLEAN(buffer_finish) struct buffer subject = {0};
        subject_words(sent, alert, &subject);
        grid_addf(&grid, "【%s】%s", rule_word(alert->rule), buffer_text(&subject));
        grid_addf(&grid, "%s%s", notice->unroutable ? "原收件人无联系方式 " : "", notice->cause);
    }
    for (size_t i = 0; i < sent->deliveries.count; i++) {
        const struct delivery_row *delivery = &sent->deliveries.items[i];
        bool failed = strcmp(delivery->state, "failed") == 0;
        if (!failed && strcmp(delivery->state, "waiting") && strcmp(delivery->state, "leased")) continue;
        for (size_t k = 0; k < sent->messages.count; k++)
            if (sent->messages.items[k].id == delivery->message) {
                char at[INSTANT_TEXT_MAX], who[RECIPIENT_MAX];
                instant_print(sent->messages.items[k].window_at, at);
                route_words(sent->stored.plan, sent->messages.items[k].recipient, who, sizeof who);
                grid_addf(&grid, "%.10s %.5s", at, at + 11);
                grid_add(&grid, failed ? "送不到" : "在送");
                grid_add(&grid, who);
                grid_addf(&grid, "%s %s", sent->messages.items[k].number, delivery->channel);
                grid_addf(&grid, "%" PRId64 "次 %s", delivery->attempts, delivery->last_answer);
            }
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "待发与未送达 %zu 条%s\n", grid_rows(&grid),
                  sent->programme.trial ? "（试运行：不对外发送）" : "");
}

static void print_outbox_json(const struct sent *sent, struct buffer *out) {
    json_t *document = json_document(), *waiting = json_array(), *stuck = json_array();
    for (size_t i = 0; i < sent->notices.count; i++) {
        const struct notice_row *notice = &sent->notices.items[i];
        const struct alert_row *alert = alert_of(sent, notice->alert);
        if (notice->message_id || !alert || strcmp(notice->state, "dropped") == 0) continue;
        json_t *json = notice_json(sent, notice);
        json_object_set_new(json, "word", json_string(rule_word(alert->rule)));
        json_object_set_new(json, "target", json_of_text(alert->target));
        json_object_set_new(json, "area", json_of_text(alert->area));
        json_object_set_new(json, "stream", json_of_text(alert->stream));
        json_array_append_new(waiting, json);
    }
    for (size_t i = 0; i < sent->deliveries.count; i++) {
        const struct delivery_row *delivery = &sent->deliveries.items[i];
        if (strcmp(delivery->state, "delivered") == 0 || strcmp(delivery->state, "trial") == 0) continue;
        for (size_t k = 0; k < sent->messages.count; k++)
            if (sent->messages.items[k].id == delivery->message)
                json_array_append_new(
                    stuck, json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "message", sent->messages.items[k].number,
                                     "recipient", sent->messages.items[k].recipient, "channel", delivery->channel,
                                     "state", delivery->state, "attempts", (json_int_t)delivery->attempts, "answer",
                                     json_of_text(delivery->last_answer)));
    }
    json_object_set_new(document, "trial", json_boolean(sent->programme.trial));
    json_object_set_new(document, "as_of", json_of_day(sent->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(sent->moment.known_at));
    json_object_set_new(document, "notices", waiting);
    json_object_set_new(document, "deliveries", stuck);
    json_print(document, out);
}

enum error_code command_outbox(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(sent_finish) struct sent sent = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = read_sent(cli, pg, true, &sent, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_outbox_json(&sent, &cli->out);
    else
        print_outbox(&sent, &cli->out);
    return ERROR_OK;
}
