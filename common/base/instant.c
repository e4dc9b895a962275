/* Instants and the calendar of UTC+8, by arithmetic. */
#include <stdio.h>

#include "common/base/clock.h"

enum { OFFSET_MS = 8 * MS_HOUR, DAY_FIRST = -25567 /* 1900-01-01 */, DAY_LAST = 376199 /* 2999-12-31 */ };

/* Days outside the years that proto's day knows have no date here. */
static bool is_known_day(int64_t n) {
    return n >= DAY_FIRST && n <= DAY_LAST;
}

static int64_t floor_days(int64_t ms) {
    return ms / MS_DAY - (ms % MS_DAY < 0);
}

struct day instant_day(struct instant t) {
    int64_t ms;
    if (!instant_is(t) || __builtin_add_overflow(t.ms, OFFSET_MS, &ms)) return DAY_NONE;
    int64_t n = floor_days(ms);
    return is_known_day(n) ? (struct day){(int32_t)n} : DAY_NONE;
}

int64_t instant_ms_of_day(struct instant t) {
    int64_t rest = (t.ms % MS_DAY + OFFSET_MS) % MS_DAY;
    return rest < 0 ? rest + MS_DAY : rest;
}

struct instant day_start(struct day d) {
    return day_is(d) ? (struct instant){(int64_t)d.n * MS_DAY - OFFSET_MS} : INSTANT_NONE;
}

struct instant day_end(struct day d) {
    return day_is(d) ? (struct instant){((int64_t)d.n + 1) * MS_DAY - OFFSET_MS} : INSTANT_NONE;
}

struct instant day_at(struct day d, int hour, int minute) {
    struct instant start = day_start(d);
    if (instant_is(start)) start.ms += (int64_t)hour * MS_HOUR + (int64_t)minute * MS_MINUTE;
    return start;
}

size_t instant_print(struct instant t, char out[INSTANT_TEXT_MAX]) {
    struct day d = instant_day(t);
    out[0] = '\0';
    if (!day_is(d)) return 0;
    char date[DAY_TEXT_MAX], fraction[8] = "";
    day_print(d, date);
    int ms = (int)instant_ms_of_day(t);
    if (ms % MS_SECOND) snprintf(fraction, sizeof fraction, ".%03d", ms % MS_SECOND);
    int len = snprintf(out, INSTANT_TEXT_MAX, "%.10sT%02d:%02d:%02d%s+08:00", date, ms / MS_HOUR, ms / MS_MINUTE % 60,
                       ms / MS_SECOND % 60, fraction);
    return len < 0 ? 0 : (size_t)len;
}

/* Two digits at text, at most `max`; -1 else. */
static int two_digits(const char *text, int max) {
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return -1;
    int value = (text[0] - '0') * 10 + (text[1] - '0');
    return value > max ? -1 : value;
}

/* "Z" or "±HH:MM", and nothing behind it. */
static bool parse_offset(const char *text, size_t len, int64_t *ms) {
    if (len == 1 && text[0] == 'Z') {
        *ms = 0;
        return true;
    }
    if (len != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
    int hour = two_digits(text + 1, 23), minute = two_digits(text + 4, 59);
    if (hour < 0 || minute < 0) return false;
    *ms = (int64_t)hour * MS_HOUR + (int64_t)minute * MS_MINUTE;
    if (text[0] == '-') *ms = -*ms;
    return true;
}

bool instant_parse(const char *text, size_t len, struct instant *out) {
    enum { DATE = 10, SECONDS_END = 19 };
    struct day d;
    if (len <= SECONDS_END || !day_parse(text, DATE, &d) || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        return false;
    int hour = two_digits(text + 11, 23), minute = two_digits(text + 14, 59), second = two_digits(text + 17, 59);
    if (hour < 0 || minute < 0 || second < 0) return false;
    size_t at = SECONDS_END;
    int64_t fraction = 0;
    if (text[at] == '.') {
        size_t digits = 0;
        int unit = 100;
        for (at++; at < len && text[at] >= '0' && text[at] <= '9'; at++, digits++, unit /= 10)
            fraction += (int64_t)unit * (text[at] - '0');
        if (digits < 1 || digits > 3) return false;
    }
    int64_t offset;
    if (!parse_offset(text + at, len - at, &offset)) return false;
    struct instant t = {(int64_t)d.n * MS_DAY + (int64_t)hour * MS_HOUR + (int64_t)minute * MS_MINUTE +
                        (int64_t)second * MS_SECOND + fraction - offset};
    if (!day_is(instant_day(t))) return false;
    *out = t;
    return true;
}
