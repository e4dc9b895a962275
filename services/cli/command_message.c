#include "services/cli/command_message.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/requests.h"
#include "common/domain/route.h"
#include "common/report/answer_words.h"
#include "common/report/json.h"
#include "common/report/view.h"
#include "common/store/query_answer.h"
#include "common/store/query_message.h"
#include "services/cli/moment.h"
#include "services/cli/programme_choice.h"

enum { NEAR_MAX = 160 };

struct told {
    struct programme programme;
    struct stored_plan stored;
    struct moment moment;
    struct whole_message message;
    struct said_items said;
    struct answer_rows answers; /* all; those to this message by is_answer_to() */
};
static void told_finish(struct told *told) {
    whole_message_finish(&told->message);
    said_items_finish(&told->said);
    answer_rows_finish(&told->answers);
    stored_plan_finish(&told->stored);
    programme_finish(&told->programme);
}

static enum error_code no_such_message(struct pg *pg, int32_t programme, struct slice number, struct error *err) {
    char near[NEAR_MAX];
    enum error_code code = query_numbers_near(pg, programme, number, near, sizeof near, err);
    if (code) return code;
    return error_set(err, ERROR_NOT_FOUND, "there is no message %.*s; %s%s", (int)number.len, number.ptr,
                     *near ? "there are " : "none has been sent yet", near);
}

static enum error_code told_read(struct cli *cli, struct pg *pg, const char *word, struct told *out,
                                 struct error *err) {
    size_t len;
    unsigned item;
    if (!message_number_parse(word, &len, &item))
        return error_set(err, ERROR_USAGE, "%s is no number of a message, as D21-1108-05 (`duban alerts --sent`)", word);
    struct slice number = {word, len};
    enum error_code code = moment_resolve(args_value(cli->args, "as-of", NULL), args_value(cli->args, "known-at", NULL),
                                          cli->now, &out->moment, err);
    struct instant at = out->moment.known_at;
    if (!code) code = choose_programme(cli, pg, &out->programme, err);
    int32_t id = out->programme.id;
    if (!code) code = stored_plan_read(pg, id, at, &out->stored, err);
    if (!code) code = query_message(pg, id, number, at, &out->message, err);
    if (code) return code;
    if (!out->message.id) return no_such_message(pg, id, number, err);
    code = query_said(pg, id, number, &out->said, err);
    return code ? code : query_answers(pg, id, at, &out->answers, err);
}

static bool is_answer_to(const struct answer_row *answer, const char *number) {
    size_t len;
    unsigned item;
    return message_number_parse(answer->number, &len, &item) && len == strlen(number) &&
           strncmp(answer->number + 1, number + 1, len - 1) == 0;
}

static const char *way_word(const char *state) {
    static const struct {
        const char *state, *word;
    } words[] = {{"waiting", "在送"},   {"leased", "在送"}, {"delivered", "送达"},    {"failed", "送不到"},
                 {"trial", "试运行未发"}, {"held", "暂存"},   {"dropped", "不再发"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].state, state) == 0) return words[i].word;
    return state;
}

static const char *try_word(const char *outcome) {
    static const struct {
        const char *outcome, *word;
    } words[] = {{"delivered", "送达"}, {"retry", "没成，再试"}, {"failed", "没成，不再试"}, {"throttled", "限速，等一等"},
                 {"dropped", "不必再发"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].outcome, outcome) == 0) return words[i].word;
    return outcome;
}

/* What follows a "?" of an address is often a key. */
static void address_words(const char *address, struct buffer *out) {
    size_t len = strcspn(address, "?");
    buffer_add(out, address, len);
    if (address[len]) buffer_add_text(out, "?…");
}

/* --- in words --- */

static void print_recipients(const struct told *told, struct buffer *out) {
    char who[RECIPIENT_MAX];
    route_words(told->stored.plan, told->message.recipient, who, sizeof who);
    buffer_printf(out, "收件：%s", *who ? who : told->message.recipient);
    if (strcmp(told->message.kind, "room") == 0) {
        buffer_add_text(out, "（");
        const char *last = "";
        size_t count = 0;
        for (size_t i = 0; i < told->said.count; i++) {
            const char *recipient = told->said.items[i].recipient;
            bool again = strcmp(recipient, last) == 0;
            for (size_t k = 0; k < i && !again; k++) again = strcmp(told->said.items[k].recipient, recipient) == 0;
            last = recipient;
            if (again) continue;
            route_words(told->stored.plan, recipient, who, sizeof who);
            buffer_printf(out, "%s%s", count++ ? "、" : "", *who ? who : recipient);
        }
        buffer_add_text(out, "）");
    }
    buffer_add_text(out, "\n");
}

static void print_way(const struct told *told, const struct message_way *way, struct buffer *out) {
    buffer_printf(out, "%s：%s ", way->fallback_of ? "备用" : "渠道", way->channel);
    address_words(way->address, out);
    buffer_printf(out, " %s%s%s\n", way_word(way->state), *way->mention ? "  提醒 " : "", way->mention);
    for (size_t i = 0; i < told->message.try_count; i++) {
        const struct message_try *one = &told->message.tries[i];
        char at[INSTANT_TEXT_MAX];
        if (one->way != way->id) continue;
        instant_print(one->at, at);
        buffer_printf(out, "  %.10s %.8s %s%s%s\n", at, at + 11, try_word(one->outcome), *one->answer ? "：" : "",
                      one->answer);
    }
}

static void print_answer(const struct answer_row *answer, struct buffer *out) {
    const char *reason = reply_reason_chinese(slice_of(answer->reason));
    char at[INSTANT_TEXT_MAX], day[DAY_TEXT_MAX];
    instant_print(answer->known_at, at);
    day_print(answer->by_day, day);
    buffer_printf(out, "答复：%.10s %s %s%s", at, answer->number, answer->who, answer->on_behalf ? "（代记）" : "");
    if (*day) buffer_printf(out, " 承诺到%s", day);
    buffer_printf(out, " %s", answer_outcome_words(answer));
    if (*answer->reason || *answer->words)
        buffer_printf(out, "  %s%s%s", reason ? reason : answer->reason, *answer->reason && *answer->words ? "：" : "",
                      answer->words);
    buffer_add_text(out, "\n");
}

/* A reply to a message with many items is one reply. */
static bool is_said_again(const struct answer_rows *rows, size_t i) {
    return i > 0 && rows->items[i - 1].reply == rows->items[i].reply &&
           strcmp(rows->items[i - 1].outcome, rows->items[i].outcome) == 0;
}

static void print_told(const struct told *told, struct buffer *out) {
    const struct whole_message *message = &told->message;
    char at[INSTANT_TEXT_MAX];
    size_t answers = 0;
    instant_print(message->window_at, at);
    buffer_printf(out, "%s  %.10s %.5s\n", message->number, at, at + 11);
    print_recipients(told, out);
    for (size_t i = 0; i < message->way_count; i++) print_way(told, &message->ways[i], out);
    if (!message->way_count) buffer_add_text(out, "渠道：没有\n");
    for (size_t i = 0; i < told->answers.count; i++) {
        const struct answer_row *answer = &told->answers.items[i];
        if (!is_answer_to(answer, message->number) || is_said_again(&told->answers, i)) continue;
        print_answer(answer, out);
        answers++;
    }
    if (!answers && told->said.count) buffer_add_text(out, "答复：没有\n");
    if (*message->attachment_name) buffer_printf(out, "附件：%s\n", message->attachment_name);
    const char *body = *message->long_body ? message->long_body : message->body;
    buffer_printf(out, "\n%s", body);
    if (*body && body[strlen(body) - 1] != '\n') buffer_add_text(out, "\n");
}

/* --- as JSON --- */

static json_t *items_json(const struct told *told) {
    json_t *list = json_array();
    for (size_t i = 0; i < told->said.count; i++) {
        const struct said_item *said = &told->said.items[i];
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:s}", "item", (json_int_t)said->item,
                                              "rule", said->rule, "step", said->step, "target",
                                              json_of_text(said->target), "area", json_of_text(said->area), "stream",
                                              json_of_text(said->stream), "recipient", said->recipient));
    }
    return list;
}

static json_t *ways_json(const struct whole_message *message) {
    json_t *list = json_array();
    for (size_t i = 0; i < message->way_count; i++) {
        const struct message_way *way = &message->ways[i];
        CLEAN(buffer_finish) struct buffer address = {0};
        json_t *tries = json_array();
        address_words(way->address, &address);
        for (size_t k = 0; k < message->try_count; k++)
            if (message->tries[k].way == way->id)
                json_array_append_new(tries, json_pack("{s:o, s:s, s:o}", "at", json_of_instant(message->tries[k].at),
                                                       "outcome", message->tries[k].outcome, "answer",
                                                       json_of_text(message->tries[k].answer)));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:b, s:o}", "channel", way->channel, "address",
                                              buffer_text(&address), "state", way->state, "mention",
                                              json_of_text(way->mention), "fallback", way->fallback_of != 0, "attempts",
                                              tries));
    }
    return list;
}

static void print_json(const struct told *told, struct buffer *out) {
    const struct whole_message *message = &told->message;
    json_t *document = json_document(), *answers = json_array();
    for (size_t i = 0; i < told->answers.count; i++)
        if (is_answer_to(&told->answers.items[i], message->number))
            json_array_append_new(answers, answer_row_json(&told->answers.items[i]));
    json_object_set_new(document, "known_at", json_of_instant(told->moment.known_at));
    json_object_set_new(document, "number", json_string(message->number));
    json_object_set_new(document, "kind", json_string(message->kind));
    json_object_set_new(document, "recipient", json_string(message->recipient));
    json_object_set_new(document, "window_at", json_of_instant(message->window_at));
    json_object_set_new(document, "rendered_at", json_of_instant(message->rendered_at));
    json_object_set_new(document, "text", json_string(message->body));
    json_object_set_new(document, "long_text", json_of_text(message->long_body));
    json_object_set_new(document, "attachment", json_of_text(message->attachment_name));
    json_object_set_new(document, "items", items_json(told));
    json_object_set_new(document, "deliveries", ways_json(message));
    json_object_set_new(document, "answers", answers);
    json_print(document, out);
}

enum error_code command_message(struct cli *cli, const char *word, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(told_finish) struct told told = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = told_read(cli, pg, word, &told, err);
    if (!code) (args_has(cli->args, "json") ? print_json : print_told)(&told, &cli->out);
    return code;
}
