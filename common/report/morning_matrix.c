/* Block 五: tasks × counties. In a field the number of red, yellow and grey cells; blank = nothing to see, · = no task.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/morning.h"
#include "common/report/words.h"

enum { TITLE_WIDTH = 26, COUNTIES_SHOWN = GRID_COLUMNS_MAX - 4 /* task, │, city, sum */ };

struct tally {
    size_t red, yellow, grey, cells;
};

static void count_cell(struct tally *tally, const struct assessment *cell) {
    if (cell->state == STATE_NO_TASK) return;
    tally->cells++;
    tally->red += cell->light == LIGHT_RED;
    tally->yellow += cell->light == LIGHT_YELLOW;
    tally->grey += cell->light == LIGHT_GREY;
}

static struct tally count_area(const struct view *view, const struct task *task, size_t area) {
    struct tally tally = {0};
    for (size_t t = task->first_target; t < task->first_target + task->target_count; t++) {
        size_t cell = plan_find_cell(view->plan, t, area);
        if (cell != NO_INDEX && !view->plan->cells[cell].rollup) count_cell(&tally, &view->cells[cell]);
    }
    return tally;
}

static void add_digit(size_t count, struct buffer *out) {
    if (count)
        buffer_printf(out, "%zu", count);
    else
        buffer_add_char(out, '-');
}

static void add_tally(const struct tally *tally, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer text = {0};
    if (!tally->cells) {
        grid_add(grid, "·");
        return;
    }
    if (tally->red + tally->yellow + tally->grey) {
        add_digit(tally->red, &text);
        add_digit(tally->yellow, &text);
        add_digit(tally->grey, &text);
    }
    grid_add(grid, buffer_text(&text));
}

/* The city's figure never stands without who is not in it and who is not done. */
static void add_city(const struct view *view, const struct task *task, struct grid *grid) {
    for (size_t t = task->first_target; t < task->first_target + task->target_count; t++) {
        const struct target *target = &view->plan->targets[t];
        size_t cell = target->first_cell;
        if (!target->cell_count || !view->plan->cells[cell].rollup || !view->cells[cell].has_value) continue;
        const struct assessment *city = &view->cells[cell];
        CLEAN(buffer_finish) struct buffer text = {0};
        buffer_printf(&text, "%s ", target_short(target));
        cell_done_words(view, cell, city, &text);
        if (city->counties_in < city->counties_expected)
            buffer_printf(&text, " 缺%u县", city->counties_expected - city->counties_in);
        if (city->unfinished_count) buffer_printf(&text, " %zu县未完成", city->unfinished_count);
        grid_add(grid, buffer_text(&text));
        return;
    }
    grid_add(grid, "");
}

bool morning_worth_a_row(const struct view *view, const struct task *task) {
    for (size_t a = 0; a < view->plan->area_count; a++) {
        struct tally tally = count_area(view, task, a);
        if (tally.red || tally.yellow) return true;
    }
    return false;
}

static void add_row(const struct view *view, const struct task *task, struct grid *grid) {
    grid_addf(grid, "%02u %s", task->number, task->title);
    for (size_t a = 0, shown = 0; a < view->plan->area_count && shown < COUNTIES_SHOWN; a++) {
        if (view->plan->areas[a].city) continue;
        shown++;
        struct tally tally = count_area(view, task, a);
        add_tally(&tally, grid);
    }
    grid_add(grid, "│");
    struct tally own = {0};
    if (view->plan->city != NO_INDEX) own = count_area(view, task, view->plan->city);
    add_tally(&own, grid);
    add_city(view, task, grid);
}

void morning_matrix(const struct morning *morning, bool full, struct buffer *out) {
    const struct view *view = morning->view;
    struct grid_column columns[GRID_COLUMNS_MAX] = {{.title = "任务", .max_width = TITLE_WIDTH}};
    size_t count = 1, hidden = 0, counties = 0;
    for (size_t a = 0; a < view->plan->area_count; a++)
        if (!view->plan->areas[a].city && counties++ < COUNTIES_SHOWN)
            columns[count++] = (struct grid_column){.title = area_short(&view->plan->areas[a])};
    columns[count++] = (struct grid_column){.title = "│"};
    columns[count++] = (struct grid_column){.title = "市级"};
    columns[count++] = (struct grid_column){.title = "全市"};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, count);
    for (size_t i = 0; i < view->plan->task_count; i++) {
        if (full || morning_worth_a_row(view, &view->plan->tasks[i]))
            add_row(view, &view->plan->tasks[i], &grid);
        else
            hidden++;
    }
    buffer_printf(out, "五 %zu项任务 × 县区    格内=红黄灰的项数，空=无事，·=无任务        市级列=牵头部门自报\n",
                  view->plan->task_count);
    if (grid_rows(&grid)) grid_print(&grid, "  ", out);
    if (counties > COUNTIES_SHOWN)
        buffer_printf(out, "  （只列前 %d 个县区，共 %zu 个：duban status --area 县区）\n", COUNTIES_SHOWN, counties);
    if (hidden) buffer_printf(out, "  …（其余 %zu 行无红黄，duban status --full）\n", hidden);
}
