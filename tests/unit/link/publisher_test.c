/* The publisher without a program around it; who may subscribe is tried with a foreign system in the alerter's tests. */
#include "common/link/publisher.h"

#include <criterion/criterion.h>
#include <string.h>

static struct error err;

static struct publisher *open_one(const char *listen, enum error_code wanted) {
    struct key_pair own;
    struct publisher *publisher = NULL;
    cr_assert_eq(key_pair_make(&own, &err), ERROR_OK, "%s", err.message);
    struct publisher_settings settings = {.listen = listen, .own = &own};
    cr_assert_eq(publisher_open(&settings, &publisher, &err), wanted, "%s", err.message);
    return publisher;
}

Test(publisher, says_where_it_listens_and_that_nobody_hears) {
    struct publisher *publisher = open_one("tcp://127.0.0.1:*", ERROR_OK);
    cr_expect(strstr(publisher_address(publisher), "127.0.0.1"), "%s", publisher_address(publisher));
    cr_expect_null(strchr(publisher_address(publisher), '*'), "the port really bound");
    cr_expect_eq(publisher_listeners(publisher), 0);
    cr_expect(publisher_send(publisher, slice_of("510823/T06"), slice_of("{}")), "and sending blocks nobody");
    publisher_close(&publisher);
    cr_expect_null(publisher);
    publisher_close(&publisher);
}

Test(publisher, a_port_that_is_taken_is_named) {
    struct publisher *first = open_one("tcp://127.0.0.1:*", ERROR_OK);
    struct publisher *second = open_one(publisher_address(first), ERROR_CONNECTION);
    cr_expect_null(second);
    cr_expect(strstr(err.message, publisher_address(first)), "%s", err.message);
    cr_expect_null(open_one("5559", ERROR_INPUT));
    publisher_close(&first);
}
