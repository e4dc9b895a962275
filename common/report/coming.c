#include "common/report/coming.h"

#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/domain/saying.h"
#include "common/report/grid.h"
#include "common/report/words.h"

enum { SOON_DAYS = 30 };

static bool is_open(const struct assessment *cell) {
    return cell->state != STATE_NO_TASK && cell->state != STATE_WORDS && cell->state != STATE_DONE &&
           cell->state != STATE_HOLDING;
}

static bool is_late(const struct assessment *cell) {
    return cell->forecast.refused == FORECAST_GIVEN && cell->forecast.median.n > cell->due.n;
}

static void count_cell(const struct view *view, const struct assessment *cell, struct coming *out) {
    int32_t left = cell->due.n - view->moment.as_of.n;
    out->soon += left >= 0 && left <= SOON_DAYS;
    out->overdue += cell->state == STATE_OVERDUE;
    out->awaiting += cell->state == STATE_AWAITING_FINAL;
    if (left < 0) return;
    if (!day_is(out->next) || cell->due.n < out->next.n) {
        out->next = cell->due;
        out->next_count = out->next_late = 0;
    }
    if (cell->due.n != out->next.n) return;
    out->next_count++;
    out->next_late += is_late(cell);
}

static bool is_december_day(const struct view *view) {
    int year, month, mday;
    day_split(view->moment.as_of, &year, &month, &mday);
    if (month != 12) return false;
    struct day first = {view->moment.as_of.n - mday + 1};
    return calendar_next_working(view->plan->calendar, first).n == view->moment.as_of.n;
}

/* Asked for, or already moved: then the office knows. */
static bool was_asked(const struct view *view, size_t cell) {
    return view->cells[cell].extended || requests_extension_waiting(&view->requests, cell);
}

static void find_unasked(const struct view *view, size_t cell, struct coming *out) {
    const struct assessment *now = &view->cells[cell];
    int32_t left = now->due.n - view->moment.as_of.n;
    if (left < 0 || left > SOON_DAYS || was_asked(view, cell)) return;
    if (is_late(now)) out->unasked[out->unasked_count++] = cell;
    out->without_forecast += now->forecast.refused != FORECAST_GIVEN && now->forecast.refused != FORECAST_DONE;
}

bool coming_find(const struct view *view, struct coming *out) {
    *out = (struct coming){.next = DAY_NONE, .december = is_december_day(view)};
    out->unasked = calloc(view->plan->cell_count + 1, sizeof *out->unasked);
    if (!out->unasked) return false;
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        const struct assessment *cell = &view->cells[i];
        if (view->plan->cells[i].rollup || !is_open(cell) || !day_is(cell->due)) continue;
        count_cell(view, cell, out);
        if (out->december) find_unasked(view, i, out);
    }
    return true;
}

void coming_finish(struct coming *coming) {
    free(coming->unasked);
    *coming = (struct coming){0};
}

static void add_unasked(const struct view *view, size_t cell, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer name = {0};
    CLEAN(buffer_finish) struct buffer done = {0};
    CLEAN(buffer_finish) struct buffer forecast = {0};
    char due[DAY_TEXT_MAX];
    struct digest_item item = {.cell = &view->plan->cells[cell], .assessment = &view->cells[cell]};
    struct digest_view words = {.plan = view->plan, .rules = &view->rules, .now = view->moment.known_at};
    day_print(view->cells[cell].due, due);
    cell_name_words(view, cell, &name);
    cell_done_words(view, cell, &view->cells[cell], &done);
    saying_forecast(&words, &item, &forecast);
    grid_add(grid, buffer_text(&name));
    grid_add(grid, buffer_text(&done));
    grid_addf(grid, "期限%s", due);
    grid_add(grid, buffer_text(&forecast));
}

static void print_unasked(const struct view *view, const struct coming *coming, struct buffer *out) {
    static const struct grid_column columns[] = {{.max_width = 30}, {.title = NULL}, {.title = NULL}, {.title = NULL}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 4);
    for (size_t i = 0; i < coming->unasked_count; i++)
        add_unasked(view, coming->unasked[i], &grid);
    buffer_printf(out, "  30天内到期、照现速难按期、没有申请延期（%zu）：\n", coming->unasked_count);
    grid_print(&grid, "    ", out);
    if (coming->without_forecast)
        buffer_printf(out, "    另有 %zu 项不作预测（件数少、期数不足或久未报数）\n", coming->without_forecast);
}

void coming_print(const struct view *view, const struct coming *coming, struct buffer *out) {
    char day[DAY_TEXT_MAX];
    day_print(coming->next, day);
    buffer_printf(out, "四 30天内到期 %zu   已逾期 %zu   待终报 %zu", coming->soon, coming->overdue, coming->awaiting);
    if (*day)
        buffer_printf(out, "   最近的期限 %s（%zu项），照现速难按期 %zu", day, coming->next_count, coming->next_late);
    buffer_add_char(out, '\n');
    if (coming->december) print_unasked(view, coming, out);
}
