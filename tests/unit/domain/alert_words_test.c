#include "common/domain/alert_words.h"

#include <criterion/criterion.h>

Test(alert_words, every_token_is_found_again) {
    for (int i = 0; i < ALERT_RULES; i++) {
        enum alert_rule found;
        cr_assert(alert_rule_find(slice_of(alert_rule_name((enum alert_rule)i)), &found));
        cr_assert_eq((int)found, i);
        cr_assert(alert_rule_word((enum alert_rule)i));
    }
    for (int i = ALERT_OPEN; i <= ALERT_RESOLVED; i++) {
        enum alert_state found;
        cr_assert(alert_state_find(slice_of(alert_state_name((enum alert_state)i)), &found));
        cr_assert_eq((int)found, i);
    }
    for (int i = RUNG_REMINDED; i <= RUNG_RED_CARD; i++) {
        enum alert_rung found;
        cr_assert(alert_rung_find(slice_of(alert_rung_name((enum alert_rung)i)), &found));
        cr_assert_eq((int)found, i);
        cr_assert(alert_rung_word((enum alert_rung)i));
        cr_assert_eq(alert_rung_step((enum alert_rung)i) == NULL, i == RUNG_REMINDED);
    }
    for (int i = ANSWERED; i <= PROMISE_REVERSED; i++) {
        enum answer_outcome found;
        cr_assert(answer_outcome_find(slice_of(answer_outcome_name((enum answer_outcome)i)), &found));
        cr_assert_eq((int)found, i);
    }
}

Test(alert_words, the_store_and_the_rules_file_agree_on_the_tokens) {
    cr_assert_str_eq(answer_outcome_name(ANSWERED), "answer");
    cr_assert_str_eq(answer_outcome_name(PROMISE_STANDING), "standing");
    cr_assert_str_eq(answer_outcome_name(PROMISE_KEPT), "kept");
    cr_assert_str_eq(answer_outcome_name(PROMISE_BROKEN), "broken");
    cr_assert_str_eq(answer_outcome_name(PROMISE_WORSE), "worse");
    cr_assert_str_eq(answer_outcome_name(PROMISE_REPLACED), "replaced");
    cr_assert_str_eq(answer_outcome_name(PROMISE_REVERSED), "reversed");
    cr_assert_str_eq(alert_rung_name(RUNG_URGED), "urge");
    cr_assert_str_eq(alert_rung_step(RUNG_URGED), "urged");
    cr_assert_str_eq(alert_rule_name(ALERT_UNDELIVERABLE), "undeliverable");
    cr_assert_str_eq(alert_rule_name(ALERT_CALENDAR), "calendar");
    cr_assert_str_eq(alert_rule_name(ALERT_STUCK), "stuck");
}

Test(alert_words, what_nobody_wrote_is_not_found) {
    enum alert_rule rule;
    enum answer_outcome outcome;
    cr_assert(!alert_rule_find(slice_of("slip"), &rule));
    cr_assert(!alert_rule_find((struct slice){0}, &rule));
    cr_assert(!answer_outcome_find(slice_of(""), &outcome));
    cr_assert_eq(alert_level_rung(slice_of("yellow_card")), RUNG_YELLOW_CARD);
    cr_assert_eq(alert_level_rung(slice_of("red_card")), RUNG_RED_CARD);
    cr_assert_eq(alert_level_rung(slice_of("circular")), RUNG_RED_CARD);
    cr_assert_eq(alert_level_rung(slice_of("blue_card")), RUNG_REMINDED);
    cr_assert_str_eq(alert_cause_words("of a later duban"), "of a later duban");
    cr_assert_str_eq(alert_cause_words("promise_broken"), "承诺到期未办结");
}
