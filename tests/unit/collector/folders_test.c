#include "services/collector/folders.h"

#include <criterion/criterion.h>

#include "common/base/cleanup.h"

Test(folders, each_that_is_written_once) {
    struct source_settings sources[] = {
        {.name = "报表", .folder = "/srv/报表 一月", .rejected = "/srv/退回"},
        {.name = "民政", .folder = "/srv/报表 一月", .rejected = NULL},
        {.name = "库", .kind = SOURCE_SQL, .rejected = "/srv/退回"},
        {.name = "推送", .kind = SOURCE_HTTP},
    };
    struct settings settings = {.spool = "/var/lib/duban-collector/spool.sqlite",
                                .status = "/var/lib/duban-collector/status.json",
                                .sources = {.items = sources, .count = 4}};
    CLEAN(buffer_finish) struct buffer out = {0};
    folders_list(&settings, &out);
    cr_assert_str_eq(buffer_text(&out), "/var/lib/duban-collector\n/srv/报表 一月\n/srv/退回\n");
}

Test(folders, one_that_begins_like_another_is_another) {
    struct source_settings sources[] = {{.folder = "/srv/a"}, {.folder = "/srv/ab"}, {.folder = "/srv"}};
    struct settings settings = {.spool = "/x/s", .sources = {.items = sources, .count = 3}};
    CLEAN(buffer_finish) struct buffer out = {0};
    folders_list(&settings, &out);
    cr_assert_str_eq(buffer_text(&out), "/x\n/srv/a\n/srv/ab\n/srv\n");
}
