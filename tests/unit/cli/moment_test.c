#include "services/cli/moment.h"

#include <criterion/criterion.h>
#include <string.h>

static struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

static struct day on(const char *text) {
    struct day out;
    cr_assert(day_parse(text, strlen(text), &out), "%s", text);
    return out;
}

Test(moment, without_options_is_now) {
    struct moment moment;
    struct instant now = at("2021-11-08T08:30:00+08:00");
    cr_assert_eq(moment_resolve(NULL, NULL, now, &moment, NULL), ERROR_OK);
    cr_assert_eq(moment.as_of.n, on("2021-11-08").n);
    cr_assert_eq(moment.known_at.ms, now.ms);
    cr_assert_not(moment.past);
}

/* "--as-of alone: known-at = now" */
Test(moment, as_of_alone_is_seen_from_now) {
    struct moment moment;
    struct instant now = at("2021-11-08T08:30:00+08:00");
    cr_assert_eq(moment_resolve("2021-06-30", NULL, now, &moment, NULL), ERROR_OK);
    cr_assert_eq(moment.as_of.n, on("2021-06-30").n);
    cr_assert_eq(moment.known_at.ms, now.ms);
}

/* "a bare day = all committed before its end; --known-at alone sets D to its day" */
Test(moment, a_bare_known_at_is_the_whole_day) {
    struct moment moment;
    cr_assert_eq(moment_resolve(NULL, "2021-06-30", at("2021-11-08T08:30:00+08:00"), &moment, NULL), ERROR_OK);
    cr_assert_eq(moment.as_of.n, on("2021-06-30").n);
    cr_assert_eq(moment_before(&moment).ms, at("2021-07-01T00:00:00+08:00").ms);
    cr_assert(moment.past);
}

/* "today := the earlier of D and T's day" */
Test(moment, as_of_never_lies_after_known_at) {
    struct moment moment;
    cr_assert_eq(moment_resolve("2021-07-31", "2021-06-30", at("2021-11-08T08:30:00+08:00"), &moment, NULL), ERROR_OK);
    cr_assert_eq(moment.as_of.n, on("2021-06-30").n);
}

Test(moment, an_instant_counts_itself) {
    struct moment moment;
    cr_assert_eq(moment_resolve(NULL, "2021-06-30T12:00:00+08:00", at("2021-11-08T08:30:00+08:00"), &moment, NULL),
                 ERROR_OK);
    cr_assert_eq(moment_before(&moment).ms, at("2021-06-30T12:00:00+08:00").ms + 1);
}

/* Nothing is known of what is to come: a view must not say "online" or "not reported" of a day nobody has seen. */
Test(moment, known_at_never_lies_after_now) {
    static const char *const later[] = {"2021-11-08", "2030-01-01", "2021-11-08T09:00:00+08:00"};
    struct instant now = at("2021-11-08T08:30:00+08:00");
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        struct moment moment;
        cr_assert_eq(moment_resolve(NULL, later[i], now, &moment, NULL), ERROR_OK);
        cr_expect_eq(moment.known_at.ms, now.ms, "%s", later[i]);
        cr_expect_eq(moment.as_of.n, on("2021-11-08").n, "%s", later[i]);
        cr_expect_not(moment.past, "%s", later[i]);
    }
}

Test(moment, nonsense_is_usage) {
    static const char *const wrong[] = {"2021-02-30", "yesterday", "", "2021-6-30", "30.6.2021"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct moment moment;
        struct error err = {0};
        cr_assert_eq(moment_resolve(wrong[i], NULL, at("2021-11-08T08:30:00+08:00"), &moment, &err), ERROR_USAGE, "%s",
                     wrong[i]);
        cr_assert_eq(moment_resolve(NULL, wrong[i], at("2021-11-08T08:30:00+08:00"), &moment, &err), ERROR_USAGE, "%s",
                     wrong[i]);
        cr_assert(strstr(err.message, wrong[i]), "%s", err.message);
    }
}
