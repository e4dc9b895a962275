/* Answers, the ladder and trial mode against a real database. 剑阁 slips on Thursday, 2 September 2021 (1020 of 1333 square
 * metres) and stays there; said at 16:30. Monday to Friday are worked: urged five working days later, Thursday the 9th;
 * a yellow card is proposed ten later, Thursday the 23rd; a red card would be ten later, Thursday 7 October. */
#include "common/store/trial.h"
#include "tests/unit/alerter/bureau.h"

CLUSTER_START
CLUSTER_STOP

#define SLIP "a.rule = 'slipping' AND c.target = (SELECT id FROM target WHERE code = 'T01.1')"
#define STEPS                                                                                                          \
    "SELECT to_char(m.window_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') || ' ' || n.step || ' ' || n.recipient FROM notice n"  \
    " JOIN alert a ON a.id = n.alert JOIN cell c ON c.id = a.cell JOIN message_notice s ON s.notice = n.id"             \
    " JOIN message m ON m.id = s.message WHERE " SLIP " ORDER BY m.window_at, m.id, n.id"
#define LIFE                                                                                                           \
    "SELECT to_char(t.at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') || ' ' || t.to_state || ' ' || t.cause || ' ' || t.rung"    \
    " FROM alert_transition t JOIN alert a ON a.id = t.alert JOIN cell c ON c.id = a.cell WHERE " SLIP                   \
    " ORDER BY t.at, t.stored_at"

static void jiange_slips(struct bureau *b, const char *database, bool trial) {
    static const char *const areas[] = {"510823", "510824"}, *const streams[] = {"jiange", "cangxi"};
    static const char *const metres[] = {"1000", "2600"}, *const houses[] = {"20", "25"};
    bureau_open(b, database, "2021-07-01T00:00:00+08:00", trial);
    bureau_office(b, "2021-07-01T00:00:00+08:00");
    for (int i = 0; i < 2; i++) {
        bureau_figure(b, streams[i], "T01.1", areas[i], "2021-06-30", metres[i], "2021-07-01T09:00:00+08:00", NULL);
        bureau_figure(b, streams[i], "T01.2", areas[i], "2021-06-30", houses[i], "2021-07-01T09:00:00+08:00", NULL);
    }
    bureau_figure(b, "jiange", "T01.1", "510823", "2021-08-31", "1020", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(b, "2021-09-02T16:30:00+08:00", "jiange cangxi");
}

/* A figure that keeps 剑阁 behind, yellow, for September: else its silence would inhibit the slip. */
static void still_slipping(struct bureau *b) {
    bureau_figure(b, "jiange", "T01.1", "510823", "2021-09-30", "1160", "2021-10-01T10:00:00+08:00", NULL);
}

#define LADDER                                                                                                         \
    "09-02 16:30 yellow area:510823 · 09-02 16:30 yellow unit:市教育局 · 09-09 08:30 urged area:510823 · "              \
    "09-09 08:30 urged unit:市教育局 · 09-23 08:30 yellow_card office"

Test(answer, without_one_it_climbs_each_rung_once) {
    struct bureau b;
    jiange_slips(&b, "ladder", false);
    bureau_play(&b, "2021-09-24T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, STEPS, LADDER);
    bureau_close(&b);
}

/* Begun and broken off at every instant, by another alerter and by a restart: the same steps. */
Test(answer, the_ladder_survives_restarts_and_two_alerters) {
    struct bureau b;
    jiange_slips(&b, "restarts", false);
    for (int i = 0; i < 400; i++) {
        struct due_left left;
        OK(due_left(b.owner, (struct instant){0}, &left, err));
        if (!instant_is(left.next_at) || left.next_at.ms > at("2021-09-24T16:30:00+08:00").ms) break;
        struct pg *other = cluster_open(getppid(), "restarts", "duban_alerter");
        struct due_cells claimed = {0};
        struct due_streams streams = {0};
        struct waiting_notices waiting = {0};
        bool brief;
        OK(pg_begin(other, err)); /* takes half of everything, and dies */
        OK(due_cells_claim(other, b.docket.programme, left.next_at, 1, &claimed, err));
        OK(due_streams_claim(other, b.docket.programme, left.next_at, 1, &streams, err));
        OK(pg_run(other, "UPDATE alert SET rung = 3, rung_said_at = NULL", NULL, NULL, err));
        due_cells_finish(&claimed);
        due_streams_finish(&streams);
        pg_close(&other);
        char now[INSTANT_TEXT_MAX];
        instant_print(left.next_at, now);
        bureau_heard(&b, "jiange", now);
        bureau_heard(&b, "cangxi", now);
        bureau_read(&b);
        bureau_look(&b, left.next_at);
        OK(pg_begin(b.pg, err)); /* a window broken off after it took what waits */
        OK(due_hold_all(b.pg, b.docket.programme, left.next_at, &brief, err));
        OK(outbox_waiting(b.pg, b.docket.programme, left.next_at, &waiting, err));
        cr_assert_eq(waiting.count, 0, "nothing waits twice");
        waiting_notices_finish(&waiting);
        pg_rollback(b.pg);
        cr_assert_eq(bureau_look(&b, left.next_at), 0, "a second look says nothing");
    }
    EXPECT_LIST(&b, STEPS, LADDER);
    bureau_close(&b);
}

Test(answer, a_promise_holds_it_until_the_end_of_its_day_then_the_next_rung_comes_at_once) {
    struct bureau b;
    jiange_slips(&b, "promise", false);
    bureau_answer(&b, "jiange", "D21-0902-01/1", "2021-09-14", "2021-09-03T09:00:00+08:00");
    bureau_play(&b, "2021-09-15T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT number || ' ' || coalesce(refused, 'taken') || ' ' || on_behalf || ' ' || x.outcome FROM reply r"
                    " JOIN reply_alert x ON x.reply = r.id", "D21-0902-01/1 taken false broken");
    EXPECT_LIST(&b, LIFE, "09-02 10:01 open called 0 · 09-03 09:01 promised promised 0 · 09-15 00:00 open promise_broken 1");
    EXPECT_LIST(&b, STEPS, "09-02 16:30 yellow area:510823 · 09-02 16:30 yellow unit:市教育局 · 09-15 08:30 urged area:510823 · "
                           "09-15 08:30 urged unit:市教育局");
    bureau_close(&b);
}

Test(answer, a_promise_kept) {
    struct bureau b;
    jiange_slips(&b, "kept", false);
    bureau_answer(&b, "office", "D21-0902-03", "2021-09-30", "2021-09-03T09:00:00+08:00");
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-09-15", "1900", "2021-09-16T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-17T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT r.on_behalf || ' ' || x.outcome FROM reply r JOIN reply_alert x ON x.reply = r.id JOIN alert a"
                    " ON a.id = x.alert WHERE a.rule = 'slipping'", "true kept");
    EXPECT_LIST(&b, "SELECT state || ' ' || cause FROM alert WHERE rule = 'slipping'", "resolved progress");
    bureau_close(&b);
}

Test(answer, what_answers_nothing_says_why) {
    static const struct {
        const char *stream, *number, *by, *refused;
    } rows[] = {
        {"jiange", "D21-0902-09", "2021-09-14", "no_such_number"},
        {"jiange", "hello", "2021-09-14", "no_such_number"},
        {"jiange", "D21-0902-01/7", "2021-09-14", "no_such_item"},
        {"cangxi", "D21-0902-01/1", "2021-09-14", "not_yours"},
        {"jiange", "D21-0902-01", "2021-09-01", "past"},
        {"jiange", "D21-0902-01", "", NULL},
        {"jiange", "D21-0902-03/1", "2021-09-14", NULL}, /* the lead's message, about its own area */
    };
    struct bureau b;
    jiange_slips(&b, "refused", false);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        bureau_answer(&b, rows[i].stream, rows[i].number, rows[i].by, "2021-09-03T09:00:00+08:00");
    bureau_play(&b, "2021-09-03T10:00:00+08:00", "jiange cangxi");
    CLEAN(pg_rows_finish) struct pg_rows got = {0};
    OK(pg_run(b.owner, "SELECT coalesce(refused, '-'), (SELECT count(*) FROM reply_alert x WHERE x.reply = r.id) FROM reply r"
                       " ORDER BY seq", NULL, &got, err));
    cr_assert_eq(pg_count(&got), sizeof rows / sizeof rows[0], "each once");
    for (size_t i = 0; i < pg_count(&got); i++) {
        const char *wanted = rows[i].refused ? rows[i].refused : "-";
        cr_expect_str_eq(pg_text(&got, i, 0), wanted, "%s %s", rows[i].stream, rows[i].number);
        cr_expect_eq(pg_int(&got, i, 1) > 0, rows[i].refused == NULL, "%s", rows[i].number);
    }
    /* and when it is over */
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-09-05", "1900", "2021-09-06T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-06T11:00:00+08:00", "jiange cangxi");
    bureau_answer(&b, "jiange", "D21-0902-01", "2021-09-14", "2021-09-06T12:00:00+08:00");
    bureau_play(&b, "2021-09-06T13:00:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT refused FROM reply ORDER BY id DESC LIMIT 1", "over");
    bureau_close(&b);
}

Test(answer, in_trial_nothing_counts_and_what_still_stands_is_said_when_it_goes_live) {
    struct bureau b;
    jiange_slips(&b, "live", true);
    bureau_play(&b, "2021-09-10T09:00:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE rung > 0 OR rung_said_at IS NOT NULL"), 0);
    cr_assert_eq(count(&b, "SELECT count(*) FROM delivery d JOIN message m ON m.id = d.message WHERE m.recipient <> 'office'"
                           " AND d.state <> 'trial'"), 0);
    bureau_live(&b, true, "2021-09-10T10:00:00+08:00");
    bureau_play(&b, "2021-09-10T16:30:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM programme WHERE trial"), 0);
    EXPECT_LIST(&b, "SELECT m.number || ' ' || m.recipient || ' ' || d.state FROM message m JOIN delivery d ON d.message = m.id"
                    " JOIN message_notice s ON s.message = m.id JOIN notice n ON n.id = s.notice JOIN alert a ON a.id = n.alert"
                    " WHERE a.rule = 'slipping' AND m.window_at > '2021-09-10' ORDER BY m.id",
                "D21-0910-01 area:510823 waiting · D21-0910-02 unit:市教育局 waiting");
    /* from now on it counts: Friday 10 September and five working days */
    bureau_play(&b, "2021-09-17T08:30:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE rule = 'slipping' AND rung = 1 AND rung_at = '2021-09-17 08:30+08'"), 1);
    /* other rules are another trial; said anew, taken back */
    snprintf(b.docket.rules.hash, sizeof b.docket.rules.hash, "%s", "0123456789abcdef0123456789abcdef");
    bool trial = false;
    OK(pg_begin(b.pg, err));
    OK(trial_settle(b.pg, b.docket.programme, b.docket.rules.hash, at("2021-09-20T08:30:00+08:00"), &trial, err));
    OK(pg_commit(b.pg, err));
    cr_assert(trial, "nobody said that these rules may go out");
    long long live = bureau_live(&b, true, "2021-09-17T10:00:00+08:00");
    bureau_play(&b, "2021-09-17T10:01:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM programme WHERE trial"), 0);
    char uid[96];
    snprintf(uid, sizeof uid, "SELECT md5('%lld')::uuid::text", live);
    AUTO_FREE char *hex = list(&b, uid);
    struct more more = {.by = slice_of("李")};
    size_t n = 0;
    for (const char *at_ = hex; *at_ && n < EVENT_UID_BYTES; at_++) {
        unsigned byte;
        if (*at_ == '-') continue;
        cr_assert_eq(sscanf(at_, "%2x", &byte), 1);
        more.of_event.uid[n++] = (uint8_t)byte;
        at_++;
    }
    bureau_say(&b, "office", EVENT_REVERSAL, "", "", "2021-09-17T11:00:00+08:00", &more, "");
    bureau_play(&b, "2021-09-17T11:01:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM programme WHERE trial"), 1);
    bureau_close(&b);
}

/* A card is issued on paper: county, leads and office hear; taken back, those who heard do. */
Test(answer, issued_and_withdrawn) {
    struct bureau b;
    jiange_slips(&b, "issued", false);
    bureau_play(&b, "2021-09-23T08:30:00+08:00", "jiange cangxi");
    struct more more = {.by = slice_of("李"), .issue = {.number = slice_of(""), .document = slice_of("广改督〔2021〕3号"),
                                                        .level = slice_of("yellow_card")}};
    long long issue = bureau_say(&b, "office", EVENT_ISSUE, "T01.1", "510823", "2021-09-23T10:00:00+08:00", &more, "");
    bureau_play(&b, "2021-09-23T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, STEPS, LADDER " · 09-23 16:30 issued area:510823 · 09-23 16:30 issued office · 09-23 16:30 issued unit:市教育局");
    cr_assert_eq(count(&b, "SELECT count(*) FROM message WHERE recipient = 'area:510823' AND body LIKE '%广改督〔2021〕3号%'"), 1);
    char uid[96];
    snprintf(uid, sizeof uid, "SELECT replace(md5('%lld')::uuid::text, '-', '')", issue);
    AUTO_FREE char *hex = list(&b, uid);
    struct more back = {.by = slice_of("李")};
    for (size_t i = 0; i < EVENT_UID_BYTES; i++) {
        unsigned byte;
        cr_assert_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
        back.of_event.uid[i] = (uint8_t)byte;
    }
    bureau_say(&b, "office", EVENT_REVERSAL, "T01.1", "510823", "2021-09-24T10:00:00+08:00", &back, "");
    bureau_play(&b, "2021-09-24T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT n.step || ' ' || n.recipient || ' ' || n.state FROM notice n WHERE n.step = 'withdrawn' ORDER BY n.recipient",
                "withdrawn area:510823 rendered · withdrawn office rendered · withdrawn unit:市教育局 rendered");
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE issued > 0"), 0);
    bureau_close(&b);
}

/* Half a minute before the window, before any look at the cell: the window itself honours it, and nothing is lost. */
Test(answer, a_mute_just_before_the_window) {
    struct bureau b;
    bureau_open(&b, "just", "2021-07-01T00:00:00+08:00", false);
    bureau_office(&b, "2021-07-01T00:00:00+08:00");
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-06-30", "1000", "2021-07-01T09:00:00+08:00", NULL);
    bureau_figure(&b, "jiange", "T01.1", "510823", "2021-08-31", "1020", "2021-09-02T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-02T16:00:00+08:00", "jiange cangxi");
    struct more more = {.by = slice_of("李"), .mute = {.until = {18876}}}; /* Monday 2021-09-06 */
    bureau_say(&b, "office", EVENT_MUTE, "T01.1", "510823", "2021-09-02T16:29:30+08:00", &more, "");
    bureau_play(&b, "2021-09-08T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, STEPS, "09-07 08:30 yellow area:510823 · 09-07 08:30 yellow unit:市教育局");
    bureau_close(&b);
}

/* A county's missing report is muted until it is resolved: nothing more is said, and the office hears of the end. */
Test(answer, a_mute_of_an_agent_until_resolved) {
    struct bureau b;
    jiange_slips(&b, "mute", false);
    still_slipping(&b);
    bureau_play(&b, "2021-09-06T16:30:00+08:00", "jiange cangxi");
    cr_assert_eq(count(&b, "SELECT count(*) FROM alert WHERE rule = 'missing' AND state = 'open' AND stream ="
                           " (SELECT id FROM stream WHERE name = 'cangxi')"), 1);
    struct more more = {.by = slice_of("李"), .mute = {.rule = slice_of("missing"), .until = DAY_NONE}};
    bureau_say(&b, "office", EVENT_MUTE, "", "510824", "2021-09-07T10:00:00+08:00", &more, "");
    bureau_play(&b, "2021-09-20T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT state || ' ' || cause || ' ' || rung FROM alert WHERE rule = 'missing' AND period = '2021-08-01'",
                "suppressed muted 0");
    bureau_figure(&b, "cangxi", "T01.1", "510824", "2021-08-31", "2700", "2021-09-21T10:00:00+08:00", NULL);
    bureau_figure(&b, "cangxi", "T01.2", "510824", "2021-08-31", "25", "2021-09-21T10:00:00+08:00", NULL);
    bureau_play(&b, "2021-09-21T16:30:00+08:00", "jiange cangxi");
    EXPECT_LIST(&b, "SELECT a.state || ' ' || a.cause || ' ' || n.recipient || ' ' || n.state FROM alert a JOIN notice n ON n.alert = a.id"
                    " WHERE a.rule = 'missing' AND a.period = '2021-08-01' AND n.step = 'recovered'",
                "resolved reported office rendered");
    bureau_close(&b);
}
