#include "common/domain/requests.h"

#include "tests/unit/domain/programme.h"

enum { DESK_MAX = 32, QINGCHUAN = 5, CANGXI = 7 };

struct table {
    struct programme p;
    struct desk_event events[DESK_MAX];
    uint8_t more[DESK_MAX][256];
    size_t count;
};

static void start(struct table *t) {
    *t = (struct table){.count = 0};
    programme_start(&t->p);
}

static struct desk_event *add(struct table *t, uint32_t kind, size_t cell, const char *when, const struct more *more) {
    struct desk_event *event = &t->events[t->count];
    size_t len = 0;
    cr_assert_eq(more_encode(kind, more, t->more[t->count], sizeof t->more[0], &len), PROTO_OK);
    *event = (struct desk_event){.cell = cell};
    event->event = (struct cell_event){.kind = (enum event_kind)kind,
                                       .as_of = DAY_NONE,
                                       .known_at = at(when),
                                       .more = {(const char *)t->more[t->count], len}};
    event->event.uid[0] = (uint8_t)++t->count;
    return event;
}

static struct desk_event *ask(struct table *t, size_t cell, const char *when, const char *due) {
    struct more more = {.extension = {.due = on(due)}, .by = slice_of("王五")};
    return add(t, EVENT_EXTENSION_ASKED, cell, when, &more);
}

static struct desk_event *rule_on(struct table *t, size_t cell, const char *when, const char *due,
                                  const struct desk_event *asked) {
    struct more more = {.by = slice_of("李四"),
                        .extension = {.due = on(due), .document = slice_of("广改办〔2021〕9号")}};
    more.extension.has_request = asked != NULL;
    if (asked) memcpy(more.extension.request, asked->event.uid, EVENT_UID_BYTES);
    return add(t, EVENT_EXTENSION, cell, when, &more);
}

static void reverse(struct table *t, size_t cell, const char *when, const struct desk_event *decision) {
    struct more more = {.by = slice_of("李四")};
    memcpy(more.of_event.uid, decision->event.uid, EVENT_UID_BYTES);
    add(t, EVENT_REVERSAL, cell, when, &more);
}

static struct desk_event *claim(struct table *t, size_t cell, const char *when) {
    struct more more = {.close_out = {.document = slice_of("苍改〔2021〕3号")}, .by = slice_of("王五")};
    return add(t, EVENT_CLOSE_CLAIMED, cell, when, &more);
}

static struct desk_event *check(struct table *t, size_t cell, const char *when, const char *step, bool passed,
                                const struct desk_event *claimed) {
    struct more more = {.by = slice_of("李四"), .close_out = {.passed = passed, .step = slice_of(step)}};
    more.close_out.has_claim = claimed != NULL;
    if (claimed) memcpy(more.close_out.claim, claimed->event.uid, EVENT_UID_BYTES);
    return add(t, EVENT_CLOSE_CHECKED, cell, when, &more);
}

Test(requests, extensions_are_numbered_in_commit_order_and_keep_both_days) {
    struct table t;
    struct requests all;
    start(&t);
    struct desk_event *first = ask(&t, QINGCHUAN, "2021-11-20", "2022-03-31");
    ask(&t, NO_INDEX, "2021-11-21", "2022-03-31"); /* about no cell of this plan: counted, not listed */
    ask(&t, CANGXI, "2022-01-01", "2022-02-28");   /* the day after it was due */
    rule_on(&t, QINGCHUAN, "2021-11-25", "2022-02-28", first);
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_assert_eq(all.extension_count, 2);
    const struct extension *one = &all.extensions[0], *late = &all.extensions[1];
    cr_expect_eq(one->number, 1);
    cr_expect_eq(one->state, EXTENSION_GRANTED);
    cr_expect_eq(one->due_original.n, on("2021-12-31").n);
    cr_expect_eq(one->due_before.n, on("2021-12-31").n);
    cr_expect_eq(one->due_asked.n, on("2022-03-31").n);
    cr_expect_eq(one->due_decided.n, on("2022-02-28").n);
    cr_expect(!one->late && slice_is(one->decided_by, "李四") && slice_is(one->document, "广改办〔2021〕9号"));
    cr_expect(slice_is(one->asked_by, "王五"));
    cr_expect_eq(late->number, 3);
    cr_expect(late->late && late->state == EXTENSION_WAITING && !day_is(late->due_decided));
    cr_expect_eq(requests_extension_waiting(&all, CANGXI), late);
    cr_expect_null(requests_extension_waiting(&all, QINGCHUAN));
    cr_expect_eq(requests_extension_granted(&all, QINGCHUAN), one);
    requests_finish(&all);
}

/* Due on the 31st: asked on that day is in time. After the first extension lateness counts from its new day. */
Test(requests, late_is_after_the_day_that_was_due_then) {
    struct table t;
    struct requests all;
    start(&t);
    struct desk_event *first = ask(&t, QINGCHUAN, "2021-12-31", "2022-03-31");
    rule_on(&t, QINGCHUAN, "2022-01-04", "2022-03-31", first);
    ask(&t, QINGCHUAN, "2022-03-01", "2022-06-30");
    ask(&t, QINGCHUAN, "2022-04-01", "2022-06-30");
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_assert_eq(all.extension_count, 3);
    cr_expect_not(all.extensions[0].late);
    cr_expect_not(all.extensions[1].late);
    cr_expect_eq(all.extensions[1].due_before.n, on("2022-03-31").n);
    cr_expect_eq(all.extensions[1].due_original.n, on("2021-12-31").n);
    cr_expect(all.extensions[2].late);
    requests_finish(&all);
}

Test(requests, a_decision_taken_back_leaves_the_request_waiting) {
    struct table t;
    struct requests all;
    start(&t);
    struct desk_event *asked = ask(&t, QINGCHUAN, "2021-11-20", "2022-03-31");
    struct desk_event *granted = rule_on(&t, QINGCHUAN, "2021-11-25", "2022-03-31", asked);
    struct desk_event *alone = rule_on(&t, CANGXI, "2021-11-26", "2022-01-31", NULL);
    reverse(&t, QINGCHUAN, "2021-11-27", granted);
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_assert_eq(all.extension_count, 2);
    cr_expect_eq(all.extensions[0].state, EXTENSION_WAITING);
    cr_expect_null(all.extensions[0].decided);
    cr_expect_eq(all.extensions[1].number, 0); /* granted without having been asked for */
    cr_expect_eq(all.extensions[1].decided, alone);
    requests_finish(&all);
    rule_on(&t, QINGCHUAN, "2021-11-28", NULL, asked);
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_expect_eq(all.extensions[0].state, EXTENSION_REFUSED);
    cr_expect_not(day_is(all.extensions[0].due_decided));
    requests_finish(&all);
}

Test(requests, a_close_out_goes_from_the_claim_over_the_lead_to_the_office) {
    struct table t;
    struct requests all;
    start(&t);
    struct desk_event *claimed = claim(&t, CANGXI, "2021-11-08");
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_assert_eq(all.close_out_count, 1);
    cr_expect_eq(all.close_outs[0].state, CLOSE_OUT_CLAIMED);
    requests_finish(&all);
    check(&t, CANGXI, "2021-11-10", "lead", true, claimed);
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_expect_eq(all.close_outs[0].state, CLOSE_OUT_LEAD_CHECKED);
    requests_finish(&all);
    struct desk_event *verified = check(&t, CANGXI, "2021-11-12", NULL, true, claimed);
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_expect_eq(all.close_outs[0].state, CLOSE_OUT_CLOSED);
    cr_expect(slice_is(all.close_outs[0].claimed_by, "王五") &&
              slice_is(all.close_outs[0].document, "苍改〔2021〕3号"));
    cr_expect(slice_is(all.close_outs[0].verified_by, "李四"));
    cr_expect_eq(requests_close_out(&all, CANGXI), &all.close_outs[0]);
    cr_expect_null(requests_close_out(&all, QINGCHUAN));
    requests_finish(&all);
    reverse(&t, CANGXI, "2021-11-13", verified);
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_expect_eq(all.close_outs[0].state, CLOSE_OUT_LEAD_CHECKED);
    requests_finish(&all);
}

Test(requests, a_refused_close_out_is_claimed_again) {
    struct table t;
    struct requests all;
    start(&t);
    struct desk_event *first = claim(&t, CANGXI, "2021-11-08");
    check(&t, CANGXI, "2021-11-10", "lead", false, first);
    struct desk_event *second = claim(&t, CANGXI, "2021-11-20");
    check(&t, CANGXI, "2021-11-22", "office", true, NULL); /* names no claim: the newest */
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_assert_eq(all.close_out_count, 2);
    cr_expect_eq(all.close_outs[0].state, CLOSE_OUT_REFUSED);
    cr_expect_eq(all.close_outs[1].state, CLOSE_OUT_CLOSED);
    cr_expect_eq(all.close_outs[1].claimed, second);
    cr_expect_eq(all.close_outs[1].number, 2);
    cr_expect_eq(requests_close_out(&all, CANGXI), &all.close_outs[1]);
    requests_finish(&all);
}

Test(requests, a_later_request_takes_the_place_of_one_that_waits) {
    struct table t;
    struct requests all;
    start(&t);
    struct desk_event *granted = ask(&t, QINGCHUAN, "2021-11-01", "2022-01-31");
    rule_on(&t, QINGCHUAN, "2021-11-02", "2022-01-31", granted);
    ask(&t, QINGCHUAN, "2021-11-20", "2022-03-31");
    ask(&t, CANGXI, "2021-11-20", "2022-03-31");
    ask(&t, QINGCHUAN, "2021-11-22", "2022-04-30");
    claim(&t, CANGXI, "2021-11-08");
    struct desk_event *second = claim(&t, CANGXI, "2021-11-09");
    requests_build(&t.p.plan, t.events, t.count, &all);
    cr_assert_eq(all.extension_count, 4);
    cr_expect_eq(all.extensions[0].state, EXTENSION_GRANTED);
    cr_expect_eq(all.extensions[1].state, EXTENSION_REPLACED);
    cr_expect_eq(all.extensions[2].state, EXTENSION_WAITING);
    cr_expect_eq(all.extensions[3].state, EXTENSION_WAITING);
    cr_expect_eq(requests_extension_waiting(&all, QINGCHUAN)->number, 4);
    cr_assert_eq(all.close_out_count, 2);
    cr_expect_eq(all.close_outs[0].state, CLOSE_OUT_REPLACED);
    cr_expect_eq(all.close_outs[1].claimed, second);
    requests_finish(&all);
}

Test(requests, numbers_as_people_type_them) {
    static const struct {
        const char *text;
        bool good;
        size_t len;
        unsigned item;
    } numbers[] = {{"D21-1108-05", true, 11, 0},
                   {"D21-1108-05/2", true, 11, 2},
                   {"d21-1108-105/12", true, 12, 12},
                   {"D21-1108-05/", false, 0, 0},
                   {"D21-1108-05/0", false, 0, 0},
                   {"D21-1108-", false, 0, 0},
                   {"D2-1108-05", false, 0, 0},
                   {"T06.1", false, 0, 0},
                   {"", false, 0, 0},
                   {"D21-1108-0x", false, 0, 0},
                   {"D21-1108-05/12345", false, 0, 0}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        size_t len;
        unsigned item;
        bool good = message_number_parse(numbers[i].text, &len, &item);
        cr_expect_eq(good, numbers[i].good, "%s", numbers[i].text);
        cr_expect(!good || (len == numbers[i].len && item == numbers[i].item), "%s", numbers[i].text);
    }
    unsigned number = 0;
    cr_expect(request_number_parse("E0007", 'E', &number) && number == 7);
    cr_expect(request_number_parse("k4", 'K', &number) && number == 4);
    cr_expect_not(request_number_parse("E0000", 'E', &number));
    cr_expect_not(request_number_parse("K0004", 'E', &number));
    cr_expect_not(request_number_parse("E", 'E', &number));
    cr_expect_not(request_number_parse("E12345678901", 'E', &number));
}

Test(requests, reasons_of_a_reply_are_a_short_list) {
    cr_expect_str_eq(reply_reason_token(slice_of("用地")), "land");
    cr_expect_str_eq(reply_reason_token(slice_of("land")), "land");
    cr_expect_str_eq(reply_reason_chinese(slice_of("standard")), "等上级标准");
    cr_expect_null(reply_reason_token(slice_of("下雨")));
    cr_expect_null(reply_reason_chinese(slice_of("rain")));
}

Test(requests, what_can_be_taken_back) {
    static const uint32_t can[] = {EVENT_CONFIRM,       EVENT_RELEASE,  EVENT_ISSUE, EVENT_EXTENSION,
                                   EVENT_CLOSE_CHECKED, EVENT_OVERRIDE, EVENT_MUTE,  EVENT_GO_LIVE};
    for (uint32_t kind = 0; kind < 64; kind++) {
        bool want = false;
        for (size_t i = 0; i < sizeof can / sizeof *can; i++)
            want = want || can[i] == kind;
        cr_expect_eq(decision_is_reversible(kind), want, "%u", kind);
    }
}
