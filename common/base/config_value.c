/* Durations and sizes as people write them. */
#include <inttypes.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/config.h"
#include "common/base/text.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {{"d", MS_DAY},    {"h", MS_HOUR}, {"min", MS_MINUTE},
                                        {"s", MS_SECOND}, {"ms", 1},      {NULL, 0}};
static const struct unit sizes[] = {
    {"GiB", INT64_C(1) << 30}, {"MiB", INT64_C(1) << 20}, {"KiB", INT64_C(1) << 10}, {"", 1}, {NULL, 0}};

static bool parse(const struct unit *units, const char *text, int64_t *out) {
    size_t digits = strspn(text, "0123456789");
    int64_t count;
    if (!text_to_int(text, digits, &count)) return false;
    if (count == 0 && !text[digits]) { /* nothing needs no unit */
        *out = 0;
        return true;
    }
    for (const struct unit *unit = units; unit->name; unit++) {
        int64_t value;
        if (strcmp(unit->name, text + digits) == 0 && !__builtin_mul_overflow(count, unit->factor, &value)) {
            *out = value;
            return true;
        }
    }
    return false;
}

/* In the largest unit that divides it. */
static void print(const struct unit *units, int64_t value, struct buffer *out) {
    for (const struct unit *unit = units; value && unit->name; unit++) {
        if (value % unit->factor == 0) {
            buffer_printf(out, "%" PRId64 "%s", value / unit->factor, unit->name);
            return;
        }
    }
    buffer_add_char(out, '0');
}

bool config_parse_duration(const char *text, int64_t *ms) {
    return parse(durations, text, ms);
}

bool config_parse_size(const char *text, int64_t *bytes) {
    return parse(sizes, text, bytes);
}

void config_print_duration(int64_t ms, struct buffer *out) {
    print(durations, ms, out);
}

void config_print_size(int64_t bytes, struct buffer *out) {
    print(sizes, bytes, out);
}
