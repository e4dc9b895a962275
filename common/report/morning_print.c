/* The morning view on a terminal: seven blocks, in the order of what can make everything below it wrong. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/ledger.h"
#include "common/report/evidence.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/morning.h"
#include "common/report/words.h"

enum { LINE_WIDTH = 96, CHANGES_SHOWN = 12 };

static void rule(struct buffer *out) {
    for (int i = 0; i < LINE_WIDTH; i++)
        buffer_add_text(out, "─");
    buffer_add_char(out, '\n');
}

static void period_text(const struct morning *morning, char out[32]) {
    out[0] = '\0';
    if (day_is(morning->period.first)) period_words(&morning->view->plan->reporting, morning->period, out);
}

static void print_head(const struct morning *morning, struct buffer *out) {
    const struct view *view = morning->view;
    struct day day = view->moment.as_of;
    char as_of[DAY_TEXT_MAX], known[INSTANT_TEXT_MAX], last[32], closing[32];
    size_t in, expected, units, units_expected;
    day_print(day, as_of);
    instant_print(view->moment.known_at, known);
    day_words(morning->period.last, last);
    day_words(morning->period.closing, closing);
    morning_counties(morning, &in, &expected);
    morning_departments(morning, &units, &units_expected);
    buffer_printf(out, "督办  %s    %s %s（%s） %.10s %.5s 所知    计划 v%d  规则 %s\n", view->plan->title, as_of,
                  weekday_name(day), calendar_works(view->plan->calendar, day) ? "工作日" : "休息日", known, known + 11,
                  (int)view->stored.version, view->rules.version);
    if (*last)
        buffer_printf(out, "数据截至 %s   已报 县区 %zu/%zu  市级部门 %zu/%zu   报送截止 %s   ", last, in, expected,
                      units, units_expected, closing);
    else
        buffer_add_text(out, "还没有到第一次报送截止   ");
    buffer_printf(out, "状态 %s\n", view->programme.trial ? "试运行（不对外发送）" : "正式运行");
    rule(out);
}

static void add_owed_period(const struct morning *morning, struct grid *grid) {
    char period[32], closing[DAY_TEXT_MAX] = "";
    period_text(morning, period);
    day_print(morning->period.closing, closing);
    if (*period)
        grid_addf(grid, "%s报表 应%.5s", period, closing + 5);
    else
        grid_add(grid, "");
}

static void add_missing(size_t missing, struct grid *grid) {
    if (missing)
        grid_addf(grid, "影响%zu项（灰）", missing);
    else
        grid_add(grid, "");
}

/* Who owes figures that no agent may bring yet: without this line the block would say that all is there. */
static void print_without_agent(const struct morning *morning, size_t area, size_t missing, struct grid *grid) {
    if (!missing) return;
    grid_add(grid, feed_state_name(FEED_NEVER));
    grid_add(grid, morning->view->plan->areas[area].name);
    add_owed_period(morning, grid);
    grid_add(grid, "没有能报这些数的报送流");
    add_missing(missing, grid);
    grid_add(grid, "duban key allow");
}

static void print_feed(const struct morning *morning, const struct feed *feed, struct grid *grid) {
    char period[32];
    period_text(morning, period);
    grid_add(grid, feed_state_name(feed->state));
    grid_add(grid, feed->stream->unit);
    if (feed->state == FEED_REJECTED) {
        grid_add(grid, feed->last->file);
        grid_addf(grid, "收%" PRId64 " 退%" PRId64, feed->last->taken + feed->last->unchanged + feed->last->held,
                  feed->last->refused);
        grid_add(grid, "");
        grid_addf(grid, "duban feeds F%" PRId64, feed->last->id);
        return;
    }
    if (!*period || !feed->owed)
        grid_add(grid, "");
    else if (!feed->missing)
        grid_addf(grid, "%s数据已收全", period);
    else
        add_owed_period(morning, grid);
    grid_add(grid, feed->state == FEED_OFFLINE ? "采集端无心跳"
                   : feed->state == FEED_NEVER ? "采集端还没有来过"
                                               : "采集端在线 无新文件");
    add_missing(feed->missing, grid);
    grid_add(grid, feed->state == FEED_OFFLINE || feed->state == FEED_NEVER ? "找信息员" : "找联络员");
}

static void print_held(const struct morning *morning, const struct held_figure *held, struct grid *grid) {
    const struct view *view = morning->view;
    const struct cell_event *event = &view->events[held->cell].events[held->event];
    char from[80] = "无", to[80];
    if (held->has_from) figure_words(&held->from, from, sizeof from);
    figure_words(&held->to, to, sizeof to);
    grid_add(grid, "待核");
    grid_add(grid, area_short(view_area(view, held->cell)));
    grid_addf(grid, "%s %s→%s", target_short(view_target(view, held->cell)), from, to);
    grid_addf(grid, "%.*s %.*s", (int)event->source_file.len, event->source_file.ptr ? event->source_file.ptr : "",
              (int)event->source_place.len, event->source_place.ptr ? event->source_place.ptr : "");
    grid_add(grid, "");
    grid_addf(grid, "duban confirm %s %s", view_target(view, held->cell)->code,
              area_short(view_area(view, held->cell)));
}

static void print_two_sources(const struct morning *morning, size_t cell, struct grid *grid) {
    const struct view *view = morning->view;
    grid_add(grid, "口径");
    grid_add(grid, area_short(view_area(view, cell)));
    grid_add(grid, target_short(view_target(view, cell)));
    CLEAN(ledger_finish) struct ledger ledger = {0};
    CLEAN(buffer_finish) struct buffer others = {0};
    ledger_build(&ledger, view->plan, &view->plan->cells[cell], view->events[cell].events, view->events[cell].count,
                 moment_before(&view->moment), view->moment.as_of);
    for (size_t i = 0; i < ledger.other_count; i++) {
        if (i) buffer_add_text(&others, "，");
        second_source_words(&ledger.others[i], &others);
    }
    grid_add(grid, buffer_text(&others));
    grid_addf(grid, "以%s %s 为准", reporter_of_record(view, cell), view->cells[cell].value_text);
    grid_addf(grid, "duban explain %s %s", view_target(view, cell)->code, area_short(view_area(view, cell)));
}

/* What the house must say of itself before anybody trusts the rest. */
static void print_house(const struct morning *morning, struct grid *grid) {
    for (enum alert_rule rule = 0; rule < ALERT_RULES; rule++) {
        size_t count = morning_house(morning, rule);
        if (!count) continue;
        grid_add(grid, "运行");
        grid_add(grid, alert_rule_word(rule));
        grid_addf(grid, "%zu 件", count);
        grid_add(grid, "");
        grid_add(grid, "");
        grid_add(grid, "duban alerts");
    }
}

static void print_complete(const struct morning *morning, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = NULL},   {.title = NULL}, {.max_width = 30},
                                                 {.max_width = 34}, {.title = NULL}, {.title = NULL}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 6);
    for (size_t i = 0; i < morning->feeds.count; i++)
        if (morning->feeds.items[i].state != FEED_OK) print_feed(morning, &morning->feeds.items[i], &grid);
    AUTO_FREE size_t *missing = morning_without_agent(morning);
    for (size_t i = 0; missing && i < morning->view->plan->area_count; i++)
        print_without_agent(morning, i, missing[i], &grid);
    for (size_t i = 0; i < morning->held_count; i++)
        print_held(morning, &morning->held[i], &grid);
    for (size_t i = 0; i < morning->view->plan->cell_count; i++)
        if (morning->view->cells[i].two_sources) print_two_sources(morning, i, &grid);
    print_house(morning, &grid);
    buffer_add_text(out, "一 数齐不齐\n");
    if (grid_rows(&grid))
        grid_print(&grid, "  ", out);
    else
        buffer_add_text(out, "  齐\n");
}

static void print_change(const struct morning *morning, const struct change *change, size_t shown, struct buffer *out) {
    buffer_add_text(out, shown % 3 ? "   " : shown ? "\n  " : "  ");
    change_words(&morning->changes, change, out);
}

static void print_silence(const struct morning *morning, enum change_silence which, const char *name,
                          struct buffer *out) {
    CLEAN(buffer_finish) struct buffer areas = {0};
    changes_silence_words(&morning->changes, which, CHANGES_SHOWN, &areas);
    if (areas.len) buffer_printf(out, "  ・%s %s\n", name, buffer_text(&areas));
}

static void print_changes(const struct morning *morning, struct buffer *out) {
    char since[32];
    day_words(morning->changes.since.as_of, since);
    if (!morning->changes.count && !morning->changes.figures) {
        buffer_printf(out, "三 与上一工作日（%s）相比没有变化\n", since);
        return;
    }
    buffer_printf(out, "三 %s以来的变化（%zu）   ▲变好 ▼变差", since, morning->changes.count);
    if (!morning->changes.count) buffer_printf(out, "   灯和状态没有变化，%zu项有新数", morning->changes.figures);
    buffer_add_char(out, '\n');
    size_t shown = 0, told = 0;
    for (unsigned rank = 0; rank < CHANGE_RANKS; rank++)
        for (size_t i = 0; i < morning->changes.count; i++)
            if (change_rank(&morning->changes, &morning->changes.items[i]) == rank && told++ < CHANGES_SHOWN)
                print_change(morning, &morning->changes.items[i], shown++, out);
    if (shown) buffer_add_text(out, told > shown ? " …  duban changes\n" : "\n");
    print_silence(morning, SILENCE_BEGAN, "转未报", out);
    print_silence(morning, SILENCE_ENDED, "又报数", out);
}

static void print_unmeasured(const struct morning *morning, struct buffer *out) {
    const struct plan *plan = morning->view->plan;
    size_t bare = 0;
    buffer_add_text(out, "六 看不出进度的：");
    CLEAN(buffer_finish) struct buffer days = {0};
    for (size_t i = 0; i < plan->task_count; i++) {
        char day[DAY_TEXT_MAX];
        if (plan->tasks[i].target_count) continue;
        day_print(morning->words[i].found ? morning->words[i].as_of : DAY_NONE, day);
        buffer_printf(out, "%s%u", bare ? " " : "无指标 任务 ", plan->tasks[i].number);
        buffer_printf(&days, "%s%s", bare++ ? " " : "", *day ? day + 5 : "无");
    }
    if (bare) buffer_printf(out, "（最近一次文字进展 %s）；", buffer_text(&days));
    buffer_printf(out, "无期限 %zu 项\n", morning_undated(plan));
}

void morning_print(const struct morning *morning, const struct morning_options *options, struct buffer *out) {
    print_head(morning, out);
    print_complete(morning, out);
    decisions_print(morning->view, &morning->decisions, out);
    print_changes(morning, out);
    coming_print(morning->view, &morning->coming, out);
    morning_matrix(morning, options->full, out);
    print_unmeasured(morning, out);
    sent_print(morning->view, &morning->sent, out);
}

void morning_brief(const struct morning *morning, struct buffer *out) {
    size_t lights[LIGHT_RED + 1] = {0}, review = 0, overdue = 0, in, expected;
    const struct view *view = morning->view;
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        if (view->plan->cells[i].rollup) continue;
        lights[view->cells[i].light]++;
        review += view->cells[i].proposed == LIGHT_RED && view->cells[i].light != LIGHT_RED;
        overdue += view->cells[i].state == STATE_OVERDUE;
    }
    morning_counties(morning, &in, &expected);
    buffer_printf(
        out,
        "  已报县区 %zu/%zu   完成 %zu  正常 %zu  黄 %zu  红 %zu（待核定 %zu）  灰 %zu   逾期 %zu   更正待核 %zu\n", in,
        expected, lights[LIGHT_GREEN], lights[LIGHT_BLUE], lights[LIGHT_YELLOW], lights[LIGHT_RED], review,
        lights[LIGHT_GREY], overdue, morning->held_count);
    size_t sound = 0;
    for (size_t i = 0; i < morning->feeds.count; i++)
        sound += morning->feeds.items[i].state == FEED_OK;
    buffer_printf(out, "  数源  %zu 个正常", sound);
    for (size_t i = 0; i < morning->feeds.count; i++)
        if (morning->feeds.items[i].state != FEED_OK)
            buffer_printf(out, "   %s %s", morning->feeds.items[i].stream->unit,
                          feed_state_name(morning->feeds.items[i].state));
    buffer_add_char(out, '\n');
}
