/* An alert that was over and comes back, against a real database. 剑阁 has 18 of 20 houses on the last day of T01.2, 30
 * September 2021; Monday to Friday are worked. Said on Friday, 1 October; an extension of Tuesday the 5th ends it, and on
 * Wednesday the 6th the office takes the extension back: it is said anew, and the ladder counts from that saying. */
#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

#define OVERDUE                                                                                                        \
    " JOIN cell c ON c.id = a.cell JOIN area r ON r.id = c.area WHERE a.rule = 'overdue' AND r.code = '510823'"        \
    " AND c.target = (SELECT id FROM target WHERE code = 'T01.2')"
#define SAID                                                                                                           \
    "SELECT to_char(m.window_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') || ' ' || n.step || ' ' ||"             \
    " string_agg(n.recipient, '+' ORDER BY n.recipient) FROM notice n JOIN alert a ON a.id = n.alert"                  \
    " JOIN message_notice s ON s.notice = n.id JOIN message m ON m.id = s.message" OVERDUE                             \
    " GROUP BY m.window_at, n.step ORDER BY m.window_at, n.step"
#define LIFE                                                                                                           \
    "SELECT to_char(t.at AT TIME ZONE 'Asia/Shanghai', 'MM-DD') || ' ' || t.to_state || ' ' || t.cause"                \
    " FROM alert_transition t JOIN alert a ON a.id = t.alert" OVERDUE " AND t.at < '2021-10-07' ORDER BY t.at"

static void extend_and_take_back(struct bureau *b) {
    struct more extension = {.by = slice_of("李"), .extension = {.document = slice_of("样例1号")}};
    cr_assert(day_parse("2021-12-31", 10, &extension.extension.due));
    long long seq = bureau_say(b, "office", EVENT_EXTENSION, "T01.2", "510823", "2021-10-05T10:00:00+08:00", &extension, "");
    bureau_play(b, "2021-10-05T16:30:00+08:00", "jiange cangxi");
    struct more back = {.by = slice_of("李")};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    char query[128];
    snprintf(query, sizeof query, "SELECT uid FROM event WHERE seq = %lld AND kind = 36", seq);
    OK(pg_run(b->owner, query, NULL, &rows, err));
    (void)pg_bytes(&rows, 0, 0, back.of_event.uid, EVENT_UID_BYTES);
    bureau_say(b, "office", EVENT_REVERSAL, "T01.2", "510823", "2021-10-06T10:00:00+08:00", &back, "");
}

Test(reopen, is_said_anew_and_climbs_from_that_saying) {
    struct bureau b;
    bureau_open(&b, "reopen", "2021-07-01T00:00:00+08:00", false);
    bureau_office(&b, "2021-07-01T00:00:00+08:00");
    bureau_figure(&b, "jiange", "T01.2", "510823", "2021-06-30", "14", "2021-07-01T09:00:00+08:00", NULL);
    bureau_figure(&b, "jiange", "T01.2", "510823", "2021-09-30", "18", "2021-10-01T09:00:00+08:00", NULL);
    bureau_play(&b, "2021-10-04T08:30:00+08:00", "jiange cangxi");
    extend_and_take_back(&b);
    bureau_play(&b, "2021-10-27T08:30:00+08:00", "jiange cangxi");
    AUTO_FREE char *life = list(&b, LIFE), *said = list(&b, SAID);
    cr_expect_str_eq(life, "10-01 open called · 10-05 resolved extension · 10-06 open called");
    cr_expect_str_eq(said, "10-01 16:30 first area:510823+office+unit:市教育局 · "
                           "10-06 16:30 first area:510823+office+unit:市教育局 · "
                           "10-13 08:30 urged area:510823+office+unit:市教育局 · "
                           "10-27 08:30 yellow_card office");
    bureau_close(&b);
}
