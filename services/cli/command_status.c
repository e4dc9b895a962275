/* duban status: the morning view, or the cells a filter asks for. */
#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/morning.h"
#include "common/report/words.h"
#include "services/cli/filter.h"
#include "services/cli/view_open.h"

static void add_cell(const struct view *view, size_t cell, struct grid *grid) {
    const struct assessment *assessment = &view->cells[cell];
    CLEAN(buffer_finish) struct buffer done = {0}, flags = {0}, light = {0};
    char planned[DECIMAL_TEXT_MAX] = "", points[16], due[DAY_TEXT_MAX];
    if (assessment->has_planned) decimal_print(assessment->planned, planned);
    points_words(assessment, points);
    day_print(assessment->due, due);
    cell_done_words(view, cell, assessment, &done);
    flags_words(view->plan, assessment, &flags);
    light_words(assessment, &light);
    grid_add(grid, view_target(view, cell)->code);
    grid_add(grid, target_short(view_target(view, cell)));
    grid_add(grid, area_short(view_area(view, cell)));
    grid_add(grid, buffer_text(&done));
    grid_add(grid, planned);
    grid_add(grid, points);
    grid_add(grid, *due ? due : "无期限");
    grid_add(grid, buffer_text(&light));
    grid_add(grid, cell_state_name(assessment->state));
    grid_add(grid, report_state_name(assessment->report_state));
    grid_add(grid, buffer_text(&flags));
}

static void print_cells(const struct view *view, const struct selection *selection, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "代码"},
                                                 {.title = "指标", .max_width = 24},
                                                 {.title = "县区"},
                                                 {.title = "完成", .align = TEXT_RIGHT},
                                                 {.title = "应达", .align = TEXT_RIGHT},
                                                 {.title = "偏差", .align = TEXT_RIGHT},
                                                 {.title = "期限"},
                                                 {.title = "灯"},
                                                 {.title = "状态"},
                                                 {.title = "报送"},
                                                 {.title = "说明", .max_width = 40}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 11);
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (selects_cell(selection, i)) add_cell(view, i, &grid);
    grid_print(&grid, "", out);
    buffer_printf(out, "%zu 项\n", grid_rows(&grid));
}

static void print_status(struct cli *cli, const struct morning *morning, const struct filter *filter) {
    struct morning_options options = {.full = args_has(cli->args, "full")};
    struct filtered filtered = {filter, morning->view};
    struct selection selection = filter_selection(&filtered);
    if (args_has(cli->args, "json"))
        json_print(morning_json(morning, &selection), &cli->out);
    else if (filter->any)
        print_cells(morning->view, &selection, &cli->out);
    else if (args_has(cli->args, "brief"))
        morning_brief(morning, &cli->out);
    else
        morning_print(morning, &options, &cli->out);
}

enum error_code command_status(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(morning_finish) struct morning morning = {0};
    struct filter filter;
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (!code) code = filter_read(cli->args, view.plan, view.moment.as_of, &filter, err);
    if (!code) code = morning_make(&view, pg, cli->now, &morning, err);
    if (!code) print_status(cli, &morning, &filter);
    return code;
}
