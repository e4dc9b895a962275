#include "services/collector/workbook_number.h"

#include <stdio.h>
#include <string.h>

#include "proto/day.h"

enum { PLACES_MAX = 40, EXPONENT_MAX = 9999, TIME_DIGITS = 9, DAY_SECONDS = 86400 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct scan {
    const char *at, *end;
    struct stored *out;
    bool any, dropped, up; /* a digit seen; digits beyond the fifteenth; the sixteenth was 5 or more */
};

static void take_digit(struct scan *scan, char digit, bool whole) {
    struct stored *out = scan->out;
    scan->any = true;
    if (out->count == 0 && digit == '0') {
        out->point -= !whole;
        return;
    }
    out->point += whole;
    if (out->count < STORED_DIGITS) {
        out->digits[out->count++] = digit;
    } else {
        if (!scan->dropped) scan->up = digit >= '5';
        scan->dropped = true;
    }
}

static void take_mantissa(struct scan *scan) {
    while (scan->at < scan->end && is_digit(*scan->at))
        take_digit(scan, *scan->at++, true);
    if (scan->at >= scan->end || *scan->at != '.') return;
    scan->at++;
    while (scan->at < scan->end && is_digit(*scan->at))
        take_digit(scan, *scan->at++, false);
}

static bool take_exponent(struct scan *scan) {
    if (scan->at >= scan->end || (*scan->at != 'E' && *scan->at != 'e')) return true;
    scan->at++;
    bool down = scan->at < scan->end && *scan->at == '-';
    if (scan->at < scan->end && (*scan->at == '-' || *scan->at == '+')) scan->at++;
    int exponent = 0;
    const char *begin = scan->at;
    for (; scan->at < scan->end && is_digit(*scan->at); scan->at++)
        if (exponent < EXPONENT_MAX) exponent = exponent * 10 + (*scan->at - '0');
    scan->out->point += down ? -exponent : exponent;
    return scan->at > begin;
}

static void round_up(struct stored *out) {
    int i = out->count;
    while (i > 0 && out->digits[i - 1] == '9')
        i--;
    if (i == 0) {
        out->digits[0] = '1';
        out->count = 1;
        out->point++;
        return;
    }
    out->digits[i - 1]++;
    out->count = i;
}

bool stored_read(struct slice text, struct stored *out) {
    *out = (struct stored){.negative = false};
    struct scan scan = {.at = text.ptr, .end = text.ptr + text.len, .out = out};
    if (text.len && (*scan.at == '-' || *scan.at == '+')) out->negative = *scan.at++ == '-';
    take_mantissa(&scan);
    if (!scan.any || !take_exponent(&scan) || scan.at != scan.end) return false;
    if (scan.up) round_up(out);
    while (out->count && out->digits[out->count - 1] == '0')
        out->count--;
    if (out->count == 0) *out = (struct stored){.negative = false};
    return out->point <= PLACES_MAX && out->point >= -PLACES_MAX + STORED_DIGITS;
}

size_t stored_print(const struct stored *stored, int shift, char out[STORED_TEXT_MAX]) {
    size_t len = 0;
    int point = stored->point + shift;
    if (stored->count == 0) {
        memcpy(out, "0", 2);
        return 1;
    }
    if (stored->negative) out[len++] = '-';
    if (point <= 0) {
        out[len++] = '0';
        out[len++] = '.';
        for (int i = point; i < 0; i++)
            out[len++] = '0';
    }
    for (int i = 0; i < stored->count || i < point; i++) {
        if (i == point && i > 0) out[len++] = '.';
        out[len++] = i < stored->count ? stored->digits[i] : '0';
    }
    out[len] = 0;
    return len;
}

/* --- days --- */

/* The first `count` digits from `from` behind the point (negative: before it), as a number. */
static int64_t digits_between(const struct stored *stored, int from, int to) {
    int64_t value = 0;
    for (int i = from; i < to; i++) {
        int at = stored->point + i;
        value = value * 10 + (at >= 0 && at < stored->count ? stored->digits[at] - '0' : 0);
    }
    return value;
}

static void split_serial(const struct stored *stored, int64_t *days, int64_t *seconds) {
    int64_t scale = 1000000000; /* 10^TIME_DIGITS */
    *days = stored->point > 0 ? digits_between(stored, -stored->point, 0) : 0;
    *seconds = (digits_between(stored, 0, TIME_DIGITS) * DAY_SECONDS + scale / 2) / scale;
    if (*seconds == DAY_SECONDS) {
        ++*days;
        *seconds = 0;
    }
}

/* The spreadsheet of 1900 has a 29th of February, the 60th day, that never was; a reader of days will say so. */
static bool serial_day(int64_t days, bool from_1904, int *year, int *month, int *mday) {
    struct day epoch, day;
    if (!from_1904 && (days == 0 || days == 60)) {
        *year = 1900;
        *month = days ? 2 : 1;
        *mday = days ? 29 : 0;
        return true;
    }
    if (!day_make(from_1904 ? 1904 : 1900, 1, 1, &epoch)) return false;
    day.n = epoch.n + (int32_t)days - (from_1904 ? 0 : days < 60 ? 1 : 2);
    day_split(day, year, month, mday);
    return *year <= 9999;
}

bool stored_date(const struct stored *stored, bool from_1904, enum stored_shown shown, char out[STORED_TEXT_MAX]) {
    int64_t days, seconds;
    int year, month, mday;
    if (stored->negative || stored->point > 7) return false;
    split_serial(stored, &days, &seconds);
    int hours = (int)(seconds / 3600), minutes = (int)(seconds / 60 % 60), rest = (int)(seconds % 60);
    if (shown == STORED_TIME) {
        snprintf(out, STORED_TEXT_MAX, "%02d:%02d:%02d", (int)(days * 24) + hours, minutes, rest);
        return true;
    }
    if (!serial_day(days, from_1904, &year, &month, &mday)) return false;
    if (shown == STORED_MONTH)
        snprintf(out, STORED_TEXT_MAX, "%d年%d月", year, month);
    else if (seconds)
        snprintf(out, STORED_TEXT_MAX, "%04d-%02d-%02d %02d:%02d:%02d", year, month, mday, hours, minutes, rest);
    else
        snprintf(out, STORED_TEXT_MAX, "%04d-%02d-%02d", year, month, mday);
    return true;
}
