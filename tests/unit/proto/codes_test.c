#include "proto/codes.h"

#include "proto/event.h"

#include <criterion/criterion.h>
#include <stdio.h>
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
    cr_expect_eq(count, 30);
    rows = wire_error_rows(&count);
    check(rows, count);
    cr_expect_eq(count, 12);
    for (size_t i = 0; i < count; i++)
        cr_expect(rows[i].class >= ERROR_CLASS_NEVER && rows[i].class <= ERROR_CLASS_REHELLO);
}

static char readme[65536];

static void in_readme(unsigned number, const char *name) {
    char row[128];
    snprintf(row, sizeof row, "\n| %u | %s | ", number, name);
    cr_expect(strstr(readme, row), "proto/README.md has no row%s", row);
}

Test(codes, readme_has_every_row) {
    FILE *file = fopen(DUBAN_SOURCE_DIR "/proto/README.md", "r");
    cr_assert(file);
    readme[fread(readme, 1, sizeof readme - 1, file)] = '\0';
    fclose(file);
    size_t count = 0;
    const struct code_row *rows = quarantine_rows(&count);
    for (size_t i = 0; i < count; i++)
        in_readme(rows[i].number, rows[i].name);
    rows = wire_error_rows(&count);
    for (size_t i = 0; i < count; i++)
        in_readme(rows[i].number, rows[i].name);
    for (unsigned kind = 1; kind < 64; kind++)
        if (strcmp(event_kind_name(kind), "kind") != 0) in_readme(kind, event_kind_name(kind));
    for (unsigned field = 1; field <= 15; field++)
        in_readme(field, event_field_name(field));
}

Test(codes, refusals_of_the_decoder) {
    cr_expect_eq(quarantine_of_decode(PROTO_NOT_CANONICAL, 6), QUARANTINE_NOT_CANONICAL);
    cr_expect_eq(quarantine_of_decode(PROTO_TOO_LARGE, 0), QUARANTINE_EVENT_TOO_LARGE);
    cr_expect_eq(quarantine_of_decode(PROTO_TOO_LARGE, 12), QUARANTINE_TEXT_TOO_LONG);
    cr_expect_eq(quarantine_of_decode(PROTO_RANGE, 12), QUARANTINE_TEXT_CONTROL);
    cr_expect_eq(quarantine_of_decode(PROTO_RANGE, 5), QUARANTINE_AS_OF_OUT_OF_RANGE);
    cr_expect_eq(quarantine_of_decode(PROTO_SYNTAX, 15), QUARANTINE_BAD_MORE);
    cr_expect_eq(quarantine_of_decode(PROTO_TRUNCATED, 0), QUARANTINE_NOT_AN_EVENT);
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
