#include "services/collector/sql_stamp.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"

static const int64_t second_us = 1000000, minute_us = 60 * 1000000LL, day_us = MS_DAY * 1000LL;

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *in, char c) {
    if (in->at >= in->end || *in->at != c) return false;
    in->at++;
    return true;
}

static int take_digits(struct cursor *in, int most, int *out) {
    int count = 0;
    *out = 0;
    for (; count < most && in->at < in->end && *in->at >= '0' && *in->at <= '9'; count++)
        *out = *out * 10 + (*in->at++ - '0');
    return count;
}

static bool take_day(struct cursor *in, struct day *out) {
    int year, month, mday;
    return take_digits(in, 4, &year) == 4 && take(in, '-') && take_digits(in, 2, &month) == 2 && take(in, '-') &&
           take_digits(in, 2, &mday) == 2 && day_make(year, month, mday, out);
}

/* Beyond microseconds nothing is kept. */
static int64_t take_fraction(struct cursor *in) {
    int64_t us = 0;
    int digits = 0;
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++, digits++)
        if (digits < 6) us = us * 10 + (*in->at - '0');
    for (; digits < 6; digits++)
        us *= 10;
    return us;
}

static bool take_time(struct cursor *in, int64_t *us) {
    int hour, minute, second = 0;
    if (take_digits(in, 2, &hour) != 2 || !take(in, ':') || take_digits(in, 2, &minute) != 2) return false;
    if (take(in, ':') && take_digits(in, 2, &second) != 2) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    *us = (hour * 60 + minute) * minute_us + second * second_us;
    if (take(in, '.')) *us += take_fraction(in);
    return true;
}

static bool take_offset(struct cursor *in, int *minutes) {
    int hours = 0, rest = 0;
    *minutes = 0;
    if (take(in, 'Z') || take(in, 'z')) return true;
    bool west = take(in, '-');
    if (!west && !take(in, '+')) return false;
    if (!take_digits(in, 2, &hours)) return false;
    if (in->at < in->end && (take(in, ':') || true) && take_digits(in, 2, &rest) != 2) return false;
    *minutes = (hours * 60 + rest) * (west ? -1 : 1);
    return rest < 60 && hours * 60 + rest <= STAMP_MINUTES_MAX;
}

bool stamp_read(struct slice text, struct stamp *out) {
    struct cursor in = {text.ptr, text.ptr + text.len};
    struct day day;
    int64_t us = 0;
    int minutes = 0;
    *out = (struct stamp){.us = 0};
    if (!text.ptr || !take_day(&in, &day)) return false;
    if (in.at < in.end) {
        if (!take(&in, ' ') && !take(&in, 'T')) return false;
        if (!take_time(&in, &us)) return false;
        out->has_time = true;
    }
    if (in.at < in.end) {
        (void)take(&in, ' ');
        if (!take_offset(&in, &minutes) || in.at != in.end) return false;
        out->has_zone = true;
    }
    out->us = day.n * day_us + us - minutes * minute_us;
    return true;
}

bool stamp_zone(const char *text, int *minutes) {
    static const char *const utc[] = {"UTC", "GMT"}, *const here[] = {"北京时间", "Asia/Shanghai"};
    for (size_t i = 0; i < sizeof utc / sizeof *utc; i++)
        if (strcmp(text, utc[i]) == 0) return *minutes = 0, true;
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        if (strcmp(text, here[i]) == 0) return *minutes = STAMP_HERE, true;
    struct cursor in = {text, text + strlen(text)};
    return take_offset(&in, minutes) && in.at == in.end;
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

struct day stamp_day(const struct stamp *stamp, int zone) {
    int64_t us = stamp->us + ((stamp->has_zone ? 0 : -zone) + STAMP_HERE) * minute_us;
    return (struct day){(int32_t)floor_divide(us, day_us)};
}

void stamp_print(const struct stamp *stamp, char out[STAMP_TEXT_MAX]) {
    char day[DAY_TEXT_MAX], fraction[16] = "";
    int64_t days = floor_divide(stamp->us, day_us), us = stamp->us - days * day_us;
    day_print((struct day){(int32_t)days}, day);
    if (us % second_us) {
        snprintf(fraction, sizeof fraction, ".%06d", (int)(us % second_us));
        for (size_t len = strlen(fraction); len > 1 && fraction[len - 1] == '0'; len--)
            fraction[len - 1] = 0;
    }
    int seconds = (int)(us / second_us);
    if (stamp->has_time || us || stamp->has_zone)
        snprintf(out, STAMP_TEXT_MAX, "%s %02d:%02d:%02d%s%s", day, seconds / 3600, seconds / 60 % 60, seconds % 60,
                 fraction, stamp->has_zone ? " +00:00" : "");
    else
        snprintf(out, STAMP_TEXT_MAX, "%s", day);
}
