/* duban explain TARGET AREA: one sentence first, then everything it rests on: rule and inputs, the figure and the cell
 * of the file it came from, what is held and what was replaced, and whether the chain is whole. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/answer_words.h"
#include "common/report/explain.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/cli/view_open.h"

static enum error_code gather(struct pg *pg, struct explanation *out, struct error *err) {
    enum error_code code = explanation_gather(pg, out, err);
    if (!code) code = query_answers(pg, out->view->programme.id, out->view->moment.known_at, &out->answers, err);
    return code ? code : verify_chains(pg, out->view->programme.id, NULL, NULL, &out->verify, err);
}

/* --- text --- */

/* An office's own word never stands without the computed light beside it. */
static void print_override(const struct assessment *now, struct buffer *out) {
    char until[DAY_TEXT_MAX];
    day_print(now->override_until, until);
    buffer_printf(out, "改灯  %.*s 改为%s，到%s止，理由：%.*s；研判为%s\n", (int)now->override_by.len,
                  now->override_by.ptr ? now->override_by.ptr : "", light_name(now->light), until,
                  (int)now->override_reason.len, now->override_reason.ptr ? now->override_reason.ptr : "",
                  light_name(now->computed_light));
}

static void print_judgement(const struct explanation *explanation, struct buffer *out) {
    const struct view *view = explanation->view;
    const struct assessment *now = &view->cells[explanation->cell];
    char planned[DECIMAL_TEXT_MAX] = "", units[DECIMAL_TEXT_MAX] = "", points[16], due[DAY_TEXT_MAX],
         original[DAY_TEXT_MAX], since[DAY_TEXT_MAX];
    CLEAN(buffer_finish) struct buffer flags = {0};
    if (now->has_planned) decimal_print(now->planned, planned);
    if (now->has_units_behind) decimal_print(now->units_behind, units);
    points_words(now, points);
    day_print(now->due, due);
    day_print(now->due_original, original);
    day_print(now->light_since, since);
    flags_words(view->plan, now, &flags);
    buffer_printf(out, "灯    %s%s（自%s）  状态 %s  规则 %s（规则版本 %s，计划 v%d）\n", light_name(now->light),
                  now->proposed == LIGHT_RED && now->light != LIGHT_RED ? "，研判为红、待核定" : "", since,
                  cell_state_name(now->state), now->rule ? now->rule : "–", view->rules.version,
                  (int)view->stored.version);
    if (now->overridden) print_override(now, out);
    if (*planned) buffer_printf(out, "序时  应达 %s，偏差 %s 个百分点，差 %s", planned, points, units);
    if (*planned && now->has_days_behind) buffer_printf(out, "，慢 %d 天", (int)now->days_behind);
    if (*planned) buffer_add_char(out, '\n');
    buffer_printf(out, "期限  %s%s%s", *due ? due : "无", strcmp(due, original) ? "，原定 " : "",
                  strcmp(due, original) ? original : "");
    if (now->report_state != REPORT_NONE) buffer_printf(out, "  报送 %s", report_state_name(now->report_state));
    buffer_add_char(out, '\n');
    if (flags.len) buffer_printf(out, "标记  %s\n", buffer_text(&flags));
}

static void print_forecast(const struct explanation *explanation, struct buffer *out) {
    const struct forecast *forecast = &explanation->view->cells[explanation->cell].forecast;
    char median[DAY_TEXT_MAX], low[DAY_TEXT_MAX], high[DAY_TEXT_MAX];
    day_print(forecast->median, median);
    day_print(forecast->low, low);
    day_print(forecast->high, high);
    if (forecast->refused == FORECAST_GIVEN)
        buffer_printf(out, "预测  %.7s 前后（%u期数据，%u%%区间 %.7s 至 %.7s；仅供参考）\n", median, forecast->n,
                      forecast->level, low, high);
    else
        buffer_printf(out, "预测  不作（%s）\n", forecast_refusal_name(forecast->refused));
}

static void print_counties(const struct explanation *explanation, struct buffer *out) {
    const struct view *view = explanation->view;
    const struct target *target = view_target(view, explanation->cell);
    static const struct grid_column columns[] = {
        {.title = "县区"}, {.title = "完成"}, {.title = "数据截至"}, {.title = "灯"}, {.title = "状态"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 5);
    for (size_t i = target->first_cell + 1; i < target->first_cell + target->cell_count; i++) {
        CLEAN(buffer_finish) struct buffer done = {0};
        char as_of[DAY_TEXT_MAX];
        cell_done_words(view, i, &view->cells[i], &done);
        day_print(view->cells[i].has_value ? view->cells[i].figure_as_of : DAY_NONE, as_of);
        grid_add(&grid, view_area(view, i)->name);
        grid_add(&grid, buffer_text(&done));
        grid_add(&grid, as_of);
        grid_add(&grid, light_name(view->cells[i].light));
        grid_add(&grid, cell_state_name(view->cells[i].state));
    }
    const struct assessment *city = &view->cells[explanation->cell];
    buffer_printf(out, "\n由县区合计：有数 %u，应有 %u，未完成 %zu\n", city->counties_in, city->counties_expected,
                  city->unfinished_count);
    grid_print(&grid, "  ", out);
}

static void print_event(const struct cell_event *event, const struct evidence *evidence, struct grid *grid) {
    char known[INSTANT_TEXT_MAX], as_of[DAY_TEXT_MAX], figure[80];
    instant_print(event->known_at, known);
    day_print(event->as_of, as_of);
    figure_words(&event->figure, figure, sizeof figure);
    grid_addf(grid, "%.10s %.5s", known, known + 11);
    grid_add(grid, evidence_kind_name(event->kind));
    grid_add(grid, as_of);
    grid_add(grid, figure);
    grid_add(grid, evidence->words);
    grid_addf(grid, "%.*s", (int)event->reporter.len, event->reporter.ptr ? event->reporter.ptr : "");
    grid_addf(grid, "%.*s %.*s%s%.*s%s", (int)event->source_file.len,
              event->source_file.ptr ? event->source_file.ptr : "", (int)event->source_place.len,
              event->source_place.ptr ? event->source_place.ptr : "", event->source_raw.len ? "“" : "",
              (int)event->source_raw.len, event->source_raw.ptr ? event->source_raw.ptr : "",
              event->source_raw.len ? "”" : "");
    grid_addf(grid, "%.*s %" PRId64, (int)event->stream.len, event->stream.ptr ? event->stream.ptr : "", event->seq);
    grid_addf(grid, "%s%.*s", event->reason.len ? "理由：" : "",
              event->reason.len ? (int)event->reason.len : (int)event->note.len,
              event->reason.len ? event->reason.ptr
              : event->note.ptr ? event->note.ptr
                                : "");
}

static void print_evidence(const struct explanation *explanation, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "收到"},
                                                 {.title = "种类"},
                                                 {.title = "数据截至"},
                                                 {.title = "数"},
                                                 {.title = "现状", .max_width = 60},
                                                 {.title = "报送单位"},
                                                 {.title = "出处（文件 位置 原文）", .max_width = 44},
                                                 {.title = "流 序号"},
                                                 {.title = "理由或说明", .max_width = 40}};
    const struct cell_events *events = &explanation->view->events[explanation->cell];
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 9);
    for (size_t i = 0; i < events->count; i++)
        print_event(&events->events[i], &explanation->events[i], &grid);
    buffer_printf(out, "\n记录 %zu 条（先后次序）\n", events->count);
    if (events->count) grid_print(&grid, "  ", out);
    for (size_t i = 0; i < events->count; i++) {
        char uid[37];
        if (!explanation->events[i].held) continue;
        uid_print(events->events[i].uid, uid);
        buffer_printf(out, "  待核的数可确认：duban confirm %s --by 姓名\n", uid);
    }
}

static void print_origin(const struct explanation *explanation, struct buffer *out) {
    const struct assessment *now = &explanation->view->cells[explanation->cell];
    const struct cell_events *events = &explanation->view->events[explanation->cell];
    if (!now->has_value || now->figure_event >= events->count) return;
    const struct event_origin *origin = &explanation->events[now->figure_event].origin;
    if (origin->has_hash) {
        buffer_add_text(out, "文件指纹  ");
        for (size_t i = 0; i < sizeof origin->hash; i++)
            buffer_printf(out, "%02x", origin->hash[i]);
        buffer_add_char(out, '\n');
    }
}

/* Kept beside the figure of record, never instead of it. */
static void print_second_sources(const struct explanation *explanation, struct buffer *out) {
    const struct ledger *ledger = &explanation->ledger;
    for (size_t i = 0; i < ledger->other_count; i++) {
        buffer_add_text(out, i ? "，" : "另报  ");
        second_source_words(&ledger->others[i], out);
    }
    if (ledger->other_count)
        buffer_printf(out, "；以%s为准\n", reporter_of_record(explanation->view, explanation->cell));
}

/* What was answered, what is asked of the office, how far it is from being closed. */
static void print_desk(const struct explanation *explanation, struct buffer *out) {
    const struct requests *requests = &explanation->view->requests;
    const struct close_out *close_out = requests_close_out(requests, explanation->cell);
    const struct extension *waiting = requests_extension_waiting(requests, explanation->cell);
    char day[DAY_TEXT_MAX], at[INSTANT_TEXT_MAX];
    for (size_t i = 0; i < explanation->answers.count; i++) {
        const struct answer_row *answer = &explanation->answers.items[i];
        if (!explanation_takes_answer(explanation, answer)) continue;
        day_print(answer->by_day, day);
        instant_print(answer->known_at, at);
        buffer_printf(out, "答复  %.10s %s（%s）%s%s：%s  %s\n", at, answer->who, answer->number, *day ? " 承诺" : "",
                      day, answer_outcome_words(answer), answer->words);
    }
    if (waiting) {
        day_print(waiting->due_asked, day);
        buffer_printf(out, "延期  申请 E%04u 待决定：到%s，理由：%.*s\n", waiting->number, day,
                      (int)waiting->reason.len, waiting->reason.ptr ? waiting->reason.ptr : "");
    }
    if (close_out)
        buffer_printf(out, "销号  K%04u %s（申请 %.*s%s%.*s%s%.*s）\n", close_out->number,
                      close_out_state_chinese(close_out->state), (int)close_out->claimed_by.len,
                      close_out->claimed_by.ptr ? close_out->claimed_by.ptr : "",
                      close_out->checked_by.len ? "，牵头 " : "", (int)close_out->checked_by.len,
                      close_out->checked_by.ptr ? close_out->checked_by.ptr : "",
                      close_out->verified_by.len ? "，办公室 " : "", (int)close_out->verified_by.len,
                      close_out->verified_by.ptr ? close_out->verified_by.ptr : "");
}

static void print_chain(const struct explanation *explanation, struct buffer *out) {
    if (explanation->verify.breaks_total)
        buffer_printf(out, "数据链  有 %" PRId64 " 处断裂：存下的数被改动过，见 duban verify\n",
                      explanation->verify.breaks_total);
    else
        buffer_printf(out, "数据链  完好（核对 %" PRId64 " 条）\n", explanation->verify.events);
}

static void print_text(const struct explanation *explanation, struct buffer *out) {
    const struct view *view = explanation->view;
    const struct assessment *now = &view->cells[explanation->cell];
    CLEAN(buffer_finish) struct buffer done = {0};
    char as_of[DAY_TEXT_MAX], known[INSTANT_TEXT_MAX];
    cell_done_words(view, explanation->cell, now, &done);
    day_print(now->has_value ? now->figure_as_of : DAY_NONE, as_of);
    instant_print(now->has_value ? now->figure_known_at : INSTANT_NONE, known);
    buffer_printf(out, "%s\n", explanation->why);
    if (explanation->verify.breaks_total) print_chain(explanation, out); /* nothing below is to be read without it */
    buffer_add_char(out, '\n');
    buffer_printf(out, "%s %s  %s  牵头 ", view_target(view, explanation->cell)->code,
                  view_target(view, explanation->cell)->name, view_area(view, explanation->cell)->name);
    task_units_words(view->plan, view_task(view, explanation->cell), true, out);
    buffer_printf(out, "\n数    %s", buffer_text(&done));
    if (*as_of) buffer_printf(out, "  截至 %s，%.10s %.5s 收到", as_of, known, known + 11);
    buffer_add_char(out, '\n');
    print_judgement(explanation, out);
    print_forecast(explanation, out);
    print_second_sources(explanation, out);
    print_desk(explanation, out);
    print_origin(explanation, out);
    if (!explanation->verify.breaks_total) print_chain(explanation, out);
    if (view->plan->cells[explanation->cell].rollup) print_counties(explanation, out);
    print_evidence(explanation, out);
}

/* --- JSON --- */

static void print_json(const struct explanation *explanation, struct buffer *out) {
    const struct view *view = explanation->view;
    json_t *document = json_document();
    json_object_set_new(document, "as_of", json_of_day(view->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view->moment.known_at));
    json_object_set_new(document, "plan_version", json_integer(view->stored.version));
    json_object_set_new(document, "rules_version", json_of_text(view->rules.version));
    explanation_json(explanation, document);
    json_print(document, out);
}

enum error_code command_explain(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(explanation_finish) struct explanation explanation = {.view = &view};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (!code)
        code = view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1], view.moment.as_of,
                         &explanation.cell, err);
    if (!code) code = gather(pg, &explanation, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_json(&explanation, &cli->out);
    else
        print_text(&explanation, &cli->out);
    return ERROR_OK;
}
