#include "proto/codes.h"

#include <criterion/criterion.h>
#include <string.h>

static void check(const struct code_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        cr_expect(i == 0 || rows[i].number > rows[i - 1].number, "%s", rows[i].name);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(rows[i].name, rows[j].name);
        cr_expect(strlen(rows[i].english) > 0 && strlen(rows[i].chinese) > 0, "%s", rows[i].name);
    }
}

Test(codes, tables_are_ordered_and_complete) {
    size_t count = 0;
    const struct code_row *rows = quarantine_rows(&count);
    check(rows, count);
    cr_expect_eq(count, 31);
    rows = wire_error_rows(&count);
    check(rows, count);
    cr_expect_eq(count, 12);
    for (size_t i = 0; i < count; i++)
        cr_expect(rows[i].class >= ERROR_CLASS_NEVER && rows[i].class <= ERROR_CLASS_REHELLO);
}

/* Numbers that stand in databases and in other people's agents. */
Test(codes, numbers_are_fixed_for_ever) {
    cr_expect_str_eq(quarantine_name(20), "OUT_OF_SCOPE");
    cr_expect_str_eq(quarantine_name(30), "UNKNOWN_TARGET");
    cr_expect_str_eq(quarantine_name(52), "TOO_MANY_DECIMALS");
    cr_expect_str_eq(wire_error_name(1), "FENCED");
    cr_expect_str_eq(wire_error_name(17), "UNKNOWN_EPOCH");
    cr_expect_str_eq(wire_error_name(33), "TOO_LARGE");
    cr_expect_str_eq(wire_error_name(999), "UNKNOWN");
    cr_expect_str_eq(quarantine_row(0)->name, "UNKNOWN");
    cr_expect_eq(wire_error_row(WIRE_DRAINING)->class, ERROR_CLASS_LATER);
}
