#include "common/report/grid.h"

#include <criterion/criterion.h>

#include "common/base/cleanup.h"

Test(grid, columns_are_as_wide_as_what_is_seen) {
    static const struct grid_column columns[] = {
        {.title = "县区"}, {.title = "完成", .align = TEXT_RIGHT}, {.title = "x"}};
    CLEAN(grid_finish) struct grid grid;
    CLEAN(buffer_finish) struct buffer out = {0};
    grid_init(&grid, columns, 3);
    grid_add(&grid, "青川");
    grid_addf(&grid, "%d/%d", 9, 21);
    grid_add(&grid, NULL);
    grid_add(&grid, "abc");
    grid_add(&grid, "100公里");
    grid_add(&grid, "y");
    grid_print(&grid, "  ", &out);
    cr_assert_str_eq(buffer_text(&out), "  县区     完成  x\n"
                                        "  青川     9/21\n"
                                        "  abc   100公里  y\n");
    cr_assert_eq(grid_rows(&grid), 2);
}

Test(grid, long_cells_end_in_an_ellipsis) {
    static const struct grid_column columns[] = {{.title = NULL, .max_width = 7}, {.title = NULL}};
    CLEAN(grid_finish) struct grid grid;
    CLEAN(buffer_finish) struct buffer out = {0};
    grid_init(&grid, columns, 2);
    grid_add(&grid, "融合试点村");
    grid_add(&grid, "1");
    grid_print(&grid, "", &out);
    cr_assert_eq(text_width(buffer_text(&out), out.len - 1), 7 + 2 + 1);
}
