#include "common/domain/calendar.h"

#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/base/word.h"
#include "common/domain/calendar_days.h"
#include "common/domain/plan.h"
#include "common/domain/table.h"

enum { SEARCH_DAYS_MAX = 40000 };

static const struct word kinds[] = {{"holiday", 0}, {"workday", 1}, {NULL, 0}};

static int year_of(struct day day) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    return year;
}

static bool is_weekday(struct day day) {
    int weekday = day_weekday(day);
    return weekday >= 1 && weekday <= 5;
}

static int by_day(const void *a, const void *b) {
    const struct calendar_exception *x = a, *y = b;
    return (x->day.n > y->day.n) - (x->day.n < y->day.n);
}

struct calendar *calendar_create(size_t capacity) {
    struct calendar *calendar = calloc(1, sizeof *calendar);
    if (calendar && !(calendar->days = calloc(capacity ? capacity : 1, sizeof *calendar->days))) free(TAKE(calendar));
    return calendar;
}

void calendar_settle(struct calendar *calendar) {
    qsort(calendar->days, calendar->count, sizeof *calendar->days, by_day);
    if (calendar->count) {
        calendar->first_year = year_of(calendar->days[0].day);
        calendar->last_year = year_of(calendar->days[calendar->count - 1].day);
    }
}

static void read_row(struct table *table, const struct table_row *row, const size_t columns[2],
                     struct calendar *calendar) {
    struct table_cell date = table_at(row, columns[0]), kind = table_at(row, columns[1]);
    struct calendar_exception exception;
    int works;
    enum table_number found = table_day(table, date, &exception.day);
    if (found == TABLE_BLANK) table_wrong(table, date, "a row without a date; write 2021-10-01 or take the row away");
    if (!word_find(kinds, kind.text, kind.len, &works)) {
        table_wrong(table, kind, "“%.40s” is no kind of day; write holiday or workday", kind.text);
        return;
    }
    if (found != TABLE_NUMBER) return;
    exception.works = works != 0;
    if (exception.works && is_weekday(exception.day))
        table_warn(table, date, "%.20s is no weekend day and is worked anyway; is the date right?", date.text);
    calendar->days[calendar->count++] = exception;
}

static void check_doubles(struct table *table, const struct calendar *calendar) {
    struct table_cell start = {"", 0, 1, 1};
    char text[DAY_TEXT_MAX];
    for (size_t i = 1; i < calendar->count; i++)
        if (calendar->days[i].day.n == calendar->days[i - 1].day.n) {
            day_print(calendar->days[i].day, text);
            table_wrong(table, start, "%s stands twice; keep one row", text);
        }
}

enum error_code calendar_read(const char *name, struct slice bytes, struct calendar **out, struct findings *findings) {
    static const char *const columns[] = {"date|日期", "kind|类别"};
    CLEAN(table_finish) struct table table;
    CLEAN(calendar_destroy) struct calendar *calendar = NULL;
    size_t errors = findings->errors;
    *out = NULL;
    if (!table_read(&table, name, bytes, findings)) return ERROR_INPUT;
    size_t header = table_header(&table, columns, 2);
    if (header == SIZE_MAX) return ERROR_INPUT;
    if (!(calendar = calendar_create(table.row_count))) return ERROR_MEMORY;
    size_t at[2] = {table_column(&table.rows[header], columns[0]), table_column(&table.rows[header], columns[1])};
    for (size_t i = header + 1; i < table.row_count; i++)
        read_row(&table, &table.rows[i], at, calendar);
    calendar_settle(calendar);
    check_doubles(&table, calendar);
    if (findings->errors != errors) return ERROR_INPUT;
    *out = TAKE(calendar);
    return ERROR_OK;
}

void calendar_destroy(struct calendar **calendar) {
    if (*calendar) free((*calendar)->days);
    free(*calendar);
    *calendar = NULL;
}

/* --- working days --- */

bool calendar_covers(const struct calendar *calendar, struct day day) {
    if (!day_is(day)) return false;
    if (!calendar) return true;
    int year = year_of(day);
    return calendar->count && year >= calendar->first_year && year <= calendar->last_year;
}

bool calendar_works(const struct calendar *calendar, struct day day) {
    if (!calendar_covers(calendar, day)) return false;
    if (calendar) {
        struct calendar_exception key = {.day = day};
        const struct calendar_exception *found =
            bsearch(&key, calendar->days, calendar->count, sizeof *calendar->days, by_day);
        if (found) return found->works;
    }
    return is_weekday(day);
}

struct day calendar_next_working(const struct calendar *calendar, struct day day) {
    for (; calendar_covers(calendar, day); day.n++)
        if (calendar_works(calendar, day)) return day;
    return DAY_NONE;
}

struct day calendar_add_working(const struct calendar *calendar, struct day day, unsigned working_days) {
    for (; working_days && day_is(day); working_days--) {
        day.n++;
        day = calendar_next_working(calendar, day);
    }
    return day;
}

int calendar_working_between(const struct calendar *calendar, struct day after, struct day until) {
    int days = 0;
    for (struct day day = {after.n + 1}; day_is(after) && day_is(until) && day.n <= until.n; day.n++)
        days += calendar_works(calendar, day);
    return days;
}

/* --- working time --- */

static struct instant minute_of(struct day day, unsigned minute) {
    return (struct instant){day_start(day).ms + (int64_t)minute * MS_MINUTE};
}

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}
static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t calendar_working_ms(const struct calendar *calendar, const struct reporting *reporting, struct instant from,
                            struct instant to) {
    int64_t sum = 0;
    if (!instant_is(from) || !instant_is(to) || to.ms <= from.ms) return 0;
    struct day last = instant_day(to);
    for (struct day day = instant_day(from); day.n <= last.n; day.n++) {
        if (!calendar_works(calendar, day)) continue;
        int64_t open = later(minute_of(day, reporting->open_minute).ms, from.ms);
        int64_t close = earlier(minute_of(day, reporting->close_minute).ms, to.ms);
        sum += later(0, close - open);
    }
    return sum;
}

struct instant calendar_add_working_ms(const struct calendar *calendar, const struct reporting *reporting,
                                       struct instant from, int64_t ms) {
    if (!instant_is(from) || ms <= 0) return from;
    struct day day = calendar_next_working(calendar, instant_day(from));
    for (int turn = 0; day_is(day) && turn < SEARCH_DAYS_MAX; turn++) {
        int64_t open = later(minute_of(day, reporting->open_minute).ms, from.ms);
        int64_t left = later(0, minute_of(day, reporting->close_minute).ms - open);
        if (ms <= left) return (struct instant){open + ms};
        ms -= left;
        day.n++;
        day = calendar_next_working(calendar, day);
    }
    return INSTANT_NONE;
}

struct instant calendar_window(const struct calendar *calendar, const struct reporting *reporting, struct instant at) {
    if (!instant_is(at) || reporting->window_count == 0) return at;
    struct day day = calendar_next_working(calendar, instant_day(at));
    for (int turn = 0; day_is(day) && turn < 2; turn++) {
        for (size_t i = 0; i < reporting->window_count; i++) {
            struct instant window = minute_of(day, reporting->windows[i]);
            if (window.ms >= at.ms) return window;
        }
        day.n++;
        day = calendar_next_working(calendar, day);
    }
    return INSTANT_NONE;
}
