/* The alerter against a real database: what opens, what is said to whom at which window, and what is not said. The plan:
 * T01.1 5000 square metres by 2021-12-31 (苍溪 3000, 剑阁 2000), T01.2 45 houses by 2021-09-30, T01.3 a milestone by
 * 2021-06-30. Monday to Friday are worked. */
#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

static const char alerts_sql[] = "SELECT rule || ' ' || coalesce((SELECT t.code || '@' || a.code FROM cell c"
                                 " JOIN target t ON t.id = c.target JOIN area a ON a.id = c.area WHERE c.id = alert.cell),"
                                 " (SELECT name FROM stream s WHERE s.id = alert.stream)) || ' ' || state || ' ' || cause"
                                 " FROM alert WHERE rule <> 'due_soon' ORDER BY opened_at, id";
static const char messages_sql[] = "SELECT number || ' ' || recipient || ' ' || first_line FROM message ORDER BY id";

/* Everything due before the figures of a test: T01.1 and T01.2 are on plan until July. */
static void quiet_until_july(struct bureau *b) {
    static const char *const areas[] = {"510823", "510824"}, *const streams[] = {"jiange", "cangxi"};
    static const char *const metres[] = {"1000", "1500"}, *const houses[] = {"14", "17"};
    for (int i = 0; i < 2; i++) {
        bureau_figure(b, streams[i], "T01.1", areas[i], "2021-06-30", metres[i], "2021-07-01T09:00:00+08:00", NULL);
        bureau_figure(b, streams[i], "T01.2", areas[i], "2021-06-30", houses[i], "2021-07-01T09:00:00+08:00", NULL);
    }
    sql(b, "DELETE FROM alert_transition; DELETE FROM notice; DELETE FROM alert");
}

Test(work, a_slip_is_said_once_at_the_next_window) {
    struct bureau b;
    bureau_open(&b, "slip", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-07-31", "1010", "2021-08-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-08-02T15:00:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE window_at > '2021-08-02'"), 0);
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE rule = 'slipping' AND state = 'open'"), 0,
                 "1010 of 1166.67 is 7.8 points behind: blue");
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "1020", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-02T16:00:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT rule || ' ' || step FROM alert WHERE rule = 'slipping'", "slipping yellow");
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    /* 1020 is 6.12 of 12 months: enough until 3 July (3.72 of 31), 59 days before 31 August */
    EXPECT_LIST(&b, "SELECT number || ' ' || recipient || ' ' || first_line FROM message WHERE first_line LIKE '%滞后%'"
                    " ORDER BY id",
                "D21-0902-01 area:510823 【滞后】剑阁县 维修校舍面积 1020/2000平方米 慢59天 · "
                "D21-0902-02 unit:市教育局 【滞后】剑阁县 维修校舍面积 1020/2000平方米 慢59天");
    int64_t before = count(&b, "SELECT count(*) FROM message");
    bureau_look(&b, at("2021-09-02T16:30:00+08:00"));
    cr_assert_eq(count(&b, "SELECT count(*) FROM message"), before, "a second look at the same window says nothing");
    bureau_close(&b);
}

Test(work, what_is_over_before_its_window_is_not_said) {
    struct bureau b;
    bureau_open(&b, "over", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "1020", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-02T11:00:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM notice WHERE state = 'waiting'"), 2);
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "1340", "2021-09-02T15:00:00+08:00", "漏报");
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT state || ' ' || cause FROM alert WHERE rule = 'slipping'", "resolved progress");
    EXPECT_LIST(&b, "SELECT n.state || ' ' || n.cause FROM notice n JOIN alert a ON a.id = n.alert"
                    " WHERE a.rule = 'slipping' AND n.step <> 'recovered'",
                "dropped progress · dropped progress");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE first_line LIKE '%1020%' OR first_line LIKE '%转好%'"), 0);
    bureau_close(&b);
}

Test(work, those_who_were_told_hear_that_it_is_over) {
    struct bureau b;
    bureau_open(&b, "recovered", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "1020", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-09-30", "1500", "2021-10-04T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-10-04T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT recipient || ' ' || first_line FROM message WHERE first_line LIKE '%转好%' ORDER BY id",
                "area:510823 【转好】剑阁县 维修校舍面积 1500/2000平方米 不再滞后 · "
                "office 【转好】剑阁县 维修校舍面积 1500/2000平方米 不再滞后 · " /* it was asked about a yellow card */
                "unit:市教育局 【转好】剑阁县 维修校舍面积 1500/2000平方米 不再滞后");
    bureau_close(&b);
}

Test(work, whom_nobody_reaches_the_office_hears_for) {
    struct bureau b;
    bureau_open(&b, "unroutable", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    bureau_figure(&b, "cangxi", "T01.1", "510824", "2021-08-31", "1530", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT recipient || ' ' || unroutable || ' ' || coalesce(meant_for, '-') FROM notice n JOIN alert a"
                    " ON a.id = n.alert WHERE a.rule = 'slipping' ORDER BY recipient COLLATE \"C\"",
                "office true area:510824 · unit:市教育局 false -");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient = 'office' AND"
                           " body LIKE '%应发苍溪县，没有能用的联系方式，转本办。%'"), 1);
    bureau_close(&b);
}

Test(work, silence_of_a_living_agent_is_missing_and_of_a_dead_one_offline) {
    struct bureau b;
    bureau_open(&b, "silence", "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    /* July closes on Thursday 5 August; 剑阁's agent lives, 苍溪's was last heard on Monday the 2nd at 10:00 */
    bureau_play(&b, "2021-08-02T08:30:00+08:00", "jiange cangxi");
    bureau_heard(&b, "cangxi", "2021-08-02T10:00:00+08:00");
    bureau_play(&b, "2021-08-06T08:30:00+08:00", "jiange");
    EXPECT_LIST(&b, "SELECT rule || ' ' || s.name || ' ' || a.state || ' ' || a.cause FROM alert a JOIN stream s"
                    " ON s.id = a.stream WHERE period = '2021-07-01' OR rule = 'offline' ORDER BY rule, s.name",
                "missing cangxi suppressed offline · missing jiange open called · offline cangxi open called");
    EXPECT_LIST(&b, "SELECT recipient || ' ' || (facts -> 0 ->> 'line') FROM message WHERE facts @> '[{\"rule\": \"missing\"}]'"
                    " ORDER BY id",
                "area:510823 【未报】剑阁县 7月数据未到 应8月5日报 迟1个工作日 · "
                "office 【未报】剑阁县 7月数据未到 应8月5日报 迟1个工作日");
    /* two of the three come (the milestone is owed, too): made good, to both */
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-07-31", "1170", "2021-08-06T10:00:00+08:00", NULL);
    bureau_figure(&b, "jiange", "T01.2", "510823", "2021-07-31", "16", "2021-08-06T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-08-06T16:30:00+08:00", "jiange");
    EXPECT_LIST(&b, "SELECT recipient || ' ' || first_line FROM message WHERE first_line LIKE '%补齐%' ORDER BY id",
                "area:510823 【补齐】剑阁县 7月数据已到 仍缺1项 · office 【补齐】剑阁县 7月数据已到 仍缺1项");
    bureau_close(&b);
}

Test(work, what_lies_before_the_load_is_held) {
    struct bureau b;
    bureau_open(&b, "back_filled", "2021-11-01T09:00:00+08:00", false);
    bureau_play(&b, "2021-11-01T16:30:00+08:00", "jiange cangxi");
    cr_assert_gt(count(&b, "SELECT count(*) FROM alert WHERE rule = 'overdue' AND back_filled"), 0);
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE rule = 'overdue' AND NOT back_filled"), 0);
    EXPECT_LIST(&b, "SELECT DISTINCT n.state || ' ' || n.cause FROM notice n JOIN alert a ON a.id = n.alert"
                    " WHERE a.rule = 'overdue'",
                "held back_filled");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE first_line LIKE '%逾期%'"), 0);
    bureau_close(&b);
}

Test(work, in_trial_mode_only_the_office_is_sent_to) {
    struct bureau b;
    bureau_open(&b, "trial", "2021-07-01T00:00:00+08:00", true);
    quiet_until_july(&b);
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "700", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
    cr_assert_gt(count(&b, "SELECT count(*) FROM delivery WHERE state = 'trial'"), 0);
    cr_assert_eq(count(&b, "SELECT count(*) FROM delivery d JOIN message m ON m.id = d.message"
                           " WHERE (d.state = 'trial') = (m.recipient = 'office')"), 0);
    bureau_close(&b);
}

/* Killed in the middle of every transaction of the year's second half, again and again: the same messages. */
static char *half_a_year(const char *database, bool disturbed) {
    struct bureau b;
    bureau_open(&b, database, "2021-07-01T00:00:00+08:00", false);
    quiet_until_july(&b);
    static const struct {
        const char *as_of, *known, *metres, *houses;
    } months[] = {
        {"2021-07-31", "2021-08-03T10:00:00+08:00", "1010", "16"}, {"2021-08-31", "2021-09-03T10:00:00+08:00", "1020", "18"},
        {"2021-10-31", "2021-11-03T10:00:00+08:00", "1400", "19"}, {"2021-12-31", "2022-01-04T10:00:00+08:00", "1900", "20"},
    };
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
        bureau_play(&b, months[i].known, "jiange cangxi");
        if (disturbed) { /* another connection has claimed and written half, and dies */
            struct pg *other = cluster_open(getppid(), database, "duban_alerter");
            struct due_cells claimed;
            OK(pg_begin(other, err));
            OK(due_cells_claim(other, b.docket.programme, at("2022-02-01T00:00:00+08:00"), 2, &claimed, err));
            OK(pg_run(other, "UPDATE cell_light SET light = 'red'", NULL, NULL, err));
            due_cells_finish(&claimed);
            pg_close(&other);
            bureau_read(&b); /* and the alerter starts anew */
        }
        bureau_figure(&b, "jiange", "T01.1", "510823", months[i].as_of, months[i].metres, months[i].known, NULL);
        bureau_figure(&b, "jiange", "T01.2", "510823", months[i].as_of, months[i].houses, months[i].known, NULL);
    }
    bureau_play(&b, "2022-01-10T16:30:00+08:00", "jiange cangxi");
    char *said = list(&b, messages_sql), *opened = list(&b, alerts_sql);
    struct buffer out = {0};
    buffer_printf(&out, "%s\n%s", said, opened);
    free(said);
    free(opened);
    bureau_close(&b);
    return buffer_take(&out);
}

Test(work, the_set_of_messages_survives_kills) {
    AUTO_FREE char *undisturbed = half_a_year("whole", false);
    AUTO_FREE char *disturbed = half_a_year("killed", true);
    cr_assert_gt(strlen(undisturbed), 200);
    cr_assert_str_eq(disturbed, undisturbed);
}
