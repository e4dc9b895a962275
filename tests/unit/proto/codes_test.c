#include "proto/codes.h"

#include "tests/unit/proto/samples.h"

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
    cr_expect_eq(count, 28);
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

/* The table "at the edges" of the page, section 8: event 1 of section 9 with one piece of its bytes changed. */
Test(codes, at_the_edges) {
    const struct {
        const char *sample, *old, *new;
        enum quarantine_code code;
    } rows[] = {
        {"figure", "9f01c4100101", "8f01c4100101", QUARANTINE_NOT_AN_EVENT}, /* a map */
        {"figure", "9f01c4100101", "9e01c4100101", QUARANTINE_NOT_AN_EVENT},
        {"figure", "9f01c4100101", "9f00c4100101", QUARANTINE_NOT_AN_EVENT}, /* kind 0 */
        {"figure", "9f01c4100101", "9fffc4100101", QUARANTINE_NOT_AN_EVENT}, /* kind -1 */
        {"figure", "90c0", "90c0c0", QUARANTINE_NOT_AN_EVENT},               /* one byte behind the end */
        {"figure", "90c0", "90", QUARANTINE_NOT_AN_EVENT},
        {"figure", "a55430362e31", "a0", QUARANTINE_TEXT_CONTROL},
        {"figure", "a6353130383131", "a63531300a3131", QUARANTINE_TEXT_CONTROL},
        {"figure", "cd49d4", "d2ffff9c20", QUARANTINE_AS_OF_OUT_OF_RANGE}, /* -25568 = 1899-12-31 */
        {"figure", "cd49d4", "ce0005bd88", QUARANTINE_AS_OF_OUT_OF_RANGE}, /* 376200 = 3000-01-01 */
        {"figure", "cd49d4", "cb40d2750000000000", QUARANTINE_NOT_AN_EVENT},
        {"figure", "921f00", "cb403f000000000000", QUARANTINE_NOT_AN_EVENT},
        {"figure", "921f00", "921f0a", QUARANTINE_VALUE_OUT_OF_RANGE}, /* scale 10 */
        {"figure", "921f00", "92cf800000000000000000", QUARANTINE_VALUE_OUT_OF_RANGE},
        {"figure", "921f00", "92cd013601", QUARANTINE_NOT_CANONICAL}, /* 31.0 */
        {"figure", "cf0000017c53f90080", "ff", QUARANTINE_NOT_AN_EVENT}, /* reported_at -1 */
        {"figure", "a9e698ade58c96e58cba", "a0", QUARANTINE_TEXT_CONTROL},
        {"figure", "a9e698ade58c96e58cba", "c0", QUARANTINE_NOT_AN_EVENT},
        {"figure", "a9e698ade58c96e58cba", "a9e698ade58c96e58cff", QUARANTINE_TEXT_CONTROL},
        {"figure", "c0c0c0c0c090c0", "c0c0c0c0c091a0c0", QUARANTINE_TEXT_CONTROL}, /* an empty doubt */
        {"figure", "c0c0c0c0c090c0", "c0c0c0c0c0c0c0", QUARANTINE_NOT_AN_EVENT},   /* doubts nil */
        {"figure", "c0c0c0c0c090c0", "c0c0c0c0c09001", QUARANTINE_BAD_MORE},       /* more, and no array */
        {"later_kind", "9401fba178", "9401fba109", QUARANTINE_BAD_MORE},           /* a TAB within more */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[4096];
        size_t len = sample_changed(rows[i].sample, rows[i].old, rows[i].new, bytes, sizeof bytes);
        struct event event;
        unsigned field = 0;
        enum proto_code code = event_decode(bytes, len, &event, &field);
        cr_assert_neq(code, PROTO_OK, "%s → %s", rows[i].old, rows[i].new);
        cr_expect_eq(quarantine_of_decode(code, field), rows[i].code, "%s → %s: %s", rows[i].old, rows[i].new,
                     quarantine_name(quarantine_of_decode(code, field)));
    }
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
