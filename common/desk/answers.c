/* What is said to an alert: an answer, taken down by the office as the county's own (代报), and that nobody shall hear
 * of it for a while. */
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/desk_parts.h"
#include "common/domain/alert.h"

/* --- answers --- */

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
static enum error_code answerable(struct desk_case *one, struct error *err) {
    struct naming *naming = &one->naming;
    size_t kept = 0;
    for (size_t i = 0; i < naming->count; i++) {
        const struct named *named = &naming->items[i];
        bool over = strcmp(named->said->state, "resolved") == 0;
        if (asks(named->said) && !over) {
            naming->items[kept++] = *named;
        } else if (!named->whole) {
            if (over) desk_already(one, "%s 已办结", named->number);
            return error_set(err, ERROR_CONFLICT,
                             over ? "%s is over: there is nothing left to answer" : "%s wants no answer",
                             named->number);
        }
    }
    naming->count = kept;
    return kept ? ERROR_OK : error_set(err, ERROR_CONFLICT, "nothing in this message wants an answer (any more)");
}

/* TARGET AREA means what was said last of it. */
static enum error_code newest_said(struct desk_case *one, struct pg *pg, struct error *err) {
    const struct view *view = one->view;
    size_t cell = NO_INDEX;
    enum error_code code = desk_cell(one, &cell, err);
    if (!code)
        code = query_newest_said(pg, view->programme.id, view_target(view, cell)->code, view_area(view, cell)->code,
                                 one->number, sizeof one->number, err);
    if (code || *one->number) return code;
    desk_state(one, "没有待答复的提醒");
    return error_set(err, ERROR_CONFLICT, "nothing that stands was said of %s %s: there is nothing to answer",
                     view_target(view, cell)->code, view_area(view, cell)->name);
}

static enum error_code what_is_answered(struct desk_case *one, struct pg *pg, struct error *err) {
    const char *word = one->request->subject[0];
    if (one->request->subject_count == 2) {
        enum error_code code = newest_said(one, pg, err);
        if (code) return code;
        word = one->number;
    } else if (!naming_is_number(word)) {
        one->unknown = true;
        return error_set(err, ERROR_USAGE,
                         "%s is no number of a message: D21-1108-05, D21-1108-05/2 for one item, or TARGET AREA", word);
    }
    enum error_code code = naming_read(pg, one->view, &word, 1, &one->naming, err);
    one->unknown = code == ERROR_NOT_FOUND;
    for (size_t i = 0; !code && i < one->naming.count; i++)
        code = desk_seen(one, one->naming.items[i].cell, err);
    return code;
}

/* The newest promise of the cell, or to that number, whose day is not over. */
static const struct desk_event *promise_of(const struct desk_case *one, const struct named *named,
                                           struct instant since) {
    const struct view *view = one->view;
    for (size_t i = view->desk.count; i-- > 0;) {
        const struct desk_event *event = &view->desk.events[i];
        struct more more;
        if (event->event.kind != EVENT_REPLY || event->event.known_at.ms < since.ms ||
            more_decode(EVENT_REPLY, event->event.more, &more) != PROTO_OK || !day_is(more.reply.by_when) ||
            more.reply.by_when.n < view->moment.as_of.n)
            continue;
        if ((named->cell != NO_INDEX && event->cell == named->cell) || slice_is(more.reply.number, named->number))
            return event;
    }
    return NULL;
}

/* By a promise that the alerter knows of, or by one it has not looked at yet. */
static enum error_code promised_already(struct desk_case *one, struct error *err) {
    for (size_t i = 0; !one->request->replace && i < one->naming.count; i++) {
        const struct named *named = &one->naming.items[i];
        const struct alert_row *alert = named_alert(one->view, named);
        if (!alert) continue;
        bool known = strcmp(alert->state, "promised") == 0;
        const struct desk_event *promise = promise_of(one, named, known ? alert->opened_at : alert->changed_at);
        if (!known && !promise) continue;
        if (promise)
            desk_already_decided(one, promise);
        else
            desk_already(one, "%s 已答复期限", named->number);
        return error_set(err, ERROR_CONFLICT, "%s has a promise that stands", named->number);
    }
    return ERROR_OK;
}

enum error_code check_promise(struct desk_case *one, struct pg *pg, struct error *err) {
    enum error_code code = what_is_answered(one, pg, err);
    if (!code) code = answerable(one, err);
    if (!code) code = promised_already(one, err);
    if (code) return code;
    const struct named *first = &one->naming.items[0];
    snprintf(one->number, sizeof one->number, "%s", first->whole ? first->said->number : first->number);
    one->cell = one->naming.count == 1 ? first->cell : NO_INDEX;
    struct desk_decision *reply = desk_make(one, EVENT_REPLY, one->cell, err);
    if (!reply) return ERROR_MEMORY;
    reply->reason = NULL;
    reply->more.reply.number = slice_of(one->number);
    reply->more.reply.who = slice_of(one->request->who);
    reply->more.reply.by_when = one->by_day;
    reply->more.reply.reason_code = slice_of(one->reason_token);
    reply->more.reply.text = slice_of(one->request->text && *one->request->text ? one->request->text : NULL);
    return ERROR_OK;
}

/* --- mutes --- */

static const char silence_rules[] = "missing offline rejected";

/* A stream's subject: its area, or, of a department, the stream by itself. */
static enum error_code mute_stream(const struct view *view, const char *name, struct desk_decision *mute,
                                   struct error *err) {
    const struct stream *stream = streams_find(&view->streams, slice_of(name));
    if (!stream) return error_set(err, ERROR_NOT_FOUND, "there is no stream %s any more", name);
    mute->area = stream->area_count == 1 ? stream->areas[0] : NULL;
    mute->note = stream->name;
    return ERROR_OK;
}

/* Streams of an area: one is enough, or there is nothing of it that could be silent. */
static enum error_code mute_area(struct desk_case *one, const char *text, struct desk_decision *mute,
                                 struct error *err) {
    const struct view *view = one->view;
    bool several = false;
    size_t area = plan_area_named(view->plan, slice_of(text), view->moment.as_of, &several);
    const struct stream *stream = streams_find(&view->streams, slice_of(text));
    if (area == NO_INDEX && stream) return mute_stream(view, text, mute, err);
    if (area == NO_INDEX) {
        one->unknown = true;
        return error_set(
            err, ERROR_USAGE,
            "“%s” is %s: give NUMBER/ITEM of a message, TARGET AREA, or an AREA or stream whose silence is meant", text,
            several ? "more than one area" : "no area of the plan");
    }
    if (one->rule && !strstr(silence_rules, one->rule)) {
        desk_wrong(one, "rule");
        return error_set(err, ERROR_USAGE, "of an AREA only its silence and refusals are muted: --rule %s",
                         silence_rules);
    }
    mute->area = view->plan->areas[area].code;
    return ERROR_OK;
}

static enum error_code mute_named(struct desk_case *one, struct pg *pg, struct desk_decision *mute, struct error *err) {
    enum error_code code = desk_names(one, pg, err);
    if (code) return code;
    const struct named *named = &one->naming.items[0];
    if (one->naming.count > 1)
        return error_set(err, ERROR_USAGE, "%s has several items: say which one is muted, %s", one->request->subject[0],
                         named->number);
    enum alert_rule rule;
    if (named->said && !one->rule && alert_rule_find(slice_of(named->said->rule), &rule))
        one->rule = alert_rule_name(rule);
    if (named->cell == NO_INDEX) return mute_stream(one->view, named->said->stream, mute, err);
    one->cell = mute->cell = named->cell;
    mute->target = view_target(one->view, named->cell)->code;
    mute->area = view_area(one->view, named->cell)->code;
    return ERROR_OK;
}

static bool same_text(const char *text, struct slice slice) {
    return text ? slice_is(slice, text) : slice.len == 0;
}

static enum error_code muted_already(struct desk_case *one, const struct desk_decision *mute, struct error *err) {
    const struct view *view = one->view;
    for (size_t i = view->desk.count; !one->request->replace && i-- > 0;) {
        const struct desk_event *event = &view->desk.events[i];
        struct more more;
        if (event->event.kind != EVENT_MUTE || more_decode(EVENT_MUTE, event->event.more, &more) != PROTO_OK ||
            !same_text(mute->target, event->target) || !same_text(mute->area, event->area) ||
            !same_text(mute->note, event->event.note) || !same_text(one->rule, more.mute.rule) ||
            (day_is(more.mute.until) && more.mute.until.n < view->moment.as_of.n) ||
            desk_event_reversed(view->desk.events, view->desk.count, event))
            continue;
        desk_already_decided(one, event);
        return error_set(err, ERROR_CONFLICT, "it is muted already; `duban decisions` shows it");
    }
    return ERROR_OK;
}

enum error_code check_mute(struct desk_case *one, struct pg *pg, struct error *err) {
    struct desk_decision *mute = desk_make(one, EVENT_MUTE, NO_INDEX, err);
    if (!mute) return ERROR_MEMORY;
    const struct desk_request *request = one->request;
    enum error_code code = request->subject_count == 1 && !naming_is_number(request->subject[0])
                               ? mute_area(one, request->subject[0], mute, err)
                               : mute_named(one, pg, mute, err);
    if (!code) code = muted_already(one, mute, err);
    mute->more.mute.until = one->until;
    mute->more.mute.rule = slice_of(one->rule);
    return code;
}
