/* The brief out of a database, as the alerter reads it: in its own role, inside its window's transaction. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/report/brief.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* One delivered, one by its fallback, one not at all; one kept in trial; one of the day before and one test. */
static const char messages_sql[] =
    "INSERT INTO message (programme, number, recipient, window_at, rendered_at, key, first_line, body, facts, kind)"
    " SELECT 1, n, 'office', w::timestamptz, w::timestamptz, n, 'x', 'x', '[]', k FROM (VALUES"
    " ('D21-1008-01', '2021-10-08 08:30+08', 'brief'), ('D21-1008-02', '2021-10-08 16:30+08', 'notices'),"
    " ('D21-1008-03', '2021-10-08 16:30+08', 'room'), ('D21-1011-01', '2021-10-11 08:30+08', 'notices'),"
    " ('D21-1007-01', '2021-10-07 16:30+08', 'notices'), ('T21-1008-01', '2021-10-08 16:30+08', 'test'),"
    " ('D21-1011-02', '2021-10-11 16:30+08', 'notices')) v(n, w, k);"
    "INSERT INTO delivery (message, channel, address, state) SELECT m.id, 'log', a, s FROM message m JOIN (VALUES"
    " ('D21-1008-01', 'a', 'delivered'), ('D21-1008-02', 'a', 'failed'), ('D21-1008-02', 'b', 'delivered'),"
    " ('D21-1008-03', 'a', 'failed'), ('D21-1011-01', 'a', 'trial'), ('D21-1007-01', 'a', 'delivered'),"
    " ('T21-1008-01', 'a', 'delivered'), ('D21-1011-02', 'a', 'waiting')) v(n, a, s) ON v.n = m.number;";

Test(brief, is_made_in_the_alerters_transaction) {
    CLEAN(pg_close) struct pg *owner = cluster_database(getppid(), "briefs", INSTALLATION_REHEARSAL);
    CLEAN(pg_close) struct pg *pg = cluster_open(getppid(), "briefs", "duban_alerter");
    CLEAN(stored_plan_finish) struct stored_plan stored = {0};
    CLEAN(brief_finish) struct brief brief = {0};
    struct instant now = at("2021-10-11T08:30:00+08:00");
    cluster_load_plan(owner, at("2021-01-04T09:00:00+08:00"));
    cr_assert_eq(pg_script(owner, messages_sql, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(stored_plan_read(pg, 1, INSTANT_NONE, &stored, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(pg_begin(pg, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(brief_make(pg, &stored, rules_shipped(), now, &brief, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(pg_commit(pg, &err), ERROR_OK, "%s", err.message);

    /* two counties each: 排查危房 was due on 30 September, its figures by 5 October; 公布维修清单 on 30 June */
    cr_expect_str_eq(buffer_text(&brief.first_line), "【早报】校舍维修 10-11 未报2 待定0 无变化 逾期4");
    cr_expect_str_eq(brief.attachment_name, "督办台账_2021-10-11.csv");
    cr_expect_eq(strncmp(buffer_text(&brief.attachment), "\xEF\xBB\xBF序号,任务,", 15), 0);
    cr_expect(strstr(buffer_text(&brief.attachment), ",排查危房,苍溪县,栋,25,"), "%s", buffer_text(&brief.attachment));
    cr_expect(
        strstr(buffer_text(&brief.short_text), "\n七 10月8日以来发出4（送达2 未送达1 试运行留存1） 待发0 暂存0\n"),
        "%s", buffer_text(&brief.short_text));
    cr_expect(strstr(buffer_text(&brief.full_text), "\n七 10月8日以来发出 4 条（送达 2，未送达 1，试运行留存 1）；"),
              "%s", buffer_text(&brief.full_text));
}
