/* duban reverse: takes a decision back, by a decision of its own. duban decisions: what was decided, by whom, and what
 * of it still stands. duban go-live, duban trial: whether messages leave the office. */
#include <ctype.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/desk_words.h"
#include "common/report/evidence.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/cli/decide.h"
#include "services/cli/view_open.h"

enum { UID_DIGITS_MIN = 8, UID_TEXT = 37 };

/* "1a2b3c4d" or more of it, dashes or not. */
static bool begins(const char *uid, const char *text) {
    size_t digits = 0;
    for (; *text; text++) {
        if (*text == '-') continue;
        while (*uid == '-')
            uid++;
        if (tolower((unsigned char)*text) != *uid) return false;
        uid++;
        digits++;
    }
    return digits >= UID_DIGITS_MIN;
}

static enum error_code by_uid(const struct view *view, const char *text, const struct desk_event **out,
                              struct error *err) {
    *out = NULL;
    for (size_t i = 0; i < view->desk.count; i++) {
        char uid[UID_TEXT];
        uid_print(view->desk.events[i].event.uid, uid);
        if (!begins(uid, text)) continue;
        if (*out) return error_set(err, ERROR_USAGE, "%s… names more than one decision: give more of its number", text);
        *out = &view->desk.events[i];
    }
    if (*out) return ERROR_OK;
    return error_set(
        err, ERROR_NOT_FOUND,
        "no decision %s is known: give E0007, K0004, or 8 or more digits of its number (`duban decisions`)", text);
}

static enum error_code by_request(const struct view *view, char letter, unsigned number, const struct desk_event **out,
                                  struct error *err) {
    bool found = false;
    *out = NULL;
    for (size_t i = 0; letter == 'E' && i < view->requests.extension_count; i++)
        if (view->requests.extensions[i].number == number) {
            *out = view->requests.extensions[i].decided;
            found = true;
        }
    for (size_t i = 0; letter == 'K' && i < view->requests.close_out_count; i++) {
        const struct close_out *one = &view->requests.close_outs[i];
        if (one->number != number) continue;
        *out = !one->checked || (one->verified && one->verified > one->checked) ? one->verified : one->checked;
        found = true;
    }
    if (*out) return ERROR_OK;
    return error_set(err, found ? ERROR_CONFLICT : ERROR_NOT_FOUND,
                     found ? "%c%04u is not decided: there is nothing to take back" : "there is no request %c%04u",
                     letter, number);
}

static enum error_code find_decision(const struct view *view, const char *text, const struct desk_event **out,
                                     struct error *err) {
    unsigned number;
    enum error_code code = request_number_parse(text, 'E', &number)   ? by_request(view, 'E', number, out, err)
                           : request_number_parse(text, 'K', &number) ? by_request(view, 'K', number, out, err)
                                                                      : by_uid(view, text, out, err);
    if (code) return code;
    if (!decision_is_reversible((uint32_t)(*out)->event.kind))
        return error_set(err, ERROR_CONFLICT, "%s is %s: that cannot be taken back%s", text,
                         event_kind_name((uint32_t)(*out)->event.kind),
                         (*out)->event.kind == EVENT_REVERSAL ? ", decide anew" : "");
    if (desk_event_reversed(view->desk.events, view->desk.count, *out))
        return error_set(err, ERROR_CONFLICT, "%s is taken back already", text);
    return ERROR_OK;
}

static void decision_words(const struct view *view, const struct desk_event *event, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer words = {0};
    size_t area = event->area.ptr ? plan_find_area(view->plan, event->area) : NO_INDEX;
    if (event->cell != NO_INDEX)
        cell_name_words(view, event->cell, out);
    else if (event->event.note.len) /* one stream of a county or a department */
        buffer_add(out, event->event.note.ptr, event->event.note.len);
    else if (area != NO_INDEX)
        buffer_add_text(out, view->plan->areas[area].name);
    desk_words((uint32_t)event->event.kind, event->event.more, &words);
    buffer_printf(out, "%s%s", out->len ? " " : "",
                  words.len ? buffer_text(&words) : evidence_kind_name(event->event.kind));
}

enum error_code command_reverse(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer words = {0};
    struct decision_event reversal = {.kind = EVENT_REVERSAL, .as_of = DAY_NONE};
    const struct desk_event *decision = NULL;
    enum error_code code = decide_text(cli, "reason", "why it is taken back", &reversal.reason, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code) code = find_decision(&view, cli->args->positionals[0], &decision, err);
    if (code) return code;
    CLEAN(buffer_finish) struct buffer target = {0}, area = {0};
    buffer_add(&target, decision->target.ptr ? decision->target.ptr : "", decision->target.len);
    buffer_add(&area, decision->area.ptr ? decision->area.ptr : "", decision->area.len);
    reversal.target = target.len ? buffer_text(&target) : NULL;
    reversal.area = area.len ? buffer_text(&area) : NULL;
    memcpy(reversal.more.of_event.uid, decision->event.uid, EVENT_UID_BYTES);
    if ((code = decide(cli, &reversal, err))) return code;
    decision_words(&view, decision, &words);
    buffer_printf(&cli->out,
                  say(cli, "taken back: %s; from now on it is as if it had not been, and both stay in the record\n"),
                  buffer_text(&words));
    decide_tell(cli, &reversal);
    return ERROR_OK;
}

/* --- decisions --- */

static json_t *words_json(const struct view *view, const struct desk_event *event) {
    CLEAN(buffer_finish) struct buffer words = {0};
    decision_words(view, event, &words);
    return json_of_text(buffer_text(&words));
}

static void print_decisions_json(const struct view *view, struct buffer *out) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < view->desk.count; i++) {
        const struct desk_event *event = &view->desk.events[i];
        uint32_t kind = (uint32_t)event->event.kind;
        if (!event_kind_is_decision(kind)) continue;
        json_array_append_new(
            list, json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "uid", json_of_uid(event->event.uid),
                            "kind", event_kind_name(kind), "target", json_of_slice(event->target), "area",
                            json_of_slice(event->area), "known_at", json_of_instant(event->event.known_at), "by",
                            json_of_slice(desk_by(kind, event->event.more)), "words", words_json(view, event), "reason",
                            json_of_slice(event->event.reason), "reversed",
                            desk_event_reversed(view->desk.events, view->desk.count, event)));
    }
    json_object_set_new(document, "as_of", json_of_day(view->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view->moment.known_at));
    json_object_set_new(document, "decisions", list);
    json_print(document, out);
}

static void print_decisions(const struct view *view, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "时间"},
                                                 {.title = "编号"},
                                                 {.title = "决定", .max_width = 72},
                                                 {.title = "理由", .max_width = 40},
                                                 {.title = "现状"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < view->desk.count; i++) {
        const struct desk_event *event = &view->desk.events[i];
        CLEAN(buffer_finish) struct buffer words = {0};
        char at[INSTANT_TEXT_MAX], uid[UID_TEXT];
        if (!event_kind_is_decision((uint32_t)event->event.kind)) continue;
        struct slice reason = event->event.reason;
        instant_print(event->event.known_at, at);
        uid_print(event->event.uid, uid);
        decision_words(view, event, &words);
        grid_addf(&grid, "%.10s %.5s", at, at + 11);
        grid_addf(&grid, "%.8s", uid);
        grid_add(&grid, buffer_text(&words));
        grid_addf(&grid, "%.*s", (int)reason.len, reason.ptr ? reason.ptr : "");
        grid_add(&grid, desk_event_reversed(view->desk.events, view->desk.count, event) ? "已收回" : "");
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "决定 %zu 项\n", grid_rows(&grid));
}

enum error_code command_decisions(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_decisions_json(&view, &cli->out);
    else
        print_decisions(&view, &cli->out);
    return ERROR_OK;
}

/* --- go-live, trial --- */

static enum error_code set_live(struct cli *cli, bool live, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    struct decision_event decision = {
        .kind = EVENT_GO_LIVE, .as_of = DAY_NONE, .reason = args_value(cli->args, "reason", NULL)};
    enum error_code code = decide_open(cli, &pg, &view, err);
    if (code) return code;
    decision.more.go_live.live = live;
    decision.more.go_live.rules = slice_of(view.rules.hash);
    if ((code = decide(cli, &decision, err))) return code;
    buffer_printf(
        &cli->out,
        live ? say(cli, "programme %s: live under rules %s, messages leave the office from the next window on; other "
                        "rules start on trial\n")
             : say(cli, "programme %s: trial under rules %s, nothing leaves the office\n"),
        view.programme.code, *view.rules.version ? view.rules.version : "–");
    decide_tell(cli, &decision);
    return ERROR_OK;
}

enum error_code command_go_live(struct cli *cli, struct error *err) {
    return set_live(cli, true, err);
}

enum error_code command_trial(struct cli *cli, struct error *err) {
    return set_live(cli, false, err);
}
