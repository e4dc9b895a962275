#include "common/domain/decision.h"

#include "tests/unit/domain/office.h"

Test(decision, stands_until_the_reversal_that_names_it_is_known) {
    struct programme p;
    windows_start(&p);
    struct cell_event *first = mute(&p, NULL, NULL, "2022-01-07");
    struct cell_event *second = mute(&p, NULL, NULL, "2022-01-08");
    take_back(&p, second->uid, "2022-01-11");
    cr_assert(decision_stands(p.events, p.count, 0, EVENT_MUTE, at("2022-01-20")));
    cr_assert(!decision_stands(p.events, p.count, 0, EVENT_ISSUE, at("2022-01-20")), "of another kind");
    cr_assert(!decision_stands(p.events, p.count, 1, EVENT_MUTE, at("2022-01-07")), "not known yet");
    cr_assert(decision_stands(p.events, p.count, 1, EVENT_MUTE, at("2022-01-10")));
    cr_assert(!decision_stands(p.events, p.count, 1, EVENT_MUTE, at("2022-01-11")),
              "what is known at the instant counts");
    cr_assert_eq(decision_reversal(p.events, p.count, second->uid, at("2022-01-11")), 2);
    cr_assert_eq(decision_reversal(p.events, p.count, first->uid, at("2022-01-11")), NO_INDEX);
}
