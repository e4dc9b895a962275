/* duban reverse: takes a decision back, by a decision of its own. duban decisions: what was decided, by whom, and what
 * of it still stands. */
#include "common/base/cleanup.h"
#include "common/report/desk_words.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "services/cli/decide.h"
#include "services/cli/view_open.h"

enum error_code command_reverse(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer words = {0};
    enum error_code code = decide(cli, DESK_REVERSE, &deciding, err);
    if (code) return code;
    desk_event_words(&deciding.view, deciding.one.taken_back, &words);
    buffer_printf(&cli->out,
                  say(cli, "taken back: %s; from now on it is as if it had not been, and both stay in the record\n"),
                  buffer_text(&words));
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

/* --- decisions --- */

static json_t *words_json(const struct view *view, const struct desk_event *event) {
    CLEAN(buffer_finish) struct buffer words = {0};
    desk_event_words(view, event, &words);
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
        char at[INSTANT_TEXT_MAX], uid[37];
        if (!event_kind_is_decision((uint32_t)event->event.kind)) continue;
        struct slice reason = event->event.reason;
        instant_print(event->event.known_at, at);
        uid_print(event->event.uid, uid);
        desk_event_words(view, event, &words);
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
