#include "common/report/ledger_rows.h"

#include "common/base/cleanup.h"
#include "common/report/csv.h"
#include "common/report/grid.h"
#include "common/report/words.h"

/* The texts of one line, in the order of `titles`. */
enum {
    LEDGER_NUMBER,
    LEDGER_TASK,
    LEDGER_LEADS,
    LEDGER_UNITS,
    LEDGER_TARGET,
    LEDGER_AREA,
    LEDGER_UNIT,
    LEDGER_GOAL,
    LEDGER_DONE,
    LEDGER_PLANNED,
    LEDGER_POINTS,
    LEDGER_DUE,
    LEDGER_LIGHT,
    LEDGER_STATE,
    LEDGER_REPORT,
    LEDGER_NOTE,
    LEDGER_AS_OF,
    LEDGER_KNOWN,
    LEDGER_DUE_ORIGINAL,
    LEDGER_FLAGS,
    LEDGER_CODE,
    LEDGER_COLUMNS,
};
static const char *const titles[LEDGER_COLUMNS] = {"序号", "任务", "牵头单位", "责任单位", "指标",   "县区", "单位",
                                                   "目标", "完成", "序时应达", "偏差点",   "期限",   "亮灯", "状态",
                                                   "报送", "说明", "数据截至", "所知",     "原期限", "标记", "代码"};

static bool is_number(size_t column) {
    return column == LEDGER_NUMBER || column == LEDGER_GOAL || column == LEDGER_PLANNED || column == LEDGER_POINTS;
}

struct line {
    struct buffer cells[LEDGER_COLUMNS];
    bool done_is_number;
};

static void line_clear(struct line *line) {
    for (size_t i = 0; i < LEDGER_COLUMNS; i++)
        buffer_clear(&line->cells[i]);
}

static void line_finish(struct line *line) {
    for (size_t i = 0; i < LEDGER_COLUMNS; i++)
        buffer_finish(&line->cells[i]);
}

static void put(struct line *line, size_t column, const char *text) {
    buffer_add_text(&line->cells[column], text ? text : "");
}

/* "完成，已销号": 100 % alone is not closed. */
static void put_close_out(const struct view *view, size_t cell, struct line *line) {
    const struct close_out *close_out = requests_close_out(&view->requests, cell);
    if (close_out) buffer_printf(&line->cells[LEDGER_STATE], "，%s", close_out_state_chinese(close_out->state));
}

static void put_day(struct line *line, size_t column, struct day day) {
    char text[DAY_TEXT_MAX];
    day_print(day, text);
    put(line, column, text);
}

static void put_decimal(struct line *line, size_t column, bool has, struct decimal value) {
    char text[DECIMAL_TEXT_MAX] = "";
    if (has) decimal_print(value, text);
    put(line, column, text);
}

/* What the county says, else why the light is what it is. */
static void put_note(struct line *line, const struct view *view, size_t cell) {
    const struct cell_events *events = &view->events[cell];
    char why[1024];
    for (size_t i = events->count; i-- > 0;)
        if (events->events[i].note.ptr && events->events[i].note.len) {
            buffer_add(&line->cells[LEDGER_NOTE], events->events[i].note.ptr, events->events[i].note.len);
            return;
        }
    size_t len = assess_why(view->plan, &view->plan->cells[cell], &view->cells[cell], why, sizeof why);
    buffer_add(&line->cells[LEDGER_NOTE], why, len < sizeof why ? len : sizeof why - 1);
}

static void put_judgement(struct line *line, const struct view *view, size_t cell) {
    const struct assessment *now = &view->cells[cell];
    char points[16], known[INSTANT_TEXT_MAX];
    points_words(now, points);
    instant_print(now->has_value ? now->figure_known_at : INSTANT_NONE, known);
    put(line, LEDGER_POINTS, points);
    put_decimal(line, LEDGER_PLANNED, now->has_planned, now->planned);
    light_words(now, &line->cells[LEDGER_LIGHT]);
    put(line, LEDGER_STATE, cell_state_name(now->state));
    put_close_out(view, cell, line);
    put(line, LEDGER_REPORT, report_state_name(now->report_state));
    put_day(line, LEDGER_DUE, now->due);
    if (now->due_original.n != now->due.n) put_day(line, LEDGER_DUE_ORIGINAL, now->due_original);
    put_day(line, LEDGER_AS_OF, now->has_value ? now->figure_as_of : DAY_NONE);
    buffer_printf(&line->cells[LEDGER_KNOWN], "%.10s%s%.5s", known, *known ? " " : "", *known ? known + 11 : "");
    flags_words(view->plan, now, &line->cells[LEDGER_FLAGS]);
}

static void fill_line(struct line *line, const struct view *view, size_t cell, size_t number) {
    const struct cell *owed = &view->plan->cells[cell];
    const struct target *target = view_target(view, cell);
    const struct assessment *now = &view->cells[cell];
    line_clear(line);
    buffer_printf(&line->cells[LEDGER_NUMBER], "%zu", number);
    buffer_printf(&line->cells[LEDGER_TASK], "%02u %s", view_task(view, cell)->number, view_task(view, cell)->title);
    task_units_words(view->plan, view_task(view, cell), true, &line->cells[LEDGER_LEADS]);
    task_units_words(view->plan, view_task(view, cell), false, &line->cells[LEDGER_UNITS]);
    put(line, LEDGER_TARGET, target->name);
    put(line, LEDGER_AREA, view_area(view, cell)->name);
    put(line, LEDGER_UNIT, target->unit);
    put_decimal(line, LEDGER_GOAL, owed->has_goal, owed->goal);
    line->done_is_number = now->has_value && target->kind != KIND_MILESTONE;
    if (now->has_value && target->kind == KIND_MILESTONE)
        cell_done_words(view, cell, now, &line->cells[LEDGER_DONE]);
    else if (now->has_value)
        put(line, LEDGER_DONE, now->value_text);
    put(line, LEDGER_CODE, target->code);
    put_judgement(line, view, cell);
    put_note(line, view, cell);
}

/* A task without a measure has its row too, with the lead's latest words. */
static void fill_bare_task(struct line *line, const struct plan *plan, const struct task *task,
                           const struct task_words *words, size_t number) {
    line_clear(line);
    line->done_is_number = false;
    buffer_printf(&line->cells[LEDGER_NUMBER], "%zu", number);
    buffer_printf(&line->cells[LEDGER_TASK], "%02u %s", task->number, task->title);
    task_units_words(plan, task, true, &line->cells[LEDGER_LEADS]);
    task_units_words(plan, task, false, &line->cells[LEDGER_UNITS]);
    put(line, LEDGER_TARGET, "（无指标，看文字进展）");
    put(line, LEDGER_LIGHT, light_name(LIGHT_NONE));
    put(line, LEDGER_STATE, cell_state_name(STATE_WORDS));
    put(line, LEDGER_CODE, task->code);
    put(line, LEDGER_NOTE, words->text);
    put_day(line, LEDGER_AS_OF, words->found ? words->as_of : DAY_NONE);
}

static void write_csv(const struct line *line, struct csv *csv) {
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
        const char *text = buffer_text(&line->cells[i]);
        if (is_number(i) || (i == LEDGER_DONE && line->done_is_number))
            csv_number(csv, text);
        else
            csv_text(csv, text);
    }
    csv_end_row(csv);
}

static void write_grid(const struct line *line, struct grid *grid) {
    static const size_t shown[] = {LEDGER_NUMBER, LEDGER_CODE,  LEDGER_TARGET,  LEDGER_AREA,   LEDGER_GOAL,
                                   LEDGER_DONE,   LEDGER_UNIT,  LEDGER_PLANNED, LEDGER_POINTS, LEDGER_DUE,
                                   LEDGER_LIGHT,  LEDGER_STATE, LEDGER_REPORT};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        grid_add(grid, buffer_text(&line->cells[shown[i]]));
}

struct sink {
    struct csv *csv; /* else to the grid */
    struct grid *grid;
    size_t number, most; /* most 0 = all */
};

/* Counts it; whether it is written, too. */
static bool has_room(struct sink *sink) {
    sink->number++;
    return !sink->most || sink->number <= sink->most;
}

static void write_line(struct sink *sink, const struct line *line) {
    if (sink->csv)
        write_csv(line, sink->csv);
    else
        write_grid(line, sink->grid);
}

static void write_target(const struct view *view, const struct target *target, const struct selection *selection,
                         struct line *line, struct sink *sink) {
    for (size_t i = target->first_cell; i < target->first_cell + target->cell_count; i++) {
        if (view->cells[i].state == STATE_NO_TASK || !selects_cell(selection, i) || !has_room(sink)) continue;
        fill_line(line, view, i, sink->number);
        write_line(sink, line);
    }
}

static void write_all(const struct view *view, const struct task_words *words, const struct selection *selection,
                      struct sink *sink) {
    CLEAN(line_finish) struct line line = {0};
    for (size_t i = 0; i < view->plan->task_count; i++) {
        const struct task *task = &view->plan->tasks[i];
        if (task->target_count == 0 && selects_task(selection, i) && has_room(sink)) {
            fill_bare_task(&line, view->plan, task, &words[i], sink->number);
            write_line(sink, &line);
        }
        for (size_t t = task->first_target; t < task->first_target + task->target_count; t++)
            write_target(view, &view->plan->targets[t], selection, &line, sink);
    }
}

void ledger_csv(const struct view *view, const struct task_words *words, const struct selection *selection, size_t most,
                struct buffer *out) {
    struct csv csv;
    struct sink sink = {.csv = &csv, .most = most};
    csv_begin(&csv, out);
    for (size_t i = 0; i < LEDGER_COLUMNS; i++)
        csv_text(&csv, titles[i]);
    csv_end_row(&csv);
    write_all(view, words, selection, &sink);
    if (!most || sink.number <= most) return;
    CLEAN(buffer_finish) struct buffer rest = {0};
    buffer_printf(&rest, "…另有 %zu 行没有附上：duban ledger --csv", sink.number - most);
    csv_text(&csv, buffer_text(&rest));
    csv_end_row(&csv);
}

void ledger_print(const struct view *view, const struct task_words *words, const struct selection *selection,
                  struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "序号", .align = TEXT_RIGHT},
                                                 {.title = "代码"},
                                                 {.title = "指标", .max_width = 30},
                                                 {.title = "县区"},
                                                 {.title = "目标", .align = TEXT_RIGHT},
                                                 {.title = "完成", .align = TEXT_RIGHT},
                                                 {.title = "单位"},
                                                 {.title = "序时应达", .align = TEXT_RIGHT},
                                                 {.title = "偏差点", .align = TEXT_RIGHT},
                                                 {.title = "期限"},
                                                 {.title = "亮灯"},
                                                 {.title = "状态"},
                                                 {.title = "报送"}};
    CLEAN(grid_finish) struct grid grid;
    struct sink sink = {.grid = &grid};
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    write_all(view, words, selection, &sink);
    grid_print(&grid, "", out);
}
