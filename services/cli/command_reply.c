/* duban reply: an answer by phone, taken down by the office as the county's own (代报). */
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert.h"
#include "services/cli/decide.h"
#include "common/desk/naming.h"

/* What is only told wants no answer: that it is over, that a card was taken back, what only the office decides. */
static bool asks(const struct said_item *said) {
    static const char *const rules[] = {"due_soon", "slipping", "overdue", "fell_back",
                                        "missing",  "offline",  "rejected"};
    if (strcmp(said->step, "recovered") == 0 || strcmp(said->step, "withdrawn") == 0) return false;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(said->rule, rules[i]) == 0) return true;
    return false;
}

/* Keeps what is answered: of a message as a whole everything in it that asks and is not over. */
static enum error_code answerable(struct naming *naming, struct error *err) {
    size_t kept = 0;
    for (size_t i = 0; i < naming->count; i++) {
        const struct named *named = &naming->items[i];
        bool over = strcmp(named->said->state, "resolved") == 0;
        if (asks(named->said) && !over) {
            naming->items[kept++] = *named;
        } else if (!named->whole) {
            return error_set(err, ERROR_CONFLICT,
                             over ? "%s is over: there is nothing left to answer" : "%s wants no answer",
                             named->number);
        }
    }
    naming->count = kept;
    return kept ? ERROR_OK : error_set(err, ERROR_CONFLICT, "nothing in this message wants an answer (any more)");
}

static enum error_code read_answer(struct cli *cli, struct decision_event *reply, struct error *err) {
    const char *who = NULL, *reason = args_value(cli->args, "reason", NULL), *token = NULL;
    const char *text = args_value(cli->args, "text", NULL);
    struct day by_day;
    enum error_code code = decide_text(cli, "who", "the name of the person who answers", &who, err);
    if (!code) code = decide_day_to_come(cli, "by-date", false, &by_day, err);
    if (code) return code;
    if (reason && !(token = reply_reason_token(slice_of(reason))))
        return error_set(err, ERROR_USAGE, "--reason %s is not in the list: %s", reason, reply_reasons_all());
    if (!day_is(by_day) && !token && !(text && *text))
        return error_set(err, ERROR_USAGE,
                         "an answer says something: --by-date DAY (until when it will be done), "
                         "--reason CODE or --text TEXT");
    reply->more.reply.who = slice_of(who);
    reply->more.reply.by_when = by_day;
    reply->more.reply.reason_code = slice_of(token);
    reply->more.reply.text = slice_of(text && *text ? text : NULL);
    return ERROR_OK;
}

static void tell(struct cli *cli, const struct view *view, const struct naming *naming,
                 const struct decision_event *reply) {
    char day[DAY_TEXT_MAX];
    day_print(reply->more.reply.by_when, day);
    for (size_t i = 0; i < naming->count; i++) {
        CLEAN(buffer_finish) struct buffer name = {0};
        named_words(view, &naming->items[i], &name);
        if (*day)
            buffer_printf(&cli->out,
                          say(cli,
                              "%s %s: promised until %s; nobody is reminded until that day is over or it gets worse, "
                              "the light stays\n"),
                          naming->items[i].number, buffer_text(&name), day);
        else
            buffer_printf(&cli->out,
                          say(cli, "%s %s: answered without a day; the count of days begins anew from today\n"),
                          naming->items[i].number, buffer_text(&name));
    }
    decide_tell(cli, reply);
}

/* TARGET AREA means what was said last of it. */
static enum error_code newest_said(struct cli *cli, struct pg *pg, const struct view *view, char *number,
                                   size_t capacity, struct error *err) {
    size_t cell = NO_INDEX;
    enum error_code code = view_find(view->plan, cli->args->positionals[0], cli->args->positionals[1],
                                     instant_day(cli->now), &cell, err);
    if (!code)
        code = query_newest_said(pg, view->programme.id, view_target(view, cell)->code, view_area(view, cell)->code,
                                 number, capacity, err);
    if (code || *number) return code;
    return error_set(err, ERROR_CONFLICT, "nothing that stands was said of %s %s: there is nothing to answer",
                     view_target(view, cell)->code, view_area(view, cell)->name);
}

enum error_code command_reply(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(naming_finish) struct naming naming = {0};
    char number[NAMED_NUMBER_MAX];
    struct decision_event reply = {.kind = EVENT_REPLY, .as_of = DAY_NONE};
    char newest[NAMED_NUMBER_MAX];
    const char *word = cli->args->positionals[0];
    bool cell = cli->args->positional_count == 2;
    if (!cell && !naming_is_number(word))
        return error_set(err, ERROR_USAGE,
                         "%s is no number of a message: D21-1108-05, D21-1108-05/2 for one item, or TARGET AREA", word);
    enum error_code code = read_answer(cli, &reply, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code && cell) code = newest_said(cli, pg, &view, newest, sizeof newest, err);
    if (cell) word = newest;
    if (!code) code = naming_read(pg, &view, &word, 1, &naming, err);
    if (!code) code = answerable(&naming, err);
    if (code) return code;
    const struct named *first = &naming.items[0];
    snprintf(number, sizeof number, "%s", first->whole ? first->said->number : first->number);
    reply.more.reply.number = slice_of(number);
    if (naming.count == 1 && first->cell != NO_INDEX) {
        reply.target = view_target(&view, first->cell)->code;
        reply.area = view_area(&view, first->cell)->code;
    }
    if (!(code = decide(cli, &reply, err))) tell(cli, &view, &naming, &reply);
    return code;
}
