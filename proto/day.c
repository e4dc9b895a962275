#include "proto/day.h"

enum { YEAR_FIRST = 1900, YEAR_LAST = 2999, DAYS_OF_400_YEARS = 146097, EPOCH_FROM_YEAR_0_MARCH = 719468 };

static bool leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int day_month_length(int year, int month) {
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return 0;
    return month == 2 && leap(year) ? 29 : length[month - 1];
}

bool day_make(int year, int month, int mday, struct day *out) {
    if (year < YEAR_FIRST || year > YEAR_LAST || mday < 1 || mday > day_month_length(year, month)) return false;
    /* Years counted from March, so that the leap day is the last of its year. */
    int from_march = month > 2 ? month - 3 : month + 9;
    int y = month > 2 ? year : year - 1;
    int of_era = y % 400;
    int of_year = (153 * from_march + 2) / 5 + mday - 1;
    int day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    out->n = y / 400 * DAYS_OF_400_YEARS + day_of_era - EPOCH_FROM_YEAR_0_MARCH;
    return true;
}

void day_split(struct day d, int *year, int *month, int *mday) {
    int64_t n = (int64_t)d.n + EPOCH_FROM_YEAR_0_MARCH;
    int64_t era = (n >= 0 ? n : n - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
    int day_of_era = (int)(n - era * DAYS_OF_400_YEARS);
    int of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
    int from_march = (5 * of_year + 2) / 153;
    *mday = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int)(era * 400) + of_era + (*month <= 2 ? 1 : 0);
}

static bool digits(const char *text, size_t count, int *value) {
    int v = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        v = v * 10 + (text[i] - '0');
    }
    *value = v;
    return true;
}

bool day_parse(const char *text, size_t len, struct day *out) {
    int year = 0, month = 0, mday = 0;
    if (len != 10 || text[4] != '-' || text[7] != '-') return false;
    if (!digits(text, 4, &year) || !digits(text + 5, 2, &month) || !digits(text + 8, 2, &mday)) return false;
    return day_make(year, month, mday, out);
}

static char *put(char *at, int value, int places) {
    for (int i = places - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + places;
}

size_t day_print(struct day d, char out[DAY_TEXT_MAX]) {
    out[0] = '\0';
    int year = 0, month = 0, mday = 0;
    if (!day_is(d)) return 0;
    day_split(d, &year, &month, &mday);
    if (year < 0 || year > 9999) return 0; /* no day_make gives such a day */
    char *at = put(out, year, 4);
    *at++ = '-';
    at = put(at, month, 2);
    *at++ = '-';
    at = put(at, mday, 2);
    *at = '\0';
    return (size_t)(at - out);
}

int day_weekday(struct day d) {
    int64_t n = ((int64_t)d.n + 4) % 7; /* 1970-01-01 was a Thursday */
    return (int)(n < 0 ? n + 7 : n);
}
