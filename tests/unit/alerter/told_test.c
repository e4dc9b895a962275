/* A list is compared with what its recipient was told before. */
#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

static const char contacts[] = "单位,县区,角色,称呼,渠道,地址,备注\n"
                               ",,办公室,值班,log,office,\n"
                               ",剑阁县,联络员,剑阁,log,jiange,\n"
                               ",苍溪县,联络员,苍溪,log,cangxi,\n"
                               "市教育局,,牵头,教育局,log,jyj,\n";

static bool says(struct bureau *b, const char *day, const char *words) {
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM message WHERE recipient = 'unit:市教育局'"
             " AND window_at::date = '%s' AND body LIKE '%%%s%%'",
             day, words);
    return count(b, sql) == 1;
}

Test(told, what_got_worse_and_what_stands_since_the_message_before) {
    static const char *const areas[] = {"510823", "510824"}, *const streams[] = {"jiange", "cangxi"};
    static const char *const metres[] = {"1000", "1500"}, *const houses[] = {"14", "17"}, *const late[] = {"1020", "1530"};
    struct bureau b;
    bureau_open_with(&b, "told", "2021-07-01T00:00:00+08:00", false, contacts);
    for (int i = 0; i < 2; i++) {
        bureau_figure(&b, streams[i], "T01.1", areas[i], "2021-06-30", metres[i], "2021-07-01T09:00:00+08:00", NULL);
        bureau_figure(&b, streams[i], "T01.2", areas[i], "2021-06-30", houses[i], "2021-07-01T09:00:00+08:00", NULL);
    }
    sql(&b, "DELETE FROM alert_transition; DELETE FROM notice; DELETE FROM alert");
    for (int i = 0; i < 2; i++)
        bureau_figure(&b, streams[i], "T01.1", areas[i], "2021-08-31", late[i], "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-09T16:30:00+08:00", "jiange cangxi");
    cr_assert_not(says(&b, "2021-07-06", "比上次"), "the first has nothing before it");
    cr_assert(says(&b, "2021-09-02", "比上次（8月31日）：新增2（第1、2项），其余4项无变化，不再列"));
    cr_assert(says(&b, "2021-09-09", "催办（2）"));
    cr_assert(says(&b, "2021-09-09", "比上次（9月2日）：变差2（第1、2项），其余4项无变化，不再列"));
    bureau_close(&b);
}
