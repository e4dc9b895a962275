#include "services/collector/when.h"

#include <string.h>

#include "common/base/text.h"

enum { WHEN_TEXT_MAX = 128 };

struct cursor {
    const char *at;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Digits, at most eight; returns how many. */
static int take_digits(struct cursor *in, int *value) {
    int count = 0;
    *value = 0;
    while (is_digit(*in->at) && count < 9) {
        *value = *value * 10 + (*in->at++ - '0');
        count++;
    }
    return count;
}

static bool take(struct cursor *in, const char *word) {
    size_t len = strlen(word);
    if (strncmp(in->at, word, len) != 0) return false;
    in->at += len;
    return true;
}

static bool at_end(const struct cursor *in) {
    return *in->at == 0;
}

static enum refusal_code month_end(int year, int month, struct day *out) {
    if (month < 1 || month > 12 || year < 1900 || year > 2999) return REFUSAL_BAD_DATE;
    return day_make(year, month, day_month_length(year, month), out) ? REFUSAL_NONE : REFUSAL_BAD_DATE;
}

/* 一季度, 第三季度, 4季度, Q2, 上半年, 下半年, 全年, 1-3月: its last month; 0 = none of these. */
static int period_month(struct cursor in) {
    static const char *const quarters[] = {"一", "二", "三", "四"};
    if (take(&in, "上半年")) return at_end(&in) ? 6 : 0;
    if (take(&in, "下半年") || take(&in, "全年")) return at_end(&in) ? 12 : 0;
    struct cursor after = in;
    take(&after, "第");
    for (int i = 0; i < 4; i++) {
        struct cursor quarter = after;
        if (take(&quarter, quarters[i]) && take(&quarter, "季度") && at_end(&quarter)) return 3 * (i + 1);
    }
    int number = 0;
    bool letter = take(&after, "Q") || take(&after, "q");
    if (take_digits(&after, &number) == 1 && number >= 1 && number <= 4 && (letter || take(&after, "季度")) &&
        at_end(&after))
        return 3 * number;
    int first = 0, last = 0;
    if (take_digits(&in, &first) && first == 1 &&
        (take(&in, "-") || take(&in, "~") || take(&in, "至") || take(&in, "—") || take(&in, "到")) &&
        take_digits(&in, &last) && last >= 2 && last <= 12 && take(&in, "月") &&
        (at_end(&in) || (take(&in, "份") && at_end(&in))))
        return last;
    return 0;
}

/* Behind "3月": nothing, 底, 末, 份 — or a day of the month in *mday. */
static bool month_rest(struct cursor in, int *mday) {
    *mday = 0;
    if (at_end(&in)) return true;
    if ((take(&in, "底") || take(&in, "末") || take(&in, "份")) && at_end(&in)) return true;
    return take_digits(&in, mday) && (take(&in, "日") || take(&in, "号")) && at_end(&in);
}

static enum refusal_code with_words(int year, struct cursor in, struct day *out) {
    int month = period_month(in), mday = 0;
    if (month) return month_end(year, month, out);
    if (!take_digits(&in, &month) || !take(&in, "月") || !month_rest(in, &mday)) return REFUSAL_BAD_DATE;
    if (mday == 0) return month_end(year, month, out);
    return day_make(year, month, mday, out) ? REFUSAL_NONE : REFUSAL_BAD_DATE;
}

/* 00:00 behind a day, as databases export it, says nothing; any other time of day does. */
static bool midnight_or_end(struct cursor in) {
    if (at_end(&in)) return true;
    if (*in.at == 'T') in.at++;
    static const char *const forms[] = {"0:00", "00:00", "00:00:00", "0:00:00", "00:00:00.0", "00:00:00.000"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(in.at, forms[i]) == 0) return true;
    return false;
}

static enum refusal_code with_separator(int year, struct cursor in, char separator, struct day *out) {
    int month = 0, mday = 0;
    if (!take_digits(&in, &month)) return REFUSAL_BAD_DATE;
    if (at_end(&in)) return month_end(year, month, out);
    if (*in.at != separator) return REFUSAL_BAD_DATE;
    in.at++;
    int digits = take_digits(&in, &mday);
    if (digits > 2) { /* the spaces are gone: 2021-03-0100:00:00 */
        in.at -= digits - 2;
        for (mday = 0, digits = 2; digits; digits--)
            mday = mday * 10 + (in.at[-digits] - '0');
    }
    if (mday == 0 || !midnight_or_end(in)) return REFUSAL_BAD_DATE;
    return day_make(year, month, mday, out) ? REFUSAL_NONE : REFUSAL_BAD_DATE;
}

static enum refusal_code digits_only(int digits, int value, struct day *out) {
    if (digits == 8)
        return day_make(value / 10000, value / 100 % 100, value % 100, out) ? REFUSAL_NONE : REFUSAL_BAD_DATE;
    if (digits == 6) return month_end(value / 100, value % 100, out);
    return digits == 5 ? REFUSAL_DATE_SERIAL : REFUSAL_BAD_DATE;
}

/* Half-width, no spaces, no forcing apostrophe. */
static void squeeze(struct slice cell, char out[WHEN_TEXT_MAX]) {
    struct buffer half = {0};
    text_halfwidth(cell.ptr ? cell.ptr : "", cell.len, &half);
    const char *text = buffer_text(&half);
    size_t used = 0;
    for (; *text && used < WHEN_TEXT_MAX - 1; text++)
        if (*text != ' ' && *text != '\'') out[used++] = *text;
    out[used] = 0;
    buffer_finish(&half);
}

static enum refusal_code without_year(struct cursor in, int year, struct day *out) {
    struct cursor rest = in;
    int month = 0, mday = 0;
    bool is_month = take_digits(&rest, &month) && take(&rest, "月") && month_rest(rest, &mday);
    if (!period_month(in) && !is_month) return REFUSAL_BAD_DATE;
    if (mday || year == 0) return REFUSAL_NO_YEAR; /* a day of an unwritten year is refused even when one is near */
    return with_words(year, in, out);
}

enum refusal_code when_read(struct slice cell, int year, struct day *out) {
    char text[WHEN_TEXT_MAX];
    squeeze(cell, text);
    *out = DAY_NONE;
    struct cursor in = {text};
    if (text[strspn(text, "-/")] == 0) return REFUSAL_DATE_MISSING;
    int value = 0, digits = take_digits(&in, &value);
    if (digits && at_end(&in)) return digits_only(digits, value, out);
    if (digits == 4) {
        if (take(&in, "年")) return with_words(value, in, out);
        if (*in.at == '-' || *in.at == '/' || *in.at == '.') {
            char separator = *in.at++;
            return with_separator(value, in, separator, out);
        }
    }
    return without_year((struct cursor){text}, year, out);
}

enum refusal_code when_serial(struct slice cell, int epoch, struct day *out) {
    char text[WHEN_TEXT_MAX];
    squeeze(cell, text);
    struct cursor in = {text};
    struct day zero;
    int days = 0, digits = take_digits(&in, &days);
    *out = DAY_NONE;
    if (digits != 5 || !at_end(&in)) return REFUSAL_BAD_DATE;
    /* the 1900 system counts a 29 February that never was: its day 61 is 1 March */
    if (!(epoch == 1904 ? day_make(1904, 1, 1, &zero) : day_make(1900, 3, 1, &zero))) return REFUSAL_BAD_DATE;
    *out = (struct day){zero.n + days - (epoch == 1904 ? 0 : 61)};
    return REFUSAL_NONE;
}

bool when_in_title(struct slice text, int year, struct day *out) {
    static const char *const marks[] = {"截至", "截止"};
    char line[512];
    size_t len = text_cut_bytes(text.ptr, text.len, sizeof line - 1);
    memcpy(line, text.ptr, len);
    line[len] = 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(line, marks[i]);
        if (!at) continue;
        struct cursor in = {at + strlen(marks[i])};
        while (take(&in, "到") || take(&in, "日期") || take(&in, "时间") || take(&in, ":") || take(&in, "：") ||
               take(&in, " "))
            ;
        /* the longest beginning that is a date */
        for (size_t n = text_cut_chars(in.at, strlen(in.at), 16); n > 0; n = text_cut_bytes(in.at, n, n - 1))
            if (when_read((struct slice){in.at, n}, year, out) == REFUSAL_NONE) return true;
    }
    return false;
}

int when_year(struct slice text) {
    int found = 0;
    for (size_t i = 0; i < text.len;) {
        size_t n = i;
        while (n < text.len && is_digit(text.ptr[n]))
            n++;
        size_t digits = n - i;
        if ((digits == 4 || digits == 6 || digits == 8) && memcmp(text.ptr + i, "20", 2) == 0) {
            int year = (text.ptr[i] - '0') * 1000 + (text.ptr[i + 1] - '0') * 100 + (text.ptr[i + 2] - '0') * 10 +
                       (text.ptr[i + 3] - '0');
            if (found && found != year) return 0;
            found = year;
        }
        i = digits ? n : i + 1;
    }
    return found;
}

static bool take_exactly(const char **at, int digits, int *value) {
    *value = 0;
    for (; digits; digits--) {
        if (!is_digit(**at)) return false;
        *value = *value * 10 + (*(*at)++ - '0');
    }
    return true;
}

/* Iterative: on a mismatch the last * takes one more character. */
static bool pattern_match(const char *name, const char *pattern, int *year, int *month, int *mday) {
    const char *star = NULL, *from = NULL;
    while (*name || *pattern) {
        bool fits = true;
        if (*pattern == '*') {
            star = ++pattern;
            from = name;
            continue;
        }
        if (strncmp(pattern, "{yyyy}", 6) == 0)
            fits = take_exactly(&name, 4, year), pattern += 6;
        else if (strncmp(pattern, "{mm}", 4) == 0)
            fits = take_exactly(&name, 2, month), pattern += 4;
        else if (strncmp(pattern, "{dd}", 4) == 0)
            fits = take_exactly(&name, 2, mday), pattern += 4;
        else if (*name && *pattern == *name)
            name++, pattern++;
        else
            fits = false;
        if (fits) continue;
        if (!star || !*from) return false;
        pattern = star;
        name = ++from;
    }
    return true;
}

bool when_in_name(struct slice name, const char *pattern, struct day *out) {
    char text[256];
    if (name.len >= sizeof text) return false;
    memcpy(text, name.ptr, name.len);
    text[name.len] = 0;
    int year = 0, month = 0, mday = 0;
    if (!pattern_match(text, pattern, &year, &month, &mday)) return false;
    if (mday == 0) return month_end(year, month, out) == REFUSAL_NONE;
    return day_make(year, month, mday, out);
}
