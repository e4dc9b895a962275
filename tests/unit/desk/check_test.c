/* What may be decided about a cell as it stands: how one that was decided already is told, and who is told nothing. */
#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/desk.h"

static struct day on(const char *text) {
    struct day out;
    cr_assert(day_parse(text, strlen(text), &out), "%s", text);
    return out;
}

/* One task led by a unit, one target of it, one county's cell: due on 31 December 2021; today is 8 November. */
struct small {
    struct area area;
    struct unit unit;
    size_t leads[1];
    struct task task;
    struct target target;
    struct cell cell;
    struct cell_events events;
    struct assessment now;
    struct plan plan;
    struct view view;
    struct desk_event event;
    struct extension extension;
    struct close_out close_out;
    const char *words[2];
    struct desk_request request;
    struct desk_case one;
    struct error err;
};

static void start(struct small *s, enum desk_verb verb, const char *first, const char *second) {
    *s = (struct small){.area = {.code = "510824", .name = "苍溪县", .short_name = "苍溪"},
                        .unit = {.name = "市发展改革委"},
                        .task = {.code = "T08", .lead_count = 1},
                        .target = {.code = "T08.4", .name = "低压线路", .short_name = "低压线路", .cell_count = 1},
                        .now = {.state = STATE_ON_PLAN, .light = LIGHT_BLUE, .proposed = LIGHT_BLUE},
                        .words = {first, second}};
    s->task.leads = s->leads;
    s->now.due = s->now.due_original = on("2021-12-31");
    s->plan = (struct plan){.areas = &s->area,
                            .area_count = 1,
                            .city = NO_INDEX,
                            .units = &s->unit,
                            .unit_count = 1,
                            .tasks = &s->task,
                            .task_count = 1,
                            .targets = &s->target,
                            .target_count = 1,
                            .cells = &s->cell,
                            .cell_count = 1};
    s->view.plan = &s->plan;
    s->view.cells = &s->now;
    s->view.events = &s->events;
    s->view.moment.as_of = on("2021-11-08");
    s->view.requests.extensions = &s->extension;
    s->view.requests.close_outs = &s->close_out;
    s->event.event.known_at = day_at(on("2021-11-05"), 9, 30);
    s->request = (struct desk_request){.verb = verb,
                                       .subject = s->words,
                                       .subject_count = second ? 2 : 1,
                                       .by = "李四",
                                       .reason = "征地",
                                       .document = "广改办〔2021〕9号",
                                       .due = "2022-03-31",
                                       .light = "yellow",
                                       .until = "2021-11-30",
                                       .now = day_at(on("2021-11-08"), 10, 0)};
}

static enum error_code check(struct small *s) {
    desk_case_finish(&s->one);
    s->err = (struct error){0};
    enum error_code code = desk_case_read(&s->one, &s->request, &s->err);
    cr_assert_eq(code, ERROR_OK, "%s", s->err.message);
    return desk_case_check(&s->one, NULL, &s->view, &s->err);
}

Test(check, an_extension_is_granted_once) {
    struct small s;
    start(&s, DESK_EXTENSION_GRANT, "E0007", NULL);
    s.view.requests.extension_count = 1;
    s.event.event.uid[0] = 0x8b;
    s.extension = (struct extension){.number = 7, .state = EXTENSION_WAITING, .asked = &s.event};
    cr_assert_eq(check(&s), ERROR_OK, "%s", s.err.message);
    cr_assert_eq(s.one.decision_count, 1);
    const struct desk_decision *made = &s.one.decisions[0];
    cr_expect_eq(made->kind, EVENT_EXTENSION);
    cr_expect_str_eq(made->target, "T08.4");
    cr_expect_str_eq(made->area, "510824");
    cr_expect(made->more.extension.has_request && made->more.extension.request[0] == 0x8b);
    cr_expect_eq(made->more.extension.due.n, on("2022-03-31").n);
    cr_expect(slice_is(made->more.by, "李四"));
    s.extension.state = EXTENSION_GRANTED;
    s.extension.decided = &s.event;
    cr_expect_eq(check(&s), ERROR_CONFLICT);
    cr_expect(s.one.already && strstr(s.one.state, "2021-11-05 09:30"), "%s", s.one.state);
    cr_expect_eq(s.one.decision_count, 0);
    desk_case_finish(&s.one);
}

Test(check, a_day_that_is_no_later_is_the_member_due) {
    struct small s;
    start(&s, DESK_EXTENSION_GRANT, "T08.4", "苍溪");
    s.request.due = "2021-12-31";
    cr_expect_eq(check(&s), ERROR_USAGE);
    cr_expect_str_eq(s.one.field, "due");
    s.request.due = "2022-01-01";
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    s.now.state = STATE_DONE;
    cr_expect_eq(check(&s), ERROR_CONFLICT);
    cr_expect_not(s.one.already, "nobody decided it: it is not possible");
    cr_expect_str_eq(s.one.state, "已完成或没有任务，不能延期");
    desk_case_finish(&s.one);
}

Test(check, a_close_out_goes_from_lead_to_office_once) {
    struct small s;
    start(&s, DESK_CLOSE_OUT_VERIFY, "K0004", NULL);
    s.view.requests.close_out_count = 1;
    s.close_out = (struct close_out){.number = 4, .state = CLOSE_OUT_CLAIMED, .claimed = &s.event};
    s.now.state = STATE_DONE;
    cr_expect_eq(check(&s), ERROR_CONFLICT);
    cr_expect_not(s.one.already);
    cr_expect_str_eq(s.one.state, "K0004 牵头单位还没有核查");
    s.request.verb = DESK_CLOSE_OUT_CHECK;
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    cr_expect(slice_is(s.one.decisions[0].more.close_out.step, "lead") && s.one.decisions[0].more.close_out.passed);
    s.close_out.state = CLOSE_OUT_LEAD_CHECKED;
    s.close_out.checked = &s.event;
    s.close_out.checked_by = slice_of("孙七");
    cr_expect_eq(check(&s), ERROR_CONFLICT, "another lead's person checked it");
    cr_expect(s.one.already && strstr(s.one.state, "孙七"), "%s", s.one.state);
    s.request.replace = true;
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    s.request.verb = DESK_CLOSE_OUT_VERIFY;
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    cr_expect(slice_is(s.one.decisions[0].more.close_out.step, "office"));
    s.close_out.state = CLOSE_OUT_CLOSED;
    cr_expect_eq(check(&s), ERROR_CONFLICT);
    cr_expect(s.one.already, "%s", s.one.state);
    desk_case_finish(&s.one);
}

Test(check, an_override_that_stands_is_replaced_knowingly) {
    struct small s;
    start(&s, DESK_OVERRIDE, "T08.4", "苍溪");
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    cr_expect_eq(s.one.decisions[0].more.override.until.n, on("2021-11-30").n);
    s.now.overridden = true;
    s.now.override_by = slice_of("孙七");
    s.now.override_until = on("2021-11-20");
    cr_expect_eq(check(&s), ERROR_CONFLICT);
    cr_expect_str_eq(s.one.state, "孙七 已另定为正常，到 2021-11-20 止");
    s.request.replace = true;
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    desk_case_finish(&s.one);
}

Test(check, nothing_held_is_nothing_to_confirm_and_no_red_none_to_release) {
    struct small s;
    start(&s, DESK_RELEASE, "T08.4", "苍溪");
    cr_expect_eq(check(&s), ERROR_CONFLICT);
    cr_expect_str_eq(s.err.message, "no red of 苍溪 低压线路 waits for release: its light is 正常");
    s.now.proposed = LIGHT_RED;
    s.now.light = LIGHT_YELLOW;
    cr_expect_eq(check(&s), ERROR_OK, "%s", s.err.message);
    cr_expect_eq(s.one.decisions[0].kind, EVENT_RELEASE);
    desk_case_finish(&s.one);
}

static bool sees_none(const void *context, const struct view *view, size_t cell) {
    (void)context;
    (void)view;
    (void)cell;
    return false;
}

/* However a thing that is another's is named, and however it stands: it is told as what is not there. */
Test(check, what_is_not_to_be_seen_is_not_there) {
    static const struct {
        enum desk_verb verb;
        const char *first, *second;
    } rows[] = {{DESK_RELEASE, "T08.4", "苍溪"},        {DESK_OVERRIDE, "T08.4", "苍溪"},
                {DESK_EXTENSION_GRANT, "E0007", NULL},  {DESK_EXTENSION_REFUSE, "T08.4", "苍溪"},
                {DESK_CLOSE_OUT_VERIFY, "K0004", NULL}, {DESK_RELEASE, "T08.4", "剑阁"},
                {DESK_EXTENSION_GRANT, "E0099", NULL},  {DESK_CLOSE_OUT_CHECK, "T08.4", "苍溪"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small s;
        start(&s, rows[i].verb, rows[i].first, rows[i].second);
        s.view.requests.extension_count = s.view.requests.close_out_count = 1;
        s.extension =
            (struct extension){.number = 7, .state = EXTENSION_GRANTED, .asked = &s.event, .decided = &s.event};
        s.close_out =
            (struct close_out){.number = 4, .state = CLOSE_OUT_CLOSED, .claimed = &s.event, .verified = &s.event};
        s.request.sees = sees_none;
        cr_expect_neq(check(&s), ERROR_OK, "row %zu", i);
        cr_expect(s.one.unknown, "row %zu: %s", i, s.err.message);
        cr_expect_str_eq(s.one.state, "", "row %zu", i);
        desk_case_finish(&s.one);
    }
}
