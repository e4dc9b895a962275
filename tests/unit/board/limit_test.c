/* Logins that fail: five an account and twenty an address in a quarter of an hour. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/base/cleanup.h"
#include "services/board/limit.h"

static const uint8_t salt[LIMIT_SALT] = {1, 2, 3};

static struct tick at(int64_t minutes) {
    return (struct tick){1000000 + minutes * MS_MINUTE};
}

Test(limit, five_of_an_account_whoever_asks_from_wherever) {
    CLEAN(limits_finish) struct limits limits;
    char peer[16];
    cr_assert(limits_init(&limits, salt));
    for (int i = 0; i < 5; i++) {
        cr_expect_eq(limits_wait_s(&limits, "李四", "192.0.2.1", at(i)), 0, "try %d", i);
        (void)snprintf(peer, sizeof peer, "192.0.2.%d", i);
        limits_failed(&limits, "李四", peer, at(i));
    }
    cr_expect_eq(limits_wait_s(&limits, "李四", "198.51.100.1", at(5)), 600,
                 "until the first is a quarter of an hour old");
    cr_expect_eq(limits_wait_s(&limits, "孙七", "198.51.100.1", at(5)), 0, "another account is heard");
    cr_expect_eq(limits_wait_s(&limits, "李四", "198.51.100.1", (struct tick){at(15).ms - 1}), 1);
    cr_expect_eq(limits_wait_s(&limits, "李四", "198.51.100.1", at(15)), 0);
    limits_failed(&limits, "李四", "198.51.100.1", at(15));
    cr_expect_eq(limits_wait_s(&limits, "李四", "198.51.100.1", at(15)), 60, "the next one is that of minute 1");
}

Test(limit, twenty_of_an_address_whatever_the_names) {
    CLEAN(limits_finish) struct limits limits;
    char name[16];
    cr_assert(limits_init(&limits, salt));
    for (int i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        cr_expect_eq(limits_wait_s(&limits, name, "192.0.2.1", at(0)), 0, "try %d", i);
        limits_failed(&limits, name, "192.0.2.1", at(0));
    }
    cr_expect_eq(limits_wait_s(&limits, "other", "192.0.2.1", at(0)), 900);
    cr_expect_eq(limits_wait_s(&limits, "other", "192.0.2.2", at(0)), 0);
    cr_expect_eq(limits_wait_s(&limits, "192.0.2.1", "x", at(0)), 0, "a name is no address");
}

Test(limit, who_got_in_begins_anew_but_not_his_address_for_others) {
    CLEAN(limits_finish) struct limits limits;
    char name[16];
    cr_assert(limits_init(&limits, salt));
    for (int i = 0; i < 16; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        limits_failed(&limits, name, "192.0.2.1", at(0));
    }
    for (int i = 0; i < 4; i++)
        limits_failed(&limits, "李四", "192.0.2.1", at(0));
    cr_expect_gt(limits_wait_s(&limits, "李四", "192.0.2.1", at(0)), 0, "the address is at its end");
    limits_passed(&limits, "李四", "192.0.2.1");
    cr_expect_eq(limits_wait_s(&limits, "李四", "192.0.2.1", at(0)), 0);
    for (int i = 0; i < 4; i++)
        limits_failed(&limits, "孙七", "192.0.2.1", at(1));
    cr_expect_gt(limits_wait_s(&limits, "赵六", "192.0.2.1", at(1)), 0, "sixteen and four");
}

Test(limit, memory_is_bounded_and_the_newest_counts) {
    CLEAN(limits_finish) struct limits limits;
    char name[16];
    cr_assert(limits_init(&limits, salt));
    for (int i = 0; i < LIMIT_KEPT + 100; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        limits_failed(&limits, name, name, at(0));
    }
    for (int i = 0; i < 5; i++)
        limits_failed(&limits, "李四", "p", at(0));
    cr_expect_eq(limits.count, LIMIT_KEPT);
    cr_expect_gt(limits_wait_s(&limits, "李四", "x", at(0)), 0);
}
