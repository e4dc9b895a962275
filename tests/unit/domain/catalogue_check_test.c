/* Does this event fit the plan: one row a rule. */
#include "common/domain/catalogue.h"

#include "plan_texts.h"
#include "proto/codes.h"

static struct event figure_of(const char *target, const char *area, const char *as_of, struct figure figure) {
    return (struct event){.kind = EVENT_FIGURE,
                          .target = slice_of(target),
                          .area = slice_of(area),
                          .as_of = as_of ? day_from(as_of) : DAY_NONE,
                          .figure = figure};
}

static struct figure value(int64_t mantissa, uint8_t scale) {
    return (struct figure){.form = FIGURE_VALUE, .value = {mantissa, scale}};
}
static struct figure fraction(int64_t n, int64_t d) {
    return (struct figure){.form = FIGURE_FRACTION, .value = {n, 0}, .denominator = {d, 0}};
}
static struct figure done(void) {
    return (struct figure){.form = FIGURE_DONE, .done = true};
}
static struct figure none(void) {
    return (struct figure){.form = FIGURE_NONE};
}

Test(catalogue_check, figures) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = catalogue_create(plan);
    const struct {
        const char *target, *area, *as_of;
        struct figure figure;
        unsigned code, field;
    } rows[] = {
        {"T06.1", "510822", "2021-09-30", value(310, 1), QUARANTINE_NONE,
         0}, /* 31.0, canonical or not is proto's affair */
        {"T06.1", "510822", "2021-09-30", value(31, 0), QUARANTINE_NONE, 0},
        {"T99.1", "510822", "2021-09-30", value(31, 0), QUARANTINE_UNKNOWN_TARGET, 3},
        {NULL, "510822", "2021-09-30", value(31, 0), QUARANTINE_TARGET_MISSING, 3},
        {"T06", "510822", "2021-09-30", value(31, 0), QUARANTINE_UNKNOWN_TARGET, 3},
        {"T06.1", NULL, "2021-09-30", value(31, 0), QUARANTINE_AREA_MISSING, 4},
        {"T06.1", "510822103", "2021-09-30", value(31, 0), QUARANTINE_UNKNOWN_AREA, 4}, /* a township */
        {"T06.1", "510800", "2021-09-30", value(31, 0), QUARANTINE_NO_CELL, 4},         /* a roll-up */
        {"T08.1", "510812", "2021-09-30", value(1, 0), QUARANTINE_NO_CELL, 4},          /* no task */
        {"T17.3", "510812", "2021-09-30", value(1, 0), QUARANTINE_NO_CELL, 4},          /* no baseline */
        {"T06.4", "510802", "2021-09-30", done(), QUARANTINE_NO_CELL, 4},
        {"T13.4", "510800", "2021-09-30", value(1, 0), QUARANTINE_WORDS_ONLY, 6},
        {"T06.5", "510800", "2021-09-30", value(1, 0), QUARANTINE_WORDS_ONLY, 6},
        {"T06.1", "510822", NULL, value(31, 0), QUARANTINE_AS_OF_MISSING, 5},
        {"T06.1", "510822", "2020-12-31", value(31, 0), QUARANTINE_AS_OF_OUT_OF_RANGE, 5},
        {"T06.1", "510822", "2021-01-01", value(0, 0), QUARANTINE_NONE, 0},
        {"T06.1", "510822", "2021-12-31", value(31, 0), QUARANTINE_NONE,
         0}, /* a later day than today's is held, not refused */
        {"T06.1", "510822", "2032-06-30", value(31, 0), QUARANTINE_AS_OF_OUT_OF_RANGE, 5},
        {"T06.1", "510822", "2021-09-30", none(), QUARANTINE_FIGURE_MISSING, 6},
        {"T06.1", "510822", "2021-09-30", done(), QUARANTINE_BAD_FIGURE_FORM, 6},
        {"T06.1", "510822", "2021-09-30", fraction(1, 2), QUARANTINE_BAD_FIGURE_FORM, 6},
        {"T06.1", "510822", "2021-09-30", value(3155, 2), QUARANTINE_TOO_MANY_DECIMALS, 6},
        {"T06.1", "510822", "2021-09-30", value(-1, 0), QUARANTINE_NEGATIVE, 6},
        {"T06.1", "510822", "2021-09-30", value(1000000000000001, 0), QUARANTINE_VALUE_OUT_OF_RANGE, 6},
        {"T06.1", "510822", "2021-09-30", value(1000000000000000, 0), QUARANTINE_NONE, 0},
        {"T08.3", "510822", "2021-09-30", value(10201, 3), QUARANTINE_NONE, 0},
        {"T06.4", "510822", "2021-09-30", done(), QUARANTINE_NONE, 0},
        {"T06.4", "510822", "2021-09-30", value(1, 0), QUARANTINE_BAD_FIGURE_FORM, 6},
        {"T03.1", "510800", "2021-09-30", done(), QUARANTINE_NONE, 0},
        {"T02.1", "510802", "2021-09-30", fraction(200, 412), QUARANTINE_NONE, 0},
        {"T02.1", "510802", "2021-09-30", fraction(200, 400), QUARANTINE_NONE,
         0}, /* another denominator is held by the centre */
        {"T02.1", "510802", "2021-09-30", fraction(413, 412), QUARANTINE_NUMERATOR_ABOVE_DENOMINATOR, 6},
        {"T02.1", "510802", "2021-09-30", fraction(0, 0), QUARANTINE_DENOMINATOR_ZERO, 6},
        {"T02.1", "510802", "2021-09-30", fraction(-1, 412), QUARANTINE_NEGATIVE, 6},
        {"T02.1", "510802", "2021-09-30", value(485, 1), QUARANTINE_NONE,
         0}, /* a bare per cent of a declared denominator */
        {"T02.1", "510802", "2021-09-30", value(4854, 2), QUARANTINE_TOO_MANY_DECIMALS, 6},
        {"T02.1", "510802", "2021-09-30", value(1200, 1), QUARANTINE_NONE, 0},      /* above 100 is held */
        {"T08.11", "510802", "2021-09-30", fraction(300, 200), QUARANTINE_NONE, 0}, /* an average may exceed 1 */
        {"T08.11", "510802", "2021-09-30", value(15, 1), QUARANTINE_BAD_FIGURE_FORM, 6},
        {"T13.6", "510802", "2021-06-30", fraction(87, 100), QUARANTINE_NONE, 0},
        {"T13.6", "510802", "2021-06-30", value(87, 0), QUARANTINE_NONE, 0},
        {"T17.1", "510802", "2021-09-30", fraction(12, 17), QUARANTINE_NONE, 0},
        {"T17.1", "510802", "2021-09-30", value(12, 0), QUARANTINE_NONE, 0},
        {"T17.1", "510802", "2021-09-30", value(18, 0), QUARANTINE_NUMERATOR_ABOVE_DENOMINATOR, 6},
        {"T17.1", "510802", "2021-09-30", value(125, 1), QUARANTINE_TOO_MANY_DECIMALS, 6},
        {"T17.3", "510802", "2021-09-30", value(8650000050, 2), QUARANTINE_NONE, 0},
    };
    struct day today = day_from("2021-10-08");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = figure_of(rows[i].target, rows[i].area, rows[i].as_of, rows[i].figure);
        struct misfit misfit = catalogue_check_event(catalogue, &event, today);
        cr_expect_eq(misfit.code, rows[i].code, "row %zu (%s): code %u, not %u", i, rows[i].target, misfit.code,
                     rows[i].code);
        cr_expect_eq(misfit.field, rows[i].field, "row %zu: field %u", i, misfit.field);
        cr_expect_eq(misfit.hint[0] != '\0', misfit.code != 0, "row %zu: a hint with a misfit, and only then", i);
    }
}

Test(catalogue_check, other_events) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = catalogue_create(plan);
    struct day today = day_from("2021-10-08");
    const struct {
        struct event event;
        unsigned code, field;
    } rows[] = {
        {{.kind = EVENT_RECEIPT, .as_of = DAY_NONE}, QUARANTINE_NONE, 0},
        {{.kind = EVENT_WORDS, .target = slice_of("T07"), .area = slice_of("510802"), .as_of = DAY_NONE},
         QUARANTINE_NONE,
         0},
        {{.kind = EVENT_WORDS, .target = slice_of("T06.5"), .area = slice_of("510802"), .as_of = DAY_NONE},
         QUARANTINE_NONE,
         0},
        {{.kind = EVENT_WORDS, .as_of = DAY_NONE}, QUARANTINE_TARGET_MISSING, 3},
        {{.kind = EVENT_WORDS, .target = slice_of("T07"), .as_of = DAY_NONE, .blocked_by = slice_of("市应急局")},
         QUARANTINE_NONE,
         0},
        {{.kind = EVENT_WORDS, .target = slice_of("T07"), .as_of = DAY_NONE, .blocked_by = slice_of("市应急")},
         QUARANTINE_UNKNOWN_UNIT,
         13},
        {{.kind = EVENT_NO_CHANGE, .target = slice_of("T06.1"), .area = slice_of("510822"), .as_of = {18900}},
         QUARANTINE_NONE,
         0},
        {{.kind = EVENT_NO_CHANGE,
          .target = slice_of("T06.1"),
          .area = slice_of("510822"),
          .as_of = {18900},
          .figure = value(1, 0)},
         QUARANTINE_FIGURE_NOT_ALLOWED,
         6},
        {{.kind = EVENT_RETRACTION, .target = slice_of("T06.1"), .area = slice_of("510822"), .as_of = DAY_NONE},
         QUARANTINE_AS_OF_MISSING,
         5},
        {{.kind = EVENT_RETRACTION, .target = slice_of("T06.1"), .area = slice_of("510822"), .as_of = {18900}},
         QUARANTINE_NONE,
         0}, /* the figure of that day: its uid is not known */
        {{.kind = EVENT_RETRACTION, .target = slice_of("T06.1"), .area = slice_of("510822"), .as_of = {18627}},
         QUARANTINE_AS_OF_OUT_OF_RANGE,
         5}, /* 2020-12-31 */
        {{.kind = EVENT_RETRACTION,
          .target = slice_of("T06.1"),
          .area = slice_of("510822"),
          .as_of = DAY_NONE,
          .has_replaces = true},
         QUARANTINE_NONE,
         0},
        {{.kind = EVENT_CONFIRM, .target = slice_of("T06.1"), .area = slice_of("510800"), .as_of = DAY_NONE},
         QUARANTINE_NONE,
         0},
        {{.kind = EVENT_CONFIRM, .target = slice_of("T96.1"), .area = slice_of("510800"), .as_of = DAY_NONE},
         QUARANTINE_UNKNOWN_TARGET,
         3},
        {{.kind = 99, .target = slice_of("T96.1"), .as_of = DAY_NONE},
         QUARANTINE_NONE,
         0}, /* a kind of a later version */
        {{.kind = EVENT_RECEIPT, .target = slice_of("T96.1"), .as_of = DAY_NONE}, QUARANTINE_NONE, 0},
        {{.kind = EVENT_REPLY, .target = slice_of("T96.1"), .as_of = DAY_NONE}, QUARANTINE_UNKNOWN_TARGET, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct misfit misfit = catalogue_check_event(catalogue, &rows[i].event, today);
        cr_expect_eq(misfit.code, rows[i].code, "row %zu: code %u", i, misfit.code);
        cr_expect_eq(misfit.field, rows[i].field, "row %zu: field %u", i, misfit.field);
    }
}

/* Undated targets outlive the plan's years: a year and a day from today is within them, whatever the plan says. */
Test(catalogue_check, how_far_ahead) {
    CLEAN(plan_destroy) struct plan *plan = real_plan(true);
    CLEAN(catalogue_destroy) struct catalogue *catalogue = catalogue_create(plan);
    const struct {
        const char *today, *as_of;
        unsigned code;
    } rows[] = {
        {"2035-01-01", "2036-01-02", QUARANTINE_NONE},
        {"2035-01-01", "2036-01-03", QUARANTINE_AS_OF_OUT_OF_RANGE},
        {"2035-01-01", "2021-01-01", QUARANTINE_NONE},
        {"2035-01-01", "2020-12-31", QUARANTINE_AS_OF_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = figure_of("T06.1", "510822", rows[i].as_of, value(31, 0));
        struct misfit misfit = catalogue_check_event(catalogue, &event, day_from(rows[i].today));
        cr_expect_eq(misfit.code, rows[i].code, "%s on %s: code %u", rows[i].as_of, rows[i].today, misfit.code);
    }
}
