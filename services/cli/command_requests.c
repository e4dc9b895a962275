/* duban extensions, duban closeouts: what was asked of the office, what became of it, and what nobody has asked yet. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "common/desk/request_choice.h"
#include "services/cli/view_open.h"

static void add_slice(struct grid *grid, struct slice text) {
    grid_addf(grid, "%.*s", (int)text.len, text.ptr ? text.ptr : "");
}

static void add_day(struct grid *grid, struct day day) {
    char text[DAY_TEXT_MAX];
    day_print(day, text);
    grid_add(grid, text);
}

static void add_name(const struct view *view, size_t cell, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer name = {0};
    cell_name_words(view, cell, &name);
    grid_add(grid, buffer_text(&name));
}

static json_t *known_at(const struct desk_event *event) {
    return json_of_instant(event ? event->event.known_at : INSTANT_NONE);
}

static json_t *uid_of(const struct desk_event *event) {
    return event ? json_of_uid(event->event.uid) : json_null();
}

static json_t *number_of(char letter, unsigned number) {
    return number ? json_sprintf("%c%04u", letter, number) : json_null();
}

static void set_cell(const struct view *view, size_t cell, json_t *json) {
    json_object_set_new(json, "target", json_of_text(view_target(view, cell)->code));
    json_object_set_new(json, "target_name", json_of_text(view_target(view, cell)->name));
    json_object_set_new(json, "area", json_of_text(view_area(view, cell)->code));
    json_object_set_new(json, "area_name", json_of_text(view_area(view, cell)->name));
}

static json_t *document_of(const struct view *view) {
    json_t *document = json_document();
    json_object_set_new(document, "as_of", json_of_day(view->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view->moment.known_at));
    return document;
}

/* --- extensions --- */

static json_t *extension_json(const struct view *view, const struct extension *one) {
    json_t *json = json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                             number_of('E', one->number), "state", extension_state_word(one->state), "due_original",
                             json_of_day(one->due_original), "due_before", json_of_day(one->due_before), "due_asked",
                             json_of_day(one->due_asked), "due_decided", json_of_day(one->due_decided), "late",
                             one->late, "reason", json_of_slice(one->reason), "asked_at", known_at(one->asked),
                             "asked_by", json_of_slice(one->asked_by), "asked_document",
                             json_of_slice(one->asked_document), "asked_uid", uid_of(one->asked), "decided_at",
                             known_at(one->decided), "decided_by", json_of_slice(one->decided_by), "document",
                             json_of_slice(one->document), "decided_uid", uid_of(one->decided));
    set_cell(view, one->cell, json);
    return json;
}

/* Due within the first warning's days, not on the way to be done by then, and nobody has asked. */
static bool should_ask(const struct view *view, size_t cell) {
    const struct assessment *now = &view->cells[cell];
    const struct forecast *forecast = &now->forecast;
    if (view->plan->cells[cell].rollup || now->state == STATE_DONE || now->days_overdue > 0) return false;
    if (!now->due_soon_30 && !now->due_soon_7) return false;
    if (requests_extension_waiting(&view->requests, cell)) return false;
    if (forecast->refused == FORECAST_GIVEN && day_is(forecast->median)) return forecast->median.n > now->due.n;
    return now->light == LIGHT_YELLOW || now->light == LIGHT_RED;
}

static json_t *not_asked_json(const struct view *view) {
    json_t *list = json_array();
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        if (!should_ask(view, i)) continue;
        const struct assessment *now = &view->cells[i];
        bool given = now->forecast.refused == FORECAST_GIVEN;
        json_t *json = json_pack("{s:o, s:s, s:o}", "due", json_of_day(now->due), "light", light_word(now->light),
                                 "forecast", json_of_day(given ? now->forecast.median : DAY_NONE));
        set_cell(view, i, json);
        json_array_append_new(list, json);
    }
    return list;
}

static void print_extensions_json(const struct view *view, struct buffer *out) {
    json_t *document = document_of(view), *list = json_array();
    unsigned late = 0;
    for (size_t i = 0; i < view->requests.extension_count; i++) {
        late += view->requests.extensions[i].late;
        json_array_append_new(list, extension_json(view, &view->requests.extensions[i]));
    }
    json_object_set_new(document, "late", json_integer(late));
    json_object_set_new(document, "extensions", list);
    json_object_set_new(document, "not_asked", not_asked_json(view));
    json_print(document, out);
}

static void print_not_asked(const struct view *view, struct buffer *out) {
    size_t count = 0;
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        if (!should_ask(view, i)) continue;
        CLEAN(buffer_finish) struct buffer done = {0};
        char due[DAY_TEXT_MAX];
        cell_name_words(view, i, &done);
        buffer_add_char(&done, ' ');
        cell_done_words(view, i, &view->cells[i], &done);
        day_print(view->cells[i].due, due);
        if (!count++) buffer_add_text(out, "\n快到期、照现速难按期、没有申请延期：\n");
        buffer_printf(out, "  %s  期限 %s\n", buffer_text(&done), due);
    }
}

static void print_extensions(const struct view *view, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "编号"},   {.title = "事项", .max_width = 36},
                                                 {.title = "状态"},   {.title = "原期限"},
                                                 {.title = "申请到"}, {.title = "决定到"},
                                                 {.title = "谁决定"}, {.title = "文号", .max_width = 28},
                                                 {.title = "申请"},   {.title = "理由", .max_width = 36}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    unsigned waiting = 0, late = 0;
    for (size_t i = 0; i < view->requests.extension_count; i++) {
        const struct extension *one = &view->requests.extensions[i];
        char asked[INSTANT_TEXT_MAX];
        waiting += one->state == EXTENSION_WAITING;
        late += one->late;
        instant_print(one->asked ? one->asked->event.known_at : INSTANT_NONE, asked);
        grid_addf(&grid, one->number ? "E%04u" : "–", one->number);
        add_name(view, one->cell, &grid);
        grid_add(&grid, extension_state_chinese(one->state));
        add_day(&grid, one->due_original);
        add_day(&grid, one->due_asked);
        add_day(&grid, one->due_decided);
        add_slice(&grid, one->decided_by);
        add_slice(&grid, one->document);
        grid_addf(&grid, "%.10s %.*s%s", asked, (int)one->asked_by.len, one->asked_by.ptr ? one->asked_by.ptr : "",
                  one->late ? "（逾期后才申请）" : "");
        add_slice(&grid, one->reason);
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "延期 %zu 件，待决定 %u，逾期后才申请 %u\n", view->requests.extension_count, waiting, late);
    print_not_asked(view, out);
    if (waiting)
        buffer_add_text(out,
                        "决定：duban extension grant E编号 --due 日期 --doc 文号 --by 姓名，或 extension refuse\n");
}

enum error_code command_extensions(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_extensions_json(&view, &cli->out);
    else
        print_extensions(&view, &cli->out);
    return ERROR_OK;
}

/* --- close-outs --- */

/* Who has to do something next: the reporter, the lead, the office; NULL = nobody. */
static const char *waits_for(const struct view *view, size_t cell, const struct close_out *one) {
    if (!one || one->state == CLOSE_OUT_REFUSED) return "reporter";
    if (one->state == CLOSE_OUT_CLOSED || one->state == CLOSE_OUT_REPLACED) return NULL;
    return one->state == CLOSE_OUT_CLAIMED && close_out_wants_lead(view, cell) ? "lead" : "office";
}

static void waits_for_words(const struct view *view, size_t cell, const struct close_out *one, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer words = {0};
    const char *who = waits_for(view, cell, one);
    if (who && strcmp(who, "lead") == 0)
        task_units_words(view->plan, view_task(view, cell), true, &words);
    else if (who && strcmp(who, "office") == 0)
        buffer_add_text(&words, view->plan->office_name ? view->plan->office_name : "办公室");
    else if (who)
        buffer_add_text(&words, view_area(view, cell)->name);
    grid_add(grid, buffer_text(&words));
}

/* Done, closable, and nobody has claimed it. */
static bool unclaimed(const struct view *view, size_t cell) {
    struct error ignored;
    return view->cells[cell].state == STATE_DONE && !close_out_possible(view, cell, &ignored) &&
           !requests_close_out(&view->requests, cell);
}

static json_t *close_out_json(const struct view *view, size_t cell, const struct close_out *one) {
    static const struct close_out none = {0};
    const char *state = one ? close_out_state_word(one->state) : "unclaimed";
    const struct close_out *row = one ? one : &none;
    json_t *json = json_pack(
        "{s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", number_of('K', row->number), "state",
        state, "done", view->cells[cell].state == STATE_DONE, "waits_for", json_of_text(waits_for(view, cell, one)),
        "document", json_of_slice(row->document), "claimed_at", known_at(row->claimed), "claimed_by",
        json_of_slice(row->claimed_by), "checked_at", known_at(row->checked), "checked_by",
        json_of_slice(row->checked_by), "verified_at", known_at(row->verified), "verified_by",
        json_of_slice(row->verified_by), "verified_document", json_of_slice(row->verified_document));
    set_cell(view, cell, json);
    return json;
}

static void print_closeouts_json(const struct view *view, struct buffer *out) {
    json_t *document = document_of(view), *list = json_array();
    for (size_t i = 0; i < view->requests.close_out_count; i++)
        json_array_append_new(list,
                              close_out_json(view, view->requests.close_outs[i].cell, &view->requests.close_outs[i]));
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (unclaimed(view, i)) json_array_append_new(list, close_out_json(view, i, NULL));
    json_object_set_new(document, "closeouts", list);
    json_print(document, out);
}

static void add_close_out(const struct view *view, size_t cell, const struct close_out *one, struct grid *grid) {
    static const struct close_out none = {0};
    const struct close_out *row = one ? one : &none;
    CLEAN(buffer_finish) struct buffer done = {0};
    char claimed[INSTANT_TEXT_MAX];
    instant_print(row->claimed ? row->claimed->event.known_at : INSTANT_NONE, claimed);
    cell_done_words(view, cell, &view->cells[cell], &done);
    grid_addf(grid, row->number ? "K%04u" : "–", row->number);
    add_name(view, cell, grid);
    grid_addf(grid, "%s%s", buffer_text(&done), view->cells[cell].state == STATE_DONE ? "" : "（现不足）");
    grid_add(grid, one ? close_out_state_chinese(one->state) : "完成，未申请销号");
    waits_for_words(view, cell, one, grid);
    add_slice(grid, row->document);
    grid_addf(grid, "%.*s %.10s", (int)row->claimed_by.len, row->claimed_by.ptr ? row->claimed_by.ptr : "", claimed);
    add_slice(grid, row->checked_by);
    grid_addf(grid, "%.*s %.*s", (int)row->verified_by.len, row->verified_by.ptr ? row->verified_by.ptr : "",
              (int)row->verified_document.len, row->verified_document.ptr ? row->verified_document.ptr : "");
}

static void print_closeouts(const struct view *view, bool all, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "编号"},      {.title = "事项", .max_width = 36}, {.title = "完成"}, {.title = "状态"},
        {.title = "等谁"},      {.title = "文号", .max_width = 28}, {.title = "申请"}, {.title = "牵头核"},
        {.title = "办公室核验"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    size_t closed = 0;
    for (size_t i = 0; i < view->requests.close_out_count; i++) {
        const struct close_out *one = &view->requests.close_outs[i];
        bool over = one->state == CLOSE_OUT_CLOSED || requests_close_out(&view->requests, one->cell) != one;
        closed += one->state == CLOSE_OUT_CLOSED;
        if (!over || all) add_close_out(view, one->cell, one, &grid);
    }
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (unclaimed(view, i)) add_close_out(view, i, NULL, &grid);
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    buffer_printf(out, "%s %zu 件，已销号 %zu 件\n", all ? "共" : "完成未销号", grid_rows(&grid), closed);
}

enum error_code command_closeouts(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_closeouts_json(&view, &cli->out);
    else
        print_closeouts(&view, args_has(cli->args, "all"), &cli->out);
    return ERROR_OK;
}
