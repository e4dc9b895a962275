#include "common/desk/request_choice.h"

#include <criterion/criterion.h>
#include <string.h>

/* One task led by unit 0, one target of it, one county's cell. */
struct small {
    struct area area;
    struct unit units[2];
    size_t leads[1];
    struct task task;
    struct target target;
    struct cell cell;
    struct plan plan;
    struct view view;
    const char *words[2];
    size_t count;
    struct desk_event event;
    struct extension extensions[2];
    struct close_out close_outs[2];
};

static void start(struct small *s, const char *first, const char *second) {
    *s = (struct small){
        .area = {.code = "510824", .name = "苍溪县", .short_name = "苍溪"},
        .units = {{.name = "市发展改革委"}, {.name = "市供电公司"}},
        .task = {.code = "T08", .lead_count = 1},
        .target = {.code = "T08.4", .name = "低压线路", .short_name = "低压线路", .kind = KIND_CUMULATIVE}};
    s->task.leads = s->leads;
    s->plan = (struct plan){.areas = &s->area,
                            .area_count = 1,
                            .city = NO_INDEX,
                            .units = s->units,
                            .unit_count = 2,
                            .tasks = &s->task,
                            .task_count = 1,
                            .targets = &s->target,
                            .target_count = 1,
                            .cells = &s->cell,
                            .cell_count = 1};
    s->target.cell_count = 1;
    s->view.plan = &s->plan;
    s->view.requests = (struct requests){.extensions = s->extensions, .close_outs = s->close_outs};
    s->words[s->count++] = first;
    if (second) s->words[s->count++] = second;
}

Test(request_choice, a_wrong_number_is_answered_with_those_that_wait) {
    struct small s;
    struct error err = {0};
    const struct extension *asked;
    size_t cell;
    start(&s, "E0009", NULL);
    s.view.requests.extension_count = 2;
    s.extensions[0] = (struct extension){.number = 3, .state = EXTENSION_WAITING};
    s.extensions[1] = (struct extension){.number = 5, .state = EXTENSION_GRANTED, .decided = &s.event};
    cr_expect_eq(extension_named(&s.view, s.words, s.count, true, &cell, &asked, &err), ERROR_NOT_FOUND);
    cr_expect_str_eq(err.message, "there is no extension E0009; these wait: E0003");
    s.words[0] = "E0003";
    cr_expect_eq(extension_named(&s.view, s.words, s.count, true, &cell, &asked, &err), ERROR_OK, "%s", err.message);
    cr_expect(asked == &s.extensions[0] && cell == 0);
    s.words[0] = "E0005";
    s.event.event.uid[0] = 0x8b;
    cr_expect_eq(extension_named(&s.view, s.words, s.count, true, &cell, &asked, &err), ERROR_CONFLICT);
    cr_expect(strstr(err.message, "duban reverse 8b000000"), "%s", err.message);
    s.words[0] = "K0003";
    cr_expect_eq(extension_named(&s.view, s.words, s.count, true, &cell, &asked, &err), ERROR_USAGE, "%s", err.message);
}

Test(request_choice, a_cell_may_be_extended_without_having_asked_but_not_refused) {
    struct small s;
    struct error err = {0};
    const struct extension *asked;
    size_t cell;
    start(&s, "T08.4", "苍溪");
    cr_expect_eq(extension_named(&s.view, s.words, s.count, false, &cell, &asked, &err), ERROR_OK, "%s", err.message);
    cr_expect_null(asked);
    cr_expect_eq(extension_named(&s.view, s.words, s.count, true, &cell, &asked, &err), ERROR_CONFLICT);
}

Test(request_choice, what_can_be_closed) {
    static const struct {
        enum target_kind kind;
        bool rollup, no_task, can;
    } rows[] = {{KIND_CUMULATIVE, false, false, true}, {KIND_MILESTONE, false, false, true},
                {KIND_RATIO, false, false, true},      {KIND_HOLD, false, false, false},
                {KIND_ACTIVITY, false, false, false},  {KIND_PARAMETER, false, false, false},
                {KIND_CUMULATIVE, true, false, false}, {KIND_CUMULATIVE, false, true, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small s;
        struct error err = {0};
        start(&s, "T08.4", "苍溪");
        s.target.kind = rows[i].kind;
        s.cell.rollup = rows[i].rollup;
        s.cell.no_task = rows[i].no_task;
        cr_expect_eq(close_out_possible(&s.view, 0, &err) == ERROR_OK, rows[i].can, "row %zu: %s", i, err.message);
    }
}

/* Nobody checks himself: where the lead reports, the office alone verifies. */
Test(request_choice, the_lead_checks_what_it_did_not_report) {
    struct small s;
    start(&s, "T08.4", "苍溪");
    cr_expect(close_out_wants_lead(&s.view, 0));
    s.target.reporter = REPORTER_UNIT;
    s.target.reporter_unit = 0;
    cr_expect_not(close_out_wants_lead(&s.view, 0));
    s.target.reporter_unit = 1;
    cr_expect(close_out_wants_lead(&s.view, 0));
    s.target.reporter = REPORTER_OFFICE;
    cr_expect_not(close_out_wants_lead(&s.view, 0));
    s.target.reporter = REPORTER_COUNTY;
    s.task.lead_count = 0;
    cr_expect_not(close_out_wants_lead(&s.view, 0));
}

Test(request_choice, a_close_out_by_number_or_by_its_cell) {
    struct small s;
    struct error err = {0};
    const struct close_out *claimed;
    start(&s, "T08.4", "苍溪");
    cr_expect_eq(close_out_named(&s.view, s.words, s.count, &claimed, &err), ERROR_CONFLICT);
    cr_expect(strstr(err.message, "销号申请.csv"), "%s", err.message);
    s.view.requests.close_out_count = 2;
    s.close_outs[0] = (struct close_out){.number = 1, .state = CLOSE_OUT_REFUSED};
    s.close_outs[1] = (struct close_out){.number = 4, .state = CLOSE_OUT_CLAIMED};
    cr_expect_eq(close_out_named(&s.view, s.words, s.count, &claimed, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(claimed, &s.close_outs[1]);
    s.count = 1;
    s.words[0] = "K0001";
    cr_expect_eq(close_out_named(&s.view, s.words, s.count, &claimed, &err), ERROR_OK);
    cr_expect_eq(claimed, &s.close_outs[0]);
    s.words[0] = "K0002";
    cr_expect_eq(close_out_named(&s.view, s.words, s.count, &claimed, &err), ERROR_NOT_FOUND);
    cr_expect_str_eq(err.message, "there is no close-out K0002; these are under way: K0004");
}
