/* A calendar day, as days since 1970-01-01 (proleptic Gregorian). A one-field struct so that it cannot be mixed with
 * a count. DAY_NONE stands for "no day". Pure. */
#ifndef DUBAN_PROTO_DAY_H
#define DUBAN_PROTO_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct day {
    int32_t n;
};

#define DAY_NONE ((struct day){INT32_MIN})

enum { DAY_TEXT_MAX = 16 };

static inline bool day_is(struct day d) {
    return d.n != INT32_MIN;
}

/* A real day of the years 1900 to 2999; else false. */
__attribute__((warn_unused_result)) bool day_make(int year, int month, int mday, struct day *out);

/* The parts of a day; month 1-12, mday 1-31. d must be a day. */
void day_split(struct day d, int *year, int *month, int *mday);

/* Reads exactly "YYYY-MM-DD" and refuses days that do not exist (2021-02-30). */
__attribute__((warn_unused_result)) bool day_parse(const char *text, size_t len, struct day *out);

/* Writes "YYYY-MM-DD" with a final NUL; "" for DAY_NONE. Returns the length. */
size_t day_print(struct day d, char out[DAY_TEXT_MAX]);

int day_weekday(struct day d); /* 0 Sunday … 6 Saturday */
int day_month_length(int year, int month);

#endif
