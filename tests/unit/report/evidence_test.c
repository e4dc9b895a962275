#include "common/report/evidence.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

/* 57, then 51 without a reason: 57 stands, 51 is held (DOMAIN's own case). */
Test(evidence, what_became_of_each_event) {
    struct cell_event events[4] = {{.kind = EVENT_FIGURE, .known_at = {1}},
                                   {.kind = EVENT_FIGURE, .known_at = {2}},
                                   {.kind = EVENT_CONFIRM, .known_at = {3}},
                                   {.kind = EVENT_FIGURE, .known_at = {4}}};
    struct standing standing = {.event = 0, .figure = {.form = FIGURE_VALUE, .value = {57, 0}}, .effective = {1}};
    struct held held = {.event = 1,
                        .figure = {.form = FIGURE_VALUE, .value = {51, 0}},
                        .causes = HOLD_FALL | HOLD_CHANGED,
                        .has_standing = true,
                        .standing = standing.figure};
    struct ledger ledger = {.standing = &standing, .standing_count = 1, .held = &held, .held_count = 1};
    static const struct {
        const char *token, *words;
        bool held;
    } rows[] = {{"standing", "采用", false},
                {"held", "待核：下降、改数（现按 57）", true},
                {"decision", "", false},
                {"replaced", "已被后来的替代", false}};
    for (size_t i = 0; i < 4; i++) {
        struct evidence evidence = evidence_of(&ledger, events, i);
        cr_expect_str_eq(evidence.token, rows[i].token);
        cr_expect_str_eq(evidence.words, rows[i].words);
        cr_expect_eq(evidence.held, rows[i].held);
    }
}

/* "口径 青川 直连道路 县报37.5 交通局36.9（10-31）": both figures, and of which day. */
Test(evidence, a_second_source_is_named_with_its_figure_and_day) {
    struct second_source source = {.reporter = slice_of("市交通运输局"),
                                   .figure = {.form = FIGURE_VALUE, .value = {369, 1}}};
    CLEAN(buffer_finish) struct buffer out = {0};
    cr_assert(day_parse("2021-10-31", 10, &source.as_of));
    second_source_words(&source, &out);
    cr_expect_str_eq(buffer_text(&out), "市交通运输局报36.9（10-31）");
}
