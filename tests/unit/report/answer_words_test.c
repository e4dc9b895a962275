#include "common/report/answer_words.h"

#include <criterion/criterion.h>

Test(answer_words, each_end_of_a_promise_and_each_refusal_is_chinese) {
    static const char *const outcomes[] = {"answer", "standing", "kept", "broken", "worse", "replaced", "reversed"};
    static const char *const refusals[] = {"no_such_number", "no_such_item", "not_yours", "over", "past"};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        struct answer_row answer = {.outcome = outcomes[i], .refused = ""};
        cr_expect((unsigned char)*answer_outcome_words(&answer) >= 0xe4, "%s", outcomes[i]);
    }
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct answer_row answer = {.outcome = "", .refused = refusals[i]};
        cr_expect((unsigned char)*answer_outcome_words(&answer) >= 0xe4, "%s", refusals[i]);
    }
}
